"""Voids a correspondence that should not be: the wrong type, the wrong party. Its number is never used again.

What carries it and has not gone yet is cancelled after that. Whoever dies in between leaves it on its way, to be cancelled there.
"""

from contextlib import suppress

from letterbook.domain.access import Permission, Viewer
from letterbook.domain.correspondence import Correspondence
from letterbook.domain.errors import Conflict, NotFound
from letterbook.domain.status import CANCELLABLE
from letterbook.ports import World
from letterbook.use_cases.messages.cancel import cancel
from letterbook.use_cases.reading.correspondence import read_correspondence, with_attempts
from letterbook.use_cases.support.access import actor_of
from letterbook.use_cases.support.correspondence import deed, todo_done, update_correspondence
from letterbook.use_cases.support.optimistic_lock import next_version


def void_correspondence(
    world: World, viewer: Viewer, account: str, number: str, *, reason: str, version: int | None = None
) -> Correspondence:
    """What was sent of it stays sent, and is not sent again.

    Raises Forbidden, NotFound, PreconditionFailed, Conflict `void` for one that is void.
    """
    viewer.require(Permission.SEND)
    known = read_correspondence(world, viewer, account, number)

    def voided(current: Correspondence) -> Correspondence:
        after = current.voided(reason)
        next_version(current.version, version)
        event = deed(world, after, "voided", actor_of(viewer), reason)
        world.correspondence.save(after, event, todos=todo_done(world, after))
        return after

    void = update_correspondence(world, known.account, known.ordinal, voided)
    _cancel_what_carries_it(world, viewer, void)
    return void


def _cancel_what_carries_it(world: World, viewer: Viewer, void: Correspondence) -> None:
    for entry in world.communications.entries(with_attempts(world, void.communications), now=True).values():
        if entry.status in CANCELLABLE and viewer.sees(entry.ownership):
            # A worker may have it by now, or somebody else cancelled it.
            with suppress(Conflict, NotFound):
                cancel(world, viewer, entry.id)
