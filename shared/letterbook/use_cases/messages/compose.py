"""Takes a message in: decides, keeps its content, writes the entry, and sets it going. Accepted means committed."""

import logging
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from letterbook.domain.access import Permission, Viewer
from letterbook.domain.communication import SYSTEM, Actor, Communication, DeliveryState, Entry, preview_of
from letterbook.domain.decision import Action
from letterbook.domain.errors import ConcurrentUpdate, Conflict, IdempotencyKeyConflict
from letterbook.domain.ids import Kind, new_id
from letterbook.domain.message import MessageRequest
from letterbook.domain.retries import FIRST_SWEEP_DELAY
from letterbook.domain.status import Status
from letterbook.domain.transitions import created, transitioned
from letterbook.ports import Content, IdempotencyKey, MessageContext, World
from letterbook.use_cases.delivery.enqueue import enqueue
from letterbook.use_cases.messages.attachments import pin
from letterbook.use_cases.messages.commit_entry import commit_entry
from letterbook.use_cases.messages.prepare import Prepared, load_context, prepare
from letterbook.use_cases.messages.resolve_references import PreviousVersion
from letterbook.use_cases.reading.read import get_visible
from letterbook.use_cases.support.access import actor_of
from letterbook.use_cases.support.idempotency import replay, result_of_winner

if TYPE_CHECKING:
    from letterbook.domain.attempts import Attempts

logger = logging.getLogger(__name__)

