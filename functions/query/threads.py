"""Reading threads."""

from letterbook.contracts import operations as ops
from letterbook.contracts.operation import ListView, NoBody
from letterbook.contracts.queries import (
    NoQuery,
    ThreadsQuery,
)
from letterbook.contracts.threads import ThreadView
from letterbook.http.api import ApiRequest, ApiResponse
from letterbook.use_cases.directory import threads
from query.api import api


@api.route(ops.LIST_THREADS)
def list_threads(call: ApiRequest[NoBody, ThreadsQuery]) -> ApiResponse:
    query = call.query
    page = threads.list_threads(
        call.world,
        call.viewer,
        party_id=query.party_id,
        case_id=query.case_id,
        status=query.status,
        limit=query.limit,
        after=call.after,
    )
    items = [ThreadView.model_validate(one) for one in page.items]
    return ApiResponse(body=ListView(items=items, next_cursor=call.cursor(page.after)))


@api.route(ops.READ_THREAD)
def read_thread(call: ApiRequest[NoBody, NoQuery], thread_id: str) -> ApiResponse:
    thread = threads.read_thread(call.world, call.viewer, thread_id)
    return ApiResponse(body=ThreadView.model_validate(thread), version=thread.version)
