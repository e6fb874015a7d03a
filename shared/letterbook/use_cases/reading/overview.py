"""The overview: each thing that an owner's entries regard once, by the latest of them that the viewer may see.

What regards nothing stands there under its case, or under its party. Of what is regarded a table is kept; of the rest none, so that
no message waits for it: those rows are made of the entries themselves.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from letterbook.domain.access import Permission, Viewer
from letterbook.domain.communication import Entry
from letterbook.domain.filters import Filters
from letterbook.domain.ids import Kind, first_id
from letterbook.domain.overview import Place, any_place_of
from letterbook.domain.references import PartyRef
from letterbook.ports import Index, World
from letterbook.use_cases.reading.index_reader import BudgetExhausted, IndexKey, RequestBudget, merge_newest_first
from letterbook.use_cases.reading.list_communications import id_range, indexes_for, list_communications
from letterbook.use_cases.reading.search import NOTHING_LEFT_OUT, LeftOut, holding
from letterbook.use_cases.support.access import must_stand

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
    """`after` is where to read on; None at the end. `left` are those that this page leaves out; `cut` as in EntryPage."""

    items: Sequence[OverviewItem]
    after: str | None
    left: LeftOut = NOTHING_LEFT_OUT
    cut: bool = False


def overview(world: World, viewer: Viewer, filters: Filters, *, limit: int, after: str | None) -> Overview:
    """Newest first. The filters are asked of the latest entry: what is failed here failed at last; words of any that is seen."""
    viewer.require(Permission.READ)
    found = _overview(world, viewer, filters, limit, after)
    if not found.items and after is None:
        must_stand(world, viewer, filters.named_parties)
    return found


def _overview(world: World, viewer: Viewer, filters: Filters, limit: int, after: str | None) -> Overview:
    if filters.words:
        return _found(world, viewer, filters, limit, after)
    if viewer.sight is None and not (filters.concerning or filters.cases or filters.threads or filters.regarding):
        rows = _of_table(world, viewer, filters, limit, after)
        loose = None if filters.subject_types else _of_entries(world, viewer, filters, limit, after, _is_loose)
        return _merged(rows, loose, limit) if loose else rows
    return _of_entries(world, viewer, filters, limit, after)


def _of_table(world: World, viewer: Viewer, filters: Filters, limit: int, after: str | None) -> Overview:
    """Out of the table that is kept of what is regarded. One page of it is read: where filters match rarely, it is short."""
    party_id = filters.parties[0] if len(filters.parties) == 1 else None
    client_id = filters.clients[0] if len(filters.clients) == 1 else None
    page = world.overview.page(party_id, client_id, after=after, limit=limit)
    latest = world.communications.entries(thing.latest_id for thing in page.items)
    in_time = _in_time(world, filters)
    seen = [
        OverviewItem(party=entry.party, attempts=thing.attempts, latest=entry)
        for thing in page.items
        for entry in [latest.get(thing.latest_id)]
        if entry and in_time(entry) and viewer.sees(entry.ownership)
    ]
    left = [one.latest for one in seen if _leaves_out(filters, one.latest)]
    shown = [one for one in seen if _asked(filters, one.latest)]
    return Overview(items=shown, after=page.after, left=LeftOut.of(left))


def _of_entries(
    world: World,
    viewer: Viewer,
    filters: Filters,
    limit: int,
    after: str | None,
    takes: Callable[[Entry], bool] = lambda _: True,
) -> Overview:
    """Out of the entries that the viewer sees, so that nothing else counts, not even by a number."""
    scope, in_time = _scope(filters), _in_time(world, filters)
    span = id_range(scope, world.settings.current().zone, world.now(), after, limit)
    sources = indexes_for(viewer, scope)
    found: list[OverviewItem] = []
    left: list[Entry] = []
    seen: set[Place] = set()
    try:
        for entry in merge_newest_first(
            world, sources, replace(span, first=COUNTED), RequestBudget(len(sources) + _MORE_REQUESTS)
        ):
            if not (takes(entry) and _is_told_of(viewer, entry) and scope.match(entry)):
                continue
            place = any_place_of(entry)
            if place in seen:
                continue
            seen.add(place)
            if not in_time(entry) or not (_asked(filters, entry) or _leaves_out(filters, entry)):
                continue
            visible = _about(world, viewer, entry)
            if visible and visible[0].id > entry.id:
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


def _found(world: World, viewer: Viewer, filters: Filters, limit: int, after: str | None) -> Overview:
    """The things about which somebody said the words, in the order in which they were last said."""
    said = replace(_scope(filters), words=filters.words)
    hits = list_communications(world, viewer, said, limit=COUNTED, after=after, present=False)
    in_time = _in_time(world, filters)
    found: list[OverviewItem] = []
    left: list[Entry] = []
    seen: set[Place] = set()
    for entry in hits.items:
        place = any_place_of(entry)
        if place in seen or not entry.is_counted:
            continue
        seen.add(place)
        visible = _about(world, viewer, entry) or [entry]
        latest = visible[0]
        if after and holding(world, filters.words, [one.id for one in visible if one.id > entry.id]):
            # It stands on a page before.
            continue
        if in_time(latest) and _leaves_out(filters, latest):
            left.append(latest)
        if in_time(latest) and _asked(filters, latest):
            found.append(OverviewItem(party=latest.party, attempts=len(visible), latest=latest))
            if len(found) == limit:
                return Overview(items=found, after=entry.id, left=LeftOut.of(left), cut=hits.cut)
    return Overview(items=found, after=hits.after, left=LeftOut.of(left), cut=hits.cut)


def _merged(one: Overview, other: Overview, limit: int) -> Overview:
    """Both, newest first, as far back as both were read."""
    reached = max((page.after for page in (one, other) if page.after), default=None)
    items = sorted((*one.items, *other.items), key=lambda item: item.latest.id, reverse=True)
    both = [item for item in items if reached is None or item.latest.id >= reached]
    left = one.left.with_those_of(other.left)
    if len(both) > limit:
        return Overview(items=both[:limit], after=both[limit - 1].latest.id, left=left)
    return Overview(items=both, after=reached, left=left)


def _scope(filters: Filters) -> Filters:
    """Whose it is: what is asked of all entries, where the other filters are asked of the latest of a thing."""
    return Filters(
        concerning=filters.concerning,
        parties=filters.parties,
        clients=filters.clients,
        cases=filters.cases,
        threads=filters.threads,
        regarding=filters.regarding,
        show_ignored=True,
    )


def _is_loose(entry: Entry) -> bool:
    return entry.regarding is None


def _is_told_of(viewer: Viewer, entry: Entry) -> bool:
    return entry.is_counted and viewer.sees(entry.ownership)


def _in_time(world: World, filters: Filters) -> Callable[[Entry], bool]:
    span = id_range(filters, world.settings.current().zone, world.now(), None, 1)
    return lambda entry: span.above <= entry.id < span.below


def _about(world: World, viewer: Viewer, entry: Entry) -> list[Entry]:
    """What the viewer sees of the entry's place, newest first, as far as it is counted; those of other owners are passed over."""
    place, source = any_place_of(entry), _list_of(entry)
    on: str | None = first_id(Kind.COMMUNICATION, world.now() + timedelta(days=1))
    found: list[Entry] = []
    for _ in range(_PAGES):
        page = world.communications.page(
            source.index, source.key, above=f"{Kind.COMMUNICATION}_", below=on or "", limit=COUNTED
        )
        found += [one for one in page.items if any_place_of(one) == place and _is_told_of(viewer, one)]
        on = page.after
        if on is None or len(found) >= COUNTED:
            break
    return found[:COUNTED]


def _list_of(entry: Entry) -> IndexKey:
    """The narrowest index that holds all of the entry's place."""
    if entry.regarding:
        return IndexKey(Index.REGARDING, entry.regarding.key)
    if entry.case:
        return IndexKey(Index.CASE, entry.case.id)
    return IndexKey(Index.CLIENT, entry.client.id) if entry.client else IndexKey(Index.PARTY, entry.party.id)
