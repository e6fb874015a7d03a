"""Doing at the same time what does not depend on another: on AWS a request is milliseconds of waiting, and little work."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

A = TypeVar("A")
B = TypeVar("B")

# Threads that wait cost nothing, and making one costs more than what it saves: they are kept.
THREADS = 16


def both(first: Callable[[], A], second: Callable[[], B]) -> tuple[A, B]:
    """What two calls answer that go at the same time, the `first` in this thread.

    Neither runs any more when this is over, however it ends: Lambda stops a process in the midst of whatever still runs after
    its answer. Raises what the `first` raised, else what the `second` did.
    """
    other = _pool().submit(second)
    try:
        own = first()
    except BaseException:
        if not other.cancel():
            other.exception()
        raise
    # Where all threads are busy it has not begun, and whoever waited for it might be one of them.
    return own, second() if other.cancel() else other.result()


def each(act: Callable[[A], B], of: Sequence[A]) -> list[B]:
    """What `act` answers of each, in their order, all at the same time. Raises what the first of them raised that failed."""
    if len(of) <= 1:
        return [act(one) for one in of]
    first, others = both(lambda: act(of[0]), lambda: each(act, of[1:]))
    return [first, *others]


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(THREADS)
