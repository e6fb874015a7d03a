"""After the commit: hands a message to its queue or to the scheduler. What fails here, the sweep finds."""

import logging
import math

from letterbook.domain.communication import Communication
from letterbook.domain.status import Status
from letterbook.ports import RenderOrder, World

logger = logging.getLogger(__name__)


def enqueue(world: World, communication: Communication) -> None:
    """Never raises: the message is accepted, and its `check_at` stands."""
    entry = communication.entry
    logger.info(
        "committed", extra={"communication_id": entry.id, "channel": entry.channel.value, "status": entry.status.value}
    )
    try:
        if entry.status is Status.QUEUED:
            world.queues.send(
                entry.channel,
                entry.id,
                _delay(world, communication),
                party_id=entry.party.id,
                contact_id=entry.contact.id if entry.contact else None,
            )
        elif entry.status in (Status.COLLECTING, Status.GENERATING):
            world.queues.enqueue_renders([RenderOrder(communication_id=entry.id)])
        elif entry.status is Status.SCHEDULED and entry.scheduled_for:
            world.schedules.put(entry.id, entry.scheduled_for)
    except Exception:
        logger.exception("committed, not set going: left to the sweep", extra={"communication_id": entry.id})


def _delay(world: World, communication: Communication) -> int:
    """Seconds until it may go, and one more: the worker's clock may be behind, and what comes too early is left to the sweep."""
    until = communication.work.not_before
    waits = (until - world.now()).total_seconds() if until else 0
    return math.ceil(waits) + 1 if waits > 0 else 0
