"""What the use cases ask of where correspondence and its types are kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from letterbook.domain.correspondence import Correspondence, CorrespondenceType
    from letterbook.domain.history import AuditEvent
    from letterbook.domain.todos import Todo
    from letterbook.ports.types import IdempotencyKey, Page


class CorrespondenceStore(Protocol):
    """Correspondence by its number, newest first. Accounts are told apart without case.

    What is being made has a place in the outbox, written and removed in the same transaction as itself. Each write is on top of the
    version before, tells the `event`, and raises ConcurrentUpdate where somebody else wrote first; with a key it raises
    IdempotencyKeyConflict where that key was used.
    """

    def get(self, account: str, ordinal: int) -> Correspondence | None: ...
    def of_event(self, event_id: str) -> Correspondence | None:
        """What that event began."""

    def next_ordinal(self, party_id: str, account: str) -> int:
        """One more than any that the party has, or that was given under this account."""

    def create(self, correspondence: Correspondence, event: AuditEvent, key: IdempotencyKey | None) -> None:
        """With the number that it bears, if that is still the next one.

        Raises ConcurrentUpdate where that is taken by now, or its event has begun one.
        """

    def save(
        self,
        correspondence: Correspondence,
        event: AuditEvent,
        key: IdempotencyKey | None = None,
        *,
        todos: Sequence[Todo] = (),
    ) -> None: ...
    def move(self, correspondence: Correspondence, event: AuditEvent | None = None) -> None:
        """To the party that it names now, whose next ordinal comes after this one."""

    def page(self, party_id: str | None, *, after: str | None, limit: int) -> Page[Correspondence]:
        """A party's, or everybody's."""

    def place_of(self, correspondence: Correspondence) -> str:
        """Where it stands in a page: what comes `after` it is read on from there."""

    def overdue(self, now: datetime, limit: int) -> Sequence[Correspondence]:
        """What was to be made by now, the longest waiting first."""

    def look_again(self, correspondence: Correspondence, at: datetime) -> None:
        """When to look next at what is being made; nothing where it was made meanwhile."""

    def history(self, correspondence: Correspondence, *, limit: int) -> Sequence[AuditEvent]:
        """What happened to it, the newest first."""


class CorrespondenceTypes(Protocol):
    def get(self, key: str, version: int | None) -> CorrespondenceType | None: ...
    def all(self) -> Sequence[CorrespondenceType]:
        """The last version of each."""

    def save(self, type_: CorrespondenceType) -> None:
        """Raises ConcurrentUpdate where there is a version of that number already."""
