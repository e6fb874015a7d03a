"""What goes at the same time is over when whoever ordered it goes on."""

import threading
import time
from collections.abc import Callable

import pytest

from letterbook import parallel
from letterbook.parallel import both, each
from tests.support.failing import Died


def failing(error: BaseException) -> Callable[[], None]:
    def fail() -> None:
        raise error

    return fail


def test_two_calls_go_at_the_same_time() -> None:
    meet = threading.Barrier(2)
    assert sorted(both(lambda: meet.wait(5), lambda: meet.wait(5))) == [0, 1]


def test_each_is_done_at_the_same_time_and_answered_in_order() -> None:
    meet = threading.Barrier(5)

    def act(number: int) -> int:
        meet.wait(5)
        return number * number

    assert each(act, range(5)) == [0, 1, 4, 9, 16]
    assert each(act, []) == []


def test_the_error_of_the_first_that_failed_is_raised() -> None:
    def act(number: int) -> int:
        if number:
            raise ValueError(number)
        return number

    with pytest.raises(ValueError, match="1"):
        each(act, range(4))


def test_the_first_runs_where_it_was_ordered() -> None:
    """There clients of AWS are made: their session is the thread's."""
    assert both(threading.current_thread, lambda: None)[0] is threading.current_thread()


@pytest.mark.parametrize("error", [ValueError("no"), Died()])
def test_the_error_of_either_is_raised(error: BaseException) -> None:
    with pytest.raises(type(error)):
        both(failing(error), lambda: None)
    with pytest.raises(type(error)):
        both(lambda: None, failing(error))
    with pytest.raises(type(error)):
        both(failing(error), failing(KeyError()))


def test_nothing_runs_any_more_when_one_failed() -> None:
    begun, ended = threading.Event(), threading.Event()

    def second() -> None:
        begun.set()
        time.sleep(0.05)
        ended.set()

    def first() -> None:
        begun.wait(5)
        raise Died

    with pytest.raises(Died):
        both(first, second)
    assert ended.is_set()


def test_more_at_once_than_there_are_threads_comes_to_an_end() -> None:
    def nested(depth: int) -> int:
        return sum(both(lambda: nested(depth - 1), lambda: nested(depth - 1))) if depth else 1

    assert nested(7) == 2**7 > parallel.THREADS
