"""TODOs in DynamoDB."""

from letterbook.adapters.dynamodb.tables.tasks import TaskItem
from letterbook.adapters.dynamodb.versioned import get_value, page_of, save_value
from letterbook.adapters.serialization import to_json
from letterbook.domain.todos import Todo, TodoStatus, sort_key as due_place
from letterbook.ports import IdempotencyKey, Page


class DynamoTodos:
    """See ports.Todos."""

    def get(self, todo_id: str) -> Todo | None:
        return get_value(Todo, TaskItem, todo_id)

    def save(self, todo: Todo, key: IdempotencyKey | None = None) -> None:
        save_value(todo_item(todo), TaskItem, todo, key, todo.created_at)

    def page(self, party_id: str | None, status: TodoStatus, *, after: str | None, limit: int) -> Page[Todo]:
        if party_id:
            return page_of(Todo, TaskItem.by_party, party_id, TaskItem.due, after, limit, ascending=True)
        return page_of(Todo, TaskItem.by_due, _todo_lane(status), TaskItem.due, after, limit, ascending=True)


def todo_item(todo: Todo) -> TaskItem:
    return TaskItem(
        todo.id,
        data=to_json(todo),
        version=todo.version,
        party_id=todo.owned.party_id,
        lane=_todo_lane(todo.status),
        due=due_place(todo),
    )


def _todo_lane(status: TodoStatus) -> str:
    return f"todo#{status}"
