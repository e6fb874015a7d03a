"""The overview: a row for each thing that entries regard, with a pointer to the latest of them. A status is never copied."""

from dataclasses import dataclass, replace

from letterbook.domain.communication import Entry, PartyRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """`key` is "type:id", `party` whom the first entry about it was for. Restricted entries do not count."""

    key: str
    party: PartyRef
    attempts: int
    latest_id: str
    version: int = 1

    def after(self, entry: Entry) -> "Thing":
        return replace(
            self, attempts=self.attempts + 1, latest_id=max(self.latest_id, entry.id), version=self.version + 1
        )

    def without(self, latest: Entry | None) -> "Thing":
        """With one entry less; none at all leaves it out of the overview."""
        left = self.attempts - 1 if latest else 0
        return replace(self, attempts=left, latest_id=latest.id if latest else self.latest_id, version=self.version + 1)


def first(entry: Entry) -> Thing | None:
    """The row that the first entry about a thing begins."""
    if entry.regarding is None:
        return None
    return Thing(key=entry.regarding.key, party=entry.client or entry.party, attempts=1, latest_id=entry.id)
