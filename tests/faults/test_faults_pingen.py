"""A letter on paper cannot be taken back: whatever dies on its way to the printer, and whenever, exactly one is printed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from letterbook.adapters.providers import RegisteredProviders, access_tokens, pingen, pingen_api, vendor_http
from letterbook.domain.channels import Channel
from letterbook.domain.communication import Communication
from letterbook.domain.message import MessageRequest
from letterbook.domain.status import Status
from letterbook.environment import settings
from letterbook.use_cases.delivery.look_up import look_up
from letterbook.use_cases.delivery.sweep import sweep
from tests.support.aws import WorldForTests
from tests.support.failing import Died, fails_once
from tests.support.pingen import SimulatedPingen, simulated_pingen
from tests.support.steps import a_party, deliver_queue, make_documents, send, standing

# Each call that hands a letter over, in order.
STEPS = ("token", "place", "file", "letter")


@pytest.fixture
def printer(world: WorldForTests, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SimulatedPingen]:
    with simulated_pingen(tmp_path) as made:
        monkeypatch.setattr(made.vendor, "happen", lambda *_: None)
        vars(world)["fakes"] = RegisteredProviders(settings())
        yield made


def a_letter(world: WorldForTests, line: str = "1 High Street") -> Communication:
    party = a_party(world, address=f"Priya Raman\n{line}\nSurbiton\nKT6 4QH")
    made = send(
        world, MessageRequest(channel=Channel.POST, party_id=party.id, subject="Final notice", body="Dear Ms Raman,")
    )
    make_documents(world)
    return made


def minutes_pass(world: WorldForTests, made: Communication) -> None:
    """Until it is sent, twelve at most."""
    for _ in range(12):
        world.clock.pass_(minutes=1)
        sweep(world)
        deliver_queue(world, "post")
        if standing(world, made).entry.status is Status.SENT:
            return


def dies_at(monkeypatch: pytest.MonkeyPatch, number: int, when: str) -> None:
    """Before or after the call of that number, once."""
    works, calls = vendor_http.call, [0]

    def call(*args: Any, **kwargs: Any) -> Any:
        calls[0] += 1
        if calls[0] == number + 1 and when == "before":
            raise Died
        answer = works(*args, **kwargs)
        if calls[0] == number + 1 and when == "after":
            raise Died
        return answer

    for module in (access_tokens, pingen_api, pingen):
        monkeypatch.setattr(module, "call", call)


def assert_printed_once(world: WorldForTests, printer: SimulatedPingen, made: Communication) -> None:
    [letter] = printer.taken
    entry = standing(world, made).entry
    assert (entry.status, entry.provider_reference) == (Status.SENT, letter["reference"])


@pytest.mark.covers("E3")
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", STEPS)
def test_whoever_dies_at_any_call_one_letter_is_printed(
    world: WorldForTests, printer: SimulatedPingen, monkeypatch: pytest.MonkeyPatch, step: str, when: str
) -> None:
    made = a_letter(world)
    dies_at(monkeypatch, STEPS.index(step), when)
    with pytest.raises(Died):
        deliver_queue(world, "post")
    minutes_pass(world, made)
    assert_printed_once(world, printer, made)


@pytest.mark.covers("E3")
def test_whoever_dies_before_the_result_is_written_prints_no_second_one(
    world: WorldForTests, printer: SimulatedPingen, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = a_letter(world)
    monkeypatch.setattr(
        printer.vendor, "happen", lambda *_: fails_once(monkeypatch, world.communications, "commit", Died())
    )
    with pytest.raises(Died):
        deliver_queue(world, "post")
    minutes_pass(world, made)
    assert_printed_once(world, printer, made)


@pytest.mark.covers("E3")
@pytest.mark.parametrize("line", ["Ambiguous", "Garbled", "Throttled"])
def test_what_is_not_known_is_found_out_by_itself(world: WorldForTests, printer: SimulatedPingen, line: str) -> None:
    made = a_letter(world, line)
    deliver_queue(world, "post")
    minutes_pass(world, made)
    assert_printed_once(world, printer, made)


def test_while_nothing_can_be_found_out_nothing_is_printed_twice(
    world: WorldForTests, printer: SimulatedPingen
) -> None:
    """For longer than the key is known: then it is not handed over any more, and looked up."""
    made = a_letter(world, "Ambiguous")
    deliver_queue(world, "post")
    printer.away = True
    for _ in range(12):
        world.clock.pass_(minutes=120)
        sweep(world)
        deliver_queue(world, "post")
    assert standing(world, made).entry.status is Status.UNCONFIRMED
    printer.away = False
    printer.asked.clear()
    look_up(world, made.id)
    assert [one for one in printer.asked if one.startswith("POST letters")] == []
    assert_printed_once(world, printer, made)
