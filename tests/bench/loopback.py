"""AWS on 127.0.0.1, in a process of its own, so that its work is nobody's: as moto has it, or as it answered before, at once.

`python -m tests.bench.loopback` prints its port. What is posted to /bench tells it what to do next:

- {"do": "tables", "tables": {...}}         the definitions of tables, by which writes are priced; it makes them too
- {"do": "pass"}                            moto answers
- {"do": "record", "act": ..., "turn": n}   moto answers, and it is kept: turns are recorded in their order
- {"do": "play", "act": ..., "turn": n, "delay": seconds}  what was kept answers
- {"do": "played", "act": ...}              it tells what was asked in each turn when it was last played

Each of the others is answered with what was asked since the last one: `operations`, `rounds` (how many waited for one another),
`units`, `bytes` received, `connections` opened, and `strange`: what was never asked before.
"""

import asyncio
import base64
import json
import sys
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest
from botocore.awsrequest import AWSPreparedRequest
from botocore.compat import HTTPHeaders
from moto import mock_aws
from moto.core.models import botocore_stubber

from tests.bench.capacity import Item, units, writes
from tests.bench.tape import Exchange, Request, Tape, rounds
from tests.support.moto_requests import quicken

REGION = "eu-west-2"
_SENDING = "/v2/email/outbound-emails"
_AUTHORIZATION = f"AWS4-HMAC-SHA256 Credential=x/20260101/{REGION}/dynamodb/aws4_request, SignedHeaders=host"


@dataclass
class Since:
    """What happened since the last order."""

    asked: list[tuple[str, float, float]] = field(default_factory=list)
    units: Counter[str] = field(default_factory=Counter)
    bytes: int = 0
    connections: int = 0
    strange: list[str] = field(default_factory=list)

    def told(self) -> dict[str, Any]:
        return {
            "operations": [operation for operation, _, _ in self.asked],
            "rounds": rounds([(begun, ended) for _, begun, ended in self.asked]),
            "units": dict(self.units),
            "bytes": self.bytes,
            "connections": self.connections,
            "strange": self.strange,
        }


class Cloud:
    """What answers, and what it remembers."""

    def __init__(self) -> None:
        self.tape, self.since = Tape(), Since()
        self._tables: dict[str, Any] = {}
        self._mode, self.delay = "pass", 0.0
        self._turn: list[Exchange] = []

    def order(self, order: dict[str, Any]) -> dict[str, Any]:
        told, self.since = self.since.told(), Since()
        self._mode, self.delay = order["do"], order.get("delay", 0.0)
        if self._mode == "tables":
            self._tables, self._mode = order["tables"], "pass"
            for name, definition in self._tables.items():
                _dynamodb("CreateTable", {"TableName": name, **definition})
        elif self._mode == "record":
            self._turn = []
            self.tape.turns.setdefault(order["act"], []).append(self._turn)
        elif self._mode == "play":
            self.tape.rewind(order["act"], order["turn"])
        elif self._mode == "played":
            asked = [self.tape.played[order["act"], turn] for turn, _ in enumerate(self.tape.turns[order["act"]])]
            return {"turns": [[_shown(one) for one in turn] for turn in asked]}
        return told

    def answer(self, request: Request) -> bytes:
        if self._mode == "play":
            found = self.tape.answer(request)
            if found is None:
                self.since.strange.append(request.kind)
                return _wire(500, {}, b"")
            return found.answer
        exchange = self._asked(request)
        self.since.units.update(exchange.units)
        self.tape.keep(exchange)
        if self._mode == "record":
            self._turn.append(exchange)
        return exchange.answer

    def _asked(self, request: Request) -> Exchange:
        if request.path == _SENDING:
            return Exchange(request, _taken(request), {})
        body = json.loads(request.body) if request.service == "dynamodb" else {}
        written = list(writes(request.operation, body, self._tables))
        before = [_item(one.table, one.key) for one in written]
        status, headers, content = _moto(request)
        cost = Counter[str]()
        for write, old in zip(written, before, strict=True):
            new = _item(write.table, write.key)
            cost[write.table] += units(write, self._tables[write.table], old, new)
        return Exchange(request, _wire(status, headers, content), dict(cost))


