"""An entry as one line of the log, in words alone: the template only puts them into cells."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

from console.presenters.dates import Clock, TimeLabel
from console.presenters.labels import direction_label, format_count, humanize_code, subject_or_preview
from console.presenters.status_reason import StatusReason, status_reason
from letterbook.contracts.entry_rows import label_of
from letterbook.domain.channels import Channel
from letterbook.domain.communication import DeliveryBasis, Direction, Entry, RecipientRole
from letterbook.domain.list_columns import ListColumn
from letterbook.domain.party import PartyKind
from letterbook.domain.search_terms import MOST_WORDS
from letterbook.domain.status import FINAL, Status, StatusGroup

SEARCH_CUT = f"Of very long messages only the first {MOST_WORDS:,} different words are searched."
_PREVIEW = 60
_SOON = timedelta(minutes=10)
# Nothing moves these but somebody, who may be somebody else.
_WAIT_FOR_SOMEBODY = frozenset({StatusGroup.MANUAL, StatusGroup.DRAFT})


@dataclass(frozen=True, slots=True)
class Badge:
    """A status: the group colours it, the icon and the word tell it. What failed and needs nobody is red no more."""

    group: StatusGroup
    icon: str
    word: str


@dataclass(frozen=True, slots=True)
class LogRow:
    """`cell` answers what a column that may be chosen says, by its name: words, or a time."""

    id: str
    time: TimeLabel
    channel: Channel
    type: str
    direction: str
    who: str
    subject: str
    files: int
    beside: str
    cell: Callable[[str], str | TimeLabel]
    status: Badge
    remark: StatusReason
    words: str
    pace: str
    until: str
    ignored: bool
    restricted: bool


@dataclass(frozen=True, slots=True)
class Day:
    near: str
    date: str
    rows: Sequence[LogRow]


def badge(entry: Entry) -> Badge:
    opened = entry.opened_at is not None and entry.status is Status.DELIVERED
    word = "Declared delivered" if entry.delivery_basis is DeliveryBasis.DECLARED and not opened else label_of(entry)
    return Badge(entry.counts_as, "opened" if opened else entry.status, word)


def log_row(entry: Entry, clock: Clock) -> LogRow:
    status = badge(entry)
    return LogRow(
        id=entry.id,
        time=clock.time(entry.occurred_at),
        channel=entry.channel,
        type=entry.channel.spec.label,
        direction=direction_label(entry),
        who=entry.party.name,
        subject=subject_or_preview(entry),
        files=len(entry.attachments),
        beside=_beside(entry),
        cell=lambda column: _CELLS[column](entry, clock),
        status=status,
        remark=status_reason(entry, clock),
        words=_told(status, entry),
        pace=pace(entry, clock),
        until=until(entry),
        ignored=entry.ignored,
        restricted=entry.restricted,
    )


def in_flight(entry: Entry) -> bool:
    """Whether it may change by itself."""
    return entry.group is StatusGroup.IN_PROGRESS and entry.status not in FINAL


def is_live(entry: Entry, clock: Clock) -> bool:
    """Whether it may change while somebody looks: not what waits for another day."""
    later = entry.status is Status.SCHEDULED and entry.scheduled_for is not None
    far = later and entry.scheduled_for is not None and entry.scheduled_for > clock.now + _SOON
    return in_flight(entry) and not far


def pace(entry: Entry, clock: Clock) -> str:
    """How often a page that stands open asks how it stands (static/renew.js); empty for what is done with."""
    if is_live(entry, clock):
        return "soon"
    waits = in_flight(entry) or entry.needs_somebody or (entry.group in _WAIT_FOR_SOMEBODY and not entry.ignored)
    return "seldom" if waits else ""


def until(entry: Entry) -> str:
    """Until when what is said of it is true at most; empty for what no time ends."""
    waits = entry.status is Status.SCHEDULED and entry.scheduled_for is not None
    return f"{entry.scheduled_for:%Y-%m-%dT%H:%M:%SZ}" if waits else ""


def told_words(entry: Entry) -> str:
    """What a screen reader is told once it has changed."""
    return _told(badge(entry), entry)


def _told(status: Badge, entry: Entry) -> str:
    return f"{status.word}: {subject_or_preview(entry)}"


def by_day(entries: Iterable[Entry], clock: Clock) -> list[Day]:
    days = groupby(entries, key=lambda one: clock.day_of(one.occurred_at))
    return [Day(*clock.heading(day), [log_row(one, clock) for one in of_day]) for day, of_day in days]


def _beside(entry: Entry) -> str:
    """What is quiet beside the subject: how much it is, or how it begins."""
    if entry.sms:
        return format_count(entry.sms.segments, "segment")
    if entry.phone and entry.phone.duration_minutes is not None:
        return format_count(entry.phone.duration_minutes, "minute")
    if entry.meeting:
        length = entry.meeting.minutes
        told = (
            format_count(length, "minute") if length is not None else "",
            f"{len(entry.meeting.attendees)} attended" if entry.meeting.attendees else "",
        )
        return ", ".join(one for one in told if one)
    return entry.preview[:_PREVIEW] if entry.subject else ""


def _receiver(entry: Entry) -> str:
    """At which address it was received; of several, the first and how many more there are."""
    to = entry.addresses(RecipientRole.TO)
    if not to or (entry.direction is Direction.INBOUND and entry.channel.spec.is_record_only):
        return ""
    first = to[0].splitlines()[0]
    return f"{first} and {format_count(len(to) - 1, 'other')}" if len(to) > 1 else first


def _case(entry: Entry) -> str:
    if entry.case:
        return entry.case.reference
    return "Client level" if entry.party.kind is PartyKind.CLIENT else ""


_CELLS: Mapping[str, Callable[[Entry, Clock], str | TimeLabel]] = {
    ListColumn.RECEIVER: lambda entry, _: _receiver(entry),
    ListColumn.CASE: lambda entry, _: _case(entry),
    ListColumn.CATEGORY: lambda entry, _: humanize_code(entry.category or ""),
    ListColumn.SENT: lambda entry, clock: clock.minute(entry.sent_at) if entry.sent_at else "",
    ListColumn.OPENED: lambda entry, clock: clock.minute(entry.opened_at) if entry.opened_at else "",
}
