"""Takes in an email: finds whom it is from and what it answers, keeps all of it, and tells somebody that it is there.

The same mail may be handed over any number of times, by a process that died half-way too: its id is made of the mail itself, so
whatever was done already is done again in its own place, and it enters the log once.
"""

import logging
from dataclasses import dataclass, replace
from datetime import datetime

from letterbook.domain.communication import (
    SYSTEM,
    Attachment,
    Channel,
    Communication,
    Direction,
    Entry,
    PartyRef,
    Recipient,
    RecipientRole,
    preview_of,
)
from letterbook.domain.errors import KeyTaken, Moved
from letterbook.domain.history import Deed
from letterbook.domain.ids import Kind, id_from, new_id
from letterbook.domain.mail import Enclosed, Mail, named_by, without_token
from letterbook.domain.moves import begun
from letterbook.domain.party import Contact, Document, Party, PartyKind
from letterbook.domain.receipts import Signal
from letterbook.domain.recipients import same_address
from letterbook.domain.status import Status
from letterbook.domain.templates import Rendered
from letterbook.ports import Content, IdempotencyKey, Wanted, World
from letterbook.use_cases.attach import keep
from letterbook.use_cases.enter import enter
from letterbook.use_cases.remember import committed_by
from letterbook.use_cases.reply import thread_of

logger = logging.getLogger(__name__)

# Who carried what came in by mail; its reference is the mail's own Message-ID.
MAIL = "mail"
_MOST_LOOKED_UP = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Correspondent:
    """Whom a mail is from, as far as the directory knows."""

    party_id: str
    contact_id: str | None = None


def receive(world: World, key: str) -> Communication | None:
    """The entry that the mail became; None for mail that is not there, is our own, or that nobody wants.

    What is not taken in stays where it came in, until that place forgets it.
    """
    mail = world.mailbox.fetch(key)
    if mail is None:
        logger.warning("mail is gone", extra={"key": key})
        return None
    communication_id = id_from(Kind.COMMUNICATION, mail.at, mail.raw)
    known = world.log.get(communication_id)
    if known:
        return known
    answered = _answered(world, mail)
    unwanted = _unwanted(world, mail, answered)
    if unwanted:
        logger.warning("mail left aside", extra={"key": key, "why": unwanted})
        return None
    correspondent = _correspondent(world, mail, answered) or _newcomer(world, mail)
    communication = _enter(world, communication_id, mail, correspondent, answered)
    logger.info("received", extra={"communication_id": communication.id, "answer": answered is not None})
    return communication


def _unwanted(world: World, mail: Mail, answered: Communication | None) -> str:
    """Why it is not taken in; empty for what is."""
    if any(same_address(mail.sender, sender.address) for sender in world.library.organisation().senders):
        return "our own"
    if answered:
        return ""
    if not mail.sender:
        return "no sender"
    stranger = not world.directory.at_address(mail.sender)
    return "spam of a stranger" if Signal.SPAM in mail.signals and stranger else ""


def _answered(world: World, mail: Mail) -> Communication | None:
    """By the token, else by the Message-IDs it names, the nearest first."""
    by_token = world.replies.communication(mail.addressed)
    found = _standing(world, by_token) if by_token else None
    if found:
        return found
    for message_id in mail.answers[:_MOST_LOOKED_UP]:
        found = _named(world, mail, message_id)
        if found:
            return found
    return None


def _named(world: World, mail: Mail, message_id: str) -> Communication | None:
    """Ours nobody can guess. A stranger's id is no secret: it counts only for who took part in that mail."""
    own = named_by(message_id)
    given = world.providers.reference(message_id)
    communication_id = own or (world.log.find(*given) if given else None)
    if communication_id:
        return _standing(world, communication_id)
    communication_id = world.log.find(MAIL, message_id)
    found = _standing(world, communication_id) if communication_id else None
    if found is None:
        return None
    took_part = (found.entry.sender, *(one.address for one in found.entry.recipients))
    return found if any(same_address(mail.sender, one) for one in took_part) else None


def _standing(world: World, communication_id: str) -> Communication | None:
    found = world.log.get(communication_id)
    return found if found and not found.deleted and found.entry.status is not Status.DRAFT else None


def _correspondent(world: World, mail: Mail, answered: Communication | None) -> Correspondent | None:
    """The party that is answered for; else who has the address, and of several the one last spoken with."""
    at_address = world.directory.at_address(mail.sender) if mail.sender else ()
    if answered:
        entry = answered.entry
        own = next((contact for party_id, contact in at_address if party_id == entry.party.id and contact), None)
        return Correspondent(party_id=entry.party.id, contact_id=own)
    candidates = dict(reversed(at_address))
    if not candidates:
        return None
    party_id = max(candidates, key=lambda one: world.log.latest(one) or "")
    return Correspondent(party_id=party_id, contact_id=candidates[party_id])


