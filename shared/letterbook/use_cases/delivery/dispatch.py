"""Sends one message: claims it, calls the provider once, records the outcome.

What if the process dies
- before the claim: the queue delivers again;
- between claim and call, in the call, or before the outcome is written: nobody knows whether the provider has it. The lease runs
  out, the sweep makes it unconfirmed, receipts settle it or a person does. It is never sent again by itself. Only a provider that
  takes one message twice as one is given it again, under the same key: our id.
So everything that can fail without the provider is done before the claim.
"""

import logging
import secrets
from dataclasses import dataclass, replace
from datetime import datetime

from letterbook.domain.channels import AddressKind
from letterbook.domain.communication import Attachment, Communication, Direction, Entry, RecipientRole
from letterbook.domain.errors import Ambiguous, ConcurrentUpdate, CorruptContent, Permanent, ProviderError
from letterbook.domain.failures import FailureCode
from letterbook.domain.ids import message_id_of
from letterbook.domain.organisation import Organisation
from letterbook.domain.post import PostOptions
from letterbook.domain.provider_activity import ProviderAct
from letterbook.domain.receipts import DeliveryOutcome, RecipientUpdate
from letterbook.domain.retries import LEASE
from letterbook.domain.status import Status
from letterbook.domain.templates import Rendered
from letterbook.domain.transitions import Change, transitioned, updated
from letterbook.parallel import both, each
from letterbook.ports import (
    ContextQuery,
    MessageContext,
    OutboundEinvoice,
    OutboundMessage,
    OutboundPost,
    Provider,
    ProviderRoute,
    World,
)
from letterbook.use_cases.delivery.apply_feedback import apply_feedback
from letterbook.use_cases.delivery.apply_provider_result import (
    apply_result,
    as_receipt,
    defer_all_circuits_open,
    fail_corrupt_content,
    fail_suppressed_address,
    fail_without_provider,
)
from letterbook.use_cases.delivery.recheck import skipped, why_barred
from letterbook.use_cases.delivery.routing import candidates, choose_provider, look_ahead, record_provider_health
from letterbook.use_cases.support.update import update_communication

logger = logging.getLogger(__name__)

# So far back what is answered is named: every mail program finds the thread by less.
_MOST_ANSWERED = 5


def dispatch(world: World, communication_id: str, expected: ContextQuery | None = None) -> None:
    """Does nothing for a message that is not to be sent now: it was sent, cancelled, claimed by another, or waits for its turn.

    `expected` is what it will most likely be asked about, with itself, if somebody knows.

    Raises whatever keeps it from being claimed: the queue then delivers it again.
    """
    context = world.load_context(expected) if expected else None
    communication = context.answered if context else world.communications.get(communication_id)
    if communication is None or not _claimable(communication, world.now()):
        logger.info("nothing to send", extra={"communication_id": communication_id})
        return
    said, told = both(lambda: _said(world, communication), lambda: _told(world, communication, context))
    if told.context and _stopped(world, communication, told.context):
        return
    route = choose_provider(world, communication)
    if route is None:
        update_communication(world, communication_id, lambda standing: _without_provider(world, standing))
        return
    if isinstance(said, CorruptContent):
        logger.error("content is not what was accepted", exc_info=said, extra={"communication_id": communication_id})
        update_communication(world, communication_id, lambda standing: fail_corrupt_content(standing, world.now()))
        return
    parcel = _outbound_message(world, communication, route, said, told.answers)
    try:
        claimed = _claim(world, communication, route, parcel.token)
    except ConcurrentUpdate:
        logger.info("claimed by another", extra={"communication_id": communication_id})
        return
    reference, failed = _send(world.providers.get(route.name), parcel)
    _record_result(world, claimed, reference, failed)
    record_provider_health(world, route.name, failed)
    if failed is None:
        world.provider_activity.note(route.name, ProviderAct.SENT, world.now())


