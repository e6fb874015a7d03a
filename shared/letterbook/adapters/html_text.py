"""HTML as text: what is read of it, in the lines that it has on a screen. One pass, without a tree, so its depth costs nothing."""

import html
import re
from enum import IntEnum

from letterbook.adapters.html_pieces import BLOCKS, PIECE, tag_of

# `html.unescape` refuses numbers of thousands of digits; no character has more than seven.
_ZEROS = re.compile(r"&#(x?)0{2,}+(?=[0-9a-f])", re.IGNORECASE)
_NO_CHARACTER = re.compile(r"&#(?:[0-9]{8,}+|x[0-9a-f]{7,}+);?", re.IGNORECASE)
_ALT = re.compile(r"(?:^|[\s\"'])alt\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE)
_CELLS = frozenset({"td", "th"})
_ROWS = frozenset({"tr", "table", "thead", "tbody", "tfoot", "caption"})
# With an empty line before and behind, as browsers show them.
_PARAGRAPHS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "blockquote", "pre", "table", "hr"})
_LINES = BLOCKS | _ROWS | {"address", "body", "fieldset", "form", "html", "main", "section", "option", "legend"}


class _Gap(IntEnum):
    """What stands between two words, the widest of all that ask for it."""

    NOTHING = 0
    BLANK = 1
    LINE = 2
    PARAGRAPH = 3


_WRITTEN = {_Gap.NOTHING: "", _Gap.BLANK: " ", _Gap.LINE: "\n", _Gap.PARAGRAPH: "\n\n"}


def without_tags(rich: str) -> str:
    """The cells of a row are apart by a blank, blocks by lines. A picture is what it says of itself."""
    written = _Text()
    at = 0
    for piece in PIECE.finditer(rich):
        written.add(rich[at : piece.start()])
        at = piece.end()
        name, is_end, attributes = tag_of(piece)
        written.tag(name, attributes, is_end=is_end)
    written.add(rich[at:])
    return "".join(written.pieces)


def unescaped(text: str) -> str:
    """With the characters that its references stand for. Never raises."""
    if "&" not in text:
        return text
    return html.unescape(_NO_CHARACTER.sub("\ufffd", _ZEROS.sub(r"&#\g<1>0", text)))


class _Text:
    """`pieces` are the words so far and what stands between them; `_gap` is what comes before the next."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self._gap = _Gap.NOTHING
        self._preformatted = 0
        # Within a cell: whether nothing was written in it yet, and whether it began on the line on which it stands.
        self._in_cell = self._is_blank_cell = self._is_one_line = False

    def add(self, text: str) -> None:
        shown = unescaped(text)
        if self._preformatted:
            self._add_lines(shown)
            return
        words = " ".join(shown.split())
        if shown[:1].isspace():
            self._widen(_Gap.BLANK)
        if words:
            self._write(words)
            if shown[-1].isspace():
                self._widen(_Gap.BLANK)

    def tag(self, name: str, attributes: str, *, is_end: bool) -> None:
        if name in _CELLS:
            self._cell(is_end=is_end)
        elif name == "br":
            self._break_line()
        elif name == "img" and not is_end:
            self._picture(attributes)
        elif name in _LINES:
            if name in _ROWS:
                self._in_cell = self._is_blank_cell = False
            if not self._is_blank_cell:
                self._widen(_Gap.PARAGRAPH if name in _PARAGRAPHS else _Gap.LINE)
            if name == "pre":
                self._preformatted = max(0, self._preformatted + (-1 if is_end else 1))

    def _cell(self, *, is_end: bool) -> None:
        """A block that fills a cell, as a paragraph of Outlook's, makes no line of its own."""
        if self._in_cell and self._is_one_line and not self._is_blank_cell:
            self._gap = min(self._gap, _Gap.BLANK)
        self._in_cell = self._is_blank_cell = self._is_one_line = not is_end
        self._widen(_Gap.BLANK)

    def _break_line(self) -> None:
        if not self._is_blank_cell:
            self._widen(_Gap.PARAGRAPH if self._gap >= _Gap.LINE else _Gap.LINE)

    def _picture(self, attributes: str) -> None:
        found = _ALT.search(attributes)
        words = " ".join(unescaped(found[1] or found[2] or found[3] or "").split()) if found else ""
        if words:
            self._widen(_Gap.BLANK)
            self._write(words)
            self._widen(_Gap.BLANK)

    def _add_lines(self, shown: str) -> None:
        for place, line in enumerate(shown.replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ").split("\n")):
            if place:
                self._break_line()
            if line.strip():
                self._write(line)
            elif line:
                self._widen(_Gap.BLANK)

    def _widen(self, gap: _Gap) -> None:
        self._gap = max(self._gap, gap)

    def _write(self, words: str) -> None:
        if self.pieces:
            self.pieces.append(_WRITTEN[self._gap])
            self._is_one_line &= self._gap < _Gap.LINE or self._is_blank_cell
        self.pieces.append(words)
        self._gap = _Gap.NOTHING
        self._is_blank_cell = False
