"""Collects what a message waits for: uploads that are on their way, the PDF of what it regards.

It looks when the sweep says so, and when another system tells of what is regarded. What has not come for an hour somebody is asked
for, and what has not come for a week fails the message: nobody waits for ever without knowing.
"""

from dataclasses import replace
from datetime import timedelta

from letterbook.domain.communication import Attachment, Communication
from letterbook.domain.decision import Decision
from letterbook.domain.departure import EVENT_OF, delivery_state, reason_told, scheduled_for, status_of
from letterbook.domain.errors import CallerError
from letterbook.domain.failures import FailureText
from letterbook.domain.party import Document
from letterbook.domain.policy_rules import MAX_ATTACHMENTS_BYTES
from letterbook.domain.receipts import Signal
from letterbook.domain.status import Status
from letterbook.domain.subjects import lender, pdf_of
from letterbook.domain.transitions import Change, transitioned, updated
from letterbook.ports import Content, ContextQuery, World
from letterbook.use_cases.delivery.document_failed import document_failed
from letterbook.use_cases.delivery.recheck import skipped, why_barred
from letterbook.use_cases.delivery.release_scheduled import next_opening
from letterbook.use_cases.directory.attachments import gather, pin
from letterbook.use_cases.support.subject_documents import document_of_subject
from letterbook.use_cases.support.update import update_communication

# After that somebody is asked to bring it, and after that it is not waited for any more.
ASKED_FOR_AFTER, GIVEN_UP_AFTER = timedelta(hours=1), timedelta(days=7)


def collect(world: World, communication: Communication) -> Communication | None:
    """The communication once it has all that it waited for, on its way; None while it waits, or does not any more.

    Raises CorruptContent.
    """
    content = world.content_store.content(communication.content)
    documents, lacking = _wanted(world, communication, content)
    there, absent = gather(world, documents)
    if awaits := (*lacking, *absent):
        update_communication(world, communication.id, lambda standing: _waits(world, standing, awaits))
        return None
    try:
        attachments = pin(world, there, content.message.digests if content.message else {}, communication.id)
    except CallerError as refused:
        _fail(world, communication.id, FailureText(refused.detail, "Attach the right file, then send again."))
        return None
    if communication.entry.channel.spec.is_letter and (barred := _barred(world, communication)):
        update_communication(
            world, communication.id, lambda standing: skipped(standing, barred, world.now(), Status.COLLECTING)
        )
        return None
    if sum(one.bytes for one in attachments) > MAX_ATTACHMENTS_BYTES:
        too_large = FailureText("Its attachments come to more than 18 MB together.", "Attach less, then send again.")
        _fail(world, communication.id, too_large)
        return None
    content = _with_enclosures(world, communication, content, attachments)
    done = update_communication(
        world, communication.id, lambda standing: _collected(world, standing, attachments, content)
    )
    return done.after if done else None


def _barred(world: World, communication: Communication) -> Decision | None:
    """What goes on paper nobody asks again after this: a person is told to post it."""
    context = world.load_context(ContextQuery(party_id=communication.entry.party.id))
    return why_barred(world, communication, context)


def _fail(world: World, communication_id: str, why: FailureText) -> None:
    update_communication(world, communication_id, lambda standing: document_failed(standing, why, world.now()))


def _wanted(
    world: World, communication: Communication, content: Content
) -> tuple[tuple[Document, ...], tuple[str, ...]]:
    """The documents that it shall bring, in order; and what nobody has told of yet, or was taken away."""
    message, entry = content.message, communication.entry
    if message is None:
        return (), ()
    found = [world.documents.get(one) for one in message.attachments]
    documents = [one for one in found if one]
    lacking = [
        f"a document that is gone ({named})"
        for named, one in zip(message.attachments, found, strict=True)
        if one is None
    ]
    if message.attach_regarding and message.regarding:
        named_so = world.subjects.named(message.regarding.type, message.regarding.id)
        client_id = entry.client.id if entry.client else None
        subject = lender(named_so, party_id=entry.party.id, client_id=client_id)
        own = document_of_subject(world, subject, entry.case.id if entry.case else None)
        if own is None:
            lacking.append(pdf_of(message.regarding))
        elif own.id not in message.attachments:
            documents.append(own)
    return tuple(documents), tuple(lacking)


def _waits(world: World, standing: Communication, awaits: tuple[str, ...]) -> Change | None:
    """Nothing is written where nothing is new."""
    now, entry = world.now(), standing.entry
    if entry.status is not Status.COLLECTING:
        return None
    waited = now - (standing.work.since or entry.created_at)
    if waited >= GIVEN_UP_AFTER:
        given_up = f"For a week it waited for {', '.join(awaits)}."
        return document_failed(standing, FailureText(given_up, "Bring it, then send again."), now)
    signals = entry.signals | ({Signal.DATA_MISSING} if waited >= ASKED_FOR_AFTER else frozenset())
    if (signals, awaits) == (entry.signals, standing.awaits):
        return None
    after = replace(standing, entry=replace(entry, signals=signals), awaits=awaits)
    return updated(standing, after, at=now, event="still waits", note=f"Waits for {', '.join(awaits)}.")


def _with_enclosures(
    world: World, communication: Communication, content: Content, attachments: tuple[Attachment, ...]
) -> Content:
    """The letter names what goes with it, and bears the date of the day that it goes."""
    if content.letter is None:
        return content
    goes_at = max(world.now(), communication.entry.decision.scheduled_for or world.now())
    day = goes_at.astimezone(world.settings.current().zone).date()
    names = tuple(one.name for one in attachments)
    return replace(content, letter=replace(content.letter, enclosures=names, date=day))


def _collected(
    world: World, standing: Communication, attachments: tuple[Attachment, ...], content: Content
) -> Change | None:
    if standing.entry.status is not Status.COLLECTING:
        return None
    now, decision, work = world.now(), standing.entry.decision, standing.work
    on_paper = standing.entry.channel.spec.is_letter
    status = Status.GENERATING if on_paper else status_of(decision)
    goes_at, note = scheduled_for(status, decision), reason_told(status, decision)
    state = delivery_state(status, decision, now, work.not_before or now, work.only_by)
    if status is Status.QUEUED and (opening := next_opening(world, standing, now)) > now:
        # It was accepted in hours that are over.
        status, goes_at, note = Status.SCHEDULED, opening, "It waits for the next opening."
        state = replace(state, check_at=opening, since=None, not_before=None)
    ref = world.content_store.put_content(standing.id, content) if content.letter else standing.content
    entry = replace(
        standing.entry,
        attachments=attachments,
        scheduled_for=goes_at,
        content_sha256=ref.sha256,
    )
    after = replace(standing, entry=entry, content=ref, awaits=(), work=state)
    return transitioned(
        standing,
        status,
        at=now,
        event="collected" if status in (Status.GENERATING, Status.QUEUED) else EVENT_OF[status],
        note=note,
        after=after,
    )
