"""The overview: each thing that is written about once, by the latest entry about it; what is about nothing by its case or party."""

from typing import Any
from urllib.parse import urlencode

from console.app.paths import COMMUNICATIONS
from console.app.routing import PageRequest, PageResponse, page, pages, redirect
from console.lists.filter_panel import filter_panel
from console.lists.filtered import not_a_filter
from console.lists.filters import caption, chips, is_canonical, list_filters, quick_pills
from console.lists.omissions import omissions
from console.pages.communications.list import names
from console.presenters.labels import format_count
from console.presenters.log_rows import SEARCH_CUT, log_row
from letterbook.contracts.queries import OverviewQuery
from letterbook.contracts.references import RegardingView
from letterbook.domain.access import Permission
from letterbook.domain.communication import Entry
from letterbook.domain.errors import CallerError, Forbidden, PartyMerged
from letterbook.domain.filters import CLIENT_LEVEL, NOTHING
from letterbook.use_cases.reading.overview import OverviewItem, overview

PATH = f"{COMMUNICATIONS}/overview"


@pages.get(PATH)
def index(visit: PageRequest) -> PageResponse:
    visit.viewer.require(Permission.READ)
    if visit.parameter("party"):
        # A name that somebody wrote into the panel: it is looked up there.
        return redirect(f"{PATH}/filter{visit.behind}")
    try:
        asked = list_filters(visit, OverviewQuery, PATH)
        if not is_canonical(visit):
            return redirect(asked.address())
        seen = overview(visit.world, visit.viewer, asked.query.filters(), limit=asked.query.limit, after=asked.after)
    except (Forbidden, PartyMerged):
        raise
    except CallerError as error:
        return not_a_filter(error, PATH)
    entries = [one.latest for one in seen.items]
    shown = chips(asked, visit.clock, entries, names(visit, asked.params, entries))
    return page(
        "communications/overview.html",
        title="Overview of communications",
        asked=asked,
        here=f"{PATH}{visit.behind}",
        pills=quick_pills(asked, {}),
        chips=shown,
        caption=caption(asked, shown, "What is written about, by the latest communication about each"),
        things=[_line(one, visit) for one in seen.items],
        omissions=omissions(asked, seen.left),
        search_cut=SEARCH_CUT if seen.cut else "",
        older=asked.pager.older(seen.after),
    )


@pages.get(f"{PATH}/filter")
def panel(visit: PageRequest) -> PageResponse:
    return filter_panel(visit, PATH)


def _line(item: OverviewItem, visit: PageRequest) -> dict[str, Any]:
    entry = item.latest
    return {
        "label": _label(entry),
        "link": _log(entry),
        "party": item.party.name,
        "attempts": format_count(item.attempts, "message"),
        "row": log_row(entry, visit.clock),
        "when": visit.clock.moment(entry.occurred_at),
    }


def _label(entry: Entry) -> str:
    if entry.regarding:
        return RegardingView.of(entry.regarding).label
    return f"Case {entry.case.reference}" if entry.case else (entry.client or entry.party).name


def _log(entry: Entry) -> str:
    """Everything of the owner that the row counts."""
    owner = ("client_id", entry.client.id) if entry.client else ("party_id", entry.party.id)
    if entry.regarding:
        narrowed = [owner, ("regarding", entry.regarding.key)]
    elif entry.case:
        narrowed = [("case_id", entry.case.id), ("regarding", NOTHING)]
    else:
        narrowed = [owner, ("case_id", CLIENT_LEVEL), ("regarding", NOTHING)]
    return f"{COMMUNICATIONS}?{urlencode(narrowed)}"
