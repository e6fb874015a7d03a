"""How a message sets out: the status that its decision leads to, and where it stands on its way then."""

from datetime import datetime

from letterbook.domain.decision import Action, Decision
from letterbook.domain.delivery_state import DeliveryState
from letterbook.domain.retries import FIRST_SWEEP_DELAY
from letterbook.domain.status import Status

_STATUS_OF = {
    Action.SEND: Status.QUEUED,
    Action.SCHEDULE: Status.SCHEDULED,
    Action.SKIP: Status.SKIPPED,
    Action.MANUAL: Status.MANUAL_PENDING,
    Action.FALLBACK: Status.SKIPPED,
}
EVENT_OF = {
    Status.DRAFT: "drafted",
    Status.COLLECTING: "accepted",
    Status.GENERATING: "accepted",
    Status.QUEUED: "accepted",
    Status.SCHEDULED: "scheduled",
    Status.SKIPPED: "skipped",
    Status.MANUAL_PENDING: "to do by hand",
}


def status_of(decision: Decision) -> Status:
    """Where a message goes that has all that it needs."""
    return _STATUS_OF[decision.action]


def scheduled_for(status: Status, decision: Decision) -> datetime | None:
    return decision.scheduled_for if status is Status.SCHEDULED else None


def reason_told(status: Status, decision: Decision) -> str:
    """What its history says of it: why it does not simply go."""
    return decision.reason if status in (Status.SCHEDULED, Status.SKIPPED, Status.MANUAL_PENDING) else ""


def delivery_state(
    status: Status, decision: Decision, now: datetime, goes_at: datetime, only_by: str | None = None
) -> DeliveryState:
    """Where it stands when it comes to that status, at `now`; whoever sent it may take it back until `goes_at`."""
    held = goes_at if goes_at > now else None
    if status in (Status.COLLECTING, Status.GENERATING):
        return DeliveryState(check_at=now + FIRST_SWEEP_DELAY, since=now, not_before=held, only_by=only_by)
    if status is Status.QUEUED:
        goes_at = max(now, goes_at)
        return DeliveryState(check_at=goes_at + FIRST_SWEEP_DELAY, since=goes_at, not_before=held, only_by=only_by)
    if status is Status.SKIPPED and decision.action is Action.FALLBACK:
        return DeliveryState(check_at=now + FIRST_SWEEP_DELAY, only_by=only_by)
    if at := scheduled_for(status, decision):
        return DeliveryState(check_at=at + FIRST_SWEEP_DELAY, only_by=only_by)
    return DeliveryState(only_by=only_by)
