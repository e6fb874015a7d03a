"""Many at the same moment: each in a thread of its own, on a cloud that does one thing after another, as DynamoDB per item."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import pytest
from moto.core.botocore_stubber import BotocoreStubber

T = TypeVar("T")


def at_once(monkeypatch: pytest.MonkeyPatch, number: int, do: Callable[[int], T]) -> list[T | Exception]:
    """What became of each: what it answered, or what it raised. All begin together."""
    works, lock, begin = BotocoreStubber.process_request, threading.Lock(), threading.Barrier(number)

    def one_by_one(self: BotocoreStubber, request: Any) -> Any:
        with lock:
            return works(self, request)

    def done(which: int) -> T | Exception:
        begin.wait()
        try:
            return do(which)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what became of that one
            return error

    with monkeypatch.context() as patch, ThreadPoolExecutor(number) as threads:
        patch.setattr(BotocoreStubber, "process_request", one_by_one)
        return list(threads.map(done, range(number)))
