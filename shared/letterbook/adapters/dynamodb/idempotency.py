"""Idempotency keys: written in the transaction that they protect, forgotten after a day."""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta

from pynamodb.exceptions import DoesNotExist

from letterbook.adapters.compression import compress, decompress
from letterbook.adapters.dynamodb.tables import IdempotencyItem
from letterbook.adapters.dynamodb.transaction import Write, commit
from letterbook.adapters.serialization import from_json, to_json
from letterbook.domain.communication import Communication
from letterbook.domain.errors import IdempotencyKeyConflict
from letterbook.domain.party import Case, Contact, Document, Party
from letterbook.ports import IdempotencyKey, IdempotencyRecord

KEPT = timedelta(hours=24)
_KINDS: dict[str, type] = {kind.__name__: kind for kind in (Communication, Party, Contact, Case, Document)}


class DynamoIdempotencyStore:
    """See ports.Keys."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now

    def get(self, key: IdempotencyKey) -> IdempotencyRecord | None:
        try:
            return remembered(IdempotencyItem.get(hash_of(key), consistent_read=True), self._now())
        except DoesNotExist:
            return None

    def put(self, key: IdempotencyKey, result: object) -> None:
        commit([key_item(key, result, self._now())])


def remembered(item: IdempotencyItem, now: datetime) -> IdempotencyRecord | None:
    """None for one that is over: DynamoDB removes expired items late."""
    if item.expires_at < now.timestamp():
        return None
    return IdempotencyRecord(digest=item.digest, result=from_json(_kind(item.kind), decompress(item.result)))


def _kind(name: str) -> type:
    if name in _KINDS:
        return _KINDS[name]
    # Rarer ones, for which nobody shall wait.
    from letterbook.domain.access import SavedView
    from letterbook.domain.bulk import BulkResult
    from letterbook.domain.threads import Thread
    from letterbook.domain.todos import Todo

    return {"SavedView": SavedView, "Checked": BulkResult, "Thread": Thread, "Todo": Todo}[name]


def key_item(key: IdempotencyKey, result: object, at: datetime) -> Write:
    """Keeps `result` under the key, unless it is taken."""
    item = IdempotencyItem(
        hash_of(key),
        digest=key.digest,
        kind=type(result).__name__,
        result=compress(to_json(result)),
        expires_at=int((at + KEPT).timestamp()),
    )
    free = IdempotencyItem.key.does_not_exist() | (IdempotencyItem.expires_at < int(at.timestamp()))
    return Write(item=item, condition=free, refused=IdempotencyKeyConflict)


def hash_of(key: IdempotencyKey) -> str:
    """Of fixed length, and of fixed parts: no key of one user or route can be made to look like another's."""
    return hashlib.sha256("\0".join((key.user, key.route, key.key)).encode()).hexdigest()
