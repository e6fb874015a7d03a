"""Takes in what came: mail, which lies in a bucket that tells of it on a queue; text messages, which are put on it as they came."""

from typing import Any

from pydantic import ConfigDict, TypeAdapter

from letterbook.bootstrap import world
from letterbook.contracts.aws_events import MailArrived
from letterbook.contracts.queue_messages import InboundMessage
from letterbook.observability import get_logger
from letterbook.sqs import Record, process_records
from letterbook.use_cases.inbound.receive_email import receive_email
from letterbook.use_cases.inbound.receive_text import receive_text

log = get_logger()
# What S3 tells has no fields that must be there, so it is asked for last.
message: TypeAdapter[InboundMessage | MailArrived] = TypeAdapter(
    InboundMessage | MailArrived, config=ConfigDict(defer_build=True)
)


@process_records
def batch(record: Record) -> None:
    body = message.validate_json(record["body"])
    if isinstance(body, InboundMessage):
        receive_text(world(), body.provider, body.text)
        return
    for key in body.keys:
        receive_email(world(), key)


@log.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], _: Any) -> dict[str, Any]:
    return batch(event)
