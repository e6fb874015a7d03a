"""Keeps a document with its party or its case, as a message keeps what it takes up."""

from letterbook.domain.access import Permission, Viewer
from letterbook.domain.errors import Conflict, FieldError, Invalid
from letterbook.domain.history import AuditEvent
from letterbook.domain.party import Document
from letterbook.ports import World
from letterbook.use_cases.directory.attachments import taken_up
from letterbook.use_cases.directory.documents import not_uploaded, visible_document
from letterbook.use_cases.support.access import actor_of


def keep_document(world: World, viewer: Viewer, document_id: str) -> Document:
    """Keeps for good what was uploaded to a party or a case, which no message need take up. Kept again, it is the same.

    Raises Forbidden, NotFound, Conflict `not_uploaded` or `belongs_to_nobody`, Invalid where it is not of the size announced.
    """
    viewer.require(Permission.RECORDS)
    document = visible_document(world, viewer, document_id)
    if document.is_stored:
        return document
    if not (document.party_id or document.case_id):
        raise Conflict("Only what belongs to a party or a case is kept without a message.", code="belongs_to_nobody")
    event = AuditEvent(
        about=document.case_id or document.party_id or "",
        at=world.now(),
        actor=actor_of(viewer),
        event="document put in",
        note=document.name,
        party_id=document.party_id,
        case_id=document.case_id,
    )
    kept = taken_up(world, document, None, event)
    if kept is None:
        raise not_uploaded()
    if kept.bytes != document.bytes:
        words = f"{document.bytes} bytes were announced, {kept.bytes} uploaded."
        raise Invalid(words, FieldError("bytes", "size_mismatch", words))
    return kept
