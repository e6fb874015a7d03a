"""What is to be done: one's own and everybody's, done, opened again, and made by hand."""

import json
import secrets
from collections.abc import Sequence
from typing import Any

from console.app.routing import PageRequest, PageResponse, page, pages, redirect
from console.app.security import local
from console.forms.errors import NONE, Faults, faults_of, wrong
from console.forms.meanwhile import takes
from console.forms.outcome import outcome
from console.forms.parsing import validate
from console.forms.values import link_of
from console.lists.lookup import chosen_id, find_parties
from console.lists.pagination import pager
from console.presenters.todos import TodoLine, by_need, in_order_of_need, todo_line
from letterbook.contracts.todos import TodoBody
from letterbook.domain.access import Permission, Viewer
from letterbook.domain.communication import Direction
from letterbook.domain.errors import CallerError
from letterbook.domain.ids import Kind
from letterbook.domain.todos import Todo, TodoStatus
from letterbook.use_cases.directory.related_records import parties_of
from letterbook.use_cases.directory.todos import amend_todo, list_todos, make_todo
from letterbook.use_cases.reading.current_entries import current_entries
from letterbook.use_cases.support.access import actor_of, visible_party

PATH = "/todos"
_LIMIT = 100
_LABELS = {"title": "What", "due_date": "Due", "party_id": "About"}


def mine(todos: Sequence[Todo], viewer: Viewer) -> list[Todo]:
    """One's own, and those that are nobody's."""
    return [one for one in todos if one.assignee in (None, viewer.id)]


def unanswered(visit: PageRequest, todos: Sequence[Todo]) -> frozenset[str]:
    """What came in of that which they are about; only those without a date are looked at, in one request."""
    about = [one.communication_id for one in todos if one.due_date is None and one.status is TodoStatus.OPEN]
    found = current_entries(visit.world, visit.viewer, [one for one in about if one])
    return frozenset(one.id for one in found if one.direction is Direction.INBOUND)


def duties(visit: PageRequest, todos: Sequence[Todo], came_in: frozenset[str] | None = None) -> list[TodoLine]:
    """As lines in the order of need; the names of the parties come in one request."""
    came_in = unanswered(visit, todos) if came_in is None else came_in
    parties = parties_of(visit.world, visit.viewer, (one.owned for one in todos))
    names = {one: party.name for one, party in parties.items()}
    in_order = in_order_of_need(todos, visit.clock.today, came_in)
    return [todo_line(one, visit.clock, names, visit.viewer.id, came_in) for one in in_order]


@pages.get(PATH)
def index(visit: PageRequest) -> PageResponse:
    of = visit.parameter("of") if visit.parameter("of") in ("mine", "all", "done") else "mine"
    status = TodoStatus.DONE if of == "done" else TodoStatus.OPEN
    turning = pager(visit, PATH, {"of": [of]})
    listed = list_todos(visit.world, visit.viewer, party_id=None, status=status, limit=_LIMIT, after=turning.after)
    found = mine(listed.items, visit.viewer) if of == "mine" else listed.items
    pills = [
        {"words": words, "href": f"{PATH}?of={name}", "current": of == name, "count": "", "red": False}
        for name, words in (("mine", "Mine"), ("all", "Everybody's"), ("done", "Done"))
    ]
    more = turning.older(listed.after) or ""
    lines = duties(visit, found)
    groups = [("", lines)] if of == "done" and lines else by_need(lines)
    return page("todos/list.html", title="To do", groups=groups, pills=pills, more=more, of=of, path=PATH)


@pages.get(f"{PATH}/new")
def new(visit: PageRequest) -> PageResponse:
    visit.viewer.require(Permission.RECORDS)
    party_id = link_of(visit).party_id
    name = visible_party(visit.world, visit.viewer, party_id).name if party_id else ""
    return _form(visit, {"title": "", "due_date": "", "party": name})


@pages.post(PATH, form=True)
def make(visit: PageRequest) -> PageResponse:
    """About a party by its name; which of several is asked."""
    visit.viewer.require(Permission.RECORDS)
    typed = {name: visit.field(name) for name in ("title", "due_date", "party")}
    found = find_parties(visit, typed["party"])
    party_id = chosen_id(visit, "party_id", Kind.PARTY) or (found[0].id if len(found) == 1 else "")
    if takes(visit):
        return _form(visit, typed, None, found)

    def save() -> PageResponse:
        due_date = {"due_date": typed["due_date"]} if typed["due_date"] else {}
        body = validate(TodoBody, {"title": typed["title"], **due_date})
        if not party_id:
            told = "Say which one it is." if found else "Nobody of that name is here."
            raise wrong("party_id", told if typed["party"] else "Say whom it is about.")
        draft = body.model_copy(update={"party_id": party_id}).todo(actor_of(visit.viewer), visit.world.now())
        made, _ = make_todo(visit.world, visit.viewer, draft, visit.key("todos", json.dumps(typed | {"id": party_id})))
        return redirect(_back(visit), f"Noted: {made.title}")

    return outcome(save, lambda error: _form(visit, typed, error, found))


@pages.post(f"{PATH}/{{todo_id}}/done")
def done(visit: PageRequest, todo_id: str) -> PageResponse:
    amended = amend_todo(visit.world, visit.viewer, todo_id, None, status=TodoStatus.DONE)
    return redirect(_back(visit), f"Done: {amended.title}")


@pages.post(f"{PATH}/{{todo_id}}/reopen")
def reopen(visit: PageRequest, todo_id: str) -> PageResponse:
    amended = amend_todo(visit.world, visit.viewer, todo_id, None, status=TodoStatus.OPEN)
    return redirect(_back(visit), f"Open again: {amended.title}")


def _form(visit: PageRequest, typed: dict[str, str], error: CallerError | None = None, found: Any = ()) -> PageResponse:
    faults: Faults = faults_of(error, _LABELS, {"party_id": "party"}) if error else NONE
    return page(
        "todos/form.html",
        status=422 if error else 200,
        title="New to-do",
        typed=typed,
        faults=faults,
        found=found if len(found) > 1 else (),
        once=visit.field("once") or secrets.token_urlsafe(16),
        back=_back(visit),
        path=PATH,
    )


def _back(visit: PageRequest) -> str:
    """The page that one comes from, if it is one of these."""
    given = local(visit.field("back") or visit.parameter("back"), "/work")
    return (
        given
        if given.partition("?")[0] in ("/work", PATH)
        or given.startswith(("/parties/pty_", "/cases/cas_", "/communications/com_"))
        else "/work"
    )
