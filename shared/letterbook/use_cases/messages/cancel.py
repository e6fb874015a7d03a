"""Stops a message that has not begun to be sent; or has its provider stop it, where that can.

What if the process dies after the order to the provider was written, before it is queued: the sweep finds it.
"""

import logging
from dataclasses import replace

from letterbook.domain.access import Permission, Viewer
from letterbook.domain.communication import Communication, Entry
from letterbook.domain.errors import Conflict
from letterbook.domain.retries import stop_delay
from letterbook.domain.status import CANCELLABLE, Status
from letterbook.domain.transitions import Change, transitioned, updated
from letterbook.ports import World
from letterbook.use_cases.reading.read import require_visible
from letterbook.use_cases.support.access import actor_of
from letterbook.use_cases.support.update import update_communication

logger = logging.getLogger(__name__)


def cancel(world: World, viewer: Viewer, communication_id: str) -> Communication:
    """What the provider has stays as it is until the provider says that it is stopped.

    Raises Forbidden, NotFound, or Conflict `too_late` once a worker has claimed it and its provider cannot be told to stop it.
    """
    viewer.require(Permission.SEND)

    def cancelled(communication: Communication) -> Change:
        require_visible(viewer, communication)
        if may_be_stopped(world, communication):
            return _stopping(world, viewer, communication)
        require_cancellable(communication.entry)
        return transitioned(communication, Status.CANCELLED, at=world.now(), actor=actor_of(viewer), event="cancelled")

    communication = update_communication(world, communication_id, cancelled).after
    if communication.work.stopping:
        try:
            world.queues.enqueue_look_ups([communication_id])
        except Exception:
            logger.exception("not set going: left to the sweep", extra={"communication_id": communication_id})
    elif communication.entry.scheduled_for:
        try:
            world.schedules.remove(communication_id)
        except Exception:
            # The function scheduled_release finds a cancelled entry and lets it be.
            logger.exception("schedule left behind", extra={"communication_id": communication_id})
    return communication


def may_be_stopped(world: World, communication: Communication) -> bool:
    """Whether its provider has it, can be told to stop it, and was not told yet; whether it is too late there the provider says."""
    entry, work = communication.entry, communication.work
    if entry.status is not Status.SENT or not entry.provider_reference or work.stopping:
        return False
    return any(one.name == entry.provider and one.cancels for one in world.providers.carriers(entry.channel))


def _stopping(world: World, viewer: Viewer, communication: Communication) -> Change:
    now = world.now()
    work = replace(communication.work, stopping=True, looks=0, check_at=now + stop_delay(0))
    note = f"{communication.entry.provider} is told to stop it."
    after = replace(communication, work=work)
    return updated(communication, after, at=now, actor=actor_of(viewer), event="cancelling", note=note)


def require_cancellable(entry: Entry) -> None:
    """Raises Conflict `too_late`."""
    if entry.status not in CANCELLABLE:
        raise Conflict(f"It is {entry.status}; it cannot be cancelled any more.", code="too_late")
