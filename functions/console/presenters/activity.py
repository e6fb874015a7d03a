"""The activity of a party or a case, line by line, in audit detail."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from console.presenters.dates import Clock, TimeLabel
from console.presenters.history import EVENTS, reason_of
from console.presenters.labels import capital, humanize_code, provider_label, subject_or_preview
from letterbook.domain.communication import Entry
from letterbook.domain.history import HistoryRow, Outcome
from letterbook.domain.status import STATUSES
from letterbook.ports import ActivityItem

_LONGEST = 120
_FIELDS = {
    "opt_outs": "Opt-outs",
    "skip": "Skipped categories",
    "preferred": "Preferred channel",
    "party_ids": "For",
    "creditor_ids": "Creditors",
    "primary": "Main contact",
}


@dataclass(frozen=True, slots=True)
class ActivityLine:
    """`day` begins a new day. `subject` is the communication that it happened to, with the link to it."""

    time: TimeLabel
    day: str
    words: str
    href: str
    subject: str
    notes: tuple[str, ...]
    status: str


def activity_lines(
    happened: Sequence[ActivityItem], entries: Mapping[str, Entry], clock: Clock, providers: Mapping[str, str]
) -> list[ActivityLine]:
    found: list[ActivityLine] = []
    before = ""
    for one in happened:
        row = one.row
        day = clock.heading(clock.day_of(row.at))[1]
        entry = entries.get(one.about)
        about = isinstance(row, HistoryRow)
        found.append(
            ActivityLine(
                time=clock.second(row.at),
                day="" if day == before else day,
                words=capital(EVENTS.get(row.event, row.event)),
                href=f"/communications/{one.about}" if entry else "",
                subject=subject_or_preview(entry) if entry else "a deleted communication" if about else "",
                notes=tuple(note for note in _notes(one, clock, providers) if note),
                status=STATUSES[row.status].label if isinstance(row, HistoryRow) else "",
            )
        )
        before = day
    return found


def _notes(one: ActivityItem, clock: Clock, providers: Mapping[str, str]) -> list[str]:
    row = one.row
    who = provider_label(row.actor.name, providers) if row.actor.role == "provider" else row.actor.name
    by = "By itself" if row.actor.role == "system" else f"By {who}"
    role = f", {row.actor.role}" if row.actor.role not in ("system", "provider", "none", "") else ""
    if not isinstance(row, HistoryRow):
        was = {_FIELDS.get(name, humanize_code(name)): _was(value) for name, value in sorted(row.was.items())}
        new = ", ".join(name for name, value in was.items() if not value)
        changed = [f"{name} was “{value}”" for name, value in was.items() if value]
        by_whom = ". ".join(part.rstrip(".") for part in (f"{by}{role}", reason_of(row.note) or row.note) if part)
        return [by_whom, f"Filled in: {new}" if new else "", *changed]
    heard = f"reported {clock.told(row.event_at)}" if row.event_at else ""
    outcome = {Outcome.DUPLICATE: "nothing new", Outcome.REFUSED: "changes nothing"}.get(row.outcome, "")
    provider = provider_label(row.provider, providers) if row.provider else ""
    told = [
        f"{by}{role}",
        provider if provider != who else "",
        reason_of(row.code) or row.code or "",
        heard,
        outcome,
        row.note,
    ]
    fields = f"Changed: {', '.join(humanize_code(name) for name in sorted(row.was))}" if row.was else ""
    return [". ".join(capital(part.rstrip(".")) for part in told if part), fields]


def _was(value: str) -> str:
    """What stands in the log as JSON, as one reads it."""
    try:
        plain = json.loads(value)
    except ValueError:
        plain = value
    if plain in (None, "", [], {}):
        return ""
    return _sentence(plain)[:_LONGEST]


def _sentence(plain: object) -> str:
    if isinstance(plain, list):
        return "; ".join(map(_sentence, plain))
    if isinstance(plain, dict):
        return ", ".join(_sentence(one) for one in plain.values() if one not in (None, ""))
    return str(plain)
