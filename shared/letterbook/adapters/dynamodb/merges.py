"""Records of one party that became one, in DynamoDB, with what moves from one to the other.

pty_1    merge     who merged it into which, until everything has moved     looked up by `merge`: when to look again
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import TypeVar

from pynamodb.exceptions import PutError, UpdateError

from letterbook.adapters.dynamodb.addresses import holder_writes
from letterbook.adapters.dynamodb.audit_events import audit_item
from letterbook.adapters.dynamodb.directory_rows import value_of, values_of
from letterbook.adapters.dynamodb.directory_search import clue_writes
from letterbook.adapters.dynamodb.parties import contact_clues, party_clues
from letterbook.adapters.dynamodb.sort_keys import stamp
from letterbook.adapters.dynamodb.subjects import stored_at, subject_clues
from letterbook.adapters.dynamodb.tables.directory import DirectoryItem
from letterbook.adapters.dynamodb.tables.history import HistoryItem
from letterbook.adapters.dynamodb.transaction import Write, commit
from letterbook.adapters.dynamodb.versioned import on_top_of
from letterbook.adapters.serialization import to_json
from letterbook.domain.addresses import Holders
from letterbook.domain.history import AuditEvent
from letterbook.domain.merge import Merge, MergePlan
from letterbook.domain.party import Contact, Document, Party, Preferences
from letterbook.domain.subjects import RegardedRecord

T = TypeVar("T")

_MERGE = "merge"
# Each is two writes of at most a hundred.
_TOGETHER = 40


class DynamoMerges:
    """See ports.Merges."""

    def get(self, gone_id: str) -> Merge | None:
        return value_of(Merge, gone_id, _MERGE)

    def unfinished(self) -> Sequence[Merge]:
        return list(values_of(Merge, DirectoryItem.lookups.query(_MERGE)))

    def due(self, now: datetime, limit: int) -> Sequence[Merge]:
        span = DirectoryItem.value < stamp(now)
        return list(values_of(Merge, DirectoryItem.lookups.query(_MERGE, span, limit=limit)))

    def begin(self, merge: Merge, plan: MergePlan, holders: Iterable[Holders], event: AuditEvent) -> None:
        contact = plan.contact
        commit(
            [
                Write(item=_merge_item(merge)),
                _party(plan.gone_after, listed=False),
                _party(plan.into_after, listed=True),
                *clue_writes(plan.into.id, party_clues(plan.into), party_clues(plan.into_after)),
                _preferences(plan.gone.id, plan.gone_preferences_after),
                _preferences(plan.into.id, plan.into_preferences_after),
                *(_contact(contact) if contact else ()),
                *holder_writes(holders),
                audit_item(event),
            ]
        )

    def look_again(self, merge: Merge) -> bool:
        try:
            _merge_item(merge).save(condition=DirectoryItem.id.exists())
        except PutError as error:
            if error.cause_response_code != "ConditionalCheckFailedException":
                raise
            return False
        return True

    def finish(self, merge: Merge) -> None:
        DirectoryItem(merge.gone_id, _MERGE).delete()

    def save_preferences(self, merge: Merge, gone: Preferences, into: Preferences, event: AuditEvent) -> None:
        commit([_preferences(merge.gone_id, gone), _preferences(merge.into_id, into), audit_item(event)])

    def move_contact(self, before: Contact, after: Contact, holders: Iterable[Holders]) -> None:
        old = DirectoryItem(before.party_id, f"contact#{before.id}")
        commit(
            [
                *_contact(after),
                Write(item=old, delete=True, condition=DirectoryItem.version == before.version),
                *clue_writes(before.party_id, contact_clues(before), set()),
                *holder_writes(holders),
            ]
        )

    def move_document(self, before: Document, after: Document) -> None:
        item = DirectoryItem(after.id, "document", data=to_json(after), version=after.version)
        commit(
            [
                Write(item=item, condition=on_top_of(DirectoryItem, after.version)),
                Write(item=DirectoryItem(after.party_id, f"document#{after.id}")),
                Write(item=DirectoryItem(before.party_id, f"document#{after.id}"), delete=True),
            ]
        )

    def drop_subject(self, subject: RegardedRecord) -> None:
        key, kind = stored_at(subject)
        gone = Write(item=DirectoryItem(key, kind), delete=True, condition=DirectoryItem.version == subject.version)
        commit([gone, *clue_writes(key, subject_clues(subject), set(), kind)])

    def move_words(self, merge: Merge) -> Iterator[int]:
        items = list(DirectoryItem.query(merge.gone_id, DirectoryItem.kind.startswith("clue#")))
        for some in _batches(items):
            commit([write for item in some for write in _word_writes(item, merge)])
            yield len(some)

    def move_activity(self, merge: Merge) -> Iterator[int]:
        for some in _batches(HistoryItem.by_party.query(merge.gone_id)):
            for item in some:
                _hand_over(item, merge)
            yield len(some)


def _batches(items: Iterable[T]) -> Iterator[Sequence[T]]:
    rest = iter(items)
    while some := list(islice(rest, _TOGETHER)):
        yield some


def _merge_item(merge: Merge) -> DirectoryItem:
    value = f"{stamp(merge.look_at)}#{merge.gone_id}"
    return DirectoryItem(merge.gone_id, _MERGE, data=to_json(merge), lookup=_MERGE, value=value)


def _party(party: Party, *, listed: bool) -> Write:
    item = DirectoryItem(party.id, "party", data=to_json(party), version=party.version)
    if listed:
        item.lookup, item.value = "party", party.id
    return Write(item=item, condition=on_top_of(DirectoryItem, party.version))


def _preferences(party_id: str, preferences: Preferences) -> Write:
    item = DirectoryItem(party_id, "preferences", data=to_json(preferences), version=preferences.version)
    return Write(item=item, condition=on_top_of(DirectoryItem, preferences.version))


def _contact(contact: Contact) -> list[Write]:
    """One that is new where it comes to."""
    item = DirectoryItem(contact.party_id, f"contact#{contact.id}", data=to_json(contact), version=contact.version)
    fresh = Write(item=item, condition=DirectoryItem.id.does_not_exist())
    return [fresh, *clue_writes(contact.party_id, set(), contact_clues(contact))]


def _word_writes(item: DirectoryItem, merge: Merge) -> Iterator[Write]:
    text = (item.value or "").removesuffix(f"#{merge.gone_id}")
    value = f"{text}#{merge.into_id}"
    yield Write(item=DirectoryItem(merge.into_id, item.kind, lookup=item.lookup, value=value, data=item.data))
    yield Write(item=DirectoryItem(merge.gone_id, item.kind), delete=True)


def _hand_over(item: HistoryItem, merge: Merge) -> None:
    """The key of an index is no part of the row that its hash is of."""
    try:
        HistoryItem(item.communication_id, item.sort).update(
            actions=[HistoryItem.party_id.set(merge.into_id)], condition=HistoryItem.party_id == merge.gone_id
        )
    except UpdateError as error:
        # The index lags behind: it was handed over already.
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise
