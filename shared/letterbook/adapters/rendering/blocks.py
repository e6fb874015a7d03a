"""What the parser found in a text, as the blocks of a letter (domain/letter.py)."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import takewhile

from markdown_it.token import Token

from letterbook.adapters.rendering.dialect import PAGE_BREAK
from letterbook.domain.letter import Align, Block, Heading, ItemList, PageBreak, Paragraph, Quotation, Run, Table

_Cell = tuple[Run, ...]


def blocks_of(tokens: Iterator[Token]) -> tuple[Block, ...]:
    """Up to the end of what is open. An empty line that was meant is a paragraph without words."""
    return tuple(_BLOCKS[token.type](token, tokens) for token in takewhile(_goes_on, tokens))


def _goes_on(token: Token) -> bool:
    return token.nesting >= 0


def _list(token: Token, tokens: Iterator[Token]) -> ItemList:
    start = int(token.attrs.get("start", 1)) if token.tag == "ol" else None
    return ItemList(start=start, items=tuple(blocks_of(tokens) for _ in takewhile(_goes_on, tokens)))


def _table(_token: Token, tokens: Iterator[Token]) -> Table:
    align: list[Align] = []
    rows: list[list[_Cell]] = []
    for token in tokens:
        if token.type == "table_close":
            break
        if token.type == "tr_open":
            rows.append([])
        elif token.type in ("th_open", "td_open"):
            rows[-1].append(_runs_of(tokens))
            if token.type == "th_open":
                align.append(Align(str(token.attrs.get("align", Align.LEFT))))
    head, *body = (tuple(row) for row in rows)
    sums = sum(1 for _ in takewhile(_is_sum, reversed(body)))
    return Table(align=tuple(align), head=head, rows=tuple(body), totals=sums)


def _is_sum(row: Sequence[_Cell]) -> bool:
    """All that it says is bold, and it says something."""
    said = [run for cell in row for run in cell if run.text.strip()]
    return bool(said) and all(run.bold for run in said)


def _runs_of(tokens: Iterator[Token]) -> _Cell:
    """The words that come next, up to the end of what they stand in. Neighbours that look alike are one run."""
    runs: list[Run] = []
    look = Run(text="")
    for token in next(tokens).children or ():
        if token.type in ("strong_open", "strong_close"):
            look = replace(look, bold=token.nesting > 0)
        elif token.type in ("em_open", "em_close"):
            look = replace(look, italic=token.nesting > 0)
        elif token.type in ("link_open", "link_close"):
            look = replace(look, link=str(token.attrs["href"]) if token.nesting > 0 else None)
        elif words := "\n" if token.type == "softbreak" else token.content:
            if runs and replace(runs[-1], text="") == look:
                words = runs.pop().text + words
            runs.append(replace(look, text=words))
    next(tokens)
    return tuple(runs)


_BLOCKS: dict[str, Callable[[Token, Iterator[Token]], Block]] = {
    "heading_open": lambda token, tokens: Heading(level=int(token.tag[1:]), runs=_runs_of(tokens)),
    "paragraph_open": lambda _, tokens: Paragraph(runs=_runs_of(tokens)),
    "softbreak": lambda *_: Paragraph(runs=()),
    "bullet_list_open": _list,
    "ordered_list_open": _list,
    "blockquote_open": lambda _, tokens: Quotation(blocks=blocks_of(tokens)),
    "table_open": _table,
    PAGE_BREAK: lambda *_: PageBreak(),
}
