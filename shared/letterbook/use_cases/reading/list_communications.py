"""Lists entries, newest first: picks the indexes that hold them, merges those, and leaves out what was not asked for.

A list never reads more than a bounded multiple of its page. Where a filter matches rarely it answers what it found so far and the
place it has come to; reading on from there goes on.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from letterbook.domain.access import Permission, Viewer
from letterbook.domain.communication import Entry
from letterbook.domain.correspondence import parse_number
from letterbook.domain.filters import CLIENT_LEVEL, NOTHING, Filters
from letterbook.domain.ids import Kind, first_id
from letterbook.domain.status import ATTENTION, HIDDEN, STATUSES, QuickFilter, aside
from letterbook.ports import Index, World
from letterbook.use_cases.reading.index_reader import (
    BudgetExhausted,
    IdRange,
    IndexKey,
    RequestBudget,
    merge_newest_first,
)
from letterbook.use_cases.reading.present_decisions import with_present_decisions
from letterbook.use_cases.reading.search import EntryPage, LeftOut, search
from letterbook.use_cases.support.access import must_stand

_MORE_REQUESTS = 8
_BEGINNING = datetime(1990, 1, 1, tzinfo=UTC)


def list_communications(
    world: World, viewer: Viewer, filters: Filters, *, limit: int, after: str | None = None, present: bool = True
) -> EntryPage:
    """At most `limit` entries that the viewer may see, each with what would become of it by now. Raises Forbidden, PartyMerged.

    Who only counts them, or goes on from them, does without what is `present`, and so without the requests that it takes.
    """
    viewer.require(Permission.READ)
    found = _listed(world, viewer, filters, limit, after)
    named = filters.named_parties
    if after is None and named and (not found.items or len(named) > 1):
        must_stand(world, viewer, named)
    return replace(found, items=with_present_decisions(world, found.items)) if present else found


def count_communications(world: World, viewer: Viewer, filters: Filters, *, most: int) -> tuple[int, bool]:
    """How many such a list would have, `most` at most, and whether there are more. Raises Forbidden.

    Who sees all that fails, or is not sent, is told without any of it being read: nothing is left out of these two lists.
    """
    viewer.require(Permission.READ)
    bare = replace(filters, quick=(), since=None, until=None)
    everything = viewer.sight is None and viewer.may(Permission.READ_RESTRICTED) and bare.is_everything
    if everything and len(filters.quick) == 1 and ATTENTION.issuperset(filters.quick):
        span = id_range(filters, world.settings.current().zone, world.now(), None, most)
        if span.below <= span.above:
            return 0, False
        count = world.communications.count(
            Index.ATTENTION, filters.quick[0], above=span.above, below=span.below, limit=span.first
        )
        return min(count, most), count > most
    page = list_communications(world, viewer, filters, limit=most, present=False)
    return len(page.items), page.after is not None


def _listed(world: World, viewer: Viewer, filters: Filters, limit: int, after: str | None) -> EntryPage:
    span = id_range(filters, world.settings.current().zone, world.now(), after, limit)
    if span.below <= span.above:
        return EntryPage(items=(), after=None)
    if filters.words:
        filters = replace(filters, words=_as_borne(world, viewer, filters.words))
        return search(world, viewer, filters, span, indexes_for(viewer, filters), limit=limit)
    sources = indexes_for(viewer, filters)
    found: list[Entry] = []
    left: list[Entry] = []
    hidden = 0
    try:
        for entry in merge_newest_first(world, sources, span, RequestBudget(len(sources) + _MORE_REQUESTS)):
            if not filters.ask(entry) or not viewer.sees(entry.ownership):
                if filters.leaves_out(entry) and viewer.sees(entry.ownership):
                    left.append(entry)
                continue
            if entry.status in HIDDEN:
                hidden += 1
                continue
            if len(found) == limit:
                return EntryPage(items=found, after=found[-1].id, hidden=hidden, left=LeftOut.of(left))
            found.append(entry)
    except BudgetExhausted as exhausted:
        return EntryPage(items=found, after=exhausted.reached, hidden=hidden, left=LeftOut.of(left))
    return EntryPage(items=found, after=None, hidden=hidden, left=LeftOut.of(left))


def _as_borne(world: World, viewer: Viewer, words: str) -> str:
    """The number of a correspondence as its letter bears it, where its party has another account by now."""
    if parse_number(words) is None:
        return words
    # Few look for a number, and every cold start would wait for it.
    from letterbook.use_cases.reading.correspondence import find_correspondence

    return next((one.number for one in find_correspondence(world, viewer, words)), words)


def id_range(filters: Filters, zone: ZoneInfo, now: datetime, after: str | None, limit: int) -> IdRange:
    since = filters.since or _BEGINNING
    # Nothing has happened yet that is later; a day covers clocks that differ.
    until = filters.until or now + timedelta(days=1)
    start = since if isinstance(since, datetime) else datetime.combine(since, time(), tzinfo=zone)
    if isinstance(until, datetime):
        end = until + timedelta(milliseconds=1)
    else:
        end = datetime.combine(until + timedelta(days=1), time(), tzinfo=zone)
    below = first_id(Kind.COMMUNICATION, min(end, now + timedelta(days=1)))
    return IdRange(
        above=first_id(Kind.COMMUNICATION, start), below=min(below, after) if after else below, first=limit + 1
    )


def indexes_for(viewer: Viewer, filters: Filters) -> list[IndexKey]:
    """The narrowest index that holds everything asked for; for who sees little, all that they see."""
    if filters.cases and CLIENT_LEVEL not in filters.cases:
        return [IndexKey(Index.CASE, one) for one in filters.cases]
    if filters.threads:
        return [IndexKey(Index.THREAD, one) for one in filters.threads]
    if filters.regarding and NOTHING not in filters.regarding:
        return [IndexKey(Index.REGARDING, one) for one in filters.regarding]
    if filters.concerning:
        return [IndexKey(index, filters.concerning) for index in (Index.PARTY, Index.CLIENT)]
    if filters.parties:
        return [IndexKey(Index.PARTY, one) for one in filters.parties]
    if filters.clients:
        return [IndexKey(Index.CLIENT, one) for one in filters.clients]
    if viewer.sight is not None:
        return [
            *(IndexKey(Index.CASE, one) for one in viewer.sight.cases),
            *(IndexKey(index, one) for one in viewer.sight.parties for index in (Index.CLIENT, Index.PARTY)),
        ]
    asked: set[QuickFilter | None] = {*filters.quick} or {STATUSES[status].quick for status in filters.statuses}
    if not asked or not asked <= ATTENTION:
        return [IndexKey(Index.FEED)]
    standing = [] if filters.settled else [IndexKey(Index.ATTENTION, one) for one in asked if one]
    return standing + (lists_aside(asked) if filters.shows_put_aside else [])


def lists_aside(quick: Iterable[QuickFilter | None]) -> list[IndexKey]:
    """Where that lies which is left out of what is looked for: see Filters.leaves_out."""
    return [IndexKey(Index.ATTENTION, aside(one)) for one in quick if one]
