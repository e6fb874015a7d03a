"""Reading exports."""

from letterbook.contracts import operations as ops
from letterbook.contracts.exports import export_view
from letterbook.contracts.operation import ListView, NoBody
from letterbook.contracts.queries import ListQuery, NoQuery
from letterbook.domain.errors import Conflict
from letterbook.http.api import ApiRequest, ApiResponse
from letterbook.use_cases.exports.read_export import export_url, list_exports, read_export
from letterbook.use_cases.reading.pages import newest_first
from query.api import api


@api.route(ops.LIST_EXPORTS)
def index(call: ApiRequest[NoBody, ListQuery]) -> ApiResponse:
    page = newest_first(list_exports(call.world, call.viewer), limit=call.query.limit, after=call.after)
    items = [export_view(one) for one in page.items]
    return ApiResponse(body=ListView(items=items, next_cursor=call.cursor(page.after)))


@api.route(ops.READ_EXPORT)
def show(call: ApiRequest[NoBody, NoQuery], export_id: str) -> ApiResponse:
    export = read_export(call.world, call.viewer, export_id)
    try:
        view = export_view(export, export_url(call.world, call.viewer, export))
    except Conflict as withheld:
        view = export_view(export, code=withheld.code, detail=withheld.detail)
    return ApiResponse(body=view)
