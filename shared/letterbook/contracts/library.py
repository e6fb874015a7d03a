"""Templates, settings and people at the border."""

from dataclasses import replace
from datetime import datetime, time
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from letterbook.contracts.fields import (
    Address,
    Body,
    Clock,
    Day,
    Language,
    Line,
    LongLine,
    MaybeEmptyLine,
    MaybeEmptyPostal,
    Slug,
    Text,
    Time,
    View,
)
from letterbook.domain.access import Right
from letterbook.domain.calendar import OfficeHours
from letterbook.domain.communication import Actor, Channel
from letterbook.domain.errors import Fault, Invalid
from letterbook.domain.organisation import Organisation, Sender, SkipRule
from letterbook.domain.recipients import BadAddress, email_address, phone_number
from letterbook.domain.sms import SENDER_ID
from letterbook.domain.templates import Template, Variable

_Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


# These mean what the machine is set to.
_OF_THE_MACHINE = frozenset({"localtime", "posixrules"})


def _zone(value: str) -> str:
    try:
        if value in _OF_THE_MACHINE:
            raise KeyError(value)
        ZoneInfo(value)
    except (ValueError, OSError, KeyError):
        raise PydanticCustomError("unknown_time_zone", "This is no time zone of the IANA database.") from None
    return value


class VariableBody(Body):
    name: Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,59}$")]
    required: bool = True
    example: MaybeEmptyLine = ""


class TemplateBody(Body):
    """A new version of a template: Markdown with Jinja2 variables. The subject is for email."""

    category: Slug
    language: Language
    channels: Annotated[list[Channel], Field(min_length=1)]
    subject: LongLine | None = None
    body: Annotated[Text, Field(min_length=1, max_length=100_000)]
    variables: Annotated[list[VariableBody], Field(max_length=100)] = []

    def template(self, key: str, author: Actor, now: datetime) -> Template:
        if Channel.EMAIL in self.channels and not self.subject:
            raise Invalid("A template for email has a subject.", Fault("subject", "required", "Emails need a subject."))
        names = [one.name for one in self.variables]
        if twice := [place for place, name in enumerate(names) if name in names[:place]]:
            place = f"variables.{twice[0]}.name"
            raise Invalid("A variable is declared once.", Fault(place, "duplicate", "It is declared already."))
        return Template(
            key=key,
            language=self.language,
            version=0,
            category=self.category,
            channels=tuple(dict.fromkeys(self.channels)),
            subject=self.subject or "",
            body=self.body,
            variables=tuple(Variable(**one.model_dump()) for one in self.variables),
            created_at=now,
            created_by=author,
        )


class TemplateView(View):
    key: str
    language: str
    version: int
    category: str
    channels: list[str]
    subject: str
    body: str
    variables: list[Variable]
    created_at: Time
    created_by: Actor


class SenderBody(Body):
    """An email address with its display name, or for SMS a sender id of 3 to 11 letters and digits, or a number."""

    channel: Channel
    address: Address
    name: MaybeEmptyLine = ""


class OfficeHoursBody(Body):
    start: Clock = time(9)
    end: Clock = time(17)
    days: Annotated[list[_Weekday], Field(min_length=1, max_length=7)] = ["mon", "tue", "wed", "thu", "fri"]


class SkipRuleBody(Body):
    """Who pays like this is sent nothing of that category."""

    payment_method: Slug
    category: Slug


class SettingsBody(Body):
    """The fields that shall change; the others stay as they are. `version` is the one that was read, if it matters."""

    version: int | None = None
    name: Line | None = None
    address: MaybeEmptyPostal | None = None
    time_zone: Annotated[str, AfterValidator(_zone)] | None = None
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] | None = None
    subdivision: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{1,3}$")] | None = None
    senders: Annotated[list[SenderBody], Field(max_length=50)] | None = None
    languages: Annotated[list[Language], Field(min_length=1, max_length=20)] | None = None
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] | None = None
    office_hours: OfficeHoursBody | None = None
    quiet_hours: dict[Literal["email", "sms"], OfficeHoursBody] | None = None
    closing_days: Annotated[list[Day], Field(max_length=366)] | None = None
    skip_rules: Annotated[list[SkipRuleBody], Field(max_length=50)] | None = None
    resend_days: Annotated[int, Field(ge=1, le=365)] | None = None
    provider_event_days: Annotated[int, Field(ge=1, le=3650)] | None = None
    stuck_after_minutes: Annotated[int, Field(ge=5, le=1440)] | None = None
    updated_at: Annotated[str | None, Field(description="As it was read; it is not changed.")] = None

    def applied(self, before: Organisation) -> Organisation:
        """The settings with what was given. A country without its subdivision has none. Raises Invalid."""
        given = {name: getattr(self, name) for name in self.model_fields_set - {"version", "updated_at"}}
        changes: dict[str, Any] = {
            name: value for name, value in given.items() if value is not None or name == "subdivision"
        }
        if "country" in changes and changes["country"] != before.country:
            changes.setdefault("subdivision", None)
        if self.senders is not None:
            changes["senders"] = _senders(self.senders)
        if self.office_hours is not None:
            changes["office_hours"] = _hours(self.office_hours, "office_hours")
        if self.quiet_hours is not None:
            changes["quiet_hours"] = {
                channel: _hours(one, f"quiet_hours.{channel}") for channel, one in self.quiet_hours.items()
            }
        if self.closing_days is not None:
            changes["closing_days"] = tuple(sorted(set(self.closing_days)))
        if self.skip_rules is not None:
            changes["skip_rules"] = tuple(SkipRule(**one.model_dump()) for one in self.skip_rules)
        if self.languages is not None:
            changes["languages"] = tuple(dict.fromkeys(self.languages))
        return replace(before, **changes)


class OfficeHoursView(View):
    start: Clock
    end: Clock
    days: list[str]


class SettingsView(View):
    name: str
    address: str
    time_zone: str
    country: str
    subdivision: str | None
    senders: list[Sender]
    languages: list[str]
    currency: str
    office_hours: OfficeHoursView
    quiet_hours: dict[str, OfficeHoursView]
    closing_days: list[Day]
    skip_rules: list[SkipRule]
    resend_days: int
    provider_event_days: int
    stuck_after_minutes: int
    version: int
    updated_at: Time | None


class UserView(View):
    id: str
    username: str
    name: str
    role: str


class MeView(View):
    id: str
    name: str
    role: str
    rights: list[Right]


def _senders(bodies: list[SenderBody]) -> tuple[Sender, ...]:
    senders: list[Sender] = []
    faults: list[Fault] = []
    for place, body in enumerate(bodies):
        try:
            senders.append(Sender(channel=body.channel, address=_sender_address(body), name=body.name))
        except BadAddress as wrong:
            faults.append(Fault(f"senders.{place}.address", wrong.code, str(wrong)))
    if faults:
        raise Invalid("Some senders cannot be used.", *faults)
    return tuple(senders)


def _sender_address(body: SenderBody) -> str:
    if body.channel is Channel.EMAIL:
        return email_address(body.address)
    return body.address if SENDER_ID.fullmatch(body.address) else phone_number(body.address, mobile=False)


def _hours(body: OfficeHoursBody, field: str) -> OfficeHours:
    if body.end <= body.start:
        raise Invalid("The office closes after it opens.", Fault(f"{field}.end", "before_start", "This is not later."))
    return OfficeHours(start=body.start, end=body.end, days=tuple(dict.fromkeys(body.days)))
