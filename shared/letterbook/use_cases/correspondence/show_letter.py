"""Shows a letter as its pages to somebody who waits: while it is written, as it was made, and as the example of its type."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from letterbook.domain.access import Permission, Viewer
from letterbook.domain.correspondence import CorrespondenceDraft, CorrespondenceType
from letterbook.domain.errors import FieldError, Invalid, NotFound
from letterbook.domain.letter import Letter
from letterbook.domain.record_variables import EXAMPLES, example_party
from letterbook.domain.rows import Value
from letterbook.domain.templates import Rendered
from letterbook.domain.text import TextLimit
from letterbook.ports import World
from letterbook.use_cases.correspondence.content import template_values
from letterbook.use_cases.correspondence.create import preview_letter
from letterbook.use_cases.correspondence.letter import given_values
from letterbook.use_cases.correspondence.types import checked_type
from letterbook.use_cases.letters.build_letter import build_letter
from letterbook.use_cases.reading.correspondence import read_correspondence, version_of
from letterbook.use_cases.support.template_variables import variables_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownLetter:
    """`pages` are pictures (PNG), `text` the words of all of them; `number` is that which it bears, or would."""

    number: str
    pages: Sequence[bytes]
    text: str


def show_draft(world: World, viewer: Viewer, draft: CorrespondenceDraft) -> ShownLetter:
    """As it would be made now; writes nothing. Raises as creating it does, TypesettingFailed, Unavailable."""
    letter = preview_letter(world, viewer, draft)
    return _shown(world, letter.letter, letter.rendered)


def show_version(world: World, viewer: Viewer, account: str, number: str, version: int | None = None) -> ShownLetter:
    """A version as it was made, the last unless asked otherwise.

    Raises Forbidden, NotFound, Conflict `not_ready` where none was made yet, TypesettingFailed, Unavailable.
    """
    correspondence = read_correspondence(world, viewer, account, number)
    content = world.content_store.content(version_of(correspondence, version).content)
    if content.letter is None:
        raise NotFound("There is no such letter.")
    return _shown(world, content.letter, content.rendered)


def show_example(world: World, viewer: Viewer, draft: CorrespondenceType) -> ShownLetter:
    """The letter that a type makes of its first example and of the examples of what the record knows; it need not be saved.

    Raises Forbidden, what putting the type raises, TooLarge, TypesettingFailed, Unavailable.
    """
    viewer.require(Permission.TEMPLATES)
    type_ = checked_type(world, draft)
    organisation = world.settings.current()
    found = (world.templates.get(type_.template, one, None) for one in organisation.languages)
    template = next((one for one in found if one), None)
    if template is None:
        told = "This template is in none of the firm's languages."
        raise Invalid(told, FieldError("template", "unknown_template", told))
    values: dict[str, Value] = {
        **{name: EXAMPLES.get(name, name) for name in variables_of(world, template)},
        **{one.name: one.example for one in template.variables if one.example},
        **given_values(type_, template_values(next(iter(type_.fields.get("examples", ())), {}))),
    }
    try:
        rendered = world.renderer.render(template, values, html=True, currency=organisation.currency, blocks=True)
    except TextLimit as limit:
        raise limit.at("template") from None
    except ValueError as wrong:
        told = "No letter can be written of its example."
        raise Invalid(told, FieldError("fields", "example_fails", str(wrong))) from None
    number = str(EXAMPLES["correspondence_number"])
    letter = build_letter(
        organisation,
        example_party(world.now()),
        replace(rendered, subject=rendered.subject or type_.name),
        language=template.language,
        day=world.now().astimezone(organisation.zone).date(),
        correspondence_number=number,
        code=number,
    )
    return _shown(world, letter, rendered)


def _shown(world: World, letter: Letter, rendered: Rendered) -> ShownLetter:
    return ShownLetter(number=letter.code, pages=world.typesetter.pages(letter), text=rendered.text)
