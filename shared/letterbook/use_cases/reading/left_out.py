"""How many a list of what waits leaves out, because somebody put them aside or they were put right."""

from letterbook.domain.access import Permission, Viewer
from letterbook.domain.communication import Entry
from letterbook.domain.filters import Filters
from letterbook.ports import Index, World
from letterbook.use_cases.reading.index_reader import BudgetExhausted, RequestBudget, merge_newest_first
from letterbook.use_cases.reading.list_communications import id_range, indexes_for, lists_aside
from letterbook.use_cases.reading.search import NOTHING_LEFT_OUT, EntryPage, LeftOut

# So many are looked at: how many there are beyond is not worth knowing.
_LOOKED_AT = 200


def left_out(world: World, viewer: Viewer, filters: Filters, page: EntryPage) -> LeftOut:
    """Of a page of that list: what it passed over. Where what was put aside stands in a list of its own, all that is there, by one
    request more for each.

    Raises Forbidden.
    """
    viewer.require(Permission.READ)
    standing = indexes_for(viewer, filters)
    if filters.words or any(one.index is not Index.ATTENTION for one in standing):
        return page.left
    if filters.shows_put_aside and not filters.quick:
        return NOTHING_LEFT_OUT
    span = id_range(filters, world.settings.current().zone, world.now(), None, _LOOKED_AT)
    sources = lists_aside(filters.quick)
    found: list[Entry] = []
    try:
        every = merge_newest_first(world, sources, span, RequestBudget(len(sources)))
        found.extend(one for one in every if filters.leaves_out(one) and viewer.sees(one.ownership))
    except BudgetExhausted:
        return LeftOut.of(found, more=True)
    return LeftOut.of(found)
