"""Takes away what somebody logged by hand, or a draft: seen nowhere any more, kept in the history."""

import random
import time
from dataclasses import replace

from letterbook.domain.access import Right, Viewer
from letterbook.domain.communication import Communication, Entry
from letterbook.domain.errors import Conflict, Moved
from letterbook.domain.ids import Kind, first_id
from letterbook.domain.moves import noted
from letterbook.domain.status import Status
from letterbook.domain.todos import todo_for
from letterbook.ports import Beside, Index, Wanted, World
from letterbook.use_cases.compose import actor_of
from letterbook.use_cases.enter import counts
from letterbook.use_cases.read import visible

_ROUNDS = 8
_PAUSE_SECONDS = 0.02


def remove(world: World, viewer: Viewer, communication_id: str) -> None:
    """Raises Forbidden, NotFound, or Conflict `immutable` for what was sent or received."""
    viewer.require(Right.RECORDS)
    for attempt in range(_ROUNDS):
        communication = visible(world, viewer, communication_id)
        entry = communication.entry
        if entry.status is not Status.DRAFT and not entry.channel.by_hand:
            raise Conflict("What was sent or received stays as it is.", code="immutable")
        gone = noted(
            communication,
            replace(communication, deleted=True, work=communication.work.done),
            at=world.now(),
            actor=actor_of(viewer),
            event="deleted",
        )
        try:
            world.log.commit(gone, None, _beside(world, communication, gone.after))
        except Moved:
            time.sleep(random.random() * _PAUSE_SECONDS * 2**attempt)  # noqa: S311
            continue
        return
    raise Moved(communication_id)


def _beside(world: World, before: Communication, after: Communication) -> Beside:
    todo = todo_for(before, after)
    if not counts(before):
        return Beside(todo=todo)
    entry = before.entry
    found = world.gather(Wanted(party_id=entry.party.id, regarding=entry.regarding, thread_id=entry.thread_id))
    return Beside(
        todo=todo,
        thread=found.thread.without(_latest(world, Index.THREAD, found.thread.id, entry)) if found.thread else None,
        thing=found.thing.without(_latest(world, Index.REGARDING, found.thing.key, entry)) if found.thing else None,
    )


def _latest(world: World, index: Index, key: str, gone: Entry) -> Entry | None:
    """The newest that counts and remains; looked for among the newest few."""
    below = first_id(Kind.COMMUNICATION, world.now().replace(year=world.now().year + 1))
    page = world.log.page(index, key, above=f"{Kind.COMMUNICATION}_", below=below, limit=50)
    left = (one for one in page.items if one.id != gone.id and one.status is not Status.DRAFT and not one.restricted)
    return next(left, None)
