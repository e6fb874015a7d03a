"""Threads in DynamoDB."""

from letterbook.adapters.dynamodb.tables.threads import ThreadItem
from letterbook.adapters.dynamodb.versioned import EVERYTHING, get_value, page_of, save_value
from letterbook.adapters.serialization import to_json
from letterbook.domain.threads import Thread, sort_key as thread_place
from letterbook.ports import IdempotencyKey, Page


class DynamoThreads:
    """See ports.Threads."""

    def get(self, thread_id: str) -> Thread | None:
        return get_value(Thread, ThreadItem, thread_id)

    def save(self, thread: Thread, key: IdempotencyKey | None = None) -> None:
        save_value(thread_item(thread), ThreadItem, thread, key, thread.created_at)

    def page(self, party_id: str | None, case_id: str | None, *, after: str | None, limit: int) -> Page[Thread]:
        if case_id:
            return page_of(Thread, ThreadItem.by_case, case_id, ThreadItem.activity, after, limit)
        if party_id:
            return page_of(Thread, ThreadItem.by_party, party_id, ThreadItem.activity, after, limit)
        return page_of(Thread, ThreadItem.by_activity, EVERYTHING, ThreadItem.activity, after, limit)


def thread_item(thread: Thread) -> ThreadItem:
    return ThreadItem(
        thread.id,
        data=to_json(thread),
        version=thread.version,
        party_id=thread.party_id,
        case_id=thread.case_id,
        activity=thread_place(thread),
    )
