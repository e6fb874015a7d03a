"""The words that entries are found by: without accents, case and punctuation, without those that stand in every text."""

import re
import unicodedata
from collections.abc import Iterable
from itertools import islice

# So many words of an entry are found again; the first ones, of what says most about it.
MOST_WORDS = 300
# The shortest beginning of a word that finds it.
SHORTEST_PREFIX = 3
_LONGEST = 40
_WORD = re.compile(r"[^\W_]+")
# fmt: off
STOP_WORDS = frozenset({
    "a", "an", "and", "are", "as", "at", "be", "but", "by", "for", "from", "has", "have", "he", "her", "his", "i", "if",
    "in", "into", "is", "it", "its", "me", "my", "no", "not", "of", "on", "or", "our", "she", "so", "that", "the", "their",
    "them", "they", "this", "to", "us", "was", "we", "were", "will", "with", "would", "you", "your",
})
# fmt: on


def all_words(text: str) -> list[str]:
    """Every word of a text in order, as it is looked up."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(one for one in plain if not unicodedata.combining(one))
    return [one[:_LONGEST] for one in _WORD.findall(bare)]


def words_of(texts: Iterable[str]) -> tuple[str, ...]:
    """The words that are kept of an entry's texts, each once, the first texts first."""
    words = (word for text in texts for word in all_words(text) if word not in STOP_WORDS)
    return tuple(islice(dict.fromkeys(words), MOST_WORDS))


def asked_words(query: str) -> tuple[tuple[str, ...], str | None]:
    """The whole words of a query, and its last word, which may be the beginning of one. What is too short for that is whole."""
    words = all_words(query)
    if not words:
        return (), None
    *whole, last = words
    prefix = last if len(last) >= SHORTEST_PREFIX else None
    kept = [one for one in (whole if prefix else words) if one not in STOP_WORDS]
    return tuple(dict.fromkeys(kept)), prefix


def matches(words: frozenset[str], whole: Iterable[str], prefix: str | None) -> bool:
    """Whether a text of these words has all the whole ones, and one that begins so."""
    return all(one in words for one in whole) and (prefix is None or any(one.startswith(prefix) for one in words))
