"""The history of a communication: a row for every change and every event, each naming the hash of the row before it."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from letterbook.domain.communication import Actor
from letterbook.domain.status import Status


class Outcome(StrEnum):
    """What a row did: it changed the entry, or told what was known, or came when nothing could be heard."""

    APPLIED = "applied"
    DUPLICATE = "duplicate"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRow:
    """`at` is when we recorded it, `event_at` when it happened by the provider's clock; `status` is the entry's afterwards.

    `digest` is the SHA-256 of the raw event behind the row, `previous` the hash of the row before. `was` holds what an amendment
    replaced: the fields that changed, as JSON before they did.
    """

    n: int
    at: datetime
    status: Status
    actor: Actor
    event: str
    note: str = ""
    code: str | None = None
    provider: str | None = None
    event_at: datetime | None = None
    outcome: Outcome = Outcome.APPLIED
    digest: str | None = None
    previous: str = ""
    was: dict[str, str] = field(default_factory=dict)

    @property
    def hash(self) -> str:
        """SHA-256 in hex over the row as canonical JSON: keys sorted, no spaces, times in ISO 8601."""
        fields: dict[str, object] = {
            "n": self.n,
            "at": self.at.isoformat(),
            "status": self.status,
            "actor": [self.actor.id, self.actor.name, self.actor.role],
            "event": self.event,
            "note": self.note,
            "code": self.code,
            "provider": self.provider,
            "event_at": self.event_at.isoformat() if self.event_at else None,
            "outcome": self.outcome,
            "digest": self.digest,
            "previous": self.previous,
        }
        if self.was:
            fields["was"] = self.was
        return hashlib.sha256(json.dumps(fields, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def first_break(rows: Sequence[HistoryRow]) -> int | None:
    """The place of the first row that does not follow from the one before it; None for an unbroken chain."""
    previous = ""
    for place, row in enumerate(rows):
        if row.n != place + 1 or row.previous != previous:
            return place
        previous = row.hash
    return None
