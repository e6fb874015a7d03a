"""Everything a message needs, from three tables in one round trip."""

from letterbook.adapters.dynamodb.batch import Wish, fetch
from letterbook.adapters.dynamodb.keys import hash_of, remembered
from letterbook.adapters.dynamodb.library import template_key, version_key
from letterbook.adapters.dynamodb.tables import DirectoryItem, IdempotencyItem, LibraryItem
from letterbook.adapters.packing import unpacked
from letterbook.domain.party import Case, Contact, Document, Party, Preferences
from letterbook.domain.templates import Template
from letterbook.ports import Found, Wanted


def gather(wanted: Wanted) -> Found:
    found: dict[str, str] = {}
    templates: dict[str, Template] = {}
    memory = None
    for item in fetch(_wishes(wanted)):
        if isinstance(item, DirectoryItem) and item.data:
            found[f"{item.id}/{item.kind}"] = item.data
        elif isinstance(item, LibraryItem):
            template = unpacked(Template, item.data)
            templates[template.language] = template
        elif isinstance(item, IdempotencyItem):
            memory = remembered(item)
    party = found.get(f"{wanted.party_id}/party")
    preferences = found.get(f"{wanted.party_id}/preferences")
    contact = found.get(f"{wanted.party_id}/contact#{wanted.contact_id}")
    case = found.get(f"{wanted.case_id}/case")
    documents = {one: found[f"{one}/document"] for one in wanted.documents if f"{one}/document" in found}
    return Found(
        party=unpacked(Party, party) if party else None,
        preferences=unpacked(Preferences, preferences) if preferences else Preferences(),
        contact=unpacked(Contact, contact) if contact else None,
        case=unpacked(Case, case) if case else None,
        templates=templates,
        documents={one: unpacked(Document, data) for one, data in documents.items()},
        remembered=memory,
    )


def _wishes(wanted: Wanted) -> list[Wish]:
    places = [(wanted.party_id, "party"), (wanted.party_id, "preferences")]
    if wanted.contact_id:
        places.append((wanted.party_id, f"contact#{wanted.contact_id}"))
    if wanted.case_id:
        places.append((wanted.case_id, "case"))
    places += [(one, "document") for one in wanted.documents]
    wishes = [Wish(DirectoryItem, {"id": owner, "kind": kind}) for owner, kind in places]
    for key, language, version in wanted.templates:
        wishes.append(Wish(LibraryItem, {"key": template_key(key, language), "version": version_key(version)}))
    if wanted.key:
        wishes.append(Wish(IdempotencyItem, {"key": hash_of(wanted.key)}))
    return wishes
