"""What was delivered day by day, drawn; what failed stands in figures under its day. The label tells a listener all of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from letterbook.domain.channels import CHANNELS, Channel
from letterbook.domain.status import StatusGroup
from letterbook.ports import StatsKey

DAYS = 14
_STEP, _BAR, _LEFT = 22, 17, 2
_FLOOR, _TALLEST, _UNDER = 70, 60, 84
_ORDER = tuple(channel for channel, spec in CHANNELS.items() if not spec.is_record_only)


@dataclass(frozen=True, slots=True)
class ChartBar:
    x: int
    y: int
    height: int


@dataclass(frozen=True, slots=True)
class Figure:
    x: float
    number: str


@dataclass(frozen=True, slots=True)
class Chart:
    title: str
    channel: str
    delivered: str
    failed: str
    label: str
    bars: Sequence[ChartBar]
    figures: Sequence[Figure]
    first: str
    width: int


def charts(counts: Mapping[StatsKey, int], today: date) -> list[Chart]:
    """One for each channel that anything went by in these days."""
    days = [today - timedelta(days=ago) for ago in reversed(range(DAYS))]
    made = (_chart(channel, counts, days) for channel in _ORDER)
    return [one for one in made if one]


def _chart(channel: Channel, counts: Mapping[StatsKey, int], days: Sequence[date]) -> Chart | None:
    delivered = [counts.get(StatsKey(day=day, channel=channel, group=StatusGroup.SUCCESSFUL), 0) for day in days]
    failed = [counts.get(StatsKey(day=day, channel=channel, group=StatusGroup.FAILED), 0) for day in days]
    if not any((*delivered, *failed)):
        return None
    most = max(delivered) or 1
    heights = [max(1, round(number / most * _TALLEST)) if number else 0 for number in delivered]
    label = (
        f"{channel.spec.label}, {_day(days[0])} to {_day(days[-1])}. "
        f"Delivered by day: {_joined_by_commas(delivered)}. Failed by day: {_joined_by_commas(failed)}."
    )
    return Chart(
        title=channel.spec.label,
        channel=channel,
        delivered=f"{sum(delivered):,}",
        failed=f"{sum(failed):,}",
        label=label,
        bars=[ChartBar(_LEFT + n * _STEP, _FLOOR - high, high) for n, high in enumerate(heights) if high],
        figures=[Figure(_LEFT + n * _STEP + _BAR / 2, str(number)) for n, number in enumerate(failed) if number],
        first=f"{days[0].day} {days[0]:%b}",
        width=_STEP * DAYS,
    )


def _day(day: date) -> str:
    return f"{day.day} {day:%B}"


def _joined_by_commas(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, numbers))
