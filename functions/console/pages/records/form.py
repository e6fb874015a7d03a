"""The forms in which something is logged: their fields in words, and what they mean to the library."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from console.forms.about import regarded
from console.forms.values import moment, number
from letterbook.domain.channels import CHANNELS, Channel
from letterbook.domain.message import RecordRequest

Options = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class FormField:
    """`hint` stands beside the field. `kind` is that of the input, or textarea, select, tick."""

    name: str
    label: str
    kind: str = "text"
    hint: str = ""
    options: Options = ()
    longest: int = 0


@dataclass(frozen=True, slots=True)
class FormDefinition:
    """An empty form. `channel` is None where the form asks for it."""

    what: str
    title: str
    noun: str
    channel: Channel | None
    fields: tuple[FormField, ...]


_WHO = (("outbound", "We called them"), ("inbound", "They called us"))
_PLACES = (("", ""), ("in_person", "In person"), ("video", "By video"), ("phone", "By telephone"))
_CHANNELS = tuple((one.value, spec.inbound_label) for one, spec in CHANNELS.items() if spec.inbound_label)
_UNTITLED = frozenset(one.value for one, spec in CHANNELS.items() if not spec.has_subject)
_NUMBERS, _LINES = frozenset({"duration_minutes"}), frozenset({"attendees", "action_items"})
_TICKS = frozenset({"requires_followup", "restricted"})
_COMMON = ("party_id", "contact_id", "case_id", "in_reply_to", "thread_id")
_WHEN = FormField("occurred_at", "When", "datetime-local")
_LONGEST_OUTCOME = 100

FORMS: dict[str, FormDefinition] = {
    "call": FormDefinition(
        "call", "Log a call", "call", Channel.PHONE, (
            FormField("direction", "Who called", "select", options=_WHO),
            _WHEN,
            FormField("duration_minutes", "Minutes", "number"),
            FormField("from_phone", "From number", "tel"),
            FormField("to_phone", "To number", "tel"),
            FormField("subject", "Subject", hint="empty: Phone Call"),
            FormField("outcome", "Outcome", hint="at most 100 characters", longest=_LONGEST_OUTCOME),
            FormField("body", "What was said", "textarea"),
            FormField("requires_followup", "Follow-up", "tick", "Something is to be done after it: a date or words say so, too"),
            FormField("followup_date", "By", "date", "the to-do is due then"),
            FormField("followup_notes", "What", "textarea"),
        ),
    ),
    "meeting": FormDefinition(
        "meeting", "Log a meeting", "meeting", Channel.MEETING, (
            FormField("subject", "Subject"),
            FormField("meeting_date", "Date", "date"),
            FormField("start_time", "From", "time"),
            FormField("end_time", "To", "time", "minutes follow from the times"),
            FormField("duration_minutes", "Minutes", "number", "where no times are known"),
            FormField("location_type", "How", "select", options=_PLACES),
            FormField("location", "Where"),
            FormField("attendees", "Who was there", "textarea", "a line for each"),
            FormField("outcome", "Outcome", hint="at most 100 characters", longest=_LONGEST_OUTCOME),
            FormField("body", "What was said", "textarea"),
            FormField("action_items", "What follows", "textarea", "a line for each"),
        ),
    ),
    "note": FormDefinition(
        "note", "Write a note", "note", Channel.NOTE,
        (FormField("body", "Note", "textarea", "stays inside the firm"), _WHEN),
    ),
    "inbound": FormDefinition(
        "inbound", "Log what came in", "entry", None, (
            FormField("channel", "How", "select", options=_CHANNELS),
            FormField("from", "From", hint="address, number or name"),
            FormField("occurred_at", "Came in", "datetime-local", "its real date"),
            FormField("subject", "Subject", hint="an SMS has none"),
            FormField("body", "What it says", "textarea"),
        ),
    ),
}  # fmt: skip


def body_of(
    blank: FormDefinition, given: Mapping[str, str], attachments: Sequence[Any], zone: ZoneInfo
) -> dict[str, Any]:
    """The form as the API takes it; what is empty is not said."""
    made: dict[str, Any] = {"channel": blank.channel} if blank.channel else {"direction": "inbound"}
    for name in (*_COMMON, *(one.name for one in blank.fields), "restricted"):
        value = given.get(name, "")
        if not value or (name == "subject" and given.get("channel") in _UNTITLED):
            continue
        made[name] = _meant(name, value, zone)
    if made.get("start_time") and made.get("end_time"):
        made.pop("duration_minutes", None)
    if thing := regarded(given):
        made["regarding"] = thing
    if attachments:
        made["attachments"] = attachments
    return made


def filled_from(record: RecordRequest) -> dict[str, str]:
    """The form as it would have been filled in."""
    inner = record.phone or record.meeting
    made = {name: getattr(record, name) or "" for name in (*_COMMON, "subject", "body")}
    made |= {"direction": str(record.direction), "regarding": record.regarding.key if record.regarding else ""}
    made["restricted"] = "1" if record.restricted else ""
    if inner:
        own = {name: getattr(inner, name) for name in inner.__slots__}
        made |= {name: _text_of(value) for name, value in own.items()}
    return made


def _meant(name: str, value: str, zone: ZoneInfo) -> Any:
    if name in _NUMBERS:
        return number(value)
    if name in _LINES:
        return [line.strip() for line in value.splitlines() if line.strip()]
    if name in _TICKS:
        return True
    return moment(value, zone) if name == "occurred_at" else value


def _text_of(value: Any) -> str:
    if value is None or value is False:
        return ""
    if value is True:
        return "1"
    if isinstance(value, tuple):
        return "\n".join(value)
    return f"{value:%H:%M}" if hasattr(value, "tzinfo") and not hasattr(value, "year") else str(value)
