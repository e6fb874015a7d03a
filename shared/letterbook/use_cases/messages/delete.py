"""Takes away what somebody logged by hand, or a draft: seen nowhere any more, kept in the history."""

from dataclasses import replace

from letterbook.domain.access import Permission, Viewer
from letterbook.domain.communication import Communication
from letterbook.domain.transitions import Change, updated
from letterbook.ports import World
from letterbook.use_cases.reading.read import require_amendable, require_visible
from letterbook.use_cases.support.access import actor_of
from letterbook.use_cases.support.update import update_communication


def delete(world: World, viewer: Viewer, communication_id: str) -> None:
    """Raises Forbidden, NotFound, or Conflict `immutable` for what was sent or received."""
    viewer.require(Permission.RECORDS)

    def removed(communication: Communication) -> Change:
        require_visible(viewer, communication)
        require_amendable(communication.entry)
        gone = replace(communication, deleted=True, work=communication.work.finished)
        return updated(communication, gone, at=world.now(), actor=actor_of(viewer), event="deleted")

    update_communication(world, communication_id, removed)
