"""Threads as callers write and read them."""

from datetime import datetime

from letterbook.contracts.fields import (
    Body,
    CaseId,
    LongLine,
    PartyId,
    Time,
    View,
)
from letterbook.domain.channels import ThreadKind
from letterbook.domain.communication import Actor
from letterbook.domain.threads import Thread, ThreadStatus


class ThreadBody(Body):
    party_id: PartyId
    case_id: CaseId | None = None
    subject: LongLine
    kind: ThreadKind = ThreadKind.GENERAL

    def thread(self, author: Actor, now: datetime) -> Thread:
        return Thread(id="", last_activity_at=now, created_at=now, created_by=author, **self.model_dump())


class ThreadPatch(Body):
    subject: LongLine | None = None
    status: ThreadStatus | None = None


class ThreadView(View):
    id: str
    party_id: str
    case_id: str | None
    subject: str
    kind: ThreadKind
    status: ThreadStatus
    messages: int
    last_activity_at: Time
    created_at: Time
    created_by: Actor
    preview: str
    version: int
