"""Asks moto's tables themselves, once boto3 has written what it sends: neither HTTP nor what moto wraps into it stands between.

The rules of DynamoDB stay moto's: what is answered, what is refused and how, and what a transaction leaves.
"""

import base64
import json
from collections import defaultdict
from copy import copy
from functools import cached_property
from threading import Lock
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.endpoint import Endpoint
from botocore.parsers import create_parser
from botocore.regions import EndpointRulesetResolver
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb import comparisons, models, responses
from moto.dynamodb.comparisons import ConditionExpressionParser
from moto.dynamodb.exceptions import ItemSizeTooLarge
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType, Item, LimitedSizeDict
from moto.dynamodb.models.table import Table
from moto.dynamodb.responses import DynamoHandler

from tests.support.moto_state import REGION

# moto undoes a transaction by putting whole tables back: one request at a time, as many threads as there may be.
TURN = Lock()
_ADDRESS = f"https://dynamodb.{REGION}.amazonaws.com"
# What reads and writes items, and moto's method for it. The rest, of tables, is asked as ever.
_METHODS = {
    "BatchGetItem": "batch_get_item",
    "BatchWriteItem": "batch_write_item",
    "DeleteItem": "delete_item",
    "GetItem": "get_item",
    "PutItem": "put_item",
    "Query": "query",
    "Scan": "scan",
    "TransactGetItems": "transact_get_items",
    "TransactWriteItems": "transact_write_items",
    "UpdateItem": "update_item",
}
# As moto has it: a little more than 400 KB.
_MOST_BYTES = 405_000
_ANSWERED = SimpleNamespace(status_code=200)


def quicken(patch: pytest.MonkeyPatch) -> None:
    """Until the patch is undone."""
    patch.setattr(Endpoint, "make_request", _ask)
    patch.setattr(EndpointRulesetResolver, "construct_endpoint", _where)
    patch.setattr(responses, "dynamo_to_dict", _plain)
    for one in (comparisons, models, responses):
        patch.setattr(one, "create_condition_expression_parser", _condition)
    patch.setattr(Item, "__init__", _hold)
    patch.setattr(Table, "query", _query)
    patch.setattr(DynamoDBBackend, "transact_write_items", _transact)
    patch.setattr(Table, "__deepcopy__", lambda table, _: _BEFORE[table.name], raising=False)


_where_as_ever = EndpointRulesetResolver.construct_endpoint
_WHERE: dict[Any, Any] = {}


def _where(resolver: Any, operation_model: Any, call_args: Any, request_context: Any) -> Any:
    """Where DynamoDB is asked does not depend on what is asked: each client finds it out once."""
    if operation_model.name not in _METHODS:
        return _where_as_ever(resolver, operation_model, call_args, request_context)
    if resolver not in _WHERE:
        _WHERE[resolver] = _where_as_ever(resolver, operation_model, call_args, request_context)
    return _WHERE[resolver]


_ask_as_ever = Endpoint.make_request


def _ask(endpoint: Endpoint, model: Any, request: Any) -> Any:
    """The answer's status, and the answer as boto3 reads it."""
    if model.name not in _METHODS or endpoint.host != _ADDRESS:
        return _ask_as_ever(endpoint, model, request)
    asked = json.loads(request["body"], object_hook=_bytes_in if b'"B' in request["body"] else None)
    handler = DynamoHandler()
    handler.current_account, handler.region, handler.partition = DEFAULT_ACCOUNT_ID, REGION, "aws"
    handler.body = asked
    try:
        with TURN:
            _CONDITIONS.clear()
            answer = getattr(handler, _METHODS[model.name])().result
    except Exception as problem:  # noqa: BLE001 - moto tells which of them is an answer
        return _refusal(model, handler, problem)
    held = {name: one for name, one in answer.items() if name in model.output_shape.members}
    return _ANSWERED, {**held, "ResponseMetadata": {"HTTPStatusCode": 200, "HTTPHeaders": {}, "RetryAttempts": 0}}


def _refusal(model: Any, handler: Any, problem: Exception) -> Any:
    """What boto3 reads when moto answers with this error. One that is no answer is raised as it is."""

    def fail() -> None:
        raise problem

    setattr(handler, _METHODS[model.name], fail)
    handler.headers = {"X-Amz-Target": f"DynamoDB_20120810.{model.name}", "Content-Type": "application/x-amz-json-1.0"}
    handler.querystring, handler.response_headers, handler.params = {}, {}, {}
    status, headers, body = handler.call_action()
    answer = {"status_code": int(status), "headers": headers, "body": body.encode()}
    parser = create_parser("json")
    told = parser.parse(answer, model.output_shape)
    if shape := model.service_model.shape_for_error_code(told["Error"]["Code"]):
        told.update(parser.parse(answer, shape))
    return SimpleNamespace(status_code=int(status)), told


