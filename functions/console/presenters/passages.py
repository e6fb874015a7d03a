"""A text as pages show it: the author's own words open, what they quote folded, all of it there; and how high its sheet is."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from letterbook.domain.quotation import passages

_BEGINNING = 60
# What a text alone would not show of a message that we have laid out.
_LAYOUT = re.compile(r"<(?:strong|em|ul|ol|table|h[1-6]|img|blockquote|pre|code|hr)\b", re.IGNORECASE)
# How high lines are, about, and how many characters stand in one: what is in a frame cannot tell.
_HEAD, _LINE, _BETWEEN, _WIDTH, _PICTURE = 44, 24, 11, 60, 120
_LOWEST, _HIGHEST = 120, 1_400


@dataclass(frozen=True, slots=True)
class ShownPassage:
    """`lines` of paragraphs; `begins` is what a folded one is known by, empty for what stands open."""

    paragraphs: Sequence[Sequence[str]]
    begins: str = ""


def shown_passages(text: str, longest: int) -> tuple[list[ShownPassage], bool]:
    """The text, of at most so many characters, and whether it is longer."""
    shown = [_shown(one.text, quoted=one.quoted) for one in passages(text[:longest]) if one.text.strip()]
    return shown, len(text) > longest


def _shown(text: str, *, quoted: bool) -> ShownPassage:
    paragraphs = [
        [line.rstrip() for line in block.strip("\n").split("\n")]
        for block in text.replace("\r\n", "\n").split("\n\n")
        if block.strip()
    ]
    return ShownPassage(paragraphs, _beginning(text) if quoted else "")


def _beginning(text: str) -> str:
    words = " ".join(text.replace(">", " ").split())
    return words if len(words) <= _BEGINNING else f"{words[: _BEGINNING - 1].rstrip()}…"


def is_laid_out(html: str) -> bool:
    """Whether something of it would be lost as text."""
    return bool(_LAYOUT.search(html))


def sheet_height(text: str, pictures: int = 0) -> int:
    """Of the frame that shows it, in pixels."""
    lines = sum(_LINE * (1 + len(one) // _WIDTH) if one.strip() else _BETWEEN for one in text.split("\n"))
    return max(_LOWEST, min(_HIGHEST, _HEAD + lines + _PICTURE * pictures))
