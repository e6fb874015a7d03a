"""What the pages of templates share."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from console.app.routing import PageRequest
from console.presenters.compose import sms_words
from console.presenters.letter import LetterSheets, inline_html, letter_sheets
from letterbook.domain.channels import Channel
from letterbook.domain.errors import Invalid, TooLarge, Unavailable
from letterbook.domain.letter import TypesettingFailed
from letterbook.domain.templates import Rendered, Template
from letterbook.ports import World
from letterbook.use_cases.admin.template_examples import ChannelExample, render_examples, show_pages

PATH = "/templates"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelPreview:
    """How it reads by one channel, or by several that show the same: as pages, formatted, or as plain words."""

    label: str
    rendered: Rendered
    html: str = ""
    sheets: LetterSheets | None = None
    size: str = ""


def example(visit: PageRequest, template: Template) -> tuple[Sequence[ChannelPreview], str]:
    """How it reads with its own examples; of a version of old that does not any more, why."""
    try:
        return previews(visit.world, render_examples(visit.world, template)), ""
    except (Invalid, TooLarge) as error:
        return (), " ".join(one.message for one in error.faults)


def previews(world: World, examples: Iterable[ChannelExample]) -> Sequence[ChannelPreview]:
    """One for each channel; all that are letters show the same one."""
    shown: list[ChannelPreview] = []
    letters = [one for one in examples if one.letter]
    for one in examples:
        label = one.channel.spec.label
        html = inline_html(one.rendered.html) if one.channel.spec.html else ""
        if one.letter and one is letters[0]:
            labels = ", ".join(each.channel.spec.label for each in letters)
            shown.append(ChannelPreview(label=labels, rendered=one.rendered, html=html, sheets=_sheets(world, one)))
        elif not one.letter:
            size = sms_words(one.sms, one.sms_text) if one.sms else ""
            shown.append(ChannelPreview(label=label, rendered=one.rendered, html=html, size=size))
    return shown


def _sheets(world: World, example: ChannelExample) -> LetterSheets:
    if example.letter is None:
        return LetterSheets()
    try:
        pages = show_pages(world, example.letter)
    except TypesettingFailed as failed:
        return LetterSheets(told=f"No letter can be made of it: {failed}")
    except Unavailable:
        return LetterSheets(told="Its pages cannot be shown at the moment. It can be saved all the same.", later=True)
    return letter_sheets("the letter", pages, example.rendered.text)


def channels_of(channels: Sequence[str]) -> list[tuple[str, str]]:
    """With their icons' names."""
    return [(one, Channel(one).spec.label) for one in channels]
