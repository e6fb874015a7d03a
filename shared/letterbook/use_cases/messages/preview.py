"""Shows what sending would do, by the very code that sends, and writes no entry."""

from collections.abc import Sequence
from dataclasses import replace

from letterbook.domain.access import Permission, Viewer
from letterbook.domain.communication import Communication
from letterbook.domain.message import MessageRequest
from letterbook.ports import World
from letterbook.use_cases.directory.attachments import gather, look_at
from letterbook.use_cases.messages.accept import attempts_of
from letterbook.use_cases.messages.compose import load_draft
from letterbook.use_cases.messages.fallback import as_sent
from letterbook.use_cases.messages.prepare import Prepared, load_context, prepare
from letterbook.use_cases.messages.resend import message_to_resend, must_be_resendable
from letterbook.use_cases.messages.resolve_references import PreviousVersion
from letterbook.use_cases.reading.read import get_visible


def preview(world: World, viewer: Viewer, message: MessageRequest) -> Prepared:
    """The message as it would go, which is by another channel where it falls back, and the decision about what was asked for.

    What is attached is looked at, unless all of it is too large to be sent: whoever sends it with these digests sends this. Raises
    Forbidden, Invalid for what is unknown or malformed, Conflict `document_changed`; a refusal of the policy is part of the answer.
    """
    context = load_context(world, message)
    prepared = prepare(world, viewer, message, context, now=world.now())
    documents = prepared.about.documents
    if prepared.too_large is None:
        if message.collect:
            documents, _ = gather(world, documents)
        documents = look_at(world, documents, message.digests)
    shown = as_sent(world, viewer, prepared, context)
    return replace(shown, about=replace(shown.about, documents=documents))


def preview_resend(
    world: World, viewer: Viewer, communication_id: str, to: Sequence[str] = (), *, again: bool = False
) -> tuple[Communication, Prepared]:
    """The old one, and what its new attempt would be. Raises what resend raises."""
    viewer.require(Permission.RESEND)
    before = get_visible(world, viewer, communication_id)
    message = message_to_resend(world, before, to)
    must_be_resendable(world, viewer, before, attempts_of(world, before), message, again=again)
    kept = PreviousVersion(entry=before.entry, asked=message)
    return before, prepare(world, viewer, message, load_context(world, message), now=world.now(), previous=kept)


def preview_draft(world: World, viewer: Viewer, communication_id: str) -> tuple[Communication, Prepared]:
    """The draft, and what would go if it were sent. Raises Forbidden, NotFound, Conflict `not_a_draft`, Invalid."""
    viewer.require(Permission.SEND)
    draft, message = load_draft(world, viewer, communication_id)
    context = load_context(world, message)
    return draft, as_sent(world, viewer, prepare(world, viewer, message, context, now=world.now()), context)
