"""What is to do, in words: how late it is, whose it is, what it is about."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from console.presenters.dates import Clock
from console.presenters.labels import format_count
from letterbook.domain.todos import Todo, TodoStatus

_SOON = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class TodoLine:
    id: str
    title: str
    href: str
    about: str
    due: str
    exact: str
    iso: str
    late: bool
    done: bool


def todo_line(todo: Todo, clock: Clock, parties: Mapping[str, str], me: str) -> TodoLine:
    """`parties` are the names that are known, by their ids."""
    name = parties.get(todo.owned.party_id, "")
    whose = "" if todo.assignee in (None, me) else "for somebody else"
    by = (
        f"from {todo.created_by.name}"
        if todo.created_by.id != me and todo.created_by.role != "system" and not whose
        else ""
    )
    ended = f"done by {todo.done_by}" if todo.done_by and todo.status is TodoStatus.DONE else ""
    told = [one for one in (ended, whose, by) if one]
    about = ". ".join(one[:1].upper() + one[1:] for one in (name, ", ".join(told)) if one)
    return TodoLine(
        id=todo.id,
        title=todo.title,
        href=f"/communications/{todo.communication_id}" if todo.communication_id else f"/parties/{todo.owned.party_id}",
        about=about,
        due=due(todo.due_date, clock) if todo.due_date else "",
        exact=clock.long_date(todo.due_date) if todo.due_date else "",
        iso=todo.due_date.isoformat() if todo.due_date else "",
        late=bool(todo.due_date and todo.due_date < clock.today and todo.status is TodoStatus.OPEN),
        done=todo.status is TodoStatus.DONE,
    )


def due(day: date, clock: Clock) -> str:
    """`2 days late`, `today`, `tomorrow`, `Tue 24 Nov`."""
    today = clock.today
    if day < today:
        return f"{format_count((today - day).days, 'day')} late"
    if day == today:
        return "today"
    if day == today + timedelta(days=1):
        return "tomorrow"
    near = f"{day:%a} " if day - today < _SOON else ""
    return f"{near}{clock.day_and_month(day, short=True)}{f' {day.year}' if day.year != today.year else ''}"


def counts_as_due(todo: Todo, today: date) -> bool:
    """What waits for its day is not yet due; what has none is."""
    return todo.due_date is None or todo.due_date <= today
