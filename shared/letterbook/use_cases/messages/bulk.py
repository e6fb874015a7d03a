"""Many at once: messages sent again, drafts sent. Checked now, with a result for each; made through a queue, each once."""

import hashlib
import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from secrets import token_hex

from letterbook.domain.access import Permission, Viewer, VisibleScope
from letterbook.domain.attempts import said_by
from letterbook.domain.bulk import BulkAction, BulkRefusal, BulkResult
from letterbook.domain.communication import Entry
from letterbook.domain.errors import (
    BEYOND_READING,
    AlreadySentAgain,
    CallerError,
    ConcurrentUpdate,
    FieldError,
    Invalid,
    NotFound,
    beyond_reading,
)
from letterbook.domain.filters import Filters
from letterbook.domain.status import Status
from letterbook.domain.todos import LONGEST_TITLE, Todo, refusal_id
from letterbook.ports import BulkOrder, IdempotencyKey, World
from letterbook.use_cases.messages.compose import send_draft
from letterbook.use_cases.messages.fallback import fall_back
from letterbook.use_cases.messages.resend import resend, why_not_resendable
from letterbook.use_cases.reading.list_communications import list_communications
from letterbook.use_cases.support.access import actor_of
from letterbook.use_cases.support.idempotency import idempotently

logger = logging.getLogger(__name__)

MOST = 500
# Nobody but the system orders to fall back.
_RIGHTS = {BulkAction.RESEND: Permission.RESEND, BulkAction.SEND: Permission.SEND}
_TOGETHER, _PAGE = 25, 200


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


def order_result(world: World, viewer: Viewer, key: IdempotencyKey) -> BulkResult:
    """What was accepted and refused of an order of the viewer's own, as long as its key is remembered. Raises NotFound."""
    remembered = world.idempotency.get(key, BulkResult) if key.user == viewer.id else None
    if remembered is None or not isinstance(remembered.result, BulkResult):
        raise NotFound("There is no such order, or it is longer ago than a day.")
    return remembered.result


def _must_see_all(world: World, viewer: Viewer, checked: BulkResult) -> None:
    """Raises NotFound where one of them was seen then, and is seen no more."""
    seen = {*checked.accepted, *(one.id for one in checked.refused if one.code != "not_found")}
    entries = world.communications.entries(seen, now=True)
    if not all(one in entries and viewer.sees(entries[one].ownership) for one in seen):
        raise NotFound("Some of these communications are not there any more.")


def check(
    world: World, viewer: Viewer, verb: BulkAction, asked: Sequence[str] | Filters
) -> tuple[BulkResult, Mapping[str, Entry]]:
    """What would be accepted and what refused now, and those of the entries that the viewer sees. Orders nothing.

    Raises Forbidden, Invalid for more than five hundred.
    """
    viewer.require(_RIGHTS[verb])
    ids = list(dict.fromkeys(_found(world, viewer, asked) if isinstance(asked, Filters) else asked))
    entries = world.communications.entries(ids)
    found = [one for one in (_why_refused(world, viewer, verb, id_, entries.get(id_)) for id_ in ids) if one]
    barred = {one.id: one for one in found}
    if verb is BulkAction.RESEND:
        barred |= {one.id: one for one in _overtaken(world, [entries[id_] for id_ in ids if id_ not in barred])}
    refused = tuple(barred[id_] for id_ in ids if id_ in barred)
    checked = BulkResult(accepted=tuple(one for one in ids if one not in barred), refused=refused)
    return checked, {id_: entry for id_, entry in entries.items() if viewer.sees(entry.ownership)}


def _ordered(
    world: World, viewer: Viewer, verb: BulkAction, asked: Sequence[str] | Filters, key: IdempotencyKey | None
) -> BulkResult:
    checked, _ = check(world, viewer, verb, asked)
    accepted = checked.accepted
    batch = hashlib.sha256(f"{key.user} {key.route} {key.key}".encode()).hexdigest()[:32] if key else token_hex(16)
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


