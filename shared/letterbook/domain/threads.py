"""Threads: entries of one party that belong together, with what a list shows of them."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

from letterbook.domain.access import Ownership
from letterbook.domain.channels import ThreadKind
from letterbook.domain.communication import Actor, Entry
from letterbook.domain.party import PartyKind

# What mail programs put before the subject of an answer, in the languages of our users' correspondents.
_ANSWER = re.compile(r"(?:(?:re|aw|sv|vs|antw|fw|fwd|wg|tr)\s*(?:\[\d+\])?\s*:\s*)+", re.IGNORECASE)
_UNTITLED = "(no subject)"


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
    def owned(self) -> Ownership:
        return Ownership(party_id=self.party_id, client_id=self.client_id, case_id=self.case_id, restricted=False)

    def takes(self, kind: PartyKind | None, case_id: str | None) -> bool:
        """Whether who sees the thread sees entries of that case too. Who sees a creditor sees not all of their cases."""
        return self.case_id == case_id or (self.case_id is None and kind is not PartyKind.CREDITOR)

    def after(self, entry: Entry, at: datetime) -> "Thread":
        """With one more entry, said at that time. What happens in an archived thread makes it active again."""
        latest = self.latest_id is None or entry.id > self.latest_id
        return replace(
            self,
            status=ThreadStatus.ACTIVE,
            messages=self.messages + 1,
            latest_id=entry.id if latest else self.latest_id,
            preview=entry.preview if latest else self.preview,
            last_activity_at=max(self.last_activity_at, at),
            version=self.version + 1,
        )

    def removing(self, gone: Entry, newest: Entry | None) -> "Thread":
        """With one entry less; `newest` is that of those that remain, asked for only where the newest went."""
        fewer = replace(self, messages=self.messages - 1, version=self.version + 1)
        if self.latest_id != gone.id:
            return fewer
        return replace(
            fewer,
            latest_id=newest.id if newest else None,
            preview=newest.preview if newest else "",
            last_activity_at=max(self.created_at, newest.occurred_at) if newest else self.created_at,
        )


def subject_of(entry: Entry) -> str:
    """What a thread that begins with this entry is called."""
    text = entry.subject or entry.preview
    own = _ANSWER.sub("", text, count=1) if _ANSWER.match(text) else text
    return own.strip()[:200] or _UNTITLED


def sort_key(thread: Thread) -> str:
    """Where it stands among others: by what happened in it last."""
    return f"{thread.last_activity_at.astimezone(UTC).isoformat(timespec='milliseconds')}#{thread.id}"
