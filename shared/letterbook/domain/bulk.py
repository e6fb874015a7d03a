"""What becomes of many that are asked for at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from letterbook.domain.channels import Channel
from letterbook.domain.communication import Entry
from letterbook.domain.decision import Decision

# How often the queue hands an order over before it is set aside (template.yaml), and how long it takes to do so.
RECEIVES = 5
_BETWEEN = timedelta(minutes=6)
# What is not done by then was left by workers that died, and stands among the dead letters.
GIVEN_UP_AFTER = (RECEIVES + 1) * _BETWEEN


class BulkAction(StrEnum):
    """What is done to each. Only the system itself orders to fall back, or what a merge of parties has left to do."""

    RESEND = "resend"
    SEND = "send"
    FALL_BACK = "fall_back"
    MERGE = "merge"


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkRefusal:
    id: str
    code: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkResult:
    """The ids that are on their way, and those that are refused; `at` is when that was ordered."""

    accepted: tuple[str, ...]
    refused: tuple[BulkRefusal, ...]
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkPlan:
    """How one would go by what the policy says now: by which channel, to whom."""

    decision: Decision
    channel: Channel
    to: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkCheck:
    """What would be accepted and what refused now, with the entries that the viewer sees and how each accepted one would go."""

    result: BulkResult
    entries: Mapping[str, Entry]
    plans: Mapping[str, BulkPlan] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkOutcome:
    """How far an order is: what it made or sent, what was refused before and meanwhile, and the ids that wait for their turn.

    An order ends: whatever waits is done, or refused, or given up, within `GIVEN_UP_AFTER`.
    """

    accepted: int
    made: Sequence[Entry]
    refused: Sequence[BulkRefusal]
    waiting: Sequence[str]
