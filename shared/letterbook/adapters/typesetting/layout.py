"""A letter as the layout reads it: JSON for letter.typ. Whatever a letter holds is a string there, and never markup.

What can be settled before the page is known is settled here: words in the letter's language, levels of headings, widths of columns.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from letterbook.adapters.typesetting.words import LayoutWords, date_in, words_in
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
from letterbook.domain.visible import direction, isolated, unturned

# A language and where it is spoken, as far as the layout tells them apart.
_LANGUAGE = re.compile(r"([a-z]{2,3})(?:-[A-Z][a-z]{3})?(?:-([A-Z]{2}))?(?:-.*)?")
_CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]")
# Words of more characters are broken wherever the line ends: in the text, in the lines of an address, among the references.
_LONGEST, _LONGEST_OF_LINE, _LONGEST_OF_REFERENCE = 60, 30, 18
# Of a column whose words may wrap: at least, and at most so many characters count for its width.
_NARROW, _BROAD = 8, 40
# Where there is room for no more, nothing is left to chance: no line ends by itself within a date.
_NARROWEST = 16
# Columns that do not wrap have together at most so many characters, and so many totals may be kept together.
_MOST_FIXED, _MOST_TOTALS = 60, 8
# Between two columns there is room for so many.
_GAP = 2
# Up to how many columns, in what size of type (points), with how many characters across the page.
_SIZES = ((5, 9.5, 80), (7, 8.5, 90), (10_000, 7.5, 105))
# Links are printed too: an address that somebody would type is told.
_TYPED = 60


def layout_of(letter: Letter, *, logo: str | None, matrix: str) -> dict[str, Any]:
    """`logo` is the name of its file, `matrix` its code as SVG. A line is the pieces of one (see _pieces)."""
    words = words_in(letter.language)
    language, region = _language(letter.language)
    turns = direction(language) == "rtl"
    head, signature = letter.letterhead, letter.signature
    day = date_in(letter.date, letter.language)
    references = [*((one.label, one.value) for one in letter.references), (words.date, day)]
    return {
        "language": language,
        "region": region,
        "rtl": turns,
        "date": [letter.date.year, letter.date.month, letter.date.day],
        "layout": letter.layout.value,
        "title": _plain(letter.subject) or _plain(head.name),
        "author": _plain(head.name),
        "firm": _line(head.name, turns),
        "address": _lines(head.address, turns),
        "registration": _line(head.registration, turns),
        "colour": head.colour,
        "logo": logo,
        "recipient": _lines(letter.recipient, turns),
        "references": [
            [_line(label, turns, _LONGEST_OF_REFERENCE), _line(value, turns, _LONGEST_OF_REFERENCE)]
            for label, value in references
        ],
        "day": _line(day, turns),
        "subject": _pieces(_plain(letter.subject)),
        "blocks": _Levels(1 if letter.subject.strip() else 0).blocks(letter.blocks),
        "signature": [_line(signature.name, turns), _line(signature.role, turns)] if signature else None,
        "notes": _notes(letter, words, turns),
        "page_of": re.split(r"\{pages?\}", words.page_of),
        "code": _plain(letter.code),
        "matrix": matrix,
    }


def _language(tag: str) -> tuple[str, str | None]:
    found = _LANGUAGE.fullmatch(tag.replace("_", "-"))
    return (found[1], found[2]) if found else ("en", None)


def _notes(letter: Letter, words: LayoutWords, turns: bool) -> list[Any]:
    """What stands below the signature, each with its label."""
    told = ((words.enclosures[len(letter.enclosures) != 1], letter.enclosures), (words.copies, letter.copies))
    return [[label, _lines(lines, turns)] for label, lines in told if lines]


def _lines(lines: Iterable[str], turns: bool) -> list[list[str]]:
    return [made for line in lines if (made := _line(line, turns))]


def _line(text: str, turns: bool, longest: int = _LONGEST_OF_LINE) -> list[str]:
    """What stands for itself: where the letter is read from right to left (`turns`), it keeps its own direction."""
    plain = _plain(text)
    apart = f"\u2068{plain}\u2069" if turns and plain else isolated(plain)
    return _pieces(apart, longest) if plain else []


def _plain(text: str) -> str:
    """One line that turns nothing and holds nothing that is no character."""
    return _written(text).replace("\n", " ").strip()


def _written(text: str) -> str:
    sound = text.encode("utf-8", "replace").decode()
    return _CONTROLS.sub(" ", unturned(sound.replace("\r\n", "\n")))


def _pieces(line: str, longest: int = _LONGEST) -> list[str]:
    """Words and, at every second place, one that must be broken. Most lines end by themselves behind a hyphen or a stroke."""
    pieces, told = [], 0
    word = r"[^\s/-]" if longest > _NARROWEST else r"\S"
    for found in re.finditer(rf"{word}{{{longest + 1},}}", line):
        pieces += [line[told : found.start()], found[0]]
        told = found.end()
    return [*pieces, line[told:]]


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


def _runs(runs: Iterable[Run], longest: int = _LONGEST) -> list[dict[str, Any]]:
    return [_run(run, longest) for run in runs]


def _run(run: Run, longest: int) -> dict[str, Any]:
    made: dict[str, Any] = {"lines": [_pieces(line, longest) for line in _written(run.text).split("\n")]}
    if run.bold:
        made["bold"] = True
    if run.italic:
        made["italic"] = True
    if run.link:
        made["link"] = run.link
        made["address"] = _pieces(_printed(run), longest)
    return made


def _printed(run: Run) -> str:
    """The address of a link as somebody who holds the paper would type it; empty where its words say it, or nobody would."""
    address = re.sub(r"^(?:https?://|mailto:|tel:)", "", run.link or "", flags=re.IGNORECASE).rstrip("/")
    return "" if address in run.text or len(address) > _TYPED else _plain(address)


def _table(table: Table) -> dict[str, Any]:
    totals = table.totals if table.totals <= _MOST_TOTALS else 0
    size, across = next((size, across) for most, size, across in _SIZES if len(table.align) <= most)
    shares, longest = _widths(table, across)
    head, *rows = (
        [_runs(cell, most) for cell, most in zip(row, longest, strict=True)] for row in (table.head, *table.rows)
    )
    return {
        "kind": "table",
        "align": [{Align.LEFT: "start", Align.RIGHT: "end", Align.CENTER: "center"}[one] for one in table.align],
        "size": size,
        "shares": shares,
        "head": head,
        "rows": rows,
        "totals": totals,
        # A sum is never parted from the last row that it is of.
        "kept": min(totals + 1, len(rows)) if totals else 0,
    }


def _widths(table: Table, across: int) -> tuple[list[int], list[int]]:
    """The share of each column in the width of the page, 0 for one that is as wide as what stands in it and never broken;
    and the longest word that each has room for.
    """
    lines = [
        max(len(line) for cell in column for line in "".join(run.text for run in cell).split("\n"))
        for column in zip(table.head, *table.rows, strict=True)
    ]
    fixed = [align != Align.LEFT for align in table.align]
    taken = sum(size for size, one in zip(lines, fixed, strict=True) if one)
    if all(fixed) or taken > _MOST_FIXED:
        fixed, taken = [False] * len(fixed), 0
    broad = max(_NARROW, min(_BROAD, 2 * across // len(lines)))
    shares = [0 if one else max(_NARROW, min(line, broad)) for one, line in zip(fixed, lines, strict=True)]
    room = (across - taken) / sum(shares)
    return shares, [max(_GAP, int(share * room) - _GAP) if share else _LONGEST for share in shares]
