"""Numbers at the border: counts by day, channel and group; how long answers took; saved views stand with them."""

from datetime import datetime
from typing import Annotated

from pydantic import StringConstraints

from letterbook.contracts.fields import Body, Day, Line, Time, View
from letterbook.domain.access import SavedView, Viewer
from letterbook.domain.communication import Channel
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


class SavedViewBody(Body):
    """A name for filters as they stand in an address, such as `group=failed&channel=email`."""

    name: Annotated[Line, StringConstraints(max_length=80)]
    query: Annotated[str, StringConstraints(max_length=2_000, pattern=r"^[A-Za-z0-9_=&%+.,:*~-]*$")]

    def view(self, viewer: Viewer, now: datetime) -> SavedView:
        return SavedView(user=viewer.id, name=self.name, query=self.query, created_at=now)


class NameBody(Body):
    name: Line


class SavedViewView(View):
    name: str
    query: str
    created_at: Time
