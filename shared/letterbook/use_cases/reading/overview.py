"""The overview: each thing that an owner's entries regard once, by the latest of them that the viewer may see."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from letterbook.domain.access import Permission, Viewer
from letterbook.domain.communication import Entry, PartyRef
from letterbook.domain.filters import Filters
from letterbook.domain.ids import Kind, first_id
from letterbook.domain.overview import Place, place_of
from letterbook.ports import Index, World
from letterbook.use_cases.reading.index_reader import BudgetExhausted, RequestBudget, merge_newest_first
from letterbook.use_cases.reading.list_communications import id_range, indexes_for
from letterbook.use_cases.reading.search import NOTHING_LEFT_OUT, LeftOut

_MORE_REQUESTS = 8
# A thing that is written about more often than this is counted so far.
COUNTED = 200
# Of others, who write about the same number, so many pages are passed over.
_PAGES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class OverviewItem:
    party: PartyRef
    attempts: int
    latest: Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """`after` is where to read on; None at the end. `left` are those that this page leaves out."""

    items: Sequence[OverviewItem]
    after: str | None
    left: LeftOut = NOTHING_LEFT_OUT


def overview(world: World, viewer: Viewer, filters: Filters, *, limit: int, after: str | None) -> Overview:
    """Newest first. The filters are asked of the latest entry: what is failed here failed at last."""
    viewer.require(Permission.READ)
    if viewer.sight is None and not filters.cases:
        return _of_all(world, viewer, filters, limit, after)
    return _in_sight(world, viewer, filters, limit, after)


def _of_all(world: World, viewer: Viewer, filters: Filters, limit: int, after: str | None) -> Overview:
    """Out of the table that is kept for it. One page of it is read: where filters match rarely, the answer is short."""
    party_id = filters.parties[0] if len(filters.parties) == 1 else None
    client_id = filters.clients[0] if len(filters.clients) == 1 else None
    page = world.overview.page(party_id, client_id, after=after, limit=limit)
    latest = world.communications.entries(thing.latest_id for thing in page.items)
    span = id_range(filters, world.settings.current().zone, world.now(), None, limit)
    seen = [
        OverviewItem(party=entry.party, attempts=thing.attempts, latest=entry)
        for thing in page.items
        for entry in [latest.get(thing.latest_id)]
        if entry and span.above <= entry.id < span.below and viewer.sees(entry.ownership)
    ]
    left = [one.latest for one in seen if _leaves_out(filters, one.latest)]
    shown = [one for one in seen if _asked(filters, one.latest)]
    return Overview(items=shown, after=page.after, left=LeftOut.of(left))


def _in_sight(world: World, viewer: Viewer, filters: Filters, limit: int, after: str | None) -> Overview:
    """For who sees some only: out of the entries they see, so that nothing else counts, not even by a number."""
    span = id_range(replace(filters, since=None, until=None), world.settings.current().zone, world.now(), after, limit)
    scope = Filters(parties=filters.parties, clients=filters.clients, cases=filters.cases)
    sources = indexes_for(viewer, scope)
    found: list[OverviewItem] = []
    left: list[Entry] = []
    seen: set[Place] = set()
    bounds = id_range(filters, world.settings.current().zone, world.now(), None, limit)
    try:
        for entry in merge_newest_first(
            world, sources, replace(span, first=COUNTED), RequestBudget(len(sources) + _MORE_REQUESTS)
        ):
            place = place_of(entry)
            if place is None or not entry.is_counted or not viewer.sees(entry.ownership) or not scope.match(entry):
                continue
            if place in seen:
                continue
            seen.add(place)
            visible = _about(world, viewer, place)
            if visible and visible[0].id > entry.id:
                continue
            if not bounds.above <= entry.id < bounds.below:
                continue
            if _leaves_out(filters, entry):
                left.append(entry)
            if _asked(filters, entry):
                if len(found) == limit:
                    return Overview(items=found, after=found[-1].latest.id, left=LeftOut.of(left))
                found.append(OverviewItem(party=entry.party, attempts=max(1, len(visible)), latest=entry))
    except BudgetExhausted as exhausted:
        return Overview(items=found, after=exhausted.reached, left=LeftOut.of(left))
    return Overview(items=found, after=None, left=LeftOut.of(left))


def _asked(filters: Filters, entry: Entry) -> bool:
    """What somebody ignored asks for nothing, so the thing needs no line of its own for it."""
    return filters.match(entry) and (filters.show_ignored or not entry.ignored)


def _leaves_out(filters: Filters, entry: Entry) -> bool:
    return filters.leaves_out(entry) or (filters.match(entry) and not _asked(filters, entry))


def _about(world: World, viewer: Viewer, place: Place) -> list[Entry]:
    """What the viewer sees of a place, newest first, as far as it is counted; those of other owners are passed over."""
    on: str | None = first_id(Kind.COMMUNICATION, world.now() + timedelta(days=1))
    found: list[Entry] = []
    for _ in range(_PAGES):
        page = world.communications.page(
            Index.REGARDING, place.key, above=f"{Kind.COMMUNICATION}_", below=on or "", limit=COUNTED
        )
        found += [one for one in page.items if place_of(one) == place and one.is_counted and viewer.sees(one.ownership)]
        on = page.after
        if on is None or len(found) >= COUNTED:
            break
    return found[:COUNTED]
