"""The words that entries are found by: without accents, case and punctuation, without those that stand in every text."""

import re
import unicodedata
from collections.abc import Iterable
from itertools import islice

# So many words of an entry are found again; the first ones, of what says most about it.
MOST_WORDS = 300
# The shortest beginning of a word that finds it.
SHORTEST_PREFIX = 3
_LONGEST = 100
# So much of a text is looked at for them: twenty pages.
_MOST_CHARACTERS = 50_000
_SHORTEST_NUMBER = 7
_WORD = re.compile(r"[^\W_]+")
# fmt: off
STOP_WORDS = frozenset({
    "a", "an", "and", "are", "as", "at", "be", "but", "by", "for", "from", "has", "have", "he", "her", "his", "i", "if",
    "in", "into", "is", "it", "its", "me", "my", "no", "not", "of", "on", "or", "our", "she", "so", "that", "the", "their",
    "them", "they", "this", "to", "us", "was", "we", "were", "will", "with", "would", "you", "your",
})
# fmt: on


# Letters that have no plain one in them (Unicode decomposes what has), as people without them type them.
_PLAIN = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "\u0131": "i", "æ": "ae", "œ": "oe", "þ": "th", "ħ": "h"}
)
# No part of a word and no end of one: soft hyphen, zero-width blanks and joiners, marks of trade.
_INVISIBLE = re.compile("[\u00ad\u2122\u00ae\u00a9\u200b-\u200d\u2060\ufeff]")
# 1,250.00 and 1250.00 are one number.
_THOUSANDS = re.compile(r"(?<=\d)[.,'\u2019](?=\d{3}(?!\d))")
# It begins where a word does: tried from every letter, a long word would be read as often as it has letters.
_JOINED = re.compile(r"(?<![^\W\d_])[^\W\d_]++(?:['\u2019-][^\W\d_]++)+")
# A telephone number, however it is written: abroad or at home, they begin so.
_DIALLED = re.compile(r"\(?[+0][\d\s()./-]{6,24}")


def _bare(text: str) -> str:
    # Marks go first: to put thousands of them on one letter into order takes the square of their number.
    plain = unicodedata.normalize("NFKD", _unmarked(_INVISIBLE.sub("", text[:_MOST_CHARACTERS])))
    folded = unicodedata.normalize("NFKD", _unmarked(plain).casefold())
    bare = _unmarked(folded).translate(_PLAIN)
    return _THOUSANDS.sub("", bare)


def _unmarked(text: str) -> str:
    return text if text.isascii() else "".join(one for one in text if not unicodedata.combining(one))


def all_words(text: str) -> list[str]:
    """Every word of a text in order, as it is looked up."""
    return [one[:_LONGEST] for one in _WORD.findall(_bare(text))]


def terms_of(texts: Iterable[str]) -> tuple[str, ...]:
    """The words that are kept of an entry's texts, each once, the first texts first. O'Brien is kept as obrien too."""
    words = (word for text in texts for word in (*all_words(text), *_joined(text)) if word not in STOP_WORDS)
    return tuple(islice(dict.fromkeys(words), MOST_WORDS))


def _joined(text: str) -> list[str]:
    return ["".join(_WORD.findall(one))[:_LONGEST] for one in _JOINED.findall(_bare(text))]


def parse_query(query: str) -> tuple[tuple[str, ...], str | None]:
    """The whole words of a query, and its last word, which may be the beginning of one. What is too short for that is whole.

    A telephone number is one word. Words that stand in every text are left out, the last one where it is not all there is.
    """
    digits = "".join(one for one in query if one.isdigit())
    if _DIALLED.fullmatch(query.strip()) and len(digits) >= _SHORTEST_NUMBER and not query.strip().isdigit():
        return (), digits.removeprefix("00")
    words = all_words(query)
    if not words:
        return (), None
    *whole, last = words
    prefix = last if len(last) >= SHORTEST_PREFIX else None
    kept = [one for one in (whole if prefix else words) if one not in STOP_WORDS]
    if prefix in STOP_WORDS and kept:
        prefix = None
    return tuple(dict.fromkeys(kept)), prefix


def matches(words: frozenset[str], whole: Iterable[str], prefix: str | None) -> bool:
    """Whether a text of these words has all the whole ones, and one that begins so."""
    return all(one in words for one in whole) and (prefix is None or any(one.startswith(prefix) for one in words))
