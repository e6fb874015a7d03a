"""Idempotency keys: written in the transaction that they protect, forgotten after a day."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from pynamodb.exceptions import DoesNotExist

from letterbook.adapters.compression import compress, decompress
from letterbook.adapters.dynamodb.batch_get import ItemKey, fetch
from letterbook.adapters.dynamodb.tables.idempotency import IdempotencyItem
from letterbook.adapters.dynamodb.transaction import Write, commit
from letterbook.adapters.serialization import from_json, to_json
from letterbook.domain.errors import IdempotencyKeyConflict
from letterbook.ports import IdempotencyKey, IdempotencyRecord

KEPT = timedelta(hours=24)


class DynamoIdempotencyStore:
    """See ports.IdempotencyStore."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now

    def get(self, key: IdempotencyKey, kind: type) -> IdempotencyRecord | None:
        try:
            return record_of(IdempotencyItem.get(hash_of(key), consistent_read=True), kind, self._now())
        except DoesNotExist:
            return None

    def several(self, keys: Iterable[IdempotencyKey], kind: type) -> Sequence[IdempotencyRecord]:
        items = fetch(ItemKey(IdempotencyItem, {"key": hash_of(key)}) for key in keys)
        found = (record_of(item, kind, self._now()) for item in items if isinstance(item, IdempotencyItem))
        return [one for one in found if one]

    def put(self, key: IdempotencyKey, result: object) -> None:
        commit([key_item(key, result, self._now())])


def record_of(item: IdempotencyItem, kind: type, now: datetime) -> IdempotencyRecord | None:
    """What the key made, which is of that kind. None for one that is over: DynamoDB removes expired items late."""
    if item.expires_at < now.timestamp():
        return None
    return IdempotencyRecord(digest=item.digest, result=from_json(kind, decompress(item.result)))


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


def commit_with_key(writes: Iterable[Write], key: IdempotencyKey | None, result: object, at: datetime) -> None:
    """Of a request that came twice at once, the second is told that the key is taken before anything else."""
    commit([key_item(key, result, at), *writes] if key else list(writes))


def hash_of(key: IdempotencyKey) -> str:
    """Of fixed length, and of fixed parts: no key of one user or route can be made to look like another's."""
    return hashlib.sha256("\0".join((key.user, key.route, key.key)).encode()).hexdigest()
