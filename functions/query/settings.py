"""Reading the settings."""

from letterbook.contracts import operations as ops
from letterbook.contracts.operation import NoBody
from letterbook.contracts.queries import NoQuery
from letterbook.contracts.settings import SettingsView
from letterbook.http.api import ApiRequest, ApiResponse
from letterbook.use_cases.admin import settings
from letterbook.use_cases.delivery.routing import effective_routes
from query.api import api


@api.route(ops.READ_SETTINGS)
def read_settings(call: ApiRequest[NoBody, NoQuery]) -> ApiResponse:
    organisation = settings.read_settings(call.world, call.viewer)
    return ApiResponse(
        body=SettingsView.of(organisation, effective_routes(call.world, organisation)), version=organisation.version
    )
