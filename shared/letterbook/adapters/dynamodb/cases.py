"""Cases in DynamoDB, with a copy under each party that is on one."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from letterbook.adapters.dynamodb.audit_events import audit_item
from letterbook.adapters.dynamodb.batch_get import ItemKey, fetch
from letterbook.adapters.dynamodb.directory_rows import first_page, newest, newest_of, value_of, values_of
from letterbook.adapters.dynamodb.directory_search import Clue, clue_writes, leads, page_of, word_clues
from letterbook.adapters.dynamodb.grants import grant_writes
from letterbook.adapters.dynamodb.idempotency import commit_with_key
from letterbook.adapters.dynamodb.tables.directory import DirectoryItem
from letterbook.adapters.dynamodb.transaction import Write, commit
from letterbook.adapters.dynamodb.versioned import on_top_of
from letterbook.adapters.serialization import from_json, to_json
from letterbook.domain.access import Grant
from letterbook.domain.directory_terms import case_terms, has_words
from letterbook.domain.history import AuditEvent
from letterbook.domain.party import Case
from letterbook.domain.search_terms import Query
from letterbook.ports import IdempotencyKey, Page

# The clue that cases are looked up by.
_WORDS = "case-word"


class DynamoCases:
    """See ports.Cases."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now

    def get(self, case_id: str) -> Case | None:
        return value_of(Case, case_id, "case")

    def several(self, case_ids: Iterable[str]) -> Sequence[Case]:
        items = fetch(ItemKey(DirectoryItem, {"id": one, "kind": "case"}) for one in case_ids)
        return [from_json(Case, item.data) for item in items if isinstance(item, DirectoryItem) and item.data]

    def page(self, party_id: str | None, *, below: str | None, limit: int) -> Page[Case]:
        items = newest_of(party_id, "case#", below, limit) if party_id else newest("case", below, limit)
        return first_page(limit, values_of(Case, items))

    def found(self, query: Query, *, below: str | None, limit: int) -> Page[Case]:
        ids = [one for one, _ in leads(_WORDS, query.wanted)[0]]
        return page_of(ids, self.several, lambda case: has_words(case, query), below=below, limit=limit)

    def of_party(self, party_id: str) -> Sequence[Case]:
        return list(values_of(Case, DirectoryItem.query(party_id, DirectoryItem.kind.startswith("case#"))))

    def save(
        self,
        case: Case,
        before: Case | None,
        event: AuditEvent,
        key: IdempotencyKey | None = None,
        grant: Grant | None = None,
    ) -> None:
        """Its words come first: one that leads to nothing does no harm, and a case that is not found does."""
        fresh = case_clues(case) - (case_clues(before) if before else set())
        if fresh:
            commit(list(clue_writes(case.id, set(), fresh)))
        data = to_json(case)
        item = DirectoryItem(case.id, "case", data=data, version=case.version, lookup="case", value=case.id)
        gone = (before.party_and_creditor_ids if before else frozenset()) - case.party_and_creditor_ids
        commit_with_key(
            [
                Write(item=item, condition=on_top_of(DirectoryItem, case.version)),
                *(Write(item=DirectoryItem(one, f"case#{case.id}", data=data)) for one in case.party_and_creditor_ids),
                *(Write(item=DirectoryItem(one, f"case#{case.id}"), delete=True) for one in gone),
                audit_item(event),
                *grant_writes(grant),
            ],
            key,
            case,
            self._now(),
        )


def case_clues(case: Case) -> set[Clue]:
    return word_clues(_WORDS, case_terms(case))
