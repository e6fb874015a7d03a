"""The communications and their history in DynamoDB."""

import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from pydantic_core import from_json as parsed_json
from pynamodb.exceptions import DoesNotExist, UpdateError
from pynamodb.expressions.condition import And, Condition
from pynamodb.indexes import GlobalSecondaryIndex

from letterbook.adapters.compression import compress, decompress
from letterbook.adapters.dynamodb.addresses import reached_write
from letterbook.adapters.dynamodb.batch_get import ItemKey, fetch
from letterbook.adapters.dynamodb.idempotency import key_item
from letterbook.adapters.dynamodb.sort_keys import just_before, stamp
from letterbook.adapters.dynamodb.tables.communications import CommunicationItem
from letterbook.adapters.dynamodb.tables.history import HistoryItem
from letterbook.adapters.dynamodb.transaction import Write, commit
from letterbook.adapters.serialization import from_json, from_python, to_json, to_json_without
from letterbook.domain.communication import Communication, DeliveryState, Entry
from letterbook.domain.errors import DuplicateEvent
from letterbook.domain.history import MERGED, AuditEvent, HistoryRow
from letterbook.domain.ids import Kind
from letterbook.domain.month import Month
from letterbook.domain.receipts import Receipt
from letterbook.domain.retries import ASKED
from letterbook.domain.status import PREDECESSORS, Status
from letterbook.domain.transitions import Change
from letterbook.ports import NO_RELATED_WRITES, ActivityItem, ActivityScope, IdempotencyKey, Index, Page, RelatedWrites

# What is under way lies in lanes, by how much it needs to be looked at: a claim whose worker may be dead, what waits for its
# queue, what waits for its document, what waits for its time, what is to fall back, what a provider is to be asked of. Rows from
# before there were lanes lie in "0".
_SENDING, _QUEUED, _SCHEDULED, _FALLING_BACK, _TO_ASK = "sending", "queued", "scheduled", "falling back", "to ask"
_PREPARING = "preparing"
_LANES = {
    Status.SENDING: _SENDING,
    Status.QUEUED: _QUEUED,
    Status.GENERATING: _PREPARING,
    Status.COLLECTING: _PREPARING,
    Status.SCHEDULED: _SCHEDULED,
} | dict.fromkeys(ASKED, _TO_ASK)
_IN_ORDER_OF_NEED = (_SENDING, "0", _QUEUED, _PREPARING, _SCHEDULED, _FALLING_BACK, _TO_ASK)
_UNMATCHED = "unmatched"
_OLDEST = ("oldest", "month")
_INDEXES: dict[Index, GlobalSecondaryIndex[CommunicationItem]] = {
    Index.PARTY: CommunicationItem.by_party,
    Index.CLIENT: CommunicationItem.by_client,
    Index.CASE: CommunicationItem.by_case,
    Index.THREAD: CommunicationItem.by_thread,
    Index.REGARDING: CommunicationItem.by_regarding,
    Index.FEED: CommunicationItem.feed,
    Index.ATTENTION: CommunicationItem.attention,
}