def _bytes_in(held: dict[str, Any]) -> dict[str, Any]:
    """Bytes are sent as base64, and are one value by its kind."""
    match held:
        case {"B": str(value)} if len(held) == 1:
            return {"B": base64.b64decode(value)}
        case {"BS": [*values]} if len(held) == 1:
            return {"BS": [base64.b64decode(one) for one in values]}
    return held


def _plain(held: Any) -> Any:
    """A copy of it without objects of moto's, which nothing else holds. Nothing is None in an answer: it is left out."""
    if type(held) is DynamoType:
        return {held.type: held.value if type(held.value) is str else _plain(held.value)}
    if isinstance(held, dict):
        return {name: one if type(one) is str else _plain(one) for name, one in held.items() if one is not None}
    return [_plain(one) for one in held] if isinstance(held, list) else held


# What the conditions of the request say that is being answered.
_CONDITIONS: dict[Any, "_Condition"] = {}


class _Condition(ConditionExpressionParser):
    """moto reads each condition three times."""

    @cached_property
    def _read(self) -> Any:
        return super().parse()

    def parse(self) -> Any:
        return self._read


def _condition(expression: str | None, names: Any, values: Any) -> _Condition:
    """Each is kept with its names and values, so that no others come to have their ids."""
    key = (expression, id(names), id(values))
    if key not in _CONDITIONS:
        _CONDITIONS[key] = _Condition(expression, names, values)
    return _CONDITIONS[key]


def _hold(item: Item, hash_key: DynamoType, range_key: DynamoType | None, attrs: dict[str, Any]) -> None:
    """How large it is, is asked once: moto asks at each value for the size of all."""
    item.hash_key, item.range_key = hash_key, range_key
    item.attrs = LimitedSizeDict({name: DynamoType(value) for name, value in attrs.items()})
    if item.size() > _MOST_BYTES:
        raise ItemSizeTooLarge


_query_as_ever = Table.query


def _query(table: Table, hash_key: Any, *asked: Any, **more: Any) -> Any:
    """Only the rows of the key that is asked for: moto sorts, and compares, all of a table."""
    index, rows = asked[6], table.items
    narrow: Any = copy(table)
    if index is None:
        narrow.items = {hash_key: rows[hash_key]} if hash_key in rows else {}
        return _query_as_ever(narrow, hash_key, *asked, **more)
    texts = [(name, key.value) for name, key in more["hash_key_conditions"] if key.type == "S"]

    def meant(item: Item) -> bool:
        return all(name in item.attrs and item.attrs[name].value == text for name, text in texts)

    every: Any = rows
    narrow.items = (
        {first: item for first, item in every.items() if meant(item)}
        if table.range_key_attr is None
        else {first: {second: one for second, one in held.items() if meant(one)} for first, held in every.items()}
    )
    return _query_as_ever(narrow, hash_key, *asked, **more)


# The tables of the transaction that is being carried out, as they were before.
_BEFORE: dict[str, Table] = {}
_transact_as_ever = DynamoDBBackend.transact_write_items


def _transact(backend: DynamoDBBackend, items: list[dict[str, Any]]) -> None:
    """What moto puts back when a transaction fails is copied once, and only what is written: it would copy every item of a table,
    with every value, for each that is written there.
    """
    written = defaultdict[str, list[dict[str, Any]]](list)
    for item in items:
        operation = next(iter(item.values()))
        written[operation["TableName"]].append(operation.get("Key") or operation["Item"])
    _BEFORE.clear()
    _BEFORE.update(
        {name: _before(backend.tables[name], keys) for name, keys in written.items() if name in backend.tables}
    )
    _transact_as_ever(backend, items)


def _before(table: Table, written: list[dict[str, Any]]) -> Table:
    """The table with copies of what is written; the rest stands in both, because nobody changes it."""
    made = copy(table)
    # Items by their keys, or by the first half of them and then by the second.
    kept = defaultdict[Any, Any](dict, table.items)
    for one in written:
        first, second = (
            DynamoType(one[name]) if name in one else None for name in (table.hash_key_attr, table.range_key_attr)
        )
        if first not in kept:
            continue
        if table.range_key_attr is None:
            kept[first] = _copied(kept[first])
            continue
        kept[first] = dict(kept[first])
        if second in kept[first]:
            kept[first][second] = _copied(kept[first][second])
    made.items = kept
    return made


def _copied(item: Item) -> Item:
    """A value is never changed, only put in the place of another (unless it is a set, and no item of ours holds one)."""
    made = copy(item)
    made.attrs = LimitedSizeDict(item.attrs)
    return made
