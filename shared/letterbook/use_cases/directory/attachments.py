"""Looks at documents, and takes them up into the content store, so that what is attached is what was looked at and can never
change.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from letterbook.domain.communication import Attachment
from letterbook.domain.errors import ConcurrentUpdate, Conflict, FieldError, Invalid
from letterbook.domain.history import AuditEvent
from letterbook.domain.party import Document
from letterbook.parallel import each
from letterbook.ports import World
from letterbook.retry import retry_on_conflict

_CHANGED = "document_changed"


def look_at(world: World, documents: Sequence[Document], digests: Mapping[str, str]) -> tuple[Document, ...]:
    """The documents, each with the digest of its content, which is read once and remembered.

    Raises Invalid for one that was announced and never uploaded, Conflict `document_changed` for one whose digest is not that of
    `digests`.
    """
    looked: list[Document] = []
    faults: list[FieldError] = []
    for place, document in enumerate(documents):
        known = looked_at(world, document)
        if known is None:
            faults.append(_not_uploaded(place))
        elif known.bytes != document.bytes:
            faults.append(_of_another_size(place, document, known))
        else:
            looked.append(known)
    if faults:
        raise Invalid("Not every attachment is there.", *faults)
    _must_be_as_looked_at(looked, digests)
    return tuple(looked)


def looked_at(world: World, document: Document) -> Document | None:
    """The document with its digest, and the size it has in truth; None when nothing was uploaded."""
    if document.sha256:
        return document
    stored = world.content_store.look_at(document)
    if stored is None:
        return None
    if stored.bytes != document.bytes:
        return replace(document, bytes=stored.bytes)
    return _saved(
        world,
        document,
        lambda standing: (
            None if standing.sha256 else replace(standing, staged_version=stored.object_version, sha256=stored.sha256)
        ),
    )


def gather(world: World, documents: Sequence[Document]) -> tuple[tuple[Document, ...], tuple[str, ...]]:
    """Those that are there, and the names of those that were announced and not uploaded yet."""
    looked = [(one, looked_at(world, one)) for one in documents]
    there = tuple(one for one, known in looked if known)
    return there, tuple(one.name for one, known in looked if known is None)


def pin(
    world: World, documents: Sequence[Document], digests: Mapping[str, str], communication_id: str
) -> tuple[Attachment, ...]:
    """The documents as attachments of that communication, each pinned by version and digest.

    One that belongs to nobody yet belongs to the communication from now on, and is seen with it. Raises Invalid, and Conflict
    `document_changed` before anything was taken up.
    """
    asked = [one for one in documents if one.id in digests]
    known = {one.id: one for one in (looked_at(world, document) for document in asked) if one}
    documents = [known.get(one.id, one) for one in documents]
    _must_be_as_looked_at(documents, digests)
    taken: list[Attachment] = []
    faults: list[FieldError] = []
    keep = partial(_kept, world, communication_id)
    for place, (document, pinned) in enumerate(zip(documents, each(keep, documents), strict=True)):
        if pinned is None:
            faults.append(_not_uploaded(place))
        elif pinned.bytes != document.bytes:
            faults.append(_of_another_size(place, document, pinned))
        else:
            taken.append(attachment_of(pinned))
    if faults:
        raise Invalid("Not every attachment is there.", *faults)
    return tuple(taken)


def _kept(world: World, communication_id: str, document: Document) -> Document | None:
    """None for one that was never uploaded; of another size for one that was uploaded so."""
    if document.is_stored:
        return _owned(world, document, communication_id)
    return taken_up(world, document, communication_id)


def _must_be_as_looked_at(documents: Sequence[Document], digests: Mapping[str, str]) -> None:
    """What has no digest was never uploaded, or in another size: that is told where it is attached."""
    faults = [
        FieldError(f"attachments.{place}", _CHANGED, f"{document.name} is not the file that was looked at.")
        for place, document in enumerate(documents)
        if document.sha256 and digests.get(document.id, document.sha256) != document.sha256
    ]
    if faults:
        raise Conflict("What is attached is not what was looked at. Look at it again.", *faults, code=_CHANGED)


def taken_up(
    world: World, document: Document, communication_id: str | None, event: AuditEvent | None = None
) -> Document | None:
    """The document as it is kept for good, of another size where it was uploaded so; None where it was not.

    The `event` is told with it, once.
    """
    stored = world.content_store.store_upload(document)
    if stored is None:
        return None
    if stored.bytes != document.bytes:
        return replace(document, bytes=stored.bytes)

    def kept(standing: Document) -> Document | None:
        if standing.is_stored:
            return None
        owned = standing.party_id or standing.case_id
        return replace(
            standing,
            object_version=stored.object_version,
            sha256=stored.sha256,
            communication_id=None if owned else communication_id,
        )

    return _saved(world, document, kept, event)


def _saved(
    world: World,
    document: Document,
    change: Callable[[Document], Document | None],
    event: AuditEvent | None = None,
) -> Document:
    """The document as `change` makes it, which answers None where nothing is left to do, as when somebody else did it meanwhile.

    Raises ConcurrentUpdate when others keep writing.
    """
    known: Document | None = document

    def attempt() -> Document:
        nonlocal known
        current, known = known or world.documents.get(document.id) or document, None
        changed = change(current)
        if changed is None:
            return current
        changed = replace(changed, version=current.version + 1)
        world.documents.save(changed, event=event)
        return changed

    return retry_on_conflict(attempt)


def _owned(world: World, document: Document, communication_id: str) -> Document:
    """It may belong to an entry that was never committed, because its maker died before: then it is this one's."""
    if document.communication_id is None or world.communications.get(document.communication_id):
        return document
    adopted = replace(document, communication_id=communication_id, version=document.version + 1)
    try:
        world.documents.save(adopted)
    except ConcurrentUpdate:
        return document
    return adopted


def store(world: World, document: Document, content: bytes) -> Attachment:
    """A document that we make ourselves, or that came in, whose id is made of what it is: kept again, it is the same one."""
    stored = world.content_store.store(document, content)
    kept = replace(document, object_version=stored.object_version, sha256=stored.sha256)
    try:
        world.documents.save(kept)
    except ConcurrentUpdate:
        kept = world.documents.get(document.id) or kept
    return attachment_of(kept)


def attachment_of(document: Document) -> Attachment:
    """What was taken up, pinned."""
    return Attachment(
        id=document.id,
        name=document.name,
        bytes=document.bytes,
        media_type=document.media_type,
        object_version=document.object_version or "",
        sha256=document.sha256 or "",
    )


def _of_another_size(place: int, announced: Document, found: Document) -> FieldError:
    what = f"{announced.bytes} bytes were announced, {found.bytes} uploaded."
    return FieldError(f"attachments.{place}", "size_mismatch", what)


def _not_uploaded(place: int) -> FieldError:
    return FieldError(f"attachments.{place}", "not_uploaded", "The document was announced and never uploaded.")
