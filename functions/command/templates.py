"""Putting message templates, and installing the library."""

from command.api import api
from letterbook.contracts import operations as ops
from letterbook.contracts.library import ShippedView
from letterbook.contracts.operation import ListView, NoBody
from letterbook.contracts.queries import NoQuery
from letterbook.contracts.templates import TemplateBody, TemplateView
from letterbook.http.api import ApiRequest, ApiResponse
from letterbook.use_cases.admin import library, templates
from letterbook.use_cases.support.access import actor_of


@api.route(ops.PUT_TEMPLATE)
def put_template(call: ApiRequest[TemplateBody, NoQuery], key: str) -> ApiResponse:
    draft = call.body.template(key, actor_of(call.viewer), call.world.now())
    template = templates.put_template(call.world, call.viewer, draft)
    return ApiResponse(status=201 if template.version == 1 else 200, body=TemplateView.model_validate(template))


@api.route(ops.INSTALL_LIBRARY)
def install_library(call: ApiRequest[NoBody, NoQuery]) -> ApiResponse:
    items = [ShippedView.model_validate(one) for one in library.install_library(call.world, call.viewer)]
    return ApiResponse(body=ListView(items=items, next_cursor=None))
