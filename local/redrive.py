"""Puts dead letters back on their queue, once what killed them is mended: `python -m local.redrive email production`.

SQS can move messages by itself (StartMessageMoveTask), but neither MiniStack nor moto knows that call, and what is only ever run in
an emergency must have been run before. Letters are deleted after they were put back: none is lost, and one that comes twice does
nothing.
"""

import argparse
import tomllib
from typing import Any

import boto3

from local.aws import client
from local.place import ROOT, Place

_QUEUES = ("email", "sms", "receipts")


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
    config = tomllib.loads((ROOT / "samconfig.toml").read_text())
    stages = [name for name in config if name not in ("version", "default")]
    parser = argparse.ArgumentParser(prog="make redrive", description="Puts dead letters back on their queue.")
    parser.add_argument("queue", choices=_QUEUES)
    parser.add_argument("stage", choices=stages)
    asked = parser.parse_args()
    stack = config[asked.stage]["deploy"]["parameters"]

    def of(service: str) -> Any:
        if asked.stage == "local":
            return client(Place.here(), service)
        return boto3.client(service, region_name=stack["region"])  # type: ignore[call-overload]

    def url(logical: str) -> str:
        found = of("cloudformation").describe_stack_resource(StackName=stack["stack_name"], LogicalResourceId=logical)
        return str(found["StackResourceDetail"]["PhysicalResourceId"])

    name = asked.queue.capitalize()
    print(f"{redrive(of('sqs'), url(f'{name}DeadLetters'), url(f'{name}Queue'))} put back")


if __name__ == "__main__":
    main()
