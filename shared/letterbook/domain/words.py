"""What a word is, to whoever looks for one: in parties, cases, things and entries alike.

A text is folded first: no accents, no case, no widths, one kind of apostrophe and hyphen, digits of every script as 0 to 9. What
is joined by an apostrophe, a hyphen or, in a reference, a slash is found as a whole and by its parts: O'Neill as `oneill` and
`neill`, DC-2024-00123 as `dc202400123` and `00123`. Scripts that set no blanks between words (Chinese, Japanese, Korean, Thai,
Lao, Khmer, Burmese) are found by two signs at a time: whoever writes three looks for the first two and the last two.
"""

import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise

# So much of a text is looked at: twenty pages.
MOST_CHARACTERS = 50_000
_LONGEST = 100
_MOST_MARKS = 8
_PIECE = 2_000
# Shorter numbers that a hyphen or slash joins are as likely a range or a fraction.
_SHORTEST_REFERENCE = 5

# Letters that have no plain one in them (Unicode decomposes what has), as people without them type them.
_PLAIN = {
    "ø": "o",
    "ł": "l",
    "đ": "d",
    "ð": "d",
    "\u0131": "i",
    "æ": "ae",
    "œ": "oe",
    "þ": "th",
    "ħ": "h",
    "ŧ": "t",
    "ŋ": "n",
    "ĸ": "k",
    "ɓ": "b",
    "ɗ": "d",
    "ƙ": "k",
    "ƴ": "y",
    "ƒ": "f",
    # Letters that one language's keyboard writes for another's.
    "\u0649": "\u064a",
    "\u06cc": "\u064a",
    "\u06a9": "\u0643",
    "\u0629": "\u0647",
}
_APOSTROPHES = dict.fromkeys(
    "\u2019\u2018\u201b\u02bc\u02bb\u02bd\u02b9\u02be\u02bf\u2032\u2035\u00b4`\uff07\ua78c", "'"
)
_HYPHENS = dict.fromkeys("\u2010\u2011\u2012\u2013\u2212\uff0d\ufe63", "-")
# No part of a word and no end of one: marks of trade, tatweel, the dot of Catalan, signs that choose how others are drawn.
_INVISIBLE = dict.fromkeys("\u2122\u00ae\u00a9\u0640\u00b7\u034f" + "".join(map(chr, range(0xFE00, 0xFE10))))
# The two marks that make another letter of a kana.
_VOICED = 8
# 1,250.00 and 1250.00 are one number.
_THOUSANDS = re.compile(r"(?<=\d)[.,'](?=\d{3}(?!\d))")
_BLANK_WITHIN_NUMBER = re.compile("(?<=\\d)[\u00a0\u2009\u202f](?=\\d{3}(?!\\d))")

_DENSE = (
    "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u19e0-\u19ff\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3031-\u3035"
    "\u303b\u3040-\u30ff\u3100-\u318f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\ua4cf\ua960-\ua97f\uaa60-\uaa7f"
    "\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff"
)
# All that is left beside ASCII after folding is letters, digits and their marks. Told by what it is not: said of all signs there
# are, each expression takes milliseconds of every start.
LETTER = "[^\x00-/:-`{-\x7f]"
# Each begins where a word does: tried from every letter, a long one would be read as often as it has letters.
COMPOUND = re.compile(rf"(?<!{LETTER}){LETTER}++(?:['/_-]{LETTER}++)*+")
_PART = re.compile(rf"{LETTER}++")
_RUN = re.compile(rf"[{_DENSE}]++|[^{_DENSE}]++")
_DENSE_SIGN = re.compile(f"[{_DENSE}]")


class _Signs(dict[int, str | int | None]):
    """What becomes of each sign, found out when it is met first."""

    def __init__(self, *, last: bool) -> None:
        super().__init__()
        self._last = last

    def __missing__(self, code: int) -> str | int | None:
        self[code] = _folded_sign(chr(code), last=self._last)
        return self[code]


