"""Enters what came in, by whatever way: in the place of what it answers, with the thread and the TODO that follow from that.

It may be done any number of times: its id is made of what came, so it enters the log once.
"""

from dataclasses import dataclass, field, replace

from letterbook.domain.channels import Channel
from letterbook.domain.communication import (
    SYSTEM,
    Actor,
    Attachment,
    Communication,
    ContentRef,
    Direction,
    Entry,
    Recipient,
    preview_of,
)
from letterbook.domain.errors import ConcurrentUpdate
from letterbook.domain.party import Case, Contact
from letterbook.domain.receipts import Signal
from letterbook.domain.references import CaseRef, PartyRef
from letterbook.domain.sms import SmsSize
from letterbook.domain.status import Status
from letterbook.domain.templates import Rendered
from letterbook.domain.transitions import created
from letterbook.ports import Content, ContextQuery, IdempotencyKey, World
from letterbook.use_cases.inbound.answers import Answer, Correspondent
from letterbook.use_cases.messages.commit_entry import commit_entry
from letterbook.use_cases.messages.resolve_references import client_of
from letterbook.use_cases.messages.thread_assignment import ensure_thread


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """What came in, as its entry says it. `provider` carried it, and knows it by `reference`.

    `original` is where it lies as it came, `fingerprint` tells copies of it, `reply_to` where its sender wants answers to go,
    `note` what its history says of it. What one of the firm's own people sent is outbound, and theirs (`author`); `case` is the one
    that it was sent about, which is that of what it answers.
    """

    id: str
    channel: Channel
    sender: str
    recipients: tuple[Recipient, ...]
    rendered: Rendered
    provider: str
    reference: str | None
    original: ContentRef | None = None
    attachments: tuple[Attachment, ...] = ()
    sms: SmsSize | None = None
    signals: frozenset[Signal] = frozenset()
    reply_to: str | None = None
    metadata: dict[str, str] = field(default_factory=dict)
    fingerprint: str = ""
    note: str = ""
    direction: Direction = Direction.INBOUND
    author: Actor = SYSTEM
    case: Case | None = None

    @property
    def status(self) -> Status:
        return Status.RECEIVED if self.direction is Direction.INBOUND else Status.LOGGED


def enter(
    world: World, arrival: Arrival, correspondent: Correspondent, answer: Answer, key: IdempotencyKey | None
) -> Communication:
    """The entry that it became, or had become before.

    Raises IdempotencyKeyConflict where `key` made another one, ConcurrentUpdate when others keep writing beside it.
    """
    answered, placed = answer.to, answer.beside or answer.to
    before = placed.entry if placed else None
    thread_id = ensure_thread(world, placed) if placed else None
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
    content = world.content_store.put_content(arrival.id, Content(rendered=arrival.rendered, original=arrival.original))
    entry = Entry(
        id=arrival.id,
        channel=arrival.channel,
        direction=arrival.direction,
        status=arrival.status,
        party=PartyRef(id=party.id, name=party.name, kind=party.kind),
        contact=_contact(context.contact),
        case=before.case if before else _case(arrival.case),
        client=before.client if before else client_of(party, arrival.case),
        location=party.location,
        regarding=before.regarding if before else None,
        thread_id=thread_id if context.thread else None,
        category=before.category if before else None,
        sender=arrival.sender,
        recipients=arrival.recipients,
        subject=arrival.rendered.subject,
        preview=preview_of(arrival.rendered.text),
        attachments=arrival.attachments,
        sms=arrival.sms,
        provider=arrival.provider,
        provider_reference=arrival.reference,
        signals=arrival.signals,
        created_at=world.now(),
        created_by=arrival.author,
        restricted=before.restricted if before else answer.restricted,
        candidates=correspondent.candidates,
        content_sha256=content.sha256,
    )
    communication = Communication(
        entry=entry,
        content=content,
        reply_to=arrival.reply_to,
        in_reply_to=answered.id if answered else None,
        metadata=arrival.metadata,
        fingerprint=arrival.fingerprint,
    )
    change = created(communication, at=world.now(), actor=arrival.author, event=str(arrival.status), note=arrival.note)
    try:
        commit_entry(world, change, replace(context, answered=answered), key)
    except ConcurrentUpdate:
        known = world.communications.get(arrival.id)
        if known is None:
            raise
        return known
    return change.after


def _contact(contact: Contact | None) -> PartyRef | None:
    return PartyRef(id=contact.id, name=contact.name) if contact else None


def _case(case: Case | None) -> CaseRef | None:
    return CaseRef(id=case.id, reference=case.reference) if case else None
