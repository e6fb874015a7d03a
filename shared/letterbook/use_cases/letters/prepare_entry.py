"""Makes the document of an entry that goes on paper, and sets the entry going as was decided about it when it was accepted.

What if the process dies
- before the document is kept: the queue delivers again, and nothing is there yet;
- between document and entry: the same letter makes the same document under the same id, which is found and taken;
- after the entry was written: it is not `generating` any more, and nothing is made again.
Whatever is left lying, the sweep orders again.
"""

import logging
from dataclasses import replace

from letterbook.domain.communication import SYSTEM, Attachment, Communication
from letterbook.domain.departure import EVENT_OF, delivery_state, reason_told, scheduled_for, status_of
from letterbook.domain.errors import CorruptContent
from letterbook.domain.failures import FailureText
from letterbook.domain.ids import Kind, id_from
from letterbook.domain.letter import Letter, TypesettingFailed
from letterbook.domain.party import Document
from letterbook.domain.status import Status
from letterbook.domain.transitions import Change, transitioned
from letterbook.ports import World
from letterbook.use_cases.delivery.document_failed import document_failed
from letterbook.use_cases.delivery.enqueue import enqueue
from letterbook.use_cases.directory.attachments import store
from letterbook.use_cases.support.update import update_communication

logger = logging.getLogger(__name__)

_NAME, _MEDIA_TYPE = "Letter.pdf", "application/pdf"


def prepare_entry(world: World, communication_id: str) -> None:
    """Does nothing for an entry that waits for no document: it has it, or was cancelled.

    A letter that cannot be made fails its entry, in words. Raises whatever else keeps it from being made: the queue then delivers
    the order again.
    """
    communication = world.communications.get(communication_id)
    if communication is None or communication.entry.status is not Status.GENERATING:
        logger.info("nothing to prepare", extra={"communication_id": communication_id})
        return
    try:
        letter = world.content_store.content(communication.content).letter
        made = [_document_of(world, communication, letter)] if letter else []
    except (TypesettingFailed, CorruptContent) as failed:
        logger.exception("no document can be made", extra={"communication_id": communication_id})
        why = _why(failed)
        update_communication(world, communication_id, lambda standing: document_failed(standing, why, world.now()))
        return
    done = update_communication(world, communication_id, lambda standing: _prepared(world, standing, made))
    if done:
        enqueue(world, done.after)


def _document_of(world: World, communication: Communication, letter: Letter) -> Attachment:
    """As a document of the entry, seen with it. Made again for the same entry, it is the same document."""
    entry = communication.entry
    document_id = id_from(Kind.DOCUMENT, entry.created_at, f"{entry.id} letter".encode())
    typeset = world.typesetter.pdf(letter)
    logger.info(
        "typeset", extra={"communication_id": entry.id, "pages": typeset.pages, "missing": len(typeset.missing)}
    )
    document = Document(
        id=document_id,
        name=_NAME,
        media_type=_MEDIA_TYPE,
        bytes=len(typeset.content),
        communication_id=entry.id,
        created_by=SYSTEM.id,
        created_at=world.now(),
    )
    return store(world, document, typeset.content)


def _prepared(world: World, standing: Communication, made: list[Attachment]) -> Change | None:
    """With its document, where its decision leads; the sender's time to take it back runs on."""
    if standing.entry.status is not Status.GENERATING:
        return None
    now, decision, work = world.now(), standing.entry.decision, standing.work
    status = status_of(decision)
    entry = replace(
        standing.entry,
        attachments=(*made, *standing.entry.attachments),
        scheduled_for=scheduled_for(status, decision),
    )
    state = delivery_state(status, decision, now, work.not_before or now, work.only_by)
    return transitioned(
        standing,
        status,
        at=now,
        event=EVENT_OF[status] if status is not Status.QUEUED else "prepared",
        note=reason_told(status, decision),
        after=replace(standing, entry=entry, work=state),
    )


def _why(failed: TypesettingFailed | CorruptContent) -> FailureText:
    if isinstance(failed, CorruptContent):
        return FailureText("What it says was damaged after it was accepted.", "Write it again.")
    return FailureText(f"No letter can be made of it: {failed}", "Change its text, then send again.")