def _shown(request: Request) -> dict[str, str]:
    body = base64.b64encode(request.body).decode()
    return {"service": request.service, "operation": request.operation, "path": request.path, "body": body}


def _taken(request: Request) -> bytes:
    """SES takes every message: its id is made of ours, which stands in the tags."""
    tags = {one["Name"]: one["Value"] for one in json.loads(request.body)["EmailTags"]}
    return _wire(200, {"Content-Type": "application/json"}, json.dumps({"MessageId": message_id(tags)}).encode())


def message_id(tags: dict[str, str]) -> str:
    return f"0102019345ab6789-{tags['communication_id'].lower()}-000000"


def _item(table: str, key: Item) -> Item | None:
    found: Item | None = _dynamodb("GetItem", {"TableName": table, "Key": key}).get("Item")
    return found


def _dynamodb(operation: str, body: dict[str, Any]) -> dict[str, Any]:
    named = {"x-amz-target": f"DynamoDB_20120810.{operation}", "content-type": "application/x-amz-json-1.0"}
    headers = {**named, "authorization": _AUTHORIZATION}
    answered: dict[str, Any] = json.loads(_moto(Request("POST", "/", headers, json.dumps(body).encode()))[2])
    return answered


def _moto(request: Request) -> tuple[int, dict[str, Any], bytes]:
    url = f"https://{request.service}.{REGION}.amazonaws.com{request.path}"
    headers = HTTPHeaders.from_dict(request.headers)
    asked = AWSPreparedRequest(request.method, url, headers, request.body, stream_output=False)
    answered: Any = botocore_stubber.process_request(asked)
    status, told, body = answered
    return status, dict(told), body if isinstance(body, bytes) else str(body).encode()


def _wire(status: int, headers: dict[str, Any], body: bytes) -> bytes:
    kept = {name: value for name, value in headers.items() if name.lower() not in ("content-length", "connection")}
    lines = "".join(f"{name}: {value}\r\n" for name, value in kept.items())
    return f"HTTP/1.1 {status} .\r\n{lines}Content-Length: {len(body)}\r\n\r\n".encode() + body


class Connection(asyncio.Protocol):
    """One client's: it asks, waits, and asks again."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._came = b""
        self._head: dict[str, str] | None = None
        self._line: list[str] = []

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._cloud.since.connections += 1

    def data_received(self, data: bytes) -> None:
        self._came += data
        if self._head is None:
            head, found, rest = self._came.partition(b"\r\n\r\n")
            if not found:
                return
            line, *fields = head.decode().split("\r\n")
            self._line, self._came = line.split(" "), rest
            self._head = {name.lower(): value.strip() for name, _, value in (one.partition(":") for one in fields)}
            if self._head.get("expect") == "100-continue":
                self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        if len(self._came) >= int(self._head.get("content-length", 0)):
            body, head_, self._came, self._head = self._came, self._head, b"", None
            self._answer(head_, body)

    def _answer(self, head: dict[str, str], body: bytes) -> None:
        method, path, _ = self._line
        if path == "/bench":
            self._transport.write(_wire(200, {}, json.dumps(self._cloud.order(json.loads(body))).encode()))
            return
        loop = asyncio.get_running_loop()
        begun = loop.time()
        request = Request(method, path, head, body)
        answer, since = self._cloud.answer(request), self._cloud.since
        since.bytes += len(body)

        def done() -> None:
            since.asked.append((request.operation, begun, loop.time()))
            self._transport.write(answer)

        if self._cloud.delay:
            loop.call_later(self._cloud.delay, done)
        else:
            done()


async def serve() -> None:
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        quicken(patch)
        cloud = Cloud()
        server = await asyncio.get_running_loop().create_server(partial(Connection, cloud), "127.0.0.1", 0)
        sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
        sys.stdout.flush()
        # Whoever started it closes its end when all is done.
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve())
