"""Subjects in DynamoDB: under the type and id that others gave them, apart by the party that each belongs to.

    subject#invoice:7    subject          of nobody; or told of before each party had its own, and then of whom it says
    subject#invoice:7    subject#pty_1    of that party

So what one party calls invoice 7 is never found, counted or written over by another's.
"""

from collections.abc import Iterable, Sequence

from letterbook.adapters.dynamodb.batch_get import ItemKey
from letterbook.adapters.dynamodb.tables.directory import DirectoryItem
from letterbook.adapters.dynamodb.transaction import Write, commit
from letterbook.adapters.serialization import from_json, to_json
from letterbook.domain.communication import Regarding
from letterbook.domain.subjects import RegardedRecord

_KIND = "subject"


class DynamoSubjects:
    """See ports.Subjects."""

    def named(self, type_: str, subject_id: str) -> Sequence[RegardedRecord]:
        return [from_json(RegardedRecord, item.data) for item in _items(type_, subject_id) if item.data]

    def save(self, subject: RegardedRecord, before: RegardedRecord | None) -> None:
        key, kind = _key(subject.type, subject.id), _kind(subject.party_id)
        item = DirectoryItem(key, kind, data=to_json(subject), version=subject.version)
        stood = _stands_at(before) if before else None
        if before is None or stood is None:
            commit([Write(item=item, condition=DirectoryItem.id.does_not_exist())])
        elif stood == kind:
            commit([Write(item=item, condition=DirectoryItem.version == before.version)])
        else:
            gone = Write(item=DirectoryItem(key, stood), delete=True, condition=DirectoryItem.version == before.version)
            commit([Write(item=item, condition=DirectoryItem.id.does_not_exist()), gone])


def keys_of(regarding: Regarding, owner: str) -> list[ItemKey]:
    """Whatever may be a subject of that party."""
    key = _key(regarding.type, regarding.id)
    return [ItemKey(DirectoryItem, {"id": key, "kind": kind}) for kind in (_KIND, _kind(owner))]


def _items(type_: str, subject_id: str) -> Iterable[DirectoryItem]:
    span = DirectoryItem.kind.startswith(_KIND)
    return DirectoryItem.query(_key(type_, subject_id), span, consistent_read=True)


def _stands_at(subject: RegardedRecord) -> str | None:
    """The kind of the item that holds it: an older one says in its content alone whose it is."""
    of = {
        item.kind: from_json(RegardedRecord, item.data).party_id
        for item in _items(subject.type, subject.id)
        if item.data
    }
    return next((kind for kind, party_id in sorted(of.items(), reverse=True) if party_id == subject.party_id), None)


def _key(type_: str, subject_id: str) -> str:
    return f"{_KIND}#{type_}:{subject_id}"


def _kind(party_id: str | None) -> str:
    return f"{_KIND}#{party_id}" if party_id else _KIND