class DynamoCommunications:
    """See ports.Communications. `events_kept` tells how long a raw event is kept."""

    def __init__(self, events_kept: Callable[[], timedelta]) -> None:
        self._events_kept = events_kept
        self._oldest: Month | None = None

    def get(self, communication_id: str) -> Communication | None:
        try:
            return communication_of(CommunicationItem.get(communication_id, consistent_read=True))
        except DoesNotExist:
            return None

    def history(self, communication_id: str) -> Sequence[HistoryRow]:
        rows = HistoryItem.query(communication_id, HistoryItem.sort < "A", consistent_read=True)
        return [from_json(HistoryRow, item.row) for item in rows if item.row]

    def raw_events(self, communication_id: str) -> Sequence[str]:
        items = HistoryItem.query(communication_id, HistoryItem.sort.startswith("raw#"))
        return [zlib.decompress(item.raw).decode() for item in items if item.raw]

    def commit(
        self, change: Change, key: IdempotencyKey | None = None, related: RelatedWrites = NO_RELATED_WRITES
    ) -> None:
        after, row = change.after, change.row
        if change.before is None:
            self._lower_oldest(Month.of(after.entry.occurred_at))
        writes = [write for one in (change, *related.others) for write in _writes(one)]
        for one in (*change.earlier, change):
            if one.receipt and one.receipt.raw:
                event = self._event(after.id, f"raw#{one.receipt.digest}", one.receipt, one.row.at)
                writes.append(Write(item=event, condition=HistoryItem.sort.does_not_exist(), refused=DuplicateEvent))
        if replace(related, reached=None) != NO_RELATED_WRITES:
            # Few entries need it, and every cold start would wait for it.
            from letterbook.adapters.dynamodb.related_writes import writes as beside_writes

            writes += beside_writes(related)
        if related.reached:
            writes.append(reached_write(related.reached))
        if key:
            writes.append(key_item(key, after, row.at))
        commit(writes)

    def page(
        self, index: Index, key: str, *, above: str, below: str, limit: int, oldest_first: bool = False
    ) -> Page[Entry]:
        # Items as they come: of each the row alone is read, and no model is made of it.
        found = _queried(
            index, key, above, below, attributes_to_get=["row"], scan_index_forward=oldest_first, limit=limit
        )
        entries = [from_json(Entry, decompress(item["row"]["B"])) for item in found["Items"]]
        return Page(items=entries, after=entries[-1].id if found.get("LastEvaluatedKey") and entries else None)

    def count(self, index: Index, key: str, *, above: str, below: str, limit: int) -> int:
        return int(_queried(index, key, above, below, select="COUNT", limit=limit)["Count"])

    def entries(self, communication_ids: Iterable[str], *, now: bool = False) -> Mapping[str, Entry]:
        items = fetch((ItemKey(CommunicationItem, {"id": one}) for one in communication_ids), consistent=now)
        return {
            item.id: from_json(Entry, decompress(item.row))
            for item in items
            if isinstance(item, CommunicationItem) and item.party_id
        }

    def answered(self, party_id: str, *, above: str, limit: int) -> Sequence[tuple[str, int]]:
        found = CommunicationItem.by_answered.query(
            party_id, CommunicationItem.id >= above, scan_index_forward=False, limit=limit
        )
        return [(item.id, int(item.minutes or 0)) for item in found]

    def activity(self, scope: ActivityScope, *, after: str | None, limit: int) -> Page[ActivityItem]:
        index, key = (HistoryItem.by_case, scope.case_id) if scope.case_id else (HistoryItem.by_party, scope.party_id)
        span = HistoryItem.moment < after if after else None
        items = list(index.query(key, span, scan_index_forward=False, limit=limit + 1, page_size=limit + 1))
        happened = [
            ActivityItem(
                about=item.communication_id, row=_row(item.communication_id, item.row), place=item.moment or ""
            )
            for item in items[:limit]
            if item.row
        ]
        return Page(items=happened, after=items[limit - 1].moment if len(items) > limit else None)

    def oldest_month(self) -> Month | None:
        try:
            text = HistoryItem.get(*_OLDEST).row
        except DoesNotExist:
            return None
        return Month.parse(text) if text else None

    def due_for_sweep(self, now: datetime, limit: int) -> Sequence[str]:
        found: list[str] = []
        for lane in _IN_ORDER_OF_NEED:
            left = limit - len(found)
            if left > 0:
                span = CommunicationItem.check_at <= stamp(now)
                found += [item.id for item in CommunicationItem.in_flight.query(lane, span, limit=left)]
        return found

    def look_again(self, communication: Communication, work: DeliveryState) -> None:
        check_at = communication.work.check_at
        same = CommunicationItem.length == communication.chain.length
        moved = (
            CommunicationItem.check_at == stamp(check_at) if check_at else CommunicationItem.check_at.does_not_exist()
        )
        commit([Write(item=_item(replace(communication, work=work)), condition=And(same, moved))])

    def find_by_provider_reference(self, provider: str, reference: str) -> str | None:
        found = CommunicationItem.by_provider_reference.query(f"{provider}#{reference}", limit=1)
        return next((item.id for item in found), None)

    def save_unmatched(self, receipt: Receipt, at: datetime) -> None:
        self._event(_UNMATCHED, f"raw#{stamp(at)}#{receipt.digest}", receipt, at).save()

    def _event(self, communication_id: str, sort: str, receipt: Receipt, at: datetime) -> HistoryItem:
        raw = zlib.compress((receipt.raw or "").encode())
        return HistoryItem(communication_id, sort, raw=raw, expires_at=int((at + self._events_kept()).timestamp()))

    def _lower_oldest(self, month: Month) -> None:
        """Before the first entry of an older month is written, so that no list ever stops short of it."""
        if self._oldest is not None and self._oldest <= month:
            return
        earlier = HistoryItem.row.does_not_exist() | (HistoryItem.row > str(month))
        try:
            HistoryItem(*_OLDEST).update(actions=[HistoryItem.row.set(str(month))], condition=earlier)
        except UpdateError as error:
            if error.cause_response_code != "ConditionalCheckFailedException":
                raise
        self._oldest = month


