"""Ranges of days that move on with the calendar: this week, last month. They hold in a saved view tomorrow, too."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

_WEEK = 7
Days = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Range:
    """`days` are its first and its last day, both included, as of a day in the organisation's zone."""

    words: str
    days: Callable[[date], Days]


def _last(number: int) -> Callable[[date], Days]:
    """So many days, today among them."""
    return lambda today: (today - timedelta(days=number - 1), today)


def _week(ago: int) -> Callable[[date], Days]:
    def days(today: date) -> Days:
        monday = today - timedelta(days=today.weekday() + _WEEK * ago)
        return monday, monday + timedelta(days=_WEEK - 1)

    return days


def _this_month(today: date) -> Days:
    first = today.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _last_month(today: date) -> Days:
    return _this_month(today.replace(day=1) - timedelta(days=1))


def _year(ago: int) -> Callable[[date], Days]:
    return lambda today: (date(today.year - ago, 1, 1), date(today.year - ago, 12, 31))


# By the value of `when` in an address.
RANGES: dict[str, Range] = {
    "today": Range("Today", _last(1)),
    "yesterday": Range("Yesterday", lambda today: (today - timedelta(days=1), today - timedelta(days=1))),
    "week": Range("This week", _week(0)),
    "last_week": Range("Last week", _week(1)),
    "month": Range("This month", _this_month),
    "last_month": Range("Last month", _last_month),
    "year": Range("This year", _year(0)),
    "last_year": Range("Last year", _year(1)),
    "7": Range("Last 7 days", _last(7)),
    "30": Range("Last 30 days", _last(30)),
    "90": Range("Last 90 days", _last(90)),
}
