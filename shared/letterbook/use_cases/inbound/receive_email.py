"""Takes in an email: finds whom it is from and what it answers, keeps all of it, and tells somebody that it is there.

The same mail may be handed over any number of times, by a process that died half-way too: its id is made of the mail itself, so
whatever was done already is done again in its own place, and it enters the log once.
"""

import logging
from dataclasses import dataclass, replace
from datetime import datetime

from letterbook.domain.addresses import Holder, Holders
from letterbook.domain.channels import Channel
from letterbook.domain.communication import (
    SYSTEM,
    Attachment,
    Communication,
    Direction,
    Entry,
    PartyRef,
    Recipient,
    RecipientRole,
    preview_of,
)
from letterbook.domain.errors import ConcurrentUpdate
from letterbook.domain.history import AuditEvent
from letterbook.domain.ids import Kind, id_from, new_id
from letterbook.domain.inbound_email import InboundEmail, InboundFile, communication_id_in, strip_reply_token
from letterbook.domain.party import Contact, Document, Party, PartyKind
from letterbook.domain.receipts import Signal
from letterbook.domain.recipients import same_address
from letterbook.domain.status import Status
from letterbook.domain.templates import Rendered
from letterbook.domain.transitions import created
from letterbook.ports import Content, ContextQuery, World
from letterbook.retry import retry_on_conflict
from letterbook.use_cases.messages.attachments import store
from letterbook.use_cases.messages.commit_entry import commit_entry
from letterbook.use_cases.messages.thread_assignment import ensure_thread

logger = logging.getLogger(__name__)

