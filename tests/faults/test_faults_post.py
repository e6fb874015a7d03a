"""What if a worker dies over a letter? Whoever takes the same letter twice as one is given it until it is printed, once; whoever
does not is given it once.
"""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from letterbook.domain.errors import Ambiguous, Conflict, Permanent, Throttled, Transient
from letterbook.domain.failures import FailureCode
from letterbook.domain.status import Status
from letterbook.use_cases.delivery.dispatch import dispatch
from letterbook.use_cases.messages.cancel import cancel
from tests.support.aws import WorldForTests, cloud
from tests.support.builders import viewer
from tests.support.failing import Died, fails_once
from tests.support.fakes.providers import FakeProvider
from tests.support.letters_by_post import a_queued_letter, hours, time_passes
from tests.support.steps import standing

TIMED_OUT = Ambiguous("ReadTimeoutError")
Fault = Callable[[WorldForTests, FakeProvider, pytest.MonkeyPatch], None]


def dies_writing_the_outcome(world: WorldForTests, printer: FakeProvider, patch: pytest.MonkeyPatch) -> None:
    printer.next.append(lambda: fails_once(patch, world.communications, "commit", Died()))


FAULTS: dict[str, Fault] = {
    "reading what it says": lambda world, _, patch: fails_once(patch, world.content_store, "content", Died()),
    "claiming": lambda world, _, patch: fails_once(patch, world.communications, "commit", Died()),
    "calling": lambda _, printer, __: printer.next.append(Died()),
    "once it was taken": lambda _, printer, __: printer.taken_and_then(Died()),
    "writing the outcome": dies_writing_the_outcome,
    "no answer": lambda _, printer, __: printer.next.append(TIMED_OUT),
    "no answer, and taken": lambda _, printer, __: printer.taken_and_then(TIMED_OUT),
    "twice no answer, and taken": lambda _, printer, __: printer.next.extend([TIMED_OUT, TIMED_OUT]),
}


def worked_on(world: WorldForTests, communication_id: str) -> None:
    """By one who may die of it."""
    try:
        dispatch(world, communication_id)
    except Died:
        return


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_exactly_one_letter_is_printed_whatever_dies(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch, fault: Fault
) -> None:
    printer, other = world.fakes.with_printer(), world.fakes.with_printer("other printer")
    letter = a_queued_letter(world)
    fault(world, printer, monkeypatch)
    worked_on(world, letter.id)
    time_passes(world, 15)
    assert standing(world, letter).entry.status is Status.SENT
    assert {one.communication_id for one in printer.taken} == {letter.id}
    assert other.calls == 0


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_who_would_print_it_twice_is_given_it_once(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch, fault: Fault
) -> None:
    printer, other = world.fakes.with_printer(idempotent=False), world.fakes.with_printer("other printer")
    letter = a_queued_letter(world)
    fault(world, printer, monkeypatch)
    worked_on(world, letter.id)
    time_passes(world, 15)
    assert standing(world, letter).entry.status in (Status.SENT, Status.UNCONFIRMED)
    assert (printer.calls, other.calls) == (1, 0)


@pytest.mark.parametrize("place", ["commit", "send_many"])
def test_a_sweep_that_dies_over_it_leaves_it_to_the_next(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    printer = world.fakes.with_printer()
    letter = a_queued_letter(world)
    printer.taken_and_then(Died())
    worked_on(world, letter.id)
    world.clock.pass_(minutes=2)
    owner: Any = world.communications if place == "commit" else world.queues
    fails_once(monkeypatch, owner, place, RuntimeError("it broke"))
    time_passes(world, 90, every=10)
    assert standing(world, letter).entry.status is Status.SENT
    assert {one.communication_id for one in printer.taken} == {letter.id}


def test_a_slow_worker_and_the_one_after_it_print_one_letter(world: WorldForTests) -> None:
    """The first is thought dead, and answers after the second."""
    printer = world.fakes.with_printer()
    letter = a_queued_letter(world)
    printer.next.append(lambda: time_passes(world, 5))
    dispatch(world, letter.id)
    assert [one.tried for one in printer.taken] == [False, True]
    assert standing(world, letter).entry.status is Status.SENT


def test_a_slow_workers_refusal_says_nothing_of_what_was_taken_since(world: WorldForTests) -> None:
    printer = world.fakes.with_printer()
    letter = a_queued_letter(world)

    def another_is_faster() -> None:
        printer.taken.clear()
        time_passes(world, 5)
        raise Permanent("422")

    printer.next.append(another_is_faster)
    dispatch(world, letter.id)
    assert standing(world, letter).entry.status is Status.SENT


def test_what_may_be_printed_goes_to_nobody_else_and_in_the_end_to_a_person(world: WorldForTests) -> None:
    printer, other = world.fakes.with_printer(), world.fakes.with_printer("other printer")
    letter = a_queued_letter(world)
    printer.next += [TIMED_OUT] * 200
    time_passes(world, 5)
    with pytest.raises(Conflict):
        cancel(world, viewer(), letter.id)
    hours(world, 19)
    assert standing(world, letter).entry.status is Status.SENDING
    tries = printer.calls
    assert 10 < tries < 40
    hours(world, 3)
    assert standing(world, letter).entry.status is Status.UNCONFIRMED
    hours(world, 24)
    assert (other.calls, printer.taken) == (0, [])
    assert printer.calls - tries <= 3


def test_our_account_refused_is_mended_and_the_letter_goes_on_there(world: WorldForTests) -> None:
    """It may be there already: no other printer is asked, and nothing is refused for good."""
    printer, other = world.fakes.with_printer(), world.fakes.with_printer("other printer")
    letter = a_queued_letter(world)
    printer.taken_and_then(TIMED_OUT)
    printer.next += [Permanent("401", FailureCode.CONFIG), Transient("503"), Throttled("429")]
    hours(world, 6)
    assert standing(world, letter).entry.status is Status.SENT
    assert (other.calls, len({one.communication_id for one in printer.taken})) == (0, 1)


ANSWERS: list[Callable[[FakeProvider], None]] = [
    lambda printer: printer.next.append(TIMED_OUT),
    lambda printer: printer.next.append(Died()),
    lambda printer: printer.next.append(Transient("503")),
    lambda printer: printer.next.append(Throttled("429")),
    lambda printer: printer.next.append(Permanent("401", FailureCode.CONFIG)),
    lambda printer: printer.taken_and_then(TIMED_OUT),
    lambda printer: printer.taken_and_then(Died()),
]


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data(), idempotent=st.booleans())
def test_whatever_they_answer_one_letter_is_printed(aws: None, data: st.DataObject, idempotent: bool) -> None:
    with pytest.MonkeyPatch.context() as patch, cloud(patch) as world:
        printers = [world.fakes.with_printer(name, idempotent=idempotent) for name in ("printer", "other printer")]
        letter = a_queued_letter(world)
        for printer in printers:
            for answer in data.draw(st.lists(st.sampled_from(ANSWERS), max_size=5)):
                answer(printer)
        for _ in range(26):
            try:
                hours(world, 1)
            except Died:
                continue
        taken = [(printer.name, one.communication_id) for printer in printers for one in printer.taken]
        status = standing(world, letter).entry.status
        assert len(set(taken)) <= 1
        assert idempotent or len(taken) <= 1
        assert taken or status is not Status.SENT
        assert not taken or status in (Status.SENT, Status.UNCONFIRMED)
        assert standing(world, letter).work.check_at is None
