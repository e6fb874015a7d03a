"""Follows the log: brings the search index and the numbers to what is true of each entry that changed.

Two ways lead here: the stream of the communications table, which names what changed, and `make reindex`, which begins with the
directory and goes on month by month.
"""

from datetime import timedelta
from typing import Any

from letterbook.bootstrap import world
from letterbook.contracts.queue_messages import ReindexOrder
from letterbook.domain.month import Month
from letterbook.observability import get_logger
from letterbook.use_cases.indexing.index import index_communication, index_communications, reindex, reindex_directory

log = get_logger()

# One entry of many new words, and as many tries as it takes while others index it.
RESERVE = timedelta(seconds=20)


@log.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    if "Records" not in event:
        return _anew(ReindexOrder.model_validate(event), context)
    return {"batchItemFailures": [{"itemIdentifier": one} for one in _failed(event["Records"])]}


def _anew(order: ReindexOrder, context: Any) -> dict[str, Any]:
    """Answers the order that goes on: the directory comes first, then the log from this month back."""
    if order.month is None:
        below = reindex_directory(world(), order.below, at_most=order.at_most)
        month = None if below else str(Month.of(world().now()))
        return {"next": {"month": month, "below": below}}
    budget = timedelta(milliseconds=context.get_remaining_time_in_millis()) - RESERVE
    on = reindex(world(), Month.parse(order.month), order.below, at_most=order.at_most, budget=budget)
    return {"next": {"month": str(on[0]), "below": on[1]} if on else None}


def _failed(records: list[dict[str, Any]]) -> list[str]:
    """The sequence number of the first record that could not be indexed: the stream goes on from there.

    An entry that changed several times in a batch is looked at once, in its last place.
    """
    last: dict[str, str] = {}
    for record in records:
        communication_id = record["dynamodb"]["Keys"]["id"]["S"]
        last.pop(communication_id, None)
        last[communication_id] = record["dynamodb"]["SequenceNumber"]
    try:
        index_communications(world(), list(last))
    except Exception:
        log.warning("not published together", exc_info=True)
        return _failed_alone(last)
    return []


def _failed_alone(last: dict[str, str]) -> list[str]:
    """One after the other, where something stands in the way of one of them."""
    for communication_id, sequence_number in last.items():
        try:
            index_communication(world(), communication_id)
        except Exception:
            log.exception("not published", extra={"communication_id": communication_id})
            return [sequence_number]
    return []
