"""Finds entries by their words, with every other filter, newest first and without a false hit.

The rarest word leads: the entries that hold it are looked at, newest first, and kept when they hold the other words too. Inside a
party or a case, where every word is common, it is their own list that leads. Either way a search makes a bounded number of
requests, and where that is not enough it says how far it has come.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from letterbook.domain.access import Viewer
from letterbook.domain.communication import Entry
from letterbook.domain.errors import FieldError, Invalid
from letterbook.domain.filters import Filters
from letterbook.domain.search_terms import matches, parse_query
from letterbook.ports import Index, TermCounts, World
from letterbook.use_cases.reading.index_reader import (
    BudgetExhausted,
    IdRange,
    IndexKey,
    RequestBudget,
    merge_newest_first,
)

# Looked at together: as many as one request gives back (BatchGetItem).
TOGETHER = 100
# Of words that are rarer than this, all entries are looked at sooner than a party's whole list is.
_RARE = 200
# So many words may begin alike and still lead.
_MOST_LEADING = 6
# With what says which words there are, and with what was begun and is still looked at, ten in all.
_REQUESTS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """How many would be listed, had nobody put them aside: `ignored` by somebody, or `put_right` (settled, overtaken, seen to).

    `more`: at least so many.
    """

    ignored: int = 0
    put_right: int = 0
    more: bool = False

    @classmethod
    def of(cls, entries: Sequence[Entry], *, more: bool = False) -> "LeftOut":
        ignored = sum(one.ignored for one in entries)
        return cls(ignored=ignored, put_right=len(entries) - ignored, more=more)


NOTHING_LEFT_OUT = LeftOut()


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryPage:
    """`after` is the id to read on from; None at the end. Of what was looked at, `hidden` still collect their data, and `left` are
    left out.
    """

    items: Sequence[Entry]
    after: str | None
    hidden: int = 0
    left: LeftOut = NOTHING_LEFT_OUT


@dataclass(frozen=True, slots=True, kw_only=True)
class _Query:
    whole: tuple[str, ...]
    prefix: str | None


def search(
    world: World, viewer: Viewer, filters: Filters, id_range: IdRange, sources: Sequence[IndexKey], *, limit: int
) -> EntryPage:
    """`sources` are the lists that hold what is asked for, words aside. Raises Invalid for words that stand in every text."""
    whole, prefix = parse_query(filters.words)
    if not whole and not prefix:
        raise Invalid("There is nothing to look for.", FieldError("q", "no_words", "These words stand in every text."))
    asked = _Query(whole=whole, prefix=prefix)
    known = world.search.known(whole, prefix)
    if any(word not in known.whole for word in whole) or (prefix and not known.endings):
        return EntryPage(items=(), after=None)
    leading = _leading(asked, known)
    narrow = all(source.index not in (Index.FEED, Index.ATTENTION) for source in sources)
    budget = RequestBudget(_REQUESTS + len(sources))
    if leading is None or (narrow and _count(leading, known) > _RARE):
        candidates = _listed(world, sources, id_range, budget)
    else:
        alone = len(asked.whole) + (asked.prefix is not None) == 1
        candidates = _holding(world, leading, id_range, budget, min(limit + 1, TOGETHER) if alone else TOGETHER)
    found: list[Entry] = []
    left: list[Entry] = []
    try:
        for entry in _with_words(world, candidates, asked, budget):
            if not viewer.sees(entry.ownership):
                continue
            if filters.match(entry):
                if len(found) == limit:
                    return EntryPage(items=found, after=found[-1].id, left=LeftOut.of(left))
                found.append(entry)
            elif filters.leaves_out(entry):
                left.append(entry)
    except BudgetExhausted as exhausted:
        return EntryPage(items=found, after=exhausted.reached, left=LeftOut.of(left))
    return EntryPage(items=found, after=None, left=LeftOut.of(left))


def _leading(asked: _Query, known: TermCounts) -> tuple[str, ...] | None:
    """The rarest word, or all that begin as the last one does, where those are rarer still; None where too many do."""
    leads: list[tuple[str, ...]] = [(word,) for word in asked.whole]
    if asked.prefix and len(known.endings) <= _MOST_LEADING:
        leads.append(tuple(known.endings))
    return min(leads, key=lambda words: _count(words, known), default=None)


def _count(words: Sequence[str], known: TermCounts) -> int:
    return sum(known.whole.get(word, 0) or known.endings.get(word, 0) for word in words)


# Ids of what may be found, as many as are looked at together; the entries themselves where a list gave them.
_Batch = tuple[list[str], dict[str, Entry]]


def _holding(
    world: World, words: Sequence[str], id_range: IdRange, budget: RequestBudget, together: int
) -> Iterator[_Batch]:
    """The entries that hold any of the words, newest first."""
    below: str | None = id_range.below
    while below:
        budget.spend(below)
        page = world.search.page(words, above=id_range.above, below=below, limit=together)
        for start in range(0, len(page.items), TOGETHER):
            yield list(page.items[start : start + TOGETHER]), {}
        below = page.after


def _listed(world: World, sources: Sequence[IndexKey], id_range: IdRange, budget: RequestBudget) -> Iterator[_Batch]:
    """What the lists hold, newest first."""
    together: dict[str, Entry] = {}
    try:
        for entry in merge_newest_first(world, sources, id_range, budget):
            together[entry.id] = entry
            if len(together) == TOGETHER:
                yield list(together), together
                together = {}
    except BudgetExhausted:
        # What was read before the requests were used up was not looked at yet.
        if together:
            yield list(together), together
        raise
    if together:
        yield list(together), together


def _with_words(world: World, candidates: Iterator[_Batch], asked: _Query, budget: RequestBudget) -> Iterator[Entry]:
    """Those that hold all the words, now: a word that an entry held once may still lead to it.

    What was read is looked at whatever is left of the budget, so every page gets on.
    """
    for ids, listed in candidates:
        budget.overdraw()
        words = world.search.words(ids)
        held = [one for one in ids if one in words and matches(words[one], asked.whole, asked.prefix)]
        entries = listed or (_entries(world, held, budget) if held else {})
        yield from (entries[one] for one in held if one in entries)


def _entries(world: World, ids: Sequence[str], budget: RequestBudget) -> Mapping[str, Entry]:
    budget.overdraw()
    return world.communications.entries(ids)
