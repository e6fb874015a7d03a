"""Reads entries newest first out of the log's indexes, page by page, within a budget of requests."""

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from letterbook.domain.communication import Entry
from letterbook.domain.ids import Kind, first_id, time_of
from letterbook.domain.month import Month
from letterbook.ports import Index, World

# Where a filter matches rarely, further pages are larger.
FURTHER_PAGE = 200


@dataclass(frozen=True, slots=True)
class IndexKey:
    """A key of an index. The feed's key is its month, which the stream works out."""

    index: Index
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IdRange:
    """The ids that are asked for: `above` <= id < `below`; `first` is how many rows the first request fetches."""

    above: str
    below: str
    first: int


class BudgetExhausted(Exception):
    """The requests are used up; everything from the id `reached` on up was read."""

    def __init__(self, reached: str) -> None:
        super().__init__(reached)
        self.reached = reached


class RequestBudget:
    """How many requests a list may still make."""

    def __init__(self, requests: int) -> None:
        self._left = requests

    def spend(self, reached: str) -> None:
        if self._left <= 0:
            raise BudgetExhausted(reached)
        self._left -= 1

    def overdraw(self) -> None:
        """One request that is made in any case, at the cost of those that follow."""
        self._left -= 1


def merge_newest_first(
    world: World, sources: Sequence[IndexKey], id_range: IdRange, budget: RequestBudget
) -> Iterator[Entry]:
    """The entries of all sources, newest first, each once. Raises BudgetExhausted."""
    streams = [_stream(world, source, id_range, budget) for source in sources]
    if len(streams) == 1:
        yield from streams[0]
        return
    last = ""
    for entry in heapq.merge(*streams, key=lambda entry: entry.id, reverse=True):
        if entry.id != last:
            last = entry.id
            yield entry


def _stream(world: World, source: IndexKey, id_range: IdRange, budget: RequestBudget) -> Iterator[Entry]:
    if source.index is Index.FEED:
        yield from _feed(world, id_range, budget)
    else:
        yield from _key(world, source, id_range, budget)


def _feed(world: World, id_range: IdRange, budget: RequestBudget) -> Iterator[Entry]:
    """The feed is kept by month; how far back there are any is asked only when the newest month is used up."""
    month = Month.of(time_of(id_range.below))
    last = Month.of(time_of(id_range.above))
    newest = True
    while month >= last:
        below = min(id_range.below, first_id(Kind.COMMUNICATION, month.end))
        yield from _key(world, IndexKey(Index.FEED, month.key), replace(id_range, below=below), budget)
        if newest:
            newest, last = False, max(last, world.communications.oldest_month() or month)
        month = month.before


def _key(world: World, source: IndexKey, id_range: IdRange, budget: RequestBudget) -> Iterator[Entry]:
    below: str | None = id_range.below
    size = id_range.first
    while below:
        budget.spend(below)
        page = world.communications.page(source.index, source.key, above=id_range.above, below=below, limit=size)
        yield from page.items
        below, size = page.after, FURTHER_PAGE
