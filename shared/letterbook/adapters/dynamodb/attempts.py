"""Chains of attempts in DynamoDB."""

from collections.abc import Iterable, Mapping

from letterbook.adapters.dynamodb.batch_get import ItemKey, fetch
from letterbook.adapters.dynamodb.tables.tasks import TaskItem
from letterbook.adapters.dynamodb.versioned import get_value
from letterbook.adapters.serialization import from_json, to_json
from letterbook.domain.attempts import Attempts

_ATTEMPTS = "attempts#"


class DynamoAttemptChains:
    """See ports.AttemptChains."""

    def get(self, first: str) -> Attempts | None:
        return get_value(Attempts, TaskItem, _ATTEMPTS + first)

    def several(self, firsts: Iterable[str]) -> Mapping[str, Attempts]:
        items = fetch(ItemKey(TaskItem, {"id": _ATTEMPTS + first}) for first in firsts)
        found = [from_json(Attempts, item.data) for item in items if isinstance(item, TaskItem)]
        return {one.id: one for one in found}


def attempts_item(attempts: Attempts) -> TaskItem:
    """In no list: it is found by the first of them."""
    return TaskItem(_ATTEMPTS + attempts.id, data=to_json(attempts), version=attempts.version)