_STANDING = {
    Action.SEND: Status.QUEUED,
    Action.SCHEDULE: Status.SCHEDULED,
    Action.SKIP: Status.SKIPPED,
    Action.MANUAL: Status.MANUAL_PENDING,
    Action.FALLBACK: Status.SKIPPED,
}
_EVENTS = {
    Status.DRAFT: "drafted",
    Status.QUEUED: "accepted",
    Status.SCHEDULED: "scheduled",
    Status.SKIPPED: "skipped",
    Status.MANUAL_PENDING: "to do by hand",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptOf:
    """What a message says again, and all the attempts so far; `elsewhere` by another channel."""

    of: Communication
    attempts: "Attempts"
    elsewhere: bool = False


def compose(
    world: World,
    viewer: Viewer,
    message: MessageRequest,
    key: IdempotencyKey | None = None,
    again: AttemptOf | None = None,
) -> tuple[Communication, bool]:
    """Sends, schedules, skips or drafts a new message; also answers whether the key had made it before.

    Raises Forbidden, Invalid, TooLarge or Conflict, and then no entry was written. The content goes into the vault before the
    entry: whoever dies in between leaves an object that nothing refers to, never an entry without its content.
    """
    viewer.require(Permission.SEND)

    def see(made: Communication) -> Communication:
        return get_visible(world, viewer, made.id)

    now = world.now()
    found = load_context(world, message, key)
    if key and found.remembered:
        return effective_entry(world, replay(found.remembered, key, Communication, see)), True
    kept = PreviousVersion(entry=again.of.entry, asked=message) if again else None
    prepared = prepare(world, viewer, message, found, now=now, kept=kept)
    if prepared.ruling.refusal and message.send_now and not again:
        prepared = _decide_fallback(world, viewer, prepared, found)
    refusal = prepared.ruling.refusal if message.send_now else prepared.too_large
    if refusal:
        raise refusal
    communication = _communication(world, new_id(Kind.COMMUNICATION, now), prepared, actor_of(viewer), now)
    communication, found = _in_thread(world, communication, found)
    attempts = None
    if again:
        communication = _link_attempt(world, communication, again, prepared)
        attempts = again.attempts.appended(communication.id)
    actor = SYSTEM if again and again.elsewhere else actor_of(viewer)
    change = created(communication, at=now, actor=actor, **_history_event(communication))
    try:
        commit_entry(world, change, found, key, attempts, again.of if again and again.elsewhere else None)
    except IdempotencyKeyConflict:
        return effective_entry(world, result_of_winner(world, key, Communication, see)), True
    enqueue(world, change.after)
    return effective_entry(world, change.after), False


def send_draft(world: World, viewer: Viewer, communication_id: str) -> Communication:
    """Sends a draft as it would be composed now: present addresses, present template, present rules.

    Raises NotFound, Conflict `not_a_draft`, and what compose raises.
    """
    viewer.require(Permission.SEND)
    now = world.now()
    draft, message = load_draft(world, viewer, communication_id)
    found = load_context(world, message)
    prepared = prepare(world, viewer, message, found, now=now)
    if prepared.ruling.refusal:
        prepared = _decide_fallback(world, viewer, prepared, found)
    if prepared.ruling.refusal:
        raise prepared.ruling.refusal
    fresh, found = _in_thread(world, _rebuild_draft(world, draft, prepared, now), found)
    change = transitioned(
        draft, fresh.entry.status, at=now, actor=actor_of(viewer), after=fresh, **_history_event(fresh)
    )
    try:
        commit_entry(world, change, found)
    except ConcurrentUpdate:
        if get_visible(world, viewer, communication_id).entry.status is Status.DRAFT:
            raise
        raise _not_a_draft() from None
    enqueue(world, change.after)
    return effective_entry(world, change.after)


def load_draft(world: World, viewer: Viewer, communication_id: str) -> tuple[Communication, MessageRequest]:
    """A draft, and what it asks for as it is to go now. Raises Forbidden, NotFound, Conflict `not_a_draft`."""
    draft = get_visible(world, viewer, communication_id)
    message = world.content_store.content(draft.content).message if draft.entry.status is Status.DRAFT else None
    if message is None:
        raise _not_a_draft()
    return draft, message.as_of(world.now())


def recompose_draft(world: World, viewer: Viewer, draft: Communication, message: MessageRequest) -> Communication:
    """The draft as it would be composed now of an amended message. Raises what compose raises of a draft."""
    now = world.now()
    found = load_context(world, message)
    kept = PreviousVersion(entry=draft.entry, asked=world.content_store.content(draft.content).message)
    prepared = prepare(world, viewer, message, found, now=now, kept=kept)
    if prepared.too_large:
        raise prepared.too_large
    return _rebuild_draft(world, draft, prepared, now)


def _decide_fallback(world: World, viewer: Viewer, prepared: Prepared, found: MessageContext) -> Prepared:
    # Few messages cannot reach anybody, and every cold start would wait for it.
    from letterbook.use_cases.messages.fallback import decide_fallback

    turned = decide_fallback(world, viewer, prepared, found)
    return turned[0] if turned else prepared


def effective_entry(world: World, communication: Communication) -> Communication:
    """The entry itself, or the one that goes in its stead. It is accepted: what fails here, the sweep finds."""
    if not awaits_fallback(communication):
        return communication
    from letterbook.use_cases.messages.fallback import fall_back

    try:
        return fall_back(world, communication.id) or world.communications.get(communication.id) or communication
    except Exception:
        logger.exception("not fallen back yet: left to the sweep", extra={"communication_id": communication.id})
        return communication


def awaits_fallback(communication: Communication) -> bool:
    """Whether it was decided that another entry goes in its stead."""
    entry = communication.entry
    return entry.status is Status.SKIPPED and entry.decision.action is Action.FALLBACK


def _in_thread(
    world: World, communication: Communication, found: MessageContext
) -> tuple[Communication, MessageContext]:
    if found.answered is None:
        return communication, found
    # Few messages answer another, and every cold start would wait for it.
    from letterbook.use_cases.messages.thread_assignment import assign_thread

    return assign_thread(world, communication, found)


def _rebuild_draft(world: World, draft: Communication, prepared: Prepared, now: datetime) -> Communication:
    """A draft made anew, in its own place and by its own author."""
    fresh = _communication(world, draft.id, prepared, draft.entry.created_by, now)
    same = replace(fresh.entry, created_at=draft.entry.created_at, ignored=draft.entry.ignored)
    return replace(fresh, entry=same, chain=draft.chain)


def _link_attempt(world: World, communication: Communication, again: AttemptOf, prepared: Prepared) -> Communication:
    from letterbook.domain.attempts import changes_between

    said = world.content_store.content(again.of.content).rendered
    entry = replace(
        communication.entry,
        attempt=len(again.attempts.ids) + 1,
        first_attempt=again.attempts.id,
        resend_of=None if again.elsewhere else again.of.id,
        fallback_of=again.of.id if again.elsewhere else None,
        changes=changes_between(again.of, said, communication, prepared.rendered),
    )
    return replace(communication, entry=entry)


def _not_a_draft() -> Conflict:
    return Conflict("Only a draft can be sent, and once.", code="not_a_draft")


def _history_event(communication: Communication) -> dict[str, str]:
    status, decision = communication.entry.status, communication.entry.decision
    if awaits_fallback(communication):
        return {"event": "falls back", "note": decision.reason}
    reason = decision.reason if status in (Status.SCHEDULED, Status.SKIPPED, Status.MANUAL_PENDING) else ""
    return {"event": _EVENTS[status], "note": reason}


def _communication(
    world: World, communication_id: str, prepared: Prepared, author: Actor, now: datetime
) -> Communication:
    message, about, ruling = prepared.message, prepared.about, prepared.ruling
    attachments = pin(world, about.documents, message.digests, communication_id)
    draft = not message.send_now
    if message.channel.spec.is_letter and not draft and prepared.rendered.text:
        # Few messages go by hand, and every cold start would wait for it.
        from letterbook.use_cases.messages.render_letter import render_letter

        attachments = (render_letter(world, communication_id, prepared, now), *attachments)
    content = world.content_store.put_content(communication_id, Content(rendered=prepared.rendered, message=message))
    status = Status.DRAFT if draft else _STANDING[ruling.decision.action]
    scheduled_for = ruling.decision.scheduled_for if status is Status.SCHEDULED else None
    entry = Entry(
        id=communication_id,
        channel=message.channel,
        status=status,
        party=about.counterparty,
        contact=about.contact,
        case=about.case,
        client=about.client,
        location=about.party.location if about.party else None,
        regarding=about.regarding,
        thread_id=about.thread_id,
        category=prepared.category,
        sender=prepared.sender.address,
        recipients=prepared.recipients,
        subject=prepared.rendered.subject,
        preview=preview_of(prepared.rendered.text),
        template=prepared.template,
        attachments=attachments,
        sms=prepared.sms,
        created_at=now,
        created_by=author,
        scheduled_for=scheduled_for,
        decision=ruling.decision,
        restricted=message.restricted,
        content_sha256=content.sha256,
    )
    return Communication(
        entry=entry,
        trace=ruling.trace,
        content=content,
        reply_to=message.reply_to,
        in_reply_to=message.in_reply_to,
        audit=message.audit,
        metadata=message.metadata,
        urgent_reason=message.urgent_reason,
        override_hold=message.override_hold,
        work=_delivery_state(status, ruling.decision.action, scheduled_for, now),
    )


def _delivery_state(status: Status, action: Action, scheduled_for: datetime | None, now: datetime) -> DeliveryState:
    if status is Status.QUEUED:
        return DeliveryState(check_at=now + FIRST_SWEEP_DELAY, since=now)
    if status is Status.SKIPPED and action is Action.FALLBACK:
        return DeliveryState(check_at=now + FIRST_SWEEP_DELAY)
    if scheduled_for:
        return DeliveryState(check_at=scheduled_for + FIRST_SWEEP_DELAY)
    return DeliveryState()
