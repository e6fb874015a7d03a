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
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import merge
from itertools import islice

from pynamodb.expressions.condition import And, Condition

from letterbook.adapters.dynamodb.batch_get import ItemKey, fetch
from letterbook.adapters.dynamodb.batch_write import RawItem, delete_all, put_all
from letterbook.adapters.dynamodb.communications import communication_of
from letterbook.adapters.dynamodb.sort_keys import just_before
from letterbook.adapters.dynamodb.tables.communications import CommunicationItem
from letterbook.adapters.dynamodb.tables.search import SearchItem
from letterbook.adapters.dynamodb.transaction import Write, commit
from letterbook.domain.communication import Communication
from letterbook.domain.search_terms import CUT, beginning
from letterbook.ports import IndexChange, IndexedEntry, Page, StatsKey, TermCounts

_ENTRY = "entry"
# One in so many is counted, for so many: nobody needs to know better how common a word is.
_SAMPLE = 64
# More words than this begin alike only for beginnings that say nothing yet.
_MOST_ENDINGS = 40
# A process remembers so many words that there are, and then begins anew.
_MOST_KNOWN = 50_000
# A transaction holds a hundred writes: an entry is one, and changes two numbers at most.
_TOGETHER = 33


class DynamoSearch:
    """See ports.Search."""

    def __init__(self) -> None:
        self._known: set[str] = set()

    def indexed(self, communication_id: str) -> IndexedEntry | None:
        return self.look_at([communication_id])[communication_id][0]

    def look_at(
        self, communication_ids: Sequence[str]
    ) -> Mapping[str, tuple[IndexedEntry | None, Communication | None]]:
        held: dict[str, IndexedEntry] = {}
        standing: dict[str, Communication] = {}
        keys = [ItemKey(CommunicationItem, {"id": one}) for one in communication_ids]
        for item in fetch([*map(_entry_key, communication_ids), *keys]):
            if isinstance(item, SearchItem):
                held[item.term[2:]] = _indexed(item)
            elif isinstance(item, CommunicationItem):
                standing[item.id] = communication_of(item)
        return {one: (held.get(one), standing.get(one)) for one in communication_ids}

    def put(self, changes: Sequence[IndexChange]) -> None:
        """Whoever searches looks at what an entry holds now: a posting that leads to it in vain does no harm, a missing one does.

        So postings come first, and are not taken away while the entry is there: somebody else may have come to need them.
        """
        self._add({one.id: one.fresh for one in changes})
        alone = [one for one in changes if _counted(one.before) == _counted(one.after)]
        for one in alone:
            commit([_kept(one)], alone=True)
        counted = [one for one in changes if one not in alone]
        for start in range(0, len(counted), _TOGETHER):
            together = counted[start : start + _TOGETHER]
            commit([*map(_kept, together), *_numbers(together)])

    def remove(self, communication_id: str, before: IndexedEntry | None, length: int) -> None:
        gone = IndexedEntry(words=frozenset(), counted=None, length=length)
        change = IndexChange(id=communication_id, before=before, after=gone)
        commit([_kept(change), *_numbers([change])])
        words = before.words if before else ()
        delete_all(SearchItem, [_key(f"w#{beginning(word)}", f"{word}#{communication_id}") for word in words])

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
        items = fetch(map(_entry_key, communication_ids), consistent=False)
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

    def _add(self, fresh: Mapping[str, frozenset[str]]) -> None:
        """Postings of entries, and what the dictionary is to say of their words: all of it in as few requests as that takes."""
        postings = [
            _key(f"w#{beginning(word)}", f"{word}#{one}") for one, words in fresh.items() for word in sorted(words)
        ]
        words = set().union(*fresh.values())
        put_all(SearchItem, [*postings, *self._counts(words)])
        if len(self._known) > _MOST_KNOWN:
            self._known.clear()
        self._known |= words

    def _counts(self, words: set[str]) -> Iterator[RawItem]:
        """Of words that there were not yet, and of a sample of the others: how often each occurs.

        Who reads a number while somebody else raises it loses what they added: a little, of what is an estimate.
        """
        sampled = {word for word in words if random.random() < 1 / _SAMPLE}  # noqa: S311 - a sample, no secret
        looked_at = sorted(sampled | (words - self._known))
        items = fetch(map(_dictionary_key, looked_at), consistent=False)
        there = {item.id: int(item.n or 0) for item in items if isinstance(item, SearchItem)}
        for word in looked_at:
            number = there.get(word, 0) + (_SAMPLE if word in sampled else 1)
            if word in sampled or word not in there:
                yield {**_key(f"d#{beginning(word)}", word), "n": {"N": str(number)}}


def _key(term: str, id_: str) -> RawItem:
    return {"term": {"S": term}, "id": {"S": id_}}


def _entry_key(communication_id: str) -> ItemKey:
    return ItemKey(SearchItem, {"term": f"e#{communication_id}", "id": _ENTRY})


def _dictionary_key(word: str) -> ItemKey:
    return ItemKey(SearchItem, {"term": f"d#{beginning(word)}", "id": word})


def _endings(begun: str) -> dict[str, int]:
    found = SearchItem.query(f"d#{beginning(begun)}", SearchItem.id.startswith(begun), limit=_MOST_ENDINGS)
    return {item.id: int(item.n or 0) for item in islice(found, _MOST_ENDINGS)}


def _indexed(item: SearchItem) -> IndexedEntry:
    return IndexedEntry(
        words=_words(item),
        counted=StatsKey.parse(item.counted) if item.counted else None,
        length=int(item.n or 0),
        made_of=item.made_of or "",
    )


def _kept(change: IndexChange) -> Write:
    """What the index holds of an entry from now on, where it holds what it did."""
    after = change.after
    item = SearchItem(f"e#{change.id}", _ENTRY, n=after.length, words=_squeezed(after.words))
    item.counted = str(after.counted) if after.counted else None
    item.made_of = after.made_of or None
    return Write(item=item, condition=_unchanged(change.before))


def _unchanged(before: IndexedEntry | None) -> Condition:
    """What it counts as, too: two who make the index anew at once would both correct the numbers."""
    if before is None:
        return SearchItem.term.does_not_exist()
    counted = SearchItem.counted
    same = counted == str(before.counted) if before.counted else counted.does_not_exist()
    return And(SearchItem.n == before.length, same)


def _numbers(changes: Sequence[IndexChange]) -> list[Write]:
    """What the changes of several entries come to, number by number."""
    more = Counter[StatsKey]()
    for one in changes:
        more.update([counted] if (counted := _counted(one.after)) else [])
        more.subtract([counted] if (counted := _counted(one.before)) else [])
    return [Write(item=_counted_item(one), add=(SearchItem.n, number)) for one, number in more.items() if number]


def _counted(held: IndexedEntry | None) -> StatsKey | None:
    return held.counted if held else None


def _counted_item(counted: StatsKey) -> SearchItem:
    month, _, rest = str(counted).rpartition("-")
    return SearchItem(f"s#{month}", rest)


def _words(item: SearchItem) -> frozenset[str]:
    return frozenset(zlib.decompress(item.words).decode().split()) if item.words else frozenset()


def _squeezed(words: Iterable[str]) -> bytes:
    return zlib.compress(" ".join(sorted(words)).encode(), 9)
