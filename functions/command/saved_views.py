"""Keeping and removing saved views."""

from command.api import api
from letterbook.contracts import operations as ops
from letterbook.contracts.queries import NoQuery
from letterbook.contracts.saved_views import NameBody, SavedViewBody, SavedViewView
from letterbook.http.api import ApiRequest, ApiResponse
from letterbook.use_cases.directory.saved_views import remove_view, save_view


@api.route(ops.SAVE_VIEW)
def keep_view(call: ApiRequest[SavedViewBody, NoQuery]) -> ApiResponse:
    draft = call.body.view(call.viewer, call.world.now())
    view, replayed = save_view(call.world, call.viewer, draft, call.key)
    return ApiResponse(status=201, body=SavedViewView.model_validate(view), location="/v1/views", replayed=replayed)


@api.route(ops.REMOVE_VIEW)
def drop_view(call: ApiRequest[NameBody, NoQuery]) -> ApiResponse:
    remove_view(call.world, call.viewer, call.body.name)
    return ApiResponse(status=204)
