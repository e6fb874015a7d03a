"""The overview, activity and timelines."""

from letterbook.contracts import operations as ops
from letterbook.contracts.activity import activity_view
from letterbook.contracts.entries import EntryView, entry_view
from letterbook.contracts.entry_rows import page_of
from letterbook.contracts.operation import FoundView, ListView, NoBody
from letterbook.contracts.overview import OverviewView
from letterbook.contracts.queries import (
    OverviewQuery,
    ScopeQuery,
    TimelineQuery,
)
from letterbook.contracts.references import PartyRefView, RegardingView
from letterbook.http.api import ApiRequest, ApiResponse
from letterbook.use_cases.reading.activity import activity, timeline
from letterbook.use_cases.reading.overview import overview
from query.api import api


@api.route(ops.OVERVIEW)
def show_overview(call: ApiRequest[NoBody, OverviewQuery]) -> ApiResponse:
    showing = call.showing
    page = overview(call.world, call.viewer, call.query.filters(), limit=call.query.limit, after=call.after)
    items = [
        OverviewView(
            regarding=RegardingView.of(one.latest.regarding) if one.latest.regarding else None,
            party=PartyRefView.model_validate(one.party),
            case=one.latest.case,
            attempts=one.attempts,
            latest=entry_view(one.latest, showing),
        )
        for one in page.items
    ]
    return ApiResponse(body=FoundView(items=items, next_cursor=call.cursor(page.after), search_cut=page.cut))


@api.route(ops.ACTIVITY)
def show_activity(call: ApiRequest[NoBody, ScopeQuery]) -> ApiResponse:
    page = activity(call.world, call.viewer, call.query.scope(), limit=call.query.limit, after=call.after)
    items = [activity_view(one.about, one.row) for one in page.items]
    return ApiResponse(body=ListView(items=items, next_cursor=call.cursor(page.after)))


@api.route(ops.TIMELINE)
def show_timeline(call: ApiRequest[NoBody, TimelineQuery]) -> ApiResponse:
    listed = timeline(call.world, call.viewer, call.query.filters(), limit=call.query.limit, after=call.after)
    view: ListView[EntryView] = ListView(items=[], next_cursor=call.cursor(listed.after))
    return ApiResponse(body=page_of(view, listed.items, call.showing))
