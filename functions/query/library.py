"""Reading templates and settings, oneself, and the description of the API."""

from pathlib import Path

from letterbook.contracts import operations as ops
from letterbook.contracts.library import MeView, TemplateView
from letterbook.contracts.operation import ListView, NoBody
from letterbook.contracts.queries import NoQuery, TemplateQuery, TemplatesQuery
from letterbook.contracts.settings import SettingsView
from letterbook.http.api import ApiRequest, ApiResponse
from letterbook.use_cases.admin import library
from letterbook.use_cases.delivery.routing import effective_routes
from query.api import api

# Made of the contracts by `make openapi`, and served as it is.
_DOCUMENT = Path(__file__).with_name("openapi.json")


@api.route(ops.LIST_TEMPLATES)
def list_templates(call: ApiRequest[NoBody, TemplatesQuery]) -> ApiResponse:
    query = call.query
    page = library.list_templates(
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
    template = library.read_template(call.world, call.viewer, key, call.query.language, call.query.version)
    return ApiResponse(body=TemplateView.model_validate(template))


@api.route(ops.READ_SETTINGS)
def read_settings(call: ApiRequest[NoBody, NoQuery]) -> ApiResponse:
    organisation = library.read_settings(call.world, call.viewer)
    return ApiResponse(
        body=SettingsView.of(organisation, effective_routes(call.world, organisation)), version=organisation.version
    )


@api.route(ops.READ_ME)
def read_me(call: ApiRequest[NoBody, NoQuery]) -> ApiResponse:
    viewer = call.viewer
    return ApiResponse(body=MeView(id=viewer.id, name=viewer.name, role=viewer.role, rights=sorted(viewer.rights)))


@api.route(ops.READ_OPENAPI)
def read_openapi(_: ApiRequest[NoBody, NoQuery]) -> ApiResponse:
    return ApiResponse(body=_DOCUMENT.read_text())
