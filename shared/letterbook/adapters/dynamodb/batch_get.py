"""Reads items of several tables in one round trip: pynamodb's own batches are of one table."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from letterbook.adapters import aws
from letterbook.adapters.dynamodb.tables.base import Table
from letterbook.retry import tries

# BatchGetItem takes no more (DynamoDB API reference).
_AT_ONCE = 100
_ROUNDS = 6


@dataclass(frozen=True, slots=True)
class ItemKey:
    """An item by its whole key; every key of ours is text."""

    table: type[Table]
    key: Mapping[str, str]


def fetch(keys: Iterable[ItemKey], *, consistent: bool = True) -> Iterator[Table]:
    """Those of the items that there are, in no order, as last written; at half the price as they were a moment ago.

    Raises TimeoutError when DynamoDB keeps holding some back.
    """
    wanted = list({(one.table, *one.key.values()): one for one in keys}.values())
    for start in range(0, len(wanted), _AT_ONCE):
        yield from _fetch(wanted[start : start + _AT_ONCE], consistent)


def _fetch(keys: list[ItemKey], consistent: bool) -> Iterator[Table]:
    tables = {one.table.connection().table_name: one.table for one in keys}
    request: dict[str, Any] = {}
    for one in keys:
        asked = request.setdefault(one.table.connection().table_name, {"Keys": [], "ConsistentRead": consistent})
        asked["Keys"].append({name: {"S": value} for name, value in one.key.items()})
    for _ in tries(_ROUNDS):
        answer = aws.dynamodb().dispatch("BatchGetItem", {"RequestItems": request})
        for name, items in answer["Responses"].items():
            yield from (tables[name].from_raw_data(item) for item in items)
        request = answer.get("UnprocessedKeys") or {}
        if not request:
            return
    raise TimeoutError("DynamoDB held items back")
