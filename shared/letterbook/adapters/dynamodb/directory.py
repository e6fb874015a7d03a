"""Parties, contacts, preferences, cases, documents and grants in DynamoDB.

Everything of one owner lies under the owner's id, told apart by kind:

    pty_1    party             the party itself               looked up by `party`
    pty_1    contact#con_1     a contact
    pty_1    preferences
    pty_1    case#cas_1        a copy of a case it is on
    pty_1    clue#...          what the party is found by     looked up by `name`, `account`, `address`
    pty_1    document#doc_1    that there is such a document
    cas_1    case              the case itself                looked up by `case`
    cas_1    document#doc_1
    doc_1    document          the document itself
    address#a@b.example  ...   see addresses.py
    subject#invoice:7   subject, subject#pty_1    see subjects.py
    user#1   view#...          a saved view
    user#1   grant#pty_1       what the user sees             looked up by `grant`
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import TypeVar

from pynamodb.exceptions import DoesNotExist
from pynamodb.expressions.condition import Condition

from letterbook.adapters.dynamodb.addresses import DynamoAddresses, address_key, holder_writes
from letterbook.adapters.dynamodb.audit_events import deed_item
from letterbook.adapters.dynamodb.batch_get import ItemKey, fetch
from letterbook.adapters.dynamodb.idempotency import key_item
from letterbook.adapters.dynamodb.sort_keys import LAST, clue, just_before
from letterbook.adapters.dynamodb.tables.directory import DirectoryItem
from letterbook.adapters.dynamodb.transaction import Write, commit
from letterbook.adapters.serialization import from_json, to_json
from letterbook.domain.access import Grant, SavedView
from letterbook.domain.addresses import Holders, addresses_of
from letterbook.domain.history import AuditEvent
from letterbook.domain.party import Case, Contact, Document, Party, PartyKind, Preferences, search_words
from letterbook.ports import IdempotencyKey, Page

T = TypeVar("T")
Owned = TypeVar("Owned", Party, Case, Document)

# More parties than this answer to a single letter: nobody reads on, they type on.
_MOST_FOUND = 500
_MOST_LOOKED_AT = 1_000
# Transactions hold a hundred writes (DynamoDB, Constraints): a name of more words is found by its longest ones.
_MOST_WORDS = 20


class DynamoDirectory(DynamoAddresses):
    """See ports.Directory; gathering for a message is in gather.py."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now

    def party(self, party_id: str) -> Party | None:
        return _get(Party, party_id, "party")

    def parties(self, party_ids: Iterable[str]) -> Sequence[Party]:
        items = fetch(ItemKey(DirectoryItem, {"id": one, "kind": "party"}) for one in party_ids)
        return [from_json(Party, item.data) for item in items if isinstance(item, DirectoryItem) and item.data]

    def party_page(self, words: str, kinds: Sequence[PartyKind], *, below: str | None, limit: int) -> Page[Party]:
        if words.strip():
            found = sorted(self._answering(words), key=lambda party: party.id, reverse=True)
            return _first(limit, (one for one in found if (below is None or one.id < below) and _of(one, kinds)))
        return (
            _newest_of_kinds(kinds, below, limit)
            if kinds
            else _first(limit, _unpacked(Party, _newest("party", below, limit)))
        )

    def save_party(
        self,
        party: Party,
        before: Party | None,
        deed: AuditEvent,
        key: IdempotencyKey | None = None,
        grant: Grant | None = None,
        holders: Iterable[Holders] = (),
    ) -> None:
        item = DirectoryItem(
            party.id, "party", data=to_json(party), version=party.version, lookup="party", value=party.id
        )
        old, new = _party_clues(before) if before else set(), _party_clues(party)
        writes = [Write(item=item, condition=_follows(party.version)), *_clue_writes(party.id, old, new)]
        self._commit([*writes, *holder_writes(holders), deed_item(deed)], key, party, grant)

    def contact(self, party_id: str, contact_id: str) -> Contact | None:
        return _get(Contact, party_id, f"contact#{contact_id}")

    def contacts(self, party_id: str) -> Sequence[Contact]:
        return list(_unpacked(Contact, DirectoryItem.query(party_id, DirectoryItem.kind.startswith("contact#"))))

    def save_contact(
        self,
        contact: Contact,
        before: Contact | None,
        deed: AuditEvent,
        key: IdempotencyKey | None = None,
        holders: Iterable[Holders] = (),
    ) -> None:
        item = DirectoryItem(contact.party_id, f"contact#{contact.id}", data=to_json(contact), version=contact.version)
        old, new = _contact_clues(before) if before else set(), _contact_clues(contact)
        writes = [Write(item=item, condition=_follows(contact.version)), *_clue_writes(contact.party_id, old, new)]
        self._commit([*writes, *holder_writes(holders), deed_item(deed)], key, contact)

    def remove_contact(self, contact: Contact, deed: AuditEvent, holders: Iterable[Holders] = ()) -> None:
        item = DirectoryItem(contact.party_id, f"contact#{contact.id}")
        clues = _clue_writes(contact.party_id, _contact_clues(contact), set())
        gone = Write(item=item, delete=True, condition=DirectoryItem.version == contact.version)
        commit([gone, *clues, *holder_writes(holders), deed_item(deed)])

    def preferences(self, party_id: str) -> Preferences:
        return _get(Preferences, party_id, "preferences") or Preferences()

    def preferences_of(self, party_ids: Iterable[str]) -> Mapping[str, Preferences]:
        items = fetch(ItemKey(DirectoryItem, {"id": one, "kind": "preferences"}) for one in party_ids)
        known = (item for item in items if isinstance(item, DirectoryItem))
        return {item.id: from_json(Preferences, item.data) for item in known if item.data}

    def save_preferences(self, party_id: str, preferences: Preferences, deed: AuditEvent) -> None:
        item = DirectoryItem(party_id, "preferences", data=to_json(preferences), version=preferences.version)
        commit([Write(item=item, condition=_follows(preferences.version)), deed_item(deed)])

    def case(self, case_id: str) -> Case | None:
        return _get(Case, case_id, "case")

    def cases(self, case_ids: Iterable[str]) -> Sequence[Case]:
        items = fetch(ItemKey(DirectoryItem, {"id": one, "kind": "case"}) for one in case_ids)
        return [from_json(Case, item.data) for item in items if isinstance(item, DirectoryItem) and item.data]

    def case_page(self, party_id: str | None, *, below: str | None, limit: int) -> Page[Case]:
        newest = _newest_of(party_id, "case#", below, limit) if party_id else _newest("case", below, limit)
        return _first(limit, _unpacked(Case, newest))

    def cases_of(self, party_id: str) -> Sequence[Case]:
        return list(_unpacked(Case, DirectoryItem.query(party_id, DirectoryItem.kind.startswith("case#"))))

    def save_case(
        self,
        case: Case,
        before: Case | None,
        deed: AuditEvent,
        key: IdempotencyKey | None = None,
        grant: Grant | None = None,
    ) -> None:
        data = to_json(case)
        item = DirectoryItem(case.id, "case", data=data, version=case.version, lookup="case", value=case.id)
        gone = (before.party_and_creditor_ids if before else frozenset()) - case.party_and_creditor_ids
        self._commit(
            [
                Write(item=item, condition=_follows(case.version)),
                *(Write(item=DirectoryItem(one, f"case#{case.id}", data=data)) for one in case.party_and_creditor_ids),
                *(Write(item=DirectoryItem(one, f"case#{case.id}"), delete=True) for one in gone),
                deed_item(deed),
            ],
            key,
            case,
            grant,
        )

    def document(self, document_id: str) -> Document | None:
        return _get(Document, document_id, "document")

    def documents_of(self, owner_id: str, *, below: str | None, limit: int) -> Page[Document]:
        links = list(_newest_of(owner_id, "document#", below, limit))
        ids = [link.kind.partition("#")[2] for link in links]
        items = fetch(ItemKey(DirectoryItem, {"id": one, "kind": "document"}) for one in ids)
        documents = {
            item.id: from_json(Document, item.data) for item in items if isinstance(item, DirectoryItem) and item.data
        }
        return _first(limit, (documents[one] for one in ids if one in documents))

    def save_document(self, document: Document, key: IdempotencyKey | None = None) -> None:
        item = DirectoryItem(document.id, "document", data=to_json(document), version=document.version)
        owners = {one for one in (document.party_id, document.case_id) if one}
        links = [Write(item=DirectoryItem(one, f"document#{document.id}")) for one in owners]
        self._commit([Write(item=item, condition=_follows(document.version)), *links], key, document)

    def views(self, user: str) -> Sequence[SavedView]:
        return list(_unpacked(SavedView, DirectoryItem.query(f"user#{user}", DirectoryItem.kind.startswith("view#"))))

    def save_view(self, view: SavedView, key: IdempotencyKey | None = None) -> None:
        item = DirectoryItem(f"user#{view.user}", f"view#{view.name}", data=to_json(view))
        self._commit([Write(item=item)], key, view)

    def remove_view(self, view: SavedView) -> None:
        DirectoryItem(f"user#{view.user}", f"view#{view.name}").delete()

    def grants(self, user: str | None) -> Sequence[Grant]:
        if user is None:
            return list(_unpacked(Grant, DirectoryItem.lookups.query("grant")))
        return list(_unpacked(Grant, DirectoryItem.query(f"user#{user}", DirectoryItem.kind.startswith("grant#"))))

    def save_grant(self, grant: Grant, deed: AuditEvent) -> None:
        commit([Write(item=_grant_item(grant)), deed_item(deed)])

    def remove_grant(self, grant: Grant, deed: AuditEvent) -> None:
        commit([Write(item=_grant_item(grant), delete=True), deed_item(deed)])

    def _commit(
        self,
        writes: list[Write],
        key: IdempotencyKey | None,
        result: Party | Contact | Case | Document | SavedView,
        grant: Grant | None = None,
    ) -> None:
        if grant:
            writes.append(Write(item=_grant_item(grant)))
        # Of a request that came twice at once, the second is told that the key is taken before anything else.
        commit([key_item(key, result, self._now()), *writes] if key else writes)

    def _answering(self, words: str) -> Iterator[Party]:
        """The parties with exactly that account number or address, and those whose names hold all the words.

        The names are found by the longest word, which is the rarest, and then looked at.
        """
        exact = f"{clue(words.strip())}#"
        named = clue(max(search_words(words), key=len, default=""))
        known = _found("account", exact) | _found("address", exact)
        for party in self.parties(known | (_found("name", named) if named else set())):
            if party.id in known or party.matches_search(words):
                yield party


