"""Of several attempts to say one thing, which needs somebody, as a law: it follows from how they stand, and from nothing else."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from letterbook.domain.attempts import standing, told_of
from letterbook.domain.communication import Entry, Failure
from letterbook.domain.failures import FailureCode
from letterbook.domain.put_right import LaterAttempt, SeenTo
from letterbook.domain.status import Status, StatusGroup
from tests.support.builders import JANE, NOW, entry, later

LONDON = ZoneInfo("Europe/London")
MANY = st.lists(st.sampled_from([*Status]), min_size=1, max_size=6)


def attempts(statuses: Sequence[Status]) -> list[Entry]:
    made = [
        entry(id=f"com_{number}", attempt=number, status=status, delivered_at=later(minutes=number))
        for number, status in enumerate(statuses, 1)
    ]
    return [standing(one, made[place + 1 :]) for place, one in enumerate(made)]


@given(MANY)
def test_one_at_most_needs_somebody_and_none_that_was_said_since(statuses: list[Status]) -> None:
    made = attempts(statuses)
    asking = [place for place, one in enumerate(made) if one.needs_somebody]
    assert len(asking) <= 1
    for place in asking:
        assert not {one.group for one in made[place + 1 :]} & {StatusGroup.SUCCESSFUL, StatusGroup.FAILED}
    for place, one in enumerate(made):
        arrived = [each.id for each in made[place + 1 :] if each.group is StatusGroup.SUCCESSFUL]
        failed = one.group is StatusGroup.FAILED
        assert one.settled_by == (arrived[0] if failed and arrived else None)
        assert not (one.settled and one.overtaken)


@given(MANY)
def test_how_it_stood_before_changes_nothing(statuses: list[Status]) -> None:
    made = attempts(statuses)
    assert [standing(one, made[place + 1 :]) for place, one in enumerate(made)] == made


@pytest.mark.parametrize(
    ("status", "at", "words"),
    [
        (Status.DELIVERED, NOW, "attempt 2, delivered 10:00"),
        (Status.SENT, NOW, "attempt 2, sent 10:00"),
        (Status.DELIVERED, later(days=-1), "attempt 2, delivered 19 November, 10:00"),
        (Status.UNCONFIRMED, NOW, "attempt 2, unconfirmed 10:00"),
        (Status.UNCONFIRMED, None, "attempt 2, unconfirmed"),
        (Status.FAILED, NOW, "attempt 2, failed 10:00"),
        (Status.REJECTED, None, "attempt 2, rejected"),
    ],
)
def test_what_is_told_of_a_later_attempt(status: Status, at: datetime | None, words: str) -> None:
    made = replace(LaterAttempt(id="com_2", number=2, status=status), at=at)
    assert told_of(made, LONDON, NOW) == words


def test_what_somebody_saw_to_is_what_had_failed_by_then() -> None:
    failure = Failure(code=FailureCode.MAILBOX_FULL)
    failed = entry(status=Status.FAILED, failure=failure, failed_at=NOW)
    seen = replace(failed, seen=SeenTo(by=JANE, at=later(minutes=5), note="telephoned her"))
    assert (failed.needs_somebody, seen.needs_somebody) == (True, False)
    again = replace(seen, failed_at=later(minutes=6))
    assert (again.seen_to, again.needs_somebody) == (None, True)
    arrived = replace(seen, status=Status.DELIVERED)
    assert (arrived.seen_to, arrived.is_put_aside) == (None, False)
