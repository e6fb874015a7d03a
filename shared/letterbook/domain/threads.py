"""Threads: entries of one party that belong together, with what a list shows of them."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from letterbook.domain.access import Owned
from letterbook.domain.communication import Actor, Entry


class ThreadKind(StrEnum):
    GENERAL = "general"
    EMAIL = "email"
    SMS = "sms"
    CHAT = "chat"
    MEETING = "meeting"


class ThreadStatus(StrEnum):
    ACTIVE = "active"
    ARCHIVED = "archived"


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """`messages`, `latest_id` and `preview` are of its entries, as far as they are not restricted.

    `client_id` is on whose behalf it is, as on an entry.
    """

    id: str
    party_id: str
    client_id: str | None = None
    case_id: str | None = None
    subject: str
    kind: ThreadKind = ThreadKind.GENERAL
    status: ThreadStatus = ThreadStatus.ACTIVE
    messages: int = 0
    latest_id: str | None = None
    preview: str = ""
    last_activity_at: datetime
    created_at: datetime
    created_by: Actor
    version: int = 1

    @property
    def owned(self) -> Owned:
        return Owned(party_id=self.party_id, client_id=self.client_id, case_id=self.case_id, restricted=False)

    def after(self, entry: Entry) -> "Thread":
        """With one more entry. What happens in an archived thread makes it active again."""
        latest = self.latest_id is None or entry.id > self.latest_id
        return replace(
            self,
            status=ThreadStatus.ACTIVE,
            messages=self.messages + 1,
            latest_id=entry.id if latest else self.latest_id,
            preview=entry.preview if latest else self.preview,
            last_activity_at=max(self.last_activity_at, entry.occurred_at),
            version=self.version + 1,
        )

    def without(self, latest: Entry | None) -> "Thread":
        """With one entry less; `latest` is the newest of those that remain."""
        return replace(
            self,
            messages=self.messages - 1,
            latest_id=latest.id if latest else None,
            preview=latest.preview if latest else "",
            last_activity_at=latest.occurred_at if latest else self.created_at,
            version=self.version + 1,
        )
