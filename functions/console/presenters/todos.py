"""What is to do, in words and in the order of need: how late it is, whose it is, what it is about."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from console.presenters.dates import Clock
from console.presenters.labels import format_count
from letterbook.domain.todos import Todo, TodoStatus

_SOON = timedelta(days=7)


class Need(StrEnum):
    """How soon something must be done, as its heading says it; in that order."""

    OVERDUE = "Overdue"
    TODAY = "Due today"
    UNANSWERED = "Unanswered"
    LATER = "Later"


@dataclass(frozen=True, slots=True)
class TodoLine:
    """`due` is when it is due, or how long it has waited; `late` where that is a reproach. `need` is empty for what is done."""

    id: str
    title: str
    href: str
    about: str
    due: str
    exact: str
    iso: str
    late: bool
    done: bool
    need: Need | None = None


def need_of(todo: Todo, today: date, unanswered: Container[str]) -> Need:
    """`unanswered` are the communications that came in."""
    if todo.due_date is None:
        return Need.UNANSWERED if todo.communication_id in unanswered else Need.LATER
    if todo.due_date < today:
        return Need.OVERDUE
    return Need.TODAY if todo.due_date == today else Need.LATER


def in_order_of_need(todos: Sequence[Todo], today: date, unanswered: Container[str]) -> list[Todo]:
    """What is most overdue first, what has waited longest first; what has no date and nobody waits for comes last."""
    order = list(Need)

    def place(todo: Todo) -> tuple[int, date, str]:
        return order.index(need_of(todo, today, unanswered)), todo.due_date or date.max, todo.id

    return sorted(todos, key=place)


def by_need(lines: Sequence[TodoLine]) -> list[tuple[str, list[TodoLine]]]:
    """Under their headings, as they come."""
    return [(need.value, own) for need in Need if (own := [one for one in lines if one.need is need])]


def todo_line(
    todo: Todo, clock: Clock, parties: Mapping[str, str], me: str, unanswered: Container[str] = frozenset()
) -> TodoLine:
    """`parties` are the names that are known, by their ids; `unanswered` are the communications that came in."""
    name = parties.get(todo.owned.party_id, "")
    whose = "" if todo.assignee in (None, me) else "for somebody else"
    by = (
        f"from {todo.created_by.name}"
        if todo.created_by.id != me and todo.created_by.role != "system" and not whose
        else ""
    )
    ended = f"done by {todo.done_by}" if todo.done_by and todo.status is TodoStatus.DONE else ""
    told = [one for one in (ended, whose, by) if one]
    opened = todo.status is TodoStatus.OPEN
    since = clock.day_of(todo.created_at)
    day = todo.due_date or since
    age = _age((clock.today - since).days, unanswered=todo.communication_id in unanswered)
    about = ". ".join(one[:1].upper() + one[1:] for one in (name, ", ".join(told)) if one)
    return TodoLine(
        id=todo.id,
        title=todo.title,
        href=f"/communications/{todo.communication_id}" if todo.communication_id else f"/parties/{todo.owned.party_id}",
        about=about,
        due=due(todo.due_date, clock) if todo.due_date else age if opened else "",
        exact=clock.long_date(day) if todo.due_date or opened else "",
        iso=day.isoformat() if todo.due_date or opened else "",
        late=bool(todo.due_date and todo.due_date < clock.today and todo.status is TodoStatus.OPEN),
        done=not opened,
        need=need_of(todo, clock.today, unanswered) if opened else None,
    )


def _age(days: int, *, unanswered: bool) -> str:
    """`unanswered 5 days`, `5 days old`."""
    if days < 1:
        return "came today" if unanswered else "noted today"
    long = format_count(days, "day")
    return f"unanswered {long}" if unanswered else f"{long} old"


def due(day: date, clock: Clock) -> str:
    """`2 days overdue`, `today`, `tomorrow`, `Tue 24 Nov`."""
    today = clock.today
    if day < today:
        return f"{format_count((today - day).days, 'day')} overdue"
    if day == today:
        return "today"
    if day == today + timedelta(days=1):
        return "tomorrow"
    near = f"{day:%a} " if day - today < _SOON else ""
    return f"{near}{clock.day_and_month(day, short=True)}{f' {day.year}' if day.year != today.year else ''}"


def counts_as_due(todo: Todo, today: date) -> bool:
    """What waits for its day is not yet due; what has none is."""
    return todo.due_date is None or todo.due_date <= today
