"""What a write costs in DynamoDB, worked out from the items: DynamoDB Local overstates transactions.

Sources: DynamoDB developer guide, "DynamoDB Item sizes and formats", "Read/write capacity mode" (a write unit is a kilobyte begun;
a transaction costs two for each) and "Global secondary indexes: write considerations" (an index entry that changes costs one write,
one that moves to another key two; index writes are not doubled by a transaction).
"""

import math
from typing import Any

Item = dict[str, Any]
_KILOBYTE = 1024
# DynamoDB keeps so much beside each index entry.
_INDEX_OVERHEAD = 100


def size(item: Item) -> int:
    """The bytes of an item as DynamoDB counts them: names and values."""
    return sum(len(name.encode()) + _value(value) for name, value in item.items())


def _value(value: dict[str, Any]) -> int:
    [(kind, content)] = value.items()
    match kind:
        case "S":
            return len(content.encode())
        case "B":
            return len(content)
        case "N":
            return math.ceil(len(str(content).lstrip("-")) / 2) + 1
    return 1


class Ledger:
    """A copy of the tables, by which each write's price is known."""

    def __init__(self, definitions: dict[str, dict[str, Any]]) -> None:
        self._definitions = definitions
        self._items: dict[tuple[str, ...], Item] = {}

    def put(self, table: str, item: Item, *, transaction: bool) -> int:
        """The write units of putting an item over whatever is there."""
        definition = self._definitions[table]
        keys = [one["AttributeName"] for one in definition["KeySchema"]]
        place = (table, *(item[key]["S"] for key in keys))
        before = self._items.get(place)
        self._items[place] = item
        base = _units(max(size(item), size(before) if before else 0)) * (2 if transaction else 1)
        indexes = definition.get("GlobalSecondaryIndexes", [])
        return base + sum(_index(one, keys, before, item) for one in indexes)


def _index(index: dict[str, Any], keys: list[str], before: Item | None, after: Item) -> int:
    own = [one["AttributeName"] for one in index["KeySchema"]]
    kept = {*own, *keys, *index["Projection"].get("NonKeyAttributes", [])}
    old, new = _projected(before, own, kept), _projected(after, own, kept)
    if old == new:
        return 0
    if old and new and all(old[key] == new[key] for key in own):
        return _units(max(size(old), size(new)) + _INDEX_OVERHEAD)
    return sum(_units(size(one) + _INDEX_OVERHEAD) for one in (old, new) if one)


def _projected(item: Item | None, own: list[str], kept: set[str]) -> Item | None:
    """What the index holds of an item: nothing where one of its keys is absent."""
    if item is None or any(key not in item for key in own):
        return None
    return {name: value for name, value in item.items() if name in kept}


def _units(bytes_: int) -> int:
    return math.ceil(bytes_ / _KILOBYTE)
