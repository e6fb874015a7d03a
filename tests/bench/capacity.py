"""What a write costs in DynamoDB, worked out from the items before and after it: DynamoDB Local overstates transactions.

Sources: DynamoDB developer guide, "DynamoDB item sizes and formats"; "Provisioned capacity mode" (a write unit is a kilobyte begun
of the larger of what was there and what is there then; to delete costs what was there; a transaction costs two for each, and so
does a condition in it; what a condition forbids is paid for too); "Global secondary indexes" (an index entry that changes costs
one write, one that moves to another key two; index writes are not doubled by a transaction).
"""

import base64
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Item = dict[str, Any]
_KILOBYTE = 1024
# Beside the elements of a list or a map, and beside each of them.
_NESTED_BYTES, _ELEMENT_BYTES = 3, 1


@dataclass(frozen=True)
class Write:
    """One write of a request: where, and how it is billed. `reads` says that it only looks (a condition in a transaction)."""

    table: str
    key: Item
    transaction: bool = False
    reads: bool = False


def writes(operation: str, body: dict[str, Any], tables: dict[str, Any]) -> Iterator[Write]:
    """The writes that a request to DynamoDB asks for: `tables` are their definitions, as create_table takes them."""

    def key_of(table: str, item: Item) -> Item:
        return {one["AttributeName"]: item[one["AttributeName"]] for one in tables[table]["KeySchema"]}

    match operation:
        case "PutItem":
            yield Write(body["TableName"], key_of(body["TableName"], body["Item"]))
        case "UpdateItem" | "DeleteItem":
            yield Write(body["TableName"], body["Key"])
        case "BatchWriteItem":
            for table, asked in body["RequestItems"].items():
                for one in asked:
                    [(kind, what)] = one.items()
                    yield Write(table, key_of(table, what["Item"]) if kind == "PutRequest" else what["Key"])
        case "TransactWriteItems":
            for one in body["TransactItems"]:
                [(kind, what)] = one.items()
                table = what["TableName"]
                key = key_of(table, what["Item"]) if kind == "Put" else what["Key"]
                yield Write(table, key, transaction=True, reads=kind == "ConditionCheck")


def units(write: Write, definition: dict[str, Any], before: Item | None, after: Item | None) -> int:
    """The write units of what turned the item `before` into `after`; None where there is none. Values are as on the wire."""
    base = _units(max(size(one) if one else 1 for one in (before, after)))
    base *= 2 if write.transaction else 1
    if write.reads:
        return base
    keys = [one["AttributeName"] for one in definition["KeySchema"]]
    return base + sum(_index(one, keys, before, after) for one in definition.get("GlobalSecondaryIndexes", []))


def size(item: Item) -> int:
    """The bytes of an item as DynamoDB counts them: names and values."""
    return sum(len(name.encode()) + _value(value) for name, value in item.items())


def _value(value: dict[str, Any]) -> int:
    [(kind, content)] = value.items()
    match kind:
        case "S":
            return len(content.encode())
        case "B":
            return len(base64.b64decode(content))
        case "N":
            return math.ceil(len(str(content).lstrip("-").replace(".", "").strip("0")) / 2) + 1
        case "SS" | "NS" | "BS":
            return sum(_value({kind[0]: one}) for one in content)
        case "L":
            return _NESTED_BYTES + sum(_value(one) + _ELEMENT_BYTES for one in content)
        case "M":
            return _NESTED_BYTES + size(content) + _ELEMENT_BYTES * len(content)
    return 1


def _index(index: dict[str, Any], keys: list[str], before: Item | None, after: Item | None) -> int:
    own = [one["AttributeName"] for one in index["KeySchema"]]
    old, new = (_projected(one, index["Projection"], own, keys) for one in (before, after))
    if old == new:
        return 0
    if old and new and all(old[key] == new[key] for key in own):
        return _units(max(size(old), size(new)))
    return sum(_units(size(one)) for one in (old, new) if one)


def _projected(item: Item | None, projection: dict[str, Any], own: list[str], keys: list[str]) -> Item | None:
    """What the index holds of an item: nothing where one of its keys is absent."""
    if item is None or any(key not in item for key in own):
        return None
    if projection["ProjectionType"] == "ALL":
        return item
    kept = {*own, *keys, *projection.get("NonKeyAttributes", [])}
    return {name: value for name, value in item.items() if name in kept}


def _units(bytes_: int) -> int:
    return math.ceil(bytes_ / _KILOBYTE)
