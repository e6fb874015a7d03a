"""What the use cases ask of message templates, settings and the library; every version of what the firm keeps is kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from letterbook.domain.library import Shipped
    from letterbook.domain.organisation import Organisation
    from letterbook.domain.templates import Template


class Templates(Protocol):
    def get(self, key: str, language: str, version: int | None) -> Template | None: ...
    def versions(self, key: str, language: str, *, limit: int) -> Sequence[Template]:
        """The newest first."""

    def all(self) -> Sequence[Template]:
        """The last version of each."""

    def save(self, template: Template) -> None:
        """Raises ConcurrentUpdate where there is a version of that number already."""


class SettingsStore(Protocol):
    def current(self) -> Organisation:
        """The settings in force, at most a minute old."""

    def latest(self) -> Organisation: ...
    def save(self, organisation: Organisation) -> None:
        """Raises ConcurrentUpdate where there is a version of that number already."""


class ShippedLibrary(Protocol):
    """The templates and types of correspondence that come with Letterbook, as this release has them; nobody saved them yet."""

    @property
    def items(self) -> Sequence[Shipped]: ...
    def digests(self, place: str) -> frozenset[str]:
        """Those of all that ever came under this place (domain/library.py)."""
