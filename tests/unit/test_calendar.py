"""Office hours: when an SMS may go, by the wall clock of the firm."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, example, given, strategies as st

from letterbook.domain.calendar import WEEKDAYS, OfficeHours, WorkingCalendar, public_holidays

LONDON = WorkingCalendar(hours=OfficeHours(), zone=ZoneInfo("Europe/London"), holidays=public_holidays("GB", "ENG"))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("asked", "opens", "why"),
    [
        ("2026-11-20T10:00", "2026-11-20T10:00", "a Friday in hours goes at once"),
        ("2026-11-20T09:00", "2026-11-20T09:00", "nine is open"),
        ("2026-11-20T08:59", "2026-11-20T09:00", "early: the same morning"),
        ("2026-11-20T17:00", "2026-11-23T09:00", "five is closed, and the next working day is Monday"),
        ("2026-11-20T16:59", "2026-11-20T16:59", "just before five is open"),
        ("2026-11-21T12:00", "2026-11-23T09:00", "Saturday"),
        ("2026-11-22T12:00", "2026-11-23T09:00", "Sunday"),
        ("2026-12-25T10:00", "2026-12-29T09:00", "Christmas Day; Boxing Day is a Saturday, so Monday is off instead"),
        ("2027-01-01T10:00", "2027-01-04T09:00", "New Year's Day"),
        ("2026-03-29T12:00", "2026-03-30T08:00", "summer time began that Sunday: nine is eight in UTC"),
        ("2026-03-27T18:00", "2026-03-30T08:00", "from winter time over the change into summer time"),
        ("2026-10-23T17:00", "2026-10-26T09:00", "from summer time over the change back: nine is nine again"),
        ("2026-07-01T07:59", "2026-07-01T08:00", "summer: nine o'clock is eight in UTC"),
        ("2026-07-01T16:00", "2026-07-02T08:00", "summer: five o'clock is four in UTC"),
    ],
)
def test_next_opening_in_england(asked: str, opens: str, why: str) -> None:
    assert LONDON.next_opening(utc(asked)) == utc(opens), why


def test_a_subdivision_has_holidays_of_its_own() -> None:
    second_of_january = utc("2026-01-02T10:00")
    scotland = WorkingCalendar(hours=OfficeHours(), zone=LONDON.zone, holidays=public_holidays("GB", "SCT"))
    assert LONDON.next_opening(second_of_january) == second_of_january
    assert scotland.next_opening(second_of_january) == utc("2026-01-05T09:00")


@pytest.mark.covers("D11")
def test_the_zone_is_the_organisations() -> None:
    new_york = WorkingCalendar(hours=OfficeHours(), zone=ZoneInfo("America/New_York"), holidays=frozenset())
    assert new_york.next_opening(utc("2026-11-20T10:00")) == utc("2026-11-20T14:00")


@pytest.mark.parametrize(("country", "subdivision"), [("XX", None), ("GB", "ZZZ")])
def test_an_unknown_country_is_said(country: str, subdivision: str | None) -> None:
    with pytest.raises(KeyError):
        public_holidays(country, subdivision)


def test_hours_that_never_open_are_said() -> None:
    never = WorkingCalendar(hours=OfficeHours(days=()), zone=LONDON.zone, holidays=frozenset())
    with pytest.raises(ValueError, match="never open"):
        never.next_opening(utc("2026-11-20T10:00"))


zones = st.sampled_from(["Europe/London", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia"])
days = st.sets(st.sampled_from(WEEKDAYS), min_size=1).map(tuple)
calendars = st.builds(
    lambda zone, open_days, start, length, holidays: WorkingCalendar(
        hours=OfficeHours(start=time(start), end=time(start + length), days=open_days),
        zone=ZoneInfo(zone),
        holidays=frozenset(holidays),
    ),
    zones,
    days,
    # From five: no zone here changes its clocks after that, so every opening exists once.
    st.integers(5, 15),
    st.integers(1, 8),
    st.sets(st.dates(date(2026, 1, 1), date(2027, 1, 1)), max_size=5),
)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))


@given(calendars, moments)
@example(LONDON, utc("2026-03-29T00:59"))
def test_the_opening_is_in_hours_and_the_first_one(calendar: WorkingCalendar, at: datetime) -> None:
    opening = calendar.next_opening(at)
    assert opening >= at
    assert calendar.is_open(opening)
    if opening > at:
        assert not calendar.is_open(at)
        assert not calendar.is_open(opening - timedelta(seconds=1))


@given(calendars, moments, st.integers(0, 10_000))
def test_nothing_is_open_on_the_way_to_the_opening(calendar: WorkingCalendar, at: datetime, share: int) -> None:
    opening = calendar.next_opening(at)
    between = at + (opening - at) * share / 10_000
    assume(at <= between < opening)
    assert not calendar.is_open(between)


def test_a_working_day_is_the_organisations() -> None:
    """Monday morning in Auckland is Sunday in London and in UTC."""
    zone = ZoneInfo("Pacific/Auckland")
    monday = datetime(2026, 11, 23, 9, 30, tzinfo=zone)
    calendar = WorkingCalendar(hours=OfficeHours(), zone=zone, holidays=public_holidays("NZ", None))
    assert calendar.next_opening(monday) == monday
