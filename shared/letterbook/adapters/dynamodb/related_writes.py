"""What is written in an entry's own transaction, each on top of its version before; and what is read for it."""

from collections.abc import Iterable, Iterator
from typing import Any

from letterbook.adapters.dynamodb.attempts import attempts_item
from letterbook.adapters.dynamodb.audit_events import audit_item
from letterbook.adapters.dynamodb.batch_get import ItemKey
from letterbook.adapters.dynamodb.overview import row_item
from letterbook.adapters.dynamodb.subjects import keys_of as subject_keys
from letterbook.adapters.dynamodb.tables.base import Table
from letterbook.adapters.dynamodb.tables.communications import CommunicationItem
from letterbook.adapters.dynamodb.tables.directory import DirectoryItem
from letterbook.adapters.dynamodb.tables.overview import OverviewItem
from letterbook.adapters.dynamodb.tables.tasks import TaskItem
from letterbook.adapters.dynamodb.tables.threads import ThreadItem
from letterbook.adapters.dynamodb.threads import thread_item
from letterbook.adapters.dynamodb.todos import todo_item
from letterbook.adapters.dynamodb.transaction import Write
from letterbook.adapters.dynamodb.versioned import on_top_of
from letterbook.adapters.serialization import from_json
from letterbook.domain.overview import OverviewRow, Place
from letterbook.domain.references import Regarding
from letterbook.domain.subjects import RegardedRecord
from letterbook.domain.threads import Thread
from letterbook.ports import ContextQuery, RelatedWrites


def writes(related: RelatedWrites) -> Iterator[Write]:
    for thread in related.threads:
        yield Write(item=thread_item(thread), condition=on_top_of(ThreadItem, thread.version))
    for row in related.overview_rows:
        yield Write(item=row_item(row), condition=on_top_of(OverviewItem, row.version))
    if related.attempts:
        yield Write(item=attempts_item(related.attempts), condition=on_top_of(TaskItem, related.attempts.version))
    if related.instead_of:
        unchanged = CommunicationItem.length == related.instead_of.chain.length
        yield Write(item=CommunicationItem(related.instead_of.id), condition=unchanged, look=related.instead_of.id)
    for todo in related.todos:
        yield Write(item=todo_item(todo), condition=on_top_of(TaskItem, todo.version))
    yield from (audit_item(event) for event in related.audit_events)
    if related.correspondence:
        # Few entries carry one, and every cold start would wait for it.
        from letterbook.adapters.dynamodb.correspondence import saved

        yield saved(related.correspondence)
    if related.einvoice_number:
        from letterbook.adapters.dynamodb.einvoice_numbers import taken

        yield taken(related.einvoice_number)


def keys_for(query: ContextQuery) -> list[ItemKey]:
    """What an entry of the party itself would be written beside, and what it may be told of what it regards."""
    thread = [ItemKey(ThreadItem, {"id": query.thread_id})] if query.thread_id else []
    return thread + (keys_of(query.regarding, query.party_id) if query.regarding else [])


def keys_of(regarding: Regarding, owner: str) -> list[ItemKey]:
    """What there is of a thing for one owner."""
    row = ItemKey(OverviewItem, {"key": str(Place(owner, regarding.key))})
    return [row, *subject_keys(regarding, owner)]


def read(items: Iterable[Table]) -> dict[str, Any]:
    """What of it there is, as MessageContext names it."""
    thread: Thread | None = None
    rows: list[OverviewRow] = []
    subjects: list[RegardedRecord] = []
    for item in items:
        if isinstance(item, ThreadItem):
            thread = from_json(Thread, item.data)
        elif isinstance(item, OverviewItem):
            rows.append(from_json(OverviewRow, item.data))
        elif isinstance(item, DirectoryItem) and item.data:
            subjects.append(from_json(RegardedRecord, item.data))
    return {"thread": thread, "overview_rows": rows, "subjects": subjects}
