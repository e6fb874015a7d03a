"""What somebody has to do: made by themselves or by what happened, done, opened again."""

from dataclasses import replace
from datetime import date

from letterbook.domain.access import Owned, Right, Viewer
from letterbook.domain.errors import Fault, Invalid, NotFound
from letterbook.domain.ids import Kind, new_id
from letterbook.domain.todos import Todo, TodoStatus
from letterbook.ports import IdempotencyKey, Page, World
from letterbook.use_cases.read import visible
from letterbook.use_cases.remember import once
from letterbook.use_cases.versions import amended
from letterbook.use_cases.viewers import sees_party


def make_todo(world: World, viewer: Viewer, draft: Todo, key: IdempotencyKey | None) -> tuple[Todo, bool]:
    """Raises Invalid for a party or communication that is not there, or not seen."""
    viewer.require(Right.RECORDS)

    def make() -> Todo:
        todo = replace(draft, id=new_id(Kind.TODO, draft.created_at), owned=_owned(world, viewer, draft))
        world.todos.save(todo, key)
        return todo

    return once(world, key, Todo, make)


def read_todo(world: World, viewer: Viewer, todo_id: str) -> Todo:
    viewer.require(Right.READ)
    todo = world.todos.get(todo_id)
    if todo is None or not _seen(viewer, todo):
        raise NotFound("There is no such TODO.")
    return todo


def amend_todo(
    world: World,
    viewer: Viewer,
    todo_id: str,
    version: int | None,
    *,
    status: TodoStatus | None = None,
    title: str | None = None,
    due_date: date | None = None,
) -> Todo:
    """Done, open again, put off, said better. Raises Outdated."""
    viewer.require(Right.RECORDS)

    def change(before: Todo) -> Todo:
        return replace(
            before,
            status=status or before.status,
            title=title or before.title,
            due_date=due_date or before.due_date,
        )

    return amended(version, lambda: read_todo(world, viewer, todo_id), change, lambda after, _: world.todos.save(after))


def list_todos(
    world: World, viewer: Viewer, *, party_id: str | None, status: TodoStatus, limit: int, after: str | None
) -> Page[Todo]:
    """What is due first comes first. A page may be short and still have one behind it."""
    viewer.require(Right.READ)
    page = world.todos.page(party_id, status, after=after, limit=limit)
    shown = [todo for todo in page.items if _seen(viewer, todo) and todo.status is status]
    return Page(items=shown, after=page.after)


def _seen(viewer: Viewer, todo: Todo) -> bool:
    return viewer.sees(todo.owned)


def _owned(world: World, viewer: Viewer, draft: Todo) -> Owned:
    if draft.communication_id:
        try:
            owned = visible(world, viewer, draft.communication_id).entry.owned
        except NotFound:
            fault = Fault("communication_id", "unknown_communication", "There is no such communication.")
            raise Invalid("The TODO is about something that is not there.", fault) from None
        if draft.owned.party_id in ("", owned.party_id):
            return owned
    party_id = draft.owned.party_id
    party = world.directory.party(party_id) if party_id else None
    if party is None or not (viewer.granted_party(party_id) if viewer.sight else sees_party(world, viewer, party_id)):
        raise Invalid(
            "The TODO is about something that is not there.",
            Fault("party_id", "unknown_party", "There is no such party."),
        )
    return Owned(party_id=party_id, client_id=None, case_id=None, restricted=False)
