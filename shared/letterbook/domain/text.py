"""How much a text may be, so that what it costs is known before anybody parses it.

A parser's work is bounded by what can be counted in one pass: bytes, lines, and the marks that it has to look twice at. The limits
are those that no letter meets and that keep the worst text at the limit well below a second (docs/decisions/0019).
"""

import re
from collections.abc import Iterator

from letterbook.domain.errors import CallerError, FieldError, Invalid, LetterbookError, TooLarge

MAX_TEXT_BYTES = 1024 * 1024
# Two hundred pages. What has more is made to keep a renderer busy.
MAX_LINES = 10_000
# What opens or closes something in Markdown, list items and table cells among them: five to each of ten thousand lines.
MAX_MARKS = 50_000
# Quotes and lists in each other, emphasis in emphasis: a letter has three.
MAX_NESTING = 30
# Twice the text: enough for every letter, and both fit into one answer.
MAX_HTML_BYTES = 2 * 1024 * 1024
# What stands between the braces of a template: five hundred variables of forty characters.
MAX_TEMPLATE_CODE = 20_000

_MARKS = "[*_~`<>|"
_ITEM = re.compile(r"(?:[-+*]|\d[.)])(?=[ \t\n])")
# All that the line under the head of a table is made of, in a quote or a list too.
_RULE = " \t>*+-:|.)0123456789"
# Written longer in HTML than in a text: by so many bytes more.
_GROWS = {'"': 5, "&": 4, "<": 3, ">": 3}


class TextLimit(LetterbookError):
    """A text that would cost too much. `code` is `too_large` or `too_complex`; `variable` is the value that makes it so."""

    def __init__(self, code: str, reason: str, variable: str = "") -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
        self.variable = variable

    def at(self, field: str) -> CallerError:
        """What it is to the caller: 413 or 422, with the field."""
        error = TooLarge if self.code == "too_large" else Invalid
        return error(self.reason, FieldError(field, self.code, self.reason), code=self.code)


def too_large(reason: str, variable: str = "") -> TextLimit:
    return TextLimit("too_large", reason, variable)


def too_complex(reason: str) -> TextLimit:
    return TextLimit("too_complex", reason)


def check_size(text: str) -> None:
    """Raises TextLimit for more bytes or lines than a text has."""
    if len(text.encode(errors="replace")) > MAX_TEXT_BYTES:
        raise too_large("A text holds at most 1 MB.")
    lines = text.replace("\r\n", "\n")
    if lines.count("\n") + lines.count("\r") > MAX_LINES:
        raise too_large(f"A text has at most {MAX_LINES} lines.")


def check_markdown(source: str) -> None:
    """Raises TextLimit for what would keep the Markdown parser busy, or become too much HTML. One pass, whatever the text is."""
    check_size(source)
    grown = sum(source.count(one) * more for one, more in _GROWS.items())
    if len(source.encode(errors="replace")) + grown > MAX_HTML_BYTES:
        raise too_large("As HTML a text holds at most 2 MB.")
    marks = sum(source.count(one) for one in _MARKS) + sum(1 for _ in _ITEM.finditer(source)) + sum(_cells(source))
    if marks > MAX_MARKS:
        raise too_complex(f"A text has at most {MAX_MARKS} marks: brackets, stars, list items, cells of tables.")


def _cells(source: str) -> Iterator[int]:
    """The cells of each table: a row that names fewer than the head is filled up."""
    columns = 0
    for line in source.splitlines():
        if "|" in line and not line.strip(_RULE):
            columns = line.count("|") + 1
        elif not line.strip(" \t>"):
            columns = 0
        else:
            yield columns


def check_template(source: str) -> None:
    """Raises TextLimit for more code than a template has. Its words are no code."""
    code = 0
    for part in re.split(r"\{[{%]", source)[1:]:
        # Up to the last end before the next beginning: an earlier one may stand in quotes.
        end = max(part.rfind("}}"), part.rfind("%}"))
        code += 4 + (len(part) if end < 0 else end)
    if code > MAX_TEMPLATE_CODE:
        raise too_complex(f"What stands in the braces of a template has at most {MAX_TEMPLATE_CODE} characters.")
