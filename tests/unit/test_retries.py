"""How long a message waits."""

from datetime import timedelta

from hypothesis import given, strategies as st

from letterbook.domain.retries import FIRST_SWEEP_DELAY, MAX_TRIES, backoff, sweep_delay, throttle_wait

jitters = st.floats(0, 1, exclude_max=True)


@given(st.integers(1, 10_000), jitters)
def test_waits_double_up_to_an_hour_and_jitter_takes_half_at_most(tries: int, jitter: float) -> None:
    full = min(timedelta(seconds=30) * 2 ** min(tries - 1, 20), timedelta(hours=1))
    assert full / 2 <= backoff(tries, jitter) <= full


def test_an_outage_of_an_hour_and_a_half_is_sat_out() -> None:
    shortest = sum((backoff(tries, 0.999) for tries in range(1, MAX_TRIES)), timedelta())
    assert shortest > timedelta(minutes=90)


@given(jitters)
def test_throttling_waits_seconds_and_a_quota_hours(jitter: float) -> None:
    assert timedelta(hours=1) <= throttle_wait(jitter, quota=True) <= timedelta(hours=2)
    assert timedelta(seconds=20) <= throttle_wait(jitter) <= timedelta(seconds=40)


def test_what_was_never_enqueued_is_found_within_two_minutes() -> None:
    sweep_comes_every = timedelta(minutes=1)
    assert FIRST_SWEEP_DELAY + sweep_comes_every < timedelta(minutes=2)


def test_looks_at_a_busy_queue_grow_rare() -> None:
    waits = [sweep_delay(looks) for looks in (*range(10), 100, 10_000)]
    assert waits == sorted(waits)
    assert waits[-1] == timedelta(minutes=10)