def _get(kind: type[T], owner: str, what: str) -> T | None:
    try:
        item = DirectoryItem.get(owner, what, consistent_read=True)
    except DoesNotExist:
        return None
    return from_json(kind, item.data) if item.data else None


def _unpacked(kind: type[T], items: Iterable[DirectoryItem]) -> Iterator[T]:
    return (from_json(kind, item.data) for item in items if item.data)


def _newest(lookup: str, below: str | None, limit: int) -> Iterable[DirectoryItem]:
    return DirectoryItem.lookups.query(
        lookup, DirectoryItem.value < (below or LAST), scan_index_forward=False, page_size=limit + 1
    )


def _newest_of_kinds(kinds: Sequence[PartyKind], below: str | None, limit: int) -> Page[Party]:
    """Looks at so many parties and no more: where few are of the kind, the page is short and says where it goes on."""
    looked_at = list(islice(_unpacked(Party, _newest("party", below, _MOST_LOOKED_AT)), _MOST_LOOKED_AT))
    page = _first(limit, (party for party in looked_at if _of(party, kinds)))
    if page.after is None and len(looked_at) == _MOST_LOOKED_AT:
        return Page(items=page.items, after=looked_at[-1].id)
    return page


def _newest_of(owner: str, prefix: str, below: str | None, limit: int) -> Iterable[DirectoryItem]:
    span = DirectoryItem.kind.between(prefix, prefix + (just_before(below) if below else LAST))
    return DirectoryItem.query(owner, span, scan_index_forward=False, limit=limit + 1)


