"""HTML that a stranger wrote, as it may be shown: without what acts, reaches out, turns the direction, or grows.

A parser of HTML mends what is wrong, and a stranger chooses how much there is to mend: a formatting element that is never closed is
opened anew in every paragraph after it (HTML, 13.2.6.4.7, the adoption agency), so that 13 KB become 14 MB; and a tree is built in
the square of its depth. So what goes to the parser is written anew from one pass over it: only elements that we show, each
closed where its parent is. Of that there is nothing to mend, and it is about as long as what came in.
"""

from collections.abc import Iterator

import nh3

from letterbook.adapters.html_pieces import BLOCKS, PIECE, tag_of
from letterbook.adapters.html_text import without_tags
from letterbook.domain.text import MAX_HTML_BYTES
from letterbook.domain.visible import unturned

__all__ = ["clean", "without_tags"]

# More elements in each other than any letter has.
_MAX_OPEN = 500
# How often an element that stands open is looked at: a large letter needs a tenth of it, and it takes less than a second.
_MAX_LOOKS = 10_000_000
# `bdo` is there to turn the direction.
_TAGS = nh3.ALLOWED_TAGS - {"bdo"}
_STYLES = {"color", "background-color", "font-weight", "font-style", "text-align", "text-decoration", "white-space"}
_ATTRIBUTES = {**nh3.ALLOWED_ATTRIBUTES, "*": {"style", "dir", "lang"}}
# `cid:` names a part of the same mail (RFC 2392), which only a picture can be shown as.
_SCHEMES = {"http", "https", "mailto", "tel", "cid"}
_CID = "cid:"
_MAX_ATTRIBUTES_CHARACTERS = 8_000
_VOID = frozenset({"area", "br", "col", "hr", "img", "wbr"})
_ROWS = frozenset({"caption", "colgroup", "thead", "tbody", "tfoot"})
_CELLS = frozenset({"td", "th"})
_TABLE = frozenset({"table", "tr", "col"}) | _ROWS | _CELLS
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})


def clean(rich: str) -> str | None:
    """HTML without anything that acts, or that reaches out by itself but for pictures: those wait until somebody asks for them.

    None for what is nested without end, or longer than it can be shown.
    """
    written = _Balanced()
    if not written.all_of(rich):
        return None
    balanced = "".join(written.pieces)
    cleaned = nh3.clean(
        balanced,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        filter_style_properties=_STYLES,
        attribute_filter=_without_foreign_cid if _CID in balanced.lower() else None,
        link_rel="noopener noreferrer nofollow",
    )
    return unturned(cleaned) if len(cleaned.encode(errors="replace")) <= MAX_HTML_BYTES else None


def _without_foreign_cid(tag: str, attribute: str, value: str) -> str | None:
    """Its scheme in lower case, so that whoever puts the picture in its place finds it; None where it is no picture's."""
    if value.strip()[: len(_CID)].lower() != _CID:
        return value
    return _CID + value.strip()[len(_CID) :] if (tag, attribute) == ("img", "src") else None


class _Balanced:
    """`pieces` are the HTML written so far; `_open` the elements that stand open in it, the innermost last."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self._open: list[str] = []
        self._looks = 0

    def all_of(self, rich: str) -> bool:
        """Whether it could be written; False where it goes too deep."""
        at = 0
        for piece in PIECE.finditer(rich):
            self._text(rich[at : piece.start()])
            at = piece.end()
            name, is_end, attributes = tag_of(piece)
            if name not in _TAGS:
                continue
            if is_end:
                self._end(name)
            else:
                self._begin(name, attributes)
            if len(self._open) > _MAX_OPEN or self._looks > _MAX_LOOKS:
                return False
        self._text(rich[at:])
        self._close_to(0)
        return True

    def _text(self, text: str) -> None:
        self.pieces.append(text.replace("<", "&lt;"))

    def _begin(self, name: str, attributes: str) -> None:
        if name in _TABLE and not self._prepare_table(name):
            return
        if name in BLOCKS:
            self._close_nearest({"p"}, _CELLS | {"table", "caption"})
        if name in _HEADINGS:
            self._close_nearest(_HEADINGS, BLOCKS - _HEADINGS | _CELLS | {"caption"})
        if name == "li":
            self._close_nearest({"li"}, {"ul", "ol", "table", *_CELLS})
        if name in ("dd", "dt"):
            self._close_nearest({"dd", "dt"}, {"dl", "table", *_CELLS})
        if name == "a":
            self._close_nearest({"a"}, {"table", "caption", *_CELLS})
        kept = attributes if len(attributes) <= _MAX_ATTRIBUTES_CHARACTERS else ""
        self.pieces.append(f"<{name}{kept}>")
        if name not in _VOID:
            self._open.append(name)

    def _prepare_table(self, name: str) -> bool:
        """Closes what the part of a table cannot stand in. False for one that stands in no table, which is left out."""
        if name == "table":
            # Between its cells nothing stands, not even another table.
            return not self._open or self._open[-1] not in _TABLE - _CELLS - {"caption"}
        inside = {"table"} if name in _ROWS else {"table", "thead", "tbody", "tfoot"} if name == "tr" else {"tr"}
        if name == "col":
            inside = {"colgroup", "table"}
        for place in reversed(range(len(self._open))):
            self._looks += 1
            if self._open[place] in inside:
                self._close_to(place + 1)
                return True
            if self._open[place] == "table":
                if name not in _CELLS:
                    break
                self._begin("tr", "")
                return True
        return False

    def _end(self, name: str) -> None:
        beyond = {"table"} - {name} if name in _TABLE else _CELLS | {"table", "caption"}
        self._close_nearest({name}, beyond)

    def _close_nearest(self, names: frozenset[str] | set[str], beyond: frozenset[str] | set[str]) -> None:
        """Closes the innermost of these elements and all that stand in it, unless one of `beyond` is in between."""
        for place in reversed(range(len(self._open))):
            self._looks += 1
            if self._open[place] in names:
                self._close_to(place)
                return
            if self._open[place] in beyond:
                return

    def _close_to(self, place: int) -> None:
        self.pieces.extend(self._closing(place))
        del self._open[place:]

    def _closing(self, place: int) -> Iterator[str]:
        return (f"</{one}>" for one in reversed(self._open[place:]))
