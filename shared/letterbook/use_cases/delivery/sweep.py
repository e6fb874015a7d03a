"""Finds whatever stands still, each minute, and sets it going again or says that it cannot.

It needs no memory of its own: an entry that is not done has a `check_at`, and every look moves or clears it.
"""

import logging
import time
import zlib
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from letterbook.domain.bulk import BulkAction
from letterbook.domain.channels import Channel
from letterbook.domain.communication import Communication, Failure
from letterbook.domain.correspondence import Correspondence
from letterbook.domain.errors import ConcurrentUpdate, NotFound
from letterbook.domain.failures import FailureCode
from letterbook.domain.receipts import Signal
from letterbook.domain.retries import (
    ASKED,
    LONGEST_FOR_LETTER,
    MAX_LOOKS_AT_DOCUMENT,
    SWEEP_RETRY_DELAY,
    AskPlan,
    collect_delay,
    look_delay,
    sweep_delay,
)
from letterbook.domain.status import Status
from letterbook.domain.transitions import Change, updated
from letterbook.ports import CorrespondenceKey, RenderOrder, World
from letterbook.use_cases.delivery.apply_provider_result import handed_over_once_more, left_unconfirmed
from letterbook.use_cases.delivery.document_failed import NEVER_MADE, document_failed
from letterbook.use_cases.delivery.release_scheduled import let_go
from letterbook.use_cases.support.correspondence import fail_letter
from letterbook.use_cases.support.system_orders import system_order
from letterbook.use_cases.support.update import update_communication

logger = logging.getLogger(__name__)

# More than one run can see to: 10,000 are to leave within two minutes (docs/scale.md).
_AT_MOST = 20_000
# Seen to one after another, and then put on their queue in one request (SQS takes ten).
_SLICE = 10
# What more there are is seen to in the next minute.
_MERGES = _LETTERS = _EXPORTS = 100
# A request takes ten times as long as our own part of it.
_THREADS = 16
_BUDGET = timedelta(seconds=20)


@dataclass(frozen=True, slots=True)
class Share:
    """What is one run's of several at a time: every id is in the share of exactly one `part`, 0 to `of` - 1."""

    part: int = 0
    of: int = 1

    def holds(self, communication_id: str) -> bool:
        return zlib.crc32(communication_id.encode()) % self.of == self.part


ALL = Share()


@dataclass(slots=True)
class _Slice:
    """What was done, and what is to be put on queues when all of it was."""

    done: Counter[str] = field(default_factory=Counter)
    messages: list[tuple[Channel, str]] = field(default_factory=list)
    fallbacks: list[str] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    renders: list[str] = field(default_factory=list)


def sweep(world: World, *, share: Share = ALL, budget: timedelta = _BUDGET) -> Counter[str]:
    """What was done, counted: `requeued`, `released`, `unconfirmed`, `stuck`, `fallbacks`, `questions`, `documents`, `failed`;
    `left` to the next run.

    It begins nothing once the `budget` is used up. Several runs may go on at a time: what one has seen to is not due for another,
    by the condition of its write, and with shares they do not even look at the same.
    """
    until = time.monotonic() + budget.total_seconds()
    if share.part == 0:
        _carry_on_merging(world)
        _order_letters(world)
        _carry_on_exporting(world)
        _order_pulls(world)
    due = [one for one in world.communications.due_for_sweep(world.now(), _AT_MOST) if share.holds(one)]
    slices = [due[start : start + _SLICE] for start in range(0, len(due), _SLICE)]
    if len(slices) <= 1:
        return sum((_seen_to(world, one, until) for one in slices), Counter())
    with ThreadPoolExecutor(_THREADS) as pool:
        return sum(pool.map(lambda one: _seen_to(world, one, until), slices), Counter())


def _carry_on_merging(world: World) -> None:
    """What stood under records that were merged, and has not moved yet."""
    try:
        for one in world.merges.due(world.now(), _MERGES):
            world.queues.enqueue_bulk(system_order(BulkAction.MERGE, [one.gone_id]))
    except Exception:
        logger.exception("merges not looked at: left to the next look")


def _order_letters(world: World) -> None:
    """Of correspondence whose PDF was ordered and not made: ordered again, in the end left to a person."""
    now = world.now()
    try:
        overdue = world.correspondence.overdue(now, _LETTERS)
    except Exception:
        logger.exception("letters not looked at: left to the next look")
        return
    for one in overdue:
        try:
            _order_letter(world, one, now)
        except Exception:
            # One that cannot be helped must not keep the others waiting.
            logger.exception("letter not looked at: left to the next look", extra={"party_id": one.party.id})


