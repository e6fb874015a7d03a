"""Hides a failure that nobody needs to see to any more from the lists of what failed, and brings it back."""

from dataclasses import replace

from letterbook.domain.access import Permission, Viewer
from letterbook.domain.communication import Communication
from letterbook.domain.transitions import Change, updated
from letterbook.ports import World
from letterbook.use_cases.reading.read import get_visible, require_visible
from letterbook.use_cases.support.access import actor_of
from letterbook.use_cases.support.update import update_communication


def ignore(world: World, viewer: Viewer, communication_id: str, *, ignored: bool) -> Communication:
    """Does nothing to one that is as asked already. Raises Forbidden, NotFound."""
    viewer.require(Permission.IGNORE)
    standing = get_visible(world, viewer, communication_id)

    def asked(communication: Communication) -> Change | None:
        require_visible(viewer, communication)
        if communication.entry.ignored is ignored:
            return None
        by = actor_of(viewer) if ignored else None
        after = replace(communication, entry=replace(communication.entry, ignored=ignored, ignored_by=by))
        event = "ignored" if ignored else "unignored"
        return updated(communication, after, at=world.now(), event=event, actor=actor_of(viewer))

    done = update_communication(world, communication_id, asked)
    return done.after if done else standing
