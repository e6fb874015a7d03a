"""Voids a correspondence that should not be: the wrong type, the wrong party. Its number is never used again."""

from letterbook.domain.access import Permission, Viewer
from letterbook.domain.correspondence import Correspondence
from letterbook.ports import World
from letterbook.use_cases.reading.correspondence import read_correspondence
from letterbook.use_cases.support.access import actor_of
from letterbook.use_cases.support.correspondence import deed, todo_done, update_correspondence
from letterbook.use_cases.support.optimistic_lock import next_version


def void_correspondence(
    world: World, viewer: Viewer, account: str, number: str, *, reason: str, version: int | None = None
) -> Correspondence:
    """What was sent of it stays sent. Raises Forbidden, NotFound, PreconditionFailed, Conflict `void` for one that is void."""
    viewer.require(Permission.SEND)
    known = read_correspondence(world, viewer, account, number)

    def voided(current: Correspondence) -> Correspondence:
        after = current.voided(reason)
        next_version(current.version, version)
        event = deed(world, after, "voided", actor_of(viewer), reason)
        world.correspondence.save(after, event, todos=todo_done(world, after))
        return after

    return update_correspondence(world, known.account, known.ordinal, voided)
