"""What a page that stands open asks for: how its entries on their way stand by now, and whether there are newer ones."""

from dataclasses import replace

from console.app.paths import COMMUNICATIONS
from console.app.routing import PageRequest, PageResponse, page, pages
from console.lists.filters import list_filters
from console.presenters.log_rows import log_row
from letterbook.contracts.queries import CommunicationsQuery
from letterbook.domain.ids import Kind, is_id
from letterbook.use_cases.reading.current_entries import current_entries
from letterbook.use_cases.reading.list_communications import list_communications

_MOST_ROWS, _MOST_NEW = 60, 20


@pages.get(f"{COMMUNICATIONS}/live")
def changes(visit: PageRequest) -> PageResponse:
    ids = [one for one in visit.query.get("id", [])[:_MOST_ROWS] if is_id(Kind.COMMUNICATION, one)]
    entries = current_entries(visit.world, visit.viewer, ids)
    return page("communications/updates.html", rows=[log_row(one, visit.clock) for one in entries], new=_new(visit))


def _new(visit: PageRequest) -> str:
    """How many are newer than the newest that is shown."""
    newest = visit.parameter("newest")
    if not is_id(Kind.COMMUNICATION, newest):
        return ""
    own = {name: values for name, values in visit.query.items() if name not in ("id", "newest")}
    asked = list_filters(_with_query(visit, own), CommunicationsQuery, COMMUNICATIONS)
    listed = list_communications(visit.world, visit.viewer, asked.query.filters(), limit=_MOST_NEW, present=False)
    count = sum(one.id > newest for one in listed.items)
    if not count:
        return ""
    return f"{count}{'+' if count == _MOST_NEW else ''} new"


def _with_query(visit: PageRequest, query: dict[str, list[str]]) -> PageRequest:
    return replace(visit, query=query)