def _order_letter(world: World, one: Correspondence, now: datetime) -> None:
    if one.order is None:
        return
    if now - one.order.ordered_at > LONGEST_FOR_LETTER:
        fail_letter(world, one, Failure(code=FailureCode.INVALID_DOCUMENT, text=NEVER_MADE))
        return
    # First when to look next: whoever dies here looks again, and never each minute at the same ones.
    world.correspondence.look_again(one, now + look_delay(now - one.order.ordered_at))
    key = CorrespondenceKey(account=one.account, ordinal=one.ordinal)
    world.queues.enqueue_renders([RenderOrder(correspondence=key)])


def _carry_on_exporting(world: World) -> None:
    """Files of entries that no worker has begun, or whose worker fell silent."""
    try:
        for one in world.exports.due(world.now(), _EXPORTS):
            waiting = one.queued_again(world.now())
            with suppress(ConcurrentUpdate):
                world.exports.save(waiting)
                if waiting.is_open:
                    world.queues.enqueue_export(one.id)
    except Exception:
        logger.exception("exports not looked at: left to the next look")


def _order_pulls(world: World) -> None:
    """Of providers that keep what they have to tell. That needs our credentials there: another function does it."""
    try:
        if pulled := world.providers.pulled:
            world.queues.enqueue_pulls(pulled)
    except Exception:
        logger.exception("nothing fetched: left to the next look")


def _seen_to(world: World, ids: Sequence[str], until: float) -> Counter[str]:
    """Whoever dies in here leaves entries that are due again in a minute or two, as after any other death before a queue."""
    slice_ = _Slice()
    for place, communication_id in enumerate(ids):
        if time.monotonic() >= until:
            slice_.done["left"] += len(ids) - place
            break
        try:
            _handle(world, communication_id, slice_)
        except (ConcurrentUpdate, NotFound):
            continue
        except Exception:
            # One that cannot be helped must not keep the others waiting, today or at any later look.
            logger.exception("sweep failed", extra={"communication_id": communication_id})
            slice_.done["failed"] += 1
            _postpone(world, communication_id)
    _hand_over(world, slice_)
    return slice_.done


def _hand_over(world: World, slice_: _Slice) -> None:
    try:
        if slice_.messages:
            world.queues.send_many(slice_.messages)
        if slice_.fallbacks:
            world.queues.enqueue_bulk(system_order(BulkAction.FALL_BACK, slice_.fallbacks))
        if slice_.questions:
            world.queues.enqueue_look_ups(slice_.questions)
        if slice_.renders:
            world.queues.enqueue_renders([RenderOrder(communication_id=one) for one in slice_.renders])
    except Exception:
        logger.exception("not set going: left to the next look")


def _postpone(world: World, communication_id: str) -> None:
    def later(communication: Communication) -> Change | None:
        now = world.now()
        if not _due(communication, now):
            return None
        work = replace(communication.work, check_at=now + SWEEP_RETRY_DELAY)
        return updated(communication, replace(communication, work=work), at=now, event="sweep failed")

    try:
        update_communication(world, communication_id, later)
    except Exception:
        logger.exception("not put off either", extra={"communication_id": communication_id})


def _handle(world: World, communication_id: str, slice_: _Slice) -> None:
    communication = world.communications.get(communication_id)
    if communication is None:
        return
    match communication.entry.status:
        case Status.SCHEDULED:
            if released := let_go(world, communication_id, communication):
                slice_.messages.append((released.entry.channel, communication_id))
                slice_.done["released"] += 1
        case Status.GENERATING | Status.COLLECTING:
            _order_document(world, communication, slice_)
        case Status.QUEUED:
            _requeue(world, communication, slice_)
        case Status.SENDING:
            _settle_claim(world, communication, slice_)
        case Status.FAILED | Status.REJECTED | Status.SKIPPED:
            _order_fallback(world, communication, slice_)
        case Status.UNCONFIRMED | Status.SENT | Status.DELIVERED:
            _order_look_up(world, communication, slice_)


