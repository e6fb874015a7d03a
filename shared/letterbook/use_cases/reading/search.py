"""Finds entries by their words, with every other filter, newest first and without a false hit.

The rarest word leads: the entries that hold it are looked at, newest first, and kept when they hold the other words too. Inside a
party or a case, where every word is common, it is their own list that leads. Either way a search makes a bounded number of
requests, and where that is not enough it says how far it has come.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from letterbook.domain.access import Viewer
from letterbook.domain.communication import Entry
from letterbook.domain.errors import FieldError, Invalid
from letterbook.domain.filters import Filters
from letterbook.domain.search_terms import Wanted, is_beginning, matches, parse_query
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

    def with_those_of(self, other: "LeftOut") -> "LeftOut":
        return LeftOut(
            ignored=self.ignored + other.ignored,
            put_right=self.put_right + other.put_right,
            more=self.more or other.more,
        )


NOTHING_LEFT_OUT = LeftOut()


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryPage:
    """`after` is the id to read on from; None at the end. Of what was looked at, `hidden` still collect their data, and `left` are
    left out.

    `cut`: of some texts only the first words are searched, so there may be more that holds these.
    """

    items: Sequence[Entry]
    after: str | None
    hidden: int = 0
    left: LeftOut = NOTHING_LEFT_OUT
    cut: bool = False


def search(
    world: World, viewer: Viewer, filters: Filters, id_range: IdRange, sources: Sequence[IndexKey], *, limit: int
) -> EntryPage:
    """`sources` are the lists that hold what is asked for, words aside. Raises Invalid for words that stand in every text."""
    asked = _askable(parse_query(filters.words, world.settings.current().country))
    known = world.search.known(*_looked_up(asked))
    leads = [_leads(one, known) for one in asked]
    if any(lead == () for lead in leads):
        return EntryPage(items=(), after=None, cut=known.cut)
    leading = min((lead for lead in leads if lead), key=lambda words: _count(words, known), default=None)
    narrow = all(source.index not in (Index.FEED, Index.ATTENTION) for source in sources)
    budget = RequestBudget(_REQUESTS + len(sources))
    if leading is None or (narrow and _count(leading, known) > _RARE):
        candidates = _listed(world, sources, id_range, budget)
    else:
        alone = len(asked) == 1 and all(len(way) == 1 for way in asked[0].ways)
        candidates = _holding(world, leading, id_range, budget, min(limit + 1, TOGETHER) if alone else TOGETHER)
    found: list[Entry] = []
    left: list[Entry] = []
    try:
        for entry in _with_words(world, candidates, asked, budget):
            if not viewer.sees(entry.ownership):
                continue
            if filters.match(entry):
                if len(found) == limit:
                    return EntryPage(items=found, after=found[-1].id, left=LeftOut.of(left), cut=known.cut)
                found.append(entry)
            elif filters.leaves_out(entry):
                left.append(entry)
    except BudgetExhausted as exhausted:
        return EntryPage(items=found, after=exhausted.reached, left=LeftOut.of(left), cut=known.cut)
    return EntryPage(items=found, after=None, left=LeftOut.of(left), cut=known.cut)


def holding(world: World, words: str, ids: Sequence[str]) -> set[str]:
    """Those of the entries that hold all the words. In one request."""
    asked = _askable(parse_query(words, world.settings.current().country))
    known = world.search.words(ids) if ids else {}
    return {one for one in ids if one in known and matches(known[one], asked)}


def _askable(asked: Sequence[Wanted]) -> Sequence[Wanted]:
    """Words that stand in every text are kept nowhere; one that is long enough may still be the beginning of another.

    A beginning that is too short to be looked up is one beside other words only.
    """
    kept = [one for one in asked if not one.common or (one.open and is_beginning(one.ways[0][-1]))]
    if not kept:
        raise Invalid("There is nothing to look for.", FieldError("q", "no_words", "These words stand in every text."))
    short = len(kept) == 1 and not all(is_beginning(way[-1]) for way in kept[0].ways)
    return [replace(kept[0], open=False)] if short else kept


def _looked_up(asked: Sequence[Wanted]) -> tuple[list[str], list[str]]:
    """The whole words of a query, and the beginnings."""
    ways = [(one, way) for one in asked for way in one.ways]
    whole = [word for one, way in ways for word in (way[:-1] if one.opens(way[-1]) else way)]
    begun = [way[-1] for one, way in ways if one.opens(way[-1]) and is_beginning(way[-1])]
    return list(dict.fromkeys(whole)), list(dict.fromkeys(begun))


def _leads(one: Wanted, known: TermCounts) -> tuple[str, ...] | None:
    """The words that lead to all entries with what is asked for: none where there are no such entries, None where too many do."""
    ways = [way for way in one.ways if _may_be(one, way, known)]
    leads = [min(_choices(one, way, known), key=lambda words: _count(words, known), default=None) for way in ways]
    words = tuple(dict.fromkeys(word for lead in leads for word in lead or ()))
    return None if None in leads or len(words) > _MOST_LEADING else words


def _may_be(one: Wanted, way: tuple[str, ...], known: TermCounts) -> bool:
    """Whether all its words are known to the dictionary; what is too short to be looked up may always be."""
    *whole, last = way
    if not one.opens(last):
        whole.append(last)
    elif is_beginning(last) and not known.endings[last]:
        return False
    return all(word in known.whole for word in whole)


def _choices(one: Wanted, way: tuple[str, ...], known: TermCounts) -> list[tuple[str, ...]]:
    """Any word of it leads, and so do all that begin as the last one does, where those are few."""
    *whole, last = way
    if not one.opens(last):
        whole.append(last)
    endings = tuple(known.endings.get(last, ())) if one.opens(last) else ()
    return [*((word,) for word in whole), *([endings] if 0 < len(endings) <= _MOST_LEADING else [])]


def _count(words: Sequence[str], known: TermCounts) -> int:
    return sum(
        known.whole.get(word) or max((of.get(word, 0) for of in known.endings.values()), default=0) for word in words
    )


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


def _with_words(
    world: World, candidates: Iterator[_Batch], asked: Sequence[Wanted], budget: RequestBudget
) -> Iterator[Entry]:
    """Those that hold all the words, now: a word that an entry held once may still lead to it.

    What was read is looked at whatever is left of the budget, so every page gets on.
    """
    for ids, listed in candidates:
        budget.overdraw()
        words = world.search.words(ids)
        held = [one for one in ids if one in words and matches(words[one], asked)]
        entries = listed or (_entries(world, held, budget) if held else {})
        yield from (entries[one] for one in held if one in entries)


def _entries(world: World, ids: Sequence[str], budget: RequestBudget) -> Mapping[str, Entry]:
    budget.overdraw()
    return world.communications.entries(ids)
