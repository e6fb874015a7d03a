"""Where an entry is to stand instead."""

from letterbook.contracts.fields import (
    Body,
    CaseId,
    Line,
    PartyId,
    ThreadId,
)


class RefileBody(Body):
    """The whole place where it belongs: without a case where none is named. Why is kept in its history."""

    party_id: PartyId
    case_id: CaseId | None = None
    thread_id: ThreadId | None = None
    reason: Line
