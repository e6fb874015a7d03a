"""Reading communications."""

from letterbook.contracts import operations as ops
from letterbook.contracts.entries import EntryView, VersionView, communication_view
from letterbook.contracts.entry_rows import page_of
from letterbook.contracts.operation import EntriesView, NoBody
from letterbook.contracts.queries import CommunicationsQuery, NoQuery
from letterbook.http.api import ApiRequest, ApiResponse
from letterbook.use_cases.reading.list_communications import list_communications
from letterbook.use_cases.reading.read import read, read_version
from query.api import api


@api.route(ops.LIST_COMMUNICATIONS)
def index(call: ApiRequest[NoBody, CommunicationsQuery]) -> ApiResponse:
    page = list_communications(call.world, call.viewer, call.query.filters(), limit=call.query.limit, after=call.after)
    view: EntriesView[EntryView] = EntriesView(
        items=[], next_cursor=call.cursor(page.after), hidden=page.hidden, search_cut=page.cut
    )
    return ApiResponse(body=page_of(view, page.items, call.showing))


@api.route(ops.READ_COMMUNICATION)
def show(call: ApiRequest[NoBody, NoQuery], communication_id: str) -> ApiResponse:
    opened = read(call.world, call.viewer, communication_id)
    showing = call.showing
    view = communication_view(
        opened.communication,
        opened.content,
        opened.history,
        opened.attempts,
        showing,
        intact=opened.intact,
        search_cut=opened.search_cut,
    )
    return ApiResponse(body=view, version=opened.communication.entry.version)


@api.route(ops.READ_VERSION)
def show_version(call: ApiRequest[NoBody, NoQuery], communication_id: str, n: str) -> ApiResponse:
    return ApiResponse(body=VersionView.of(read_version(call.world, call.viewer, communication_id, int(n))))
