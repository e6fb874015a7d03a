"""Does the acts, in a process of its own, with the product that its path names: its CPU is theirs alone.

It reads orders from its standard input, a line of JSON each, and answers with one. First it is told its tables and the port.
"""

import base64
import http.client
import json
import os
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

from tests.bench.acts import BY_NAME, Act
from tests.bench.firm import Event, Firm, call

_ENTRIES = 52


class Loopback:
    """The server's other ear."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port)

    def order(self, do: str, **more: Any) -> Any:
        self._connection.request("POST", "/bench", json.dumps({"do": do, **more}))
        return json.loads(self._connection.getresponse().read())


class Worker:
    def __init__(self, loopback: Loopback, tables: dict[str, Any]) -> None:
        """`tables` are their definitions, by the variables that name them."""
        self._loopback = loopback
        loopback.order("tables", tables={name.lower(): one for name, one in tables.items()})
        self._firm = Firm({name: name.lower() for name in tables})
        # Enough for a page of fifty, and most of the words that people use.
        for _ in range(_ENTRIES):
            call("indexer", self._firm.changed(self._firm.sent()))
        # What each turn is called with, when, and what it answered.
        self._turns: dict[str, list[tuple[str, datetime, Any]]] = {}

    def record(self, act: Act, turns: int) -> dict[str, Any]:
        """Does it for the first time, at once after what must have happened before."""
        told = []
        kept = self._turns.setdefault(act.name, [])
        # What a process asks once in a while, it has asked then.
        call(act.function, act.event(self._firm, turns))
        self._firm.forget()
        for turn in range(turns):
            self._loopback.order("pass")
            event = json.dumps(act.event(self._firm, turn))
            self._loopback.order("record", act=act.name)
            answer = call(act.function, json.loads(event))
            told.append({**self._loopback.order("pass"), "answer": _bytes(answer)})
            _good(answer)
            kept.append((event, self._firm.time, _outcome(answer)))
        return {"turns": told}

    def play(self, act: Act, delay: float = 0, turns: int | None = None) -> dict[str, Any]:
        """Does each turn again, or the first of them: the milliseconds of CPU of each, and what the server saw."""
        took, seen = [], []
        now = self._firm.time
        self._firm.forget()
        for turn, (event, at, outcome) in enumerate(self._turns[act.name][:turns]):
            self._loopback.order("play", act=act.name, turn=turn, delay=delay)
            self._firm.time = at
            given: Event = json.loads(event)
            begun = time.process_time()
            answer = call(act.function, given)
            took.append((time.process_time() - begun) * 1000)
            told = self._loopback.order("pass")
            if told["strange"] or _outcome(answer) != outcome:
                raise AssertionError(f"{act.name} did not go as it was recorded: {told['strange']} {answer}")
            seen.append(told)
        self._firm.time = now
        return {"took": took, "turns": seen}


def _good(answer: Any) -> None:
    if answer.get("statusCode", 200) >= 400 or answer.get("batchItemFailures"):
        raise AssertionError(f"not done: {answer}")


def _bytes(answer: Any) -> int:
    """What goes over the wire: what is compressed stands in base64."""
    body = str(answer.get("body") or "").encode()
    return len(base64.b64decode(body) if answer.get("isBase64Encoded") else body)


def _outcome(answer: Any) -> Any:
    return answer.get("statusCode"), answer.get("batchItemFailures")


def answering(orders: TextIO, answers: TextIO) -> None:
    first = json.loads(orders.readline())
    worker = Worker(Loopback(first["port"]), first["tables"])
    answers.write("{}\n")
    answers.flush()
    for line in orders:
        order = json.loads(line)
        act = BY_NAME[order.pop("act")]
        answers.write(json.dumps(getattr(worker, order.pop("do"))(act, **order)) + "\n")
        answers.flush()


if __name__ == "__main__":
    # What the functions log goes nowhere, at the cost of writing it.
    own = os.fdopen(os.dup(1), "w")
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), 1)
    answering(sys.stdin, own)
