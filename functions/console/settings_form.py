"""The form of the firm's settings: filled from them, read back into what the contract checks, and compared with theirs."""

import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from console.web import Visit
from letterbook.domain.calendar import OfficeHours
from letterbook.domain.organisation import Organisation

DAYS = {"mon": "Mon", "tue": "Tue", "wed": "Wed", "thu": "Thu", "fri": "Fri", "sat": "Sat", "sun": "Sun"}
QUIET = {"email": "Email", "sms": "SMS"}
ROWS = {"senders": ("channel", "address", "name"), "skip_rules": ("payment_method", "category")}
_TEXTS = ("name", "address", "time_zone", "country", "subdivision", "currency")
_NUMBERS = ("resend_days", "provider_event_days", "stuck_after_minutes")
_MOST_ROWS = 50
LABELS = {
    "name": "Name",
    "address": "Address",
    "time_zone": "Time zone",
    "country": "Country",
    "subdivision": "Subdivision",
    "currency": "Currency",
    "languages": "Languages",
    "closing_days": "Closing days",
    "office_hours": "Office hours",
    "quiet_hours": "Quiet hours",
    "senders": "Senders",
    "skip_rules": "Skip rules",
    "resend_days": "Resending",
    "provider_event_days": "Provider events",
    "stuck_after_minutes": "Stuck",
}

Typed = dict[str, Any]


def of_settings(organisation: Organisation) -> Typed:
    return {
        **{name: getattr(organisation, name) or "" for name in _TEXTS},
        **{name: str(getattr(organisation, name)) for name in _NUMBERS},
        "languages": ", ".join(organisation.languages),
        "closing_days": "\n".join(one.isoformat() for one in organisation.closing_days),
        "office_hours": _hours(organisation.office_hours),
        "quiet_hours": {name: _hours(hours) for name, hours in sorted(organisation.quiet_hours.items())},
        "senders": [
            {"channel": str(one.channel), "address": one.address, "name": one.name} for one in organisation.senders
        ],
        "skip_rules": [
            {"payment_method": one.payment_method, "category": one.category} for one in organisation.skip_rules
        ],
    }


def of_form(visit: Visit) -> Typed:
    """Rows that nobody filled in are none."""
    return {
        **{name: visit.field(name).replace("\r\n", "\n") for name in (*_TEXTS, *_NUMBERS, "languages")},
        "closing_days": "\n".join(visit.field("closing_days").split()),
        "office_hours": _typed_hours(visit, "office_hours"),
        "quiet_hours": {
            name: _typed_hours(visit, f"quiet_hours.{name}") for name in QUIET if visit.field(f"quiet_hours.{name}")
        },
        **{name: _typed_rows(visit, name, parts) for name, parts in ROWS.items()},
    }


def body_of(typed: Typed, kind: type[BaseModel]) -> Any:
    """What the contract makes of it. Raises ValidationError."""
    given = {
        **typed,
        **{name: _number(typed[name]) for name in _NUMBERS},
        "subdivision": typed["subdivision"] or None,
        "languages": [one.strip() for one in typed["languages"].split(",") if one.strip()],
        "closing_days": typed["closing_days"].split(),
    }
    return kind.model_validate_json(json.dumps(given))


def differing(typed: Typed, present: Typed) -> Mapping[str, str]:
    """What stands otherwise in the settings by now, in words, by the field."""
    return {name: _said(name, present[name]) for name in typed if typed[name] != present[name]}


def _said(name: str, value: Any) -> str:
    if name == "office_hours":
        return _said_hours(value)
    if name == "quiet_hours":
        return "; ".join(f"{QUIET.get(one, one)} {_said_hours(hours)}" for one, hours in value.items()) or "none"
    if name in ROWS:
        return "; ".join(" ".join(part for part in row.values() if part) for row in value) or "none"
    return ", ".join(str(value).split("\n")) or "nothing"


def _said_hours(hours: Typed) -> str:
    return f"{hours['start']} to {hours['end']}, {', '.join(DAYS.get(one, one) for one in hours['days'])}"


def _hours(hours: OfficeHours) -> Typed:
    return {"start": f"{hours.start:%H:%M}", "end": f"{hours.end:%H:%M}", "days": list(hours.days)}


def _typed_hours(visit: Visit, name: str) -> Typed:
    return {
        "start": visit.field(f"{name}.start"),
        "end": visit.field(f"{name}.end"),
        "days": [one for one in DAYS if one in visit.form.get(f"{name}.days", ())],
    }


def _typed_rows(visit: Visit, name: str, parts: tuple[str, ...]) -> list[dict[str, str]]:
    rows = [{part: visit.field(f"{name}.{n}.{part}") for part in parts} for n in range(_MOST_ROWS)]
    # A channel is always chosen; it alone makes no row.
    return [row for row in rows if any(value for part, value in row.items() if part != "channel")]


def _number(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text
