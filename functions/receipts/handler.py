"""Records what providers tell us. Three ways lead here, and all go through the one queue:

- Amazon SES: its events come by SNS into the queue;
- webhooks: verified, then put on the queue as they came;
- Amazon SNS SMS: delivery logs come straight from CloudWatch Logs and are put on the queue first, so that an early one can wait.
"""

import base64
import gzip
import json
from typing import Any

from pydantic import TypeAdapter

from letterbook.bootstrap import world
from letterbook.contracts.messages import ProviderEvent, SnsEnvelope
from letterbook.logs import logger
from letterbook.sqs import Record, each_record
from letterbook.use_cases.record_receipt import take_event

log = logger()
message: TypeAdapter[ProviderEvent | SnsEnvelope] = TypeAdapter(ProviderEvent | SnsEnvelope)

# One less than the queue allows before a message is dead: an event that matches nothing is set aside, not lost.
LAST_RECEIVE = 4


@each_record
def batch(record: Record) -> None:
    body = message.validate_json(record["body"])
    provider, raw = ("ses", body.Message) if isinstance(body, SnsEnvelope) else (body.provider, body.raw)
    receives = int(record["attributes"]["ApproximateReceiveCount"])
    take_event(world(), provider, raw, waited=receives >= LAST_RECEIVE)


@log.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], _: Any) -> dict[str, Any] | None:
    if "awslogs" in event:
        world().queues.receive("sns", _messages(event["awslogs"]["data"]))
        return None
    return batch(event)


def _messages(data: str) -> list[str]:
    """The lines of a subscription's batch (CloudWatch Logs user guide, "Using subscription filters": gzip in base64)."""
    return [one["message"] for one in json.loads(gzip.decompress(base64.b64decode(data)))["logEvents"]]
