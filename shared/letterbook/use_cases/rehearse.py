"""What sending a draft, or saying something again, would do now, before anybody commits to it. Writes nothing."""

from collections.abc import Sequence
from dataclasses import replace

from letterbook.domain.access import Right, Viewer
from letterbook.domain.communication import Communication
from letterbook.domain.errors import Conflict
from letterbook.domain.status import Status
from letterbook.ports import World
from letterbook.use_cases.concern import Kept
from letterbook.use_cases.prepare import Prepared, gather, prepare
from letterbook.use_cases.read import visible
from letterbook.use_cases.resend import objection, said_again


def rehearse_resend(
    world: World, viewer: Viewer, communication_id: str, to: Sequence[str] = ()
) -> tuple[Communication, Prepared]:
    """The old one, and what its new attempt would be. Raises Forbidden, NotFound, Conflict, and Invalid as compose does."""
    viewer.require(Right.RESEND)
    before = visible(world, viewer, communication_id)
    if refused := objection(world, before.entry):
        raise Conflict(refused[1], code=refused[0])
    message = said_again(world, before, to)
    kept = Kept(entry=before.entry, asked=message)
    return before, prepare(world, viewer, message, gather(world, message), now=world.now(), kept=kept)


def rehearse_send(world: World, viewer: Viewer, communication_id: str) -> tuple[Communication, Prepared]:
    """The draft, and what it would be if it were sent. Raises Forbidden, NotFound, Conflict `not_a_draft`, Invalid."""
    viewer.require(Right.SEND)
    draft = visible(world, viewer, communication_id)
    message = world.vault.content(draft.content).message if draft.entry.status is Status.DRAFT else None
    if message is None:
        raise Conflict("Only a draft can be sent, and once.", code="not_a_draft")
    now = world.now()
    overdue = message.send_at is not None and message.send_at <= now
    message = replace(message, send_now=True, send_at=None if overdue else message.send_at)
    return draft, prepare(world, viewer, message, gather(world, message), now=now)
