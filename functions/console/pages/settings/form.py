"""The form of the firm's settings: filled from them, read back into what the contract checks, and compared with theirs."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from console.app.routing import PageRequest
from console.forms.parsing import validate
from console.forms.postal import WISHES, typed_wish, wish_given
from console.forms.values import number
from console.lists.choices import country_name, picked
from console.presenters.dates import Clock
from console.presenters.labels import capital, channel_label, humanize_code, language_label, provider_label
from console.presenters.post import wish_options
from letterbook.contracts.settings import SettingsBody
from letterbook.domain.calendar import OfficeHours, subdivisions
from letterbook.domain.channels import CARRIED, SENDABLE, WITH_HOURS
from letterbook.domain.organisation import NETWORK_FIELDS, LetterheadSetting, Organisation

DAYS = {"mon": "Mon", "tue": "Tue", "wed": "Wed", "thu": "Thu", "fri": "Fri", "sat": "Sat", "sun": "Sun"}
# Only what goes from an address has a sender of its own: a letter is from the firm.
LABELLED = {channel.value: channel.spec.label for channel in CARRIED}
QUIET = {channel.value: channel.spec.label for channel in WITH_HOURS}
SENDING = list(QUIET.items())
WAYS = [channel.value for channel in SENDABLE]
ROWS = {
    "senders": ("channel", "address", "name"),
    "skip_rules": ("payment_method", "category"),
    "fallback": ("category", "order"),
}
_TEXTS = ("name", "address", "time_zone", "country", "subdivision", "currency")
_LINES = ("after_failure", "retention", "sms_plain_typography")
# Beside the codes of these a word of the firm's own may be written.
_CODES = frozenset({"payment_method", "category"})
_NUMBERS = ("resend_days", "provider_event_days", "stuck_after_minutes", "undo_seconds")
# What the networks of e-invoices know the firm by.
NETWORK_LINES = tuple(f"networks.{network}.{name}" for network, names in NETWORK_FIELDS.items() for name in names)
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
    "undo_seconds": "Undo",
    "fallback": "Falling back",
    "after_failure": "After a failure",
    "retention": "Kept",
    "post": "Letters by post",
    "sms_plain_typography": "SMS",
    "networks.peppol.legal_entity": "Peppol: legal entity",
    "networks.chorus_pro.technical_account": "Chorus Pro: technical account",
    "networks.chorus_pro.service_code": "Chorus Pro: service code",
}

SettingsForm = dict[str, Any]
_OTHERS = "All others"
_ISO_DAYS = re.compile(r"\d{4}-\d\d-\d\d(?: \d{4}-\d\d-\d\d)*")

# What stands together on the page that is only read.
SECTIONS = {
    "The firm": ("name", "address", "letterhead", "languages", "currency"),
    "Senders": ("senders",),
    "Rules": ("skip_rules", "routes", "fallback", "after_failure", "post", "sms_plain_typography"),
    "E-invoices": NETWORK_LINES,
    "Time and place": ("time_zone", "country", "subdivision", "office_hours", "quiet_hours", "closing_days"),
    "How long": ("resend_days", "provider_event_days", "stuck_after_minutes", "undo_seconds", "retention"),
}
_READ = LABELS | {
    "letterhead": "Letterhead",
    "skip_rules": "Never sent",
    "routes": "Providers",
    "fallback": "Falls back",
    "resend_days": "Sent again up to",
    "provider_event_days": "Provider events kept",
    "stuck_after_minutes": "Stuck after",
    "undo_seconds": "Sending can be undone",
    "retention": "Entries kept",
}
_UNITS = {
    "resend_days": "days",
    "provider_event_days": "days",
    "stuck_after_minutes": "minutes",
    "undo_seconds": "seconds",
    "retention": "years",
}


def of_settings(organisation: Organisation, clock: Clock) -> SettingsForm:
    return {
        **{name: getattr(organisation, name) or "" for name in _TEXTS},
        **{name: str(getattr(organisation, name)) for name in _NUMBERS},
        "languages": list(organisation.languages),
        "closing_days": "\n".join(clock.whole_date(one) for one in organisation.closing_days),
        "office_hours": _hours(organisation.office_hours),
        "post": {name: str(getattr(organisation.post, name)) for name in WISHES},
        "quiet_hours": {name: _hours(hours) for name, hours in sorted(organisation.quiet_hours.items())},
        "senders": [
            {"channel": str(one.channel), "address": one.address, "name": one.name} for one in organisation.senders
        ],
        "skip_rules": [
            {"payment_method": one.payment_method, "category": one.category} for one in organisation.skip_rules
        ],
        "fallback": [
            {"category": name, "order": ", ".join(ways)} for name, ways in organisation.fallback.order.items()
        ],
        "after_failure": "on" if organisation.fallback.after_failure else "",
        "retention": str(organisation.retention.years or ""),
        "sms_plain_typography": "on" if organisation.sms_plain_typography else "",
        **{
            f"networks.{network}.{name}": organisation.networks.get(network, {}).get(name, "")
            for network, names in NETWORK_FIELDS.items()
            for name in names
        },
    }


def of_form(visit: PageRequest) -> SettingsForm:
    """Rows that nobody filled in are none."""
    return {
        **{name: visit.field(name).replace("\r\n", "\n") for name in (*_TEXTS, *_NUMBERS, *_LINES, *NETWORK_LINES)},
        "languages": _several(visit, "languages"),
        "closing_days": "\n".join(_days(visit.field("closing_days"))),
        "office_hours": _hours_of_form(visit, "office_hours"),
        "post": typed_wish(visit),
        "quiet_hours": {
            name: _hours_of_form(visit, f"quiet_hours.{name}") for name in QUIET if visit.field(f"quiet_hours.{name}")
        },
        **{name: _rows_of_form(visit, name, parts) for name, parts in ROWS.items()},
    }


def body_of(typed: SettingsForm, clock: Clock) -> SettingsBody:
    """What the contract makes of it. Raises Invalid."""
    fallback = {row["category"]: _apart(row["order"]) for row in typed["fallback"]}
    given = {
        **{name: value for name, value in typed.items() if name not in ("after_failure", *NETWORK_LINES)},
        "networks": {
            network: {name: typed[f"networks.{network}.{name}"].strip() for name in names}
            for network, names in NETWORK_FIELDS.items()
        },
        **{name: number(typed[name]) for name in _NUMBERS},
        # Of another country it is none: the form offers those of the country that was saved.
        "subdivision": typed["subdivision"] if typed["subdivision"] in subdivisions(typed["country"]) else None,
        "fallback": {"order": fallback, "after_failure": bool(typed["after_failure"])},
        "post": wish_given(typed["post"]) or {},
        "retention": {"years": number(typed["retention"]) if typed["retention"] else None},
        "closing_days": [clock.read_day(one) for one in typed["closing_days"].splitlines()],
        "sms_plain_typography": bool(typed["sms_plain_typography"]),
    }
    return validate(SettingsBody, given)


def place_of(field: str, typed: SettingsForm) -> str:
    """Where the page has what the contract calls so: a list that is written in one line is one field."""
    name, *parts = field.split(".")
    if name in ("retention", "closing_days", "languages"):
        return name
    if name == "fallback" and len(parts) > 1:
        row = next((n for n, one in enumerate(typed["fallback"]) if one["category"] == parts[1]), 0)
        return f"fallback.{row}.{'order' if len(parts) > 2 else 'category'}"
    return field


def settings_words(
    organisation: Organisation, clock: Clock, names: Iterable[str], providers: Mapping[str, str]
) -> list[tuple[str, list[str]]]:
    """Settings as they are read: what each is called, and what it says, line by line; `providers` are called so."""
    present = of_settings(organisation, clock)
    present["routes"] = {
        channel: [provider_label(one, providers) for one in chosen] for channel, chosen in organisation.routes.items()
    }
    present["letterhead"] = organisation.letterhead
    present["country"] = country_name(organisation.country)
    present["subdivision"] = subdivisions(organisation.country).get(organisation.subdivision or "", "")
    return [(_READ[name], _lines_for(name, present[name])) for name in names]


def _lines_for(name: str, value: Any) -> list[str]:
    if lines := _LINES_FOR.get(name):
        return lines(value)
    unit = f" {_UNITS[name]}" if name in _UNITS else ""
    return [f"{line}{unit}" for line in str(value).split("\n") if line] or ["None"]


def _fallback_lines(rows: list[dict[str, str]]) -> list[str]:
    orders = [(one["category"], map(channel_label, _apart(one["order"]))) for one in rows]
    told = (
        f"{_OTHERS if category == 'default' else humanize_code(category)}: {', then '.join(order)}"
        for category, order in orders
    )
    return [*told] or ["Nothing"]


def _sender_lines(rows: list[dict[str, str]]) -> list[str]:
    senders = [(QUIET[one["channel"]], one["address"], one["name"]) for one in rows]
    return [", ".join(filter(None, one)) for one in senders] or ["None"]


def _skip_lines(rows: list[dict[str, str]]) -> list[str]:
    rules = [(humanize_code(one["category"]), humanize_code(one["payment_method"])) for one in rows]
    return [f"{category} to who pays by {method}" for category, method in rules] or ["Everything is sent"]


def _route_lines(routes: dict[str, list[str]]) -> list[str]:
    chosen = [(LABELLED[one], ", ".join(names)) for one, names in routes.items() if names]
    return [f"{channel} by {names}" for channel, names in chosen] or ["Any provider that is set up"]


def _post_lines(post: dict[str, str]) -> list[str]:
    given = {name: value for name, value in post.items() if value}
    words = wish_options(None)
    return [dict(words[name]).get(value, value) for name, value in given.items()]


def _quiet_lines(hours: dict[str, SettingsForm]) -> list[str]:
    return [f"{QUIET[one]}: {_words_for_hours(each)}" for one, each in hours.items()] or ["None of their own"]


def _letterhead_lines(own: LetterheadSetting) -> list[str]:
    told = [own.registration, own.phone, own.email, f"Colour {own.colour}", f"Logo {own.logo.name}" if own.logo else ""]
    return [one for one in told if one]


_LINES_FOR: dict[str, Callable[[Any], list[str]]] = {
    "post": _post_lines,
    "after_failure": lambda value: ["Without asking anybody" if value else "Only where somebody orders it"],
    "letterhead": _letterhead_lines,
    "skip_rules": _skip_lines,
    "fallback": _fallback_lines,
    "languages": lambda codes: [", ".join(map(language_label, codes))],
    "sms_plain_typography": lambda value: [capital(words_for("sms_plain_typography", value))],
    "senders": _sender_lines,
    "office_hours": lambda hours: [_words_for_hours(hours)],
    "quiet_hours": _quiet_lines,
    "routes": _route_lines,
    "retention": lambda years: [f"{years} {_UNITS['retention']}" if years else "For ever"],
}


def words_for(name: str, value: Any) -> str:
    """What a field holds, in words."""
    if name == "office_hours":
        return _words_for_hours(value)
    if name == "quiet_hours":
        return "; ".join(f"{QUIET.get(one, one)} {_words_for_hours(hours)}" for one, hours in value.items()) or "none"
    if name == "post":
        return ", ".join(_post_lines(value))
    if name == "after_failure":
        return "after a failure too" if value else "not after a failure"
    if name == "languages":
        return ", ".join(map(language_label, value))
    if name == "sms_plain_typography":
        return "plain quotes and dashes" if value else "quotes and dashes as they are typed"
    if name in ROWS:
        return "; ".join(" ".join(part for part in row.values() if part) for row in value) or "none"
    return ", ".join(str(value).split("\n")) or "nothing"


def _words_for_hours(hours: SettingsForm) -> str:
    return f"{hours['start']} to {hours['end']}, {', '.join(DAYS.get(one, one) for one in hours['days'])}"


def _hours(hours: OfficeHours) -> SettingsForm:
    return {"start": f"{hours.start:%H:%M}", "end": f"{hours.end:%H:%M}", "days": list(hours.days)}


def _hours_of_form(visit: PageRequest, name: str) -> SettingsForm:
    return {
        "start": visit.field(f"{name}.start"),
        "end": visit.field(f"{name}.end"),
        "days": [one for one in DAYS if one in visit.form.get(f"{name}.days", ())],
    }


def _rows_of_form(visit: PageRequest, name: str, parts: tuple[str, ...]) -> list[dict[str, str]]:
    rows = [
        {part: (picked if part in _CODES else PageRequest.field)(visit, f"{name}.{n}.{part}") for part in parts}
        for n in range(_MOST_ROWS)
    ]
    # A channel is always chosen; it alone makes no row.
    return [row for row in rows if any(value for part, value in row.items() if part != "channel")]


def _several(visit: PageRequest, name: str) -> list[str]:
    """What was chosen in a row of choices, each once."""
    return list(dict.fromkeys(one for value in visit.form.get(name, ()) for one in _apart(value)))


def _days(text: str) -> list[str]:
    """A day a line; in the form of programs, several may stand in one."""
    lines = [" ".join(one.split()) for one in text.splitlines()]
    return [day for line in lines for day in (line.split() if _ISO_DAYS.fullmatch(line) else [line]) if day]


def _apart(text: str) -> list[str]:
    return [one.strip() for one in text.split(",") if one.strip()]
