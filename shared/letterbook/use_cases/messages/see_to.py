"""Says of a failure that it needs nobody any more, because it was seen to otherwise; and takes that back."""

from collections.abc import Callable
from dataclasses import replace

from letterbook.domain.access import Permission, Viewer
from letterbook.domain.communication import Communication, Entry
from letterbook.domain.errors import Conflict
from letterbook.domain.put_right import SeenTo
from letterbook.domain.status import StatusGroup
from letterbook.domain.transitions import Change, updated
from letterbook.ports import World
from letterbook.use_cases.reading.read import get_visible, require_visible
from letterbook.use_cases.support.access import actor_of
from letterbook.use_cases.support.update import update_communication


def see_to(world: World, viewer: Viewer, communication_id: str, note: str) -> Communication:
    """It holds until it fails in another way later on. Raises Forbidden, NotFound, Conflict `not_failed`."""

    def seen(entry: Entry) -> SeenTo | None:
        if entry.group is not StatusGroup.FAILED:
            raise Conflict("Only what failed is to be seen to.", code="not_failed")
        known = entry.seen_to
        if known and known.by.id == viewer.id and known.note == note:
            return known
        now = world.now()
        # A provider's clock may be ahead of ours.
        return SeenTo(by=actor_of(viewer), at=max(now, entry.failed_at or now), note=note)

    return _changed(world, viewer, communication_id, seen, "seen to")


def take_back(world: World, viewer: Viewer, communication_id: str) -> Communication:
    """It needs somebody again. Does nothing to what nobody saw to. Raises Forbidden, NotFound."""
    return _changed(world, viewer, communication_id, lambda _: None, "not seen to")


def _changed(
    world: World, viewer: Viewer, communication_id: str, seen: Callable[[Entry], SeenTo | None], event: str
) -> Communication:
    viewer.require(Permission.SEND)
    standing = get_visible(world, viewer, communication_id)

    def change(communication: Communication) -> Change | None:
        require_visible(viewer, communication)
        by = seen(communication.entry)
        if by == communication.entry.seen:
            return None
        after = replace(communication, entry=replace(communication.entry, seen=by))
        note = by.note if by else ""
        return updated(communication, after, at=world.now(), event=event, actor=actor_of(viewer), note=note)

    done = update_communication(world, communication_id, change)
    return done.after if done else standing
