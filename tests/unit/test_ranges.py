"""Ranges of days move on with the calendar, and hold at its edges."""

from datetime import date, timedelta

import pytest
from hypothesis import given, strategies as st

from console.lists.ranges import RANGES

DAYS = st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 12, 31))


@pytest.mark.parametrize(
    ("when", "today", "first", "last"),
    [
        ("today", "2026-11-29", "2026-11-29", "2026-11-29"),
        ("yesterday", "2026-03-01", "2026-02-28", "2026-02-28"),
        ("week", "2026-11-29", "2026-11-23", "2026-11-29"),
        ("last_week", "2026-11-23", "2026-11-16", "2026-11-22"),
        ("month", "2028-02-10", "2028-02-01", "2028-02-29"),
        ("month", "2026-12-31", "2026-12-01", "2026-12-31"),
        ("last_month", "2026-03-31", "2026-02-01", "2026-02-28"),
        ("last_month", "2026-01-15", "2025-12-01", "2025-12-31"),
        ("year", "2026-11-29", "2026-01-01", "2026-12-31"),
        ("last_year", "2028-02-29", "2027-01-01", "2027-12-31"),
        ("7", "2026-11-29", "2026-11-23", "2026-11-29"),
        ("90", "2026-11-29", "2026-09-01", "2026-11-29"),
    ],
)
def test_a_range_is_these_days(when: str, today: str, first: str, last: str) -> None:
    assert RANGES[when].days(date.fromisoformat(today)) == (date.fromisoformat(first), date.fromisoformat(last))


@given(today=DAYS)
def test_what_goes_on_holds_today_and_what_is_last_ends_the_day_before_it_begins(today: date) -> None:
    for now, before in (("today", "yesterday"), ("week", "last_week"), ("month", "last_month"), ("year", "last_year")):
        first, last = RANGES[now].days(today)
        assert first <= today <= last
        assert RANGES[before].days(today)[1] == first - timedelta(days=1)
