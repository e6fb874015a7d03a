"""To another channel: what cannot go by its own, or failed there, is said again by the next that is permitted and reachable.

The old entry is the outbox of the new: it has a `check_at` until the new one is there. The new one joins its attempts in its own
transaction, so however often this is done, by whomever, it is done once.
"""

import logging
from collections.abc import Collection
from dataclasses import replace

from letterbook.domain.access import Right, Viewer
from letterbook.domain.attempts import Attempts, first_of
from letterbook.domain.communication import Channel, Communication
from letterbook.domain.decision import Action, Asked, Decision
from letterbook.domain.errors import Conflict, Invalid, Moved
from letterbook.domain.message import Message
from letterbook.domain.moves import Change, noted
from letterbook.domain.policy import Ruling
from letterbook.ports import Found, World
from letterbook.use_cases.change import change, pause
from letterbook.use_cases.compose import Again, compose
from letterbook.use_cases.prepare import Prepared, gather, prepare

logger = logging.getLogger(__name__)

_ROUNDS = 5
_GOES = frozenset({Action.SEND, Action.SCHEDULE, Action.MANUAL})
_UNREACHABLE = frozenset({"reachable", "quarantine"})
_BY = {Channel.EMAIL: "by email", Channel.SMS: "by SMS", Channel.MANUAL: "by hand"}
# What somebody with these asked for is carried on: it was checked against their own rights when they did.
_CARRIES_ON = frozenset(
    {Right.READ, Right.READ_ALL, Right.READ_RESTRICTED, Right.SEND, Right.URGENT, Right.OVERRIDE_HOLD}
)


def instead(
    world: World, viewer: Viewer, prepared: Prepared, found: Found, tried: Collection[Channel] = ()
) -> Prepared | None:
    """The message as it goes by the first other channel that the settings allow, the policy permits and the words suit."""
    message = prepared.message
    ways = prepared.organisation.fallback.ways(prepared.category, found.preferences.preferred)
    for way in ways:
        channel = Channel(way)
        if channel is message.channel or channel in tried or not _suits(message, channel):
            continue
        other = replace(message, channel=channel, to=(), cc=(), bcc=(), sender=None, reply_to=None)
        try:
            another = prepare(world, viewer, other, found, now=world.now())
        except Invalid:
            # The template is not for this channel, or the firm has no sender for it.
            continue
        if another.ruling.decision.action in _GOES:
            return another
    return None


def turned_away(world: World, viewer: Viewer, prepared: Prepared, found: Found) -> tuple[Prepared, Prepared] | None:
    """A message whose own channel cannot reach the party, decided to fall back; and what goes instead.

    None where it can, where its sender named the addresses, or where there is no other way.
    """
    ruling = prepared.ruling
    if ruling.refusal is None or ruling.decision.rule not in _UNREACHABLE or prepared.message.to:
        return None
    other = instead(world, viewer, prepared, found)
    if other is None:
        return None
    reason = f"{ruling.decision.reason} It goes {_BY[other.message.channel]} instead."
    decision = Decision(
        action=Action.FALLBACK,
        rule="fallback",
        reason=reason,
        scheduled_for=other.ruling.decision.scheduled_for,
        settings_version=prepared.organisation.version,
    )
    trace = (*ruling.trace, Asked(rule="fallback", outcome=Action.FALLBACK, reason=reason))
    return replace(prepared, ruling=Ruling(decision=decision, trace=trace)), other


def fall_back(world: World, communication_id: str) -> Communication | None:
    """The entry that says it by another channel; None where there is no other way, or nothing to fall back from."""
    for attempt in range(_ROUNDS):
        before = world.log.get(communication_id)
        if before is None:
            return None
        attempts = world.attempts.get(before.entry.first_attempt or before.id) or first_of(before)
        later = attempts.ids[attempts.ids.index(before.id) + 1 :]
        if later:
            _done(world, communication_id, "said again")
            return world.log.get(later[0])
        if before.work.check_at is None:
            return None
        try:
            made = _said_elsewhere(world, before, attempts)
        except Moved:
            pause(attempt)
            continue
        _done(world, communication_id, "fell back" if made else "no other channel")
        return made
    raise Moved(communication_id)


def _said_elsewhere(world: World, before: Communication, attempts: Attempts) -> Communication | None:
    asked = world.vault.content(before.content).message
    if asked is None:
        return None
    now, entry = world.now(), before.entry
    overdue = asked.send_at is not None and asked.send_at <= now
    message = replace(asked, thread_id=entry.thread_id, send_now=True, send_at=None if overdue else asked.send_at)
    author = entry.created_by
    viewer = Viewer(id=author.id, name=author.name, role=author.role, rights=_CARRIES_ON, sight=None)
    found = gather(world, message)
    tried = {one.channel for one in world.log.entries(attempts.ids, now=True).values()}
    try:
        other = instead(world, viewer, prepare(world, viewer, message, found, now=now), found, tried)
        if other is None:
            return None
        return compose(world, viewer, other.message, None, Again(of=before, attempts=attempts, elsewhere=True))[0]
    except (Invalid, Conflict) as refused:
        # What it refers to is gone by now: a document, the template, the case.
        logger.warning("cannot fall back", extra={"communication_id": before.id, "code": refused.code})
        return None


def _done(world: World, communication_id: str, event: str) -> None:
    def settled(standing: Communication) -> Change | None:
        if standing.work.check_at is None:
            return None
        return noted(standing, replace(standing, work=standing.work.done), at=world.now(), event=event)

    change(world, communication_id, settled)


def _suits(message: Message, channel: Channel) -> bool:
    """A template says itself what it is for. Free text was written for its channel; a letter can take it over."""
    if channel is Channel.MANUAL:
        return True
    if channel is Channel.SMS and message.attachments:
        return False
    return message.template is not None
