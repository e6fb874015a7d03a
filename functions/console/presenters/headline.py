"""An entry in one sentence, and what is sensible to do about it, the best first."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from console.presenters.dates import Clock, TimeLabel
from console.presenters.labels import HINTS, capital
from console.presenters.log_rows import Badge, badge
from console.presenters.status_reason import put_right, status_reason
from letterbook.domain.access import Permission, Viewer
from letterbook.domain.communication import DeliveryBasis, Direction, Entry
from letterbook.domain.decision import Action
from letterbook.domain.failures import FailureCode
from letterbook.domain.filing import can_be_filed_anew
from letterbook.domain.message import TooOld
from letterbook.domain.receipts import Signal
from letterbook.domain.status import CANCELLABLE, Status, StatusGroup
from letterbook.domain.visible import isolated


@dataclass(frozen=True, slots=True)
class ActionLink:
    """`verb` is the end of its address. One that `asks` leads to a page first; another does it at once."""

    verb: str
    words: str
    asks: bool = True
    query: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Headline:
    """`later` is the attempt that put it right, or stands in its place: its id, and what to call it."""

    group: str
    icon: str
    title: str
    when: TimeLabel | None
    text: tuple[str | TimeLabel, ...]
    actions: tuple[ActionLink, ...]
    later: tuple[str, str] | None = None
    undo_seconds: int = 0


# Title, the time that belongs to it, and the text below.
Said = tuple[str, TimeLabel | None, tuple[str | TimeLabel, ...]]


RESEND = ActionLink("resend", "Resend…", key="r")
ELSEWHERE = ActionLink("resend", "Send to another address…", query="?to=other")
SEND = ActionLink("send", "Send…")
DISCARD = ActionLink("discard", "Discard…")
REMOVE = ActionLink("discard", "Delete…")
EDIT = ActionLink("edit", "Edit…")
CHANGE = ActionLink("edit", "Change…")
REPLY = ActionLink("reply", "Reply…")
CORRECT = ActionLink("correct", "Send a correction…")
ANEW = ActionLink("anew", "Write a new one…")
QUICK_SEND = ActionLink("quick-send", "Quick send", asks=False)
UNDO = ActionLink("undo", "Undo", asks=False)
CANCEL = ActionLink("cancel", "Cancel…")
DELIVER = ActionLink("deliver", "Record delivery…")
REFILE = ActionLink("refile", "File under…")
SEEN_TO = ActionLink("seen-to", "Seen to…")
TAKE_BACK = ActionLink("take-back", "Needs somebody again", asks=False)
COPY = ActionLink("resend", "Send another copy…", key="r")
IGNORE = ActionLink("ignore", "Ignore", asks=False)
UNIGNORE = ActionLink("unignore", "Stop ignoring", asks=False)


def headline(
    entry: Entry,
    viewer: Viewer,
    clock: Clock,
    *,
    objection: tuple[str, str] | None,
    undo_until: datetime | None = None,
    stoppable: bool = False,
) -> Headline:
    """`objection` is why it is not sent again, if something stands against that (use_cases/resend.py); `stoppable`: its provider
    has it and can be told to stop it.

    Until `undo_until` it can be taken back for certain, and that is all there is to say of it.
    """
    mark = badge(entry)
    if undo_until and undo_until > clock.now:
        return _undoable(mark, viewer, seconds=math.ceil((undo_until - clock.now).total_seconds()))
    title, when, text = _as_put_right(entry, clock) or _by_status(entry, clock)
    old = objection is not None and objection[0] == TooOld.code and entry.group is StatusGroup.FAILED
    more = (objection[1],) if objection and old else ()
    return Headline(
        group=mark.group,
        icon=mark.icon,
        title=title,
        when=when,
        text=tuple(one for one in (*text, *_hints(entry, clock), *_last_word(entry), *more) if one),
        actions=actions(entry, viewer, objection=objection, stoppable=stoppable),
        later=_later(entry),
    )


def _last_word(entry: Entry) -> tuple[str, ...]:
    """What its provider said last, in words."""
    return (entry.word.words,) if entry.word and entry.group is not StatusGroup.FAILED else ()


def _by_status(entry: Entry, clock: Clock) -> Said:
    return _ALWAYS.get(entry.status) or _SAID.get(entry.status, _as_it_is)(entry, clock)


def _as_put_right(entry: Entry, clock: Clock) -> Said | None:
    """What put it right, or aside, comes before what had become of it; what to do about that is over."""
    title, when, text = _by_status(entry, clock)
    if entry.group is StatusGroup.FAILED:
        failed = _since(entry.failed_at, clock)
        was: tuple[str | TimeLabel, ...] = (f"{title}.", *(("It failed", failed, ".") if failed else ()))
    else:
        was = (title, when, ".", *text) if when else (f"{title}.", *text)
    if seen := None if entry.settled or entry.overtaken else entry.seen_to:
        note = seen.note if seen.note.endswith((".", "!", "?")) else f"{seen.note}."
        return f"Seen to by {isolated(seen.by.name)}", _since(seen.at, clock), (capital(note), *was)
    later = entry.settled or entry.overtaken
    told = put_right(entry)
    return (told, _since(later.at if later else None, clock), was) if told else None


def _later(entry: Entry) -> tuple[str, str] | None:
    later = entry.settled or entry.overtaken
    return (later.id, f"Look at attempt {later.number}") if later else None


def _undoable(mark: Badge, viewer: Viewer, seconds: int) -> Headline:
    text = ("Until then nobody has it: Undo takes it back.",)
    undo = (UNDO,) * viewer.may(Permission.SEND)
    return Headline(mark.group, mark.icon, f"Sending in {seconds} s", None, text, undo, undo_seconds=seconds)


def actions(
    entry: Entry, viewer: Viewer, *, objection: tuple[str, str] | None, stoppable: bool = False
) -> tuple[ActionLink, ...]:
    """What the viewer may do with it now; the first answers the sentence."""
    found: list[ActionLink] = []
    if entry.status is Status.DRAFT:
        found += [SEND, QUICK_SEND] * viewer.may(Permission.SEND) + [EDIT, DISCARD] * viewer.may(Permission.RECORDS)
    elif entry.status is Status.MANUAL_PENDING:
        found += [DELIVER] * viewer.may(Permission.SEND)
    if objection is None and viewer.may(Permission.RESEND):
        again = [COPY if entry.settled else RESEND] + [ELSEWHERE] * entry.channel.spec.is_correspondence
        dead = entry.failure is not None and entry.failure.code is FailureCode.INVALID_ADDRESS
        found += reversed(again) if dead else again
    filed = [REFILE] * (viewer.may(Permission.RECORDS) and _may_take_away(entry, viewer))
    found += filed if entry.candidates else []
    if viewer.may(Permission.SEND):
        found += _said_next(entry, objection)
    found += [] if entry.candidates else filed
    if stoppable or (entry.status in CANCELLABLE and entry.status is not Status.DRAFT):
        found += [CANCEL] * viewer.may(Permission.SEND)
    if entry.channel.spec.is_record_only:
        found += [CHANGE, REMOVE] * viewer.may(Permission.RECORDS)
    if viewer.may(Permission.SEND) and entry.needs_somebody:
        found.append(SEEN_TO)
    if viewer.may(Permission.SEND) and entry.seen_to:
        found.append(TAKE_BACK)
    if viewer.may(Permission.IGNORE) and (entry.needs_somebody or entry.ignored):
        found.append(UNIGNORE if entry.ignored else IGNORE)
    return tuple(found)


def _may_take_away(entry: Entry, viewer: Viewer) -> bool:
    """See use_cases/refile.py."""
    granted = all(viewer.granted_party(one) for one in entry.candidates or (entry.party.id,))
    return granted and can_be_filed_anew(entry)


def _said_next(entry: Entry, objection: tuple[str, str] | None) -> list[ActionLink]:
    """Another message that follows from this one."""
    if entry.channel.spec.is_record_only:
        return []
    if entry.direction is Direction.INBOUND:
        return [REPLY]
    old = [ANEW] * (entry.status is Status.CANCELLED or (objection is not None and objection[0] == TooOld.code))
    return old + [CORRECT] * (entry.group is StatusGroup.SUCCESSFUL or entry.status is Status.SENT)


def _failed(entry: Entry, clock: Clock) -> Said:
    words = entry.failure.words if entry.failure else None
    because = f": {_inside(words.reason)}" if words else ""
    refused = entry.status is Status.REJECTED
    title = f"{'Not accepted' if refused else 'Not delivered'}{because}"
    at = _since(entry.failed_at, clock)
    when: tuple[str | TimeLabel, ...] = ("Refused" if refused else "It failed", at, ".") if at else ()
    return title, None, (*when, words.advice if words else "")


def _draft(entry: Entry, clock: Clock) -> Said:
    text = status_reason(entry, clock).text
    return "Draft, not sent yet", None, (f"{capital(text)}." if text else "It goes when somebody sends it.",)


def _scheduled(entry: Entry, clock: Clock) -> Said:
    when = clock.ahead(entry.scheduled_for) if entry.scheduled_for else None
    if entry.decision.action is Action.SKIP:
        reason = clock.in_words(entry.decision.reason)
        return "Will be skipped", when, (reason, "It goes after all if that is withdrawn before.")
    return (
        "Goes" if when else "Goes when its time has come",
        when,
        (_decided(entry, clock), "Until then it can be cancelled."),
    )


def _sent(entry: Entry, clock: Clock) -> Said:
    text = (
        "It was taken; whether it arrives, a receipt will tell." if entry.receipts else "No receipt will come this way."
    )
    return "Sent", _since(entry.sent_at, clock), (text,)


def _delivered(entry: Entry, clock: Clock) -> Said:
    delivered = _since(entry.delivered_at, clock)
    if entry.opened_at:
        machine = "A program opened it: that says nothing of a reader."
        person = "That a picture of it was loaded is no proof that somebody read it."
        arrived: tuple[str | TimeLabel, ...] = ("Delivered", delivered, ".") if delivered else ()
        caveat = machine if Signal.MACHINE_OPEN in entry.signals else person
        return "Opened", _since(entry.opened_at, clock), (*arrived, caveat)
    return "Declared delivered" if entry.delivery_basis is DeliveryBasis.DECLARED else "Delivered", delivered, ()


def _skipped(entry: Entry, clock: Clock) -> Said:
    return "Skipped: it was not sent", None, (clock.in_words(entry.decision.reason),)


def _by_hand(entry: Entry, clock: Clock) -> Said:
    return "To be delivered by hand", None, (_decided(entry, clock), "Print it, hand it over, then record that.")


def _received(entry: Entry, clock: Clock) -> Said:
    text = status_reason(entry, clock).text
    return "Received", _since(entry.occurred_at, clock), (f"{text}." if text and text not in HINTS.values() else "",)


def _logged(entry: Entry, clock: Clock) -> Said:
    if entry.channel.spec.is_internal:
        return "Noted; it stays inside", None, ()
    inbound = entry.direction is Direction.INBOUND
    what = "Took place" if entry.channel.spec.is_record_only else "Came in" if inbound else "Sent elsewhere"
    text = status_reason(entry, clock).text
    return what, _since(entry.occurred_at, clock), (f"{text}." if text else "",)


def _as_it_is(entry: Entry, clock: Clock) -> Said:
    return badge(entry).word, None, (status_reason(entry, clock).text,)


_ALWAYS: dict[Status, Said] = {
    Status.UNCONFIRMED: (
        "Whether it was taken is not known",
        None,
        (
            "The provider gave no answer, so it is not sent again by itself: it might arrive twice. Ask the recipient first.",
        ),
    ),
    Status.QUEUED: (
        "Waits for its turn",
        None,
        (
            "It goes within moments, or as soon as its provider can be reached.",
            "Until a worker has taken it, it can be cancelled.",
        ),
    ),
    Status.GENERATING: (
        "Its letter is being prepared",
        None,
        ("It is ready within moments. Until it goes, it can be cancelled.",),
    ),
    Status.COLLECTING: (
        "It waits for what is not there yet",
        None,
        ("It goes by itself once that is there. Until then it can be cancelled.",),
    ),
    Status.SENDING: ("Being sent", None, ("It is with the provider now.",)),
    Status.CANCELLED: ("Cancelled before it went", None, ()),
}
_SAID: dict[Status, Callable[[Entry, Clock], Said]] = {
    Status.FAILED: _failed,
    Status.REJECTED: _failed,
    Status.DRAFT: _draft,
    Status.SCHEDULED: _scheduled,
    Status.SENT: _sent,
    Status.DELIVERED: _delivered,
    Status.SKIPPED: _skipped,
    Status.MANUAL_PENDING: _by_hand,
    Status.RECEIVED: _received,
    Status.LOGGED: _logged,
}


def _hints(entry: Entry, clock: Clock) -> list[str]:
    hints = entry.hints_at(clock.now) - {Signal.MACHINE_OPEN}
    return [f"{HINTS[signal]}." for signal in HINTS if signal in hints]


def _decided(entry: Entry, clock: Clock) -> str:
    return clock.in_words(entry.decision.reason) if entry.decision.rule != "default" else ""


def _since(at: datetime | None, clock: Clock) -> TimeLabel | None:
    """How long ago where that is the same day, else when."""
    if at is None:
        return None
    return clock.relative(at) if clock.day_of(at) == clock.today else clock.moment(at)


def _inside(reason: str) -> str:
    """A sentence of ours within another."""
    words = reason.rstrip(".").replace("'", "\u2019")
    return words[:1].lower() + words[1:]
