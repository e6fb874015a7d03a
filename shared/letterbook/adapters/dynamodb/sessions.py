"""Sessions that were ended, and tries to begin one: both forgotten by themselves, so they lie where idempotency keys do."""

import time
from datetime import datetime

from pynamodb.exceptions import DoesNotExist

from letterbook.adapters.dynamodb.tables.idempotency import IdempotencyItem

# Roles are granted these keys by their beginnings (template.yaml). An idempotency key is a digest, and begins like neither.
_SESSION, _TRIES = "session#", "tries#"
_MOST_KNOWN = 1_000


class DynamoEndedSessions:
    """See ports.EndedSessions. A session that was not ended is believed to go on for `seconds`."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._looked: dict[str, tuple[float, bool]] = {}

    def add(self, session: str, until: datetime) -> None:
        IdempotencyItem(_SESSION + session).update([IdempotencyItem.expires_at.set(int(until.timestamp()))])
        self._looked[session] = (time.monotonic(), True)

    def includes(self, session: str) -> bool:
        at, ended = self._looked.get(session, (float("-inf"), False))
        if ended or time.monotonic() - at < self._seconds:
            return ended
        if len(self._looked) >= _MOST_KNOWN:
            self._looked.clear()
        self._looked[session] = (time.monotonic(), _is_there(session))
        return self._looked[session][1]


def _is_there(session: str) -> bool:
    try:
        IdempotencyItem.get(_SESSION + session, consistent_read=True)
    except DoesNotExist:
        return False
    return True


class DynamoSignInAttempts:
    """See ports.SignInAttempts."""

    def count(self, key: str, until: datetime) -> int:
        item = IdempotencyItem(_TRIES + key)
        item.update([IdempotencyItem.tries.add(1), IdempotencyItem.expires_at.set(int(until.timestamp()))])
        return int(item.tries or 0)

    def take_back(self, key: str) -> None:
        IdempotencyItem(_TRIES + key).update([IdempotencyItem.tries.add(-1)])
