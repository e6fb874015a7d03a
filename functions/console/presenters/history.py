"""What happened to an entry, line by line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from console.presenters.dates import Clock, TimeLabel
from console.presenters.labels import capital, field_label, provider_label
from console.presenters.log_rows import Badge
from letterbook.domain.communication import Entry
from letterbook.domain.failures import FAILURE_TEXTS, FailureCode
from letterbook.domain.history import HistoryRow, Outcome
from letterbook.domain.status import STATUSES, Status, group_of

# What a row of history calls what happened, where our own word reads better on a page.
EVENTS = {
    "claimed": "A worker took it",
    "not taken": "Not taken; it is tried again",
    "waits": "Not taken yet; it is tried again",
    "every provider rests": "No provider can be reached; it is tried again",
    "lease expired": "The worker did not come back",
    "given up": "Given up after several tries",
    "released": "Its time has come",
    "threaded": "Put into a thread",
    "filed": "Filed under somebody else, or in another case",
    "filed elsewhere": "Something that came in was filed elsewhere",
    "merged": "Its party was merged into another record of the same",
    "party merged": "Two records of one party became one",
    "unignored": "Not ignored any more",
    "settled": "Settled",
    "overtaken": "Another attempt stands in its place",
    "stands again": "It needs somebody again",
    "not seen to": "It needs somebody again",
    "to do by hand": "Made",
    "Send": "On its way",
    "Bounce": "It came back",
    "Delivery": "It arrived",
    "reported failed": "A report says that it came back",
    "reported delayed": "A report says that it waits on its way",
    "reported delivered": "A report says that it arrived",
    "reported relayed": "A report says that it was passed on",
    "reported expanded": "A report says that it was passed on to a list",
    "reported displayed": "A report says that it was opened",
    "reported deleted": "A report says that it was deleted",
    "came again": "The same mail came again",
}

# They bring it back where it was, which its badge does not explain.
_NOT_TAKEN = ("not taken", "waits")


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """`badge` where its status is new, else `words`; `note` quietly below. `day` begins a new day."""

    time: TimeLabel
    day: str
    badge: Badge | None
    words: str
    note: str
    was: tuple[str, ...] = ()


def history_lines(
    rows: Sequence[HistoryRow], entry: Entry, clock: Clock, providers: Mapping[str, str]
) -> list[HistoryLine]:
    found: list[HistoryLine] = []
    before: Status | None = None
    day = ""
    for one in rows:
        today = clock.heading(clock.day_of(one.at))[1]
        moved = one.status is not before and one.outcome is Outcome.APPLIED
        found.append(
            HistoryLine(
                time=clock.second(one.at),
                day="" if today == day else today,
                badge=_badge(one.status, entry) if moved else None,
                words="" if moved else _event(one),
                note=_note(one, providers, moved=moved),
                was=tuple(map(field_label, sorted(one.was))),
            )
        )
        before, day = one.status, today
    return found


def _badge(status: Status, entry: Entry) -> Badge:
    return Badge(group_of(status, receipts=entry.receipts), status, STATUSES[status].label)


def _event(one: HistoryRow) -> str:
    words = EVENTS.get(one.event, capital(one.event))
    if one.outcome is Outcome.DUPLICATE:
        return f"{words}; nothing new"
    return f"{words}; it changes nothing" if one.outcome is Outcome.REFUSED else words


def _note(one: HistoryRow, providers: Mapping[str, str], *, moved: bool) -> str:
    by = _by_whom(one) if moved else ""
    said = (
        f"{_event(one)}, says {provider_label(one.actor.name, providers)}"
        if one.actor.role == "provider" and moved
        else ""
    )
    who = "" if moved else _who(one, providers)
    reason = reason_of(one.code)
    # Its word for it stands at the beginning already.
    note = one.note.removeprefix(f"{one.event}: ") if one.note not in (reason, one.event) else ""
    return ". ".join(part.rstrip(".") for part in (by or said or who, reason, note) if part)


def _by_whom(one: HistoryRow) -> str:
    if one.actor.role == "system":
        return EVENTS[one.event] if one.event in _NOT_TAKEN else ""
    return "" if one.actor.role == "provider" else f"{_event(one)} by {one.actor.name}"


def _who(one: HistoryRow, providers: Mapping[str, str]) -> str:
    if one.actor.role == "provider":
        return f"Says {provider_label(one.actor.name, providers)}"
    return "" if one.actor.role == "system" else f"By {one.actor.name}"


def reason_of(code: str | None) -> str:
    known = code in set(FailureCode)
    return FAILURE_TEXTS[FailureCode(code)].reason if code and known else ""
