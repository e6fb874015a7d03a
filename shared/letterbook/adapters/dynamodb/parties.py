"""Parties, contacts and preferences in DynamoDB."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import islice

from letterbook.adapters.dynamodb.addresses import address_key, holder_writes
from letterbook.adapters.dynamodb.audit_events import audit_item
from letterbook.adapters.dynamodb.batch_get import ItemKey, fetch
from letterbook.adapters.dynamodb.directory_rows import first_page, newest, value_of, values_of
from letterbook.adapters.dynamodb.directory_search import Clue, clue_writes, leads, page_of, word_clues
from letterbook.adapters.dynamodb.grants import grant_writes
from letterbook.adapters.dynamodb.idempotency import commit_with_key
from letterbook.adapters.dynamodb.sort_keys import clue
from letterbook.adapters.dynamodb.tables.directory import DirectoryItem
from letterbook.adapters.dynamodb.transaction import Write, commit
from letterbook.adapters.dynamodb.versioned import on_top_of
from letterbook.adapters.serialization import from_json, to_json
from letterbook.domain.access import Grant
from letterbook.domain.addresses import Holders, addresses_of
from letterbook.domain.directory_terms import contact_terms, party_terms
from letterbook.domain.history import AuditEvent
from letterbook.domain.party import Contact, Party, PartyKind, Preferences
from letterbook.domain.search_terms import Query, matches
from letterbook.ports import IdempotencyKey, Page

_MOST_LOOKED_AT = 1_000


class DynamoParties:
    """See ports.Parties."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now

    def get(self, party_id: str) -> Party | None:
        return value_of(Party, party_id, "party")

    def several(self, party_ids: Iterable[str]) -> Sequence[Party]:
        items = fetch(ItemKey(DirectoryItem, {"id": one, "kind": "party"}) for one in party_ids)
        return [from_json(Party, item.data) for item in items if isinstance(item, DirectoryItem) and item.data]

    def of_account(self, account_number: str) -> Sequence[Party]:
        found = self.several(_exactly("account", f"{clue(account_number)}#"))
        wanted = clue(account_number)
        return [one for one in found if clue(one.account_number or "") == wanted and one.merged_into is None]

    def page(self, kinds: Sequence[PartyKind], *, below: str | None, limit: int) -> Page[Party]:
        if kinds:
            return _newest_of_kinds(kinds, below, limit)
        return first_page(limit, values_of(Party, newest("party", below, limit)))

    def found(
        self,
        query: Query,
        kinds: Sequence[PartyKind],
        *,
        among: Collection[str] | None = None,
        below: str | None,
        limit: int,
    ) -> Page[Party]:
        exact = f"{clue(query.text)}#"
        whole = _exactly("account", exact) | _exactly("address", exact)
        found, left = leads("name", query.wanted)
        ids = whole | {one for one, _ in found}

        def keep(party: Party) -> bool:
            return (
                _of(party, kinds)
                and party.merged_into is None
                and (not left or party.id in whole or matches(party_terms(party), left))
            )

        return page_of(ids if among is None else ids & {*among}, self.several, keep, below=below, limit=limit)

    def save(
        self,
        party: Party,
        before: Party | None,
        event: AuditEvent,
        key: IdempotencyKey | None = None,
        grant: Grant | None = None,
        holders: Iterable[Holders] = (),
    ) -> None:
        item = DirectoryItem(
            party.id, "party", data=to_json(party), version=party.version, lookup="party", value=party.id
        )
        old, new = party_clues(before) if before else set(), party_clues(party)
        writes = [
            Write(item=item, condition=on_top_of(DirectoryItem, party.version)),
            *clue_writes(party.id, old, new),
        ]
        commit_with_key(
            [*writes, *holder_writes(holders), audit_item(event), *grant_writes(grant)], key, party, self._now()
        )

    def contact(self, party_id: str, contact_id: str) -> Contact | None:
        return value_of(Contact, party_id, f"contact#{contact_id}")

    def contacts(self, party_id: str) -> Sequence[Contact]:
        return list(values_of(Contact, DirectoryItem.query(party_id, DirectoryItem.kind.startswith("contact#"))))

    def save_contact(
        self,
        contact: Contact,
        before: Contact | None,
        event: AuditEvent,
        key: IdempotencyKey | None = None,
        holders: Iterable[Holders] = (),
    ) -> None:
        item = DirectoryItem(contact.party_id, f"contact#{contact.id}", data=to_json(contact), version=contact.version)
        old, new = contact_clues(before) if before else set(), contact_clues(contact)
        writes = [
            Write(item=item, condition=on_top_of(DirectoryItem, contact.version)),
            *clue_writes(contact.party_id, old, new),
        ]
        commit_with_key([*writes, *holder_writes(holders), audit_item(event)], key, contact, self._now())

    def remove_contact(self, contact: Contact, event: AuditEvent, holders: Iterable[Holders] = ()) -> None:
        item = DirectoryItem(contact.party_id, f"contact#{contact.id}")
        clues = clue_writes(contact.party_id, contact_clues(contact), set())
        gone = Write(item=item, delete=True, condition=DirectoryItem.version == contact.version)
        commit([gone, *clues, *holder_writes(holders), audit_item(event)])

    def preferences(self, party_id: str) -> Preferences:
        return value_of(Preferences, party_id, "preferences") or Preferences()

    def preferences_of(self, party_ids: Iterable[str]) -> Mapping[str, Preferences]:
        items = fetch(ItemKey(DirectoryItem, {"id": one, "kind": "preferences"}) for one in party_ids)
        known = (item for item in items if isinstance(item, DirectoryItem))
        return {item.id: from_json(Preferences, item.data) for item in known if item.data}

    def save_preferences(self, party_id: str, preferences: Preferences, event: AuditEvent) -> None:
        item = DirectoryItem(party_id, "preferences", data=to_json(preferences), version=preferences.version)
        commit([Write(item=item, condition=on_top_of(DirectoryItem, preferences.version)), audit_item(event)])


def _newest_of_kinds(kinds: Sequence[PartyKind], below: str | None, limit: int) -> Page[Party]:
    """Looks at so many parties and no more: where few are of the kind, the page is short and says where it goes on."""
    looked_at = list(islice(values_of(Party, newest("party", below, _MOST_LOOKED_AT)), _MOST_LOOKED_AT))
    page = first_page(limit, (party for party in looked_at if _of(party, kinds)))
    if page.after is None and len(looked_at) == _MOST_LOOKED_AT:
        return Page(items=page.items, after=looked_at[-1].id)
    return page


def _of(party: Party, kinds: Sequence[PartyKind]) -> bool:
    return not kinds or party.kind in kinds


def party_clues(party: Party) -> set[Clue]:
    account = {("account", clue(party.account_number))} if party.account_number else set()
    addresses = {("address", address_key(one)) for one in party.addresses}
    return word_clues("name", party_terms(party)) | account | addresses


def contact_clues(contact: Contact) -> set[Clue]:
    """Marked with the contact, because its party may have the same."""
    addresses = {("address", f"{address_key(one)}#{contact.id}") for one in addresses_of(contact)}
    return word_clues("name", contact_terms(contact), contact.id) | addresses


def _exactly(lookup: str, start: str) -> set[str]:
    return {item.id for item in DirectoryItem.lookups.query(lookup, DirectoryItem.value.startswith(start), limit=500)}
