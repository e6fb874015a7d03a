"""What Pingen tells of a letter, as it stands with the letter then: its price, what somebody has to do, where it came back."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from letterbook.domain.channels import Channel
from letterbook.domain.communication import Communication
from letterbook.domain.errors import Invalid
from letterbook.domain.message import MessageRequest
from letterbook.domain.post import Price
from letterbook.domain.receipts import Signal
from letterbook.domain.status import Status
from letterbook.domain.todos import TodoStatus, id_for
from letterbook.use_cases.delivery.dispatch import dispatch
from letterbook.use_cases.delivery.record_receipt import process_provider_event
from tests.support.aws import WorldForTests
from tests.support.pingen import SPEC, SimulatedPingen, simulated_pingen
from tests.support.steps import a_party, make_documents, send, standing


@pytest.fixture
def printer(world: WorldForTests, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SimulatedPingen]:
    with simulated_pingen(tmp_path) as made:
        monkeypatch.setattr(made.vendor, "happen", lambda _, steps, __: made.course.extend(steps))
        world.fakes.secrets.add(SPEC.name)
        monkeypatch.setattr(world.fakes.made[SPEC.name], "send", made.send)
        yield made


def a_letter(world: WorldForTests, line: str) -> Communication:
    party = a_party(world, address=f"{line}\n1 High Street\nSurbiton\nKT6 4QH")
    message = MessageRequest(channel=Channel.POST, party_id=party.id, subject="Final notice", body="Dear Ms Raman,")
    made = send(world, message)
    make_documents(world)
    dispatch(world, made.id)
    return standing(world, made)


def told(world: WorldForTests, printer: SimulatedPingen, made: Communication, monkeypatch: Any) -> Communication:
    """After all that is posted of it so far."""
    for body in printer.posts(monkeypatch):
        process_provider_event(world, SPEC.name, body.decode(), waited=False)
    return standing(world, made)


@pytest.mark.covers("E3")
def test_its_price_stands_with_it(
    world: WorldForTests, printer: SimulatedPingen, monkeypatch: pytest.MonkeyPatch
) -> None:
    after = told(world, printer, a_letter(world, "Flat 2"), monkeypatch)
    assert (after.entry.status, after.entry.price) == (
        Status.DELIVERED,
        Price(amount=Decimal("1.03"), currency="GBP"),
    )


@pytest.mark.covers("E3")
def test_what_waits_for_money_is_somebodys_to_do_until_it_moves(
    world: WorldForTests, printer: SimulatedPingen, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = told(world, printer, a_letter(world, "Unpaid"), monkeypatch)
    assert Signal.ACTION_REQUIRED in made.entry.hints
    todo = world.todos.get(id_for(made.id))
    assert todo
    assert todo.status is TodoStatus.OPEN
    assert todo.title.startswith("Add money to the account at Pingen")
    assert SPEC.cancel
    SPEC.cancel(printer.account, made.entry.provider_reference or "")
    after = told(world, printer, made, monkeypatch)
    assert (after.entry.status, after.entry.failure and after.entry.failure.code) == (Status.FAILED, "cancelled")


@pytest.mark.covers("E3")
def test_where_a_letter_came_back_no_other_goes(
    world: WorldForTests, printer: SimulatedPingen, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = told(world, printer, a_letter(world, "Undeliverable"), monkeypatch)
    assert (made.entry.status, made.entry.failure and made.entry.failure.code) == (Status.FAILED, "returned")
    [known] = world.addresses.known([made.entry.recipients[0].address]).values()
    assert known.quarantine
    assert known.quarantine.corrected
    assert known.quarantine.corrected.street == "Quay Street"
    message = MessageRequest(channel=Channel.POST, party_id=made.entry.party.id, subject="Again", body="Dear Ms Raman,")
    with pytest.raises(Invalid) as refused:
        send(world, message)
    assert [one.code for one in refused.value.faults] == ["quarantined_address"]
