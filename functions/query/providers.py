"""Reading how the providers do."""

from letterbook.contracts import operations as ops
from letterbook.contracts.operation import ListView, NoBody
from letterbook.contracts.providers import provider_view
from letterbook.contracts.queries import NoQuery
from letterbook.http.api import ApiRequest, ApiResponse
from letterbook.use_cases.admin import providers
from query.api import api


@api.route(ops.LIST_PROVIDERS)
def list_providers(call: ApiRequest[NoBody, NoQuery]) -> ApiResponse:
    now = call.world.now()
    items = [provider_view(one, now) for one in providers.list_providers(call.world, call.viewer)]
    return ApiResponse(body=ListView(items=items, next_cursor=None))
