"""Writes a new entry into the log, or a draft that is said now, together with what is kept beside it."""

from dataclasses import replace
from typing import TYPE_CHECKING

from letterbook.domain.communication import Communication
from letterbook.domain.errors import ConcurrentUpdate
from letterbook.domain.transitions import Change
from letterbook.ports import IdempotencyKey, MessageContext, World
from letterbook.retry import MAX_TRIES, tries
from letterbook.use_cases.support.update import related_writes

if TYPE_CHECKING:
    from letterbook.domain.attempts import Attempts


def commit_entry(
    world: World,
    change: Change,
    context: MessageContext,
    key: IdempotencyKey | None = None,
    attempts: "Attempts | None" = None,
    instead_of: Communication | None = None,
) -> None:
    """One transaction, with the `attempts` that it is one of, and only while what it is `instead_of` stands as it was read.

    Many entries of one thread at once get in one by one, each counted.

    Raises what its commit raises; ConcurrentUpdate only when the entry itself has moved, or others keep writing.
    """
    answered = context.answered.entry if context.answered else None
    thread, rows = context.thread, context.overview_rows
    for attempt in tries():
        kept = related_writes(world, change, thread=thread, overview_rows=rows, answered=answered)
        kept = replace(kept, attempts=attempts, instead_of=instead_of) if attempts else kept
        try:
            world.communications.commit(change, key, kept)
        except ConcurrentUpdate:
            shared = kept.threads or kept.overview_rows or kept.todos
            if attempt == MAX_TRIES - 1 or not shared or _superseded(world, attempts):
                raise
            thread, rows = None, ()
        else:
            return


def _superseded(world: World, attempts: "Attempts | None") -> bool:
    """Whether somebody else said the same again meanwhile."""
    if attempts is None:
        return False
    current = world.attempts.get(attempts.id)
    return (current.version if current else 0) != attempts.version - 1
