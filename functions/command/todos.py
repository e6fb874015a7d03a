"""Making and amending TODOs."""

from command.api import api
from letterbook.contracts import operations as ops
from letterbook.contracts.queries import NoQuery
from letterbook.contracts.todos import TodoBody, TodoPatch, todo_view
from letterbook.http.api import ApiRequest, ApiResponse
from letterbook.use_cases.directory import todos
from letterbook.use_cases.support.access import actor_of
from letterbook.use_cases.support.optimistic_lock import UNSET


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
