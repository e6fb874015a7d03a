"""Takes in mail: Amazon SES leaves it in a bucket, and the bucket tells of it on a queue."""

from typing import Any

from letterbook.bootstrap import world
from letterbook.contracts.aws_events import MailArrived
from letterbook.observability import get_logger
from letterbook.sqs import Record, process_records
from letterbook.use_cases.inbound.receive_email import receive_email

log = get_logger()


@process_records
def batch(record: Record) -> None:
    for key in MailArrived.model_validate_json(record["body"]).keys:
        receive_email(world(), key)


@log.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], _: Any) -> dict[str, Any]:
    return batch(event)
