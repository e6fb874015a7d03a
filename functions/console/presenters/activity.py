"""The activity of a party or a case, line by line, in audit detail."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from console.presenters.correspondence import path_of_number
from console.presenters.dates import Clock, TimeLabel
from console.presenters.history import EVENTS, reason_of
from console.presenters.labels import capital, field_label, provider_label, subject_or_preview
from letterbook.domain.communication import Entry
from letterbook.domain.correspondence import parse_number
from letterbook.domain.history import AuditEvent, HistoryRow, Outcome
from letterbook.domain.ids import ids_in
from letterbook.domain.status import STATUSES
from letterbook.ports import ActivityItem

_LONGEST = 120
_UNNAMED = "one that is not here"


@dataclass(frozen=True, slots=True)
class ActivityLine:
    """`day` begins a new day. `subject` is the communication or the correspondence that it happened to, with the link to it."""

    time: TimeLabel
    day: str
    words: str
    href: str
    subject: str
    notes: tuple[str, ...]
    status: str


def activity_lines(
    happened: Sequence[ActivityItem],
    entries: Mapping[str, Entry],
    clock: Clock,
    providers: Mapping[str, str],
    names: Mapping[str, str],
) -> list[ActivityLine]:
    """`names` are those of the ids in it; what has none there is not named."""
    found: list[ActivityLine] = []
    before = ""
    for one in happened:
        row = one.row
        day = clock.heading(clock.day_of(row.at))[1]
        entry = entries.get(one.about)
        about = isinstance(row, HistoryRow)
        number = "" if isinstance(row, HistoryRow) or parse_number(row.about) is None else row.about
        found.append(
            ActivityLine(
                time=clock.second(row.at),
                day="" if day == before else day,
                words=capital(EVENTS.get(row.event, row.event)),
                href=f"/communications/{one.about}" if entry else path_of_number(number) if number else "",
                subject=subject_or_preview(entry) if entry else "a deleted communication" if about else number,
                notes=tuple(note for note in _notes(one, clock, providers, names) if note),
                status=STATUSES[row.status].label if isinstance(row, HistoryRow) else "",
            )
        )
        before = day
    return found


def _notes(one: ActivityItem, clock: Clock, providers: Mapping[str, str], names: Mapping[str, str]) -> list[str]:
    row = one.row
    who = provider_label(row.actor.name, providers) if row.actor.role == "provider" else row.actor.name
    by = "By itself" if row.actor.role == "system" else f"By {who}"
    role = f", {row.actor.role}" if row.actor.role not in ("system", "provider", "none", "") else ""
    if not isinstance(row, HistoryRow):
        was = {field_label(name): _named(_was(value), names)[:_LONGEST] for name, value in sorted(row.was.items())}
        new = ", ".join(name for name, value in was.items() if not value)
        changed = [f"{name} was “{value}”" for name, value in was.items() if value]
        by_whom = ". ".join(capital(part.rstrip(".")) for part in (f"{by}{role}", _said(row, names)) if part)
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
    fields = f"Changed: {', '.join(map(field_label, sorted(row.was)))}" if row.was else ""
    return [". ".join(capital(part.rstrip(".")) for part in told if part), fields]


def _was(value: str) -> str:
    """What stands in the log as JSON, as one reads it."""
    try:
        plain = json.loads(value)
    except ValueError:
        plain = value
    if plain in (None, "", [], {}):
        return ""
    return _sentence(plain)


def _said(event: AuditEvent, names: Mapping[str, str]) -> str:
    if grantee := event.grantee:
        return names.get(grantee, "Somebody who has left") + event.note.removeprefix(grantee)
    if parse_number(event.about) and not names.keys() >= {*ids_in(event.note)}:
        # What carried a correspondence stands in the activity itself.
        return ""
    return _named(reason_of(event.note) or event.note, names)


def _named(text: str, names: Mapping[str, str]) -> str:
    for id_ in ids_in(text):
        text = text.replace(id_, names.get(id_, _UNNAMED))
    return text


def _sentence(plain: object) -> str:
    if isinstance(plain, list):
        return "; ".join(map(_sentence, plain))
    if isinstance(plain, dict):
        return ", ".join(_sentence(one) for one in plain.values() if one not in (None, ""))
    return str(plain)
