"""Finds whatever stands still, each minute, and sets it going again or says that it cannot.

It needs no memory of its own: an entry that is not done has a `check_at`, and every look moves or clears it.
"""

import logging
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

from letterbook.domain.bulk import Verb
from letterbook.domain.communication import SYSTEM, Communication
from letterbook.domain.errors import Moved, NotFound
from letterbook.domain.moves import Change, moved, noted
from letterbook.domain.receipts import Signal
from letterbook.domain.retries import LOOK_AFTER_FAILURE, next_look
from letterbook.domain.status import Status
from letterbook.ports import BulkOrder, World
from letterbook.use_cases.change import change
from letterbook.use_cases.release import release
from letterbook.use_cases.set_going import set_going

logger = logging.getLogger(__name__)

# As many as one run can see to well within its minute; the rest is the next run's.
_AT_MOST = 500


def sweep(world: World) -> Counter[str]:
    """What was done, counted: `requeued`, `released`, `unconfirmed`, `stuck`, `fallbacks`, `failed`."""
    done: Counter[str] = Counter()
    for communication_id in world.log.due(world.now(), _AT_MOST):
        try:
            done += _see_to(world, communication_id)
        except (Moved, NotFound):
            continue
        except Exception:
            # One that cannot be helped must not keep the others waiting, today or at any later look.
            logger.exception("sweep failed", extra={"communication_id": communication_id})
            done["failed"] += 1
            _put_off(world, communication_id)
    return done


def _put_off(world: World, communication_id: str) -> None:
    def later(communication: Communication) -> Change | None:
        now = world.now()
        if not _due(communication, now):
            return None
        work = replace(communication.work, check_at=now + LOOK_AFTER_FAILURE)
        return noted(communication, replace(communication, work=work), at=now, event="sweep failed")

    try:
        change(world, communication_id, later)
    except Exception:
        logger.exception("not put off either", extra={"communication_id": communication_id})


def _see_to(world: World, communication_id: str) -> Counter[str]:
    communication = world.log.get(communication_id)
    if communication is None:
        return Counter()
    match communication.entry.status:
        case Status.SCHEDULED:
            return Counter(released=1) if release(world, communication_id) else Counter()
        case Status.QUEUED:
            return _requeue(world, communication_id)
        case Status.SENDING:
            return _let_go(world, communication_id)
        case Status.FAILED | Status.REJECTED | Status.SKIPPED:
            return _send_elsewhere(world, communication_id)
    return Counter()


def _requeue(world: World, communication_id: str) -> Counter[str]:
    after = timedelta(minutes=world.library.organisation().stuck_after_minutes)

    def looked(communication: Communication) -> Change | None:
        now = world.now()
        if not _due(communication, now) or communication.entry.status is not Status.QUEUED:
            return None
        work, entry = communication.work, communication.entry
        stuck_at = (work.since or now) + after
        stuck = stuck_at <= now
        if stuck:
            entry = replace(entry, signals=entry.signals | {Signal.STUCK})
        again = now + next_look(work.looks + 1)
        work = replace(work, looks=work.looks + 1, check_at=again if stuck else min(again, stuck_at), not_before=None)
        event = "queued again" if entry == communication.entry else "stuck"
        return noted(communication, replace(communication, entry=entry, work=work), at=now, event=event)

    done = change(world, communication_id, looked)
    if done is None:
        return Counter()
    set_going(world, done.after)
    return Counter(requeued=1, stuck=1) if done.row.event == "stuck" else Counter(requeued=1)


def _let_go(world: World, communication_id: str) -> Counter[str]:
    """The worker is dead, and whether the provider has the message nobody knows."""

    def unconfirmed(communication: Communication) -> Change | None:
        now = world.now()
        alive = communication.work.lease_until is not None and communication.work.lease_until > now
        if communication.entry.status is not Status.SENDING or alive:
            return None
        note = f"The worker stopped; whether {communication.entry.provider} took it is not known."
        return moved(communication, Status.UNCONFIRMED, at=now, event="lease expired", note=note)

    return Counter(unconfirmed=1) if change(world, communication_id, unconfirmed) else Counter()


def _send_elsewhere(world: World, communication_id: str) -> Counter[str]:
    """It is to fall back to another channel. Making a message needs more rights than following it: another function does it."""

    def looked(communication: Communication) -> Change | None:
        now = world.now()
        if not _due(communication, now):
            return None
        work = communication.work
        work = replace(work, looks=work.looks + 1, check_at=now + next_look(work.looks + 1))
        return noted(communication, replace(communication, work=work), at=now, event="to fall back")

    done = change(world, communication_id, looked)
    if done is None:
        return Counter()
    world.queues.order(
        BulkOrder(
            verb=Verb.FALL_BACK,
            batch=communication_id,
            ids=(communication_id,),
            user=SYSTEM.id,
            name=SYSTEM.name,
            role=SYSTEM.role,
            rights=(),
        )
    )
    return Counter(fallbacks=1)


def _due(communication: Communication, now: datetime) -> bool:
    return communication.work.check_at is not None and communication.work.check_at <= now
