"""Reading saved views."""

from letterbook.contracts import operations as ops
from letterbook.contracts.operation import ListView, NoBody
from letterbook.contracts.queries import ListQuery
from letterbook.contracts.saved_views import SavedViewView
from letterbook.http.api import ApiRequest, ApiResponse
from letterbook.use_cases.directory.saved_views import list_views
from letterbook.use_cases.reading.pages import slice_page
from query.api import api


@api.route(ops.LIST_VIEWS)
def index(call: ApiRequest[NoBody, ListQuery]) -> ApiResponse:
    views = list_views(call.world, call.viewer)
    page = slice_page(views, lambda one: one.name, limit=call.query.limit, after=call.after)
    items = [SavedViewView.model_validate(one) for one in page.items]
    return ApiResponse(body=ListView(items=items, next_cursor=call.cursor(page.after)))
