"""Saved views in DynamoDB."""

from collections.abc import Callable, Sequence
from datetime import datetime

from letterbook.adapters.dynamodb.directory_rows import values_of
from letterbook.adapters.dynamodb.idempotency import commit_with_key
from letterbook.adapters.dynamodb.tables.directory import DirectoryItem
from letterbook.adapters.dynamodb.transaction import Write
from letterbook.adapters.serialization import to_json
from letterbook.domain.access import SavedView
from letterbook.ports import IdempotencyKey


class DynamoSavedViews:
    """See ports.SavedViews."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now

    def of_user(self, user: str) -> Sequence[SavedView]:
        return list(values_of(SavedView, DirectoryItem.query(f"user#{user}", DirectoryItem.kind.startswith("view#"))))

    def save(self, view: SavedView, key: IdempotencyKey | None = None) -> None:
        item = DirectoryItem(f"user#{view.user}", f"view#{view.name}", data=to_json(view))
        commit_with_key([Write(item=item)], key, view, self._now())

    def remove(self, view: SavedView) -> None:
        DirectoryItem(f"user#{view.user}", f"view#{view.name}").delete()
