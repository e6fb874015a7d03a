"""Brings an entry what it waits for, its data and then its document, and sets it going as was decided when it was accepted.

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
from letterbook.domain.letter import TypesettingFailed
from letterbook.domain.party import PDF, Document
from letterbook.domain.post import PostOptions, PrintMode
from letterbook.domain.receipts import Signal
from letterbook.domain.status import Status
from letterbook.domain.transitions import Change, transitioned
from letterbook.ports import UnusablePdf, World
from letterbook.use_cases.delivery.document_failed import document_failed
from letterbook.use_cases.delivery.enqueue import enqueue
from letterbook.use_cases.directory.attachments import store
from letterbook.use_cases.letters.collect import collect
from letterbook.use_cases.support.update import update_communication

logger = logging.getLogger(__name__)

_NAME = "Letter.pdf"


def prepare_entry(world: World, communication_id: str) -> None:
    """Collects what it waits for, makes its document, and sets it going.

    Does nothing for an entry that waits for nothing any more, or was cancelled; what cannot be made fails its entry, in words.
    Raises whatever else keeps it from being made: the queue then delivers the order again.
    """
    communication = world.communications.get(communication_id)
    try:
        if communication and communication.entry.status is Status.COLLECTING:
            communication = collect(world, communication)
        if communication and communication.entry.status is Status.GENERATING:
            communication = _generate(world, communication)
    except (TypesettingFailed, UnusablePdf, CorruptContent) as failed:
        logger.exception("no document can be made", extra={"communication_id": communication_id})
        why = _why(failed)
        update_communication(world, communication_id, lambda standing: document_failed(standing, why, world.now()))
        return
    if communication:
        enqueue(world, communication)


def _generate(world: World, communication: Communication) -> Communication | None:
    """The entry with its document, which is the letter that was written, or the file that was given to be sent as it is.

    None where somebody else was faster.
    """
    letter = world.content_store.content(communication.content).letter
    typeset = world.typesetter.pdf(letter) if letter else None
    if _is_printed(communication):
        content = _printed(world, communication, typeset.content if typeset else None)
    elif typeset:
        content = typeset.content
    else:
        world.pdf_reader.pages(world.content_store.attachment(communication.entry.attachments[0]))
        content = None
    made = [_kept(world, communication, content)] if content else []
    missing = typeset.missing if typeset else ()
    logger.info("document made", extra={"communication_id": communication.id, "missing": len(missing)})
    done = update_communication(world, communication.id, lambda standing: _prepared(world, standing, made, missing))
    return done.after if done else None


def _is_printed(communication: Communication) -> bool:
    """Whether a provider prints it: who posts it by hand puts into the envelope whatever goes with it."""
    entry = communication.entry
    return entry.channel.spec.is_posted and status_of(entry.decision) in (Status.QUEUED, Status.SCHEDULED)


def _printed(world: World, communication: Communication, letter: bytes | None) -> bytes | None:
    """All that is printed, the enclosures behind the letter; None where that is a file that is there already."""
    files = [(_NAME, letter)] if letter else []
    files += [(one.name, world.content_store.attachment(one)) for one in communication.entry.attachments]
    options = communication.post or PostOptions()
    printed = world.pdf_reader.printable(files, both_sides=options.print_mode is PrintMode.DUPLEX)
    return printed if letter or len(files) > 1 else None


def _kept(world: World, communication: Communication, content: bytes) -> Attachment:
    """As a document of the entry, seen with it. Made again for the same entry, it is the same document."""
    entry = communication.entry
    document = Document(
        id=id_from(Kind.DOCUMENT, entry.created_at, f"{entry.id} letter".encode()),
        name=_NAME,
        media_type=PDF,
        bytes=len(content),
        communication_id=entry.id,
        created_by=SYSTEM.id,
        created_at=world.now(),
    )
    return store(world, document, content)


def _prepared(world: World, standing: Communication, made: list[Attachment], missing: tuple[str, ...]) -> Change | None:
    """With its document, where its decision leads; the sender's time to take it back runs on."""
    if standing.entry.status is not Status.GENERATING:
        return None
    now, decision, work = world.now(), standing.entry.decision, standing.work
    status = status_of(decision)
    entry = replace(
        standing.entry,
        attachments=(*made, *standing.entry.attachments),
        scheduled_for=scheduled_for(status, decision),
        signals=standing.entry.signals | ({Signal.MISSING_CHARACTERS} if missing else frozenset()),
    )
    state = delivery_state(status, decision, now, work.not_before or now, work.only_by)
    return transitioned(
        standing,
        status,
        at=now,
        event=EVENT_OF[status] if status is not Status.QUEUED else "prepared",
        note=reason_told(status, decision),
        after=replace(standing, entry=entry, missing_characters=missing, work=state),
    )


def _why(failed: TypesettingFailed | UnusablePdf | CorruptContent) -> FailureText:
    if isinstance(failed, CorruptContent):
        return FailureText("What it says was damaged after it was accepted.", "Write it again.")
    if isinstance(failed, UnusablePdf):
        return FailureText(f"The file cannot be sent as a letter: {failed}", "Choose another PDF, then send again.")
    return FailureText(f"No letter can be made of it: {failed}", "Change its text, then send again.")
