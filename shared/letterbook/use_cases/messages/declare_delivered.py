"""Records that somebody delivered a message outside: by hand, by a process server, at a meeting. What is declared is told apart."""

from dataclasses import replace
from datetime import datetime, timedelta

from letterbook.domain.access import Permission, Viewer
from letterbook.domain.communication import Communication, Entry
from letterbook.domain.errors import Conflict, FieldError, Invalid
from letterbook.domain.status import Status
from letterbook.domain.transitions import Change, transitioned
from letterbook.ports import World
from letterbook.use_cases.reading.read import require_visible
from letterbook.use_cases.support.access import actor_of
from letterbook.use_cases.support.update import update_communication

_TOLERANCE = timedelta(minutes=5)


def declare_delivered(
    world: World, viewer: Viewer, communication_id: str, *, reason: str, details: str, delivered_at: datetime | None
) -> Communication:
    """Raises Forbidden, NotFound, Invalid for a time that has not come, Conflict `not_deliverable`."""
    viewer.require(Permission.SEND)
    at = delivered_at or world.now()
    if at > world.now() + _TOLERANCE:
        fault = FieldError("delivered_at", "in_the_future", "What was delivered has happened.")
        raise Invalid("It cannot have been delivered then.", fault)

    def declared(communication: Communication) -> Change:
        require_visible(viewer, communication)
        require_deliverable(communication.entry)
        entry = replace(communication.entry, declared=True, sent_at=at, delivered_at=at)
        audit = communication.audit | {"reason": reason, "details": details}
        return transitioned(
            communication,
            Status.DELIVERED,
            at=world.now(),
            event="declared delivered",
            actor=actor_of(viewer),
            note=f"{reason}: {details}" if details else reason,
            after=replace(communication, entry=entry, audit=audit, work=communication.work.finished),
        )

    return update_communication(world, communication_id, declared).after


def require_deliverable(entry: Entry) -> None:
    """Raises Conflict `not_deliverable`."""
    if entry.status in (Status.COLLECTING, Status.GENERATING):
        raise Conflict("Its document is being prepared: wait until it is there.", code="not_deliverable")
    if entry.status is not Status.MANUAL_PENDING:
        raise Conflict("Only what is to be delivered by hand is declared delivered.", code="not_deliverable")
