"""A letter before it is sent, as the pages that it will be."""

from concurrent.futures import ThreadPoolExecutor

from letterbook.domain.access import Viewer
from letterbook.domain.errors import Unavailable
from letterbook.domain.letter import Letter, LetterProof, TypesettingFailed
from letterbook.domain.message import MessageRequest
from letterbook.ports import World
from letterbook.use_cases.messages.letter_of_message import letter_of
from letterbook.use_cases.messages.prepare import Prepared
from letterbook.use_cases.messages.preview import preview
from letterbook.use_cases.support.access import actor_of


def preview_with_proof(world: World, viewer: Viewer, message: MessageRequest) -> tuple[Prepared, LetterProof | None]:
    """What sending would do, and of a letter how many pages it makes. Raises what preview raises."""
    prepared = preview(world, viewer, message)
    return prepared, proof_of(world, viewer, prepared)


def proof_of(world: World, viewer: Viewer, prepared: Prepared, *, pictures: bool = False) -> LetterProof | None:
    """None for what is no letter, or has no words yet. It never raises: whoever writes a letter can go on without seeing it."""
    letter = None if prepared.too_large else letter_of(world, prepared, actor_of(viewer), world.now())
    if letter is None:
        return None
    try:
        return _proof(world, letter, pictures=pictures)
    except TypesettingFailed as failed:
        return LetterProof(told=f"No letter can be made of it: {failed}")
    except Unavailable as away:
        return LetterProof(told=away.detail, later=True)


def _proof(world: World, letter: Letter, *, pictures: bool) -> LetterProof:
    with ThreadPoolExecutor(2) as pool:
        shown = pool.submit(world.typesetter.pages, letter) if pictures else None
        made = world.typesetter.pdf(letter)
        return LetterProof(pages=made.pages, missing=made.missing, pictures=tuple(shown.result()) if shown else ())
