"""Called by a one-time schedule when the time of a message has come."""

from typing import Any

from letterbook.bootstrap import world
from letterbook.contracts.queue_messages import DueMessage
from letterbook.observability import get_logger
from letterbook.use_cases.delivery.release_scheduled import release_scheduled

log = get_logger()


@log.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], _: Any) -> None:
    release_scheduled(world(), DueMessage.model_validate(event).communication_id)
