"""Shows what sending would do, by the very code that sends, and writes nothing."""

from letterbook.domain.access import Viewer
from letterbook.domain.errors import Invalid
from letterbook.domain.message import Message
from letterbook.ports import World
from letterbook.use_cases.attach import missing
from letterbook.use_cases.fallback import as_it_goes
from letterbook.use_cases.prepare import Prepared, gather, prepare


def preview(world: World, viewer: Viewer, message: Message) -> Prepared:
    """The message as it would go, which is by another channel where it falls back, and the decision about what was asked for.

    Raises Forbidden, and Invalid for what is unknown or malformed; a refusal of the policy is part of the answer.
    """
    found = gather(world, message)
    prepared = prepare(world, viewer, message, found, now=world.now())
    if faults := missing(world, prepared.about.documents):
        raise Invalid("Not every attachment is there.", *faults)
    return as_it_goes(world, viewer, prepared, found)
