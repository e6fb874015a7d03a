"""An entry as lists show it, as the JSON that it becomes: EntryView says what that is.

A list is hundreds of values that we wrote ourselves: to ask of each whether it is as declared was the most of what a list cost.
Pages of one entry ask (entries.py), and so do the tests.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from pydantic import BaseModel
from pydantic_core import to_json

from letterbook.contracts.fields import rfc3339
from letterbook.domain.calls_and_meetings import Meeting, PhoneCall
from letterbook.domain.communication import Actor, Attachment, AttemptDiff, Entry, Failure, RecipientRole
from letterbook.domain.decision import Decision
from letterbook.domain.references import PartyRef, Regarding
from letterbook.domain.status import STATUSES, Status, StatusGroup

_OPENED = "Opened"
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ViewContext:
    """What a view needs to know beside the entry."""

    now: datetime
    resend_days: int
    retention_years: int | None = None


def page_of(view: BaseModel, entries: Iterable[Entry], showing: ViewContext) -> str:
    """A page as JSON: `view` is all of it but its items."""
    rows = [entry_row(one, showing) for one in entries]
    whole = {**view.model_dump(by_alias=True), "items": rows}
    return to_json(whole).decode()


def entry_row(entry: Entry, showing: ViewContext) -> Row:
    """By the names and in the order of EntryView. Enumerations stand as their values: pydantic writes those ten times as fast."""
    group = entry.group
    return {
        "id": entry.id,
        "channel": entry.channel.value,
        "direction": entry.direction.value,
        "status": entry.status.value,
        "status_group": group.value,
        "status_label": label_of(entry),
        "delivery_basis": _value(entry.delivery_basis),
        "party": {"id": entry.party.id, "kind": _value(entry.party.kind), "name": entry.party.name},
        "contact": _named(entry.contact),
        "case": {"id": entry.case.id, "reference": entry.case.reference} if entry.case else None,
        "regarding": _regarding(entry.regarding) if entry.regarding else None,
        "category": entry.category,
        "client": _named(entry.client),
        "thread_id": entry.thread_id,
        "from": entry.sender,
        "to": entry.addresses(RecipientRole.TO),
        "cc": entry.addresses(RecipientRole.CC),
        "bcc": entry.addresses(RecipientRole.BCC),
        "recipients": [
            {
                "address": one.address,
                "role": one.role.value,
                # Of whom nothing was heard stands as the entry does.
                "status": (one.heard.fact.status if one.heard else entry.status).value,
            }
            for one in entry.recipients
        ],
        "subject": entry.subject,
        "preview": entry.preview,
        "template": {"key": used.key, "version": used.version, "language": used.language}
        if (used := entry.template)
        else None,
        "attachments": [_attachment(one) for one in entry.attachments],
        "provider": entry.provider,
        "provider_reference": entry.provider_reference,
        "attempt": entry.attempt,
        "resend_of": entry.resend_of,
        "fallback_of": entry.fallback_of,
        "changes": _changes(entry.changes) if entry.changes else None,
        "hints": sorted(one.value for one in entry.hints_at(showing.now)),
        "resendable_until": rfc3339(entry.created_at + timedelta(days=showing.resend_days)),
        "occurred_at": rfc3339(entry.occurred_at),
        "created_at": rfc3339(entry.created_at),
        "scheduled_for": _time(entry.scheduled_for),
        "sent_at": _time(entry.sent_at),
        "delivered_at": _time(entry.delivered_at),
        "opened_at": _time(entry.opened_at),
        "failed_at": _time(entry.failed_at),
        "failure": failure_row(entry.failure) if entry.failure else None,
        "decision": _decision(entry.decision) if group is not StatusGroup.LOGGED else None,
        "sms": {"characters": sms.characters, "encoding": sms.encoding, "segments": sms.segments}
        if (sms := entry.sms)
        else None,
        "price": {"amount": f"{price.amount:f}", "currency": price.currency} if (price := entry.price) else None,
        "phone": _phone(entry.phone) if entry.phone else None,
        "meeting": _meeting(entry.meeting) if entry.meeting else None,
        "response_minutes": entry.response_minutes,
        "restricted": entry.restricted,
        "ignored": entry.ignored,
        "ignored_by": _actor(entry.ignored_by) if entry.ignored_by else None,
        "settled_by": entry.settled_by,
        "overtaken_by": entry.overtaken_by,
        "seen_to": {"by": _actor(seen.by), "at": rfc3339(seen.at), "note": seen.note}
        if (seen := entry.seen_to)
        else None,
        "word": {"at": rfc3339(word.at), "words": word.words, "action_required": word.action_required}
        if (word := entry.word)
        else None,
        "created_by": _actor(entry.created_by),
        "content_sha256": entry.content_sha256,
        "version": entry.version,
    }


def label_of(entry: Entry) -> str:
    """The word for how it stands."""
    return _OPENED if entry.opened_at and entry.status is Status.DELIVERED else STATUSES[entry.status].label


def _attachment(one: Attachment) -> Row:
    return {
        "id": one.id,
        "name": one.name,
        "bytes": one.bytes,
        "media_type": one.media_type,
        "sha256": one.sha256,
        "dangerous": one.dangerous,
        "content_id": one.content_id,
    }


def _value(one: StrEnum | None) -> str | None:
    return one.value if one else None


def _time(at: datetime | None) -> str | None:
    return rfc3339(at) if at else None


def _named(one: PartyRef | None) -> Row | None:
    return {"id": one.id, "name": one.name} if one else None


def _actor(one: Actor) -> Row:
    return {"id": one.id, "name": one.name, "role": one.role}


def _regarding(one: Regarding) -> Row:
    words = one.label or f"{one.type.replace('_', ' ').capitalize()} {one.id}"
    return {"type": one.type, "id": one.id, "label": words, "url": one.url}


def _changes(one: AttemptDiff) -> Row:
    moved, renewed = one.to_before != one.to_after, one.template_before != one.template_after
    return {
        "to": {"before": list(one.to_before), "after": list(one.to_after)} if moved else None,
        "template_version": {"before": one.template_before, "after": one.template_after} if renewed else None,
        "content": "identical" if one.identical else "changed",
    }


def failure_row(one: Failure) -> Row:
    """By the names of FailureView."""
    words = one.words
    return {
        "code": one.code.value,
        "reason": words.reason,
        "provider_code": one.provider_code,
        "permanent": one.permanent,
        "advice": words.advice,
    }


def _decision(one: Decision) -> Row:
    return {
        "action": one.action.value,
        "rule": one.rule,
        "reason": one.reason,
        "scheduled_for": _time(one.scheduled_for),
        "settings_version": one.settings_version,
    }


def _phone(one: PhoneCall) -> Row:
    return {
        "from_phone": one.from_phone,
        "to_phone": one.to_phone,
        "duration_minutes": one.duration_minutes,
        "outcome": one.outcome,
        "requires_followup": one.requires_followup,
        "followup_date": one.followup_date.isoformat() if one.followup_date else None,
        "followup_notes": one.followup_notes,
    }


def _meeting(one: Meeting) -> Row:
    times: Sequence[str | None] = [f"{at:%H:%M}" if at else None for at in (one.start_time, one.end_time)]
    return {
        "meeting_date": one.meeting_date.isoformat(),
        "start_time": times[0],
        "end_time": times[1],
        "duration_minutes": one.duration_minutes,
        "location_type": one.location_type,
        "location": one.location,
        "attendees": list(one.attendees),
        "outcome": one.outcome,
        "action_items": list(one.action_items),
    }
