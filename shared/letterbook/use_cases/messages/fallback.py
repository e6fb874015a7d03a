"""To another channel: what cannot go by its own, or failed there, is said again by the next that is permitted and reachable.

The old entry is the outbox of the new: it has a `check_at` until the new one is there. The new one joins its attempts in its own
transaction, so however often this is done, by whomever, it is done once.
"""

import logging
from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta

from letterbook.domain.access import Permission, Viewer
from letterbook.domain.attempts import Attempts
from letterbook.domain.channels import Carrier, Channel
from letterbook.domain.communication import Communication, Failure, RecipientRole
from letterbook.domain.decision import Action, Decision, RuleResult
from letterbook.domain.destination import destination_of, own_destination
from letterbook.domain.errors import BEYOND_READING, CallerError, ConcurrentUpdate, CorruptContent, Invalid, TooLarge
from letterbook.domain.failures import FailureCode
from letterbook.domain.message import MessageRequest
from letterbook.domain.party import Network
from letterbook.domain.policy import PolicyResult
from letterbook.domain.receipts import DeliveryOutcome
from letterbook.domain.recipients import same_address
from letterbook.domain.retries import AT_ONCE
from letterbook.domain.status import Status, StatusGroup
from letterbook.domain.transitions import Change, transitioned, updated
from letterbook.ports import MessageContext, World
from letterbook.retry import tries
from letterbook.use_cases.delivery.routing import is_carried
from letterbook.use_cases.messages.accept import AttemptOf, accept, attempts_of, awaits_fallback
from letterbook.use_cases.messages.prepare import Prepared, load_context, prepare
from letterbook.use_cases.messages.resolve_references import PreviousVersion
from letterbook.use_cases.support.update import update_communication

logger = logging.getLogger(__name__)

_GOES = frozenset({Action.SEND, Action.SCHEDULE, Action.MANUAL})
_DEAD_ADDRESS = "quarantine"
_UNREACHABLE = frozenset({"reachable", _DEAD_ADDRESS})
# What somebody with these asked for is carried on: it was checked against their own rights when they did.
_CARRIES_ON = frozenset(
    {
        Permission.READ,
        Permission.READ_ALL,
        Permission.READ_RESTRICTED,
        Permission.SEND,
        Permission.URGENT,
        Permission.OVERRIDE_HOLD,
    }
)


def find_alternative(
    world: World,
    viewer: Viewer,
    message: MessageRequest,
    category: str | None,
    context: MessageContext,
    *,
    tried: Collection[Channel] = (),
    previous: PreviousVersion | None = None,
) -> Prepared | None:
    """The message as it goes by the first other channel that the settings allow, the policy permits and the words suit."""
    ways = world.settings.current().fallback.fallback_channels(category, context.preferences.preferred)
    elsewhere = _is_posted_elsewhere(world, message, context)
    for way in ways:
        channel = Channel(way)
        if channel is message.channel or channel in tried or not _fits_channel(message, channel):
            continue
        if elsewhere and channel.spec.address is not message.channel.spec.address:
            continue
        if channel.spec.carrier is Carrier.PROVIDER and not is_carried(world, channel):
            continue
        other = replace(message, channel=channel, to=(), cc=(), bcc=(), sender=None, reply_to=None)
        if not message.channel.spec.is_written:
            # By this it is known as an e-invoice wherever it goes.
            other = replace(other, network=message.network or Network.PEPPOL)
        if channel.spec.carrier is Carrier.PERSON:
            # Whoever delivers it sees to the time.
            other = replace(other, send_at=None)
        try:
            another = prepare(world, viewer, other, context, now=world.now(), previous=previous)
        except (Invalid, TooLarge):
            # The template is not for this channel or too much for it, or the firm has no sender for it.
            continue
        if another.ruling.decision.action in _GOES:
            return another
    return None


def decide_fallback(
    world: World, viewer: Viewer, prepared: Prepared, context: MessageContext
) -> tuple[Prepared, Prepared] | None:
    """A message whose own channel cannot reach the party, decided to fall back; and what goes instead.

    None where it can, where its sender named the addresses, or where there is no other way.
    """
    ruling, message = prepared.ruling, prepared.message
    if ruling.refusal is None or ruling.decision.rule not in _UNREACHABLE or message.to:
        return None
    if prepared.brought and prepared.brought.faults:
        # What its network would refuse is wrong wherever it goes.
        return None
    if any(fault.field.partition(".")[0] not in (RecipientRole.TO, "address") for fault in ruling.refusal.faults):
        # Somebody else gets a copy, at an address that is to be corrected.
        return None
    # Where letters come back from, nobody brings them by hand either.
    dead = ruling.decision.rule == _DEAD_ADDRESS
    same = [one for one in Channel if dead and one.spec.address is message.channel.spec.address]
    other = find_alternative(world, viewer, message, prepared.category, context, tried=same)
    if other is None:
        return None
    reason = f"{ruling.decision.reason} It goes {other.message.channel.spec.by} instead."
    decision = Decision(
        action=Action.FALLBACK,
        rule="fallback",
        reason=reason,
        scheduled_for=other.ruling.decision.scheduled_for,
        settings_version=prepared.organisation.version,
    )
    trace = (*ruling.trace, RuleResult(rule="fallback", outcome=Action.FALLBACK, reason=reason))
    return replace(prepared, ruling=PolicyResult(decision=decision, trace=trace)), other


def as_sent(world: World, viewer: Viewer, prepared: Prepared, context: MessageContext) -> Prepared:
    """The message as it would go, which is by another channel where it falls back, with the decision about what was asked for."""
    turned = decide_fallback(world, viewer, prepared, context)
    return replace(turned[1], ruling=turned[0].ruling) if turned else prepared


