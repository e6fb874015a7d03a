"""Numbers: how many entries there were by day, channel and group, and how long answers took."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from letterbook.domain.access import Permission, Viewer
from letterbook.domain.filters import Filters
from letterbook.domain.ids import Kind, first_id, time_of
from letterbook.ports import StatsKey, World
from letterbook.use_cases.reading.list_communications import list_communications
from letterbook.use_cases.support.access import visible_party

# Of who sees some only, so many entries are counted; of answers, so many are looked at.
_PAGES, _PAGE = 10, 200
_MOST_ANSWERS = 2_000
_YEARS = timedelta(days=730)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """Not `complete` where there were more entries than are counted for somebody who sees some only."""

    counts: Mapping[StatsKey, int]
    complete: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Minutes. The ninetieth percentile is that of the nearest rank."""

    count: int
    median: float | None
    p90: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseTimes:
    overall: Times
    by_month: Mapping[str, Times]


def stats(world: World, viewer: Viewer, days: int) -> Stats:
    """Of the last days, today included, in the organisation's zone. What not all see does not count."""
    viewer.require(Permission.READ)
    today = world.now().astimezone(world.settings.current().zone).date()
    since = today - timedelta(days=days - 1)
    if viewer.sight is not None:
        return _of_those_in_sight(world, viewer, since)
    months = {f"{day:%Y-%m}" for day in (since + timedelta(days=n) for n in range(days))}
    counts = {one: number for one, number in world.search.counts(sorted(months)) if one.day >= since and number > 0}
    return Stats(counts=counts)


def _of_those_in_sight(world: World, viewer: Viewer, since: date) -> Stats:
    zone = world.settings.current().zone
    counts: Counter[StatsKey] = Counter()
    after: str | None = None
    for _ in range(_PAGES):
        page = list_communications(world, viewer, Filters(since=since), limit=_PAGE, after=after, present=False)
        for entry in page.items:
            if not entry.apart:
                day = entry.occurred_at.astimezone(zone).date()
                counts[StatsKey(day=day, channel=entry.channel, group=entry.counts_as)] += 1
        after = page.after
        if after is None:
            return Stats(counts=counts)
    return Stats(counts=counts, complete=False)


def response_times(world: World, viewer: Viewer, party_id: str) -> ResponseTimes:
    """Of the last two years. Raises Forbidden, NotFound."""
    visible_party(world, viewer, party_id)
    since = world.now() - _YEARS
    if viewer.sight is None:
        above = first_id(Kind.COMMUNICATION, since)
        answered = list(world.communications.answered(party_id, above=above, limit=_MOST_ANSWERS))
    else:
        answered = list(_answered_in_sight(world, viewer, party_id, since))
    zone = world.settings.current().zone
    months: defaultdict[str, list[int]] = defaultdict(list)
    for communication_id, minutes in answered:
        months[f"{time_of(communication_id).astimezone(zone):%Y-%m}"].append(minutes)
    return ResponseTimes(
        overall=_times([minutes for _, minutes in answered]),
        by_month={month: _times(minutes) for month, minutes in sorted(months.items())},
    )


def _answered_in_sight(world: World, viewer: Viewer, party_id: str, since: datetime) -> Iterator[tuple[str, int]]:
    after: str | None = None
    for _ in range(_PAGES):
        filters = Filters(parties=(party_id,), since=since)
        page = list_communications(world, viewer, filters, limit=_PAGE, after=after, present=False)
        told = (one for one in page.items if not one.apart)
        yield from ((one.id, one.response_minutes) for one in told if one.response_minutes is not None)
        after = page.after
        if after is None:
            return


def _times(minutes: Sequence[int]) -> Times:
    if not minutes:
        return Times(count=0, median=None, p90=None)
    ordered, half = sorted(minutes), len(minutes) // 2
    median = float(ordered[half]) if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2
    return Times(count=len(ordered), median=median, p90=ordered[math.ceil(len(ordered) * 0.9) - 1])
