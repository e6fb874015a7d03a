"""Putting the settings."""

from command.api import api
from letterbook.contracts import operations as ops
from letterbook.contracts.queries import NoQuery
from letterbook.contracts.settings import SettingsBody, SettingsView
from letterbook.http.api import ApiRequest, ApiResponse
from letterbook.use_cases.admin import settings
from letterbook.use_cases.delivery.routing import effective_routes


@api.route(ops.PUT_SETTINGS)
def put_settings(call: ApiRequest[SettingsBody, NoQuery]) -> ApiResponse:
    version = call.body.version if call.version is None else call.version
    organisation = settings.update_settings(call.world, call.viewer, version, call.body.applied, call.body.logo_id)
    return ApiResponse(
        body=SettingsView.of(organisation, effective_routes(call.world, organisation)), version=organisation.version
    )
