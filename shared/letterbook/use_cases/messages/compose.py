"""Composes a message: resolves what it refers to, renders it, decides about it, and has it accepted."""

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from letterbook.domain.access import Permission, Viewer
from letterbook.domain.attempts import MOST_ATTEMPTS, can_be_said_again
from letterbook.domain.communication import Communication
from letterbook.domain.errors import (
    ConcurrentUpdate,
    Conflict,
    FieldError,
    IdempotencyKeyConflict,
    Invalid,
    NotFound,
)
from letterbook.domain.message import MessageRequest
from letterbook.domain.retries import AT_ONCE
from letterbook.domain.status import Status
from letterbook.ports import IdempotencyKey, MessageContext, World
from letterbook.retry import retry_on_conflict, tries
from letterbook.use_cases.messages.accept import (
    AttemptOf,
    accept,
    accept_draft,
    attempts_of,
    awaits_fallback,
    rebuild_draft,
)
from letterbook.use_cases.messages.fallback import decide_fallback, fall_back
from letterbook.use_cases.messages.prepare import Prepared, load_context, prepare
from letterbook.use_cases.messages.resolve_references import PreviousVersion
from letterbook.use_cases.reading.read import get_visible
from letterbook.use_cases.support.idempotency import replay, result_of_winner

if TYPE_CHECKING:
    from letterbook.domain.correspondence import Carried

logger = logging.getLogger(__name__)


def compose(
    world: World,
    viewer: Viewer,
    message: MessageRequest,
    key: IdempotencyKey | None = None,
    again: AttemptOf | None = None,
    undo: timedelta = AT_ONCE,
    carried: "Carried | None" = None,
) -> tuple[Communication, bool]:
    """Sends, schedules, skips or drafts a new message; also answers whether the key had made it before.

    `again` is what it says again by order of `resend`; a message may name that itself, too (`resend_of`). What would go at once
    waits for `undo`: so long it can be cancelled for certain. `carried` is the correspondence that it brings.

    Raises Forbidden, Invalid, TooLarge or Conflict, and ConcurrentUpdate where what it carries has changed; then no entry was
    written.
    """
    viewer.require(Permission.SEND)
    if again is None and (message.resend_of or message.brings_einvoice):
        # Whoever says the same at the same moment makes the attempt before it, or has the number of the invoice.
        return retry_on_conflict(lambda: _compose(world, viewer, message, key, None, undo))
    return _compose(world, viewer, message, key, again, undo, carried)


def _compose(
    world: World,
    viewer: Viewer,
    message: MessageRequest,
    key: IdempotencyKey | None,
    again: AttemptOf | None,
    undo: timedelta,
    carried: "Carried | None" = None,
) -> tuple[Communication, bool]:
    def see(made: Communication) -> Communication:
        return get_visible(world, viewer, made.id)

    now = world.now()
    context = load_context(world, message, key)
    if key and context.remembered:
        return effective_entry(world, replay(context.remembered, key, Communication, see)), True
    kept = PreviousVersion(entry=again.of.entry, asked=message) if again else None
    prepared = prepare(world, viewer, message, context, now=now, previous=kept)
    if message.send_now and not again:
        prepared = _with_fallback(world, viewer, prepared, context)
    if again is None:
        named = _next_attempt(world, viewer, prepared)
        # A draft says nothing yet: it becomes an attempt when it is sent, as it is by then.
        again = named if message.send_now else None
    try:
        communication = accept(world, viewer, prepared, context, now, key, again, undo, carried)
    except IdempotencyKeyConflict:
        return effective_entry(world, result_of_winner(world, key, Communication, see)), True
    return effective_entry(world, communication, undo), False


