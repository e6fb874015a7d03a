"""How often a message waits for AWS: on the bill and in the latency this is most of what it costs (docs/scale.md)."""

import pytest

from letterbook.domain.communication import Communication
from letterbook.domain.status import Status
from tests.support.aws import WorldForTests
from tests.support.lambda_client import batch, envelope, invoke
from tests.support.round_trips import RoundTrips
from tests.support.steps import a_party, an_email, deliver_queue, send, ses_event, standing


def warm(world: WorldForTests) -> None:
    """What is known for some seconds is known: the settings, and how the provider is."""
    send(world, an_email(a_party(world, email="another@mailbox.example")))
    deliver_queue(world)


def dispatched(made: Communication) -> None:
    invoke("dispatch", batch({"communication_id": made.id}))


def test_a_message_goes_in_five_round_trips_and_its_providers(world: WorldForTests) -> None:
    warm(world)
    made = send(world, an_email(a_party(world)))
    with RoundTrips(("GetObject", "BatchGetItem")) as asked:
        dispatched(made)
    assert standing(world, made).entry.status is Status.SENT
    assert sorted(asked.names) == [
        "BatchGetItem", "GetItem", "GetObject", "TransactWriteItems", "TransactWriteItems", "UpdateItem",
    ]  # fmt: skip
    assert asked.in_a_row == 5


@pytest.mark.parametrize("event", ["send", "delivery"])
def test_a_receipt_is_recorded_in_two_round_trips(world: WorldForTests, event: str) -> None:
    """One more goes beside them for each batch: what goes by each provider is counted."""
    made = send(world, an_email(a_party(world)))
    dispatched(made)
    told = ses_event(event, made).replace("disclosures@castlegate.example", "priya@mailbox.example")
    with RoundTrips(("GetItem", "UpdateItem")) as asked:
        invoke("receipts", batch(envelope(told)))
    assert [row.event for row in world.communications.history(made.id)][3:] == [event.title()]
    assert sorted(asked.names) == ["GetItem", "TransactWriteItems", "UpdateItem"]
    assert asked.in_a_row == 2
