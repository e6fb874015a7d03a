"""The status of an entry: one table, from which every group, predecessor and label is derived.

draft -> collecting -> generating -> scheduled -> queued -> sending -> sent -> delivered        received, logged

A step may be left out going right. Whatever has not reached sending may still be skipped, cancelled or handed to a person.
"""

from dataclasses import dataclass
from enum import StrEnum


class Group(StrEnum):
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
COLOURS: dict[Group, str] = {
    Group.SUCCESSFUL: "green",
    Group.SKIPPED: "green",
    Group.IN_PROGRESS: "blue",
    Group.FAILED: "red",
    Group.DRAFT: "grey",
    Group.CLOSED: "grey",
    Group.LOGGED: "grey",
    Group.MANUAL: "amber",
}


class Quick(StrEnum):
    """The quick filters over the log."""

    FAILED = "failed"
    NOT_SENT = "not_sent"
    COMPLETED = "completed"


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
class Row:
    label: str
    group: Group
    quick: Quick | None
    next: frozenset[Status]


def _row(label: str, group: Group, quick: Quick | None, *after: Status) -> Row:
    return Row(label, group, quick, frozenset(after))


S = Status
_ASIDE = (S.SKIPPED, S.CANCELLED, S.MANUAL_PENDING)
_HEARD = (S.SENT, S.DELIVERED, S.FAILED, S.REJECTED)

TABLE: dict[Status, Row] = {
    S.DRAFT: _row("Draft", Group.DRAFT, Quick.NOT_SENT, S.COLLECTING, S.GENERATING, S.SCHEDULED, S.QUEUED, *_ASIDE),
    S.COLLECTING: _row("Collecting data", Group.IN_PROGRESS, None, S.GENERATING, S.SCHEDULED, S.QUEUED, *_ASIDE),
    S.GENERATING: _row("Preparing", Group.IN_PROGRESS, None, S.SCHEDULED, S.QUEUED, *_ASIDE),
    S.SCHEDULED: _row("Scheduled", Group.IN_PROGRESS, Quick.NOT_SENT, S.QUEUED, *_ASIDE),
    S.QUEUED: _row("Queued", Group.IN_PROGRESS, Quick.NOT_SENT, S.SENDING, S.FAILED, S.REJECTED, *_ASIDE),
    # Back to queued only where the provider certainly did not take it.
    S.SENDING: _row("Sending", Group.IN_PROGRESS, Quick.NOT_SENT, *_HEARD, S.UNCONFIRMED, S.QUEUED),
    S.SENT: _row("Sent", Group.IN_PROGRESS, None, S.DELIVERED, S.FAILED, S.REJECTED),
    # A hard bounce may come after the server accepted the message.
    S.DELIVERED: _row("Delivered", Group.SUCCESSFUL, Quick.COMPLETED, S.FAILED),
    S.UNCONFIRMED: _row("Unconfirmed", Group.FAILED, Quick.FAILED, *_HEARD),
    # Only after a soft bounce: see may_move.
    S.FAILED: _row("Failed", Group.FAILED, Quick.FAILED, S.DELIVERED),
    # Evidence that the provider took the message after all outweighs its word that it would not (docs/decisions/0003).
    S.REJECTED: _row("Rejected", Group.FAILED, Quick.FAILED, S.DELIVERED, S.FAILED),
    # Only where it was to go by another channel, and there is none after all.
    S.SKIPPED: _row("Skipped", Group.SKIPPED, Quick.COMPLETED, S.FAILED),
    S.CANCELLED: _row("Cancelled", Group.CLOSED, Quick.NOT_SENT),
    S.MANUAL_PENDING: _row("To do by hand", Group.MANUAL, Quick.NOT_SENT, S.DELIVERED, S.CANCELLED),
    S.RECEIVED: _row("Received", Group.LOGGED, None),
    S.LOGGED: _row("Logged", Group.LOGGED, None),
}

PREDECESSORS: dict[Status, frozenset[Status]] = {
    to: frozenset(status for status, row in TABLE.items() if to in row.next) for to in Status
}

# Not offered in lists: the entry has no content yet.
HIDDEN = frozenset({S.COLLECTING})
# Nothing was said to anybody, and nothing is about to be.
UNSAID = HIDDEN | {S.DRAFT, S.CANCELLED}


def _reachable(status: Status) -> frozenset[Status]:
    seen: set[Status] = set()
    edge = {status}
    while edge:
        seen |= edge
        edge = {after for one in edge for after in TABLE[one].next} - seen
    return frozenset(seen)


# Nothing more is expected of these by themselves; a late receipt may still correct one.
FINAL = frozenset(
    status
    for status in Status
    if not {TABLE[one].group for one in _reachable(status)} & {Group.IN_PROGRESS, Group.MANUAL}
)
# What a cancel still stops.
CANCELLABLE = PREDECESSORS[S.CANCELLED]


def may_move(status: Status, to: Status, *, soft: bool = False) -> bool:
    """Whether the table lets an entry go from `status` to `to`; `soft` tells that its failure was a soft bounce."""
    if status is S.FAILED and to is S.DELIVERED:
        return soft
    return to in TABLE[status].next


def group_of(status: Status, *, receipts: bool = True) -> Group:
    """The group of a status; `receipts` tells whether word of delivery can still come."""
    return Group.SUCCESSFUL if status is S.SENT and not receipts else TABLE[status].group


def quick_of(status: Status, *, receipts: bool = True) -> Quick | None:
    return Quick.COMPLETED if status is S.SENT and not receipts else TABLE[status].quick
