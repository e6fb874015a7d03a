"""Parties, contacts and preferences in DynamoDB."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice

from letterbook.adapters.dynamodb.addresses import address_key, holder_writes
from letterbook.adapters.dynamodb.audit_events import audit_item
from letterbook.adapters.dynamodb.batch_get import ItemKey, fetch
from letterbook.adapters.dynamodb.directory_rows import first_page, newest, value_of, values_of
from letterbook.adapters.dynamodb.grants import grant_writes
from letterbook.adapters.dynamodb.idempotency import commit_with_key
from letterbook.adapters.dynamodb.sort_keys import clue
from letterbook.adapters.dynamodb.tables.directory import DirectoryItem
from letterbook.adapters.dynamodb.transaction import Write, commit
from letterbook.adapters.dynamodb.versioned import on_top_of
from letterbook.adapters.serialization import from_json, to_json
from letterbook.domain.access import Grant
from letterbook.domain.addresses import Holders, addresses_of
from letterbook.domain.history import AuditEvent
from letterbook.domain.party import Contact, Party, PartyKind, Preferences, search_words
from letterbook.ports import IdempotencyKey, Page

# More parties than this answer to a single letter: nobody reads on, they type on.
_MOST_FOUND = 500
_MOST_LOOKED_AT = 1_000
# Transactions hold a hundred writes (DynamoDB, Constraints): a name of more words is found by its longest ones.
_MOST_WORDS = 20


class DynamoParties:
    """See ports.Parties."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now

    def get(self, party_id: str) -> Party | None:
        return value_of(Party, party_id, "party")

    def several(self, party_ids: Iterable[str]) -> Sequence[Party]:
        items = fetch(ItemKey(DirectoryItem, {"id": one, "kind": "party"}) for one in party_ids)
        return [from_json(Party, item.data) for item in items if isinstance(item, DirectoryItem) and item.data]

    def page(self, words: str, kinds: Sequence[PartyKind], *, below: str | None, limit: int) -> Page[Party]:
        if words.strip():
            found = sorted(self._answering(words), key=lambda party: party.id, reverse=True)
            return first_page(limit, (one for one in found if (below is None or one.id < below) and _of(one, kinds)))
        return (
            _newest_of_kinds(kinds, below, limit)
            if kinds
            else first_page(limit, values_of(Party, newest("party", below, limit)))
        )

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
        old, new = _party_clues(before) if before else set(), _party_clues(party)
        writes = [
            Write(item=item, condition=on_top_of(DirectoryItem, party.version)),
            *_clue_writes(party.id, old, new),
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
        old, new = _contact_clues(before) if before else set(), _contact_clues(contact)
        writes = [
            Write(item=item, condition=on_top_of(DirectoryItem, contact.version)),
            *_clue_writes(contact.party_id, old, new),
        ]
        commit_with_key([*writes, *holder_writes(holders), audit_item(event)], key, contact, self._now())

    def remove_contact(self, contact: Contact, event: AuditEvent, holders: Iterable[Holders] = ()) -> None:
        item = DirectoryItem(contact.party_id, f"contact#{contact.id}")
        clues = _clue_writes(contact.party_id, _contact_clues(contact), set())
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

    def _answering(self, words: str) -> Iterator[Party]:
        """The parties with exactly that account number or address, and those whose names hold all the words.

        The names are found by the longest word, which is the rarest, and then looked at.
        """
        exact = f"{clue(words.strip())}#"
        named = clue(max(search_words(words), key=len, default=""))
        known = _found("account", exact) | _found("address", exact)
        for party in self.several(known | (_found("name", named) if named else set())):
            if party.id in known or party.matches_search(words):
                yield party


def _newest_of_kinds(kinds: Sequence[PartyKind], below: str | None, limit: int) -> Page[Party]:
    """Looks at so many parties and no more: where few are of the kind, the page is short and says where it goes on."""
    looked_at = list(islice(values_of(Party, newest("party", below, _MOST_LOOKED_AT)), _MOST_LOOKED_AT))
    page = first_page(limit, (party for party in looked_at if _of(party, kinds)))
    if page.after is None and len(looked_at) == _MOST_LOOKED_AT:
        return Page(items=page.items, after=looked_at[-1].id)
    return page


def _of(party: Party, kinds: Sequence[PartyKind]) -> bool:
    return not kinds or party.kind in kinds


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
