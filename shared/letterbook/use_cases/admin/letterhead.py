"""Shows what a letter looks like under the firm's letterhead."""

from collections.abc import Sequence

from letterbook.domain.access import Permission, Viewer
from letterbook.domain.letter import Paragraph, Run
from letterbook.domain.record_variables import EXAMPLES, example_party
from letterbook.domain.templates import Rendered
from letterbook.ports import World
from letterbook.use_cases.letters.build_letter import build_letter
from letterbook.use_cases.support.access import actor_of
from letterbook.use_cases.support.signatures import signature_of

_SUBJECT = "How a letter of ours looks"
_TEXT = "This is how a letter looks that goes out today, under the letterhead as it is set now."


def show_letterhead(world: World, viewer: Viewer) -> Sequence[bytes]:
    """A letter to nobody, signed by the viewer, each page as a PNG. Raises Forbidden, TypesettingFailed, Unavailable."""
    viewer.require_any(Permission.SETTINGS, Permission.READ_AUDIT)
    organisation = world.settings.latest()
    letter = build_letter(
        organisation,
        example_party(world.now()),
        Rendered(subject=_SUBJECT, text=_TEXT, html=None, blocks=(Paragraph(runs=(Run(text=_TEXT),)),)),
        language=organisation.languages[0],
        day=world.now().astimezone(organisation.zone).date(),
        case_reference=str(EXAMPLES["case_reference"]),
        signature=signature_of(world, actor_of(viewer)),
    )
    return world.typesetter.pages(letter)
