"""A letter's Markdown as an email's HTML, as plain text and as blocks to be set in type. Which marks there are: see dialect.py.

The text is what was typed, line by line, without the marks that only look: those of headings, bold and emphasis. Those of lists and
quotations stay; a link has its address behind it; a table has its rows, without the line below its head.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from markdown_it.token import Token

from letterbook.adapters.rendering.blocks import blocks_of
from letterbook.adapters.rendering.dialect import BEFORE, HARD, INDENTS, KEEPS_BREAKS, PAGE_BREAK, parser
from letterbook.adapters.rendering.inert import BREAK, plain
from letterbook.domain.letter import Block
from letterbook.domain.text import MAX_HTML_BYTES, MAX_NESTING, TextLimit, check_markdown, too_complex, too_large

# A mark of a list, of which a blank is left below its words.
_NO_QUOTATION = re.compile(r"[^>\s]")


class Markdown:
    """A text, parsed once, and written as HTML, as plain words, as blocks. Raises TextLimit for one that would cost too much.

    `keeps_breaks` is false for the source of a template, whose lines are wrapped as its author liked.
    """

    def __init__(self, source: str, *, keeps_breaks: bool = True) -> None:
        check_markdown(source)
        self._keeps_breaks = keeps_breaks
        self._lines = source.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        self._env: dict[str, Any] = {KEEPS_BREAKS: keeps_breaks}
        self._tokens = parser().parse(source, self._env)
        for token in self._tokens:
            if token.children:
                token.children = list(_with_values(token.children))
            if token.type == PAGE_BREAK and token.map:
                self._lines[token.map[0]] = ""
        _check_tokens(self._tokens)

    def as_html(self) -> str:
        """The fragment; of what stands in angle brackets in the source, nothing becomes a tag."""
        made = parser()
        html = str(made.renderer.render(list(self._as_laid_out()), made.options, self._env))
        if len(html.encode(errors="replace")) > MAX_HTML_BYTES:
            raise _too_much_html()
        return html

    def as_text(self) -> str:
        written: list[str] = []
        told = 0
        for start, end, words in self._blocks():
            written += [*self._between(told, start), words]
            told = end
        return "\n".join([*written, *self._between(told, len(self._lines))]).strip("\n")

    def as_blocks(self) -> tuple[Block, ...]:
        return blocks_of(self._as_laid_out())

    def _blocks(self) -> Iterator[tuple[int, int, str]]:
        """From which line to which line of the source, and its words, with all that stands before them."""
        cells: list[str] = []
        row, drawn = [0, 0], 0
        for token in self._tokens:
            lines = token.map or [0, 0]
            if token.type == "inline" and BEFORE in token.meta:
                yield lines[0], lines[1], self._words(token)
            elif token.type == "inline":
                cells.append(_text(token.children or ()))
            elif token.type == "tr_open":
                cells, row = [], lines
            elif token.type == "tr_close":
                yield row[0], row[1] + drawn, " | ".join(cells)
            elif token.type in ("thead_open", "thead_close"):
                # Below the head stands a line that only draws.
                drawn = int(token.nesting == 1)

    def _words(self, token: Token) -> str:
        before: list[str] = token.meta[BEFORE]
        lines = _text(token.children or ()).split("\n")
        if self._keeps_breaks:
            return "\n".join(f"{mark}{line}" for mark, line in zip(before, lines, strict=True))
        first = before[0] if before[0].strip() or token.level > 1 else ""
        return f"\n{_NO_QUOTATION.sub(' ', first)}".join([f"{first}{lines[0]}", *lines[1:]])

    def _between(self, start: int, end: int) -> list[str]:
        """The lines that hold no words: all of them as they are typed, one between the blocks of a template."""
        lines = self._lines[start:end]
        return lines if self._keeps_breaks else [line.rstrip() for line in lines[:1]]

    def _as_laid_out(self) -> Iterator[Token]:
        """With the empty lines and the indentations that were typed, where they were meant."""
        if not self._keeps_breaks:
            yield from self._tokens
            return
        told = 0
        for token in self._tokens:
            if token.map and token.level == 0 and token.nesting == 1 and told:
                yield from (Token("softbreak", "br", 0) for _ in range(token.map[0] - told - 1))
            if token.type in ("inline", PAGE_BREAK) and token.map:
                told = token.map[1]
            if INDENTS in token.meta:
                yield token.copy(children=list(_indented(token.children or (), token.meta[INDENTS])))
            else:
                yield token


def _with_values(children: Sequence[Token]) -> Iterator[Token]:
    """What values hold, as they hold it, with their line breaks."""
    for token in children:
        for place, line in enumerate(token.content.split(BREAK)):
            if place:
                yield Token("softbreak", "br", 0)
            if line or not place:
                yield Token(
                    token.type, token.tag, token.nesting, attrs=token.attrs, content=plain(line), meta=token.meta
                )


def _indented(children: Sequence[Token], columns: Sequence[int]) -> Iterator[Token]:
    line = 0
    yield from _indentation(columns[line])
    for token in children:
        yield token
        if token.type == "softbreak":
            line += 1
            yield from _indentation(columns[line])


def _indentation(columns: int) -> Iterator[Token]:
    if columns:
        yield Token("indentation", "", 0, content=HARD * columns)


def _check_tokens(tokens: Sequence[Token]) -> None:
    """Raises TextLimit for emphasis in emphasis without end, and for one address linked a thousand times."""
    addresses = 0
    for token in tokens:
        depth = 0
        for one in token.children or ():
            depth += one.nesting
            if depth > MAX_NESTING:
                raise too_complex("Quotes, lists and emphasis stand in each other more deeply than a text has them.")
            addresses += len(str(one.attrs.get("href", "")))
    if addresses > MAX_HTML_BYTES:
        raise _too_much_html()


def _too_much_html() -> TextLimit:
    return too_large("As HTML a text holds at most 2 MB.")


def _text(children: Sequence[Token]) -> str:
    pieces: list[str] = []
    links: list[tuple[int, str]] = []
    for token in children:
        if token.type == "text":
            pieces.append(token.content)
        elif token.type == "softbreak":
            pieces.append("\n")
        elif token.type == "link_open":
            links.append((len(pieces), token.meta["address"]))
        elif token.type == "link_close":
            begun, address = links.pop()
            if "".join(pieces[begun:]) != address:
                pieces.append(f" ({address})")
    return "".join(pieces)


def as_html(source: str, *, keeps_breaks: bool = True) -> str:
    return Markdown(source, keeps_breaks=keeps_breaks).as_html()


def as_text(source: str, *, keeps_breaks: bool = True) -> str:
    return Markdown(source, keeps_breaks=keeps_breaks).as_text()
