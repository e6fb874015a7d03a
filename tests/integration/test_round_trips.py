"""How often a message waits for AWS: on the bill and in the latency this is most of what it costs (docs/scale.md)."""

from dataclasses import replace
from typing import Any

import pytest

from letterbook.domain.channels import Channel
from letterbook.domain.communication import Communication
from letterbook.domain.failures import FailureCode
from letterbook.domain.party import OptOut, Party, Preferences
from letterbook.domain.receipts import DeliveryOutcome, RecipientUpdate
from letterbook.domain.status import Status
from letterbook.use_cases.directory.parties import amend_party, set_preferences
from tests.support.aws import WorldForTests
from tests.support.builders import viewer
from tests.support.lambda_client import batch, envelope, invoke
from tests.support.round_trips import RoundTrips
from tests.support.steps import a_party, an_email, deliver_queue, send, ses_event, standing, tell


@pytest.fixture(autouse=True)
def first_of_its_month(world: WorldForTests) -> None:
    """The first entry of a month takes one request more."""
    send(world, an_email(a_party(world, email="first@mailbox.example")))
    deliver_queue(world)


def warm(world: WorldForTests) -> None:
    """What is known for some seconds was just asked: the settings, and how the provider is."""
    world.settings.latest()
    world.circuit_breakers.get("ses", now=True)


def ordered(world: WorldForTests, made: Communication) -> Any:
    """What the worker is called with."""
    [order] = world.queued("email")
    assert order["communication_id"] == made.id
    return batch(order)


ACCEPTED = ["BatchGetItem", "PutObject", "TransactWriteItems", "SendMessage"]
LOOKED_UP = ["BatchGetItem", *ACCEPTED]


def accepted(world: WorldForTests, party: Party, **asked: Any) -> list[str]:
    """The requests, one after the other, that it takes to accept a message to them."""
    warm(world)
    with RoundTrips() as trips:
        send(world, an_email(party, **asked))
    return trips.names


def test_a_message_is_accepted_in_four_round_trips(world: WorldForTests) -> None:
    """What is known of an address comes with its party, where it is named, or the process wrote there before."""
    priya, ann = a_party(world), a_party(world, email="ann@mailbox.example")
    assert accepted(world, priya, to=("priya@mailbox.example",)) == ACCEPTED
    assert accepted(world, priya) == LOOKED_UP
    assert accepted(world, priya) == ACCEPTED
    assert accepted(world, ann) == LOOKED_UP


def test_who_has_another_address_by_now_is_written_to_there(world: WorldForTests) -> None:
    party = a_party(world)
    accepted(world, party)
    amend_party(world, viewer(), party.id, None, lambda now: replace(now, email="new@mailbox.example"))
    assert accepted(world, party) == LOOKED_UP
    assert accepted(world, party) == ACCEPTED
    deliver_queue(world)
    assert [one.to for one in world.fakes.email.taken[-2:]] == [("new@mailbox.example",)] * 2


def test_what_an_address_is_known_for_is_asked_each_time(world: WorldForTests) -> None:
    """Where it lies is remembered, and nothing of what lies there."""
    party = a_party(world)
    made = send(world, an_email(party))
    deliver_queue(world)
    tell(
        world,
        made,
        RecipientUpdate(recipient=party.email, fact=DeliveryOutcome.HARD_BOUNCE, code=FailureCode.INVALID_ADDRESS),
    )
    assert [send(world, an_email(party)).entry.channel for _ in range(2)] == [Channel.MANUAL] * 2


def test_an_address_that_is_written_otherwise_is_found_all_the_same(world: WorldForTests) -> None:
    assert accepted(world, a_party(world), to=("priya@MAILBOX.example",)) == ACCEPTED


SENT = ["BatchGetItem", "GetObject", "TransactWriteItems", "TransactWriteItems", "UpdateItem"]


def test_a_message_goes_in_five_round_trips_and_its_providers(world: WorldForTests) -> None:
    """Where the process did not write before, what is known of the address is read while its content is."""
    party = a_party(world)
    made = send(world, an_email(party, to=("priya@mailbox.example",)))
    order = ordered(world, made)
    warm(world)
    with RoundTrips(("GetObject", "BatchGetItem"), skip=1) as asked:
        invoke("dispatch", order)
    assert standing(world, made).entry.status is Status.SENT
    assert sorted(asked.names) == sorted([*SENT, "BatchGetItem"])
    assert asked.in_a_row == 5
    order = ordered(world, send(world, an_email(party)))
    warm(world)
    with RoundTrips() as fewer:
        invoke("dispatch", order)
    assert fewer.names == SENT


def test_an_order_that_names_nobody_is_as_good(world: WorldForTests) -> None:
    """The sweep's, and those that waited on the queue since nobody was named there."""
    made = send(world, an_email(a_party(world)))
    warm(world)
    with RoundTrips(("GetObject", "BatchGetItem")) as asked:
        invoke("dispatch", batch({"communication_id": made.id}))
    assert standing(world, made).entry.status is Status.SENT
    assert asked.in_a_row == 5


def test_whoever_an_order_names_only_whom_it_is_for_is_asked(world: WorldForTests) -> None:
    """Filed elsewhere since, it is another party's who opted out, or whose address is another."""
    party, another = a_party(world), a_party(world, email="ann@mailbox.example")
    made = send(world, an_email(party))
    [order] = world.queued("email")
    set_preferences(
        world, viewer(), party.id, None, lambda _: Preferences(opt_outs=(OptOut(channel="email", at=world.now()),))
    )
    invoke("dispatch", batch({**order, "party_id": another.id}))
    assert standing(world, made).entry.status is Status.SKIPPED
    assert made.id not in {one.communication_id for one in world.fakes.email.taken}


@pytest.mark.parametrize("event", ["send", "delivery"])
def test_a_receipt_is_recorded_in_two_round_trips(world: WorldForTests, event: str) -> None:
    """One more goes beside them for each batch: what goes by each provider is counted."""
    made = send(world, an_email(a_party(world)))
    invoke("dispatch", ordered(world, made))
    told = ses_event(event, made).replace("disclosures@castlegate.example", "priya@mailbox.example")
    warm(world)
    with RoundTrips(("GetItem", "UpdateItem")) as asked:
        invoke("receipts", batch(envelope(told)))
    assert [row.event for row in world.communications.history(made.id)][3:] == [event.title()]
    assert sorted(asked.names) == ["GetItem", "TransactWriteItems", "UpdateItem"]
    assert asked.in_a_row == 2
