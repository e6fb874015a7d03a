"""What a mail becomes in the log: its words, its files as documents, and what of it is only in the original."""

from dataclasses import replace

from letterbook.domain.channels import Channel
from letterbook.domain.communication import SYSTEM, Attachment, Communication
from letterbook.domain.errors import IdempotencyKeyConflict
from letterbook.domain.ids import Kind, id_from
from letterbook.domain.inbound_email import InboundEmail, InboundFile, strip_reply_token
from letterbook.domain.party import Document
from letterbook.domain.pictures import content_ids
from letterbook.domain.receipts import Signal
from letterbook.domain.recipients import folded, same_address
from letterbook.domain.templates import Rendered
from letterbook.domain.todos import NOT_DELIVERED
from letterbook.ports import World
from letterbook.use_cases.directory.attachments import store
from letterbook.use_cases.inbound.answers import MAIL, Answer, Correspondent
from letterbook.use_cases.inbound.copies import MAX_RECIPIENTS, find_copy, join, key_of, recipients_of
from letterbook.use_cases.inbound.enter import Arrival, enter

# As long as a value of an entry's metadata may be.
LONGEST_NOTE = 500


def arrival_of(world: World, communication_id: str, mail: InboundEmail) -> Arrival:
    """Its files are kept by then, and the mail as it came."""
    return Arrival(
        id=communication_id,
        channel=Channel.EMAIL,
        sender=mail.sender,
        recipients=recipients_of(mail),
        rendered=Rendered(subject=mail.subject, text=mail.text, html=mail.html),
        original=world.content_store.put_original(communication_id, mail.raw),
        attachments=_documents(world, communication_id, mail),
        provider=MAIL,
        reference=mail.message_id or None,
        signals=mail.signals,
        reply_to=_reply_to(mail),
        metadata=_metadata(mail),
    )


def enter_once(
    world: World, arrival: Arrival, correspondent: Correspondent, answer: Answer, came: InboundEmail
) -> Communication:
    """The entry of the mail that `came`; where a copy of it is faster, the copy's, joined by this one."""
    arrival = replace(arrival, fingerprint=came.fingerprint)
    try:
        return enter(world, arrival, correspondent, answer, key_of(came))
    except IdempotencyKeyConflict:
        copy = find_copy(world, came)
        if copy is None:
            raise
        return join(world, copy, came)


def _reply_to(mail: InboundEmail) -> str | None:
    """Where its sender wants answers to go, where that is elsewhere."""
    asked = [strip_reply_token(one.address) for one in mail.reply_to]
    elsewhere = any(not same_address(one, mail.sender) for one in asked)
    return ", ".join(asked) if elsewhere else None


def _metadata(mail: InboundEmail) -> dict[str, str]:
    """What an entry says of its mail where not all of it is shown, or nobody can tell what it is about."""
    recipients = len({folded(one) for one in (*mail.to, *mail.cc, *mail.handed_over_for)})
    unread = [*mail.unread, *(["recipients"] if recipients > MAX_RECIPIENTS else [])]
    reported = [] if mail.report is None else [f"{one.address} {one.status}".strip() for one in mail.report.recipients]
    said = {
        "files_left_out": str(mail.left_out) if mail.left_out else "",
        "left_unread": ", ".join(unread),
        NOT_DELIVERED: ", ".join(reported) if Signal.REPORT_UNMATCHED in mail.signals else "",
    }
    return {name: words[:LONGEST_NOTE] for name, words in said.items() if words}


def _documents(world: World, communication_id: str, mail: InboundEmail) -> tuple[Attachment, ...]:
    """The files as documents of the entry, seen with it."""
    shown = content_ids(mail.html or "")
    kept = [_document(world, communication_id, mail, place, one) for place, one in enumerate(mail.enclosed)]
    return tuple(
        replace(document, content_id=one.content_id) if one.content_id in shown else document
        for document, one in zip(kept, mail.enclosed, strict=True)
    )


def _document(world: World, communication_id: str, mail: InboundEmail, place: int, enclosed: InboundFile) -> Attachment:
    document = Document(
        id=id_from(Kind.DOCUMENT, mail.at, f"{communication_id} {place}".encode()),
        name=enclosed.name,
        media_type=enclosed.media_type,
        bytes=len(enclosed.content),
        communication_id=communication_id,
        created_by=SYSTEM.id,
        created_at=world.now(),
    )
    return store(world, document, enclosed.content)
