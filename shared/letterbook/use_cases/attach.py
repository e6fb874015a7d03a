"""Takes documents up into the vault, so that what is attached can never change."""

from collections.abc import Sequence
from dataclasses import replace

from letterbook.domain.communication import Attachment
from letterbook.domain.errors import Fault, Invalid, Moved
from letterbook.domain.party import Document
from letterbook.ports import World


def missing(world: World, documents: Sequence[Document]) -> list[Fault]:
    """A fault for each document that was announced and never uploaded."""
    return [
        _not_uploaded(place)
        for place, document in enumerate(documents)
        if not document.taken_up and not world.vault.uploaded(document)
    ]


def attach(world: World, documents: Sequence[Document], communication_id: str) -> tuple[Attachment, ...]:
    """The documents as attachments of that communication, each pinned by version and digest.

    One that belongs to nobody yet belongs to the communication from now on, and is seen with it. Raises Invalid.
    """
    taken: list[Attachment] = []
    faults: list[Fault] = []
    for place, document in enumerate(documents):
        pinned = (
            _owned(world, document, communication_id)
            if document.taken_up
            else _taken_up(world, document, communication_id)
        )
        if pinned is None:
            faults.append(_not_uploaded(place))
        elif pinned.bytes != document.bytes:
            what = f"{document.bytes} bytes were announced, {pinned.bytes} uploaded."
            faults.append(Fault(f"attachments.{place}", "size_mismatch", what))
        else:
            taken.append(_attachment(pinned))
    if faults:
        raise Invalid("Not every attachment is there.", *faults)
    return tuple(taken)


def _taken_up(world: World, document: Document, communication_id: str) -> Document | None:
    stored = world.vault.take_up(document)
    if stored is None:
        return None
    if stored.bytes != document.bytes:
        return replace(document, bytes=stored.bytes)
    owned = document.party_id or document.case_id
    pinned = replace(
        document,
        object_version=stored.object_version,
        sha256=stored.sha256,
        communication_id=None if owned else communication_id,
        version=document.version + 1,
    )
    try:
        world.directory.save_document(pinned)
    except Moved:
        return world.directory.document(document.id)
    return pinned


def _owned(world: World, document: Document, communication_id: str) -> Document:
    """It may belong to an entry that was never committed, because its maker died before: then it is this one's."""
    if document.communication_id is None or world.log.get(document.communication_id):
        return document
    adopted = replace(document, communication_id=communication_id, version=document.version + 1)
    try:
        world.directory.save_document(adopted)
    except Moved:
        return document
    return adopted


def keep(world: World, document: Document, content: bytes) -> Attachment:
    """A document that we make ourselves, or that came in, whose id is made of what it is: kept again, it is the same one."""
    stored = world.vault.keep(document, content)
    kept = replace(document, object_version=stored.object_version, sha256=stored.sha256)
    try:
        world.directory.save_document(kept)
    except Moved:
        kept = world.directory.document(document.id) or kept
    return _attachment(kept)


def _attachment(document: Document) -> Attachment:
    return Attachment(
        id=document.id,
        name=document.name,
        bytes=document.bytes,
        media_type=document.media_type,
        object_version=document.object_version or "",
        sha256=document.sha256 or "",
    )


def _not_uploaded(place: int) -> Fault:
    return Fault(f"attachments.{place}", "not_uploaded", "The document was announced and never uploaded.")
