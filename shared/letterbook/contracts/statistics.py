"""Numbers of what was communicated, and how fast it was answered."""

from letterbook.contracts.fields import Day, View
from letterbook.domain.channels import Channel
from letterbook.domain.status import StatusGroup


class CountView(View):
    day: Day
    channel: Channel
    status_group: StatusGroup
    count: int


class StatsView(View):
    """Oldest day first. Not `complete` where somebody who sees some only sees more than are counted."""

    days: int
    items: list[CountView]
    complete: bool


class TimesView(View):
    """Minutes; the ninetieth percentile is that of the nearest rank."""

    count: int
    median: float | None
    p90: int | None


class MonthView(TimesView):
    month: str


class ResponseTimesView(TimesView):
    """From what came in to the next thing that was said, over two years; `by_month` by the month in which it came in."""

    by_month: list[MonthView]
