"""Subjects in DynamoDB: under the type and id that others gave them, apart by the party that each belongs to.

    subject#invoice:7    subject          of nobody; or told of before each party had its own, and then of whom it says
    subject#invoice:7    subject#pty_1    of that party

So what one party calls invoice 7 is never found, counted or written over by another's.
"""

from collections.abc import Collection, Iterable, Sequence

from letterbook.adapters.dynamodb.batch_get import ItemKey, fetch
from letterbook.adapters.dynamodb.directory_search import Clue, clue_writes, leads, word_clues
from letterbook.adapters.dynamodb.tables.directory import DirectoryItem
from letterbook.adapters.dynamodb.transaction import Write, commit
from letterbook.adapters.serialization import from_json, to_json
from letterbook.domain.directory_terms import subject_terms
from letterbook.domain.references import Regarding
from letterbook.domain.search_terms import Query, matches
from letterbook.domain.subjects import RegardedRecord

SUBJECT = "subject"
# The clue that subjects are looked up by.
_WORDS = "subject-word"
_NOBODY = "nobody"
_MOST_LOOKED_AT = 100
# By whose they are. What was told before this was kept is found there once it is told again.
_LOOKUP = "subject-of"


class DynamoSubjects:
    """See ports.Subjects."""

    def named(self, type_: str, subject_id: str) -> Sequence[RegardedRecord]:
        return [from_json(RegardedRecord, item.data) for item in _items(type_, subject_id) if item.data]

    def found(self, query: Query, *, among: Collection[str] | None = None, limit: int) -> Sequence[RegardedRecord]:
        found, left = leads(_WORDS, query.wanted)
        of = found if among is None else {(key, kind) for key, kind in found if _owner_in(kind) in among}
        wanted = sorted(of, key=lambda one: (one[0], one[1] or ""), reverse=True)[:_MOST_LOOKED_AT]
        items = fetch(ItemKey(DirectoryItem, {"id": key, "kind": kind or SUBJECT}) for key, kind in wanted)
        subjects = (
            from_json(RegardedRecord, item.data) for item in items if isinstance(item, DirectoryItem) and item.data
        )
        kept = [one for one in subjects if not left or matches(subject_terms(one), left)]
        return sorted(kept, key=lambda one: (one.type, one.id, one.ordinal), reverse=True)[:limit]

    def of_party(self, party_id: str, *, limit: int, type_: str = "") -> Sequence[RegardedRecord]:
        wanted = DirectoryItem.value.startswith(f"{type_}:") if type_ else None
        items = DirectoryItem.lookups.query(f"{_LOOKUP}#{party_id}", wanted, limit=limit)
        return [from_json(RegardedRecord, item.data) for item in items if item.data]

    def save(self, subject: RegardedRecord, before: RegardedRecord | None) -> None:
        key, kind = _key(subject.type, subject.id), _kind(subject.party_id)
        item = DirectoryItem(key, kind, data=to_json(subject), version=subject.version)
        if subject.party_id:
            item.lookup, item.value = f"{_LOOKUP}#{subject.party_id}", f"{subject.type}:{subject.id}"
        stood = _stands_at(before) if before else None
        clues = list(clue_writes(key, subject_clues(before) if before else set(), subject_clues(subject), kind))
        if before is None or stood is None:
            commit([Write(item=item, condition=DirectoryItem.id.does_not_exist()), *clues])
        elif stood == kind:
            commit([Write(item=item, condition=DirectoryItem.version == before.version), *clues])
        else:
            gone = Write(item=DirectoryItem(key, stood), delete=True, condition=DirectoryItem.version == before.version)
            commit([Write(item=item, condition=DirectoryItem.id.does_not_exist()), gone, *clues])


def stored_at(subject: RegardedRecord) -> tuple[str, str]:
    """The key of the item that holds it, as it was read."""
    key = _key(subject.type, subject.id)
    return key, _stands_at(subject) or _kind(subject.party_id)


def keys_of(regarding: Regarding, owner: str) -> list[ItemKey]:
    """Whatever may be a subject of that party."""
    key = _key(regarding.type, regarding.id)
    return [ItemKey(DirectoryItem, {"id": key, "kind": kind}) for kind in (SUBJECT, _kind(owner))]


def _items(type_: str, subject_id: str) -> Iterable[DirectoryItem]:
    span = DirectoryItem.kind.startswith(SUBJECT)
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
    return f"{SUBJECT}#{type_}:{subject_id}"


def subject_clues(subject: RegardedRecord) -> set[Clue]:
    """Marked with whose it is: several parties may have one of that type and id."""
    return word_clues(_WORDS, subject_terms(subject), subject.party_id or _NOBODY)


def _owner_in(kind: str | None) -> str | None:
    return (kind or "").partition("#")[2] or None


def _kind(party_id: str | None) -> str:
    return f"{SUBJECT}#{party_id}" if party_id else SUBJECT
