"""Documents: announced, uploaded straight to the content store's staging, taken up by a message or kept with a party or a case,
downloaded by a link that expires.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from functools import cache

from letterbook.domain.access import Permission, Viewer
from letterbook.domain.errors import Conflict, FieldError, Invalid, NotFound
from letterbook.domain.ids import Kind, new_id
from letterbook.domain.party import Document, Party
from letterbook.ports import IdempotencyKey, Page, World
from letterbook.use_cases.support.access import named_party, sees_case, visible_case, visible_cases, visible_party
from letterbook.use_cases.support.idempotency import idempotently

# What no message has taken up by then is gone from staging: the bucket's lifecycle rule removes it (template.yaml).
STAGED_FOR = timedelta(days=30)
# A page of documents waits for a few rounds of requests to the store.
_AT_ONCE = 8


def announce(world: World, viewer: Viewer, draft: Document, key: IdempotencyKey | None) -> tuple[Document, str, bool]:
    """The document, and the URL that its bytes are to be PUT to. Raises Invalid for owners that are not there, or not seen."""
    viewer.require(Permission.RECORDS)

    def make() -> Document:
        _must_belong(world, viewer, draft)
        document = replace(draft, id=new_id(Kind.DOCUMENT, draft.created_at))
        world.documents.save(document, key)
        return document

    document, replayed = idempotently(world, key, Document, make, lambda made: visible_document(world, viewer, made.id))
    return document, world.content_store.upload_url(document), replayed


def upload(world: World, viewer: Viewer, draft: Document, content: bytes, key: IdempotencyKey | None) -> Document:
    """Announces a document and puts it where its uploader would have: for those whose browser cannot. Raises as announcing does."""
    document = announce(world, viewer, draft, key)[0]
    world.content_store.stage(document, content)
    return document


def _must_belong(world: World, viewer: Viewer, draft: Document) -> None:
    """Raises Invalid for owners that the viewer may not write to."""
    faults = []
    if draft.party_id and named_party(world, viewer, draft.party_id) is None:
        faults.append(FieldError("party_id", "unknown_party", "There is no such party."))
    case = world.cases.get(draft.case_id) if draft.case_id else None
    if draft.case_id and not (case and sees_case(viewer, case)):
        faults.append(FieldError("case_id", "unknown_case", "There is no such case."))
    if case and draft.party_id and draft.party_id not in case.party_and_creditor_ids:
        faults.append(FieldError("party_id", "not_on_case", "The party is not on this case."))
    if not faults and not opener(world, viewer)(draft):
        faults.append(
            FieldError("case_id", "out_of_sight", "Name a case that you see: without it you would not see it.")
        )
    if faults:
        raise Invalid("The document belongs to something that is not there.", *faults)


def download_link(world: World, viewer: Viewer, document_id: str, *, inline: bool = False) -> str:
    """`inline`: to be looked at, where it can be. Raises NotFound; Conflict `not_uploaded` for one that was only announced."""
    document = visible_document(world, viewer, document_id)
    if not document.is_stored and document.staged_version is None:
        # Whoever only reads looks for it, and keeps nothing.
        document = replace(document, staged_version=world.content_store.first_put(document))
    if not document.is_stored and document.staged_version is None:
        raise not_uploaded()
    return world.content_store.download_url(document, inline=inline)


def not_uploaded() -> Conflict:
    return Conflict("The document was announced and never uploaded.", code="not_uploaded")


def visible_document(world: World, viewer: Viewer, document_id: str) -> Document:
    """Raises Forbidden, NotFound."""
    viewer.require(Permission.READ)
    document = world.documents.get(document_id)
    if document is None or expired(world, document) or not opener(world, viewer)(document):
        raise NotFound("There is no such document.")
    return document


def list_documents(
    world: World,
    viewer: Viewer,
    *,
    party_id: str | None,
    case_id: str | None,
    limit: int,
    after: str | None,
    seen: Party | None = None,
) -> Page[Document]:
    """The documents of a party or a case, newest first. Raises NotFound for an owner the viewer may not see.

    `seen` is a party that is in sight: it is not read again.
    """
    if case_id:
        visible_case(world, viewer, case_id)
    if party_id and (seen is None or seen.id != party_id):
        visible_party(world, viewer, party_id)
    owner = case_id or party_id
    if owner is None:
        raise Invalid(
            "Documents are listed by party or by case.", FieldError("party_id", "required", "Name a party or a case.")
        )
    page = world.documents.page(owner, below=after, limit=limit)
    may_open = opener(world, viewer)
    shown = [
        document
        for document in page.items
        if not expired(world, document) and (party_id is None or document.party_id == party_id) and may_open(document)
    ]
    return Page(items=shown, after=page.after)


def uploaded(world: World, documents: Iterable[Document]) -> list[Document]:
    """Without those that were announced and whose upload was stopped.

    The store is asked once for each that nothing keeps yet and nobody looked at, for several at once, and for nothing else.
    """
    every = list(documents)
    unknown = [one for one in every if not one.is_stored and one.staged_version is None]
    if not unknown:
        return every
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        there = [*pool.map(world.content_store.first_put, unknown)]
    lost = {one.id for one, version in zip(unknown, there, strict=True) if version is None}
    return [one for one in every if one.id not in lost]


def opener(world: World, viewer: Viewer) -> Callable[[Document], bool]:
    """Whether the viewer may open a document: it is seen with its entry, its case or its party, until then by its uploader.
    What is the firm's is seen by everybody who reads.

    As with entries, who sees a creditor only through a case does not see what is the creditor's alone. The viewer's cases, and
    each entry, are asked for once, however many documents are looked at.
    """
    entry_of = cache(world.communications.get)
    in_sight = cache(lambda: frozenset(case.id for case in visible_cases(world, viewer)))

    def may_open(document: Document) -> bool:
        uploaded = document.created_by == viewer.id
        if document.of_firm:
            return True
        if document.communication_id:
            communication = entry_of(document.communication_id)
            if communication is None:
                return uploaded
            return viewer.sees(communication.entry.ownership) and (
                not communication.deleted or viewer.may(Permission.READ_AUDIT)
            )
        if viewer.sight is None:
            return True
        if document.case_id:
            return document.case_id in in_sight()
        return viewer.granted_party(document.party_id) if document.party_id else uploaded

    return may_open


def expired(world: World, document: Document) -> bool:
    return not document.is_stored and document.created_at + STAGED_FOR <= world.now()


def upload_origin(world: World) -> str:
    """Where a browser may send files to, as its policy names it. It is nobody's secret."""
    return world.content_store.origin
