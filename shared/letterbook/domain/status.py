"""The status of an entry: one table, from which every group, predecessor and label is derived.

draft -> collecting -> generating -> scheduled -> queued -> sending -> sent -> delivered        received, logged

A step may be left out going right. Whatever has not reached sending may still be skipped, cancelled or handed to a person.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class StatusGroup(StrEnum):
    """How an entry stands, in one word for people."""

    SUCCESSFUL = "successful"
    SKIPPED = "skipped"
    IN_PROGRESS = "in_progress"
    FAILED = "failed"
    DRAFT = "draft"
    CLOSED = "closed"
    MANUAL = "manual"
    LOGGED = "logged"


# What each looks like, wherever it is shown.
COLOURS: dict[StatusGroup, str] = {
    StatusGroup.SUCCESSFUL: "green",
    StatusGroup.SKIPPED: "green",
    StatusGroup.IN_PROGRESS: "blue",
    StatusGroup.FAILED: "red",
    StatusGroup.DRAFT: "grey",
    StatusGroup.CLOSED: "grey",
    StatusGroup.LOGGED: "grey",
    StatusGroup.MANUAL: "amber",
}


class QuickFilter(StrEnum):
    """The quick filters over the log."""

    FAILED = "failed"
    NOT_SENT = "not_sent"
    COMPLETED = "completed"


# Those that somebody looks through to see to what stands there.
ATTENTION = frozenset({QuickFilter.FAILED, QuickFilter.NOT_SENT})


def aside(quick: QuickFilter) -> str:
    """The list of what would stand under a quick filter, had nobody put it aside."""
    return f"{quick} aside"


class Status(StrEnum):
    DRAFT = "draft"
    COLLECTING = "collecting"
    GENERATING = "generating"
    SCHEDULED = "scheduled"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    UNCONFIRMED = "unconfirmed"
    FAILED = "failed"
    REJECTED = "rejected"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"
    MANUAL_PENDING = "manual_pending"
    RECEIVED = "received"
    LOGGED = "logged"


@dataclass(frozen=True, slots=True)
class StatusSpec:
    label: str
    group: StatusGroup
    quick: QuickFilter | None
    next: frozenset[Status]


def _row(label: str, group: StatusGroup, quick: QuickFilter | None, *after: Status) -> StatusSpec:
    return StatusSpec(label, group, quick, frozenset(after))


S = Status
_SIDE_EXITS = (S.SKIPPED, S.CANCELLED, S.MANUAL_PENDING)
_AFTER_RECEIPT = (S.SENT, S.DELIVERED, S.FAILED, S.REJECTED)

STATUSES: dict[Status, StatusSpec] = {
    S.DRAFT: _row(
        "Draft",
        StatusGroup.DRAFT,
        QuickFilter.NOT_SENT,
        S.COLLECTING,
        S.GENERATING,
        S.SCHEDULED,
        S.QUEUED,
        *_SIDE_EXITS,
    ),
    S.COLLECTING: _row(
        "Collecting data", StatusGroup.IN_PROGRESS, None, S.GENERATING, S.SCHEDULED, S.QUEUED, S.FAILED, *_SIDE_EXITS
    ),
    # It fails where its document cannot be made, or what it waits for never comes.
    S.GENERATING: _row("Preparing", StatusGroup.IN_PROGRESS, None, S.SCHEDULED, S.QUEUED, S.FAILED, *_SIDE_EXITS),
    S.SCHEDULED: _row("Scheduled", StatusGroup.IN_PROGRESS, QuickFilter.NOT_SENT, S.QUEUED, *_SIDE_EXITS),
    S.QUEUED: _row(
        "Queued", StatusGroup.IN_PROGRESS, QuickFilter.NOT_SENT, S.SENDING, S.FAILED, S.REJECTED, *_SIDE_EXITS
    ),
    # Back to queued only where the provider certainly did not take it.
    S.SENDING: _row("Sending", StatusGroup.IN_PROGRESS, QuickFilter.NOT_SENT, *_AFTER_RECEIPT, S.UNCONFIRMED, S.QUEUED),
    S.SENT: _row("Sent", StatusGroup.IN_PROGRESS, None, S.DELIVERED, S.FAILED, S.REJECTED),
    # A hard bounce may come after the server accepted the message.
    S.DELIVERED: _row("Delivered", StatusGroup.SUCCESSFUL, QuickFilter.COMPLETED, S.FAILED),
    S.UNCONFIRMED: _row("Unconfirmed", StatusGroup.FAILED, QuickFilter.FAILED, *_AFTER_RECEIPT),
    # Only after a soft bounce: see can_transition.
    S.FAILED: _row("Failed", StatusGroup.FAILED, QuickFilter.FAILED, S.DELIVERED),
    # Evidence that the provider took the message after all outweighs its word that it would not (docs/decisions/0003).
    S.REJECTED: _row("Rejected", StatusGroup.FAILED, QuickFilter.FAILED, S.DELIVERED, S.FAILED),
    # Only where it was to go by another channel, and there is none after all.
    S.SKIPPED: _row("Skipped", StatusGroup.SKIPPED, QuickFilter.COMPLETED, S.FAILED),
    S.CANCELLED: _row("Cancelled", StatusGroup.CLOSED, QuickFilter.NOT_SENT),
    S.MANUAL_PENDING: _row("To do by hand", StatusGroup.MANUAL, QuickFilter.NOT_SENT, S.DELIVERED, S.CANCELLED),
    S.RECEIVED: _row("Received", StatusGroup.LOGGED, None),
    S.LOGGED: _row("Logged", StatusGroup.LOGGED, None),
}

PREDECESSORS: dict[Status, frozenset[Status]] = {
    to: frozenset(status for status, row in STATUSES.items() if to in row.next) for to in Status
}

# Not offered in lists: the entry has no content yet.
HIDDEN = frozenset({S.COLLECTING})
# Nothing was said to anybody, and nothing is about to be.
NOT_COMMUNICATED = HIDDEN | {S.DRAFT, S.CANCELLED}


def reachable(statuses: Iterable[Status]) -> frozenset[Status]:
    """Those, and whatever may come after one of them."""
    seen: set[Status] = set()
    edge = set(statuses)
    while edge:
        seen |= edge
        edge = {after for one in edge for after in STATUSES[one].next} - seen
    return frozenset(seen)


# Nothing more is expected of these by themselves; a late receipt may still correct one.
FINAL = frozenset(
    status
    for status in Status
    if not {STATUSES[one].group for one in reachable([status])} & {StatusGroup.IN_PROGRESS, StatusGroup.MANUAL}
)
# What a cancel still stops.
CANCELLABLE = PREDECESSORS[S.CANCELLED]


def can_transition(status: Status, to: Status, *, soft: bool = False) -> bool:
    """Whether the table lets an entry go from `status` to `to`; `soft` tells that its failure was a soft bounce."""
    if status is S.FAILED and to is S.DELIVERED:
        return soft
    return to in STATUSES[status].next


def group_of(status: Status, *, receipts: bool = True) -> StatusGroup:
    """The group of a status; `receipts` tells whether word of delivery can still come."""
    return StatusGroup.SUCCESSFUL if status is S.SENT and not receipts else STATUSES[status].group


def quick_filter_of(status: Status, *, receipts: bool = True) -> QuickFilter | None:
    return QuickFilter.COMPLETED if status is S.SENT and not receipts else STATUSES[status].quick
