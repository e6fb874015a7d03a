"""Letters as pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from letterbook.domain.letter import Letter, TypesetLetter


class Typesetter(Protocol):
    """Sets letters in type. Raises TypesettingFailed for one that makes no pages, or too many of them."""

    def pdf(self, letter: Letter) -> TypesetLetter: ...
    def pages(self, letter: Letter) -> Sequence[bytes]:
        """Each page as a PNG, to be looked at."""


class UnusablePdf(ValueError):
    """A file that cannot be sent as a letter, and why."""


class PdfReader(Protocol):
    def pages(self, content: bytes) -> int:
        """How many pages a PDF has. Raises UnusablePdf for what is none, cannot be opened, or has too many."""
