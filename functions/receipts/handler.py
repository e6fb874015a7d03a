"""Records what providers tell us. Three ways lead here, and all go through the one queue:

- Amazon SES: its events come by SNS into the queue;
- webhooks: verified, then put on the queue as they came;
- Amazon SNS SMS: delivery logs come straight from CloudWatch Logs and are put on the queue first, so that an early one can wait.
"""

from typing import Any

from aws_lambda_powertools.utilities.data_classes import CloudWatchLogsEvent
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from pydantic import TypeAdapter

from letterbook.bootstrap import world
from letterbook.contracts.messages import ProviderEvent, SnsEnvelope
from letterbook.logs import logger
from letterbook.sqs import each_record
from letterbook.use_cases.record_receipt import take_event

log = logger()
message: TypeAdapter[ProviderEvent | SnsEnvelope] = TypeAdapter(ProviderEvent | SnsEnvelope)

# One less than the queue allows before a message is dead: an event that matches nothing is set aside, not lost.
LAST_RECEIVE = 4


@each_record
def batch(record: SQSRecord) -> None:
    body = message.validate_json(record.body)
    provider, raw = ("ses", body.Message) if isinstance(body, SnsEnvelope) else (body.provider, body.raw)
    receives = int(record.attributes.approximate_receive_count or 1)
    take_event(world(), provider, raw, waited=receives >= LAST_RECEIVE)


@log.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: Any) -> Any:
    if "awslogs" in event:
        records = CloudWatchLogsEvent(event).parse_logs_data().log_events
        return world().queues.receive("sns", [record.message for record in records])
    return batch(event, context)
