"""A letter as the layout reads it: JSON for letter.typ. Whatever a letter holds is a string there, and never markup.

What can be settled before the page is known is settled here: words in the letter's language, levels of headings, widths of columns.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from letterbook.adapters.typesetting.words import Words, words_in, written
from letterbook.domain.letter import (
    Align,
    Block,
    Heading,
    ItemList,
    Letter,
    PageBreak,
    Paragraph,
    Quotation,
    Run,
    Table,
)
from letterbook.domain.visible import unturned

# A language and where it is spoken, as far as the layout tells them apart.
_LANGUAGE = re.compile(r"([a-z]{2,3})(?:-[A-Z][a-z]{3})?(?:-([A-Z]{2}))?(?:-.*)?")
_CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]")
# What no line breaks: addresses of the web, names without blanks. Broken wherever the line ends.
_LONG = re.compile(r"\S{25,}")
# Of a column whose words may wrap: at least, and at most so many characters count for its width.
_NARROW, _BROAD = 8, 40
# Columns that do not wrap have together at most so many characters; as many rows may be kept together.
_MOST_FIXED, _MOST_TOTALS = 60, 8
# Links are printed too: an address that somebody would type is told.
_TYPED = 60


def layout_of(letter: Letter, *, logo: str | None, matrix: str) -> dict[str, Any]:
    """`logo` is the name of its file, `matrix` its code as SVG."""
    words = words_in(letter.language)
    language, region = _language(letter.language)
    head, signature = letter.letterhead, letter.signature
    day = written(letter.date, letter.language)
    references = [(one.label, one.value) for one in letter.references]
    return {
        "language": language,
        "region": region,
        "date": [letter.date.year, letter.date.month, letter.date.day],
        "layout": letter.layout.value,
        "firm": _plain(head.name),
        "address": _lines(head.address),
        "registration": _plain(head.registration),
        "colour": head.colour,
        "logo": logo,
        "recipient": _lines(letter.recipient),
        "references": [[_plain(label), _plain(value)] for label, value in [*references, (words.date, day)]],
        "day": day,
        "subject": _plain(letter.subject),
        "blocks": _Levels(1 if letter.subject.strip() else 0).blocks(letter.blocks),
        "signature": {key: _plain(value) for key, value in asdict(signature).items()} if signature else None,
        "notes": _notes(letter, words),
        "page_of": re.split(r"\{pages?\}", words.page_of),
        "code": _plain(letter.code),
        "matrix": matrix,
    }


def _language(tag: str) -> tuple[str, str | None]:
    found = _LANGUAGE.fullmatch(tag.replace("_", "-"))
    return (found[1], found[2]) if found else ("en", None)


def _notes(letter: Letter, words: Words) -> list[Any]:
    """What stands below the signature, each with its label."""
    return [
        [label, lines]
        for label, lines in (
            (words.enclosures[len(letter.enclosures) != 1], _lines(letter.enclosures)),
            (words.copies, _lines(letter.copies)),
        )
        if lines
    ]


def _lines(lines: Iterable[str]) -> list[str]:
    return [plain for line in lines if (plain := _plain(line).strip())]


def _plain(text: str) -> str:
    """One line that turns nothing and holds nothing that is no character."""
    return _written(text).replace("\n", " ")


def _written(text: str) -> str:
    sound = text.encode("utf-8", "replace").decode()
    return _CONTROLS.sub(" ", unturned(sound.replace("\r\n", "\n")))


class _Levels:
    """The blocks, in their order: a heading is at most one level below the one before, as PDF/UA has it."""

    def __init__(self, above: int) -> None:
        self._above = self._last = above

    def blocks(self, blocks: Sequence[Block]) -> list[dict[str, Any]]:
        return [self._block(block) for block in blocks]

    def _block(self, block: Block) -> dict[str, Any]:
        match block:
            case Heading():
                self._last = max(1, min(block.level + self._above, self._last + 1, 6))
                return {"kind": "heading", "level": self._last, "runs": _runs(block.runs)}
            case Paragraph():
                return {"kind": "paragraph", "runs": _runs(block.runs)}
            case ItemList():
                return {"kind": "list", "start": block.start, "items": [self.blocks(item) for item in block.items]}
            case Quotation():
                return {"kind": "quotation", "blocks": self.blocks(block.blocks)}
            case Table():
                return _table(block)
            case PageBreak():
                return {"kind": "page_break"}


def _runs(runs: Iterable[Run]) -> list[dict[str, Any]]:
    return [_run(run) for run in runs]


def _run(run: Run) -> dict[str, Any]:
    made: dict[str, Any] = {"lines": [_pieces(line) for line in _written(run.text).split("\n")]}
    if run.bold:
        made["bold"] = True
    if run.italic:
        made["italic"] = True
    if run.link:
        made["link"] = run.link
        made["address"] = _printed(run)
    return made


def _pieces(line: str) -> list[str]:
    """Words and, at every second place, what must be broken within."""
    pieces, told = [], 0
    for found in _LONG.finditer(line):
        pieces += [line[told : found.start()], found[0]]
        told = found.end()
    return [*pieces, line[told:]]


def _printed(run: Run) -> str:
    """The address of a link as somebody who holds the paper would type it; empty where its words say it, or nobody would."""
    address = re.sub(r"^(?:https?://|mailto:|tel:)", "", run.link or "", flags=re.IGNORECASE).rstrip("/")
    return "" if address in run.text or len(address) > _TYPED else _plain(address)


def _table(table: Table) -> dict[str, Any]:
    totals = table.totals if table.totals <= _MOST_TOTALS else 0
    return {
        "kind": "table",
        "align": [{Align.LEFT: "start", Align.RIGHT: "end", Align.CENTER: "center"}[one] for one in table.align],
        "widths": _widths(table),
        "head": [_runs(cell) for cell in table.head],
        "rows": [[_runs(cell) for cell in row] for row in table.rows],
        # A sum is never parted from the last row that it is of.
        "kept": min(totals + 1, len(table.rows)) if totals else 0,
        "totals": totals,
    }


def _widths(table: Table) -> list[int]:
    """The share of each column in the width of the page; 0 for one as wide as what stands in it, which is never broken."""
    longest = [
        max(len(line) for cell in column for line in "".join(run.text for run in cell).split("\n"))
        for column in zip(table.head, *table.rows, strict=True)
    ]
    fixed = [size for size, align in zip(longest, table.align, strict=True) if align != Align.LEFT]
    free = len(fixed) == len(table.align)
    if free or sum(fixed) > _MOST_FIXED:
        fixed = []
    return [
        0 if fixed and align != Align.LEFT else max(_NARROW, min(size, _BROAD))
        for size, align in zip(longest, table.align, strict=True)
    ]
