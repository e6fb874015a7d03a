"""Everything a message needs, from three tables in one round trip."""

from datetime import datetime

from letterbook.adapters.dynamodb.addresses import in_quarantine, quarantine_wishes
from letterbook.adapters.dynamodb.batch import Wish, fetch
from letterbook.adapters.dynamodb.directory import subject_key
from letterbook.adapters.dynamodb.keys import hash_of, remembered
from letterbook.adapters.dynamodb.library import template_key, version_key
from letterbook.adapters.dynamodb.log import communication_of
from letterbook.adapters.dynamodb.tables import (
    CommunicationItem,
    DirectoryItem,
    IdempotencyItem,
    LibraryItem,
    Table,
)
from letterbook.adapters.packing import unpacked
from letterbook.domain.party import Case, Contact, Document, Party, Preferences
from letterbook.domain.subjects import Subject
from letterbook.domain.templates import Template
from letterbook.ports import Found, Wanted


def gather(wanted: Wanted, now: datetime) -> Found:
    found: dict[str, str] = {}
    templates: dict[str, Template] = {}
    memory, answered, thread, thing = None, None, None, None
    others: list[Table] = []
    for item in fetch(_wishes(wanted)):
        if isinstance(item, DirectoryItem) and item.data:
            found[f"{item.id}/{item.kind}"] = item.data
        elif isinstance(item, LibraryItem):
            template = unpacked(Template, item.data)
            templates[template.language] = template
        elif isinstance(item, IdempotencyItem):
            memory = remembered(item, now)
        elif isinstance(item, CommunicationItem):
            answered = communication_of(item)
        else:
            others.append(item)
    if others:
        from letterbook.adapters.dynamodb.beside import read

        thread, thing = read(others)
    party = found.get(f"{wanted.party_id}/party")
    preferences = found.get(f"{wanted.party_id}/preferences")
    contact = found.get(f"{wanted.party_id}/contact#{wanted.contact_id}")
    case = found.get(f"{wanted.case_id}/case")
    regarded = wanted.regarding
    subject = found.get(f"{subject_key(regarded.type, regarded.id)}/subject") if regarded else None
    documents = {one: found[f"{one}/document"] for one in wanted.documents if f"{one}/document" in found}
    return Found(
        party=unpacked(Party, party) if party else None,
        preferences=unpacked(Preferences, preferences) if preferences else Preferences(),
        contact=unpacked(Contact, contact) if contact else None,
        case=unpacked(Case, case) if case else None,
        templates=templates,
        documents={one: unpacked(Document, data) for one, data in documents.items()},
        subject=unpacked(Subject, subject) if subject else None,
        thread=thread,
        thing=thing,
        answered=answered,
        quarantined=in_quarantine(wanted.addresses, found),
        remembered=memory,
    )


def _wishes(wanted: Wanted) -> list[Wish]:
    places = [(wanted.party_id, "party"), (wanted.party_id, "preferences")]
    if wanted.contact_id:
        places.append((wanted.party_id, f"contact#{wanted.contact_id}"))
    if wanted.case_id:
        places.append((wanted.case_id, "case"))
    if wanted.regarding:
        places.append((subject_key(wanted.regarding.type, wanted.regarding.id), "subject"))
    places += [(one, "document") for one in wanted.documents]
    wishes = [Wish(DirectoryItem, {"id": owner, "kind": kind}) for owner, kind in places]
    wishes += quarantine_wishes(wanted.addresses)
    for key, language, version in wanted.templates:
        wishes.append(Wish(LibraryItem, {"key": template_key(key, language), "version": version_key(version)}))
    if wanted.thread_id or wanted.regarding:
        # Few entries need it, and every cold start would wait for it.
        from letterbook.adapters.dynamodb.beside import wishes_for

        wishes += wishes_for(wanted)
    if wanted.in_reply_to:
        wishes.append(Wish(CommunicationItem, {"id": wanted.in_reply_to}))
    if wanted.key:
        wishes.append(Wish(IdempotencyItem, {"key": hash_of(wanted.key)}))
    return wishes
