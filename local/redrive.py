"""Puts dead letters back on their queue, once what killed them is mended: `python -m local.redrive email production`.

SQS can move messages by itself (StartMessageMoveTask), but neither MiniStack nor moto knows that call, and what is only ever run in
an emergency must have been run before. Letters are deleted after they were put back: none is lost, and one that comes twice does
nothing.
"""

import argparse
from typing import Any

from local.stage import stages

_QUEUES = ("email", "sms", "receipts", "inbound", "bulk", "lookup", "render", "export")


def redrive(sqs: Any, dead_letters: str, queue: str) -> int:
    """How many were put back. Both queues are named by their URLs."""
    count = 0
    while letters := sqs.receive_message(QueueUrl=dead_letters, MaxNumberOfMessages=10, WaitTimeSeconds=1).get(
        "Messages"
    ):
        for letter in letters:
            sqs.send_message(QueueUrl=queue, MessageBody=letter["Body"])
            sqs.delete_message(QueueUrl=dead_letters, ReceiptHandle=letter["ReceiptHandle"])
            count += 1
    return count


def main() -> None:
    parser = argparse.ArgumentParser(prog="make redrive", description="Puts dead letters back on their queue.")
    parser.add_argument("queue", choices=_QUEUES)
    parser.add_argument("stage", choices=stages())
    asked = parser.parse_args()
    stage, name = stages()[asked.stage], asked.queue.capitalize()
    letters, queue = stage.resource(f"{name}DeadLetters"), stage.resource(f"{name}Queue")
    print(f"{redrive(stage.client('sqs'), letters, queue)} put back")


if __name__ == "__main__":
    main()
