"""Between SQS and the use cases: takes a batch record by record, and gives back to the queue only what failed.

Powertools' BatchProcessor does the same, but imports asyncio and pydantic's types: 30 ms of a cold start for these few lines.
"""

import logging
from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import partial
from typing import Any, TypeVar

from letterbook.parallel import both

logger = logging.getLogger(__name__)

Record = dict[str, Any]
T = TypeVar("T")


def process_records(take: Callable[[Record], None]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """A handler of SQS batches that calls `take` for every record, whatever becomes of the others.

    Its answer names the records that failed (Lambda developer guide, "Reporting batch item failures"). It never raises: a
    function that fails costs a cold start and tells the queue nothing more.
    """

    def batch(event: dict[str, Any]) -> dict[str, Any]:
        return _failed(one for one in event["Records"] if not _done(one, partial(take, one)))

    return batch


def process_together(
    event: dict[str, Any],
    read: Callable[[Record], T | None],
    about: Callable[[T], Hashable],
    take: Callable[[Sequence[T]], None],
    meanwhile: Callable[[], object],
) -> dict[str, Any]:
    """Reads every record, then takes those together that are `about` the same, in their order; what `read` answers None of is done.

    Where several cannot be taken together, whatever the reason, each is taken by itself. `meanwhile` is called at the same time as
    what was read is taken. Answers and raises as above.
    """
    groups: dict[Hashable, list[tuple[Record, T]]] = {}
    failed: set[str] = set()

    def keep(record: Record) -> None:
        found = read(record)
        if found is not None:
            groups.setdefault(about(found), []).append((record, found))

    def take_all() -> None:
        for group in groups.values():
            if len(group) > 1 and _done_together([found for _, found in group], take):
                continue
            failed.update(record["messageId"] for record, found in group if not _done(record, partial(take, [found])))

    failed |= {record["messageId"] for record in event["Records"] if not _done(record, partial(keep, record))}
    both(take_all, meanwhile)
    return _failed(record for record in event["Records"] if record["messageId"] in failed)


def _failed(records: Iterable[Record]) -> dict[str, Any]:
    return {"batchItemFailures": [{"itemIdentifier": one["messageId"]} for one in records]}


def _done(record: Record, act: Callable[[], None]) -> bool:
    try:
        act()
    except Exception:
        logger.exception("left on the queue", extra={"sqs_message": record["messageId"]})
        return False
    return True


def _done_together(found: Sequence[T], take: Callable[[Sequence[T]], None]) -> bool:
    try:
        take(found)
    except Exception as apart:  # noqa: BLE001 - one by one it comes again, and is told then
        logger.info("taken one by one", extra={"records": len(found), "class": type(apart).__name__})
        return False
    return True