# Who carried what came in by mail; its reference is the mail's own Message-ID.
MAIL = "mail"
_MOST_LOOKED_UP = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a mail answers, as far as that is beyond doubt; `restricted` where what it may be an answer to is."""

    to: Communication | None = None
    restricted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Correspondent:
    """Whom a mail is from, as far as the directory knows; `candidates` are all that it may be from, where there are several."""

    party_id: str
    contact_id: str | None = None
    candidates: tuple[str, ...] = ()


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
    answer = _answer(world, mail)
    unwanted = _unwanted(world, mail, answer)
    if unwanted:
        logger.warning("mail left aside", extra={"key": key, "why": unwanted})
        return None
    communication = _enter(world, communication_id, mail, _correspondent(world, mail, answer), answer)
    logger.info("received", extra={"communication_id": communication.id, "answer": answer.to is not None})
    return communication


def _unwanted(world: World, mail: InboundEmail, answer: Answer) -> str:
    """Why it is not taken in; empty for what is."""
    if any(same_address(mail.sender, sender.address) for sender in world.settings.current().senders):
        return "our own"
    if answer.to:
        return ""
    if not mail.sender:
        return "no sender"
    stranger = Signal.SPAM in mail.signals and not _holders(world, mail.sender).all
    return "spam of a stranger" if stranger else ""


def _answer(world: World, mail: InboundEmail) -> Answer:
    """By the token, else by the Message-IDs it names, the nearest first.

    Who has the token has our message, whatever sender they write: it places a mail. Only what is restricted takes in nothing that
    is forged; and since it may be an answer all the same, that is restricted itself.
    """
    by_token = world.reply_addresses.communication(mail.addressed)
    found = _existing(world, by_token) if by_token else None
    if found and found.entry.restricted and Signal.FORGED in mail.signals:
        return Answer(restricted=True)
    if found:
        return Answer(to=found)
    for message_id in mail.answers[:_MOST_LOOKED_UP] if not mail.doubtful else ():
        found = _find_by_message_id(world, message_id)
        if found and _took_part(mail.sender, found.entry):
            return Answer(to=found)
    return Answer()


def _find_by_message_id(world: World, message_id: str) -> Communication | None:
    given = world.providers.reference(message_id)
    communication_id = communication_id_in(message_id) or (
        world.communications.find_by_provider_reference(*given) if given else None
    )
    communication_id = communication_id or world.communications.find_by_provider_reference(MAIL, message_id)
    return _existing(world, communication_id) if communication_id else None


def _took_part(sender: str, entry: Entry) -> bool:
    return any(same_address(sender, one) for one in (entry.sender, *(each.address for each in entry.recipients)))


def _existing(world: World, communication_id: str) -> Communication | None:
    found = world.communications.get(communication_id)
    return found if found and not found.deleted and found.entry.status is not Status.DRAFT else None


def _correspondent(world: World, mail: InboundEmail, answer: Answer) -> Correspondent:
    """The party that is answered for; else who had the address first, and who writes for the first time.

    What somebody does afterwards, as to write to another that has the address, or to give it to another, changes nothing.
    """

    def find() -> Correspondent:
        holders = _holders(world, mail.sender)
        if answer.to:
            entry = answer.to.entry
            own = holders.contact_of(entry.party.id)
            return Correspondent(party_id=entry.party.id, contact_id=own, candidates=entry.candidates)
        if holders.all:
            first, *others = holders.parties
            candidates = holders.parties if others else ()
            return Correspondent(party_id=first, contact_id=holders.contact_of(first), candidates=candidates)
        return _create_party(world, mail, holders)

    return retry_on_conflict(find)


def _holders(world: World, address: str) -> Holders:
    return world.addresses.known([address])[address].holders if address else Holders(address="")


def _create_party(world: World, mail: InboundEmail, holders: Holders) -> Correspondent:
    """Who writes for the first time becomes a party: somebody can tell us more about them, and nothing they wrote is lost."""
    party = Party(
        id=new_id(Kind.PARTY, world.now()),
        kind=PartyKind.CUSTOMER,
        name=mail.sender_name or mail.sender,
        email=mail.sender,
        created_at=world.now(),
    )
    event = AuditEvent(about=party.id, at=party.created_at, actor=SYSTEM, event="party entered", party_id=party.id)
    first = Holder(party_id=party.id, since=party.created_at)
    world.parties.save(party, None, event, holders=[holders.kept(first, has=True)])
    return Correspondent(party_id=party.id)


def _enter(
    world: World, communication_id: str, mail: InboundEmail, correspondent: Correspondent, answer: Answer
) -> Communication:
    answered = answer.to
    before = answered.entry if answered else None
    thread_id = ensure_thread(world, answered) if answered else None
    context = world.load_context(
        ContextQuery(
            party_id=correspondent.party_id,
            contact_id=correspondent.contact_id,
            regarding=before.regarding if before else None,
            thread_id=thread_id,
        )
    )
    party = context.party
    if party is None:
        raise ConcurrentUpdate(correspondent.party_id)
    own = PartyRef(id=party.id, name=party.name)
    client = before.client if before else None if party.kind is PartyKind.CREDITOR else own
    attachments = _documents(world, communication_id, mail)
    original = world.content_store.put_original(communication_id, mail.raw)
    rendered = Rendered(subject=mail.subject, text=mail.text, html=mail.html)
    content = world.content_store.put_content(communication_id, Content(rendered=rendered, original=original))
    entry = Entry(
        id=communication_id,
        channel=Channel.EMAIL,
        direction=Direction.INBOUND,
        status=Status.RECEIVED,
        party=PartyRef(id=party.id, name=party.name, kind=party.kind),
        contact=_contact(context.contact),
        case=before.case if before else None,
        client=client,
        location=party.location,
        regarding=before.regarding if before else None,
        thread_id=thread_id if context.thread else None,
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
        restricted=before.restricted if before else answer.restricted,
        candidates=correspondent.candidates,
        content_sha256=content.sha256,
    )
    left_out = {"files_left_out": str(mail.left_out)} if mail.left_out else {}
    communication = Communication(
        entry=entry, content=content, in_reply_to=answered.id if answered else None, metadata=left_out
    )
    change = created(communication, at=world.now(), actor=SYSTEM, event="received")
    try:
        commit_entry(world, change, replace(context, answered=answered))
    except ConcurrentUpdate:
        known = world.communications.get(communication_id)
        if known is None:
            raise
        return known
    return change.after


def _contact(contact: Contact | None) -> PartyRef | None:
    return PartyRef(id=contact.id, name=contact.name) if contact else None


def _recipients(mail: InboundEmail) -> tuple[Recipient, ...]:
    """As the mail says, without the secret in the addresses that we gave out."""
    return tuple(
        Recipient(address=strip_reply_token(address), role=role)
        for role, addresses in ((RecipientRole.TO, mail.to), (RecipientRole.CC, mail.cc))
        for address in addresses
    )


def _documents(world: World, communication_id: str, mail: InboundEmail) -> tuple[Attachment, ...]:
    """The files as documents of the entry, seen with it."""
    return tuple(_document(world, communication_id, mail.at, place, one) for place, one in enumerate(mail.enclosed))


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
