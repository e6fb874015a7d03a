"""Many at once: messages sent again, drafts sent. Checked now, with a result for each; made through a queue, each once."""

import hashlib
import logging
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from letterbook.domain.access import Owned, Right, Sight, Viewer
from letterbook.domain.communication import Direction, Entry
from letterbook.domain.errors import CallerError, Conflict, Fault, Invalid, Moved, NotFound
from letterbook.domain.filters import Filters
from letterbook.domain.ids import Kind, id_from
from letterbook.domain.status import Status
from letterbook.domain.todos import Todo
from letterbook.ports import BulkOrder, IdempotencyKey, World
from letterbook.use_cases.compose import send_draft
from letterbook.use_cases.list_communications import list_communications
from letterbook.use_cases.resend import RESENDABLE, resend
from letterbook.use_cases.viewers import actor_of

logger = logging.getLogger(__name__)

MOST = 500
_TOGETHER, _PAGE = 25, 200


class Deed(StrEnum):
    """What is done to each."""

    RESEND = "resend"
    SEND = "send"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    id: str
    code: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    accepted: Sequence[str]
    refused: Sequence[Refused]


def in_bulk(
    world: World, viewer: Viewer, deed: Deed, asked: Sequence[str] | Filters, key: IdempotencyKey | None
) -> Checked:
    """Whatever is accepted is on its way when this returns. The same key orders nothing twice.

    Raises Forbidden, Invalid for more than five hundred.
    """
    viewer.require(Right.RESEND if deed is Deed.RESEND else Right.SEND)
    ids = list(dict.fromkeys(_found(world, viewer, asked) if isinstance(asked, Filters) else asked))
    entries = world.log.entries(ids)
    refused = [one for one in (_objection(world, viewer, deed, id_, entries) for id_ in ids) if one]
    barred = {one.id for one in refused}
    accepted = [one for one in ids if one not in barred]
    batch = hashlib.sha256(f"{key.route} {key.key}".encode()).hexdigest()[:32] if key else secrets.token_hex(16)
    rights = tuple(sorted(viewer.rights))
    for start in range(0, len(accepted), _TOGETHER):
        together = tuple(accepted[start : start + _TOGETHER])
        order = BulkOrder(
            deed=deed, batch=batch, ids=together, user=viewer.id, name=viewer.name, role=viewer.role, rights=rights
        )
        world.queues.order(order)
    return Checked(accepted=accepted, refused=refused)


def carry_out(world: World, order: BulkOrder) -> None:
    """Each of the order, once, by the rights of whoever ordered it, as far as they see now. What is refused becomes a TODO."""
    viewer = _orderer(world, order)
    for communication_id in order.ids:
        key = IdempotencyKey(
            user=viewer.id, route=f"bulk {order.deed}", key=f"{order.batch} {communication_id}", digest=""
        )
        try:
            if order.deed == Deed.RESEND:
                resend(world, viewer, communication_id, (), key)
            else:
                send_draft(world, viewer, communication_id)
        except NotFound:
            logger.info("gone meanwhile", extra={"communication_id": communication_id})
        except Conflict as refused:
            # It was done already, by this very order or by somebody else.
            if refused.code not in ("not_a_draft", "not_resendable"):
                _tell(world, viewer, order.batch, communication_id, refused)
        except CallerError as refused:
            _tell(world, viewer, order.batch, communication_id, refused)


def _orderer(world: World, order: BulkOrder) -> Viewer:
    rights = frozenset(Right(one) for one in order.rights)
    grants = world.directory.grants(order.user)
    return Viewer(
        id=order.user,
        name=order.name,
        role=order.role,
        rights=rights,
        sight=None if Right.READ_ALL in rights else Sight.of(grants),
        opened=frozenset(one.target for one in grants if one.restricted),
    )


def _found(world: World, viewer: Viewer, filters: Filters) -> Iterator[str]:
    after: str | None = None
    count = 0
    while True:
        listed = list_communications(world, viewer, filters, limit=_PAGE, after=after)
        for entry in listed.items:
            count += 1
            if count > MOST:
                fault = Fault("filter", "too_many", f"These are more than {MOST}.")
                raise Invalid("Narrow the filter: so many are not made at once.", fault)
            yield entry.id
        after = listed.after
        if after is None:
            return


def _objection(
    world: World, viewer: Viewer, deed: Deed, communication_id: str, entries: Mapping[str, Entry]
) -> Refused | None:
    entry = entries.get(communication_id)
    if entry is None or not viewer.sees(entry.owned):
        return Refused(id=communication_id, code="not_found", detail="There is no such communication.")
    if deed is Deed.SEND:
        if entry.status is Status.DRAFT:
            return None
        return Refused(id=communication_id, code="not_a_draft", detail="Only a draft can be sent, and once.")
    if entry.direction is not Direction.OUTBOUND or entry.group not in RESENDABLE:
        told = "Only what failed or was successful is sent again."
        return Refused(id=communication_id, code="not_resendable", detail=told)
    days = world.library.organisation().resend_days
    if entry.created_at + timedelta(days=days) < world.now():
        return Refused(id=communication_id, code="too_old", detail=f"It is older than {days} days.")
    return None


def _tell(world: World, viewer: Viewer, batch: str, communication_id: str, refused: CallerError) -> None:
    """Whoever ordered it has gone on to other work by now. Told twice it is told once."""
    logger.info("refused in bulk", extra={"communication_id": communication_id, "code": refused.code})
    communication = world.log.get(communication_id)
    if communication is None:
        return
    entry = communication.entry
    todo = Todo(
        id=id_from(Kind.TODO, entry.occurred_at, f"{batch} {communication_id}".encode()),
        title=f"Not sent to {entry.party.name}: {refused.detail}"[:998],
        owned=Owned(party_id=entry.party.id, client_id=None, case_id=None, restricted=entry.restricted),
        communication_id=communication_id,
        assignee=viewer.id,
        created_at=world.now(),
        created_by=actor_of(viewer),
    )
    with suppress(Moved):
        world.todos.save(todo)
