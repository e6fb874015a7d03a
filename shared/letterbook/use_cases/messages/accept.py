"""Accepts a prepared message: keeps its content, writes the entry, sets it going. Accepted means committed."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from letterbook.domain.access import Viewer
from letterbook.domain.attempts import Attempts, changes_between, single_attempt
from letterbook.domain.communication import SYSTEM, Actor, Communication, Entry, preview_of
from letterbook.domain.decision import Action
from letterbook.domain.departure import EVENT_OF, delivery_state, reason_told, scheduled_for, status_of
from letterbook.domain.ids import Kind, new_id
from letterbook.domain.retries import AT_ONCE
from letterbook.domain.status import Status
from letterbook.domain.transitions import created, transitioned
from letterbook.ports import Content, IdempotencyKey, MessageContext, World
from letterbook.use_cases.delivery.enqueue import enqueue
from letterbook.use_cases.directory.attachments import gather, pin
from letterbook.use_cases.letters.build_letter import without_blocks
from letterbook.use_cases.messages.commit_entry import commit_entry
from letterbook.use_cases.messages.letter_of_message import letter_of
from letterbook.use_cases.messages.prepare import Prepared
from letterbook.use_cases.messages.thread_assignment import assign_thread
from letterbook.use_cases.support.access import actor_of

if TYPE_CHECKING:
    from letterbook.domain.correspondence import Carried
    from letterbook.domain.einvoice_numbers import EinvoiceNumber


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptOf:
    """What a message says again, and all the attempts so far; `elsewhere` by another channel."""

    of: Communication
    attempts: Attempts
    elsewhere: bool = False


def attempts_of(world: World, communication: Communication) -> Attempts:
    """All the attempts to say what it says."""
    return world.attempts.get(communication.entry.first_attempt or communication.id) or single_attempt(communication)


def accept(
    world: World,
    viewer: Viewer,
    prepared: Prepared,
    context: MessageContext,
    now: datetime,
    key: IdempotencyKey | None = None,
    again: AttemptOf | None = None,
    undo: timedelta = AT_ONCE,
    carried: "Carried | None" = None,
) -> Communication:
    """Makes the entry of a new message; `again` where it says once more what another entry said. It goes after `undo`.

    What is `carried` by it is written with it.

    Raises what the message is refused with, IdempotencyKeyConflict and ConcurrentUpdate, and then no entry was written. The
    content goes into the store before the entry: whoever dies in between leaves an object that nothing refers to, never an entry
    without its content.
    """
    refusal = prepared.ruling.refusal if prepared.message.send_now else prepared.too_large
    if refusal:
        raise refusal
    _tell_of_invoice(world, viewer, prepared)
    communication = _communication(world, new_id(Kind.COMMUNICATION, now), prepared, actor_of(viewer), now, undo)
    communication, context = assign_thread(world, communication, context)
    attempts = None
    if again:
        communication = _link_attempt(world, communication, again, prepared)
        attempts = again.attempts.appended(communication.id)
    actor = SYSTEM if again and again.elsewhere else actor_of(viewer)
    change = created(communication, at=now, actor=actor, **_history_event(communication))
    number = _number_taken(prepared, communication)
    instead_of = again.of if again and again.elsewhere else None
    commit_entry(world, change, context, key, attempts, instead_of, carried, number)
    enqueue(world, change.after)
    return change.after


def accept_draft(
    world: World,
    viewer: Viewer,
    draft: Communication,
    prepared: Prepared,
    context: MessageContext,
    now: datetime,
    again: AttemptOf | None = None,
    undo: timedelta = AT_ONCE,
) -> Communication:
    """Sets a draft going; `again` where it says once more what another entry said.

    Raises what it is refused with, and ConcurrentUpdate where somebody else changed it, or said the same, first.
    """
    if prepared.ruling.refusal:
        raise prepared.ruling.refusal
    _tell_of_invoice(world, viewer, prepared)
    fresh, context = assign_thread(world, rebuild_draft(world, draft, prepared, now, undo), context)
    attempts = None
    if again:
        fresh = _link_attempt(world, fresh, again, prepared)
        attempts = again.attempts.appended(fresh.id)
    change = transitioned(
        draft, fresh.entry.status, at=now, actor=actor_of(viewer), after=fresh, **_history_event(fresh)
    )
    commit_entry(world, change, context, attempts=attempts, number=_number_taken(prepared, fresh))
    enqueue(world, change.after)
    return change.after


def rebuild_draft(
    world: World, draft: Communication, prepared: Prepared, now: datetime, undo: timedelta = AT_ONCE
) -> Communication:
    """A draft made anew, in its own place and by its own author."""
    fresh = _communication(world, draft.id, prepared, draft.entry.created_by, now, undo)
    entry = draft.entry
    same = replace(
        fresh.entry,
        created_at=entry.created_at,
        ignored=entry.ignored,
        ignored_by=entry.ignored_by,
    )
    return replace(fresh, entry=same, chain=draft.chain)


def awaits_fallback(communication: Communication) -> bool:
    """Whether it was decided that another entry goes in its stead."""
    entry = communication.entry
    return entry.status is Status.SKIPPED and entry.decision.action is Action.FALLBACK


def _link_attempt(world: World, communication: Communication, again: AttemptOf, prepared: Prepared) -> Communication:
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


def _tell_of_invoice(world: World, viewer: Viewer, prepared: Prepared) -> None:
    """Before the entry, which then regards it: whoever dies in between has told of an invoice that there is. Of a draft nothing."""
    party = prepared.about.party
    if prepared.brought and party and prepared.message.send_now:
        from letterbook.use_cases.messages.einvoice_of_message import tell_of_invoice

        tell_of_invoice(world, viewer, prepared.brought, party.id)


def _number_taken(prepared: Prepared, communication: Communication) -> "EinvoiceNumber | None":
    """The number of an e-invoice, for what goes to its network: a draft, and what is skipped, takes none."""
    goes = communication.entry.status not in (Status.DRAFT, Status.SKIPPED)
    known = prepared.brought.number if prepared.brought and goes else None
    return known.taken_by(communication.id) if known else None


def _history_event(communication: Communication) -> dict[str, str]:
    status, decision = communication.entry.status, communication.entry.decision
    if awaits_fallback(communication):
        return {"event": "falls back", "note": decision.reason}
    note = f"Waits for {', '.join(communication.awaits)}." if communication.awaits else reason_told(status, decision)
    return {"event": EVENT_OF[status], "note": note}


def _communication(
    world: World, communication_id: str, prepared: Prepared, author: Actor, now: datetime, undo: timedelta
) -> Communication:
    message, about, ruling = prepared.message, prepared.about, prepared.ruling
    there, absent = gather(world, about.documents) if message.collect else (about.documents, ())
    attachments = pin(world, there, message.digests, communication_id)
    awaits = (*about.lacking, *absent)
    status = _first_status(prepared, waits=bool(awaits))
    letter = (
        letter_of(world, prepared, author, now, communication_id)
        if status in (Status.COLLECTING, Status.GENERATING)
        else None
    )
    brought = prepared.brought if not message.channel.spec.is_written else None
    said = Content(
        rendered=without_blocks(prepared.rendered),
        message=message,
        letter=letter,
        einvoice=brought.einvoice if brought else None,
    )
    content = world.content_store.put_content(communication_id, said)
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
        scheduled_for=scheduled_for(status, ruling.decision),
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
        awaits=awaits if status is Status.COLLECTING else (),
        override_hold=message.override_hold,
        post=prepared.post,
        postal_address=prepared.postal_address,
        einvoice=brought.facts if brought else None,
        work=delivery_state(status, ruling.decision, now, now + undo, message.only_by),
    )


def _first_status(prepared: Prepared, *, waits: bool) -> Status:
    """What it waits for comes first, then, of what goes on paper, its document; where it goes at all."""
    if not prepared.message.send_now:
        return Status.DRAFT
    status = status_of(prepared.ruling.decision)
    if status is Status.SKIPPED:
        return status
    if waits:
        return Status.COLLECTING
    return Status.GENERATING if prepared.message.channel.spec.is_letter else status