def _folded_sign(sign: str, *, last: bool) -> str | None:
    if sign in _INVISIBLE or unicodedata.category(sign) == "Cf" or unicodedata.combining(sign) not in (0, _VOICED):
        return None
    sign = _APOSTROPHES.get(sign) or _HYPHENS.get(sign) or sign
    if not last or sign.isascii():
        return sign
    if sign.isdecimal():
        return str(unicodedata.decimal(sign))
    return _PLAIN.get(sign, sign if unicodedata.category(sign)[0] in "LNM" else " ")


_FIRST, _LAST = _Signs(last=False), _Signs(last=True)


def fold(text: str) -> str:
    """A text as words are looked for in it; beside ASCII it holds letters, digits and their marks alone."""
    text = text[:MOST_CHARACTERS]
    if not text.isascii():
        # Marks go first: to put thousands of them on one letter into order takes the square of their number.
        text = _BLANK_WITHIN_NUMBER.sub("", text).translate(_FIRST)
        text = unicodedata.normalize("NFKD", _plain(text).casefold())
        text = unicodedata.normalize("NFC", text[:MOST_CHARACTERS].translate(_LAST))
    return _THOUSANDS.sub("", text.replace("`", "'").lower())


def _plain(text: str) -> str:
    """Compatibility forms as plain ones, piece by piece until it is enough: one sign may become eighteen."""
    pieces: list[str] = []
    for start in range(0, len(text), _PIECE):
        pieces.append(unicodedata.normalize("NFKD", text[start : start + _PIECE]))
        if sum(map(len, pieces)) >= MOST_CHARACTERS:
            break
    return "".join(pieces)[:MOST_CHARACTERS]


@dataclass(frozen=True, slots=True)
class Compound:
    """What stands between two blanks: runs of one script in order, and all of it in one where it may be looked for so."""

    runs: tuple[str, ...]
    whole: str | None = None


def compound(text: str) -> Compound:
    """`text` is one match of COMPOUND in a folded text."""
    pieces = _PART.findall(text)
    runs = tuple(run for piece in pieces for run in _RUN.findall(piece))
    if len(pieces) == 1 or any(is_dense(run) for run in runs):
        return Compound(runs)
    whole = "".join(pieces)
    return Compound(runs, whole[:_LONGEST] if _is_one(whole, text) else None)


def _is_one(whole: str, text: str) -> bool:
    """Whether somebody may write it without what joins it: a name, a reference, a long number."""
    if whole.isdigit():
        return len(whole) >= _SHORTEST_REFERENCE
    return any(one.isdigit() for one in whole) or not {"/", "_"}.intersection(text)


def words_kept(run: str) -> tuple[str, ...]:
    """The words that a run is kept under; of a dense one two signs at a time, and the last alone, so that each begins a word."""
    if not is_dense(run):
        return (run[:_LONGEST],)
    signs = _with_marks(run)
    return (*_pairs(signs), signs[-1])


def words_asked(run: str) -> tuple[str, ...]:
    """The words that a run is looked for by; of a dense one of a single sign that sign, which may begin a word."""
    if not is_dense(run):
        return (run[:_LONGEST],)
    signs = _with_marks(run)
    return _pairs(signs) or (signs[0],)


def _pairs(signs: list[str]) -> tuple[str, ...]:
    return tuple(f"{one}{other}" for one, other in pairwise(signs))


def _with_marks(run: str) -> list[str]:
    """Each sign with the vowels and tones that are written around it, as many as anybody writes."""
    signs: list[str] = []
    for one in run:
        if signs and unicodedata.category(one)[0] == "M":
            signs[-1] = (signs[-1] + one)[:_MOST_MARKS]
        else:
            signs.append(one)
    return signs


def is_dense(word: str) -> bool:
    """Whether it is of a script that sets no blanks."""
    return bool(_DENSE_SIGN.match(word))


def is_single_sign(word: str) -> bool:
    """Whether it is one sign of such a script, with its marks."""
    return is_dense(word) and len(_with_marks(word)) == 1
