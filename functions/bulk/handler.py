"""Does to many what somebody ordered: sends drafts, sends again. And says by another channel what the sweep orders."""

from typing import Any

from letterbook.bootstrap import world
from letterbook.contracts.queue_messages import bulk_order
from letterbook.observability import get_logger
from letterbook.sqs import Record, process_records
from letterbook.use_cases.messages.bulk import execute_bulk_order

log = get_logger()


@process_records
def batch(record: Record) -> None:
    receives = int(record.get("attributes", {}).get("ApproximateReceiveCount", 1))
    execute_bulk_order(world(), bulk_order().validate_json(record["body"]), receives)


@log.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], _: Any) -> dict[str, Any]:
    return batch(event)
