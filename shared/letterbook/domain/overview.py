"""The overview: for each owner a row for each thing that their entries regard, with a pointer to the latest of them.

A status is never copied.
"""

from dataclasses import dataclass, replace

from letterbook.domain.communication import Entry
from letterbook.domain.references import PartyRef


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry stands in the overview: with its owner, the client or else the party, under `key`.

    That is the "type:id" of what it regards; where it regards nothing the id of its case, or nothing for what is of no case.

    The numbers of other systems are not ours to tell apart: what entries of another owner say of the same one is another row.
    """

    owner: str
    key: str

    def __str__(self) -> str:
        return f"{self.owner}#{self.key}"


def place_of(entry: Entry) -> Place | None:
    """None for an entry that regards nothing."""
    if entry.regarding is None:
        return None
    return Place(entry.client.id if entry.client else entry.party.id, entry.regarding.key)


def any_place_of(entry: Entry) -> Place:
    """That of what it regards; else under its case, or under its owner."""
    loose = Place(entry.client.id if entry.client else entry.party.id, entry.case.id if entry.case else "")
    return place_of(entry) or loose


@dataclass(frozen=True, slots=True, kw_only=True)
class OverviewRow:
    """A row. `party` and `client` are those of the latest entry about it. Restricted entries do not count.

    One without an `owner` was written when all owners had one row together: it belongs to whom its latest entry belongs to.
    """

    owner: str = ""
    key: str
    party: PartyRef
    client: PartyRef | None = None
    attempts: int
    latest_id: str
    version: int = 1

    @property
    def place(self) -> Place:
        return Place(self.owner or (self.client or self.party).id, self.key)

    def after(self, entry: Entry) -> "OverviewRow":
        more = replace(self, attempts=self.attempts + 1, version=self.version + 1)
        return _pointing_to(more, entry) if self.attempts == 0 or entry.id > self.latest_id else more

    def removing(self, gone: Entry, newest: Entry | None) -> "OverviewRow":
        """With one entry less; `newest` is that of those that remain, asked for only where the newest went."""
        fewer = replace(self, attempts=self.attempts - 1, version=self.version + 1)
        return _pointing_to(fewer, newest) if newest and self.latest_id == gone.id else fewer

    def with_latest(self, entry: Entry) -> "OverviewRow":
        """With what the latest entry says now of whom it is with."""
        return _pointing_to(replace(self, version=self.version + 1), entry)

    @property
    def retired(self) -> "OverviewRow":
        """In no list any more."""
        return replace(self, attempts=0, version=self.version + 1)


def first_row(place: Place, entry: Entry, attempts: int = 1) -> OverviewRow:
    """The row that the first entry about a thing begins, or the latest of so many that had a row with others until now."""
    return OverviewRow(
        owner=place.owner,
        key=place.key,
        party=entry.party,
        client=entry.client,
        attempts=attempts,
        latest_id=entry.id,
    )


def _pointing_to(row: OverviewRow, entry: Entry) -> OverviewRow:
    return replace(row, latest_id=entry.id, party=entry.party, client=entry.client)
