"""The OpenAPI document."""

from pathlib import Path

from letterbook.contracts import operations as ops
from letterbook.contracts.operation import NoBody
from letterbook.contracts.queries import NoQuery
from letterbook.http.api import ApiRequest, ApiResponse
from query.api import api

# Made of the contracts by `make openapi`, and served as it is.
_DOCUMENT = Path(__file__).with_name("openapi.json")


@api.route(ops.READ_OPENAPI)
def read_openapi(_: ApiRequest[NoBody, NoQuery]) -> ApiResponse:
    return ApiResponse(body=_DOCUMENT.read_text())
