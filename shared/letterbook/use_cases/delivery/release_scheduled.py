"""Lets a scheduled message go when its time has come. The function scheduled_release calls it; the sweep does when that did not."""

from dataclasses import replace
from datetime import datetime, timedelta

from letterbook.domain.communication import Communication, DeliveryState
from letterbook.domain.errors import NotFound
from letterbook.domain.retries import FIRST_SWEEP_DELAY
from letterbook.domain.status import Status
from letterbook.domain.transitions import Change, transitioned, updated
from letterbook.ports import World
from letterbook.use_cases.delivery.enqueue import enqueue
from letterbook.use_cases.support.update import update_communication

# The scheduler's clock and ours may differ by so much.
_TOLERANCE = timedelta(seconds=5)


def release_scheduled(world: World, communication_id: str) -> bool:
    """Whether it was released now: not when it is not scheduled any more, or scheduled for later."""
    released = let_go(world, communication_id)
    if released is None:
        return False
    enqueue(world, released)
    return True


def let_go(world: World, communication_id: str, known: Communication | None = None) -> Communication | None:
    """What is to be put on its queue now; None where nothing is. `known` is it as it was just read.

    Since it was scheduled the firm may have changed its hours or closed for the day: then it waits for the next opening. Whether
    the party may still be written to is asked at dispatch, a moment later.
    """

    def released(communication: Communication) -> Change | None:
        now, entry = world.now(), communication.entry
        early = entry.scheduled_for is not None and now + _TOLERANCE < entry.scheduled_for
        if entry.status is not Status.SCHEDULED or early:
            return None
        opening = next_opening(world, communication, now)
        if opening > now + _TOLERANCE:
            later = replace(entry, scheduled_for=opening)
            # The sweep releases it then: a minute late at most, and this function needs no right to schedules.
            waits = replace(communication, entry=later, work=DeliveryState(check_at=opening))
            return updated(communication, waits, at=now, event="waits for the next opening")
        work = DeliveryState(check_at=now + FIRST_SWEEP_DELAY, since=now)
        return transitioned(
            communication, Status.QUEUED, at=now, event="released", after=replace(communication, work=work)
        )

    try:
        done = update_communication(world, communication_id, released, known)
    except NotFound:
        return None
    return done.after if done and done.after.entry.status is Status.QUEUED else None


def next_opening(world: World, communication: Communication, now: datetime) -> datetime:
    """When its channel may be used next, by the present hours: `now` where it may at once."""
    calendar = world.settings.current().calendar(communication.entry.channel)
    if calendar is None or communication.urgent_reason:
        return now
    try:
        return calendar.next_opening(now)
    except ValueError:
        # Hours that never open: the message was accepted under others.
        return now
