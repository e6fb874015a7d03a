"""Reading TODOs."""

from letterbook.contracts import operations as ops
from letterbook.contracts.operation import ListView, NoBody
from letterbook.contracts.queries import (
    NoQuery,
    TodosQuery,
)
from letterbook.contracts.todos import todo_view
from letterbook.http.api import ApiRequest, ApiResponse
from letterbook.use_cases.directory import todos
from query.api import api


@api.route(ops.LIST_TODOS)
def list_todos(call: ApiRequest[NoBody, TodosQuery]) -> ApiResponse:
    query = call.query
    page = todos.list_todos(
        call.world, call.viewer, party_id=query.party_id, status=query.status, limit=query.limit, after=call.after
    )
    items = [todo_view(one) for one in page.items]
    return ApiResponse(body=ListView(items=items, next_cursor=call.cursor(page.after)))


@api.route(ops.READ_TODO)
def read_todo(call: ApiRequest[NoBody, NoQuery], todo_id: str) -> ApiResponse:
    todo = todos.read_todo(call.world, call.viewer, todo_id)
    return ApiResponse(body=todo_view(todo), version=todo.version)
