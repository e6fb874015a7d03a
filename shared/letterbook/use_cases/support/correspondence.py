"""Changes a correspondence that others may be changing too, and tells of it."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from letterbook.domain.communication import SYSTEM, Actor, Failure
from letterbook.domain.correspondence import Correspondence
from letterbook.domain.errors import NotFound
from letterbook.domain.history import AuditEvent
from letterbook.domain.ids import Kind, id_from
from letterbook.domain.todos import LONGEST_TITLE, Todo, TodoStatus
from letterbook.ports import World
from letterbook.retry import retry_on_conflict


def update_correspondence(
    world: World, account: str, ordinal: int, change: Callable[[Correspondence], Correspondence | None]
) -> Correspondence:
    """As it is afterwards. `change` saves what it makes and answers it, or None to leave it alone; it may be asked several times.

    Raises NotFound, ConcurrentUpdate when others keep writing, and what `change` raises.
    """

    def attempt() -> Correspondence:
        current = world.correspondence.get(account, ordinal)
        if current is None:
            raise NotFound("There is no such correspondence.")
        return change(current) or current

    return retry_on_conflict(attempt)


def deed(world: World, after: Correspondence, event: str, actor: Actor = SYSTEM, note: str = "") -> AuditEvent:
    """What somebody did to it, for the activity of its party."""
    return AuditEvent(about=after.number, at=world.now(), actor=actor, event=event, note=note, party_id=after.party.id)


def fail_letter(world: World, correspondence: Correspondence, failure: Failure) -> Correspondence:
    """Its PDF cannot be made, and somebody is asked to see to it. Leaves alone what is not being made any more."""

    def failed(current: Correspondence) -> Correspondence | None:
        if current.order is None or current.order != correspondence.order:
            return None
        after = current.failed(failure)
        event = deed(world, after, "PDF failed", note=failure.words.reason)
        world.correspondence.save(after, event, todos=[_asking_for_help(world, current, failure)])
        return after

    return update_correspondence(world, correspondence.account, correspondence.ordinal, failed)


def todo_done(world: World, correspondence: Correspondence) -> Sequence[Todo]:
    """What is saved with it where its PDF is there, or nobody wants it any more: nobody need see to it."""
    todo = world.todos.get(_todo_id(correspondence))
    if todo is None or todo.status is not TodoStatus.OPEN:
        return ()
    return (replace(todo, status=TodoStatus.DONE, done_by=correspondence.number, version=todo.version + 1),)


def _asking_for_help(world: World, correspondence: Correspondence, failure: Failure) -> Todo:
    known = world.todos.get(_todo_id(correspondence))
    author = correspondence.order.ordered_by if correspondence.order else correspondence.created_by
    return Todo(
        id=_todo_id(correspondence),
        title=f"No PDF of {correspondence.number} to {correspondence.party.name}: {failure.words.reason}"[
            :LONGEST_TITLE
        ],
        owned=correspondence.ownership,
        assignee=None if author == SYSTEM else author.id,
        created_at=known.created_at if known else world.now(),
        created_by=author,
        version=known.version + 1 if known else 1,
    )


def _todo_id(correspondence: Correspondence) -> str:
    """One for each correspondence."""
    return id_from(Kind.TODO, correspondence.created_at, f"letter {correspondence.number}".encode())