def _queried(index: Index, key: str, above: str, below: str, **how: Any) -> dict[str, Any]:
    """The answer to one Query, as it comes."""
    span = CommunicationItem.id.between(above, just_before(below))
    table = CommunicationItem.connection()
    return table.query(key, span, index_name=_INDEXES[index].Meta.index_name, **how)


def _row(about: str, data: str) -> HistoryRow | AuditEvent:
    return from_json(HistoryRow, data) if about.startswith(f"{Kind.COMMUNICATION}_") else from_json(AuditEvent, data)


def _writes(change: Change) -> list[Write]:
    """An entry as it is now, and the rows that say why."""
    rows = [_row_write(one) for one in (*change.earlier, change)]
    return [Write(item=_item(change.after), condition=_stands(change)), *rows]


def _row_write(change: Change) -> Write:
    after, row = change.after, change.row
    history = HistoryItem(after.id, f"{row.n:06}", row=to_json(row))
    if row.event != MERGED:
        # The activity tells once that a party was merged, and not of each entry that moved with it.
        history.party_id = after.entry.party.id
        history.case_id = after.entry.case.id if after.entry.case else None
        history.moment = f"{stamp(row.at)}#{after.id}#{row.n:06}"
    return Write(item=history, condition=HistoryItem.sort.does_not_exist())


def _stands(change: Change) -> Condition:
    """The entry is as it was read, and the transition table lets it go where it goes: of several changes, each of them."""
    if change.before is None:
        return CommunicationItem.id.does_not_exist()
    status = change.after.entry.status
    same = status is change.before.entry.status
    allowed = {change.before.entry.status} if same or change.earlier else PREDECESSORS[status]
    unchanged = CommunicationItem.length == change.before.chain.length
    return And(unchanged, CommunicationItem.status.is_in(*sorted(allowed)))


def _item(communication: Communication) -> CommunicationItem:
    """With the keys of every index that shall hold it: none for what is deleted."""
    entry, check_at = communication.entry, communication.work.check_at
    item = CommunicationItem(
        entry.id,
        status=entry.status,
        length=communication.chain.length,
        row=compress(to_json(entry)),
        rest=compress(to_json_without(communication, "entry")),
    )
    if communication.deleted:
        return item
    item.party_id = entry.party.id
    item.client_id = entry.client.id if entry.client else None
    item.case_id = entry.case.id if entry.case else None
    item.thread_id = entry.thread_id
    item.regarding = entry.regarding.key if entry.regarding else None
    item.month = Month.of(entry.occurred_at).key
    item.quick = entry.attention
    item.lane = _LANES.get(entry.status, _FALLING_BACK) if check_at else None
    item.check_at = stamp(check_at) if check_at else None
    item.provider_reference = f"{entry.provider}#{entry.provider_reference}" if entry.provider_reference else None
    if entry.response_minutes is not None and not entry.apart:
        item.answered, item.minutes = entry.party.id, entry.response_minutes
    return item


def communication_of(item: CommunicationItem) -> Communication:
    return from_python(
        Communication, {**parsed_json(decompress(item.rest)), "entry": parsed_json(decompress(item.row))}
    )
