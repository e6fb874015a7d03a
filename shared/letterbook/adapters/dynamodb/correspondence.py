"""Correspondence in DynamoDB, under the numbers that it bears.

correspondence#12345#000001         a correspondence; looked up by its party, and all by when they were created
correspondence-count#pty_1          the last ordinal that the party has: `version`
correspondence-count#account#12345  the last that was given under the account, whoever had it: no number is given twice
correspondence-event#…              what an event began, by its digest; `data` is the key of that
letter-order#12345#000001           what is to be made, by when to look at it next
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import islice

from pynamodb.exceptions import PutError

from letterbook.adapters.dynamodb.audit_events import audit_item
from letterbook.adapters.dynamodb.batch_get import ItemKey, fetch
from letterbook.adapters.dynamodb.idempotency import commit_with_key
from letterbook.adapters.dynamodb.sort_keys import clue, stamp
from letterbook.adapters.dynamodb.tables.history import HistoryItem
from letterbook.adapters.dynamodb.tables.tasks import TaskItem
from letterbook.adapters.dynamodb.todos import todo_item
from letterbook.adapters.dynamodb.transaction import Write, commit
from letterbook.adapters.dynamodb.versioned import on_top_of, page_of
from letterbook.adapters.serialization import from_json, to_json
from letterbook.domain.correspondence import Correspondence, account_key, same_account
from letterbook.domain.history import AuditEvent
from letterbook.domain.retries import FIRST_SWEEP_DELAY
from letterbook.domain.todos import Todo
from letterbook.ports import IdempotencyKey, Page

_CORRESPONDENCE, _COUNT = "correspondence", "correspondence-count"
_ORDER, _EVENT = "letter-order", "correspondence-event"


class DynamoCorrespondence:
    """See ports.CorrespondenceStore."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now

    def get(self, account: str, ordinal: int) -> Correspondence | None:
        try:
            found = _read(TaskItem.get(_key(_CORRESPONDENCE, account, ordinal), consistent_read=True))
        except TaskItem.DoesNotExist:
            return None
        return found if same_account(found.account, account) else None

    def of_event(self, event_id: str) -> Correspondence | None:
        try:
            key = TaskItem.get(_event_key(event_id), consistent_read=True).data
        except TaskItem.DoesNotExist:
            return None
        return _read(TaskItem.get(key, consistent_read=True))

    def next_ordinal(self, party_id: str, account: str) -> int:
        return max(_count(_party_count(party_id)), _count(_account_count(account))) + 1

    def create(self, correspondence: Correspondence, event: AuditEvent, key: IdempotencyKey | None) -> None:
        counts = (_party_count(correspondence.party.id), _account_count(correspondence.account))
        fresh = Write(item=_item(correspondence), condition=TaskItem.id.does_not_exist())
        taken = [_counted(count, correspondence.ordinal) for count in counts]
        writes = [fresh, *taken, _order_write(correspondence), audit_item(event), *_event_writes(correspondence)]
        commit_with_key(writes, key, correspondence, self._now())

    def save(
        self,
        correspondence: Correspondence,
        event: AuditEvent,
        key: IdempotencyKey | None = None,
        *,
        todos: Sequence[Todo] = (),
    ) -> None:
        done = (Write(item=todo_item(one), condition=on_top_of(TaskItem, one.version)) for one in todos)
        writes = [saved(correspondence), _order_write(correspondence), audit_item(event), *done]
        commit_with_key(writes, key, correspondence, self._now())

    def move(self, correspondence: Correspondence, event: AuditEvent | None = None) -> None:
        counted = _counted(_party_count(correspondence.party.id), correspondence.ordinal)
        try:
            counted.item.save(condition=counted.condition)
        except PutError as error:
            # It counts further already.
            if error.cause_response_code != "ConditionalCheckFailedException":
                raise
        commit([saved(correspondence), *([audit_item(event)] if event else [])])

    def page(self, party_id: str | None, *, after: str | None, limit: int) -> Page[Correspondence]:
        if party_id:
            return page_of(Correspondence, TaskItem.by_party, _of_party(party_id), TaskItem.due, after, limit)
        return page_of(Correspondence, TaskItem.by_due, _CORRESPONDENCE, TaskItem.due, after, limit)

    def place_of(self, correspondence: Correspondence) -> str:
        return _place(correspondence.created_at, correspondence)

    def overdue(self, now: datetime, limit: int) -> Sequence[Correspondence]:
        due = TaskItem.by_due.query(_ORDER, TaskItem.due < stamp(now), limit=limit)
        keys = [item.id.replace(_ORDER, _CORRESPONDENCE, 1) for item in due]
        found = fetch(ItemKey(TaskItem, {"id": key}) for key in keys)
        by_key = {item.id: _read(item) for item in found if isinstance(item, TaskItem)}
        return [by_key[key] for key in keys if key in by_key]

    def look_again(self, correspondence: Correspondence, at: datetime) -> None:
        try:
            _order_item(correspondence, at).save(condition=TaskItem.id.exists())
        except PutError as error:
            if error.cause_response_code != "ConditionalCheckFailedException":
                raise

    def history(self, correspondence: Correspondence, *, limit: int) -> Sequence[AuditEvent]:
        rows = HistoryItem.query(correspondence.number, HistoryItem.sort.startswith("deed#"), scan_index_forward=False)
        return [from_json(AuditEvent, one.row) for one in islice(rows, limit) if one.row]


