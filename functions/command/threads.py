"""Starting and amending threads."""

from command.api import api
from letterbook.contracts import operations as ops
from letterbook.contracts.queries import NoQuery
from letterbook.contracts.threads import ThreadBody, ThreadPatch, ThreadView
from letterbook.http.api import ApiRequest, ApiResponse
from letterbook.use_cases.directory import threads
from letterbook.use_cases.support.access import actor_of


@api.route(ops.START_THREAD)
def start_thread(call: ApiRequest[ThreadBody, NoQuery]) -> ApiResponse:
    draft = call.body.thread(actor_of(call.viewer), call.world.now())
    thread, replayed = threads.start_thread(call.world, call.viewer, draft, call.key)
    return ApiResponse(
        status=201,
        body=ThreadView.model_validate(thread),
        location=f"/v1/threads/{thread.id}",
        version=thread.version,
        replayed=replayed,
    )


@api.route(ops.AMEND_THREAD)
def amend_thread(call: ApiRequest[ThreadPatch, NoQuery], thread_id: str) -> ApiResponse:
    thread = threads.amend_thread(
        call.world, call.viewer, thread_id, call.version, subject=call.body.subject, status=call.body.status
    )
    return ApiResponse(body=ThreadView.model_validate(thread), version=thread.version)
