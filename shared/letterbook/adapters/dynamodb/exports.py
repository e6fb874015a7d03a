"""Exports in DynamoDB, and apart from each the ids of its entries, which its progress must not write again and again."""

from collections.abc import Callable, Sequence
from datetime import datetime

from pynamodb.exceptions import DoesNotExist

from letterbook.adapters.dynamodb.audit_events import audit_item
from letterbook.adapters.dynamodb.idempotency import commit_with_key
from letterbook.adapters.dynamodb.sort_keys import stamp
from letterbook.adapters.dynamodb.tables.tasks import TaskItem
from letterbook.adapters.dynamodb.transaction import Write, commit
from letterbook.adapters.dynamodb.versioned import on_top_of
from letterbook.adapters.serialization import from_json, to_json
from letterbook.domain.exports import Export
from letterbook.domain.history import AuditEvent
from letterbook.ports import IdempotencyKey

_OPEN = "export#open"
_MOST_OF_USER = 200


class DynamoExports:
    """See ports.Exports."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now

    def order(
        self, export: Export, entry_ids: Sequence[str], event: AuditEvent, key: IdempotencyKey | None = None
    ) -> None:
        expires_at = int(export.expires_at.timestamp())
        ids = TaskItem(_entries_of(export.id), data=" ".join(entry_ids), version=1, expires_at=expires_at)
        writes = [Write(item=_item(export), condition=TaskItem.id.does_not_exist()), Write(item=ids), audit_item(event)]
        commit_with_key(writes, key, export, self._now())

    def get(self, export_id: str) -> Export | None:
        try:
            return self._standing(TaskItem.get(export_id, consistent_read=True))
        except DoesNotExist:
            return None

    def entry_ids(self, export_id: str) -> Sequence[str]:
        return TaskItem.get(_entries_of(export_id), consistent_read=True).data.split()

    def save(self, export: Export) -> None:
        commit([Write(item=_item(export), condition=on_top_of(TaskItem, export.version))])

    def of_user(self, user: str) -> Sequence[Export]:
        items = TaskItem.by_party.query(_of(user), scan_index_forward=False, limit=_MOST_OF_USER)
        found = [one for one in map(self._standing, items) if one]
        return sorted(found, key=lambda one: one.id, reverse=True)

    def due(self, now: datetime, limit: int) -> Sequence[Export]:
        items = TaskItem.by_due.query(_OPEN, TaskItem.due < stamp(now), limit=limit)
        return [one for one in map(self._standing, items) if one]

    def _standing(self, item: TaskItem) -> Export | None:
        """None for one that is over: DynamoDB removes expired items late."""
        export = from_json(Export, item.data)
        return export if export.expires_at > self._now() else None


def _item(export: Export) -> TaskItem:
    return TaskItem(
        export.id,
        data=to_json(export),
        version=export.version,
        party_id=_of(export.user),
        lane=_OPEN if export.is_open else None,
        due=f"{stamp(export.look_at or export.ordered_at)}#{export.id}",
        expires_at=int(export.expires_at.timestamp()),
    )


def _entries_of(export_id: str) -> str:
    return f"export-entries#{export_id}"


def _of(user: str) -> str:
    return f"user#{user}"
