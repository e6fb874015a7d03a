"""What sending a draft, or saying something again, would do now, before anybody commits to it. Writes nothing."""

from collections.abc import Sequence

from letterbook.domain.access import Permission, Viewer
from letterbook.domain.communication import Communication
from letterbook.ports import World
from letterbook.use_cases.messages.compose import load_draft
from letterbook.use_cases.messages.fallback import as_sent
from letterbook.use_cases.messages.prepare import Prepared, load_context, prepare
from letterbook.use_cases.messages.resend import attempts_of, message_to_resend, must_be_resendable
from letterbook.use_cases.messages.resolve_references import PreviousVersion
from letterbook.use_cases.reading.read import get_visible


def rehearse_resend(
    world: World, viewer: Viewer, communication_id: str, to: Sequence[str] = (), *, again: bool = False
) -> tuple[Communication, Prepared]:
    """The old one, and what its new attempt would be. Raises what resend raises."""
    viewer.require(Permission.RESEND)
    before = get_visible(world, viewer, communication_id)
    message = message_to_resend(world, before, to)
    must_be_resendable(world, viewer, before, attempts_of(world, before), message, again=again)
    kept = PreviousVersion(entry=before.entry, asked=message)
    return before, prepare(world, viewer, message, load_context(world, message), now=world.now(), kept=kept)


def rehearse_send(world: World, viewer: Viewer, communication_id: str) -> tuple[Communication, Prepared]:
    """The draft, and what would go if it were sent. Raises Forbidden, NotFound, Conflict `not_a_draft`, Invalid."""
    viewer.require(Permission.SEND)
    draft, message = load_draft(world, viewer, communication_id)
    found = load_context(world, message)
    return draft, as_sent(world, viewer, prepare(world, viewer, message, found, now=world.now()), found)
