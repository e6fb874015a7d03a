"""The search index in DynamoDB, one table:

    w#inv            invoice#com_1      that an entry holds a word
    d#inv            invoice            that there is such a word, and about how often (`n`)
    e#com_1          entry              all the words of an entry, squeezed; what it counts as
    s#2026-11        20#email#failed    how many entries there are (`n`): day, channel, group

Words lie together by their beginnings (domain/search_terms.py), so that a beginning of a word finds them. Entries are newest first
within a word. An entry of which not every word is kept holds the word `~cut` besides, which nobody writes.
"""

import random
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import merge
from itertools import islice

from pynamodb.exceptions import DoesNotExist
from pynamodb.expressions.condition import And, Condition

from letterbook.adapters.dynamodb.batch_get import ItemKey, fetch
from letterbook.adapters.dynamodb.sort_keys import just_before
from letterbook.adapters.dynamodb.tables.search import SearchItem
from letterbook.adapters.dynamodb.transaction import Write, commit
from letterbook.domain.search_terms import CUT, beginning
from letterbook.ports import IndexedEntry, Page, StatsKey, TermCounts

_ENTRY = "entry"
# One in so many is counted, for so many: nobody needs to know better how common a word is.
_SAMPLE = 16
# More words than this begin alike only for beginnings that say nothing yet.
_MOST_ENDINGS = 40


class DynamoSearch:
    """See ports.Search."""

    def __init__(self) -> None:
        self._known: set[str] = set()

    def indexed(self, communication_id: str) -> IndexedEntry | None:
        try:
            item = SearchItem.get(f"e#{communication_id}", _ENTRY, consistent_read=True)
        except DoesNotExist:
            return None
        return IndexedEntry(
            words=_words(item), counted=StatsKey.parse(item.counted) if item.counted else None, length=int(item.n or 0)
        )

    def put(
        self, communication_id: str, before: IndexedEntry | None, after: IndexedEntry, *, anew: bool = False
    ) -> None:
        """Whoever searches looks at what an entry holds now: a posting that leads to it in vain does no harm, a missing one does.

        So postings come first, and are not taken away while the entry is there: somebody else may have come to need them.
        """
        old = before.words if before and not anew else frozenset()
        self._add(communication_id, after.words - old)
        self._keep(communication_id, before, after)

    def remove(self, communication_id: str, before: IndexedEntry | None, length: int) -> None:
        self._keep(communication_id, before, IndexedEntry(words=frozenset(), counted=None, length=length))
        with SearchItem.batch_write() as batch:
            for word in before.words if before else ():
                batch.delete(SearchItem(f"w#{beginning(word)}", f"{word}#{communication_id}"))

    def _keep(self, communication_id: str, before: IndexedEntry | None, after: IndexedEntry) -> None:
        entry = SearchItem(f"e#{communication_id}", _ENTRY, n=after.length, words=_squeezed(after.words))
        entry.counted = str(after.counted) if after.counted else None
        counts = _difference(before.counted if before else None, after.counted)
        numbers = [Write(item=_counted_item(one), add=(SearchItem.n, number)) for one, number in counts]
        commit([Write(item=entry, condition=_unchanged(before)), *numbers])

    def known(self, whole: Iterable[str], beginnings: Iterable[str]) -> TermCounts:
        keys = [_dictionary_key(word) for word in (*whole, CUT)]
        found = {item.id: int(item.n or 0) for item in fetch(keys, consistent=False) if isinstance(item, SearchItem)}
        return TermCounts(cut=found.pop(CUT, 0) > 0, whole=found, endings={one: _endings(one) for one in beginnings})

    def page(self, words: Sequence[str], *, above: str, below: str, limit: int) -> Page[str]:
        """One request for each word. `after` is the id to read on from."""
        pages = [self._of(word, above, below, limit) for word in words]
        ids = list(dict.fromkeys(merge(*(ids for ids, _ in pages), reverse=True)))
        reached = max((ids[-1] for ids, more in pages if more), default=None)
        kept = [one for one in ids if reached is None or one >= reached]
        return Page(items=kept, after=reached)

    def words(self, communication_ids: Iterable[str]) -> Mapping[str, frozenset[str]]:
        keys = (ItemKey(SearchItem, {"term": f"e#{one}", "id": _ENTRY}) for one in communication_ids)
        items = fetch(keys, consistent=False)
        return {item.term[2:]: _words(item) for item in items if isinstance(item, SearchItem)}

    def counts(self, months: Iterable[str]) -> Iterator[tuple[StatsKey, int]]:
        for month in months:
            for item in SearchItem.query(f"s#{month}"):
                yield StatsKey.parse(f"{month}-{item.id}"), int(item.n or 0)

    def _of(self, word: str, above: str, below: str, limit: int) -> tuple[list[str], bool]:
        span = SearchItem.id.between(f"{word}#{above}", f"{word}#{just_before(below)}")
        found = SearchItem.query(f"w#{beginning(word)}", span, scan_index_forward=False, limit=limit, page_size=limit)
        ids = [item.id.rpartition("#")[2] for item in found]
        return ids, found.last_evaluated_key is not None

    def _add(self, communication_id: str, words: Iterable[str]) -> None:
        fresh = sorted(words)
        with SearchItem.batch_write() as batch:
            for word in fresh:
                batch.save(SearchItem(f"w#{beginning(word)}", f"{word}#{communication_id}"))
        sampled = {word for word in fresh if random.random() < 1 / _SAMPLE}  # noqa: S311 - a sample, no secret
        unknown = {word for word in fresh if word not in self._known} - sampled
        there = {
            item.id for item in fetch(map(_dictionary_key, unknown), consistent=False) if isinstance(item, SearchItem)
        }
        for word in sorted(sampled | (unknown - there)):
            number = _SAMPLE if word in sampled else 1
            SearchItem(f"d#{beginning(word)}", word).update(actions=[SearchItem.n.add(number)])
        self._known.update(fresh)


def _dictionary_key(word: str) -> ItemKey:
    return ItemKey(SearchItem, {"term": f"d#{beginning(word)}", "id": word})


def _endings(begun: str) -> dict[str, int]:
    found = SearchItem.query(f"d#{beginning(begun)}", SearchItem.id.startswith(begun), limit=_MOST_ENDINGS)
    return {item.id: int(item.n or 0) for item in islice(found, _MOST_ENDINGS)}


def _unchanged(before: IndexedEntry | None) -> Condition:
    """What it counts as, too: two who make the index anew at once would both correct the numbers."""
    if before is None:
        return SearchItem.term.does_not_exist()
    counted = SearchItem.counted
    same = counted == str(before.counted) if before.counted else counted.does_not_exist()
    return And(SearchItem.n == before.length, same)


def _counted_item(counted: StatsKey) -> SearchItem:
    month, _, rest = str(counted).rpartition("-")
    return SearchItem(f"s#{month}", rest)


def _difference(before: StatsKey | None, after: StatsKey | None) -> list[tuple[StatsKey, int]]:
    if before == after:
        return []
    return [(one, number) for one, number in ((before, -1), (after, 1)) if one]


def _words(item: SearchItem) -> frozenset[str]:
    return frozenset(zlib.decompress(item.words).decode().split()) if item.words else frozenset()


def _squeezed(words: Iterable[str]) -> bytes:
    return zlib.compress(" ".join(sorted(words)).encode(), 9)
