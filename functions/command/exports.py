"""Ordering exports."""

from command.api import api
from letterbook.contracts import operations as ops
from letterbook.contracts.exports import ExportBody, export_view
from letterbook.contracts.queries import NoQuery
from letterbook.http.api import ApiRequest, ApiResponse
from letterbook.use_cases.exports.order_export import order_export as order


@api.route(ops.ORDER_EXPORT)
def order_export(call: ApiRequest[ExportBody, NoQuery]) -> ApiResponse:
    export, replayed = order(call.world, call.viewer, call.body.format, call.body.to_request(), call.key)
    return ApiResponse(status=202, body=export_view(export), location=f"/v1/exports/{export.id}", replayed=replayed)
