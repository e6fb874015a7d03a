"""The overview: a row for each thing that entries regard, with a pointer to the latest of them. A status is never copied."""

from dataclasses import dataclass, replace

from letterbook.domain.communication import Entry, PartyRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """`key` is "type:id"; `party` and `client` are those of the latest entry about it. Restricted entries do not count."""

    key: str
    party: PartyRef
    client: PartyRef | None = None
    attempts: int
    latest_id: str
    version: int = 1

    def after(self, entry: Entry) -> "Thing":
        more = replace(self, attempts=self.attempts + 1, version=self.version + 1)
        return _pointing(more, entry) if self.attempts == 0 or entry.id > self.latest_id else more

    def without(self, gone: Entry, newest: Entry | None) -> "Thing":
        """With one entry less; `newest` is that of those that remain, asked for only where the newest went."""
        fewer = replace(self, attempts=self.attempts - 1, version=self.version + 1)
        return _pointing(fewer, newest) if newest and self.latest_id == gone.id else fewer


def first(key: str, entry: Entry) -> Thing:
    """The row that the first entry about a thing begins."""
    return Thing(key=key, party=entry.party, client=entry.client, attempts=1, latest_id=entry.id)


def _pointing(thing: Thing, entry: Entry) -> Thing:
    return replace(thing, latest_id=entry.id, party=entry.party, client=entry.client)
