"""A batch with something bad in it: the good goes on, the bad comes back alone."""

import base64
import gzip
import json
from typing import Any

import pytest

from letterbook.domain.status import Status
from tests.support.aws import WorldForTests
from tests.support.lambda_client import batch, envelope, invoke, sample
from tests.support.steps import a_party, an_email, send, ses_event, standing


def failed(answer: Any) -> list[str]:
    return [one["itemIdentifier"] for one in answer["batchItemFailures"]]


def test_a_bad_order_does_not_keep_the_others_from_going(world: WorldForTests) -> None:
    party = a_party(world)
    first, second = send(world, an_email(party)), send(world, an_email(party))
    answer = invoke(
        "dispatch", batch({"communication_id": first.id}, "not json", {"who": 1}, {"communication_id": second.id})
    )
    assert failed(answer) == ["1", "2"]
    assert {standing(world, one).entry.status for one in (first, second)} == {Status.SENT}


def test_a_batch_that_is_all_bad_does_not_fail_the_function(world: WorldForTests) -> None:
    assert failed(invoke("dispatch", batch("x", "y"))) == ["0", "1"]


def test_the_same_order_twice_in_one_batch(world: WorldForTests) -> None:
    made = send(world, an_email(a_party(world)))
    order = {"communication_id": made.id}
    assert failed(invoke("dispatch", batch(order, order))) == []
    assert len(world.fakes.email.taken) == 1


def test_a_bad_receipt_does_not_keep_the_others_from_counting(world: WorldForTests) -> None:
    made = send(world, an_email(a_party(world)))
    invoke("dispatch", batch({"communication_id": made.id}))
    delivery = ses_event("delivery", made).replace("disclosures@castlegate.example", "priya@mailbox.example")
    answer = invoke("receipts", batch("x", envelope("{}"), envelope(delivery), {"provider": "nobody", "raw": "{}"}))
    assert failed(answer) == ["0", "1", "3"]
    assert standing(world, made).entry.status is Status.DELIVERED


@pytest.mark.parametrize(("receives", "left"), [(1, ["0"]), (3, ["0"]), (4, [])])
def test_a_receipt_that_matches_nothing_waits_and_is_set_aside_before_it_is_dead(
    world: WorldForTests, receives: int, left: list[str]
) -> None:
    event = {"provider": "sns", "raw": json.dumps(sample("sns/sms-success.json"))}
    assert failed(invoke("receipts", batch(event, receives=receives))) == left


def test_delivery_logs_are_put_on_the_queue_first(world: WorldForTests) -> None:
    invoke("receipts", sample("receipts/sms-delivery-log.json"))
    [event] = world.queued("receipts")
    assert event["provider"] == "sns"
    assert json.loads(event["raw"]) == sample("sns/sms-success.json")


def test_delivery_logs_that_could_not_be_taken_come_back_from_the_dead_letters(world: WorldForTests) -> None:
    """Lambda's destination on failure keeps the event with what went wrong around it; `make redrive` puts that on the queue."""
    kept = {"version": "1.0", "requestContext": {}, "requestPayload": sample("receipts/sms-delivery-log.json")}
    assert failed(invoke("receipts", batch(kept))) == []
    [event] = world.queued("receipts")
    assert json.loads(event["raw"]) == sample("sns/sms-success.json")


def test_cloudwatch_only_tries_whether_we_are_there(world: WorldForTests) -> None:
    probe = {"messageType": "CONTROL_MESSAGE", "logEvents": [{"message": "CWL CONTROL MESSAGE: Checking health"}]}
    data = base64.b64encode(gzip.compress(json.dumps(probe).encode())).decode()
    invoke("receipts", {"awslogs": {"data": data}})
    assert world.queued("receipts") == []


def test_many_delivery_logs_go_on_the_queue_in_batches(world: WorldForTests) -> None:
    world.queues.enqueue_provider_events("sns", [json.dumps({"n": n}) for n in range(23)])
    assert sorted(json.loads(one["raw"])["n"] for one in world.queued("receipts")) == list(range(23))
