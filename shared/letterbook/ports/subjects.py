"""What other systems tell us of what entries regard."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from letterbook.domain.search_terms import Query
    from letterbook.domain.subjects import RegardedRecord


class Subjects(Protocol):
    """Subjects, each of one party or of nobody."""

    def named(self, type_: str, subject_id: str) -> Sequence[RegardedRecord]:
        """One for each party that one of this type and id was told of, and one of nobody."""

    def found(self, query: Query, *, among: Collection[str] | None = None, limit: int) -> Sequence[RegardedRecord]:
        """Those with all the words; with `among`, of one of those parties. A request for each word, and one for what was found."""

    def of_party(self, party_id: str, *, limit: int, type_: str = "") -> Sequence[RegardedRecord]:
        """Those that the party was told to have, by type and id; or those of one type alone."""

    def save(self, subject: RegardedRecord, before: RegardedRecord | None) -> None:
        """In place of `before`, which another party may have had. Raises ConcurrentUpdate."""
