"""Stops a message that has not begun to be sent."""

import logging

from letterbook.domain.access import Permission, Viewer
from letterbook.domain.communication import Communication, Entry
from letterbook.domain.errors import Conflict
from letterbook.domain.status import CANCELLABLE, Status
from letterbook.domain.transitions import Change, transitioned
from letterbook.ports import World
from letterbook.use_cases.reading.read import require_visible
from letterbook.use_cases.support.access import actor_of
from letterbook.use_cases.support.update import update_communication

logger = logging.getLogger(__name__)


def cancel(world: World, viewer: Viewer, communication_id: str) -> Communication:
    """Raises Forbidden, NotFound, or Conflict `too_late` once a worker has claimed it."""
    viewer.require(Permission.SEND)

    def cancelled(communication: Communication) -> Change:
        require_visible(viewer, communication)
        require_cancellable(communication.entry)
        return transitioned(communication, Status.CANCELLED, at=world.now(), actor=actor_of(viewer), event="cancelled")

    communication = update_communication(world, communication_id, cancelled).after
    if communication.entry.scheduled_for:
        try:
            world.schedules.remove(communication_id)
        except Exception:
            # The function scheduled_release finds a cancelled entry and lets it be.
            logger.exception("schedule left behind", extra={"communication_id": communication_id})
    return communication


def require_cancellable(entry: Entry) -> None:
    """Raises Conflict `too_late`."""
    if entry.status not in CANCELLABLE:
        raise Conflict(f"It is {entry.status}; it cannot be cancelled any more.", code="too_late")
