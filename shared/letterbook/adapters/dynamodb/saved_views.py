"""Saved views in DynamoDB, and the columns that each user chose."""

from collections.abc import Callable, Sequence
from datetime import datetime

from pynamodb.exceptions import DoesNotExist

from letterbook.adapters.dynamodb.directory_rows import values_of
from letterbook.adapters.dynamodb.idempotency import commit_with_key
from letterbook.adapters.dynamodb.tables.directory import DirectoryItem
from letterbook.adapters.dynamodb.transaction import Write
from letterbook.adapters.serialization import to_json
from letterbook.domain.access import SavedView
from letterbook.domain.list_columns import ListColumn
from letterbook.ports import IdempotencyKey

# Beside the views, so that one query finds both.
_COLUMNS = "view-columns"


class DynamoSavedViews:
    """See ports.SavedViews."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now

    def of_user(self, user: str) -> Sequence[SavedView]:
        return list(values_of(SavedView, DirectoryItem.query(f"user#{user}", DirectoryItem.kind.startswith("view#"))))

    def look_of(self, user: str) -> tuple[Sequence[SavedView], tuple[ListColumn, ...] | None]:
        rows = list(DirectoryItem.query(f"user#{user}", DirectoryItem.kind.startswith("view")))
        columns = next((_columns(one.data) for one in rows if one.kind == _COLUMNS), None)
        return list(values_of(SavedView, (one for one in rows if one.kind != _COLUMNS))), columns

    def save(self, view: SavedView, key: IdempotencyKey | None = None) -> None:
        item = DirectoryItem(f"user#{view.user}", f"view#{view.name}", data=to_json(view))
        commit_with_key([Write(item=item)], key, view, self._now())

    def remove(self, view: SavedView) -> None:
        DirectoryItem(f"user#{view.user}", f"view#{view.name}").delete()

    def columns(self, user: str) -> tuple[ListColumn, ...] | None:
        try:
            return _columns(DirectoryItem.get(f"user#{user}", _COLUMNS).data)
        except DoesNotExist:
            return None

    def save_columns(self, user: str, columns: tuple[ListColumn, ...]) -> None:
        DirectoryItem(f"user#{user}", _COLUMNS, data=",".join(columns)).save()


def _columns(kept: str | None) -> tuple[ListColumn, ...]:
    return tuple(ListColumn(one) for one in (kept or "").split(",") if one in set(ListColumn))
