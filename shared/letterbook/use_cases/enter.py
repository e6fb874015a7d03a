"""Writes an entry into the log together with what is kept beside it: its thread, the thing it regards, what somebody has to do."""

import random
import time
from dataclasses import replace

from letterbook.domain import overview
from letterbook.domain.communication import Communication, Direction
from letterbook.domain.errors import Moved
from letterbook.domain.moves import Change
from letterbook.domain.status import Status
from letterbook.domain.todos import todo_for, todo_for_reply
from letterbook.ports import Beside, Found, IdempotencyKey, Wanted, World

_ROUNDS = 8
_PAUSE_SECONDS = 0.02


def enter(world: World, change: Change, found: Found, key: IdempotencyKey | None = None) -> None:
    """One transaction. Many entries of one thread at once get in one after the other, each counted.

    Raises what the log's commit raises; Moved only when the entry itself has moved, or others keep writing.
    """
    for attempt in range(_ROUNDS):
        try:
            world.log.commit(change, key, beside(change, found))
        except Moved:
            if attempt == _ROUNDS - 1 or not counts(change.after):
                raise
            time.sleep(random.random() * _PAUSE_SECONDS * 2**attempt)  # noqa: S311
            entry = change.after.entry
            fresh = world.gather(Wanted(party_id=entry.party.id, regarding=entry.regarding, thread_id=entry.thread_id))
            found = replace(found, thread=fresh.thread, thing=fresh.thing)
        else:
            return


def beside(change: Change, found: Found) -> Beside:
    """What the transaction writes beside the entry that it enters."""
    entry = change.after.entry
    todo = todo_for(change.before, change.after)
    if found.answered and entry.direction is Direction.INBOUND:
        todo = todo_for_reply(change.after, found.answered.entry.created_by)
    if not counts(change.after):
        return Beside(todo=todo)
    thing = found.thing.after(entry) if found.thing else overview.first(entry)
    thread = found.thread if found.thread and found.thread.id == entry.thread_id else None
    return Beside(todo=todo, thread=thread.after(entry) if thread else None, thing=thing if entry.regarding else None)


def counts(communication: Communication) -> bool:
    """Drafts have not been said, and of restricted entries nobody shall learn that there are any."""
    entry = communication.entry
    kept_beside = entry.thread_id is not None or entry.regarding is not None
    return kept_beside and entry.status is not Status.DRAFT and not entry.restricted
