"""How a template reads on each channel that it is for: with its own examples, and those of what the record knows."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from letterbook.domain.channels import Channel, CostClass
from letterbook.domain.errors import FieldError, Invalid
from letterbook.domain.letter import Letter, Signature
from letterbook.domain.organisation import Organisation
from letterbook.domain.record_variables import BY_NAME, EXAMPLES, example_party, examples_in
from letterbook.domain.rows import Value
from letterbook.domain.sms import SmsSize, SmsText, measure, plain_text
from letterbook.domain.templates import (
    Rendered,
    SpoiltValue,
    Template,
    TemplateFault,
    UnknownVariable,
    nearest,
    one_word,
)
from letterbook.domain.text import TextLimit
from letterbook.ports import World
from letterbook.use_cases.letters.build_letter import build_letter


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelExample:
    """The template as it goes by one channel: a letter as data, an SMS with its size and what of it is not as it was typed."""

    channel: Channel
    rendered: Rendered
    letter: Letter | None = None
    sms: SmsSize | None = None
    sms_text: SmsText | None = None


def show_pages(world: World, letter: Letter) -> Sequence[bytes]:
    """The letter of an example, each page as a PNG. Raises TypesettingFailed, Unavailable."""
    return world.typesetter.pages(letter)


def render_examples(world: World, draft: Template) -> tuple[ChannelExample, ...]:
    """One for each of its channels.

    Raises Invalid when it cannot be parsed, or fails on its examples; TooLarge.
    """
    used, faults = _read(world, draft)
    rendered: Rendered | None = None
    organisation = world.settings.current()
    channels = [Channel(one) for one in draft.channels]
    if not faults:
        try:
            rendered = world.renderer.render(
                draft,
                _examples(draft, used, organisation),
                html=True,
                currency=organisation.currency,
                blocks=any(one.spec.is_letter for one in channels),
            )
            if not rendered.text:
                faults.append(FieldError("body", "template_empty", "With its own examples it says nothing."))
        except TextLimit as limit:
            raise limit.at("body") from None
        except SpoiltValue as wrong:
            faults.append(_spoilt_example(draft, wrong))
        except TemplateFault as wrong:
            faults.append(fault_at(wrong.field, wrong, draft))
        except ValueError as wrong:
            faults.append(FieldError("body", "template_fails", str(wrong)))
    if faults or rendered is None:
        raise Invalid("The template cannot be used.", *faults)
    return tuple(_by(one, rendered, draft, organisation, world.now()) for one in channels)


def fault_at(field: str, wrong: TemplateFault, draft: Template) -> FieldError:
    """What is wrong, with what may be meant. The one line of a subject is not named."""
    told = wrong.reason[:1].upper() + wrong.reason[1:] if field == "subject" else str(wrong)
    if isinstance(wrong, UnknownVariable):
        told += meant_instead(wrong.name, {*EXAMPLES} | draft.declared)
    return FieldError(field, wrong.code, told, line=wrong.line or None)


def meant_instead(name: str, known: Iterable[str]) -> str:
    """What to write instead of a name that there is not; where none is near, how names are written."""
    if near := nearest(name, known):
        return f" Did you mean {near}? Write {usage_of(near)}."
    if one_word(name) != name:
        return f" A name has no blanks or signs. Write {usage_of(one_word(name).lower())}."
    return ""


def usage_of(name: str) -> str:
    """How a template prints a variable."""
    return BY_NAME[name].written if name in BY_NAME else f"{{{{ {name} }}}}"


def line_of(source: str, name: str) -> int | None:
    """Where a variable is first used: counted from 1."""
    used = re.compile(rf"\{{[{{%][^}}]*\b{re.escape(name)}\b")
    named = re.compile(rf"\b{re.escape(name)}\b")
    lines = source.splitlines()
    found = [number for pattern in (used, named) for number, line in enumerate(lines, 1) if pattern.search(line)]
    return found[0] if found else None


def _examples(draft: Template, used: Iterable[str], organisation: Organisation) -> dict[str, Value]:
    examples = examples_in(organisation)
    own: dict[str, Value] = {one.name: one.example or examples.get(one.name, one.name) for one in draft.variables}
    return {name: examples.get(name, name) for name in used} | own


def _read(world: World, draft: Template) -> tuple[set[str], list[FieldError]]:
    """The names that its sources use, and what is wrong with these. Raises TooLarge, Invalid for too much of them."""
    faults: list[FieldError] = []
    used: set[str] = set()
    for field, source in (("subject", draft.subject), ("body", draft.body)):
        try:
            used |= world.renderer.variables_in(source)
        except TextLimit as limit:
            raise limit.at(field) from None
        except TemplateFault as wrong:
            faults.append(fault_at(field, wrong, draft))
        except ValueError as wrong:
            faults.append(FieldError(field, "template_syntax", str(wrong)))
    return used, faults


def _spoilt_example(draft: Template, wrong: SpoiltValue) -> FieldError:
    """At the example that cannot be used; a variable without one is to be given it."""
    place = next((place for place, one in enumerate(draft.variables) if one.name == wrong.variable), None)
    if place is not None:
        return FieldError(f"variables.{place}.example", wrong.code, str(wrong))
    told = f"Line {wrong.line}: {wrong}" if wrong.line else str(wrong)
    if wrong.variable:
        told += f" Declare {wrong.variable}, with such an example."
    return FieldError("body", "template_fails", told, line=wrong.line or None)


def _by(
    channel: Channel, rendered: Rendered, draft: Template, organisation: Organisation, now: datetime
) -> ChannelExample:
    if channel.spec.is_letter:
        return ChannelExample(
            channel=channel, rendered=rendered, letter=_letter(rendered, draft.language, organisation, now)
        )
    if channel.spec.cost_class is not CostClass.PER_SEGMENT:
        return ChannelExample(channel=channel, rendered=rendered)
    text = plain_text(rendered.text, typography=organisation.sms_plain_typography)
    return ChannelExample(
        channel=channel, rendered=Rendered(subject="", text=text.text), sms=measure(text.text), sms_text=text
    )


def _letter(rendered: Rendered, language: str, organisation: Organisation, now: datetime) -> Letter:
    """To the party of the examples, on today's paper."""
    examples = {name: str(value) for name, value in EXAMPLES.items()}
    return build_letter(
        organisation,
        example_party(now),
        rendered,
        language=language,
        day=now.astimezone(organisation.zone).date(),
        case_reference=examples["case_reference"],
        signature=Signature(name=examples["sender_name"], role=examples["sender_role"]),
    )
