"""The log: every communication that the viewer sees, newest first, a line for each."""

from collections.abc import Mapping, Sequence

from console.app.paths import COMMUNICATIONS
from console.app.routing import PageRequest, PageResponse, page, pages, redirect
from console.lists.filter_panel import filter_panel
from console.lists.filtered import not_a_filter
from console.lists.filters import ListFilters, caption, chips, is_canonical, list_filters, quick_pills
from console.lists.omissions import omissions
from console.pages.communications.quick_filter_counts import counts
from console.presenters.columns import columns
from console.presenters.log_rows import SEARCH_CUT, by_day
from console.presenters.saved_views import view_tabs
from letterbook.contracts.queries import CommunicationsQuery
from letterbook.domain.access import Permission
from letterbook.domain.communication import Entry
from letterbook.domain.errors import CallerError, Forbidden, NotFound, PartyMerged
from letterbook.parallel import both
from letterbook.use_cases.directory.saved_views import list_look
from letterbook.use_cases.reading.left_out import left_out
from letterbook.use_cases.reading.list_communications import list_communications
from letterbook.use_cases.reading.search import EntryPage
from letterbook.use_cases.support.access import visible_case, visible_party

# Older than any: whatever comes into a list that is empty is new.
_BEFORE_ALL = f"com_{'0' * 26}"


@pages.get(COMMUNICATIONS)
def index(visit: PageRequest) -> PageResponse:
    visit.viewer.require(Permission.READ)
    if visit.parameter("party"):
        # A name that somebody wrote into the panel: it is looked up there.
        return redirect(f"{COMMUNICATIONS}/filter{visit.behind}")
    try:
        asked = list_filters(visit, CommunicationsQuery, COMMUNICATIONS)
        if not is_canonical(visit):
            return redirect(asked.address())
        listed, ((views, chosen), counted) = both(
            lambda: list_communications(
                visit.world, visit.viewer, asked.query.filters(), limit=asked.query.limit, after=asked.after
            ),
            lambda: both(lambda: list_look(visit.world, visit.viewer), lambda: counts(visit, asked)),
        )
    except (Forbidden, PartyMerged):
        raise
    except CallerError as error:
        return not_a_filter(error, COMMUNICATIONS)
    shown = chips(asked, visit.clock, listed.items, names(visit, asked.params, listed.items))
    return page(
        "communications/list.html",
        title="Communications",
        asked=asked,
        pills=quick_pills(asked, counted),
        chips=shown,
        caption=caption(asked, shown),
        days=by_day(listed.items, visit.clock),
        columns=columns(chosen),
        told=_summary(listed),
        omissions=omissions(asked, left_out(visit.world, visit.viewer, asked.query.filters(), listed)),
        older=asked.pager.older(listed.after),
        newest="" if asked.pager.cursor else listed.items[0].id if listed.items else _BEFORE_ALL,
        within=f"?{asked.text}" if asked.text else "",
        views=view_tabs(views, COMMUNICATIONS, asked.text),
        empty=_empty(visit, asked, listed),
    )


@pages.get(f"{COMMUNICATIONS}/filter")
def panel(visit: PageRequest) -> PageResponse:
    return filter_panel(visit, COMMUNICATIONS)


def names(visit: PageRequest, params: Mapping[str, tuple[str, ...]], entries: Sequence[Entry]) -> dict[str, str]:
    """What is asked for by an id, where no entry tells its name because there is none."""
    if entries:
        return {}
    found: dict[str, str] = {}
    for name in ("party_id", "client_id", "case_id"):
        for value in params.get(name, ())[:3]:
            try:
                if name == "case_id":
                    found[value] = visible_case(visit.world, visit.viewer, value).reference if value != "none" else ""
                else:
                    found[value] = visible_party(visit.world, visit.viewer, value).name
            except NotFound:
                continue
    return found


def _summary(page: EntryPage) -> str:
    shown = f"{len(page.items)} shown, newest first." if page.items else ""
    if page.cut:
        shown = f"{shown} {SEARCH_CUT}".strip()
    if not page.hidden:
        return shown
    more = "1 more is still collecting its data" if page.hidden == 1 else f"{page.hidden} more still collect their data"
    return f"{shown} {more}.".strip()


def _empty(visit: PageRequest, asked: ListFilters[CommunicationsQuery], page: EntryPage) -> str:
    """Which of the empty states it is: nobody granted anything, nothing yet, nothing here so far, nothing that matches."""
    if page.items:
        return ""
    sight = visit.viewer.sight
    if sight is not None and not sight.parties and not sight.cases:
        return "closed"
    if page.after:
        return "so_far"
    return "nothing" if asked.alone and not asked.pager.cursor else "no_match"
