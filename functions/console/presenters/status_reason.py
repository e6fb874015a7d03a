"""Beside each status, why: the one remark that a line has room for, chosen in the order of what somebody must know.

What put it right; the failure's reason and code; the decision's reason; what a draft lacks; what to do and by when; a hint; when it
arrived.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from console.presenters.dates import Clock, format_duration
from console.presenters.labels import HINTS, capital, format_count
from letterbook.domain.communication import DeliveryBasis, Direction, Entry
from letterbook.domain.decision import Action
from letterbook.domain.receipts import Signal
from letterbook.domain.status import Status, StatusGroup
from letterbook.domain.visible import isolated

_DECIDED = frozenset({Status.SKIPPED, Status.SCHEDULED, Status.MANUAL_PENDING, Status.DRAFT})
_CLOCK = re.compile(r"\d\d:\d\d")
_BY_DEFAULT = "default"
# What its page says at length, where the line says the rest already.
_SHORTER = {"quiet_hours": "outside office hours", "send_at": "as asked"}


@dataclass(frozen=True, slots=True)
class StatusReason:
    """`bare` is a mere clock: a list that has little room leaves it out. `on_paper` is the text with the date of a day that it
    calls by how near it is; empty where it calls none.
    """

    text: str = ""
    red: bool = False
    bare: bool = False
    on_paper: str = ""


def status_reason(entry: Entry, clock: Clock) -> StatusReason:
    for say in _IN_ORDER:
        if words := say(entry, clock):
            on_paper = say(entry, clock.on_paper) if say in _NAMING_DAYS else words
            bare = _CLOCK.fullmatch(words) is not None
            return StatusReason(words, entry.needs_somebody, bare, on_paper if on_paper != words else "")
    return StatusReason()


def put_right(entry: Entry) -> str:
    """By what, or by whom, it needs nobody any more."""
    if entry.settled:
        arrived = entry.settled.status is Status.DELIVERED
        return f"Sent again: attempt {entry.settled.number} {'arrived' if arrived else 'was sent'}"
    if entry.overtaken:
        return f"Sent again: attempt {entry.overtaken.number} failed too"
    if entry.seen_to:
        return f"Seen to by {isolated(entry.seen_to.by.name)}: {entry.seen_to.note}"
    if entry.ignored:
        return f"Ignored by {isolated(entry.ignored_by.name)}" if entry.ignored_by else "Ignored"
    return ""


def _put_right(entry: Entry, _: Clock) -> str:
    return put_right(entry)


def _failure(entry: Entry, _: Clock) -> str:
    if entry.group is not StatusGroup.FAILED:
        return ""
    if entry.failure is None:
        return "No answer from the provider; not sent again"
    code = f" ({entry.failure.provider_code})" if _short(entry.failure.provider_code) else ""
    return entry.failure.words.reason.rstrip(".") + code


def _decision(entry: Entry, clock: Clock) -> str:
    if entry.status is Status.SCHEDULED and entry.decision.action is Action.SKIP:
        return f"Will be skipped: {clock.in_words(entry.decision.reason.rstrip('.'))}"
    if entry.status is Status.SCHEDULED and entry.scheduled_for:
        when = clock.told(entry.scheduled_for)
        reason = _SHORTER.get(entry.decision.rule) or _small(clock.in_words(entry.decision.reason.rstrip(".")))
        return capital(when if entry.decision.rule == _BY_DEFAULT else f"{when}: {reason}")
    if entry.status in _DECIDED and entry.decision.rule != _BY_DEFAULT:
        return clock.in_words(entry.decision.reason.rstrip("."))
    return ""


def _to_do(entry: Entry, clock: Clock) -> str:
    if entry.status is Status.MANUAL_PENDING:
        return "Print it, hand it over, then record that"
    call, meeting = entry.phone, entry.meeting
    if call and call.requires_followup:
        return f"Follow up {clock.day_word(call.followup_date)}" if call.followup_date else "Follow up"
    if call and call.outcome:
        return call.outcome
    if meeting and meeting.action_items:
        return format_count(len(meeting.action_items), "action item")
    return ""


def _hint(entry: Entry, clock: Clock) -> str:
    # That a program opened it is said where it is said when.
    hints = entry.hints_at(clock.now) - {Signal.MACHINE_OPEN}
    return next((HINTS[signal] for signal in HINTS if signal in hints), "")


def _time(entry: Entry, clock: Clock) -> str:
    if entry.status is Status.DELIVERED and entry.opened_at:
        machine = Signal.MACHINE_OPEN in entry.signals
        caveat = "by a mail program, not a reader" if machine else "may have been a mail program"
        return f"{_when(entry, entry.opened_at, clock)}; {caveat}"
    if entry.status is Status.DELIVERED and entry.delivered_at:
        when = _when(entry, entry.delivered_at, clock)
        return f"Declared, {when}" if entry.delivery_basis is DeliveryBasis.DECLARED else when
    if entry.status is Status.SENT and not entry.receipts:
        return "Posted; no receipt comes by post" if entry.channel.spec.is_letter else "Taken; no receipt will come"
    return ""


def _other(entry: Entry, _: Clock) -> str:
    if entry.channel.spec.is_internal:
        return "Stays inside"
    if entry.direction is Direction.INBOUND and entry.channel.spec.awaits_answer:
        if entry.response_minutes is not None:
            return f"Answered after {format_duration(entry.response_minutes)}"
        return "Not answered yet"
    if entry.status is Status.QUEUED:
        return "Waits for its turn"
    return ""


_IN_ORDER: tuple[Callable[[Entry, Clock], str], ...] = (
    _put_right,
    _failure,
    _decision,
    _to_do,
    _hint,
    _time,
    _other,
)


# The others say the same on paper.
_NAMING_DAYS = frozenset({_decision, _to_do, _time})


def _when(entry: Entry, at: datetime, clock: Clock) -> str:
    """The clock alone where it is that of the entry's own day, under which it stands."""
    return clock.clock(at) if clock.day_of(at) == clock.day_of(entry.occurred_at) else clock.told(at)


def _short(code: str) -> bool:
    """A code that tells something beside the words: not a whole sentence of a server."""
    return 0 < len(code) <= 12


def _small(words: str) -> str:
    """In the middle of a line; a name keeps its capital."""
    return words[:1].lower() + words[1:] if words[1:2].islower() else words
