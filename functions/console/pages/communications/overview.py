"""The overview: each thing that is written about once, by the latest entry about it."""

from urllib.parse import urlencode

from console.app.paths import COMMUNICATIONS
from console.app.routing import PageRequest, PageResponse, page, pages, redirect
from console.lists.filters import chips, is_canonical, list_filters, quick_pills
from console.lists.omissions import omissions
from console.pages.communications.list import names, not_a_filter
from console.presenters.labels import format_count
from console.presenters.log_rows import log_row
from letterbook.contracts.entries import RegardingView
from letterbook.contracts.queries import OverviewQuery
from letterbook.domain.communication import Entry
from letterbook.domain.errors import CallerError, Forbidden
from letterbook.domain.overview import place_of
from letterbook.use_cases.reading.overview import overview

PATH = "/communications/overview"


@pages.get(PATH)
def index(visit: PageRequest) -> PageResponse:
    try:
        asked = list_filters(visit, OverviewQuery, PATH)
        if not is_canonical(visit):
            return redirect(asked.address())
        seen = overview(visit.world, visit.viewer, asked.query.filters(), limit=asked.query.limit, after=asked.after)
    except Forbidden:
        raise
    except CallerError as error:
        return not_a_filter(error, PATH)
    entries = [one.latest for one in seen.items]
    things = [
        {
            "thing": RegardingView.of(one.latest.regarding),
            "link": _log(one.latest),
            "party": one.party.name,
            "attempts": format_count(one.attempts, "message"),
            "row": log_row(one.latest, visit.clock),
            "when": visit.clock.moment(one.latest.occurred_at),
        }
        for one in seen.items
        if one.latest.regarding
    ]
    return page(
        "communications/overview.html",
        title="Overview of communications",
        asked=asked,
        here=f"{PATH}{visit.behind}",
        pills=quick_pills(asked, {}),
        chips=chips(asked, visit.clock, entries, names(visit, asked.params, entries)),
        things=things,
        omissions=omissions(asked, seen.left),
        older=asked.pager.older(seen.after),
    )


def _log(entry: Entry) -> str:
    """Everything of the owner that the row counts."""
    place = place_of(entry)
    if place is None:
        return COMMUNICATIONS
    return f"{COMMUNICATIONS}?{urlencode({'client_id' if entry.client else 'party_id': place.owner, 'regarding': place.key})}"