def fall_back(world: World, communication_id: str, undo: timedelta = AT_ONCE) -> Communication | None:
    """The entry that says it by another channel; None where there is no other way, or nothing to fall back from.

    Its sender may take it back for `undo`.
    """
    for _ in tries():
        before = world.communications.get(communication_id)
        if before is None:
            return None
        attempts = attempts_of(world, before)
        later = attempts.after(before.id)
        if later:
            update_communication(
                world, communication_id, lambda standing: _close_fallback(world, standing, "said again")
            )
            return world.communications.get(later[0])
        if not _is_due(world, before):
            update_communication(
                world, communication_id, lambda standing: _close_fallback(world, standing, "does not fall back")
            )
            return None
        try:
            made = _compose_alternative(world, before, attempts, undo)
        except ConcurrentUpdate:
            continue
        if made:
            update_communication(
                world, communication_id, lambda standing: _close_fallback(world, standing, "fell back")
            )
        else:
            update_communication(world, communication_id, lambda standing: _fallback_exhausted(world, standing))
        return made
    raise ConcurrentUpdate(communication_id)


def _is_due(world: World, communication: Communication) -> bool:
    entry = communication.entry
    if communication.work.check_at is None:
        return False
    if awaits_fallback(communication):
        return True
    failed = entry.status in (Status.FAILED, Status.REJECTED)
    return failed and not entry.is_put_aside and world.settings.current().fallback.after_failure


def _compose_alternative(
    world: World, before: Communication, attempts: Attempts, undo: timedelta
) -> Communication | None:
    entry = before.entry
    try:
        asked = world.content_store.content(before.content).message
    except CorruptContent:
        logger.exception("content is not what was accepted", extra={"communication_id": before.id})
        return None
    if asked is None or any(one.heard and one.heard.fact is DeliveryOutcome.DELIVERED for one in entry.recipients):
        return None
    message = replace(asked.as_of(world.now()), thread_id=entry.thread_id)
    context = load_context(world, message)
    if not _addressed_to_party(message, context):
        return None
    author = entry.created_by
    viewer = Viewer(id=author.id, name=author.name, role=author.role, rights=_CARRIES_ON, sight=None)
    tried = {one.channel for one in world.communications.entries(attempts.ids, now=True).values()}
    kept = PreviousVersion(entry=entry, asked=message)
    try:
        other = find_alternative(world, viewer, message, entry.category, context, tried=tried, previous=kept)
        if other is None:
            return None
        return _accept_alternative(
            world, viewer, other.message, AttemptOf(of=before, attempts=attempts, elsewhere=True), undo
        )
    except BEYOND_READING:
        logger.warning("cannot fall back", extra={"communication_id": before.id}, exc_info=True)
        return None
    except CallerError as refused:
        # What it refers to is gone by now: a document, the case.
        logger.warning("cannot fall back", extra={"communication_id": before.id, "code": refused.code})
        return None


def _accept_alternative(
    world: World, viewer: Viewer, message: MessageRequest, again: AttemptOf, undo: timedelta
) -> Communication:
    """Prepared once more, by itself: what is read for another channel may be other things."""
    now = world.now()
    context = load_context(world, message)
    kept = PreviousVersion(entry=again.of.entry, asked=message)
    prepared = prepare(world, viewer, message, context, now=now, previous=kept)
    return accept(world, viewer, prepared, context, now, again=again, undo=undo)


def _addressed_to_party(message: MessageRequest, context: MessageContext) -> bool:
    """What was written to an address that is not the party's own is not told to the party."""
    people = [one for one in (context.party, context.contact) if one]
    own = [address for one in people for address in (one.email, one.mobile) if address]
    return all(any(same_address(address, theirs) for theirs in own) for address in message.to)


def _is_posted_elsewhere(world: World, message: MessageRequest, context: MessageContext) -> bool:
    """Whether it is a letter to another address than its party's: what it says is not told to the party another way."""
    party, named = context.party, message.address or message.postal_address
    if not (message.channel.spec.is_letter and named and party):
        return False
    organisation = world.settings.current()
    there = destination_of(message, context.contact, party, organisation)
    own = own_destination(party, context.contact, organisation)
    return not (there and own and same_address(there.lines, own.lines))


def _close_fallback(world: World, current: Communication, event: str) -> Change | None:
    if current.work.check_at is None or current.entry.group in (StatusGroup.IN_PROGRESS, StatusGroup.MANUAL):
        return None
    return updated(current, replace(current, work=current.work.finished), at=world.now(), event=event)


def _fallback_exhausted(world: World, current: Communication) -> Change | None:
    """What had been turned away, and finds no other way after all, has reached nobody: somebody must see to it."""
    if not awaits_fallback(current):
        return _close_fallback(world, current, "no other channel")
    now = world.now()
    failure = Failure(code=FailureCode.MISSING_CONTACT)
    entry = replace(current.entry, failure=failure, failed_at=now)
    after = replace(current, entry=entry, work=current.work.finished)
    return transitioned(current, Status.FAILED, at=now, event="no other channel", code=failure.code, after=after)


def _fits_channel(message: MessageRequest, channel: Channel) -> bool:
    """A template says itself what it is for. Free text was written for its channel; a letter can take it over.

    What an e-invoice says can be read wherever there is room for it; nothing else becomes one.
    """
    if not channel.spec.is_written:
        return False
    if channel.spec.is_letter:
        return True
    if message.attachments and not channel.spec.attachments:
        return False
    return message.template is not None or message.brings_einvoice
