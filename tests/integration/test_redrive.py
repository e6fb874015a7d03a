"""Dead letters come back."""

from typing import Any

from local.redrive import redrive
from tests.support.aws import WorldForTests, client


def test_every_dead_letter_is_put_back_once(world: WorldForTests) -> None:
    sqs = client("sqs")
    dead, queue = (sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("dead", "queue"))
    for number in range(25):
        sqs.send_message(QueueUrl=dead, MessageBody=str(number))

    assert redrive(sqs, dead, queue) == 25

    assert sorted(_bodies(sqs, queue), key=int) == [str(number) for number in range(25)]
    assert _bodies(sqs, dead) == []


def _bodies(sqs: Any, url: str) -> list[str]:
    bodies: list[str] = []
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        bodies += [one["Body"] for one in messages]
    return bodies


def test_nothing_dead_is_nothing_put_back(world: WorldForTests) -> None:
    sqs = client("sqs")
    dead, queue = (sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("dead", "queue"))

    assert redrive(sqs, dead, queue) == 0
