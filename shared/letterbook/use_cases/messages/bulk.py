"""Many at once: messages sent again, drafts sent. Checked now, with a result for each; made through a queue, each once."""

import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from secrets import token_hex

from letterbook.domain.access import Permission, Viewer
from letterbook.domain.bulk import RECEIVES, BulkAction, BulkCheck, BulkRefusal, BulkResult
from letterbook.domain.errors import (
    BEYOND_READING,
    AlreadySentAgain,
    CallerError,
    ConcurrentUpdate,
    IdempotencyKeyConflict,
    NotFound,
    Unavailable,
    beyond_reading,
)
from letterbook.domain.filters import Filters
from letterbook.domain.status import Status
from letterbook.domain.todos import LONGEST_TITLE, Todo, refusal_id
from letterbook.ports import BulkOrder, IdempotencyKey, World
from letterbook.use_cases.messages.bulk_check import check_each, refusal_as_told
from letterbook.use_cases.messages.bulk_outcome import GIVEN_UP, batch_of, refusal_key
from letterbook.use_cases.messages.compose import send_draft
from letterbook.use_cases.messages.fallback import fall_back
from letterbook.use_cases.messages.resend import resend
from letterbook.use_cases.reading.every_entry import every_entry
from letterbook.use_cases.support.access import actor_of, viewer_who_ordered
from letterbook.use_cases.support.idempotency import idempotently

logger = logging.getLogger(__name__)

MOST = 500
# Nobody but the system orders to fall back.
_RIGHTS = {BulkAction.RESEND: Permission.RESEND, BulkAction.SEND: Permission.SEND}
_TOGETHER = 25
# Shorter than the function may run: the rest is ordered again.
_MERGING = timedelta(seconds=40)


def order_bulk(
    world: World, viewer: Viewer, verb: BulkAction, asked: Sequence[str] | Filters, key: IdempotencyKey | None
) -> tuple[BulkResult, bool]:
    """Whatever is accepted is on its way when this returns; and whether the key had ordered it before.

    Whoever dies after the order and before the key is kept orders again with the same batch, whose parts are done once. Raises
    Forbidden, Invalid for more than five hundred.
    """
    viewer.require(_RIGHTS[verb])

    def make() -> BulkResult:
        checked = _ordered(world, viewer, verb, asked, key)
        if key:
            world.idempotency.put(key, checked)
        return checked

    return idempotently(world, key, BulkResult, make, lambda made: _must_see_all(world, viewer, made))


def _must_see_all(world: World, viewer: Viewer, checked: BulkResult) -> None:
    """Raises NotFound where one of them was seen then, and is seen no more."""
    seen = {*checked.accepted, *(one.id for one in checked.refused if one.code != "not_found")}
    entries = world.communications.entries(seen, now=True)
    if not all(one in entries and viewer.sees(entries[one].ownership) for one in seen):
        raise NotFound("Some of these communications are not there any more.")


def check(world: World, viewer: Viewer, verb: BulkAction, asked: Sequence[str] | Filters) -> BulkCheck:
    """What would be accepted and what refused now. Orders nothing.

    Raises Forbidden, Invalid for more than five hundred.
    """
    viewer.require(_RIGHTS[verb])
    ids = [one.id for one in every_entry(world, viewer, asked, MOST)] if isinstance(asked, Filters) else asked
    return check_each(world, viewer, verb, ids)


def _ordered(
    world: World, viewer: Viewer, verb: BulkAction, asked: Sequence[str] | Filters, key: IdempotencyKey | None
) -> BulkResult:
    checked = check(world, viewer, verb, asked).result
    accepted = checked.accepted
    batch = batch_of(key) if key else token_hex(16)
    rights = tuple(sorted(viewer.rights))
    for start in range(0, len(accepted), _TOGETHER):
        order = BulkOrder(
            verb=verb,
            batch=batch,
            ids=accepted[start : start + _TOGETHER],
            user=viewer.id,
            name=viewer.name,
            role=viewer.role,
            rights=rights,
        )
        world.queues.enqueue_bulk(order)
    return checked


