"""When what failed is said again by another channel: what a change of the entry does to the time at which that is due.

It follows from what is known of the failure, however the words of it came: a delivery calls it off, a hard bounce brings forward
what a soft one put off. Only what was said elsewhere by then cannot be taken back.
"""

from datetime import datetime, timedelta

from letterbook.domain.communication import Entry
from letterbook.domain.failures import FailureCode
from letterbook.domain.receipts import Signal
from letterbook.domain.status import Status

# Whether an unconfirmed one arrived nobody knows: it is never said elsewhere by itself.
_FAILED = frozenset({Status.FAILED, Status.REJECTED})
# Who wants nothing on a channel, or refused what it brought, is asked by a person before another is used; where there was no
# other way, there is none; and what a person stopped is not said elsewhere.
_FOR_PEOPLE = frozenset(
    {FailureCode.OPTED_OUT, FailureCode.MISSING_CONTACT, FailureCode.RECIPIENT_REJECTED, FailureCode.CANCELLED}
)
# Servers that turn a message away for now, and automatic answers that look like it, are followed by the delivery within minutes.
_MAY_STILL_ARRIVE = timedelta(minutes=30)


def may_fall_back(entry: Entry) -> bool:
    """Whether it failed in a way that another channel can mend. What confirms a word of an SMS is said by SMS or not at all."""
    failed = entry.status in _FAILED and entry.failure is not None and entry.failure.code not in _FOR_PEOPLE
    return failed and Signal.KEYWORD not in entry.signals


def due_to_fall_back(before: Entry | None, after: Entry, was_due: datetime | None, at: datetime) -> datetime | None:
    """When `after` is due; `was_due` is when `before` was, and None where it never was or was seen to already."""
    if after.failure is None or not may_fall_back(after):
        return None
    due = at if after.failure.permanent else at + _MAY_STILL_ARRIVE
    if before is None or before.failure is None or not may_fall_back(before):
        return None if after.is_put_aside else due
    if was_due is None or before.failure.permanent is after.failure.permanent:
        return was_due
    return due


def tells_of_failure(before: Entry | None, after: Entry) -> bool:
    """Whether a change says anything of how an entry failed, or that it did."""
    if after.status not in _FAILED:
        return False
    return before is None or (before.status, before.failure) != (after.status, after.failure)
