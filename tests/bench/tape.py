"""What the services were asked in each turn of an act, and what they answered; played back, each request gets its kind's answer.

Ids and tokens are new each time, so a request is known by what it asks of which table, and of several alike by its bytes, then by
its place. What a process asks seldom, because it remembers the answer for a while, or by chance, because it counts by samples, is
answered as it was whenever it, or at least its kind, was asked before.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

_IDS = re.compile(r"[a-z]{3}_[0-9A-HJKMNP-TV-Z]{26}|[0-9a-f-]{16,}|(?<=mail/)[0-9]+")


@dataclass(frozen=True)
class Request:
    """As it came over the wire. `path` has the query; the names of `headers` are in small letters."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def service(self) -> str:
        """By its signature. What nobody signed asks Cognito for the keys that it publishes."""
        scope = self.headers.get("authorization", "").partition("Credential=")[2].split("/")
        return scope[3] if scope[1:] else "cognito-idp"

    @property
    def operation(self) -> str:
        """As AWS calls it, or the method and the path of what has no name on the wire."""
        named = self.headers.get("x-amz-target", "").rpartition(".")[2]
        return named or f"{self.method} {_IDS.sub('*', self.path)}"

    @cached_property
    def kind(self) -> str:
        return f"{self.service} {self.operation} {' '.join(sorted(set(_tables(self))))}".rstrip()


def _tables(request: Request) -> Iterable[str]:
    if request.service != "dynamodb":
        return
    body = json.loads(request.body)
    yield from body.get("RequestItems", ())
    for one in (body, *(what for item in body.get("TransactItems", ()) for what in item.values())):
        if "TableName" in one:
            yield one["TableName"]


@dataclass(frozen=True)
class Exchange:
    """A request, its answer as it goes over the wire, and the write units that it cost, by table."""

    request: Request
    answer: bytes
    units: dict[str, int]


@dataclass
class Tape:
    """`turns` are those of each act, `played` what was asked in each when it was last played. `seldom` has the last answer to each
    request that was ever made, by its kind and its bytes, and to each kind.
    """

    turns: dict[str, list[list[Exchange]]] = field(default_factory=dict)
    played: dict[tuple[str, int], list[Request]] = field(default_factory=dict)
    seldom: dict[tuple[str, bytes | None], Exchange] = field(default_factory=dict)
    _left: list[Exchange] = field(default_factory=list)
    _asked: list[Request] = field(default_factory=list)

    def keep(self, exchange: Exchange) -> None:
        for body in (exchange.request.body, None):
            self.seldom[exchange.request.kind, body] = exchange

    def rewind(self, act: str, turn: int) -> None:
        self._left = list(self.turns[act][turn])
        self._asked = self.played[act, turn] = []

    def answer(self, request: Request) -> Exchange | None:
        """None for what was never asked before."""
        self._asked.append(request)
        alike = [one for one in self._left if one.request.kind == request.kind]
        if not alike:
            return self.seldom.get((request.kind, request.body)) or self.seldom.get((request.kind, None))
        same = [one for one in alike if one.request.body == request.body]
        found = (same or alike)[0]
        self._left.remove(found)
        return found


def rounds(spans: list[tuple[float, float]]) -> int:
    """The most requests that waited for one another: each of them began when the one before was answered."""
    count, free = 0, float("-inf")
    for begun, ended in sorted(spans, key=lambda span: span[1]):
        if begun >= free:
            count, free = count + 1, ended
    return count
