"""What a page that stands open asks for: how its entries on their way stand by now, and what changed about the list."""

from dataclasses import replace

from console.app.paths import COMMUNICATIONS
from console.app.routing import PageRequest, PageResponse, page, pages
from console.lists.filters import ListFilters, list_filters, quick_pills
from console.pages.communications.quick_filter_counts import counts
from console.presenters.log_rows import log_row
from letterbook.contracts.queries import CommunicationsQuery
from letterbook.domain.ids import Kind, is_id
from letterbook.parallel import both
from letterbook.use_cases.reading.current_entries import current_entries
from letterbook.use_cases.reading.list_communications import list_communications

_MOST_ROWS, _MOST_NEW = 60, 20


@pages.get(f"{COMMUNICATIONS}/live")
def changes(visit: PageRequest) -> PageResponse:
    ids = [one for one in visit.query.get("id", [])[:_MOST_ROWS] if is_id(Kind.COMMUNICATION, one)]
    newest, asked = visit.parameter("newest"), _asked(visit)
    whole = is_id(Kind.COMMUNICATION, newest)
    entries, (new, counted) = both(
        lambda: current_entries(visit.world, visit.viewer, ids),
        lambda: both(lambda: _new(visit, asked, newest), lambda: counts(visit, asked)) if whole else ("", {}),
    )
    return page(
        "communications/updates.html",
        rows=[log_row(one, visit.clock) for one in entries],
        new=new,
        pills=quick_pills(asked, counted) if whole else (),
    )


def _asked(visit: PageRequest) -> ListFilters[CommunicationsQuery]:
    own = {name: values for name, values in visit.query.items() if name not in ("id", "newest")}
    return list_filters(replace(visit, query=own), CommunicationsQuery, COMMUNICATIONS)


def _new(visit: PageRequest, asked: ListFilters[CommunicationsQuery], newest: str) -> str:
    """How many are newer than the newest that is shown."""
    listed = list_communications(visit.world, visit.viewer, asked.query.filters(), limit=_MOST_NEW, present=False)
    count = sum(one.id > newest for one in listed.items)
    if not count:
        return ""
    return f"{count}{'+' if count == _MOST_NEW else ''} new"
