"""Changing templates, settings and one's own saved views."""

from command.api import api
from letterbook.contracts import operations as ops
from letterbook.contracts.library import TemplateBody, TemplateView
from letterbook.contracts.numbers import NameBody, SavedViewBody, SavedViewView
from letterbook.contracts.queries import NoQuery
from letterbook.contracts.settings import SettingsBody, SettingsView
from letterbook.http.api import ApiRequest, ApiResponse
from letterbook.use_cases.admin import library
from letterbook.use_cases.delivery.routing import effective_routes
from letterbook.use_cases.directory.saved_views import remove_view, save_view
from letterbook.use_cases.support.access import actor_of


@api.route(ops.PUT_TEMPLATE)
def put_template(call: ApiRequest[TemplateBody, NoQuery], key: str) -> ApiResponse:
    draft = call.body.template(key, actor_of(call.viewer), call.world.now())
    template = library.put_template(call.world, call.viewer, draft)
    return ApiResponse(status=201 if template.version == 1 else 200, body=TemplateView.model_validate(template))


@api.route(ops.PUT_SETTINGS)
def put_settings(call: ApiRequest[SettingsBody, NoQuery]) -> ApiResponse:
    version = call.body.version if call.version is None else call.version
    organisation = library.update_settings(call.world, call.viewer, version, call.body.applied)
    return ApiResponse(
        body=SettingsView.of(organisation, effective_routes(call.world, organisation)), version=organisation.version
    )


@api.route(ops.SAVE_VIEW)
def keep_view(call: ApiRequest[SavedViewBody, NoQuery]) -> ApiResponse:
    draft = call.body.view(call.viewer, call.world.now())
    view, replayed = save_view(call.world, call.viewer, draft, call.key)
    return ApiResponse(status=201, body=SavedViewView.model_validate(view), location="/v1/views", replayed=replayed)


@api.route(ops.REMOVE_VIEW)
def drop_view(call: ApiRequest[NameBody, NoQuery]) -> ApiResponse:
    remove_view(call.world, call.viewer, call.body.name)
    return ApiResponse(status=204)
