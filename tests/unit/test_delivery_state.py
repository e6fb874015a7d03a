"""When somebody has to look at a message: what is followed for months is followed to an end."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given, strategies as st

from letterbook.domain.delivery_state import DeliveryState
from letterbook.domain.retries import ASKED, KEY_TRUSTED_FOR, AskPlan
from letterbook.domain.status import Status

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
HANDED_OVER = DeliveryState(claimed_at=NOW, askable=True, lease_until=NOW, token="t")


def test_what_is_followed_is_asked_of_soon_and_then_four_times_a_day_for_half_a_year() -> None:
    work = replace(HANDED_OVER, plan=AskPlan.FOLLOWING).left_at(Status.SENT, NOW, Status.SENDING)
    asked = []
    while work.check_at:
        asked.append(work.check_at - NOW)
        work = work.asked(Status.SENT, work.check_at)
    assert asked[:4] == [
        timedelta(minutes=2),
        timedelta(minutes=12),
        timedelta(minutes=72),
        timedelta(hours=7, minutes=12),
    ]
    assert timedelta(days=179) < asked[-1] <= timedelta(days=180)
    assert len(asked) == 722


@given(st.lists(st.sampled_from(sorted(ASKED)), min_size=1, max_size=40), st.data())
def test_whatever_is_heard_does_not_begin_that_again(statuses: list[Status], data: st.DataObject) -> None:
    work = replace(HANDED_OVER, plan=AskPlan.FOLLOWING).left_at(statuses[0], NOW, Status.SENDING)
    asked = 0
    for was, status in pairwise(statuses):
        for _ in range(data.draw(st.integers(0, 30))):
            if work.check_at:
                work, asked = work.asked(was, work.check_at), asked + 1
        work = work.left_at(status, work.check_at or NOW, was)
    while work.check_at:
        work, asked = work.asked(statuses[-1], work.check_at), asked + 1
    assert asked == 722


def test_what_failed_for_good_is_not_followed() -> None:
    work = replace(HANDED_OVER, plan=AskPlan.FOLLOWING).left_at(Status.SENT, NOW, Status.SENDING)
    assert work.left_at(Status.FAILED, NOW, Status.SENT).check_at is None


def test_a_letter_is_asked_after_daily_for_two_weeks() -> None:
    work = replace(HANDED_OVER, plan=AskPlan.DAILY).left_at(Status.SENT, NOW, Status.SENDING)
    asked = 0
    while work.check_at:
        last, asked = work.check_at, asked + 1
        work = work.asked(Status.SENT, work.check_at)
    assert (asked, last - NOW) == (15, timedelta(days=14, hours=1))


def test_evidence_is_fetched_once_it_arrived() -> None:
    work = replace(HANDED_OVER, askable=False, evidence=True)
    assert work.left_at(Status.SENT, NOW, Status.SENDING).check_at is None
    assert work.left_at(Status.DELIVERED, NOW, Status.SENT).check_at == NOW


def test_a_key_is_trusted_for_less_than_a_day() -> None:
    work = replace(HANDED_OVER, idempotent=True)
    assert work.may_be_handed_over_again(NOW + KEY_TRUSTED_FOR - timedelta(seconds=1))
    assert not work.may_be_handed_over_again(NOW + KEY_TRUSTED_FOR)
    assert not replace(work, idempotent=False).may_be_handed_over_again(NOW)
