"""What somebody has to do: made by themselves or by what happened, done, opened again."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from letterbook.domain.access import Ownership, Permission, Viewer
from letterbook.domain.communication import Communication, Direction
from letterbook.domain.errors import FieldError, Invalid, NotFound
from letterbook.domain.ids import Kind, new_id
from letterbook.domain.party import Party
from letterbook.domain.todos import Todo, TodoStatus, id_for, sort_key
from letterbook.ports import IdempotencyKey, Page, World
from letterbook.use_cases.reading.pages import read_until_full, slice_page
from letterbook.use_cases.reading.read import get_visible
from letterbook.use_cases.support.access import must_stand, named_party, visible_cases
from letterbook.use_cases.support.idempotency import idempotently
from letterbook.use_cases.support.optimistic_lock import UNSET, Unset, update_versioned

# A viewer of few parties has few TODOs; of each party the first so many are looked at.
_OF_EACH = 200


def make_todo(world: World, viewer: Viewer, draft: Todo, key: IdempotencyKey | None) -> tuple[Todo, bool]:
    """Raises Invalid for a party or communication that is not there, or not seen."""
    viewer.require(Permission.RECORDS)

    def make() -> Todo:
        todo = replace(draft, id=new_id(Kind.TODO, draft.created_at), owned=_owned(world, viewer, draft))
        world.todos.save(todo, key)
        return todo

    return idempotently(world, key, Todo, make, lambda made: read_todo(world, viewer, made.id))


def read_todo(world: World, viewer: Viewer, todo_id: str) -> Todo:
    """What it is about is asked as it is now: a TODO is seen by who sees its communication, or its party."""
    viewer.require(Permission.READ)
    todo = world.todos.get(todo_id)
    if todo is None or not _seen(world, viewer, [todo]):
        raise NotFound("There is no such TODO.")
    return todo


def todo_done_by(world: World, viewer: Viewer, answer: Communication) -> Todo | None:
    """The TODO that this answer has done, where it is done by it still and the viewer sees it."""
    if answer.in_reply_to is None or answer.entry.direction is Direction.INBOUND:
        return None
    try:
        todo = read_todo(world, viewer, id_for(answer.in_reply_to))
    except NotFound:
        return None
    return todo if todo.answered_by == answer.id and todo.status is TodoStatus.DONE else None


def amend_todo(
    world: World,
    viewer: Viewer,
    todo_id: str,
    version: int | None,
    *,
    status: TodoStatus | None = None,
    title: str | None = None,
    due_date: date | Unset | None = UNSET,
) -> Todo:
    """Done, open again, put off, said better; without a date where `due_date` is None. Raises PreconditionFailed."""
    viewer.require(Permission.RECORDS)

    def change(before: Todo) -> Todo:
        date = before.due_date if isinstance(due_date, Unset) else due_date
        return before.amended(world.now(), status, title, date)

    return update_versioned(
        version, lambda: read_todo(world, viewer, todo_id), change, lambda after, _: world.todos.save(after)
    )


def list_todos(
    world: World,
    viewer: Viewer,
    *,
    party_id: str | None,
    status: TodoStatus,
    limit: int,
    after: str | None,
    seen: Party | None = None,
) -> Page[Todo]:
    """What is due first comes first. A page may be short and still have one behind it. `seen` is the party, if it was looked at."""
    viewer.require(Permission.READ)
    if viewer.sight is not None:
        page = slice_page(_in_sight(world, viewer, party_id, status), sort_key, limit=limit, after=after)
    else:
        page = read_until_full(
            lambda on: world.todos.page(party_id, status, after=on, limit=limit),
            _shown(world, viewer, status),
            sort_key,
            limit=limit,
            after=after,
        )
    if party_id and not page.items and after is None and seen is None:
        must_stand(world, viewer, [party_id])
    return page


def _in_sight(world: World, viewer: Viewer, party_id: str | None, status: TodoStatus) -> list[Todo]:
    """Of who sees some only: of each party in sight the first so many."""
    cases = visible_cases(world, viewer)
    known = (viewer.sight.parties if viewer.sight else frozenset()).union(
        *(case.party_and_creditor_ids for case in cases)
    )
    parties = known & {party_id} if party_id else known
    pages = [world.todos.page(one, status, after=None, limit=_OF_EACH) for one in sorted(parties)]
    return [todo for page in pages for todo in _shown(world, viewer, status)(page.items)]


def _shown(world: World, viewer: Viewer, status: TodoStatus) -> Callable[[Sequence[Todo]], list[Todo]]:
    return lambda todos: _seen(world, viewer, [one for one in todos if one.status is status])


def _seen(world: World, viewer: Viewer, todos: Sequence[Todo]) -> list[Todo]:
    """Those of them that the viewer may see, in one request."""
    about = {todo.communication_id for todo in todos if todo.communication_id}
    entries = world.communications.entries(about) if about else {}

    def seen(todo: Todo) -> bool:
        entry = entries.get(todo.communication_id) if todo.communication_id else None
        return viewer.sees(entry.ownership if entry else todo.owned) and (
            entry is not None or not todo.communication_id
        )

    return [todo for todo in todos if seen(todo)]


def _owned(world: World, viewer: Viewer, draft: Todo) -> Ownership:
    party_id = draft.owned.party_id
    if draft.communication_id:
        try:
            owned = get_visible(world, viewer, draft.communication_id).entry.ownership
        except NotFound:
            fault = FieldError("communication_id", "unknown_communication", "There is no such communication.")
            raise Invalid("The TODO is about something that is not there.", fault) from None
        if party_id not in ("", owned.party_id):
            fault = FieldError("party_id", "party_of_another", "The communication is with another party.")
            raise Invalid("The TODO is about two parties.", fault)
        return owned
    party = named_party(world, viewer, party_id) if party_id else None
    if party is None or not viewer.granted_party(party_id):
        raise Invalid(
            "The TODO is about something that is not there.",
            FieldError("party_id", "unknown_party", "There is no such party."),
        )
    return Ownership(party_id=party_id, client_id=None, case_id=None, restricted=False)
