"""Markdown as an email's HTML and as plain text, and values that are safe in it.

A value is escaped for Markdown, character by character, and the HTML comes from the Markdown parser with raw HTML switched off:
so a value can make neither a tag nor a link, and reads in both as it was given.
"""

import re
import string
from collections.abc import Sequence
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

from letterbook.domain.text import MAX_HTML_BYTES, MAX_NESTING, TextLimit, check_markdown, too_complex, too_large
from letterbook.domain.visible import isolated

# CommonMark: any ASCII punctuation may be backslash-escaped, and then means itself (section 2.4).
_ESCAPES = str.maketrans({mark: f"\\{mark}" for mark in string.punctuation})
# A line break inside a value. To Markdown it is a letter like any other, so no value can begin a block; it becomes a break
# after the structure is made. The character is Unicode's for private use.
_BREAK = "\ue000"
_CONTROLS = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f{_BREAK}]")


def escaped(value: object) -> str:
    """The value as Markdown that reads as it, and turns nothing around it; indentation and empty lines aside, which would mean
    something.
    """
    lines = (isolated(line.strip()) for line in _CONTROLS.sub(" ", str(value)).splitlines())
    return _BREAK.join(line.translate(_ESCAPES) for line in lines if line)


class Markdown:
    """A text, parsed once, and written as HTML and as plain words. Raises TextLimit for one that would cost too much."""

    def __init__(self, source: str) -> None:
        check_markdown(source)
        self._env: dict[str, Any] = {}
        self._tokens = _parser().parse(source, self._env)
        _check_tokens(self._tokens)

    def as_html(self) -> str:
        """The fragment; of what stands in angle brackets in the source, nothing becomes a tag."""
        parser = _parser()
        html = str(parser.renderer.render(self._tokens, parser.options, self._env)).replace(_BREAK, "<br>\n")
        if len(html.encode(errors="replace")) > MAX_HTML_BYTES:
            raise _too_much_html()
        return html

    def as_text(self) -> str:
        """The same words without marks: links with their address behind them, lists with dashes and numbers."""
        blocks = _blocks(SyntaxTreeNode(self._tokens))
        return "\n\n".join(block for block in blocks if block).replace(_BREAK, "\n")


@cache
def _parser() -> MarkdownIt:
    """Line breaks are kept: a letter's lines are meant."""
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True, "maxNesting": MAX_NESTING})
    parser.enable(["table", "strikethrough"]).disable("image")
    parser.block.ruler.before("table", "nesting", _check_nesting)
    return parser


def _check_nesting(state: StateBlock, *_: object) -> bool:
    """Asked before every block. The parser itself leaves out what stands deeper, and a list goes two levels deeper at once."""
    if state.level >= MAX_NESTING - 2:
        raise _too_deep()
    return False


def _check_tokens(tokens: Sequence[Token]) -> None:
    """Raises TextLimit for emphasis in emphasis without end, and for one address linked a thousand times."""
    addresses = 0
    for token in tokens:
        depth = 0
        for one in token.children or ():
            depth += one.nesting
            if depth > MAX_NESTING:
                raise _too_deep()
            addresses += len(str(one.attrs.get("href", "")))
    if addresses > MAX_HTML_BYTES:
        raise _too_much_html()


def _too_deep() -> TextLimit:
    return too_complex("Quotes, lists and emphasis stand in each other more deeply than a text has them.")


def _too_much_html() -> TextLimit:
    return too_large("As HTML a text holds at most 2 MB.")


def as_html(source: str) -> str:
    return Markdown(source).as_html()


def as_text(source: str) -> str:
    return Markdown(source).as_text()


def _blocks(node: SyntaxTreeNode) -> list[str]:
    return [_block(child) for child in node.children]


def _block(node: SyntaxTreeNode) -> str:
    match node.type:
        case "paragraph" | "heading" | "th" | "td":
            return "".join(_inline(child) for child in node.children)
        case "bullet_list":
            return "\n".join(_item("- ", item) for item in node.children)
        case "ordered_list":
            start = int(node.attrs.get("start", 1))
            return "\n".join(_item(f"{start + place}. ", item) for place, item in enumerate(node.children))
        case "blockquote":
            return "\n".join(f"> {line}".rstrip() for line in "\n\n".join(_blocks(node)).splitlines())
        case "fence" | "code_block":
            return node.content.rstrip("\n")
        case "hr":
            return "---"
        case "table" | "thead" | "tbody":
            return "\n".join(_blocks(node))
        case "tr":
            return " | ".join(_blocks(node))
    return "\n\n".join(_blocks(node))


def _item(mark: str, node: SyntaxTreeNode) -> str:
    first, *rest = "\n".join(_blocks(node)).splitlines() or [""]
    return "\n".join([mark + first, *(" " * len(mark) + line for line in rest)])


def _inline(node: SyntaxTreeNode) -> str:
    match node.type:
        case "text" | "code_inline":
            return node.content
        case "softbreak" | "hardbreak":
            return "\n"
        case "link":
            words = "".join(_inline(child) for child in node.children)
            address = str(node.attrs["href"])
            return words if words == address else f"{words} ({address})"
    return "".join(_inline(child) for child in node.children)
