"""Everything a message needs, from three tables in one round trip.

What is written to a creditor about a thing takes a second one: on whose behalf it is, and so whose thing, only the case tells.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from letterbook.adapters.dynamodb.addresses import address_keys, known_in
from letterbook.adapters.dynamodb.batch_get import ItemKey, fetch
from letterbook.adapters.dynamodb.communications import communication_of
from letterbook.adapters.dynamodb.idempotency import hash_of, record_of
from letterbook.adapters.dynamodb.library_versions import version_key
from letterbook.adapters.dynamodb.tables.base import Table
from letterbook.adapters.dynamodb.tables.communications import CommunicationItem
from letterbook.adapters.dynamodb.tables.directory import DirectoryItem
from letterbook.adapters.dynamodb.tables.idempotency import IdempotencyItem
from letterbook.adapters.dynamodb.tables.library import LibraryItem
from letterbook.adapters.dynamodb.templates import template_key
from letterbook.adapters.serialization import from_json
from letterbook.domain.addresses import address_for
from letterbook.domain.channels import AddressKind
from letterbook.domain.communication import Communication
from letterbook.domain.party import Case, Contact, Document, Party, PartyKind, Preferences
from letterbook.domain.templates import Template
from letterbook.ports import ContextQuery, MessageContext

T = TypeVar("T")

# How the ids of subjects begin (subjects.py).
SUBJECT = "subject#"


# Parties that a process writes to again and again: banks, insurers, authorities.
_MOST_REMEMBERED = 1_000


class DynamoMessageContexts:
    """Reads them, and remembers which address parties have: an address is asked about together with whose it was a moment ago.

    What was remembered is only where to look. Who has another address by now is found to have it, and that is not known then.
    """

    def __init__(self) -> None:
        self._own: dict[tuple[str, str | None, AddressKind], str] = {}

    def load(self, query: ContextQuery, now: datetime) -> MessageContext:
        """Of a party that was merged, that of the record that remains: whoever names the old one means it."""
        whose = (query.party_id, query.contact_id, query.own) if query.own else None
        guess = self._own.get(whose) if whose else None
        context = _load(query, now, guess)
        if context.party and context.party.merged_into:
            return self.load(replace(query, party_id=context.party.merged_into), now)
        own = address_for(query.own, context.contact, context.party)
        if whose and own and own != guess:
            if len(self._own) >= _MOST_REMEMBERED:
                self._own.clear()
            self._own[whose] = own
        return context


def _load(query: ContextQuery, now: datetime, guess: str | None) -> MessageContext:
    asked = (*query.addresses, guess) if guess else query.addresses
    found: dict[str, str] = {}
    of_addresses: dict[str, DirectoryItem] = {}
    templates: dict[str, Template] = {}
    memory, answered = None, None
    related: list[Table] = []
    for item in fetch([*_keys(query), *address_keys(asked)]):
        if isinstance(item, DirectoryItem) and item.data and not item.id.startswith(SUBJECT):
            found[f"{item.id}/{item.kind}"] = item.data
            if asked:
                of_addresses[f"{item.id}/{item.kind}"] = item
        elif isinstance(item, LibraryItem):
            template = from_json(Template, item.data)
            templates[template.language] = template
        elif isinstance(item, IdempotencyItem):
            memory = record_of(item, Communication, now)
        elif isinstance(item, CommunicationItem):
            answered = communication_of(item)
        else:
            related.append(item)
    party = _unpacked(Party, found.get(f"{query.party_id}/party"))
    case = _unpacked(Case, found.get(f"{query.case_id}/case"))
    if query.regarding and party and party.kind is PartyKind.CREDITOR and case and case.client_id:
        from letterbook.adapters.dynamodb.related_writes import keys_of

        related += fetch(keys_of(query.regarding, case.client_id))
    contact = _unpacked(Contact, found.get(f"{query.party_id}/contact#{query.contact_id}"))
    right = guess is not None and guess == address_for(query.own, contact, party)
    documents = {one: found.get(f"{one}/document") for one in query.documents}
    return MessageContext(
        party=party,
        preferences=_unpacked(Preferences, found.get(f"{query.party_id}/preferences")) or Preferences(),
        contact=contact,
        case=case,
        templates=templates,
        documents={one: from_json(Document, data) for one, data in documents.items() if data},
        answered=answered,
        addresses=known_in(asked if right else query.addresses, of_addresses),
        remembered=memory,
        **_read(related),
    )


def _read(related: list[Table]) -> dict[str, Any]:
    if not related:
        return {}
    from letterbook.adapters.dynamodb.related_writes import read

    return read(related)


def _unpacked(kind: type[T], data: str | None) -> T | None:
    return from_json(kind, data) if data else None


def _keys(query: ContextQuery) -> list[ItemKey]:
    places = [(query.party_id, "party"), (query.party_id, "preferences")]
    if query.contact_id:
        places.append((query.party_id, f"contact#{query.contact_id}"))
    if query.case_id:
        places.append((query.case_id, "case"))
    places += [(one, "document") for one in query.documents]
    keys = [ItemKey(DirectoryItem, {"id": owner, "kind": kind}) for owner, kind in places]
    for key, language, version in query.templates:
        keys.append(ItemKey(LibraryItem, {"key": template_key(key, language), "version": version_key(version)}))
    if query.thread_id or query.regarding:
        # Few entries need it, and every cold start would wait for it.
        from letterbook.adapters.dynamodb.related_writes import keys_for

        keys += keys_for(query)
    if query.in_reply_to:
        keys.append(ItemKey(CommunicationItem, {"id": query.in_reply_to}))
    if query.key:
        keys.append(ItemKey(IdempotencyItem, {"key": hash_of(query.key)}))
    return keys
