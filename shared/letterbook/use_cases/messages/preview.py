"""Shows what sending would do, by the very code that sends, and writes no entry."""

from dataclasses import replace

from letterbook.domain.access import Viewer
from letterbook.domain.message import MessageRequest
from letterbook.ports import World
from letterbook.use_cases.messages.attachments import look_at
from letterbook.use_cases.messages.fallback import as_sent
from letterbook.use_cases.messages.prepare import Prepared, load_context, prepare


def preview(world: World, viewer: Viewer, message: MessageRequest) -> Prepared:
    """The message as it would go, which is by another channel where it falls back, and the decision about what was asked for.

    What is attached is looked at, unless all of it is too large to be sent: whoever sends it with these digests sends this. Raises
    Forbidden, Invalid for what is unknown or malformed, Conflict `document_changed`; a refusal of the policy is part of the answer.
    """
    found = load_context(world, message)
    prepared = prepare(world, viewer, message, found, now=world.now())
    documents = prepared.about.documents
    if prepared.too_large is None:
        documents = look_at(world, documents, message.digests)
    shown = as_sent(world, viewer, prepared, found)
    return replace(shown, about=replace(shown.about, documents=documents))
