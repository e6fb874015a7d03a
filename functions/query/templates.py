"""Reading message templates, and the library."""

from letterbook.contracts import operations as ops
from letterbook.contracts.library import ShippedView
from letterbook.contracts.operation import ListView, NoBody
from letterbook.contracts.queries import NoQuery, TemplateQuery, TemplatesQuery
from letterbook.contracts.templates import TemplateView
from letterbook.http.api import ApiRequest, ApiResponse
from letterbook.use_cases.admin import library, templates
from query.api import api


@api.route(ops.LIST_TEMPLATES)
def list_templates(call: ApiRequest[NoBody, TemplatesQuery]) -> ApiResponse:
    query = call.query
    page = templates.list_templates(
        call.world,
        call.viewer,
        categories=query.category,
        channels=query.channel,
        languages=query.language,
        limit=query.limit,
        after=call.after,
    )
    items = [TemplateView.model_validate(template) for template in page.items]
    return ApiResponse(body=ListView(items=items, next_cursor=call.cursor(page.after)))


@api.route(ops.READ_TEMPLATE)
def read_template(call: ApiRequest[NoBody, TemplateQuery], key: str) -> ApiResponse:
    template = templates.read_template(call.world, call.viewer, key, call.query.language, call.query.version)
    return ApiResponse(body=TemplateView.model_validate(template))


@api.route(ops.READ_LIBRARY)
def read_library(call: ApiRequest[NoBody, NoQuery]) -> ApiResponse:
    items = [ShippedView.model_validate(one) for one in library.review_library(call.world, call.viewer)]
    return ApiResponse(body=ListView(items=items, next_cursor=None))
