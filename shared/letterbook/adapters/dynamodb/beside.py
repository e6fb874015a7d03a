"""Threads, the overview and TODOs in DynamoDB: written in the entry's own transaction, each on top of its version before."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, TypeVar

from pynamodb.attributes import UnicodeAttribute
from pynamodb.exceptions import DoesNotExist
from pynamodb.expressions.condition import Condition
from pynamodb.indexes import GlobalSecondaryIndex

from letterbook.adapters.dynamodb.batch_get import ItemKey, fetch
from letterbook.adapters.dynamodb.deeds import deed_item
from letterbook.adapters.dynamodb.idempotency import key_item
from letterbook.adapters.dynamodb.more_tables import OverviewItem, ThreadItem, WorkItem
from letterbook.adapters.dynamodb.subjects import keys_of as subject_wishes
from letterbook.adapters.dynamodb.tables import CommunicationItem, DirectoryItem, Table
from letterbook.adapters.dynamodb.transaction import Write, commit
from letterbook.adapters.serialization import from_json, to_json
from letterbook.domain.attempts import Attempts
from letterbook.domain.communication import Regarding
from letterbook.domain.overview import OverviewRow, Place
from letterbook.domain.subjects import RegardedRecord
from letterbook.domain.threads import Thread, sort_key as thread_place
from letterbook.domain.todos import Todo, TodoStatus, sort_key as due_place
from letterbook.ports import ContextQuery, IdempotencyKey, Page, RelatedWrites

T = TypeVar("T", Thread, OverviewRow, Todo, Attempts)

_LANE = "0"
_ATTEMPTS = "attempts#"


def writes(beside: RelatedWrites) -> Iterator[Write]:
    for thread in beside.threads:
        yield Write(item=thread_item(thread), condition=_follows(ThreadItem, thread.version))
    for thing in beside.things:
        yield Write(item=thing_item(thing), condition=_follows(OverviewItem, thing.version))
    if beside.attempts:
        yield Write(item=_attempts_item(beside.attempts), condition=_follows(WorkItem, beside.attempts.version))
    if beside.instead_of:
        unchanged = CommunicationItem.length == beside.instead_of.chain.length
        yield Write(item=CommunicationItem(beside.instead_of.id), condition=unchanged, look=beside.instead_of.id)
    if beside.todo:
        yield Write(item=todo_item(beside.todo), condition=_follows(WorkItem, beside.todo.version))
    yield from (deed_item(deed) for deed in beside.deeds)


def wishes_for(wanted: ContextQuery) -> list[ItemKey]:
    """What an entry of the party itself would be written beside, and what it may be told of what it regards."""
    thread = [ItemKey(ThreadItem, {"id": wanted.thread_id})] if wanted.thread_id else []
    return thread + (wishes_of(wanted.regarding, wanted.party_id) if wanted.regarding else [])


def wishes_of(regarding: Regarding, owner: str) -> list[ItemKey]:
    """What there is of a thing for one owner."""
    row = ItemKey(OverviewItem, {"key": str(Place(owner, regarding.key))})
    return [row, *subject_wishes(regarding, owner)]


def read(items: Iterable[Table]) -> dict[str, Any]:
    """What of it there is, as Found names it."""
    thread: Thread | None = None
    things: list[OverviewRow] = []
    subjects: list[RegardedRecord] = []
    for item in items:
        if isinstance(item, ThreadItem):
            thread = from_json(Thread, item.data)
        elif isinstance(item, OverviewItem):
            things.append(from_json(OverviewRow, item.data))
        elif isinstance(item, DirectoryItem) and item.data:
            subjects.append(from_json(RegardedRecord, item.data))
    return {"thread": thread, "things": things, "subjects": subjects}


class DynamoThreads:
    """See ports.Threads."""

    def get(self, thread_id: str) -> Thread | None:
        return _get(Thread, ThreadItem, thread_id)

    def save(self, thread: Thread, key: IdempotencyKey | None = None) -> None:
        _save(thread_item(thread), ThreadItem, thread, key, thread.created_at)

    def page(self, party_id: str | None, case_id: str | None, *, after: str | None, limit: int) -> Page[Thread]:
        if case_id:
            return _page(Thread, ThreadItem.by_case, case_id, ThreadItem.activity, after, limit)
        if party_id:
            return _page(Thread, ThreadItem.by_party, party_id, ThreadItem.activity, after, limit)
        return _page(Thread, ThreadItem.by_activity, _LANE, ThreadItem.activity, after, limit)


class DynamoOverview:
    """See ports.Overview."""

    def get(self, place: Place) -> OverviewRow | None:
        wishes = [ItemKey(OverviewItem, {"key": key}) for key in (str(place), place.key)]
        found = [from_json(OverviewRow, item.data) for item in fetch(wishes) if isinstance(item, OverviewItem)]
        return max(found, key=lambda thing: thing.owner, default=None)

    def page(self, party_id: str | None, client_id: str | None, *, after: str | None, limit: int) -> Page[OverviewRow]:
        if client_id:
            return _page(OverviewRow, OverviewItem.by_client, client_id, OverviewItem.latest_id, after, limit)
        if party_id:
            return _page(OverviewRow, OverviewItem.by_party, party_id, OverviewItem.latest_id, after, limit)
        return _page(OverviewRow, OverviewItem.latest, _LANE, OverviewItem.latest_id, after, limit)


class DynamoTodos:
    """See ports.Todos."""

    def get(self, todo_id: str) -> Todo | None:
        return _get(Todo, WorkItem, todo_id)

    def save(self, todo: Todo, key: IdempotencyKey | None = None) -> None:
        _save(todo_item(todo), WorkItem, todo, key, todo.created_at)

    def page(self, party_id: str | None, status: TodoStatus, *, after: str | None, limit: int) -> Page[Todo]:
        if party_id:
            return _page(Todo, WorkItem.by_party, party_id, WorkItem.due, after, limit, ascending=True)
        return _page(Todo, WorkItem.by_due, _todo_lane(status), WorkItem.due, after, limit, ascending=True)


class DynamoChains:
    """See ports.AttemptChains."""

    def get(self, first: str) -> Attempts | None:
        return _get(Attempts, WorkItem, _ATTEMPTS + first)

    def several(self, firsts: Iterable[str]) -> Mapping[str, Attempts]:
        items = fetch(ItemKey(WorkItem, {"id": _ATTEMPTS + first}) for first in firsts)
        found = [from_json(Attempts, item.data) for item in items if isinstance(item, WorkItem)]
        return {one.id: one for one in found}


def _get(kind: type[T], table: type[Any], key: str) -> T | None:
    try:
        return from_json(kind, table.get(key, consistent_read=True).data)
    except DoesNotExist:
        return None


def _save(item: Table, table: type[Table], value: Thread | Todo, key: IdempotencyKey | None, at: datetime) -> None:
    condition = _follows(table, value.version)
    commit([Write(item=item, condition=condition), *([key_item(key, value, at)] if key else [])])


def _page(
    kind: type[T],
    index: GlobalSecondaryIndex[Any],
    key: str,
    place: UnicodeAttribute,
    after: str | None,
    limit: int,
    *,
    ascending: bool = False,
) -> Page[T]:
    """`after` is the place in the index that was read last."""
    span = None if after is None else place > after if ascending else place < after
    items = list(index.query(key, span, scan_index_forward=ascending, limit=limit + 1, page_size=limit + 1))
    shown = items[:limit]
    more = getattr(shown[-1], place.attr_name) if len(items) > limit else None
    return Page(items=[from_json(kind, item.data) for item in shown], after=more)


def _follows(table: type[Any], version: int) -> Condition:
    """The first version where there is none; a later one on the one before it."""
    key = table._hash_key_attribute()  # noqa: SLF001 - named differently in each table
    condition: Condition = key.does_not_exist() if version == 1 else table.version == version - 1
    return condition


def thread_item(thread: Thread) -> ThreadItem:
    return ThreadItem(
        thread.id,
        data=to_json(thread),
        version=thread.version,
        party_id=thread.party_id,
        case_id=thread.case_id,
        activity=thread_place(thread),
    )


def thing_item(thing: OverviewRow) -> OverviewItem:
    shown = thing.attempts > 0
    return OverviewItem(
        str(thing.place) if thing.owner else thing.key,
        data=to_json(thing),
        version=thing.version,
        party_id=thing.party.id if shown else None,
        client_id=thing.client.id if thing.client and shown else None,
        lane=_LANE if shown else None,
        latest_id=thing.latest_id,
    )


def _attempts_item(attempts: Attempts) -> WorkItem:
    """In no list: it is found by the first of them."""
    return WorkItem(_ATTEMPTS + attempts.id, data=to_json(attempts), version=attempts.version)


def todo_item(todo: Todo) -> WorkItem:
    return WorkItem(
        todo.id,
        data=to_json(todo),
        version=todo.version,
        party_id=todo.owned.party_id,
        lane=_todo_lane(todo.status),
        due=due_place(todo),
    )


def _todo_lane(status: TodoStatus) -> str:
    return f"todo#{status}"
