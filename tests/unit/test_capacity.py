"""What `make bench` computes of writes is what DynamoDB bills (developer guide: item sizes, capacity modes, secondary indexes)."""

import base64
from typing import Any

import pytest

from tests.bench.capacity import Item, Write, size, units, writes

INDEX = {
    "KeySchema": [{"AttributeName": "party"}],
    "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["n"]},
}
TABLE: dict[str, Any] = {"KeySchema": [{"AttributeName": "id"}], "GlobalSecondaryIndexes": [INDEX]}
TABLES = {"log": TABLE}
KEY = {"id": {"S": "1"}}
PLAIN = Write("log", KEY)
IN_TRANSACTION = Write("log", KEY, transaction=True)


def item(kilobytes: float = 0, **attributes: str) -> Item:
    """One with so much in an attribute that no index has."""
    return {**KEY, "rest": {"S": "x" * int(kilobytes * 1024)}, **{name: {"S": one} for name, one in attributes.items()}}


@pytest.mark.parametrize(
    ("value", "bytes_"),
    [
        ({"S": "é"}, 2),
        ({"B": base64.b64encode(b"12345").decode()}, 5),
        ({"N": "1234"}, 3),
        ({"N": "-1.5"}, 2),
        ({"BOOL": True}, 1),
        ({"NULL": True}, 1),
        ({"SS": ["ab", "c"]}, 3),
        ({"L": [{"S": "ab"}, {"S": "c"}]}, 8),
        ({"M": {"a": {"S": "bc"}}}, 7),
    ],
)
def test_an_item_is_as_large_as_its_names_and_values(value: Any, bytes_: int) -> None:
    assert size({"name": value}) == len("name") + bytes_


@pytest.mark.parametrize(
    ("before", "after", "billed"),
    [
        (None, item(), 1),
        (None, item(2.5), 3),
        (item(2.5), item(), 3),
        (item(2.5), None, 3),
        (None, None, 1),
    ],
    ids=["new", "by the kilobyte begun", "the larger of both", "deleted", "deleted where nothing is"],
)
def test_a_write_costs_the_larger_of_before_and_after(before: Item | None, after: Item | None, billed: int) -> None:
    assert units(PLAIN, TABLE, before, after) == billed
    assert units(IN_TRANSACTION, TABLE, before, after) == 2 * billed


@pytest.mark.parametrize(
    ("before", "after", "billed"),
    [
        (None, item(party="a"), 1),
        (item(party="a"), None, 1),
        (item(party="a"), item(party="b"), 2),
        (item(party="a", n="1"), item(party="a", n="2"), 1),
        (item(party="a"), item(0.5, party="a"), 0),
        (item(), item(n="1"), 0),
    ],
    ids=["comes in", "goes", "moves", "changes there", "changes elsewhere", "is not in it"],
)
def test_an_index_costs_what_changes_in_it_and_once_in_a_transaction_too(
    before: Item | None, after: Item | None, billed: int
) -> None:
    assert units(PLAIN, TABLE, before, after) == 1 + billed
    assert units(IN_TRANSACTION, TABLE, before, after) == 2 + billed


def test_an_index_of_everything_changes_with_everything() -> None:
    every = {**TABLE, "GlobalSecondaryIndexes": [{**INDEX, "Projection": {"ProjectionType": "ALL"}}]}
    assert units(PLAIN, every, item(party="a"), item(0.5, party="a")) == 2


def test_a_condition_in_a_transaction_costs_two_for_each_kilobyte_and_no_index() -> None:
    condition = Write("log", KEY, transaction=True, reads=True)
    assert units(condition, TABLE, item(1.5, party="a"), item(1.5, party="a")) == 4


def test_every_write_of_a_request_is_found() -> None:
    put, key = {"TableName": "log", "Item": item()}, {"TableName": "log", "Key": KEY}
    asked: dict[str, Any] = {
        "PutItem": put,
        "UpdateItem": key,
        "DeleteItem": key,
        "GetItem": key,
        "BatchWriteItem": {
            "RequestItems": {"log": [{"PutRequest": {"Item": item()}}, {"DeleteRequest": {"Key": KEY}}]}
        },
        "TransactWriteItems": {
            "TransactItems": [{"Put": put}, {"Update": key}, {"Delete": key}, {"ConditionCheck": key}]
        },
    }
    found = {operation: list(writes(operation, body, TABLES)) for operation, body in asked.items()}
    assert found == {
        "PutItem": [PLAIN],
        "UpdateItem": [PLAIN],
        "DeleteItem": [PLAIN],
        "GetItem": [],
        "BatchWriteItem": [PLAIN, PLAIN],
        "TransactWriteItems": [*[IN_TRANSACTION] * 3, Write("log", KEY, transaction=True, reads=True)],
    }
