"""Answers STOP, START or HELP by an SMS of its own, once, where the provider does not.

What if the process dies: its id is made of the message that it answers, so whoever does it again finds it, or makes it; what was
committed and not queued is found by the sweep.
"""

import logging
from dataclasses import replace
from datetime import timedelta

from letterbook.domain.channels import AddressKind, Channel
from letterbook.domain.communication import (
    SYSTEM,
    Communication,
    DeliveryState,
    Direction,
    Entry,
    Recipient,
    preview_of,
)
from letterbook.domain.decision import Decision
from letterbook.domain.errors import ConcurrentUpdate
from letterbook.domain.ids import Kind, first_id, id_from, last_id
from letterbook.domain.inbound_text import Keyword
from letterbook.domain.keywords import answer_to
from letterbook.domain.organisation import Organisation, Sender
from letterbook.domain.policy import recheck_contact
from letterbook.domain.policy_rules import ContactInput
from letterbook.domain.receipts import Signal
from letterbook.domain.retries import FIRST_SWEEP_DELAY
from letterbook.domain.sms import measure, plain_text
from letterbook.domain.status import Status
from letterbook.domain.telephone import carrier_number, is_landline
from letterbook.domain.templates import Rendered
from letterbook.domain.transitions import created
from letterbook.ports import Content, ContextQuery, Index, MessageContext, World
from letterbook.use_cases.delivery.enqueue import enqueue
from letterbook.use_cases.messages.commit_entry import commit_entry
from letterbook.use_cases.messages.thread_assignment import assign_thread
from letterbook.use_cases.support.bystanders import bystanders

logger = logging.getLogger(__name__)

_REASON = "It answers the word that they sent: one answer goes, whatever they opted out of."
# Two machines that answer each other are to end: no person sends more of these words in an hour.
_MOST, _WITHIN = 10, timedelta(hours=1)
_AFTER = timedelta(milliseconds=1)


def answer_keyword(world: World, asked: Communication, keyword: Keyword) -> None:
    """Does nothing where it was answered, where nobody can be (a name or a short code), or where the firm has no sender.

    Who must not be contacted is not: then the entry says why.
    """
    entry, now = asked.entry, world.now()
    communication_id = id_from(Kind.COMMUNICATION, entry.occurred_at + _AFTER, f"answer to {asked.id}".encode())
    organisation = world.settings.current()
    sender = _sender(organisation, entry)
    reachable = carrier_number(entry.sender) and not is_landline(entry.sender)
    if sender is None or not reachable or asked.deleted:
        logger.warning("a word is not answered", extra={"communication_id": asked.id})
        return
    if world.communications.get(communication_id) or _answered_often(world, entry):
        return
    context = world.load_context(
        ContextQuery(
            party_id=entry.party.id,
            regarding=entry.regarding,
            thread_id=entry.thread_id,
            in_reply_to=asked.id,
            addresses=(entry.sender,),
        )
    )
    if context.party is None:
        raise ConcurrentUpdate(entry.party.id)
    barred = _barred(world, organisation, entry, context)
    language = context.party.language or organisation.languages[0]
    said = answer_to(keyword, language, firm=organisation.name, reach=_reach(organisation))
    text = plain_text(said, typography=organisation.sms_plain_typography).text
    content = world.content_store.put_content(communication_id, Content(rendered=Rendered(subject="", text=text)))
    communication = Communication(
        entry=Entry(
            id=communication_id,
            channel=entry.channel,
            status=Status.SKIPPED if barred else Status.QUEUED,
            party=entry.party,
            contact=entry.contact,
            case=entry.case,
            client=entry.client,
            location=entry.location,
            regarding=entry.regarding,
            thread_id=entry.thread_id,
            sender=sender.address,
            recipients=(Recipient(address=entry.sender),),
            preview=preview_of(text),
            sms=measure(text),
            signals=frozenset({Signal.KEYWORD}),
            created_at=now,
            created_by=SYSTEM,
            decision=barred or Decision(rule="keyword", reason=_REASON, settings_version=organisation.version),
            restricted=entry.restricted,
            content_sha256=content.sha256,
        ),
        content=content,
        # Not all who see the answer see what is of several: they are told nothing of it.
        in_reply_to=None if entry.candidates else asked.id,
        work=DeliveryState()
        if barred
        else DeliveryState(check_at=now + FIRST_SWEEP_DELAY, since=now, only_by=_carrier(world, entry)),
    )
    communication, context = assign_thread(world, communication, replace(context, answered=asked))
    event, note = ("skipped", barred.reason) if barred else ("accepted", "")
    change = created(communication, at=now, actor=SYSTEM, event=event, note=note)
    try:
        commit_entry(world, change, context)
    except ConcurrentUpdate:
        if world.communications.get(communication_id) is None:
            raise
        return
    enqueue(world, change.after)


def _sender(organisation: Organisation, asked: Entry) -> Sender | None:
    """Where they wrote to, if that is one of ours."""
    own = (organisation.sender(asked.channel, one.address) for one in asked.recipients)
    return next((one for one in own if one), None) or organisation.sender(asked.channel)


def _carrier(world: World, asked: Entry) -> str | None:
    """Who handed it over, whatever the routes: the number that they wrote to is theirs. Any, where they only take messages in."""
    carriers = [one.name for one in world.providers.carriers(asked.channel)]
    name = asked.provider if asked.provider in carriers else None
    return name if name and world.providers.is_set_up(name) else None


def _reach(organisation: Organisation) -> str:
    """Where the firm is reached otherwise: its first address for email."""
    mail = (one for one in organisation.senders if Channel(one.channel).spec.address is AddressKind.EMAIL)
    return next((one.address for one in mail), "")


def _barred(world: World, organisation: Organisation, asked: Entry, context: MessageContext) -> Decision | None:
    """A hold stands above the answer: who must not be contacted is not. Opting out does not."""
    if context.party is None:
        return None
    return recheck_contact(
        ContactInput(
            organisation=organisation,
            channel=asked.channel,
            party=context.party,
            preferences=context.preferences,
            category=None,
            now=world.now(),
            bystanders=bystanders(world, asked.party.id, context.addresses),
            answers_keyword=True,
        )
    )


def _answered_often(world: World, asked: Entry) -> bool:
    until = asked.occurred_at
    page = world.communications.page(
        Index.PARTY,
        asked.party.id,
        above=first_id(Kind.COMMUNICATION, until - _WITHIN),
        below=last_id(Kind.COMMUNICATION, until),
        limit=50,
    )
    answers = [
        one
        for one in page.items
        if one.direction is Direction.OUTBOUND and Signal.KEYWORD in one.signals and one.named(asked.sender)
    ]
    return len(answers) >= _MOST
