"""Sends what the channels' queues hand over, one message at a time."""

from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from letterbook.bootstrap import world
from letterbook.contracts.messages import DispatchOrder
from letterbook.logs import logger
from letterbook.use_cases.dispatch import dispatch

log = logger()
# A batch that fails as a whole must not fail the function: that would cost a cold start and tell the queue nothing more.
processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False)


def _one(record: SQSRecord) -> None:
    dispatch(world(), DispatchOrder.model_validate_json(record.body).communication_id)


@log.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: Any) -> Any:
    return process_partial_response(event, _one, processor, context)
