"""What the use cases ask of where it is kept that records of one party became one, and of what moves from one to the other.

Each write is one transaction, on top of what was read. It raises ConcurrentUpdate where somebody else wrote first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from letterbook.domain.addresses import Holders
    from letterbook.domain.history import AuditEvent
    from letterbook.domain.merge import Merge, MergePlan
    from letterbook.domain.party import Contact, Document, Preferences
    from letterbook.domain.subjects import RegardedRecord


class Merges(Protocol):
    def get(self, gone_id: str) -> Merge | None:
        """That of a record of which something may move still."""

    def unfinished(self) -> Sequence[Merge]: ...
    def due(self, now: datetime, limit: int) -> Sequence[Merge]: ...
    def begin(self, merge: Merge, plan: MergePlan, holders: Iterable[Holders], event: AuditEvent) -> None:
        """From then on the one record is the other. Raises HoldersChanged, too."""

    def look_again(self, merge: Merge) -> bool:
        """Keeps how far it is, and when to look next. False where it was finished meanwhile."""

    def finish(self, merge: Merge) -> None: ...
    def save_preferences(self, merge: Merge, gone: Preferences, into: Preferences, event: AuditEvent) -> None:
        """What both want from now on: nothing may be lost that is said of the record that went, meanwhile."""

    def move_contact(self, before: Contact, after: Contact, holders: Iterable[Holders]) -> None: ...
    def move_document(self, before: Document, after: Document) -> None: ...
    def drop_subject(self, subject: RegardedRecord) -> None: ...
    def move_words(self, merge: Merge) -> Iterator[int]:
        """What the record that went is found by leads to the other. Answers after each few how many they were."""

    def move_activity(self, merge: Merge) -> Iterator[int]:
        """The log of what was done stands under the record that remains; what it says, and its proof, stay as they are."""
