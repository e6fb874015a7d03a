"""How fast somebody is answered, drawn by month; the label tells a listener all the numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

from console.presenters.dates import format_duration
from console.presenters.labels import format_count
from letterbook.use_cases.reading.statistics import ResponseTimes

_MONTHS = 8
_STEP, _BAR, _LEFT = 55, 30, 12
_FLOOR, _TALLEST = 94, 72
_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class MonthBar:
    """One month; the last is the `lead`."""

    x: int
    y: int
    height: int
    middle: int
    number: str
    month: str
    lead: bool


@dataclass(frozen=True, slots=True)
class ResponseChart:
    label: str
    bars: Sequence[MonthBar]
    facts: Sequence[tuple[str, str]]


def response_chart(times: ResponseTimes) -> ResponseChart | None:
    """None where nothing was ever answered."""
    overall = times.overall
    if not overall.count or overall.median is None or overall.p90 is None:
        return None
    months = [(month, of.median) for month, of in times.by_month.items() if of.median is not None][-_MONTHS:]
    most = max(median for _, median in months) or 1
    bars = [
        _bar(place, month, median, most, lead=place == len(months) - 1) for place, (month, median) in enumerate(months)
    ]
    told = ", ".join(f"{_month(month)} {month[:4]} {_number(median)}" for month, median in months)
    facts = [
        ("Half", f"within {format_duration(round(overall.median))}"),
        ("9 in 10", f"within {format_duration(overall.p90)}"),
        ("Answered", f"{format_count(overall.count, 'message')} in two years"),
    ]
    return ResponseChart(f"Median minutes to answer by month: {told}", bars, facts)


def _bar(place: int, month: str, median: float, most: float, *, lead: bool) -> MonthBar:
    height = max(1, round(median / most * _TALLEST))
    x = _LEFT + place * _STEP
    return MonthBar(x, _FLOOR - height, height, x + _BAR // 2, _number(median), _month(month), lead)


def _month(month: str) -> str:
    return _NAMES[int(month[5:7]) - 1]


def _number(median: float) -> str:
    return f"{median:g}"
