"""Writes many items that depend on nothing, as many in one request as DynamoDB takes."""

from collections.abc import Sequence
from typing import Any

from letterbook.adapters import aws
from letterbook.adapters.dynamodb.tables.base import Table
from letterbook.parallel import each
from letterbook.retry import tries

# An item, or its key, as it is on the wire.
RawItem = dict[str, Any]

# BatchWriteItem takes no more (DynamoDB API reference).
_AT_ONCE = 25
_ROUNDS = 6


def put_all(table: type[Table], items: Sequence[RawItem]) -> None:
    """Puts items, in no order, each over whatever is there.

    Some may be written when it raises: TimeoutError where DynamoDB keeps holding some back, or what a request raised.
    """
    _write(table, [{"PutRequest": {"Item": item}} for item in items])


def delete_all(table: type[Table], keys: Sequence[RawItem]) -> None:
    """Deletes items by their keys. Raises as `put_all` does."""
    _write(table, [{"DeleteRequest": {"Key": key}} for key in keys])


def _write(table: type[Table], requests: list[RawItem]) -> None:
    name = table.connection().table_name
    batches = [requests[start : start + _AT_ONCE] for start in range(0, len(requests), _AT_ONCE)]
    each(lambda batch: _write_batch(name, batch), batches)


def _write_batch(table: str, requests: list[RawItem]) -> None:
    left = {table: requests}
    for _ in tries(_ROUNDS):
        left = aws.dynamodb().dispatch("BatchWriteItem", {"RequestItems": left}).get("UnprocessedItems") or {}
        if not left:
            return
    raise TimeoutError("DynamoDB held items back")
