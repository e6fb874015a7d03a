"""Asks moto for less work at each request, for the same answers: what it finds out anew each time is remembered.

Most of the time of a test is spent between boto3 and moto, several hundred times.
"""

import json
import re
from collections import defaultdict
from copy import copy
from functools import cache, lru_cache
from threading import Lock
from typing import Any

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSRequest
from botocore.signers import RequestSigner
from botocore.useragent import UserAgentString
from moto import backend_index
from moto.backends import get_backend
from moto.cognitoidp import models as cognitoidp
from moto.core import responses
from moto.core.base_backend import BackendDict
from moto.core.botocore_stubber import BotocoreStubber
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.core.request import normalize_request
from moto.core.serialize import BaseJSONSerializer
from moto.core.utils import method_names_from_class
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType, Item, LimitedSizeDict
from moto.dynamodb.models.table import Table
from moto.dynamodb.responses import DynamoHandler
from werkzeug.exceptions import HTTPException

from tests.support.moto_state import KEYS, REGION


def quicken(patch: pytest.MonkeyPatch) -> None:
    """Until the patch is undone."""
    # moto undoes a transaction by putting whole tables back: one request at a time, as many threads as there may be.
    answer, turn = BotocoreStubber.__call__, Lock()

    def one_at_a_time(*asked: Any, **named: Any) -> Any:
        with turn:
            return answer(*asked, **named)

    patch.setattr(BotocoreStubber, "__call__", one_at_a_time)
    patch.setattr(BotocoreStubber, "process_request", _process)
    patch.setattr(RequestSigner, "handler", _sign)
    patch.setattr(UserAgentString, "to_string", lambda _: "letterbook")
    patch.setattr(responses, "method_names_from_class", cache(method_names_from_class))
    patch.setattr(BaseJSONSerializer, "get_value", _value)
    patch.setattr(DynamoDBBackend, "transact_write_items", _transact)
    patch.setattr(Table, "__deepcopy__", lambda table, _: _BEFORE[table.name], raising=False)
    patch.setattr(cognitoidp, "jwk", KEYS)


@lru_cache(4096)
def _answering(url: str) -> Any:
    """What answers at an address: moto would try every pattern of every service. None, if only moto itself can tell."""
    every: Any = backend_index.backend_url_patterns
    for service, pattern in every:
        if pattern.match(url):
            backends = get_backend(service)
            if not isinstance(backends, BackendDict):
                return None
            regions = backends[DEFAULT_ACCOUNT_ID]
            backend = regions["us-east-1" if "us-east-1" in regions else "aws"]
            return next((answer for one, answer in backend.urls.items() if re.match(one, url)), None)
    return None


_process_as_ever = BotocoreStubber.process_request


def _process(stubber: BotocoreStubber, request: AWSPreparedRequest) -> Any:
    answer = _answering(request.url.partition("?")[0])
    if answer is None:
        return _process_as_ever(stubber, request)
    # Unless there are bytes among its values, which the model of the service tells how to read.
    body: Any = request.body
    if answer == DynamoHandler.dispatch and not re.search(rb'"BS?":', body):
        return _ask_dynamodb(request.headers, json.loads(body))
    asked = normalize_request(request)
    try:
        return answer(asked, asked.raw_url, asked.headers)
    except HTTPException as problem:
        return problem.code, problem.get_headers(), problem.get_body()


def _ask_dynamodb(headers: Any, body: Any) -> Any:
    """All that is read of a request to DynamoDB: what is to be done, and its JSON. It is made no request of HTTP of."""
    handler = DynamoHandler()
    handler.current_account, handler.region, handler.partition = DEFAULT_ACCOUNT_ID, REGION, "aws"
    handler.headers = {name: _text(headers[name]) for name in ("X-Amz-Target", "Content-Type")}
    handler.querystring, handler.response_headers = {}, {}
    handler.params = body
    return handler.call_action()


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


_sign_as_ever = RequestSigner.handler


def _sign(signer: RequestSigner, request: AWSRequest, **more: Any) -> None:
    """Says who asks, and for which region, which is all of a signature that moto reads; S3 also says so how a body is sent."""
    if signer.signing_name == "s3":
        _sign_as_ever(signer, request=request, **more)
        return
    scope = f"20260101/{signer.region_name}/{signer.signing_name}"
    request.headers["Authorization"] = f"AWS4-HMAC-SHA256 Credential=testing/{scope}/aws4_request, SignedHeaders=host"


_value_as_ever = BaseJSONSerializer.get_value


def _value(writer: BaseJSONSerializer, held: Any, kind: str, shape: Any) -> Any:
    """A value of DynamoDB is held by the names that it is sent with: none of its ten kinds has another."""
    if type(held) is dict and getattr(shape, "parent", None) is not None and shape.parent.name == "AttributeValue":
        return held.get(kind)
    return _value_as_ever(writer, held, kind, shape)


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
