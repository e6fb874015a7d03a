"""Where the day begins: what failed, what is to be done by hand, what is due, what stands still, and the day's numbers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from console.app.paths import COMMUNICATIONS
from console.app.routing import PageRequest, PageResponse, page, pages
from console.lists.pagination import first_of
from console.pages.todos import duties, mine, unanswered
from console.presenters.charts import DAYS, charts
from console.presenters.labels import subject_or_preview
from console.presenters.log_rows import badge, in_flight, log_row
from console.presenters.todos import by_need, counts_as_due, in_order_of_need
from letterbook.domain.access import Permission, Viewer
from letterbook.domain.communication import Entry
from letterbook.domain.filters import Filters
from letterbook.domain.receipts import Signal
from letterbook.domain.recipients import Suppression
from letterbook.domain.status import QuickFilter, Status, StatusGroup
from letterbook.domain.todos import NO_DATE, Todo, TodoStatus
from letterbook.domain.visible import isolated
from letterbook.ports import Page, StatsKey
from letterbook.use_cases.directory.suppressions import list_suppressions
from letterbook.use_cases.directory.todos import list_todos
from letterbook.use_cases.reading.list_communications import list_communications
from letterbook.use_cases.reading.statistics import stats

PATH = "/work"
_MOST = 99
_SHOWN = 6
_LOOKED_AT = 200


@dataclass(frozen=True, slots=True)
class WorkSection:
    """Entries that wait for the same thing: some of them, how many there are, and the list of all."""

    shown: Sequence[dict[str, Any]]
    count: str
    href: str


@dataclass(frozen=True, slots=True)
class PendingWork:
    failed: Sequence[Entry]
    manual: Sequence[Entry]
    stuck: Sequence[Entry]
    follow: Sequence[Todo]
    more_todos: str

    def number(self, viewer: Viewer, today: date) -> str:
        """How much waits for the viewer; nothing where nothing does."""
        due = [one for one in mine(self.follow, viewer) if counts_as_due(one, today)]
        number = sum(map(len, (self.failed, self.manual, self.stuck, due)))
        return f"{_MOST}+" if number > _MOST else str(number or "")


@pages.get(PATH)
def index(visit: PageRequest) -> PageResponse:
    visit.viewer.require(Permission.READ)
    world, viewer = visit.world, visit.viewer
    waiting = _pending_work(visit)
    suppressed = list_suppressions(world, viewer, limit=_SHOWN * 2, after=None)
    everybody = visit.parameter("todos") == "all"
    own = mine(waiting.follow, viewer)
    listed = waiting.follow if everybody else own
    came_in = unanswered(visit, listed)
    first = in_order_of_need(listed, visit.clock.today, came_in)[: 2 * _SHOWN]
    counted = stats(world, viewer, DAYS)
    today = visit.clock.today
    return page(
        "work/page.html",
        title=f"{today:%A} {visit.clock.day_and_month(today)}",
        figures=_figures(counted.counts, today),
        charts=charts(counted.counts, today),
        complete=counted.complete,
        days=DAYS,
        failed=_pile(visit, waiting.failed, _problem, "group=failed"),
        manual=_pile(visit, waiting.manual, _by_hand, "status=manual_pending"),
        stuck=_pile(visit, waiting.stuck, _problem, "group=not_sent"),
        todos=by_need(duties(visit, first, came_in)),
        todos_count=_count(listed),
        everybody=everybody,
        others=len(waiting.follow) - len(own),
        number=waiting.number(viewer, today),
        more_todos=waiting.more_todos,
        quarantined=[_set_aside(one, visit) for one in suppressed.items],
        more_quarantined=first_of(suppressed, "addresses", "release one, or look at its party"),
        path=PATH,
        office=visit.clock.time(visit.clock.now),
        zone=visit.clock.now.astimezone(visit.organisation.zone).tzname() or "",
    )


@pages.get(f"{PATH}/count")
def count(visit: PageRequest) -> PageResponse:
    """The number beside Work, for the pages that are not it."""
    visit.viewer.require(Permission.READ)
    return page("work/count.html", title="Work", number=_pending_work(visit).number(visit.viewer, visit.clock.today))


def _pending_work(visit: PageRequest) -> PendingWork:
    failed, unsent = (_attention(visit, quick) for quick in (QuickFilter.FAILED, QuickFilter.NOT_SENT))
    manual = [one for one in unsent if one.status is Status.MANUAL_PENDING]
    stuck = [one for one in unsent if in_flight(one) and Signal.STUCK in one.hints_at(visit.clock.now)]
    todos = _open_todos(visit, None)
    # Where those with a date are very many, those without, which stand behind them, are looked at all the same.
    undated = _open_todos(visit, NO_DATE).items if todos.after and todos.after < NO_DATE else ()
    # A failure and a letter to be posted stand there already; what was made of them by itself would say it twice.
    told = {one.id for one in (*failed, *manual)}
    return PendingWork(
        failed,
        manual,
        stuck,
        [one for one in (*todos.items, *undated) if one.communication_id not in told],
        first_of(todos, "follow-ups", "the rest stand under All"),
    )


def _open_todos(visit: PageRequest, after: str | None) -> Page[Todo]:
    return list_todos(visit.world, visit.viewer, party_id=None, status=TodoStatus.OPEN, limit=_LOOKED_AT, after=after)


def _pile(
    visit: PageRequest, entries: Sequence[Entry], line: Callable[[Entry, PageRequest], dict[str, Any]], query: str
) -> WorkSection:
    return WorkSection([line(one, visit) for one in entries[:_SHOWN]], _count(entries), f"{COMMUNICATIONS}?{query}")


def _attention(visit: PageRequest, quick: QuickFilter) -> Sequence[Entry]:
    return list_communications(
        visit.world, visit.viewer, Filters(quick=(quick,)), limit=_LOOKED_AT, present=False
    ).items


def _count(all_: Sequence[Entry] | Sequence[Todo]) -> str:
    return f"{_MOST}+" if len(all_) > _MOST else str(len(all_))


def _problem(entry: Entry, visit: PageRequest) -> dict[str, Any]:
    words = entry.failure.words if entry.failure else None
    told = (words.reason, words.advice) if words else (log_row(entry, visit.clock).remark.text,)
    line = _line(entry, ". ".join(one.rstrip(".") for one in (entry.party.name, *told) if one) + ".")
    return {**line, "since": visit.clock.relative(entry.failed_at or entry.occurred_at)}


def _by_hand(entry: Entry, visit: PageRequest) -> dict[str, Any]:
    since = visit.clock.relative(entry.occurred_at)
    return {**_line(entry, f"{isolated(entry.party.name)}. Print it, hand it over, then record that."), "when": since}


def _line(entry: Entry, why: str) -> dict[str, Any]:
    return {
        "id": entry.id, "channel": entry.channel, "type": entry.channel.spec.label,
        "subject": subject_or_preview(entry), "why": why, "status": badge(entry), "since": "",
    }  # fmt: skip


def _figures(counts: Mapping[StatsKey, int], today: date) -> list[dict[str, str]]:
    of_day: dict[StatusGroup, int] = {}
    for one, number in counts.items():
        if one.day == today:
            of_day[one.group] = of_day.get(one.group, 0) + number
    delivered, moving, failed, skipped, logged = (
        of_day.get(one, 0)
        for one in (
            StatusGroup.SUCCESSFUL,
            StatusGroup.IN_PROGRESS,
            StatusGroup.FAILED,
            StatusGroup.SKIPPED,
            StatusGroup.LOGGED,
        )
    )
    on_their_way = ",".join((Status.GENERATING, Status.SCHEDULED, Status.QUEUED, Status.SENDING, Status.SENT))
    told = [
        ("sent today", delivered + moving + failed, "", "direction=outbound"),
        ("delivered", delivered, StatusGroup.SUCCESSFUL, "group=completed"),
        ("on their way", moving, StatusGroup.IN_PROGRESS, f"status={on_their_way}"),
        ("failed", failed, StatusGroup.FAILED, "group=failed"),
        ("skipped", skipped, StatusGroup.SKIPPED, "status=skipped"),
        ("recorded", logged, "", "status=received,logged"),
    ]
    return [
        {
            "words": words,
            "number": f"{number:,}",
            "group": str(group) if number else "",
            "href": f"{COMMUNICATIONS}?{query}&when=today",
        }
        for words, number, group, query in told
        if number or words in ("sent today", "delivered", "failed")
    ]


def _set_aside(one: Suppression, visit: PageRequest) -> dict[str, Any]:
    return {
        "address": one.address,
        "since": visit.clock.relative(one.at),
        "party": f"/parties/{one.party_id}",
        "entry": f"{COMMUNICATIONS}/{one.communication_id}",
    }
