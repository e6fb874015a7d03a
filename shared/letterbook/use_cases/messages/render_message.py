"""Renders what a message says: free text as it stands, or a template filled with what is known and given."""

import re
from collections.abc import Mapping
from itertools import islice

from letterbook.domain.errors import MissingVariable
from letterbook.domain.message import MessageRequest
from letterbook.domain.rows import NoValue, Value
from letterbook.domain.templates import Rendered, SpoiltValue, Template, values_for
from letterbook.domain.text import TextLimit, check_size
from letterbook.ports import World

# Something that looks like a variable in a text that is no template: it was meant to be replaced.
# The quantifiers are possessive: an opening that never closes is looked at once, however long it is.
_UNREPLACED = re.compile(r"\{\{-?\s*+([A-Za-z_][\w.]*+)[^{}]*+\}\}")
# So many gaps are named; whoever has more has another problem.
_MOST_GAPS = 50


def render_message(
    world: World,
    message: MessageRequest,
    template: Template | None,
    known: Mapping[str, Value | NoValue],
    language: str,
    currency: str,
) -> tuple[Rendered, tuple[MissingVariable, ...]]:
    """The text, and the variables that nothing replaces. Raises TextLimit at the field that is too much."""
    html, blocks = message.channel.spec.html, message.channel.spec.is_letter
    if template is None or message.template is None:
        unreplaced = {
            (field, match[1]): None
            for field, text in (("subject", message.subject), ("body", message.body))
            for match in _UNREPLACED.finditer(text)
        }
        gaps = tuple(
            MissingVariable(field, "unresolved_variable", f"{{{{ {name[:60]} }}}} was not replaced.", name[:60])
            for field, name in islice(unreplaced, _MOST_GAPS)
        )
        try:
            check_size(message.body)
            if not html:
                return Rendered(subject=message.subject, text=message.body), gaps
            return world.renderer.free_text(message.subject, message.body, language, blocks=blocks), gaps
        except TextLimit as limit:
            raise limit.at("body") from None
    values = values_for(template, message.template.variables, known)
    try:
        used = world.renderer.variables_in(template.subject) | world.renderer.variables_in(template.body)
    except ValueError as wrong:
        return _unfilled(template, wrong)
    except TextLimit as limit:
        raise limit.at("template.key") from None
    required = {variable.name for variable in template.variables if variable.required}
    missing = sorted(name for name in used | required if name not in values)
    gaps = tuple(
        MissingVariable(f"template.variables.{name}", "missing_variable", _needed(name, known.get(name)), name)
        for name in missing[:_MOST_GAPS]
    )
    filled: dict[str, Value] = values | {name: f"[{name}]" for name in missing}
    try:
        rendered, spoilt = _render(world, template, filled, html=html, blocks=blocks, currency=currency)
        gaps += spoilt
    except ValueError as wrong:
        return _unfilled(template, wrong, gaps)
    except TextLimit as limit:
        given = limit.variable in message.template.variables
        raise limit.at(f"template.variables.{limit.variable}" if given else "template.key") from None
    if message.channel.spec.needs_subject and not rendered.subject:
        gaps = (*gaps, MissingVariable("subject", "required", "With these variables the subject is empty."))
    return rendered, gaps


def _render(
    world: World, template: Template, values: Mapping[str, Value], *, html: bool, blocks: bool, currency: str
) -> tuple[Rendered, tuple[MissingVariable, ...]]:
    """Where a value cannot be used, its name stands in its place, and it is named. Raises ValueError, TextLimit."""
    spoilt: dict[str, MissingVariable] = {}
    while True:
        try:
            gaps = {name: f"[{name}]" for name in spoilt}
            rendered = world.renderer.render(template, {**values, **gaps}, html=html, currency=currency, blocks=blocks)
            return rendered, tuple(spoilt.values())
        except SpoiltValue as wrong:
            if wrong.variable not in values or wrong.variable in spoilt or len(spoilt) == _MOST_GAPS:
                raise
            place = f"template.variables.{wrong.variable}"
            spoilt[wrong.variable] = MissingVariable(place, wrong.code, f"{wrong.variable}: {wrong}")


def _needed(name: str, known: Value | NoValue | None) -> str:
    """That it is missing, and why where that is known."""
    return f"The template needs {name}." + (f" {known.reason}" if isinstance(known, NoValue) else "")


def _unfilled(
    template: Template, wrong: ValueError, gaps: tuple[MissingVariable, ...] = ()
) -> tuple[Rendered, tuple[MissingVariable, ...]]:
    return Rendered(subject=template.subject, text=""), (
        *gaps,
        MissingVariable("template.key", "template_fails", str(wrong)),
    )
