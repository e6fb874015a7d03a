"""Records that somebody delivered a correspondence outside, which does what was to do about the things that it regards."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace

from letterbook.domain.access import Permission, Viewer
from letterbook.domain.communication import Entry
from letterbook.domain.correspondence import Correspondence
from letterbook.domain.errors import Conflict, NotFound
from letterbook.domain.status import Status
from letterbook.domain.todos import Todo, TodoStatus, id_for
from letterbook.ports import World
from letterbook.use_cases.directory.todos import list_todos
from letterbook.use_cases.messages.declare_delivered import declare_delivered
from letterbook.use_cases.reading.correspondence import read_correspondence, with_attempts
from letterbook.use_cases.support.access import actor_of
from letterbook.use_cases.support.correspondence import deed, update_correspondence
from letterbook.use_cases.support.optimistic_lock import next_version

# What is to be done by a person is not there yet.
_BEING_MADE = frozenset({Status.COLLECTING, Status.GENERATING})
_PAGE = 200
# A transaction holds a hundred writes (DynamoDB, Constraints).
_MOST_DONE = 90


def deliver_correspondence(
    world: World,
    viewer: Viewer,
    account: str,
    number: str,
    *,
    reason: str = "",
    details: str = "",
    version: int | None = None,
) -> Correspondence:
    """Completes, in the same transaction, the viewer's TODOs about the invoices and payments that it regards.

    What of it waited to be delivered by hand is declared delivered, too. Raises Forbidden, NotFound, PreconditionFailed, Conflict
    `void`, and `not_ready` while its PDF, or the letter that is to be posted, is being made.
    """
    viewer.require(Permission.SEND)
    known = read_correspondence(world, viewer, account, number)

    def delivered(current: Correspondence) -> Correspondence:
        after = current.delivered(reason, details)
        next_version(current.version, version)
        if any(one.status in _BEING_MADE for one in _carriers(world, current)):
            raise Conflict("The letter that is to be posted is being made: try again in a moment.", code="not_ready")
        note = ": ".join(one for one in (reason, details) if one)
        done = [_done(world, one, after) for one in _todos(world, viewer, current)]
        world.correspondence.save(after, deed(world, after, "delivered by hand", actor_of(viewer), note), todos=done)
        return after

    done = update_correspondence(world, known.account, known.ordinal, delivered)
    _declare(world, viewer, done, reason or f"{done.number} was delivered", details)
    return done


def _todos(world: World, viewer: Viewer, correspondence: Correspondence) -> Sequence[Todo]:
    """Those about the things themselves: what a message asks by itself, such as to be read, is not done by a letter."""
    keys = {one.key for one in correspondence.regarding}
    found: list[Todo] = []
    after: str | None = None
    while keys and len(found) < _MOST_DONE:
        page = list_todos(
            world, viewer, party_id=correspondence.party.id, status=TodoStatus.OPEN, limit=_PAGE, after=after
        )
        found += [one for one in page.items if one.subject and one.subject.key in keys and not _by_itself(one)]
        after = page.after
        if after is None:
            break
    return found[:_MOST_DONE]


def _by_itself(todo: Todo) -> bool:
    return todo.communication_id is not None and todo.id == id_for(todo.communication_id)


def _done(world: World, todo: Todo, correspondence: Correspondence) -> Todo:
    done = todo.amended(world.now(), TodoStatus.DONE, None, todo.due_date)
    return replace(done, done_by=correspondence.number, version=todo.version + 1)


def _declare(world: World, viewer: Viewer, correspondence: Correspondence, reason: str, details: str) -> None:
    for entry in _carriers(world, correspondence):
        if entry.status is Status.MANUAL_PENDING and viewer.sees(entry.ownership):
            # Somebody else may have seen to it meanwhile.
            with suppress(Conflict, NotFound):
                declare_delivered(world, viewer, entry.id, reason=reason, details=details, delivered_at=None)


def _carriers(world: World, correspondence: Correspondence) -> Iterable[Entry]:
    """What carries it, and what said the same again."""
    return world.communications.entries(with_attempts(world, correspondence.communications), now=True).values()
