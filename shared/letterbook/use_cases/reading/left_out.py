"""How many a list of what waits leaves out, because somebody put them aside or they were put right."""

from collections.abc import Sequence
from dataclasses import dataclass

from letterbook.domain.access import Permission, Viewer
from letterbook.domain.communication import Entry
from letterbook.domain.filters import Filters
from letterbook.domain.status import ATTENTION
from letterbook.ports import World
from letterbook.use_cases.reading.index_reader import BudgetExhausted, RequestBudget, merge_newest_first
from letterbook.use_cases.reading.list_communications import id_range, put_aside

# So many are looked at: how many there are beyond is not worth knowing.
_LOOKED_AT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """`ignored` are those that somebody ignored; `put_right` were settled, overtaken or seen to. `more`: at least so many."""

    ignored: int = 0
    put_right: int = 0
    more: bool = False

    @classmethod
    def of(cls, entries: Sequence[Entry], *, more: bool = False) -> "LeftOut":
        ignored = sum(one.ignored for one in entries)
        return cls(ignored=ignored, put_right=len(entries) - ignored, more=more)


NOTHING_LEFT_OUT = LeftOut()


def left_out(world: World, viewer: Viewer, filters: Filters) -> LeftOut:
    """Of the newest that such a list passes over. One request for each index; none where nothing is left out.

    Raises Forbidden.
    """
    viewer.require(Permission.READ)
    if filters.words or not ATTENTION.intersection(filters.quick):
        return NOTHING_LEFT_OUT
    span = id_range(filters, world.settings.current().zone, world.now(), None, _LOOKED_AT)
    sources = put_aside(viewer, filters)
    found: list[Entry] = []
    try:
        every = merge_newest_first(world, sources, span, RequestBudget(len(sources)))
        found.extend(one for one in every if filters.leaves_out(one) and viewer.sees(one.ownership))
    except BudgetExhausted:
        return LeftOut.of(found, more=True)
    return LeftOut.of(found)
