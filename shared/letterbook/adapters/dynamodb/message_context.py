"""Everything a message needs, from three tables in one round trip.

What is written to a creditor about a thing takes a second one: on whose behalf it is, and so whose thing, only the case tells.
"""

from datetime import datetime
from typing import Any, TypeVar

from letterbook.adapters.dynamodb.addresses import address_keys, known_in
from letterbook.adapters.dynamodb.batch_get import ItemKey, fetch
from letterbook.adapters.dynamodb.communications import communication_of
from letterbook.adapters.dynamodb.idempotency import hash_of, record_of
from letterbook.adapters.dynamodb.tables.base import Table
from letterbook.adapters.dynamodb.tables.communications import CommunicationItem
from letterbook.adapters.dynamodb.tables.directory import DirectoryItem
from letterbook.adapters.dynamodb.tables.idempotency import IdempotencyItem
from letterbook.adapters.dynamodb.tables.library import LibraryItem
from letterbook.adapters.dynamodb.templates import template_key
from letterbook.adapters.dynamodb.versions import version_key
from letterbook.adapters.serialization import from_json
from letterbook.domain.communication import Communication
from letterbook.domain.party import Case, Contact, Document, Party, PartyKind, Preferences
from letterbook.domain.templates import Template
from letterbook.ports import ContextQuery, MessageContext

T = TypeVar("T")

# How the ids of subjects begin (subjects.py).
SUBJECT = "subject#"


def load_context(wanted: ContextQuery, now: datetime) -> MessageContext:
    found: dict[str, str] = {}
    of_addresses: dict[str, DirectoryItem] = {}
    templates: dict[str, Template] = {}
    memory, answered = None, None
    beside: list[Table] = []
    for item in fetch(_keys(wanted)):
        if isinstance(item, DirectoryItem) and item.data and not item.id.startswith(SUBJECT):
            found[f"{item.id}/{item.kind}"] = item.data
            if wanted.addresses:
                of_addresses[f"{item.id}/{item.kind}"] = item
        elif isinstance(item, LibraryItem):
            template = from_json(Template, item.data)
            templates[template.language] = template
        elif isinstance(item, IdempotencyItem):
            memory = record_of(item, Communication, now)
        elif isinstance(item, CommunicationItem):
            answered = communication_of(item)
        else:
            beside.append(item)
    party = _unpacked(Party, found.get(f"{wanted.party_id}/party"))
    case = _unpacked(Case, found.get(f"{wanted.case_id}/case"))
    if wanted.regarding and party and party.kind is PartyKind.CREDITOR and case and case.client_id:
        from letterbook.adapters.dynamodb.related_writes import keys_of

        beside += fetch(keys_of(wanted.regarding, case.client_id))
    documents = {one: found.get(f"{one}/document") for one in wanted.documents}
    return MessageContext(
        party=party,
        preferences=_unpacked(Preferences, found.get(f"{wanted.party_id}/preferences")) or Preferences(),
        contact=_unpacked(Contact, found.get(f"{wanted.party_id}/contact#{wanted.contact_id}")),
        case=case,
        templates=templates,
        documents={one: from_json(Document, data) for one, data in documents.items() if data},
        answered=answered,
        addresses=known_in(wanted.addresses, of_addresses),
        remembered=memory,
        **_read(beside),
    )


def _read(beside: list[Table]) -> dict[str, Any]:
    if not beside:
        return {}
    from letterbook.adapters.dynamodb.related_writes import read

    return read(beside)


def _unpacked(kind: type[T], data: str | None) -> T | None:
    return from_json(kind, data) if data else None


def _keys(wanted: ContextQuery) -> list[ItemKey]:
    places = [(wanted.party_id, "party"), (wanted.party_id, "preferences")]
    if wanted.contact_id:
        places.append((wanted.party_id, f"contact#{wanted.contact_id}"))
    if wanted.case_id:
        places.append((wanted.case_id, "case"))
    places += [(one, "document") for one in wanted.documents]
    wishes = [ItemKey(DirectoryItem, {"id": owner, "kind": kind}) for owner, kind in places]
    wishes += address_keys(wanted.addresses)
    for key, language, version in wanted.templates:
        wishes.append(ItemKey(LibraryItem, {"key": template_key(key, language), "version": version_key(version)}))
    if wanted.thread_id or wanted.regarding:
        # Few entries need it, and every cold start would wait for it.
        from letterbook.adapters.dynamodb.related_writes import keys_for

        wishes += keys_for(wanted)
    if wanted.in_reply_to:
        wishes.append(ItemKey(CommunicationItem, {"id": wanted.in_reply_to}))
    if wanted.key:
        wishes.append(ItemKey(IdempotencyItem, {"key": hash_of(wanted.key)}))
    return wishes
