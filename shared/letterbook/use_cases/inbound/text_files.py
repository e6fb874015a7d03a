"""The files that came with a text message: fetched from the provider and kept as documents of the entry, once each.

Which are missing the entry says until they are there. What if the process dies: the message is handed over again, and what was
fetched is known by its id, which is made of the entry's and its place.
"""

import logging
from dataclasses import replace

from letterbook.domain.communication import SYSTEM, Attachment, Communication
from letterbook.domain.errors import Permanent, ProviderError
from letterbook.domain.failures import FailureCode
from letterbook.domain.ids import Kind, id_from
from letterbook.domain.inbound_text import MOST_FILE_BYTES, MOST_FILES, InboundMedia, InboundText, file_name, plain_type
from letterbook.domain.party import Document
from letterbook.domain.receipts import Signal
from letterbook.domain.transitions import Change, updated
from letterbook.ports import World
from letterbook.use_cases.directory.attachments import store
from letterbook.use_cases.support.update import update_communication

logger = logging.getLogger(__name__)

# Where what came in says how many of its files are not there (its metadata).
FILES_LEFT_OUT = "files_left_out"


def fetch_files(world: World, communication: Communication, message: InboundText) -> None:
    """What is too large, of a kind that is not kept, or gone, stays missing.

    Raises ProviderError where a file may be had later: when its provider is back, or our account is put right.
    """
    there = {one.id for one in communication.entry.attachments}
    found: list[Attachment] = []
    late: ProviderError | None = None
    for place, media in enumerate(message.media[:MOST_FILES]):
        document_id = _document_id(communication, place)
        if document_id in there:
            continue
        try:
            fetched = _fetch(world, message.provider, media)
        except ProviderError as error:
            # The others are at the same provider: nobody waits for each of them in vain.
            late = error
            break
        if fetched:
            found.append(_keep(world, communication, document_id, place, *fetched))
    if found:
        update_communication(world, communication.id, lambda now: _with_files(world, now, found, len(message.media)))
    if late:
        raise late


def _document_id(communication: Communication, place: int) -> str:
    return id_from(Kind.DOCUMENT, communication.entry.occurred_at, f"{communication.id} {place}".encode())


def _fetch(world: World, provider: str, media: InboundMedia) -> tuple[str, bytes] | None:
    """Its kind and its bytes; None for what is not kept. Raises ProviderError for what may be had later."""
    try:
        media_type, content = world.providers.media(provider, media.url, MOST_FILE_BYTES)
    except (Permanent, ValueError) as error:
        if isinstance(error, Permanent) and error.reason is FailureCode.CONFIG:
            raise
        logger.warning("a file is left out", extra={"provider": provider, "class": type(error).__name__})
        return None
    kind = plain_type(media_type)
    if file_name(0, kind) is None or len(content) > MOST_FILE_BYTES:
        logger.warning("a file is left out", extra={"provider": provider, "class": "kind or size"})
        return None
    return kind, content


def _keep(
    world: World, communication: Communication, document_id: str, place: int, media_type: str, content: bytes
) -> Attachment:
    document = Document(
        id=document_id,
        name=file_name(place, media_type) or document_id,
        media_type=media_type,
        bytes=len(content),
        communication_id=communication.id,
        created_by=SYSTEM.id,
        created_at=world.now(),
    )
    return store(world, document, content)


def _with_files(world: World, current: Communication, found: list[Attachment], of: int) -> Change | None:
    """They stand in the order of their names, which is the order they came in, whoever fetched which."""
    there = {one.id: one for one in (*current.entry.attachments, *found)}
    if current.deleted or len(there) == len(current.entry.attachments):
        return None
    attachments = tuple(sorted(there.values(), key=lambda one: _number(one.name)))
    missing = of - len(attachments)
    said = {name: value for name, value in current.metadata.items() if name != FILES_LEFT_OUT}
    metadata = said | ({FILES_LEFT_OUT: str(missing)} if missing > 0 else {})
    signals = current.entry.signals if missing > 0 else current.entry.signals - {Signal.FILES_MISSING}
    after = replace(current, entry=replace(current.entry, attachments=attachments, signals=signals), metadata=metadata)
    note = ", ".join(one.name for one in found)
    return updated(current, after, at=world.now(), event="files came", note=note)


def _number(name: str) -> int:
    digits = "".join(one for one in name.partition(".")[0] if one.isdigit())
    return int(digits or 0)
