"""The words that a thing is kept under, and what a query asks of them. What a word is, says words.py."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from heapq import merge
from itertools import islice

from letterbook.domain.dialled import dialled_forms
from letterbook.domain.words import (
    COMPOUND,
    LETTER,
    MOST_CHARACTERS,
    Compound,
    compound,
    fold,
    is_dense,
    is_single_sign,
    words_asked,
    words_kept,
)

# So many words of an entry are found again, the first ones, of what says most about it: all of twenty pages, for most.
MOST_WORDS = 2_000
# What an entry is kept under that has more; a word that nobody writes.
CUT = "~cut"
# The shortest beginning of a word that finds it; of scripts that set no blanks, a single sign.
SHORTEST_PREFIX = 3
# So much of a query is read, and so many words of it are looked for.
_LONGEST_QUERY = 500
MOST_ASKED = 40
# fmt: off
STOP_WORDS = frozenset({
    "a", "an", "and", "are", "as", "at", "be", "but", "by", "for", "from", "has", "have", "he", "her", "his", "i", "if",
    "in", "into", "is", "it", "its", "me", "my", "no", "not", "of", "on", "or", "our", "she", "so", "that", "the", "their",
    "them", "they", "this", "to", "us", "was", "we", "were", "will", "with", "would", "you", "your",
})
# fmt: on
# Digits as people group them: a telephone number, an amount. What a letter, a hyphen or a slash stands before is part of a word.
_GROUPED = re.compile(rf"(?<!{LETTER})(?<![/-])(?:\(?\+|\()?[0-9](?:[ ()./-]{{0,3}}[0-9]){{0,24}}(?!{LETTER})")
_FRACTION = re.compile(r"(?<=[0-9])\.[0-9]{1,2}$")
_SHORTEST_GROUPED = 5
# So many numbers of a text are read as telephone numbers.
_MOST_NUMBERS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """`cut` where there were more words than are kept."""

    words: tuple[str, ...]
    cut: bool = False


def terms_of(
    texts: Iterable[str], country: str | None = None, *, most: int = MOST_WORDS, common: bool = False
) -> Terms:
    """The words that are kept of texts, each once, the first texts first. Numbers are read as they are dialled in `country`.

    Words that stand in every text are kept only where `common` ones are asked for: a name may be one.
    """
    given = list(texts)
    words = (word for text in given for word in _words_of(text, country) if common or word not in STOP_WORDS)
    kept = tuple(islice(dict.fromkeys(words), most + 1))
    return Terms(words=kept[:most], cut=len(kept) > most or any(len(text) > MOST_CHARACTERS for text in given))


def _words_of(text: str, country: str | None) -> Iterator[str]:
    """In the order in which they stand there, so that the first are kept of a long text: numbers, too."""
    folded = fold(text)
    numbers = islice(_GROUPED.finditer(folded), _MOST_NUMBERS)
    for found in merge(COMPOUND.finditer(folded), numbers, key=re.Match.start):
        if found.re is _GROUPED:
            yield from _number_words(found[0], country)
            continue
        read = compound(found[0])
        yield from (word for run in read.runs for word in words_kept(run))
        if read.whole:
            yield read.whole


def _number_words(written: str, country: str | None) -> Iterator[str]:
    joined = _joined(written)
    if joined and not written.isdigit():
        yield joined
    yield from dialled_forms(written, country)


def _joined(written: str) -> str | None:
    """The digits of several groups in one; pence after a dot are no group."""
    whole = written if written.count(".") > 1 else _FRACTION.sub("", written)
    digits = "".join(one for one in whole if one.isdigit())
    return digits if len(digits) >= _SHORTEST_GROUPED and digits != whole else None


@dataclass(frozen=True, slots=True)
class Wanted:
    """One word of a query: found where a text has all words of one of its `ways`, the last of which may begin one if `open`."""

    ways: tuple[tuple[str, ...], ...]
    open: bool = False

    @property
    def common(self) -> bool:
        return all(word in STOP_WORDS for way in self.ways for word in way)

    def found_in(self, words: frozenset[str]) -> bool:
        return any(self._holds(words, way) for way in self.ways)

    def _holds(self, words: frozenset[str], way: tuple[str, ...]) -> bool:
        *whole, last = way
        if not all(one in words for one in whole):
            return False
        return last in words or (self.opens(last) and any(one.startswith(last) for one in words))

    def opens(self, word: str) -> bool:
        """Whether the last word of a way may be a beginning."""
        return self.open or is_single_sign(word)


def parse_query(query: str, country: str | None = None, *, anywhere: bool = False) -> tuple[Wanted, ...]:
    """What is asked for, word by word; nothing where there is no word in it. The last may be a beginning; with `anywhere`, each.

    A number in groups of digits is one word. Words that stand in every text count only where there are no others.
    """
    folded = fold(query[:_LONGEST_QUERY])
    asked: dict[tuple[tuple[str, ...], ...], None] = {}
    place = 0
    while place < len(folded) and len(asked) < MOST_ASKED:
        number, word = _GROUPED.search(folded, place), COMPOUND.search(folded, place)
        if word is None:
            break
        if number and number.start() <= word.start():
            asked[_ways_of_number(number[0], country)] = None
            place = number.end()
        else:
            asked[_ways_of_word(compound(word[0]))] = None
            place = word.end()
    ways = list(asked)
    wanted = [Wanted(each, anywhere or at == len(ways) - 1) for at, each in enumerate(ways)]
    return tuple(one for one in wanted if not one.common) or tuple(wanted)


@dataclass(frozen=True, slots=True)
class Query:
    """What somebody wrote to find a party, a case or a subject: as they wrote it, and word by word, each perhaps a beginning."""

    text: str
    wanted: tuple[Wanted, ...]

    @classmethod
    def of(cls, text: str, country: str) -> "Query":
        """Numbers are read as they are dialled in `country`."""
        return cls(text.strip(), parse_query(text, country, anywhere=True))


def _ways_of_word(read: Compound) -> tuple[tuple[str, ...], ...]:
    apart = tuple(word for run in read.runs for word in words_asked(run))
    kept = tuple(word for word in apart if word not in STOP_WORDS) or apart
    return ((read.whole,), kept) if read.whole else (kept,)


def _ways_of_number(written: str, country: str | None) -> tuple[tuple[str, ...], ...]:
    groups = tuple(re.findall(r"\d+", written))
    joined = _joined(written)
    ways = [(joined.removeprefix("00") if written.startswith("00") else joined,)] if joined else []
    dialled = [(one,) for one in dialled_forms(written, country, lenient=True)[:1]]
    return tuple(dict.fromkeys((*ways, *dialled, groups)))


def matches(words: frozenset[str], asked: Iterable[Wanted]) -> bool:
    """Whether a text of these words has all that is asked for."""
    return all(one.found_in(words) for one in asked)


def beginning(word: str) -> str:
    """Words that begin alike lie together: the shortest beginning that finds them."""
    return word[: 1 if is_dense(word) else SHORTEST_PREFIX]


def is_beginning(word: str) -> bool:
    """Whether it is long enough to be looked up as one."""
    return is_dense(word) or len(word) >= SHORTEST_PREFIX
