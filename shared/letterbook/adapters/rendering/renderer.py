"""Templates with Jinja2 in its sandbox. Every value that a template prints is escaped for Markdown on its way in."""

import datetime
import html as html_
import re
from collections import Counter
from collections.abc import Callable, Mapping
from functools import cache

from jinja2 import StrictUndefined, TemplateError, meta, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from letterbook.adapters.rendering.formats import FORMATS, Value, filters
from letterbook.adapters.rendering.inert import escaped, without_inert
from letterbook.adapters.rendering.language import parsed
from letterbook.adapters.rendering.markdown import Markdown
from letterbook.domain.templates import Rendered, SpoiltValue, Template, UnknownVariable
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
# To be printed on A4. Nothing in it reaches out, and the policy says so to the browser.
_LETTER = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>{title}</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>
@page {{ size: A4; margin: 25mm 22mm; }}
body {{ font-family: Georgia, serif; font-size: 11pt; line-height: 1.45; color: #000; max-width: 166mm; margin: 0 auto; }}
.sender {{ text-align: right; white-space: pre-line; color: #444; }}
.recipient {{ margin: 18mm 0 10mm; white-space: pre-line; }}
h1 {{ font-size: 12pt; margin: 8mm 0 5mm; }}
table {{ border-collapse: collapse; margin: 4mm 0; }}
th, td {{ text-align: left; padding: 1mm 6mm 1mm 0; border-bottom: 0.2mm solid #999; }}
</style></head>
<body>
<p class="sender">{sender}</p>
<p class="recipient">{recipient}</p>
<p>{date}</p>
<h1>{title}</h1>
{body}</body>
</html>
"""
_BODY = re.compile(r"<body[^>]*>(.*)</body>", re.DOTALL)
_WHITE = re.compile(r"\s+")
_BREAKS = re.compile("\r\n|[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class TemplateRenderer:
    """See ports.Renderer."""

    def variables_in(self, source: str) -> frozenset[str]:
        try:
            return frozenset(meta.find_undeclared_variables(parsed(_environment(_isolated), source)))
        except UnknownVariable:
            raise
        except RecursionError as deep:
            raise ValueError("A template is not nested as deeply as this.") from deep
        except TemplateError as wrong:
            raise ValueError(str(wrong)) from wrong

    def render(
        self,
        template: Template,
        values: Mapping[str, str],
        *,
        html: bool,
        currency: str = "GBP",
        blocks: bool = False,
    ) -> Rendered:
        subject = _line(_filled(template.subject, values, _isolated, template.language, currency))
        source = _filled(without_inert(template.body), values, escaped, template.language, currency)
        text = Markdown(source, keeps_breaks=False)
        if not html:
            return Rendered(subject="", text=text.as_text())
        # That of a template is its language's: the first value in it must not turn the whole letter.
        return _rendered(subject, text, template.language, direction(template.language), blocks)

    def letter(self, rendered: Rendered, *, sender: str, recipient: str, date: datetime.date) -> bytes:
        body = _BODY.search(rendered.html or "")
        page = _LETTER.format(
            title=html_.escape(rendered.subject),
            sender=html_.escape(sender),
            recipient=html_.escape(recipient),
            date=f"{date:%-d %B %Y}",
            body=body[1].strip() + "\n" if body else "",
        )
        return page.encode()

    def free_text(self, subject: str, body: str, language: str, *, blocks: bool = False) -> Rendered:
        # Its author wrote all of it, in whatever language.
        return _rendered(_BREAKS.sub(" ", subject), Markdown(without_inert(body)), language, "auto", blocks)


def _rendered(subject: str, text: Markdown, language: str, direction: str, blocks: bool) -> Rendered:
    page = _PAGE.format(
        language=html_.escape(language), direction=direction, title=html_.escape(subject), body=text.as_html()
    )
    return Rendered(subject=subject, text=text.as_text(), html=page, blocks=text.as_blocks() if blocks else ())


def _filled(
    source: str, values: Mapping[str, str], escape: Callable[[object], str], language: str, currency: str
) -> str:
    environment = _environment(escape, language, currency)
    try:
        tree = parsed(environment, source)
        _check_values(tree, source, values)
        return environment.from_string(tree).render({name: Value(name, text) for name, text in values.items()})
    except TextLimit:
        raise
    except SpoiltValue as wrong:
        raise SpoiltValue(str(wrong), wrong.code, wrong.variable or _formatted(tree)) from None
    except Exception as wrong:  # a template is a program: it may divide by zero, or reach for what the sandbox hides
        raise ValueError(f"The template fails: {wrong}") from wrong


def _formatted(tree: nodes.Template) -> str:
    """The one variable that is written as a date or a number; empty where there are several."""
    names = {
        name.name for one in tree.find_all(nodes.Filter) if one.name in FORMATS for name in one.find_all(nodes.Name)
    }
    return names.pop() if len(names) == 1 else ""


def _check_values(tree: nodes.Template, source: str, values: Mapping[str, str]) -> None:
    """Raises TextLimit where the template with its values may be larger than a text.

    Nothing in a template repeats, so each name prints once. Told before any of it is made. A condition counts as if both its
    sides were printed.
    """
    uses = Counter(name.name for name in tree.find_all(nodes.Name))
    sizes = {name: times * len(values.get(name, "").encode(errors="replace")) for name, times in uses.items()}
    if len(source.encode(errors="replace")) + sum(sizes.values()) > MAX_TEXT_BYTES:
        largest = max(sizes, key=lambda name: sizes[name], default="")
        raise too_large("With its variables filled in, the template holds more than the 1 MB of a text.", largest)


@cache
def _environment(
    escape: Callable[[object], str], language: str = "en", currency: str = "GBP"
) -> ImmutableSandboxedEnvironment:
    """`escape` is put around everything that is printed, whatever filters a template uses."""
    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, finalize=escape, autoescape=False, keep_trailing_newline=True
    )
    environment.filters |= filters(language, currency)
    return environment


def _isolated(value: object) -> str:
    return isolated(str(value))


def _line(text: str) -> str:
    """One line: what becomes a header can hold no break, wherever its words came from."""
    return _WHITE.sub(" ", text).strip()
