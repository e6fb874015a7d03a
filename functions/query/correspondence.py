"""Reading correspondence and its types."""

from letterbook.contracts import operations as ops
from letterbook.contracts.correspondence import CorrespondenceTypeView, correspondence_view, detail_view
from letterbook.contracts.operation import ListView, NoBody
from letterbook.contracts.queries import CorrespondenceQuery, ListQuery, NoQuery, VersionQuery
from letterbook.http.api import ApiRequest, ApiResponse
from letterbook.use_cases.correspondence import types
from letterbook.use_cases.reading import correspondence
from query.api import api


@api.route(ops.LIST_CORRESPONDENCE)
def list_correspondence(call: ApiRequest[NoBody, CorrespondenceQuery]) -> ApiResponse:
    query = call.query
    page = correspondence.list_correspondence(
        call.world, call.viewer, query.filters(), limit=query.limit, after=call.after
    )
    items = [correspondence_view(one) for one in page.items]
    return ApiResponse(body=ListView(items=items, next_cursor=call.cursor(page.after)))


@api.route(ops.READ_CORRESPONDENCE)
def read_correspondence(call: ApiRequest[NoBody, NoQuery], account: str, number: str) -> ApiResponse:
    detail = correspondence.read_detail(call.world, call.viewer, account, number)
    view = detail_view(detail.correspondence, list(detail.communications), list(detail.without_document))
    return ApiResponse(body=view, version=detail.correspondence.version)


@api.route(ops.DOWNLOAD_CORRESPONDENCE)
def download_correspondence(call: ApiRequest[NoBody, VersionQuery], account: str, number: str) -> ApiResponse:
    link = correspondence.pdf_link(call.world, call.viewer, account, number, call.query.version)
    return ApiResponse(status=302, location=link)


@api.route(ops.LIST_CORRESPONDENCE_TYPES)
def list_correspondence_types(call: ApiRequest[NoBody, ListQuery]) -> ApiResponse:
    page = types.list_types(call.world, call.viewer, limit=call.query.limit, after=call.after)
    items = [CorrespondenceTypeView.model_validate(one) for one in page.items]
    return ApiResponse(body=ListView(items=items, next_cursor=call.cursor(page.after)))


@api.route(ops.READ_CORRESPONDENCE_TYPE)
def read_correspondence_type(call: ApiRequest[NoBody, VersionQuery], key: str) -> ApiResponse:
    type_ = types.read_type(call.world, call.viewer, key, call.query.version)
    return ApiResponse(body=CorrespondenceTypeView.model_validate(type_), version=type_.version)