def _requeue(world: World, known: Communication, slice_: _Slice) -> None:
    after = timedelta(minutes=world.settings.current().stuck_after_minutes)

    def looked(communication: Communication) -> Change | None:
        now = world.now()
        if not _due(communication, now) or communication.entry.status is not Status.QUEUED:
            return None
        work, entry = communication.work, communication.entry
        stuck_at = (work.since or now) + after
        stuck = stuck_at <= now
        if stuck:
            entry = replace(entry, signals=entry.signals | {Signal.STUCK})
        again = now + sweep_delay(work.looks + 1)
        work = replace(work, looks=work.looks + 1, check_at=again if stuck else min(again, stuck_at), not_before=None)
        event = "queued again" if entry == communication.entry else "stuck"
        return updated(communication, replace(communication, entry=entry, work=work), at=now, event=event)

    done = update_communication(world, known.id, looked, known)
    if done:
        slice_.messages.append((done.after.entry.channel, known.id))
        slice_.done["requeued"] += 1
        slice_.done["stuck"] += done.row.event == "stuck"


def _settle_claim(world: World, known: Communication, slice_: _Slice) -> None:
    """The worker is dead, and whether the provider has the message nobody knows: one that takes it twice as one gets it again."""

    def settled(communication: Communication) -> Change | None:
        now = world.now()
        if communication.entry.status is not Status.SENDING or not _due(communication, now):
            return None
        if again := handed_over_once_more(communication, now):
            return again
        note = f"The worker stopped; whether {communication.entry.provider} took it is not known."
        return left_unconfirmed(communication, now, "lease expired", note=note)

    done = update_communication(world, known.id, settled, known)
    if done and done.after.entry.status is Status.SENDING:
        slice_.messages.append((done.after.entry.channel, known.id))
        slice_.done["requeued"] += 1
    elif done:
        slice_.done["unconfirmed"] += 1


def _order_fallback(world: World, known: Communication, slice_: _Slice) -> None:
    """It is to fall back to another channel. Making a message needs more rights than following it: another function does it."""

    def looked(communication: Communication) -> Change | None:
        now = world.now()
        if not _due(communication, now):
            return None
        work = communication.work
        work = replace(work, looks=work.looks + 1, check_at=now + sweep_delay(work.looks + 1))
        return updated(communication, replace(communication, work=work), at=now, event="to fall back")

    if update_communication(world, known.id, looked, known):
        slice_.fallbacks.append(known.id)
        slice_.done["fallbacks"] += 1


def _order_look_up(world: World, known: Communication, slice_: _Slice) -> None:
    """Its provider is to be asked about it. That needs our credentials there: another function does it.

    Whoever dies before that is asked leaves the question to the next time. What is followed for months has no row of its history
    for each question: only for what was heard.
    """

    def looked(communication: Communication) -> Change | None:
        now, status = world.now(), communication.entry.status
        if not _due(communication, now) or status not in ASKED:
            return None
        work = communication.work.asked(status, now)
        note = f"{communication.entry.provider} is asked."
        return updated(communication, replace(communication, work=work), at=now, event="to be looked up", note=note)

    if known.work.plan is AskPlan.FOLLOWING and not known.work.stopping:
        done = _due(known, world.now()) and _look_again(world, known)
    else:
        done = update_communication(world, known.id, looked, known) is not None
    if done:
        slice_.questions.append(known.id)
        slice_.done["questions"] += 1


def _look_again(world: World, known: Communication) -> bool:
    """Whether nobody else changed it meanwhile, who then saw to it as well."""
    work = known.work.asked(known.entry.status, world.now())
    try:
        world.communications.look_again(known, work)
    except ConcurrentUpdate:
        return False
    return True


def _order_document(world: World, known: Communication, slice_: _Slice) -> None:
    """Its document was ordered and is not there. Whoever makes it fails the entry where it cannot be made; whoever dies of it, or
    never runs, leaves that to the last look.
    """

    def looked(communication: Communication) -> Change | None:
        now = world.now()
        if not _due(communication, now) or communication.entry.status not in (Status.GENERATING, Status.COLLECTING):
            return None
        work = communication.work
        if communication.entry.status is Status.GENERATING and work.looks >= MAX_LOOKS_AT_DOCUMENT:
            return document_failed(communication, NEVER_MADE, now)
        waits = communication.entry.status is Status.COLLECTING
        again = collect_delay(work.looks + 1) if waits else sweep_delay(work.looks + 1)
        work = replace(work, looks=work.looks + 1, check_at=now + again)
        event = "looked for" if waits else "document ordered again"
        return updated(communication, replace(communication, work=work), at=now, event=event)

    done = update_communication(world, known.id, looked, known)
    if done and done.after.entry.status is not Status.FAILED:
        slice_.renders.append(known.id)
        slice_.done["documents"] += 1


def _due(communication: Communication, now: datetime) -> bool:
    return communication.work.check_at is not None and communication.work.check_at <= now
