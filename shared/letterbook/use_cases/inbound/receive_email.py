"""Takes in an email: finds whom it is from and what it answers, keeps all of it, and tells somebody that it is there.

The same mail may be handed over any number of times, by a process that died half-way too: its id is made of the mail itself, so
whatever was done already is done again in its own place, and it enters the log once.
"""

import logging
from dataclasses import replace
from datetime import datetime

from letterbook.domain.authorship import Author, asked_elsewhere, author_of
from letterbook.domain.channels import Channel
from letterbook.domain.communication import (
    SYSTEM,
    Attachment,
    Communication,
)
from letterbook.domain.errors import IdempotencyKeyConflict
from letterbook.domain.ids import Kind, id_from
from letterbook.domain.inbound_email import InboundEmail, InboundFile, strip_reply_token
from letterbook.domain.mail_reports import MailReport
from letterbook.domain.party import Document
from letterbook.domain.pictures import content_ids
from letterbook.domain.receipts import Signal
from letterbook.domain.recipients import folded, same_address
from letterbook.domain.templates import Rendered
from letterbook.domain.todos import NOT_DELIVERED
from letterbook.ports import World
from letterbook.use_cases.inbound.answers import (
    MAIL,
    Answer,
    Correspondent,
    find_answered,
    find_by_token,
    find_correspondent,
    is_known,
)
from letterbook.use_cases.inbound.copies import MAX_RECIPIENTS, find_copy, join, key_of, recipients_of
from letterbook.use_cases.inbound.enter import Arrival, enter
from letterbook.use_cases.inbound.mail_reports import find_reported, record_report, says_failure
from letterbook.use_cases.messages.attachments import store

logger = logging.getLogger(__name__)

# As long as a value of an entry's metadata may be.
_LONGEST_NOTE = 500


def receive_email(world: World, key: str) -> Communication | None:
    """The entry that the mail became; None for mail that is not there, is our own, or that nobody wants.

    What is not taken in stays where it came in, until that place forgets it.
    """
    mail = world.inbound_mailbox.fetch(key)
    if mail is None:
        logger.warning("mail is gone", extra={"key": key})
        return None
    communication_id = id_from(Kind.COMMUNICATION, mail.at, mail.raw)
    known = world.communications.get(communication_id)
    if known:
        return known
    copy = find_copy(world, mail)
    if copy:
        return join(world, copy, mail)
    by_token = find_by_token(world, mail)
    author = _author(world, mail, by_token)
    if author is None:
        logger.warning("mail left aside", extra={"key": key, "why": "our own"})
        return None
    attributed = _as_written_by(author, mail)
    answer = find_answered(world, attributed, by_token)
    if answer.to is None and _is_spam_of_stranger(world, attributed):
        logger.warning("mail left aside", extra={"key": key, "why": "spam of a stranger"})
        return None
    if attributed.report:
        attributed, answer = _take_report(world, attributed, attributed.report, answer, communication_id)
    correspondent = find_correspondent(world, attributed, author, answer)
    communication = _enter(world, communication_id, mail, attributed, correspondent, answer)
    logger.info("received", extra={"communication_id": communication.id, "answer": answer.to is not None})
    return communication


def _author(world: World, mail: InboundEmail, by_token: Communication | None) -> Author | None:
    ours = [one.address for one in world.settings.current().senders]

    def is_ours(address: str) -> bool:
        return any(same_address(address, one) for one in ours)

    return author_of(
        mail,
        is_ours=is_ours,
        is_known=lambda address: is_ours(address) or is_known(world, address),
        by_token=by_token is not None,
    )


def _as_written_by(author: Author, mail: InboundEmail) -> InboundEmail:
    asked = [one.address for one in mail.reply_to]
    signals = (
        mail.signals
        | ({Signal.FORGED} if author.forged else set())
        | ({Signal.REPLY_ELSEWHERE} if asked_elsewhere(author.address or mail.sender, asked) else set())
    )
    return replace(mail, sender=author.address or mail.sender, sender_name=author.name, signals=signals)


def _is_spam_of_stranger(world: World, mail: InboundEmail) -> bool:
    """A report that looks like spam is somebody's to do all the same: it may be of ours."""
    unwanted = Signal.SPAM in mail.signals and mail.report is None
    return unwanted and bool(mail.sender) and not is_known(world, mail.sender)


def _take_report(
    world: World, mail: InboundEmail, report: MailReport, answer: Answer, report_id: str
) -> tuple[InboundEmail, Answer]:
    """What it tells is recorded first: whoever dies afterwards takes the report in again, and records nothing twice."""
    reported = find_reported(world, mail, report, answer)
    if reported:
        record_report(world, mail, report, reported, report_id)
        return mail, Answer(to=world.communications.get(reported.id) or reported)
    if not says_failure(report):
        return mail, answer
    return replace(mail, signals=mail.signals | {Signal.REPORT_UNMATCHED}), answer


def _enter(
    world: World,
    communication_id: str,
    came: InboundEmail,
    mail: InboundEmail,
    correspondent: Correspondent,
    answer: Answer,
) -> Communication:
    """`mail` is what `came`, as it was written by its author."""
    attachments = _documents(world, communication_id, mail)
    arrival = Arrival(
        id=communication_id,
        channel=Channel.EMAIL,
        sender=mail.sender,
        recipients=recipients_of(mail),
        rendered=Rendered(subject=mail.subject, text=mail.text, html=mail.html),
        original=world.content_store.put_original(communication_id, mail.raw),
        attachments=attachments,
        provider=MAIL,
        reference=mail.message_id or None,
        signals=mail.signals,
        reply_to=_reply_to(mail),
        metadata=_metadata(mail),
        fingerprint=came.fingerprint,
    )
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
    return {name: words[:_LONGEST_NOTE] for name, words in said.items() if words}


def _documents(world: World, communication_id: str, mail: InboundEmail) -> tuple[Attachment, ...]:
    """The files as documents of the entry, seen with it."""
    shown = content_ids(mail.html or "")
    kept = [_document(world, communication_id, mail.at, place, one) for place, one in enumerate(mail.enclosed)]
    return tuple(
        replace(document, content_id=one.content_id) if one.content_id in shown else document
        for document, one in zip(kept, mail.enclosed, strict=True)
    )


def _document(world: World, communication_id: str, at: datetime, place: int, enclosed: InboundFile) -> Attachment:
    document = Document(
        id=id_from(Kind.DOCUMENT, at, f"{communication_id} {place}".encode()),
        name=enclosed.name,
        media_type=enclosed.media_type,
        bytes=len(enclosed.content),
        communication_id=communication_id,
        created_by=SYSTEM.id,
        created_at=world.now(),
    )
    return store(world, document, enclosed.content)
