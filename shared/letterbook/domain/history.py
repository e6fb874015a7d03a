"""The history of a communication: a row for every change and every event, each naming the hash of the row before it."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from letterbook.domain.communication import Actor, HashChain
from letterbook.domain.status import Status

GRANTED, GRANT_REMOVED = "granted", "grant removed"
# Of an entry: its party, or who it is on behalf of, is another record of the same by now.
MERGED = "merged"
# Of who took entries away: told to who may read the audit.
EXPORT_ORDERED = "export ordered"
GRANT_EVENTS = frozenset({GRANTED, GRANT_REMOVED})


class Outcome(StrEnum):
    """What a row did: it changed the entry, or told what was known, or came when nothing could be heard."""

    APPLIED = "applied"
    DUPLICATE = "duplicate"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRow:
    """`at` is when we recorded it, `event_at` when it happened by the provider's clock; `status` is the entry's afterwards.

    `digest` is the SHA-256 of the raw event behind the row, `previous` the hash of the row before. `was` holds what an amendment
    replaced: the fields that changed, as JSON before they did, long ones cut.

    `of` is the communication, `content` the digest of its content where this row brought a new one, which lies in the content
    store under `object_version`; `case_id` and `restricted` are the entry's afterwards.
    """

    of: str
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
    content: str | None = None
    object_version: str | None = None
    case_id: str | None = None
    restricted: bool = False

    @property
    def hash(self) -> str:
        """SHA-256 in hex over the row as canonical JSON: keys sorted, no spaces, times in ISO 8601."""
        hashed: dict[str, object] = {
            "of": self.of,
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
            "was": self.was,
            "content": self.content,
            "case_id": self.case_id,
            "restricted": self.restricted,
        }
        return hashlib.sha256(json.dumps(hashed, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def first_broken_link(rows: Sequence[HistoryRow], chain: HashChain) -> int | None:
    """The place of the first row that does not follow from the one before it, or is not of this communication.

    `chain` is how long the history is and the hash of its last row, as the communication knows them. None for an unbroken one.
    """
    previous = ""
    for place, row in enumerate(rows):
        if row.n != place + 1 or row.previous != previous or row.of != rows[0].of:
            return place
        previous = row.hash
    return None if (len(rows), previous) == (chain.length, chain.head) else max(len(rows) - 1, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEvent:
    """What somebody did to a party, a contact, a case or who may see them: `about` is its id. `was` is as of a row."""

    about: str
    at: datetime
    actor: Actor
    event: str
    note: str = ""
    party_id: str | None = None
    case_id: str | None = None
    was: dict[str, str] = field(default_factory=dict)

    @property
    def grantee(self) -> str:
        """The id of the user whom a grant is of, with which its note begins; nothing for what is no grant."""
        return self.note.partition(", ")[0] if self.event in GRANT_EVENTS else ""


_LONGEST_KEPT = 2_000
# What follows from other fields, and is shown nowhere.
_NOT_SAID = frozenset({"version", "lifted", "digests", "verification"})


def previous_values(before: Any, after: Any) -> dict[str, str]:
    """What the earlier of two dataclasses said, of the fields that the later says otherwise: as JSON, long ones cut."""
    return {
        one.name: json.dumps(_plain(getattr(before, one.name)), default=str, ensure_ascii=False)[:_LONGEST_KEPT]
        for one in fields(before)
        if one.name not in _NOT_SAID and getattr(before, one.name) != getattr(after, one.name)
    }


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return {one.name: _plain(getattr(value, one.name)) for one in fields(value)} if is_dataclass(value) else value
