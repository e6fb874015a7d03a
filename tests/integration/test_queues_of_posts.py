"""What was posted is put on a queue: as many messages as there are events, each as large as SQS takes, none lost in silence."""

import json
import os
from typing import Any

import pytest
from botocore.exceptions import ClientError

from letterbook.adapters import aws
from letterbook.contracts.queue_messages import ProviderEvent
from letterbook.domain.communication import Recipient
from letterbook.domain.status import Status
from letterbook.ports import EventSource
from tests.support.aws import WorldForTests
from tests.support.lambda_client import batch, invoke
from tests.support.provider_contract import contract_of
from tests.support.steps import a_party, an_email, deliver_queue, entered, send, ses_event, standing

MOST = 256 * 1024


def waiting(world: WorldForTests) -> list[ProviderEvent]:
    return [ProviderEvent.model_validate(one) for one in world.queued("receipts")]


def sizes(monkeypatch: pytest.MonkeyPatch) -> list[list[int]]:
    """Of each request to SQS: how long each of its messages is."""
    seen: list[list[int]] = []
    send_batch = aws.sqs().send_message_batch

    def watched(**asked: Any) -> Any:
        seen.append([len(one["MessageBody"].encode()) for one in asked["Entries"]])
        return send_batch(**asked)

    monkeypatch.setattr(aws.sqs(), "send_message_batch", watched)
    return seen


def test_hundreds_of_events_are_as_many_messages(world: WorldForTests, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = sizes(monkeypatch)
    # Of twenty in a row no ten go with one request.
    events = [json.dumps({"n": n, "said": "ü" * (6_000 if 100 <= n < 120 else n % 7)}) for n in range(300)]
    world.queues.enqueue_provider_events("ses", events)
    # Taking hundreds out again is seconds of work for moto.
    url = os.environ["RECEIPTS_QUEUE_URL"]
    there = aws.sqs().get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
    assert there["Attributes"]["ApproximateNumberOfMessages"] == "300"
    assert all(len(one) <= 10 and sum(one) <= MOST for one in seen)
    assert sum(len(one) < 10 for one in seen) > 1


@pytest.mark.parametrize(
    "event",
    [
        "x" * 40_001,
        "\x00" * 40_000,
        '"' * 200_000,
        "\x00" * 90_000,
        "ü" * 500_000,
        "\\ud800" * 100_000,
        "a\uffffb",
        "\ufffe",
    ],
    ids=["long", "as long as may be", "quotes", "controls", "umlauts", "escapes", "no character", "nor this"],
)
def test_what_no_queue_takes_as_it_is_travels_packed(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch, event: str
) -> None:
    seen = sizes(monkeypatch)
    world.queues.enqueue_provider_events("ses", ["before", event, "after"])
    assert {one.text for one in waiting(world)} == {"before", event, "after"}
    assert all(sum(one) <= MOST for one in seen)


def test_one_that_cannot_be_packed_keeps_no_other_back(world: WorldForTests) -> None:
    """Nobody signs such a thing; where it comes all the same, it is told, so that it is posted again and somebody looks."""
    giant = os.urandom(2_000_000).hex()
    with pytest.raises(OSError, match="1 messages"):
        world.queues.enqueue_provider_events("ses", ["before", giant, "after"])
    assert {one.text for one in waiting(world)} == {"before", "after"}


@pytest.mark.parametrize("failing", [{1}, {0, 2}, {9}])
def test_none_is_lost_in_silence_when_sending_fails_half_way(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch, failing: set[int]
) -> None:
    send_batch, asked_before = aws.sqs().send_message_batch, [0]

    def fails(**asked: Any) -> Any:
        asked_before[0] += 1
        if asked_before[0] - 1 in failing:
            raise ClientError({"Error": {"Code": "ServiceUnavailable"}}, "SendMessageBatch")
        return send_batch(**asked)

    monkeypatch.setattr(aws.sqs(), "send_message_batch", fails)
    with pytest.raises(OSError, match=f"{len(failing) * 10} messages"):
        world.queues.enqueue_provider_events("ses", [str(n) for n in range(100)])
    assert len(waiting(world)) == 100 - len(failing) * 10


def test_each_message_that_the_queue_refuses_is_told(world: WorldForTests, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(**asked: Any) -> Any:
        return {"Failed": [{"Id": one["Id"], "Code": "InternalError"} for one in asked["Entries"][:3]]}

    monkeypatch.setattr(aws.sqs(), "send_message_batch", refuses)
    with pytest.raises(OSError, match="3 messages: InternalError"):
        world.queues.enqueue_provider_events("ses", ["a", "b", "c", "d"])


def test_a_packed_event_is_recorded_like_any_other(world: WorldForTests, capsys: pytest.CaptureFixture[str]) -> None:
    made = send(world, an_email(a_party(world)))
    deliver_queue(world)
    event = ses_event("delivery", made, padding="x" * 300_000)
    world.queues.enqueue_provider_events("ses", [event])
    [body] = world.queued("receipts")
    assert body["packed"]
    assert invoke("receipts", batch(body)) == {"batchItemFailures": []}
    assert world.communications.history(made.id)[-1].event == "Delivery"
    assert "UnknownEvents" not in capsys.readouterr().out


def test_events_that_say_nothing_are_kept_and_counted(world: WorldForTests, capsys: pytest.CaptureFixture[str]) -> None:
    made = send(world, an_email(a_party(world)))
    deliver_queue(world)
    invoke("receipts", batch({"provider": "ses", "raw": ses_event("unknown", made)}))
    assert world.communications.history(made.id)[-1].event == "Teleported"
    [told] = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "UnknownEvents" in line]
    assert (told["UnknownEvents"], told["provider"]) == ([1.0], "ses")


def test_events_of_the_bus_are_of_the_provider_that_reports_by_it(world: WorldForTests) -> None:
    provider = contract_of(world.providers.reporting_by(EventSource.BUS))
    raw = provider.raw("delivered.json")
    entry = entered(
        world,
        channel=provider.spec.channel,
        status=Status.SENT,
        recipients=(Recipient(address=provider.recipient),),
        provider=provider.name,
    )
    assert invoke("receipts", batch(raw.replace(provider.communication_id, entry.id))) == {"batchItemFailures": []}
    assert standing(world, entry.id).entry.status is Status.DELIVERED
