"""What `make bench` plays back: each request gets the answer that it got before, in whatever order and under whatever id."""

import json
from typing import Any

import pytest

from tests.bench.tape import Exchange, Request, Tape, rounds


def asked(operation: str, **body: Any) -> Request:
    signed = "AWS4-HMAC-SHA256 Credential=x/20260101/eu-west-2/dynamodb/aws4_request"
    headers = {"authorization": signed, "x-amz-target": f"DynamoDB_20120810.{operation}"}
    return Request("POST", "/", headers, json.dumps(body).encode())


def get(key: str, table: str = "log") -> Request:
    return asked("GetItem", TableName=table, Key=key)


def tape(*exchanges: tuple[Request, bytes], seldom: tuple[Request, bytes] | None = None) -> Tape:
    made = Tape(turns={"act": [[Exchange(request, answer, {}) for request, answer in exchanges]]})
    if seldom:
        made.keep(Exchange(*seldom, {}))
    made.rewind("act", 0)
    return made


def answers(made: Tape, *requests: Request) -> list[bytes | None]:
    found = [made.answer(one) for one in requests]
    return [one.answer if one else None for one in found]


def test_the_same_request_gets_its_own_answer_in_any_order() -> None:
    assert answers(tape((get("a"), b"A"), (get("b"), b"B")), get("b"), get("a")) == [b"B", b"A"]


def test_a_request_of_another_id_gets_the_answer_of_its_kind_once() -> None:
    made = tape((get("a", "other"), b"other"), (get("a"), b"first"), (get("b"), b"second"))
    assert answers(made, get("x"), get("y"), get("z")) == [b"first", b"second", None]


def test_what_is_asked_seldom_is_answered_as_ever() -> None:
    made = tape(seldom=(get("settings"), b"kept"))
    assert answers(made, get("settings"), get("settings"), get("more"), get("a", "other")) == [b"kept"] * 3 + [None]


def test_a_batch_and_a_transaction_are_known_by_their_tables() -> None:
    put = {"Put": {"TableName": "log"}}
    assert asked("TransactWriteItems", TransactItems=[put, put]).kind == "dynamodb TransactWriteItems log"
    assert asked("BatchGetItem", RequestItems={"b": {}, "a": {}}).kind == "dynamodb BatchGetItem a b"


def test_content_is_known_by_its_path_whatever_its_id() -> None:
    paths = [f"/vault/content/com_01JD4QK8V3M2N7R5T9W1X3Y5Z{n}.json" for n in (7, 8)]
    assert len({Request("PUT", path, {"authorization": ""}, b"").kind for path in paths}) == 1


@pytest.mark.parametrize(
    ("spans", "waited"),
    [
        ([], 0),
        ([(0, 1), (1, 2), (2, 3)], 3),
        ([(0, 1), (0, 1), (0, 1)], 1),
        ([(0, 1), (1, 2), (1, 2), (2, 3)], 3),
        ([(0, 3), (0, 1), (1, 2)], 2),
    ],
    ids=["none", "in a row", "at once", "two at once between", "beside a longer one"],
)
def test_only_what_waits_for_another_is_one_more_round(spans: list[tuple[float, float]], waited: int) -> None:
    assert rounds(spans) == waited
