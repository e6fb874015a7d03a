"""What becomes of an entry whose document cannot be made, or never comes: it fails in words, and somebody has to do something."""

from dataclasses import replace
from datetime import datetime

from letterbook.domain.communication import Communication, Failure
from letterbook.domain.failures import FailureCode, FailureText
from letterbook.domain.status import Status
from letterbook.domain.transitions import Change, transitioned

NEVER_MADE = FailureText("Its document was ordered again and again, and never made.", "Tell your administrator.")


def document_failed(current: Communication, why: FailureText, now: datetime) -> Change | None:
    """None where it waits for no document any more."""
    if current.entry.status not in (Status.COLLECTING, Status.GENERATING):
        return None
    failure = Failure(code=FailureCode.INVALID_DOCUMENT, text=why)
    entry = replace(current.entry, failure=failure, failed_at=now)
    after = replace(current, entry=entry, work=current.work.finished)
    return transitioned(
        current, Status.FAILED, at=now, event="no document", note=why.reason, code=failure.code, after=after
    )