def _next_attempt(world: World, viewer: Viewer, prepared: Prepared) -> AttemptOf | None:
    """What the message says again, by its own word, where it can be an attempt of that. Raises Invalid for what is not there."""
    message, about = prepared.message, prepared.about
    if message.resend_of is None:
        return None
    try:
        before = get_visible(world, viewer, message.resend_of)
    except NotFound:
        fault = FieldError("resend_of", "unknown_communication", "There is no such communication.")
        raise Invalid("The message refers to what is not there.", fault) from None
    case_id = about.case.id if about.case else None
    if not can_be_said_again(
        before.entry, party_id=about.counterparty.id, case_id=case_id, restricted=message.restricted
    ):
        return None
    attempts = attempts_of(world, before)
    return AttemptOf(of=before, attempts=attempts) if len(attempts.ids) < MOST_ATTEMPTS else None


def send_draft(world: World, viewer: Viewer, communication_id: str, undo: timedelta = AT_ONCE) -> Communication:
    """Sends a draft as it would be composed now: present addresses, present template, present rules.

    Raises NotFound, Conflict `not_a_draft`, and what compose raises.
    """
    viewer.require(Permission.SEND)
    now = world.now()
    draft, message = load_draft(world, viewer, communication_id)
    context = load_context(world, message)
    prepared = _with_fallback(world, viewer, prepare(world, viewer, message, context, now=now), context)
    for _ in tries():
        again = _attempt_of_draft(world, viewer, prepared)
        try:
            communication = accept_draft(world, viewer, draft, prepared, context, now, again, undo)
        except ConcurrentUpdate:
            current = get_visible(world, viewer, communication_id).entry
            if current.status is not Status.DRAFT:
                raise _not_a_draft() from None
            if current.version != draft.entry.version or (again is None and prepared.brought is None):
                raise
            # Somebody else said the same at the same moment: theirs is the attempt before, or has the number of the invoice.
            if prepared.brought:
                prepared = prepare(world, viewer, message, context, now=now)
            continue
        return effective_entry(world, communication, undo)
    raise ConcurrentUpdate(communication_id)


def _attempt_of_draft(world: World, viewer: Viewer, prepared: Prepared) -> AttemptOf | None:
    """What a draft says again, as far as that is there still, and whoever sends it sees it: nobody can name another by now."""
    try:
        return _next_attempt(world, viewer, prepared)
    except Invalid:
        return None


def load_draft(world: World, viewer: Viewer, communication_id: str) -> tuple[Communication, MessageRequest]:
    """A draft, and what it asks for as it is to go now.

    Raises Forbidden, NotFound, Conflict `not_a_draft`, Invalid where not all of it is written yet.
    """
    draft = get_visible(world, viewer, communication_id)
    message = world.content_store.content(draft.content).message if draft.entry.status is Status.DRAFT else None
    if message is None:
        raise _not_a_draft()
    if unwritten := message.unwritten:
        told = "This is not written yet."
        raise Invalid("The draft is not finished.", *(FieldError(name, "required", told) for name in unwritten))
    return draft, message.as_of(world.now())


def recompose_draft(world: World, viewer: Viewer, draft: Communication, message: MessageRequest) -> Communication:
    """The draft as it would be composed now of an amended message. Raises what compose raises of a draft."""
    now = world.now()
    context = load_context(world, message)
    kept = PreviousVersion(entry=draft.entry, asked=world.content_store.content(draft.content).message)
    prepared = prepare(world, viewer, message, context, now=now, previous=kept)
    if prepared.too_large:
        raise prepared.too_large
    return rebuild_draft(world, draft, prepared, now)


def effective_entry(world: World, communication: Communication, undo: timedelta = AT_ONCE) -> Communication:
    """The entry itself, or the one that goes in its stead. It is accepted: what fails here, the sweep finds."""
    if not awaits_fallback(communication):
        return communication
    try:
        return fall_back(world, communication.id, undo) or world.communications.get(communication.id) or communication
    except Exception:
        logger.exception("not fallen back yet: left to the sweep", extra={"communication_id": communication.id})
        return communication


def _with_fallback(world: World, viewer: Viewer, prepared: Prepared, context: MessageContext) -> Prepared:
    """Decided to fall back where it cannot reach anybody and another channel can."""
    decided = decide_fallback(world, viewer, prepared, context)
    return decided[0] if decided else prepared


def _not_a_draft() -> Conflict:
    return Conflict("Only a draft can be sent, and once.", code="not_a_draft")
