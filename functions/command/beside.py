"""Changing threads, subjects and TODOs."""

from command.api import api
from letterbook.contracts import operations as ops
from letterbook.contracts.beside import (
    SubjectBody,
    SubjectView,
    ThreadBody,
    ThreadPatch,
    ThreadView,
    TodoBody,
    TodoPatch,
    todo_view,
)
from letterbook.contracts.queries import NoQuery
from letterbook.http.api import ApiRequest, ApiResponse
from letterbook.use_cases.directory import subjects, threads, todos
from letterbook.use_cases.support.access import actor_of
from letterbook.use_cases.support.optimistic_lock import UNSET


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


@api.route(ops.PUT_SUBJECT)
def put_subject(call: ApiRequest[SubjectBody, NoQuery], subject_type: str, subject_id: str) -> ApiResponse:
    version = call.body.version if call.version is None else call.version
    told = call.body.subject(subject_type, subject_id)
    subject, new = subjects.put_subject(call.world, call.viewer, version, told)
    return ApiResponse(status=201 if new else 200, body=SubjectView.model_validate(subject), version=subject.version)


@api.route(ops.MAKE_TODO)
def make_todo(call: ApiRequest[TodoBody, NoQuery]) -> ApiResponse:
    draft = call.body.todo(actor_of(call.viewer), call.world.now())
    todo, replayed = todos.make_todo(call.world, call.viewer, draft, call.key)
    return ApiResponse(
        status=201, body=todo_view(todo), location=f"/v1/todos/{todo.id}", version=todo.version, replayed=replayed
    )


@api.route(ops.AMEND_TODO)
def amend_todo(call: ApiRequest[TodoPatch, NoQuery], todo_id: str) -> ApiResponse:
    body = call.body
    due_date = body.due_date if "due_date" in body.model_fields_set else UNSET
    todo = todos.amend_todo(
        call.world, call.viewer, todo_id, call.version, status=body.status, title=body.title, due_date=due_date
    )
    return ApiResponse(body=todo_view(todo), version=todo.version)
