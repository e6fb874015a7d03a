"""Characters that mean nothing to the Markdown parser, and stand for those that would.

A value of a template may hold anything, and must read as it is: its punctuation, blanks and line breaks are exchanged for Unicode's
noncharacters, which are for a program's own use and never part of a text, and exchanged back once the structure is made. A value
is a run of letters to the parser, so it can begin no block, close no mark, and make no link.
"""

import re
import string

from letterbook.domain.visible import isolated

# Unicode 23.7: U+FDD0 to U+FDEF, and the last two of each plane.
_NONCHARACTERS = [
    *range(0xFDD0, 0xFDF0),
    *(plane + last for plane in range(0, 0x110000, 0x10000) for last in (0xFFFE, 0xFFFF)),
]
_STANDS_FOR = dict(zip([*string.punctuation, " ", "\t", "\n", ""], map(chr, _NONCHARACTERS), strict=False))

# A line break inside a value: it becomes one after the structure is made.
BREAK = _STANDS_FOR.pop("\n")
# All that values bring, as a class of characters in a pattern.
INERT = "".join([*_STANDS_FOR.values(), BREAK])
# Where a value begins and ends: whatever it is made of, to the parser it is a word.
_EDGE = _STANDS_FOR.pop("")

_TO = str.maketrans(_STANDS_FOR)
_FROM = str.maketrans({inert: one for one, inert in _STANDS_FOR.items()} | {_EDGE: ""})
_NONE_OF_THEM = str.maketrans(dict.fromkeys(_NONCHARACTERS, "\ufffd"))
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f]")


def without_inert(text: str) -> str:
    """What somebody wrote, without what is for our own use."""
    return text if text.isascii() else text.translate(_NONE_OF_THEM)


def escaped(value: object) -> str:
    """The value as it is in Markdown: it reads as it was given, line by line, and turns nothing around it."""
    text = _CONTROLS.sub(" ", without_inert(str(value))).strip("\r\n")
    lines = BREAK.join(isolated(line).translate(_TO) for line in text.splitlines())
    return f"{_EDGE}{lines}{_EDGE}" if lines else ""


def plain(text: str) -> str:
    """What was exchanged, exchanged back; of line breaks see BREAK."""
    return text.translate(_FROM)