def _claimable(communication: Communication, now: datetime) -> bool:
    work, status = communication.work, communication.entry.status
    held = work.not_before is not None and work.not_before > now
    again = status is Status.SENDING and work.waits_for_another_try and work.may_be_handed_over_again(now)
    return (status is Status.QUEUED or again) and not held


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """What the content store has of a message."""

    rendered: Rendered
    attachments: tuple[tuple[Attachment, bytes], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """What the record tells of it: of its party now, where that is asked, and the Message-IDs of what it answers."""

    context: MessageContext | None
    answers: tuple[str, ...]


def _said(world: World, communication: Communication) -> _Said | CorruptContent:
    """Spoilt content is answered: whether it goes at all is asked first."""
    store, attachments = world.content_store, communication.entry.attachments
    try:
        if not attachments:
            return _Said(rendered=store.content(communication.content).rendered, attachments=())
        content, files = both(lambda: store.content(communication.content), lambda: each(store.attachment, attachments))
    except CorruptContent as spoilt:
        return spoilt
    return _Said(rendered=content.rendered, attachments=tuple(zip(attachments, files, strict=True)))


def _told(world: World, communication: Communication, expected: MessageContext | None) -> _Told:
    """What a provider may have already is not asked about again: that it goes was decided when it was first handed over."""
    context = _context(world, communication.entry, expected) if communication.entry.status is Status.QUEUED else None
    look_ahead(world, communication)
    return _Told(context=context, answers=_reference_chain(world, communication))


def _context(world: World, entry: Entry, expected: MessageContext | None) -> MessageContext:
    """Of its party and everybody's addresses as they are now: what was expected may be of others."""
    everybody = tuple(one.address for one in entry.recipients)
    same = expected and expected.party and expected.party.id == entry.party.id
    if same and expected and expected.addresses.keys() >= {*everybody}:
        return expected
    return world.load_context(ContextQuery(party_id=entry.party.id, addresses=everybody))


def _stopped(world: World, communication: Communication, context: MessageContext) -> bool:
    """Whether something came between since it was accepted: its party is not to be written to, or its address known to be dead."""
    to = communication.entry.addresses(RecipientRole.TO)
    if barred := why_barred(world, communication, context):
        update_communication(
            world, communication.id, lambda standing: skipped(standing, barred, world.now(), Status.QUEUED)
        )
        return True
    if all(context.addresses[one].quarantine for one in to):
        update_communication(world, communication.id, lambda standing: fail_suppressed_address(standing, world.now()))
        return True
    return False


def _without_provider(world: World, standing: Communication) -> Change | None:
    """Whoever carries it rests; or there is nobody who does."""
    if candidates(world, standing):
        return defer_all_circuits_open(world, standing)
    return fail_without_provider(standing, world.now())


def _outbound_message(
    world: World, communication: Communication, route: ProviderRoute, said: _Said, answers: tuple[str, ...]
) -> OutboundMessage:
    entry = communication.entry
    sender = world.settings.current().sender(entry.channel, entry.sender)
    return OutboundMessage(
        communication_id=entry.id,
        token=secrets.token_hex(8),
        sender=entry.sender,
        sender_name=sender.name if sender else "",
        to=entry.addresses(RecipientRole.TO),
        cc=entry.addresses(RecipientRole.CC),
        bcc=entry.addresses(RecipientRole.BCC),
        reply_to=_reply_to(world, communication),
        message_id=message_id_of(entry.id, entry.sender),
        answers=answers,
        rendered=said.rendered,
        attachments=said.attachments,
        post=_post(communication),
        einvoice=_einvoice(communication, world.settings.current()),
        tried=_was_tried(communication, route),
    )


def _was_tried(communication: Communication, route: ProviderRoute) -> bool:
    """Whether the provider may have it already: itself, or, where no key of ours tells that, what it says once more."""
    again = communication.entry.resend_of is not None and not route.idempotent
    return communication.work.unknown_since is not None or again


def _post(communication: Communication) -> OutboundPost | None:
    if not communication.entry.channel.spec.is_letter:
        return None
    return OutboundPost(address=communication.postal_address, options=communication.post or PostOptions())


def _einvoice(communication: Communication, organisation: Organisation) -> OutboundEinvoice | None:
    facts = communication.einvoice
    if facts is None:
        return None
    return OutboundEinvoice(
        network=facts.network,
        receiver=facts.receiver,
        kind=facts.kind,
        syntax=facts.syntax,
        number=facts.number,
        sender=organisation.networks.get(facts.network, {}),
    )


def _reply_to(world: World, communication: Communication) -> tuple[str, ...]:
    """Where somebody wants the answer, and where we take it in ourselves."""
    if communication.entry.channel.spec.address is not AddressKind.EMAIL:
        return ()
    own = world.reply_addresses.address(communication.id)
    return tuple(one for one in (communication.reply_to, own) if one)


def _reference_chain(world: World, communication: Communication) -> tuple[str, ...]:
    """The Message-IDs of what it answers, the oldest first, as far as they are known (RFC 5322, 3.6.4).

    No party is told of another's mail.
    """
    chain: list[str] = []
    while communication.in_reply_to and len(chain) < _MOST_ANSWERED:
        answered = world.communications.get(communication.in_reply_to)
        if answered is None or answered.entry.party.id != communication.entry.party.id:
            break
        entry = answered.entry
        if entry.provider_reference and entry.provider:
            given = world.providers.message_id(entry.provider, entry.provider_reference)
            own = message_id_of(entry.id, entry.sender) if entry.direction is Direction.OUTBOUND else None
            chain.append(given or own or entry.provider_reference)
        communication = answered
    return tuple(reversed(chain))


def _claim(world: World, communication: Communication, route: ProviderRoute, token: str) -> Communication:
    now = world.now()
    work = replace(
        communication.work,
        token=token,
        lease_until=now + LEASE,
        check_at=now + LEASE,
        not_before=None,
        claimed_at=now,
        askable=route.askable,
        plan=route.asked,
        evidence=route.evidence,
        idempotent=route.idempotent,
    )
    entry = replace(communication.entry, provider=route.name, receipts=route.receipts and _tells(communication))
    claimed = replace(communication, entry=entry, work=work)
    if communication.entry.status is Status.SENDING:
        change = updated(communication, claimed, at=now, event="claimed")
    else:
        change = transitioned(communication, Status.SENDING, at=now, event="claimed", after=claimed)
    world.communications.commit(change)
    return change.after


def _tells(communication: Communication) -> bool:
    """Whether anybody will tell that it arrived: of most letters the post does not."""
    post = _post(communication)
    return post is None or post.options.product.confirms_delivery


def _send(provider: Provider, parcel: OutboundMessage) -> tuple[str | None, ProviderError | None]:
    """The provider's reference, or how it failed. An error nobody foresaw may have come after the message was taken."""
    try:
        return provider.send(parcel), None
    except ProviderError as failed:
        return None, failed
    except Exception as unforeseen:
        logger.exception("unforeseen provider error", extra={"communication_id": parcel.communication_id})
        return None, Ambiguous(type(unforeseen).__name__)


def _record_result(world: World, claimed: Communication, reference: str | None, error: ProviderError | None) -> None:
    log = {"communication_id": claimed.id, "provider": claimed.entry.provider}
    if isinstance(error, Ambiguous):
        logger.warning("outcome unknown", extra=log | {"provider_code": error.provider_code})
    elif error:
        logger.info("not taken", extra=log | {"provider_code": error.provider_code, "class": type(error).__name__})
    else:
        logger.info("taken", extra=log)
    if isinstance(error, Permanent) and error.reason is FailureCode.CONFIG:
        # An alarm counts these lines (template.yaml): not this message is wrong but our account or set-up.
        logger.error("our set-up is refused", extra=log)
    # As it was claimed: whoever moved it since, by a receipt or a lease that ran out, has it read again.
    update_communication(
        world, claimed.id, lambda standing: apply_result(world, claimed, standing, reference, error), known=claimed
    )
    if isinstance(error, Permanent) and error.reason in (FailureCode.INVALID_ADDRESS, FailureCode.OPTED_OUT):
        to = claimed.entry.addresses(RecipientRole.TO)
        refused = RecipientUpdate(
            recipient=to[0], fact=DeliveryOutcome.REFUSED, code=error.reason, provider_code=error.provider_code
        )
        if len(to) == 1:
            apply_feedback(world, claimed.entry, as_receipt(claimed, "refused", world.now(), refused, None))
