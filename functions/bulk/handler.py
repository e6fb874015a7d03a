"""Does to many what somebody ordered: sends drafts, sends again."""

from typing import Any

from letterbook.bootstrap import world
from letterbook.contracts.rarer_messages import BulkMessage
from letterbook.logs import logger
from letterbook.ports import BulkOrder
from letterbook.sqs import Record, each_record
from letterbook.use_cases.bulk import carry_out

log = logger()


@each_record
def batch(record: Record) -> None:
    order = BulkMessage.model_validate_json(record["body"])
    carry_out(world(), BulkOrder(**order.model_dump()))


@log.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], _: Any) -> dict[str, Any]:
    return batch(event)