def execute_bulk_order(world: World, order: BulkOrder) -> None:
    """Each of the order, once, by the rights of whoever ordered it, as far as they see now. What is refused becomes a TODO.

    One that cannot be done holds up no other; the queue brings the order again, and what was done is not done again, however late:
    what was said again since is not the last of its attempts any more.
    """
    viewer = _viewer_of(world, order)
    undone: list[Exception] = []
    for communication_id in order.ids:
        try:
            _carry_out(world, viewer, order, communication_id)
        except Exception as failed:
            logger.exception("not done yet", extra={"communication_id": communication_id})
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
        _report_refusal(world, viewer, communication_id, beyond_reading())
    except CallerError as refused:
        # It was done already, by this very order or by somebody else.
        if refused.code not in ("not_a_draft", "not_resendable", AlreadySentAgain.code):
            _report_refusal(world, viewer, communication_id, refused)


def _viewer_of(world: World, order: BulkOrder) -> Viewer:
    rights = frozenset(Permission(one) for one in order.rights)
    grants = world.grants.of_user(order.user)
    return Viewer(
        id=order.user,
        name=order.name,
        role=order.role,
        rights=rights,
        sight=None if Permission.READ_ALL in rights else VisibleScope.of(grants),
        unrestricted=frozenset(one.target for one in grants if one.restricted),
    )


def _found(world: World, viewer: Viewer, filters: Filters) -> Iterator[str]:
    # Few orders are by a filter, and every cold start would wait for it.
    after: str | None = None
    count = 0
    while True:
        page = list_communications(world, viewer, filters, limit=_PAGE, after=after)
        for entry in page.items:
            count += 1
            if count > MOST:
                fault = FieldError("filter", "too_many", f"These are more than {MOST}.")
                raise Invalid("Narrow the filter: so many are not made at once.", fault)
            yield entry.id
        after = page.after
        if after is None:
            return


def _overtaken(world: World, entries: Sequence[Entry]) -> Iterator[BulkRefusal]:
    """Those that have a later attempt: that one said it, or is the one to be sent again."""
    chains = world.attempts.several({one.first_attempt or one.id for one in entries})
    after = {one.id: chains[first].after(one.id) for one in entries if (first := one.first_attempt or one.id) in chains}
    later = world.communications.entries({one for ids in after.values() for one in ids}, now=True)
    for communication_id, ids in after.items():
        made = [later[one] for one in ids if one in later]
        if said := said_by(made):
            told = f"Attempt {said.attempt} said it already: this would be a second copy."
            yield BulkRefusal(id=communication_id, code=AlreadySentAgain.code, detail=told)
        elif made:
            told = f"Attempt {made[-1].attempt} was made since: it is that one to send again."
            yield BulkRefusal(id=communication_id, code="not_resendable", detail=told)


def _why_refused(
    world: World, viewer: Viewer, verb: BulkAction, communication_id: str, entry: Entry | None
) -> BulkRefusal | None:
    if entry is None or not viewer.sees(entry.ownership):
        return BulkRefusal(id=communication_id, code="not_found", detail="There is no such communication.")
    if verb is BulkAction.SEND:
        if entry.status is Status.DRAFT:
            return None
        return BulkRefusal(id=communication_id, code="not_a_draft", detail="Only a draft can be sent, and once.")
    if refused := why_not_resendable(world, entry):
        return BulkRefusal(id=communication_id, code=refused[0], detail=refused[1])
    return None


def _report_refusal(world: World, viewer: Viewer, communication_id: str, refused: CallerError) -> None:
    """Whoever ordered it has gone on to other work by now. Told twice it is told once."""
    logger.info("refused in bulk", extra={"communication_id": communication_id, "code": refused.code})
    communication = world.communications.get(communication_id)
    if communication is None:
        return
    entry = communication.entry
    known = world.todos.get(refusal_id(entry))
    todo = Todo(
        id=refusal_id(entry),
        title=f"Not sent to {entry.party.name}: {refused.detail}"[:LONGEST_TITLE],
        owned=entry.ownership,
        communication_id=communication_id,
        assignee=viewer.id,
        created_at=world.now(),
        created_by=actor_of(viewer),
        version=known.version + 1 if known else 1,
    )
    with suppress(ConcurrentUpdate):
        world.todos.save(todo)
