"""Records what providers tell us. Four ways lead here, and all go through the one queue:

- Amazon SES: its events come by SNS into the queue;
- AWS End User Messaging: its events come by EventBridge into the queue;
- webhooks: verified, then put on the queue as they came;
- Amazon SNS SMS: delivery logs come straight from CloudWatch Logs and are put on the queue first, so that an early one can wait.
  What failed there comes back from the dead letters as it was.
"""

import base64
import gzip
import json
from collections.abc import Sequence
from typing import Any

from pydantic import ConfigDict, TypeAdapter

from letterbook.bootstrap import world
from letterbook.contracts.aws_events import BusEvent, FailedLogs, LogsEvent, SnsEnvelope
from letterbook.contracts.queue_messages import ProviderEvent
from letterbook.domain.receipts import Receipt
from letterbook.observability import get_logger
from letterbook.ports import EventSource
from letterbook.sqs import Record, process_together
from letterbook.use_cases.delivery.record_receipt import ProviderTold, read_provider_event, record_provider_events

log = get_logger()
message: TypeAdapter[ProviderEvent | SnsEnvelope | BusEvent | FailedLogs] = TypeAdapter(
    ProviderEvent | SnsEnvelope | BusEvent | FailedLogs, config=ConfigDict(defer_build=True)
)

# One less than the queue allows before a message is dead: an event that matches nothing is set aside, not lost.
LAST_RECEIVE = 4


def read(record: Record) -> ProviderTold | None:
    body = message.validate_json(record["body"])
    if isinstance(body, FailedLogs):
        enqueue(body.request)
        return None
    receives = int(record["attributes"]["ApproximateReceiveCount"])
    return read_provider_event(world(), *told(body, record["body"]), waited=receives >= LAST_RECEIVE)


def take(about_one: Sequence[ProviderTold]) -> None:
    record_provider_events(world(), about_one)
    for one in about_one:
        if one.receipt.is_silent:
            count_silent(one.receipt)


def told(body: ProviderEvent | SnsEnvelope | BusEvent, text: str) -> tuple[str, str]:
    """Whose event it is, and the event itself. `text` is all of what stood on the queue."""
    if isinstance(body, SnsEnvelope):
        return world().providers.reporting_by(EventSource.TOPIC), body.Message
    if isinstance(body, BusEvent):
        return world().providers.reporting_by(EventSource.BUS), text
    return body.provider, body.text


def count_silent(receipt: Receipt) -> None:
    """Many of a new name mean that a provider tells something that we do not read yet."""
    # There are few, and every cold start would wait for it.
    from aws_lambda_powertools import single_metric
    from aws_lambda_powertools.metrics import MetricUnit

    log.info("event says nothing", extra={"provider": receipt.provider, "event": receipt.event})
    with single_metric(name="UnknownEvents", unit=MetricUnit.Count, value=1, namespace="Letterbook") as metric:
        metric.add_dimension(name="provider", value=receipt.provider)


@log.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], _: Any) -> dict[str, Any] | None:
    if "awslogs" in event:
        enqueue(LogsEvent.model_validate(event))
        return None
    return process_together(event, read, lambda one: one.about, take, meanwhile=world().provider_activity.flush)


def enqueue(event: LogsEvent) -> None:
    """The lines of a batch go on the queue one by one. CloudWatch Logs also sends batches that only try whether we are there."""
    batch = json.loads(gzip.decompress(base64.b64decode(event.awslogs.data)))
    if batch["messageType"] == "DATA_MESSAGE":
        world().queues.enqueue_provider_events(
            world().providers.reporting_by(EventSource.LOGS), [one["message"] for one in batch["logEvents"]]
        )
