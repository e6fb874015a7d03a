"""What it costs to find words among many entries: the requests and read units of a search, on DynamoDB Local.

Every entry holds the common word, every second one the frequent word, ten of them the rare one; all are of one party, one month.
"""

import json
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any

import pytest

from letterbook.adapters import aws
from letterbook.adapters.dynamodb.tables.search import SearchItem
from letterbook.domain.filters import Filters
from letterbook.domain.search_terms import beginning
from letterbook.environment import settings
from letterbook.ports import World
from letterbook.use_cases.reading.list_communications import list_communications
from tests.bench.table import Row
from tests.support.aws import WorldForTests, client
from tests.support.builders import viewer
from tests.support.sam_template import table_definition
from tests.support.steps import a_note

_COMMON, _FREQUENT, _RARE = "invoice", "reminder", "penzance"
_BATCH, _TIMES, _LIMIT = 25, 11, 50
# The budget: a two-word query in a million entries.
_MOST_REQUESTS = 10

# An entry's words, but for sixty that nobody asks for.
Words = tuple[str, ...]
Item = dict[str, Any]
_KINDS: tuple[Words, ...] = tuple(
    (_COMMON, *frequent, *rare) for frequent in ((), (_FREQUENT,)) for rare in ((), (_RARE,))
)
_OTHERS = [f"word{number}" for number in range(60)]
# In the place of an entry's id.
_ID = "ID"


def fill(table: str, ids: Sequence[str], kinds: Mapping[Words, list[Item]]) -> None:
    """Makes an index of entries of those ids, out of what `written()` answers."""
    client("dynamodb").create_table(TableName=table, **table_definition("SearchTable"))
    items = _items(ids, kinds)
    batches = iter(lambda: list(islice(items, _BATCH)), [])
    with ThreadPoolExecutor(4) as pool:
        while some := list(islice(batches, 200)):
            requests = [[{"PutRequest": {"Item": one}} for one in batch] for batch in some]
            list(pool.map(lambda batch: client("dynamodb").batch_write_item(RequestItems={table: batch}), requests))


def written(world: WorldForTests) -> dict[Words, list[Item]]:
    """What the product itself writes of an entry of each kind: its item, and the postings of the words that are asked for.

    The other sixty words of an entry have postings, too, which nobody reads: they are left out.
    """
    made = {words: a_note(world, " ".join((*words, *_OTHERS))).id for words in _KINDS}
    items = client("dynamodb").scan(TableName="search")["Items"]
    return {
        words: [
            {**item, "id": {"S": item["id"]["S"].replace(own, _ID)}, "term": {"S": item["term"]["S"].replace(own, _ID)}}
            for item in items
            if own in item["term"]["S"] or (own in item["id"]["S"] and item["id"]["S"].partition("#")[0] in words)
        ]
        for words, own in made.items()
    }


def _items(ids: Sequence[str], kinds: Mapping[Words, list[Item]]) -> Iterator[Item]:
    rare = max(len(ids) // 10, 1)
    for place, one in enumerate(ids):
        words = (_COMMON, *([_FREQUENT] if place % 2 else []), *([_RARE] if place % rare == 0 else []))
        for item in kinds[words]:
            keys = {name: {"S": item[name]["S"].replace(_ID, one)} for name in ("term", "id")}
            yield {**item, **keys}
    for word, count in ((_COMMON, len(ids)), (_FREQUENT, len(ids) // 2), (_RARE, 10)):
        yield {"term": {"S": f"d#{beginning(word)}"}, "id": {"S": word}, "n": {"N": str(count)}}


class Watch:
    """Counts requests, and the read units that DynamoDB says they took."""

    def __init__(self) -> None:
        self.requests, self.units = 0, 0.0
        events = aws.dynamodb().client.meta.events
        for operation in ("Query", "BatchGetItem"):
            events.register(f"before-call.dynamodb.{operation}", self._ask)
            events.register(f"after-call.dynamodb.{operation}", self._count)

    def _ask(self, params: dict[str, Any], **_: Any) -> None:
        params["body"] = json.dumps({**json.loads(params["body"]), "ReturnConsumedCapacity": "TOTAL"}).encode()

    def _count(self, parsed: dict[str, Any], **_: Any) -> None:
        self.requests += 1
        consumed = parsed.get("ConsumedCapacity") or []
        self.units += sum(one["CapacityUnits"] for one in (consumed if isinstance(consumed, list) else [consumed]))


def rows(world: World, patch: pytest.MonkeyPatch, party_id: str, entries: int) -> list[Row]:
    asked = {
        "a rare word": Filters(words=_RARE),
        "a common word": Filters(words=_COMMON),
        "a rare and a common word": Filters(words=f"{_RARE} {_COMMON}"),
        "two common words, the last begun": Filters(words=f"{_COMMON} remin"),
        "a common word in one party": Filters(words=_COMMON, parties=(party_id,)),
        "a rare word in one party": Filters(words=_RARE, parties=(party_id,)),
    }
    return [_row(world, patch, name, filters, entries) for name, filters in asked.items()]


def _row(world: World, patch: pytest.MonkeyPatch, name: str, filters: Filters, entries: int) -> Row:
    watch, took = Watch(), {}
    for table in ("few", "many"):
        patch.setenv("COMMUNICATIONS_TABLE", table)
        patch.setenv("SEARCH_TABLE", f"{table}-search")
        settings.cache_clear()
        SearchItem.connection()
        times = []
        for _ in range(_TIMES):
            watch.requests, watch.units = 0, 0.0
            started = time.perf_counter()
            page = list_communications(world, viewer(), filters, limit=_LIMIT)
            times.append((time.perf_counter() - started) * 1000)
            assert len(page.items) == min(_LIMIT, 10 if _RARE in filters.words else _LIMIT)
        took[table] = statistics.median(times)
    return Row(
        f"search among {entries:,}: {name}",
        f"{watch.requests} requests, {watch.units:.1f} RCU, {took['many']:.0f} ms",
        budget=f"<= {_MOST_REQUESTS} requests",
        floor=f"{took['few']:.0f} ms among few",
        within=watch.requests <= _MOST_REQUESTS,
    )
