"""Many at the same moment: each in a thread of its own, on a cloud that does one request after another, as DynamoDB per item."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def at_once(number: int, do: Callable[[int], T]) -> list[T | Exception]:
    """What became of each: what it answered, or what it raised. All begin together."""
    begin = threading.Barrier(number)

    def done(which: int) -> T | Exception:
        begin.wait()
        try:
            return do(which)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what became of that one
            return error

    with ThreadPoolExecutor(number) as threads:
        return list(threads.map(done, range(number)))