def _newcomer(world: World, mail: Mail) -> Correspondent:
    """Who writes for the first time becomes a party: somebody can tell us more about them, and nothing they wrote is lost."""
    party = Party(
        id=new_id(Kind.PARTY, world.now()),
        kind=PartyKind.CUSTOMER,
        name=mail.sender_name or mail.sender,
        email=mail.sender,
        created_at=world.now(),
    )
    once = IdempotencyKey(user=SYSTEM.id, route="receive", key=mail.sender.casefold(), digest="")
    try:
        deed = Deed(about=party.id, at=party.created_at, actor=SYSTEM, event="party entered", party_id=party.id)
        world.directory.save_party(party, None, deed, once)
    except KeyTaken:
        party = committed_by(world, once, Party, lambda _: None)
    return Correspondent(party_id=party.id)


def _enter(
    world: World, communication_id: str, mail: Mail, correspondent: Correspondent, answered: Communication | None
) -> Communication:
    before = answered.entry if answered else None
    thread_id = thread_of(world, answered) if answered else None
    found = world.gather(
        Wanted(
            party_id=correspondent.party_id,
            contact_id=correspondent.contact_id,
            regarding=before.regarding if before else None,
            thread_id=thread_id,
        )
    )
    party = found.party
    if party is None:
        raise Moved(correspondent.party_id)
    own = PartyRef(id=party.id, name=party.name)
    client = before.client if before else None if party.kind is PartyKind.CREDITOR else own
    attachments = _documents(world, communication_id, mail)
    original = world.vault.put_original(communication_id, mail.raw)
    rendered = Rendered(subject=mail.subject, text=mail.text, html=mail.html)
    content = world.vault.put_content(communication_id, Content(rendered=rendered, original=original))
    entry = Entry(
        id=communication_id,
        channel=Channel.EMAIL,
        direction=Direction.INBOUND,
        status=Status.RECEIVED,
        party=PartyRef(id=party.id, name=party.name, kind=party.kind),
        contact=_contact(found.contact),
        case=before.case if before else None,
        client=client,
        location=party.location,
        regarding=before.regarding if before else None,
        thread_id=thread_id if found.thread else None,
        category=before.category if before else None,
        sender=mail.sender,
        recipients=_recipients(mail),
        subject=mail.subject,
        preview=preview_of(mail.text),
        attachments=attachments,
        provider=MAIL,
        provider_reference=mail.message_id or None,
        signals=mail.signals,
        created_at=world.now(),
        created_by=SYSTEM,
        restricted=before.restricted if before else False,
        content_sha256=content.sha256,
    )
    left_out = {"files_left_out": str(mail.left_out)} if mail.left_out else {}
    communication = Communication(
        entry=entry, content=content, in_reply_to=answered.id if answered else None, metadata=left_out
    )
    change = begun(communication, at=world.now(), actor=SYSTEM, event="received")
    try:
        enter(world, change, replace(found, answered=answered))
    except Moved:
        known = world.log.get(communication_id)
        if known is None:
            raise
        return known
    return change.after


def _contact(contact: Contact | None) -> PartyRef | None:
    return PartyRef(id=contact.id, name=contact.name) if contact else None


def _recipients(mail: Mail) -> tuple[Recipient, ...]:
    """As the mail says, without the secret in the addresses that we gave out."""
    return tuple(
        Recipient(address=without_token(address), role=role)
        for role, addresses in ((RecipientRole.TO, mail.to), (RecipientRole.CC, mail.cc))
        for address in addresses
    )


def _documents(world: World, communication_id: str, mail: Mail) -> tuple[Attachment, ...]:
    """The files as documents of the entry, seen with it."""
    return tuple(_document(world, communication_id, mail.at, place, one) for place, one in enumerate(mail.enclosed))


def _document(world: World, communication_id: str, at: datetime, place: int, enclosed: Enclosed) -> Attachment:
    document = Document(
        id=id_from(Kind.DOCUMENT, at, f"{communication_id} {place}".encode()),
        name=enclosed.name,
        media_type=enclosed.media_type,
        bytes=len(enclosed.content),
        communication_id=communication_id,
        created_by=SYSTEM.id,
        created_at=world.now(),
    )
    return keep(world, document, enclosed.content)
