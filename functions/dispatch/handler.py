"""Sends what the channels' queues hand over, one message at a time."""

from typing import Any

from letterbook.bootstrap import world
from letterbook.contracts.queue_messages import DispatchOrder
from letterbook.observability import get_logger
from letterbook.sqs import Record, process_records
from letterbook.use_cases.delivery.dispatch import dispatch

log = get_logger()


@process_records
def batch(record: Record) -> None:
    order = DispatchOrder.model_validate_json(record["body"])
    dispatch(world(), order.communication_id, order.expected)


@log.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], _: Any) -> dict[str, Any]:
    try:
        return batch(event)
    finally:
        world().provider_activity.flush()