def _first(limit: int, values: Iterable[Owned]) -> Page[Owned]:
    items = list(islice(values, limit + 1))
    return Page(items=items[:limit], after=items[limit - 1].id if len(items) > limit else None)


def _of(party: Party, kinds: Sequence[PartyKind]) -> bool:
    return not kinds or party.kind in kinds


def _follows(version: int) -> Condition:
    """The first version where there is none; a later one on the one before it."""
    return DirectoryItem.id.does_not_exist() if version == 1 else DirectoryItem.version == version - 1


def _grant_item(grant: Grant) -> DirectoryItem:
    value = f"{grant.user}#{grant.target}"
    return DirectoryItem(
        f"user#{grant.user}", f"grant#{grant.target}", data=to_json(grant), lookup="grant", value=value
    )


# What a party is looked up by: the kind of clue, and the clue.
Clue = tuple[str, str]


def _party_clues(party: Party) -> set[Clue]:
    account = {("account", clue(party.account_number))} if party.account_number else set()
    longest = sorted(search_words(party.name), key=len, reverse=True)[:_MOST_WORDS]
    names = {("name", clue(word)) for word in longest}
    return names | account | {("address", address_key(one)) for one in party.addresses}


def _contact_clues(contact: Contact) -> set[Clue]:
    """Marked with the contact, because its party may have the same address."""
    return {("address", f"{address_key(one)}#{contact.id}") for one in addresses_of(contact)}


def _clue_writes(party_id: str, old: set[Clue], new: set[Clue]) -> Iterator[Write]:
    for lookup, text in new - old:
        item = DirectoryItem(party_id, f"clue#{lookup}#{text}", lookup=lookup, value=f"{text}#{party_id}")
        yield Write(item=item)
    for lookup, text in old - new:
        yield Write(item=DirectoryItem(party_id, f"clue#{lookup}#{text}"), delete=True)


def _found(lookup: str, start: str) -> set[str]:
    return {
        item.id
        for item in DirectoryItem.lookups.query(lookup, DirectoryItem.value.startswith(start), limit=_MOST_FOUND)
    }