def execute_bulk_order(world: World, order: BulkOrder, receives: int = 1) -> None:
    """Each of the order, once, by the rights of whoever ordered it, as far as they see now. What is refused becomes a TODO.

    One that cannot be done holds up no other; the queue brings the order again, and what was done is not done again, however late:
    what was said again since is not the last of its attempts any more. What the queue brought in vain for the last time, counting
    `receives`, is told as refused.
    """
    if order.verb == BulkAction.MERGE:
        _carry_on_merging(world, order)
        return
    viewer = viewer_who_ordered(world, user=order.user, name=order.name, role=order.role, rights=order.rights)
    undone: list[Exception] = []
    for communication_id in order.ids:
        try:
            _carry_out(world, viewer, order, communication_id)
        except Exception as failed:
            logger.exception("not done yet", extra={"communication_id": communication_id})
            undone.append(failed)
            if receives >= RECEIVES and order.verb != BulkAction.FALL_BACK:
                with suppress(Exception):
                    _report_refusal(world, viewer, order, communication_id, Unavailable(GIVEN_UP, code="given_up"))
    if undone:
        raise undone[0]


def _carry_on_merging(world: World, order: BulkOrder) -> None:
    # Few orders are of a merge, and every cold start would wait for it.
    from letterbook.use_cases.directory.carry_over import carry_on

    undone: list[Exception] = []
    for gone_id in order.ids:
        try:
            carry_on(world, gone_id, _MERGING / len(order.ids))
        except Exception as failed:
            logger.exception("not moved yet", extra={"party_id": gone_id})
            undone.append(failed)
    if undone:
        raise undone[0]


def _carry_out(world: World, viewer: Viewer, order: BulkOrder, communication_id: str) -> None:
    key = IdempotencyKey(user=viewer.id, route=f"bulk {order.verb}", key=f"{order.batch} {communication_id}", digest="")
    try:
        if order.verb == BulkAction.FALL_BACK:
            fall_back(world, communication_id)
        elif order.verb == BulkAction.RESEND:
            resend(world, viewer, communication_id, (), key, only_the_last=True)
        else:
            send_draft(world, viewer, communication_id)
    except NotFound:
        logger.info("gone meanwhile", extra={"communication_id": communication_id})
    except BEYOND_READING:
        logger.warning("beyond reading", extra={"communication_id": communication_id}, exc_info=True)
        _report_refusal(world, viewer, order, communication_id, beyond_reading())
    except CallerError as refused:
        _report_refusal(world, viewer, order, communication_id, refused)


def _report_refusal(
    world: World, viewer: Viewer, order: BulkOrder, communication_id: str, refused: CallerError
) -> None:
    """Whoever ordered it has gone on to other work by now: it becomes a TODO, and stands with the order's result.

    Told twice it is told once: an order that comes again opens no TODO that somebody has done meanwhile. What was done already, by
    this very order or by somebody else, asks nothing of anybody.
    """
    key = refusal_key(order.user, order.verb, order.batch, communication_id)
    logger.info("refused in bulk", extra={"communication_id": communication_id, "code": refused.code})
    told = refusal_as_told(communication_id, refused)
    if refused.code not in ("not_a_draft", "not_resendable", AlreadySentAgain.code):
        _ask_for_help(world, viewer, order, told, replace(key, route=f"{key.route} todo"))
    with suppress(IdempotencyKeyConflict):
        world.idempotency.put(key, told)


def _ask_for_help(world: World, viewer: Viewer, order: BulkOrder, refused: BulkRefusal, key: IdempotencyKey) -> None:
    """One TODO for a `key`, kept with it."""
    communication = world.communications.get(refused.id)
    if communication is None or communication.deleted:
        return
    entry = communication.entry
    if order.verb == BulkAction.SEND and entry.status is not Status.DRAFT:
        # It was sent or stopped meanwhile, by this very order or by somebody else.
        return
    known = world.todos.get(refusal_id(entry))
    todo = Todo(
        id=refusal_id(entry),
        title=f"Not sent to {entry.party.name}: {refused.detail}"[:LONGEST_TITLE],
        owned=entry.ownership,
        communication_id=refused.id,
        assignee=viewer.id,
        created_at=world.now(),
        created_by=actor_of(viewer),
        version=known.version + 1 if known else 1,
    )
    with suppress(ConcurrentUpdate, IdempotencyKeyConflict):
        world.todos.save(todo, key)