def saved(correspondence: Correspondence) -> Write:
    """On top of the version before."""
    return Write(item=_item(correspondence), condition=on_top_of(TaskItem, correspondence.version))


def _read(item: TaskItem) -> Correspondence:
    return from_json(Correspondence, item.data)


def _item(correspondence: Correspondence) -> TaskItem:
    return TaskItem(
        _key(_CORRESPONDENCE, correspondence.account, correspondence.ordinal),
        data=to_json(correspondence),
        version=correspondence.version,
        party_id=_of_party(correspondence.party.id),
        lane=_CORRESPONDENCE,
        due=_place(correspondence.created_at, correspondence),
    )


def _order_write(correspondence: Correspondence) -> Write:
    """What is to be made stands in the outbox until it is."""
    order = correspondence.order
    if order is None:
        gone = TaskItem(_key(_ORDER, correspondence.account, correspondence.ordinal))
        return Write(item=gone, delete=True)
    return Write(item=_order_item(correspondence, order.ordered_at + FIRST_SWEEP_DELAY))


def _order_item(correspondence: Correspondence, look_at: datetime) -> TaskItem:
    key = _key(_ORDER, correspondence.account, correspondence.ordinal)
    due = _place(look_at, correspondence)
    return TaskItem(key, data="", version=correspondence.version, lane=_ORDER, due=due)


def _event_writes(correspondence: Correspondence) -> Iterator[Write]:
    if correspondence.event_id:
        began = _key(_CORRESPONDENCE, correspondence.account, correspondence.ordinal)
        item = TaskItem(_event_key(correspondence.event_id), data=began, version=1)
        yield Write(item=item, condition=TaskItem.id.does_not_exist())


def _event_key(event_id: str) -> str:
    return f"{_EVENT}#{hashlib.sha256(event_id.encode()).hexdigest()}"


def _counted(key: str, ordinal: int) -> Write:
    """Counts as far as this ordinal, where it has not come so far yet."""
    before = TaskItem.id.does_not_exist() | (TaskItem.version < ordinal)
    return Write(item=TaskItem(key, data="", version=ordinal), condition=before)


def _count(key: str) -> int:
    try:
        return int(TaskItem.get(key, consistent_read=True).version)
    except TaskItem.DoesNotExist:
        return 0


def _party_count(party_id: str) -> str:
    return f"{_COUNT}#{party_id}"


def _account_count(account: str) -> str:
    return f"{_COUNT}#account#{_folded(account)}"


def _of_party(party_id: str) -> str:
    """Apart from the TODOs of the party."""
    return f"{_CORRESPONDENCE}#{party_id}"


def _place(at: datetime, correspondence: Correspondence) -> str:
    return f"{stamp(at)}#{_folded(correspondence.account)}#{correspondence.ordinal:06}"


def _key(kind: str, account: str, ordinal: int) -> str:
    return f"{kind}#{_folded(account)}#{ordinal:06}"


def _folded(account: str) -> str:
    return clue(account_key(account))
