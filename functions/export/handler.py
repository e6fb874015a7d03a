"""Makes the files of entries that somebody ordered, one at a time."""

from typing import Any

from letterbook.bootstrap import world
from letterbook.contracts.queue_messages import ExportOrder
from letterbook.observability import get_logger
from letterbook.sqs import Record, process_records
from letterbook.use_cases.exports.make_export import make_export

log = get_logger()


@process_records
def batch(record: Record) -> None:
    make_export(world(), ExportOrder.model_validate_json(record["body"]).export_id)


@log.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], _: Any) -> dict[str, Any]:
    return batch(event)
