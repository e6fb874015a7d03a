"""Logs what happened elsewhere: a call, a meeting, a note, a letter that came in, an email sent by hand. Nothing is sent."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from letterbook.domain import sms
from letterbook.domain.access import Permission, Viewer
from letterbook.domain.addressing import record_with_numbers
from letterbook.domain.calls_and_meetings import validate_meeting
from letterbook.domain.channels import CostClass
from letterbook.domain.communication import Actor, Communication, Direction, Entry, Recipient, RecipientRole, preview_of
from letterbook.domain.errors import FieldError, IdempotencyKeyConflict, Invalid, TooLarge
from letterbook.domain.ids import Kind, new_id
from letterbook.domain.message import CommunicationRequest, RecordRequest
from letterbook.domain.status import Status
from letterbook.domain.templates import Rendered
from letterbook.domain.transitions import created
from letterbook.ports import Content, IdempotencyKey, MessageContext, World
from letterbook.use_cases.directory.attachments import pin
from letterbook.use_cases.messages.commit_entry import commit_entry
from letterbook.use_cases.messages.resolve_references import PreviousVersion, References, context_query_for, resolve
from letterbook.use_cases.messages.thread_assignment import assign_thread
from letterbook.use_cases.reading.read import get_visible
from letterbook.use_cases.support.access import actor_of
from letterbook.use_cases.support.idempotency import replay, result_of_winner

# Clocks differ by so much; what is later has not happened.
_TOLERANCE = timedelta(minutes=5)
_EARLIEST_YEAR = 1990
# Earlier versions of what people log are kept in the history, whose rows have an end.
MAX_RECORD_BYTES = 200_000


def log_communication(
    world: World, viewer: Viewer, record: RecordRequest, key: IdempotencyKey | None = None
) -> tuple[Communication, bool]:
    """The new entry, and whether the key had made it before. It stands at `occurred_at`; `created_at` is ours.

    Raises Forbidden, Invalid, TooLarge, and then nothing was written but content that nothing refers to.
    """
    viewer.require(Permission.RECORDS)

    def see(made: Communication) -> Communication:
        return get_visible(world, viewer, made.id)

    now = world.now()
    found = world.load_context(context_query_for(record, key=key))
    if key and found.remembered:
        return replay(found.remembered, key, Communication, see), True
    record, about, occurred_at = _checked(world, viewer, record, found, now)
    communication = _communication(world, record, about, new_id(Kind.COMMUNICATION, occurred_at), actor_of(viewer), now)
    communication, found = assign_thread(world, communication, found)
    change = created(communication, at=now, actor=actor_of(viewer), event="logged")
    try:
        commit_entry(world, change, found, key)
    except IdempotencyKeyConflict:
        return result_of_winner(world, key, Communication, see), True
    return change.after, False


def relog(
    world: World, viewer: Viewer, before: Communication, asked: CommunicationRequest, record: RecordRequest
) -> Communication:
    """What was logged by hand as it would be logged now, in its own place: the moment it happened at is not amended.

    Raises Invalid, TooLarge.
    """
    now = world.now()
    context = world.load_context(context_query_for(record))
    previous = PreviousVersion(entry=before.entry, asked=asked)
    record, about, _ = _checked(world, viewer, record, context, now, previous)
    entry = before.entry
    fresh = _communication(world, record, about, entry.id, entry.created_by, now)
    same = replace(
        fresh.entry,
        created_at=entry.created_at,
        response_minutes=entry.response_minutes,
        ignored=entry.ignored,
        ignored_by=entry.ignored_by,
    )
    return replace(fresh, entry=same, chain=before.chain)


def _checked(
    world: World,
    viewer: Viewer,
    record: RecordRequest,
    context: MessageContext,
    now: datetime,
    previous: PreviousVersion | None = None,
) -> tuple[RecordRequest, References, datetime]:
    references, faults = resolve(world, viewer, record, context, previous)
    occurred_at, wrong_time = _occurred(world, record, now)
    party = references.party
    record, wrong_numbers = record_with_numbers(record, world.settings.current().country_of(party))
    faults += [*wrong_time, *wrong_numbers]
    if faults:
        raise Invalid("The record refers to things that are not there, or cannot be.", *faults)
    if len(record.body.encode()) > MAX_RECORD_BYTES:
        raise TooLarge(
            "The text is too large.", FieldError("body", "too_large", "A record holds at most 200 KB of text.")
        )
    return record, references, occurred_at


def _occurred(world: World, record: RecordRequest, now: datetime) -> tuple[datetime, list[FieldError]]:
    at, field = record.occurred_at or now, "occurred_at"
    faults = validate_meeting(record.meeting) if record.meeting else []
    if record.meeting:
        at, field = record.meeting.begins(world.settings.current().zone), "meeting_date"
    if at > now + _TOLERANCE:
        faults.append(FieldError(field, "in_the_future", "What is logged has happened."))
    if at.astimezone(UTC).year < _EARLIEST_YEAR:
        faults.append(FieldError(field, "out_of_range", "The log begins in 1990."))
        return now, faults
    return at, faults


def _communication(
    world: World, record: RecordRequest, references: References, communication_id: str, author: Actor, now: datetime
) -> Communication:
    attachments = pin(world, references.documents, record.digests, communication_id)
    kept = record if record.channel.spec.is_record_only else None
    content = world.content_store.put_content(
        communication_id, Content(rendered=Rendered(subject=record.subject, text=record.body), record=kept)
    )
    given = {RecipientRole.TO: record.to, RecipientRole.CC: record.cc, RecipientRole.BCC: record.bcc}
    entry = Entry(
        id=communication_id,
        channel=record.channel,
        direction=record.direction,
        status=Status.RECEIVED if record.direction is Direction.INBOUND else Status.LOGGED,
        party=references.counterparty,
        contact=references.contact,
        case=references.case,
        client=references.client,
        location=references.party.location if references.party else None,
        regarding=references.regarding,
        thread_id=references.thread_id,
        category=record.category,
        sender=record.sender,
        recipients=tuple(Recipient(address=one, role=role) for role, all_ in given.items() for one in all_),
        subject=record.subject,
        preview=preview_of(record.body),
        attachments=attachments,
        sms=sms.measure(record.body) if record.channel.spec.cost_class is CostClass.PER_SEGMENT else None,
        phone=record.phone,
        meeting=replace(record.meeting, duration_minutes=record.meeting.minutes) if record.meeting else None,
        provider=record.network,
        created_at=now,
        created_by=author,
        restricted=record.restricted,
        content_sha256=content.sha256,
    )
    return Communication(
        entry=entry, content=content, in_reply_to=record.in_reply_to, audit=record.audit, metadata=record.metadata
    )
