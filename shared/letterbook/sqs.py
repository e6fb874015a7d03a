"""Between SQS and the use cases: takes a batch record by record, and gives back to the queue only what failed."""

import logging
from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

logger = logging.getLogger(__name__)


def each_record(take: Callable[[SQSRecord], None]) -> Callable[[dict[str, Any], Any], Any]:
    """A handler of SQS batches that calls `take` for every record, whatever becomes of the others."""
    # A batch that fails as a whole must not fail the function: that costs a cold start and tells the queue nothing more.
    processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False)

    def one(record: SQSRecord) -> None:
        try:
            take(record)
        except Exception:
            logger.exception("left on the queue", extra={"sqs_message": record.message_id})
            raise

    def batch(event: dict[str, Any], context: Any) -> Any:
        return process_partial_response(event, one, processor, context)

    return batch
