"""What moto lets pass and DynamoDB does not: keys that are empty, or longer than a key may be."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from letterbook.adapters import aws

# The limit of a sort key. Ours are shorter than that, wherever they stand (a partition key may have twice as many).
_MOST_BYTES = 1024


class NoKey(Exception):
    """DynamoDB would answer with a ValidationException."""


@contextmanager
def kept() -> Iterator[None]:
    """Every request to DynamoDB is looked at before it is sent. Raises NoKey out of it."""
    events = aws.dynamodb().client.meta.events
    events.register("before-call.dynamodb", _look, unique_id="key-limits")
    try:
        yield
    finally:
        events.unregister("before-call.dynamodb", unique_id="key-limits")


def _look(params: Any, **_: Any) -> None:
    for key in _keys(json.loads(params["body"])):
        if not 0 < len(key.encode(errors="surrogatepass")) <= _MOST_BYTES:
            raise NoKey(f"{len(key)} characters: {key[:50]!r}")


def _keys(body: Any) -> Iterator[str]:
    if isinstance(body, list):
        for one in body:
            yield from _keys(one)
    if not isinstance(body, dict):
        return
    for name, value in body.items():
        if name in ("Key", "ExclusiveStartKey"):
            yield from _texts(value)
        elif name == "Keys":
            for one in value:
                yield from _texts(one)
        elif name == "KeyConditionExpression":
            given = body["ExpressionAttributeValues"]
            yield from _texts({one: given[one] for one in re.findall(r":\w+", value)})
        elif name in ("Item", "ExpressionAttributeValues"):
            continue
        else:
            yield from _keys(value)


def _texts(key: dict[str, dict[str, str]]) -> Iterator[str]:
    return (value["S"] for value in key.values() if "S" in value)
