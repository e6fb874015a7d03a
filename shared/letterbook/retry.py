"""Doing again what others got in the way of, after a pause, so that not everybody who lost tries at the same moment."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TypeVar

from letterbook.domain.errors import ConcurrentUpdate

T = TypeVar("T")

MAX_TRIES = 10
# The first pause is this long at most, each further one up to twice as long, until they are as long as the longest.
_FIRST_SECONDS, _LONGEST_SECONDS = 0.02, 1.28


def retry_on_conflict(attempt: Callable[[], T], *, most: int = MAX_TRIES) -> T:
    """What `attempt` answers, made anew on top of what somebody else wrote, for as long as it raises ConcurrentUpdate.

    Raises ConcurrentUpdate when others keep writing, and whatever else the attempt raises.
    """
    for _ in tries(most):
        with suppress(ConcurrentUpdate):
            return attempt()
    raise ConcurrentUpdate


def tries(most: int = MAX_TRIES) -> Iterator[int]:
    """The numbers of the tries, from 0; whoever comes back for another one waits first. Ten take at most seven seconds."""
    for number in range(most):
        if number:
            time.sleep(random.random() * longest_pause(number))  # noqa: S311 - it spreads load and keeps no secret
        yield number


def longest_pause(number: int) -> float:
    """How many seconds at most there are before a try."""
    return min(_FIRST_SECONDS * 2.0 ** (number - 1), _LONGEST_SECONDS)
