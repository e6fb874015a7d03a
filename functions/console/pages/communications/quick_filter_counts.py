"""How many failed, and how many were not sent, of those that the viewer sees; more than are worth counting read "99+"."""

from collections import Counter
from dataclasses import replace
from functools import partial

from console.app.routing import PageRequest
from console.lists.filters import ListFilters
from letterbook.contracts.queries import CommunicationsQuery
from letterbook.domain.filters import Filters
from letterbook.domain.status import ATTENTION, QuickFilter
from letterbook.parallel import each
from letterbook.use_cases.reading.list_communications import count_communications, list_communications

_MOST = 99
_COUNTED = tuple(sorted(ATTENTION))


def counts(visit: PageRequest, narrowed: ListFilters[CommunicationsQuery]) -> dict[QuickFilter, str]:
    """With the other filters of the list; none where that would mean to read all of somebody's entries, or all that hold a word."""
    if narrowed.narrow or narrowed.query.q:
        return {}
    filters = replace(narrowed.query.filters(), quick=(), statuses=(), show_ignored=False, settled=None)
    if visit.viewer.sight is None:
        return dict(zip(_COUNTED, each(partial(_count, visit, filters), _COUNTED), strict=True))
    return _of_those_in_sight(visit, filters)


def _count(visit: PageRequest, filters: Filters, quick: QuickFilter) -> str:
    number, more = count_communications(visit.world, visit.viewer, replace(filters, quick=(quick,)), most=_MOST)
    return _words(number, more=more)


def _of_those_in_sight(visit: PageRequest, filters: Filters) -> dict[QuickFilter, str]:
    """In one reading: what somebody sees who sees some only is read whole."""
    page = list_communications(
        visit.world, visit.viewer, replace(filters, quick=_COUNTED), limit=2 * _MOST, present=False
    )
    found = Counter(entry.quick_filter for entry in page.items)
    return {quick: _words(found[quick], more=page.after is not None) for quick in _COUNTED}


def _words(number: int, *, more: bool) -> str:
    if number == 0 and not more:
        return ""
    return f"{min(number, _MOST)}+" if more or number > _MOST else str(number)
