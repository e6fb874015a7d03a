"""Templates with Jinja2 in its sandbox. Every value that a template prints is escaped for Markdown on its way in."""

import html as html_
import re
from collections.abc import Mapping

from jinja2 import nodes

from letterbook.adapters.rendering.formats import FORMATS, Named
from letterbook.adapters.rendering.inert import escaped, without_inert
from letterbook.adapters.rendering.markdown import Markdown
from letterbook.adapters.rendering.mistakes import failed, line_of
from letterbook.adapters.rendering.programs import Escape, Source, program_of, source_of, variables_of
from letterbook.adapters.rendering.tables import check_tables
from letterbook.domain.rows import Money, Rows, Value
from letterbook.domain.templates import Rendered, SpoiltValue, Template, TemplateFault
from letterbook.domain.text import MAX_TEXT_BYTES, TextLimit, too_large
from letterbook.domain.visible import direction, isolated

# Quiet, and the same in every mail program: the words are what matters.
_PAGE = """<!doctype html>
<html lang="{language}">
<head><meta charset="utf-8"><title>{title}</title></head>
<body dir="{direction}" style="font-family: Georgia, serif; font-size: 16px; line-height: 1.5; color: #191c22; max-width: 40em;">
{body}</body>
</html>
"""
# Mail programs look at little else than what stands in a tag itself.
_TABLE = '<table cellpadding="5" style="border-collapse: collapse">'
_WHITE = re.compile(r"\s+")
_BREAKS = re.compile("\r\n|[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class TemplateRenderer:
    """See ports.Renderer."""

    def variables_in(self, source: str) -> frozenset[str]:
        try:
            return variables_of(source)
        except RecursionError as deep:
            raise ValueError("A template is not nested as deeply as this.") from deep

    def render(
        self,
        template: Template,
        values: Mapping[str, Value],
        *,
        html: bool,
        currency: str = "GBP",
        blocks: bool = False,
    ) -> Rendered:
        try:
            subject = _line(_filled(template.subject, values, _isolated, template.language, currency))
        except TemplateFault as wrong:
            wrong.field = "subject"
            raise
        source = _filled(without_inert(template.body), values, escaped, template.language, currency)
        text = Markdown(source, keeps_breaks=False)
        if not html:
            return Rendered(subject="", text=text.as_text())
        # That of a template is its language's: the first value in it must not turn the whole letter.
        return _rendered(subject, text, template.language, direction(template.language), blocks)

    def free_text(self, subject: str, body: str, language: str, *, blocks: bool = False) -> Rendered:
        # Its author wrote all of it, in whatever language.
        return _rendered(_BREAKS.sub(" ", subject), Markdown(without_inert(body)), language, "auto", blocks)


def _rendered(subject: str, text: Markdown, language: str, direction: str, blocks: bool) -> Rendered:
    body = text.as_html().replace("<table>", _TABLE)
    page = _PAGE.format(language=html_.escape(language), direction=direction, title=html_.escape(subject), body=body)
    return Rendered(subject=subject, text=text.as_text(), html=page, blocks=text.as_blocks() if blocks else ())


def _filled(text: str, values: Mapping[str, Value], escape: Escape, language: str, currency: str) -> str:
    source: Source | None = None
    try:
        source = source_of(text)
        _check_values(source, text, values, one_line=escape is _isolated)
        return program_of(text, escape, language, currency).render(
            {name: Named(name, value) if isinstance(value, str) else value for name, value in values.items()}
        )
    except (TextLimit, TemplateFault):
        raise
    except SpoiltValue as wrong:
        named = wrong.variable or (_formatted(source.tree) if source else "")
        raise SpoiltValue(str(wrong), wrong.code, named, line_of(wrong)) from None
    except (
        Exception
    ) as wrong:  # a template is a program: it may compare what cannot be, or ask a filter for what it has not
        raise failed(wrong) from wrong


def _formatted(tree: nodes.Template) -> str:
    """The one variable that is written as a date or a number; empty where there are several."""
    names = {
        name.name for one in tree.find_all(nodes.Filter) if one.name in FORMATS for name in one.find_all(nodes.Name)
    }
    return names.pop() if len(names) == 1 else ""


def _check_values(source: Source, text: str, values: Mapping[str, Value], *, one_line: bool) -> None:
    """Raises TextLimit where the template with its values may be larger than a text.

    Nothing in a template repeats, so each name prints once. Told before any of it is made. A condition counts as if both its
    sides were printed. Raises TemplateFault for rows that are no table, or stand where none can.
    """
    if source.has_tables or any(isinstance(value, Rows) for value in values.values()):
        check_tables(source.tree, text, values, one_line=one_line)
    sizes = {name: times * _bytes(values.get(name, "")) for name, times in source.names.items()}
    if source.size + sum(sizes.values()) > MAX_TEXT_BYTES:
        largest = max(sizes, key=lambda name: sizes[name], default="")
        raise too_large("With its variables filled in, the template holds more than the 1 MB of a text.", largest)


def _bytes(value: Value) -> int:
    if isinstance(value, str):
        return len(value.encode(errors="replace"))
    if isinstance(value, Money):
        return len(str(value))
    return sum(_bytes(cell) for row in value.rows for cell in row if isinstance(cell, str))


def _isolated(value: object) -> str:
    return isolated(str(value))


def _line(text: str) -> str:
    """One line: what becomes a header can hold no break, wherever its words came from."""
    return _WHITE.sub(" ", text).strip()
