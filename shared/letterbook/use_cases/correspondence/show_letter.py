"""Shows a letter as its pages to somebody who waits: while it is written, as it was made, and as the example of its type."""

from collections.abc import Sequence
from dataclasses import dataclass

from letterbook.domain.access import Viewer
from letterbook.domain.correspondence import CorrespondenceDraft
from letterbook.domain.errors import Conflict, NotFound
from letterbook.domain.letter import Letter
from letterbook.domain.templates import Rendered
from letterbook.ports import World
from letterbook.use_cases.correspondence.create import preview_letter
from letterbook.use_cases.reading.correspondence import read_correspondence


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownLetter:
    """`pages` are pictures (PNG), `text` the words of all of them; `number` is that which it bears, or would."""

    number: str
    pages: Sequence[bytes]
    text: str


def show_draft(world: World, viewer: Viewer, draft: CorrespondenceDraft) -> ShownLetter:
    """As it would be made now; writes nothing. Raises as creating it does, TypesettingFailed, Unavailable."""
    written = preview_letter(world, viewer, draft)
    return _shown(world, written.letter, written.rendered)


def show_version(world: World, viewer: Viewer, account: str, number: str, version: int | None = None) -> ShownLetter:
    """A version as it was made, the last unless asked otherwise.

    Raises Forbidden, NotFound, Conflict `not_ready` where none was made yet, TypesettingFailed, Unavailable.
    """
    correspondence = read_correspondence(world, viewer, account, number)
    wanted = [one for one in correspondence.versions if version in (None, one.version)]
    if not wanted:
        if version is None:
            raise Conflict("Its PDF is not there yet.", code="not_ready")
        raise NotFound("There is no such version.")
    content = world.content_store.content(wanted[-1].content)
    if content.letter is None:
        raise NotFound("There is no such letter.")
    return _shown(world, content.letter, content.rendered)


def _shown(world: World, letter: Letter, rendered: Rendered) -> ShownLetter:
    return ShownLetter(number=letter.code, pages=world.typesetter.pages(letter), text=rendered.text)
