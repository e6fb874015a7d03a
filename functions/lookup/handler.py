"""Asks providers: what became of messages of which nothing more was heard, one at a time; what they keep for us."""

from typing import Any

from letterbook.bootstrap import world
from letterbook.contracts.queue_messages import LookUpOrder
from letterbook.observability import get_logger
from letterbook.sqs import Record, process_records
from letterbook.use_cases.delivery.look_up import look_up
from letterbook.use_cases.delivery.pull_events import pull_events

log = get_logger()


@process_records
def batch(record: Record) -> None:
    order = LookUpOrder.model_validate_json(record["body"])
    if order.provider:
        pull_events(world(), order.provider)
    elif order.communication_id:
        look_up(world(), order.communication_id)


@log.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], _: Any) -> dict[str, Any]:
    try:
        return batch(event)
    finally:
        world().provider_activity.flush()
