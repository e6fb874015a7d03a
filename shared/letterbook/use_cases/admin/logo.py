"""The firm's logo: of a document that somebody uploaded it is made by looking into it, keeping it for good, and pinning it."""

from dataclasses import replace

from letterbook.domain.access import Permission, Viewer
from letterbook.domain.communication import Attachment
from letterbook.domain.errors import FieldError, Invalid, NotFound
from letterbook.domain.logo import MOST_BYTES, BadLogo, check_logo
from letterbook.domain.organisation import Organisation
from letterbook.domain.party import Document
from letterbook.ports import World
from letterbook.use_cases.directory.attachments import attachment_of, looked_at, taken_up
from letterbook.use_cases.directory.documents import visible_document

_FIELD = "letterhead.logo"


def with_logo(world: World, viewer: Viewer, organisation: Organisation, document_id: str) -> Organisation:
    """The settings with that document as logo; the same where it is the logo already.

    Raises Invalid for one that is not there, belongs to somebody, or is no picture to be printed. What is refused is not kept.
    """
    own = organisation.letterhead
    if own.logo and own.logo.id == document_id:
        return organisation
    return replace(organisation, letterhead=replace(own, logo=_pinned(world, viewer, document_id)))


def read_logo(world: World, viewer: Viewer) -> tuple[Attachment, bytes] | None:
    """The logo in force with its content; None where there is none. Raises Forbidden."""
    viewer.require(Permission.READ)
    logo = world.settings.latest().letterhead.logo
    return (logo, world.content_store.attachment(logo)) if logo else None


def _pinned(world: World, viewer: Viewer, document_id: str) -> Attachment:
    try:
        document = visible_document(world, viewer, document_id)
    except NotFound:
        raise _refused("unknown_document", "There is no such document.") from None
    if document.of_firm:
        return attachment_of(document)
    if document.party_id or document.case_id or document.communication_id:
        raise _refused(
            "belongs_to_somebody", "This belongs to a party, a case or a message: upload the logo by itself."
        )
    # As it was announced: more than that the content store does not take.
    if document.bytes > MOST_BYTES:
        raise _refused("too_large", "A logo has at most 500 KB.")
    known = looked_at(world, document)
    if known is None:
        raise _refused("not_uploaded", "The document was announced and never uploaded.")
    if known.bytes != document.bytes:
        raise _refused("size_mismatch", f"{document.bytes} bytes were announced, {known.bytes} uploaded.")
    return attachment_of(_kept(world, known))


def _kept(world: World, document: Document) -> Document:
    """Kept and then marked as the firm's: whoever dies in between has kept a file that only its uploader sees."""
    if not document.is_stored:
        content = world.content_store.uploaded(document)
        try:
            check_logo(document.media_type, content or b"")
        except BadLogo as wrong:
            raise _refused(wrong.code, str(wrong)) from None
    kept = taken_up(world, document, None) if not document.is_stored else document
    if kept is None or not kept.is_stored:
        raise _refused("not_uploaded", "The document was announced and never uploaded.")
    ours = replace(kept, of_firm=True, version=kept.version + 1)
    world.documents.save(ours)
    return ours


def _refused(code: str, words: str) -> Invalid:
    return Invalid("The settings cannot be used.", FieldError(_FIELD, code, words))
