"""What is found by words made anew: whatever a party, a contact, a case or a subject is found by is written beside it once more.

A record is written as it is with its words, where nobody changed it meanwhile: so no word is brought back that a change took away.
"""

import json

from letterbook.adapters.dynamodb.cases import case_clues
from letterbook.adapters.dynamodb.directory_search import Clue, clue_writes
from letterbook.adapters.dynamodb.parties import contact_clues, party_clues
from letterbook.adapters.dynamodb.subjects import SUBJECT, subject_clues
from letterbook.adapters.dynamodb.tables.directory import DirectoryItem
from letterbook.adapters.dynamodb.transaction import Write, commit
from letterbook.adapters.serialization import from_json
from letterbook.domain.party import Case, Contact, Party
from letterbook.domain.subjects import RegardedRecord
from letterbook.retry import retry_on_conflict


class DynamoDirectorySearch:
    """See ports.DirectorySearch."""

    def renew(self, after: str | None, *, at_most: int) -> str | None:
        begun = json.loads(after) if after else None
        found = DirectoryItem.scan(limit=at_most, page_size=at_most, last_evaluated_key=begun)
        for item in found:
            if _clues(item):
                _renew(item)
        return json.dumps(found.last_evaluated_key) if found.last_evaluated_key else None


def _renew(item: DirectoryItem) -> None:
    def attempt() -> None:
        now = next(DirectoryItem.query(item.id, DirectoryItem.kind == item.kind, consistent_read=True), None)
        if now is None:
            return
        as_it_is = Write(item=now, condition=DirectoryItem.version == now.version)
        commit([as_it_is, *clue_writes(now.id, set(), _clues(now), now.kind if now.kind.startswith(SUBJECT) else None)])

    retry_on_conflict(attempt)


def _clues(item: DirectoryItem) -> set[Clue]:
    if not item.data:
        return set()
    if item.kind == "party":
        party = from_json(Party, item.data)
        return set() if party.merged_into else party_clues(party)
    if item.kind == "case":
        return case_clues(from_json(Case, item.data))
    if item.kind.startswith("contact#"):
        return contact_clues(from_json(Contact, item.data))
    if item.id.startswith(f"{SUBJECT}#") and (item.kind == SUBJECT or item.kind.startswith(f"{SUBJECT}#")):
        return subject_clues(from_json(RegardedRecord, item.data))
    return set()
