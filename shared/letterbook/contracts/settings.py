"""The firm's settings at the border."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import time
from typing import TYPE_CHECKING, Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from letterbook.contracts.fields import (
    Address,
    Body,
    Clock,
    Country,
    Day,
    DocumentId,
    Language,
    Line,
    MaybeEmptyLine,
    MaybeEmptyPostal,
    Slug,
    Time,
    View,
)
from letterbook.contracts.post import PostOptionsView, PostWishBody
from letterbook.domain.calendar import OfficeHours
from letterbook.domain.channels import CARRIED, SENDABLE, WITH_HOURS, AddressKind, Channel
from letterbook.domain.errors import FieldError, Invalid
from letterbook.domain.organisation import Fallback, LetterheadSetting, Organisation, Retention, Sender, SkipRule
from letterbook.domain.party import Network
from letterbook.domain.recipients import BadAddress, email_address
from letterbook.domain.sms import SENDER_ID
from letterbook.domain.telephone import phone_number

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


if TYPE_CHECKING:
    _Carried = str
    _WithHours = str
    _Sendable = str
else:
    _Carried = Literal[tuple(one.value for one in CARRIED)]
    _WithHours = Literal[tuple(one.value for one in WITH_HOURS)]
    _Sendable = Literal[tuple(one.value for one in SENDABLE)]
_Ways = Annotated[list[_Sendable], Field(max_length=len(SENDABLE))]
# What the law asks of most firms.
_LEAST_YEARS = 6


class FallbackBody(Body):
    """The channels to fall back to, by category, in order; `default` for all others. An empty list: to none.

    What is left out stays as it is.
    """

    order: Annotated[dict[Slug, _Ways], Field(max_length=100)] | None = None
    after_failure: bool | None = None

    def applied(self, before: Fallback) -> Fallback:
        return Fallback(
            order=before.order if self.order is None else _each_once(self.order),
            after_failure=before.after_failure if self.after_failure is None else self.after_failure,
        )


class RetentionBody(Body):
    """How many years entries are kept once their matter is closed; null for ever."""

    years: Annotated[int, Field(ge=_LEAST_YEARS, le=100)] | None = None


class LetterheadBody(Body):
    """What the firm's letters bear. What is left out stays as it is.

    `logo` is a document that was uploaded and belongs to nobody: a PNG or an SVG of at most 500 KB. Null takes it away.
    """

    registration: MaybeEmptyLine | None = None
    colour: Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$", to_lower=True)] | None = None
    phone: MaybeEmptyLine | None = None
    email: MaybeEmptyLine | None = None
    logo: DocumentId | None = None

    def applied(self, before: LetterheadSetting) -> LetterheadSetting:
        """Without the logo that is asked for, which is looked into before it is one. Raises Invalid."""
        given = {name: getattr(self, name) for name in self.model_fields_set - {"logo"}}
        changes: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
        if self.email:
            changes["email"] = _letterhead_email(self.email)
        if "logo" in self.model_fields_set and self.logo is None:
            changes["logo"] = None
        return replace(before, **changes)


_Known = Annotated[MaybeEmptyLine, StringConstraints(max_length=100)]


class PeppolBody(Body):
    """`legal_entity` is the number that Storecove knows the firm by."""

    legal_entity: Annotated[str, StringConstraints(pattern=r"^\d{0,18}$")] | None = None


class ChorusProBody(Body):
    """`technical_account` is the login that deposits for the firm, never its password; `service_code` the firm's own service."""

    technical_account: _Known | None = None
    service_code: _Known | None = None


class NetworksBody(Body):
    """What each network of e-invoices knows the firm by. What is left out stays as it is; what is empty is taken away."""

    peppol: PeppolBody | None = None
    chorus_pro: ChorusProBody | None = None

    def applied(self, before: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
        after = {network: dict(values) for network, values in before.items()}
        for network in Network:
            body: Body | None = getattr(self, network)
            for name in body.model_fields_set if body else ():
                after.setdefault(network.value, {})[name] = getattr(body, name) or ""
        kept = {network: {name: one for name, one in values.items() if one} for network, values in after.items()}
        return {network: values for network, values in kept.items() if values}


class SettingsBody(Body):
    """The fields that shall change; the others stay as they are. `version` is the one that was read, if it matters."""

    version: int | None = None
    name: Line | None = None
    address: MaybeEmptyPostal | None = None
    letterhead: LetterheadBody | None = None
    time_zone: Annotated[str, AfterValidator(_zone)] | None = None
    country: Country | None = None
    subdivision: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{1,3}$")] | None = None
    senders: Annotated[list[SenderBody], Field(max_length=50)] | None = None
    languages: Annotated[list[Language], Field(min_length=1, max_length=20)] | None = None
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] | None = None
    office_hours: OfficeHoursBody | None = None
    quiet_hours: dict[_WithHours, OfficeHoursBody] | None = None
    closing_days: Annotated[list[Day], Field(max_length=366)] | None = None
    routes: dict[_Carried, Annotated[list[Slug], Field(min_length=1, max_length=10)]] | None = None
    post: PostWishBody | None = None
    networks: NetworksBody | None = None
    fallback: FallbackBody | None = None
    retention: RetentionBody | None = None
    skip_rules: Annotated[list[SkipRuleBody], Field(max_length=50)] | None = None
    resend_days: Annotated[int, Field(ge=1, le=365)] | None = None
    provider_event_days: Annotated[int, Field(ge=1, le=3650)] | None = None
    stuck_after_minutes: Annotated[int, Field(ge=5, le=1440)] | None = None
    sms_plain_typography: bool | None = None
    undo_seconds: Annotated[int, Field(ge=0, le=60)] | None = None
    updated_at: Annotated[str | None, Field(description="As it was read; it is not changed.")] = None

    @property
    def logo_id(self) -> str | None:
        """The document that is asked for as logo."""
        return self.letterhead.logo if self.letterhead else None

    def applied(self, before: Organisation) -> Organisation:
        """The settings with what was given. A country without its subdivision has none. Raises Invalid."""
        given = {name: getattr(self, name) for name in self.model_fields_set - {"version", "updated_at"}}
        changes: dict[str, Any] = {
            name: _UNDERSTOOD.get(name, _as_it_is)(value)
            for name, value in given.items()
            if value is not None or name == "subdivision"
        }
        if "country" in changes and changes["country"] != before.country:
            changes.setdefault("subdivision", None)
        if self.senders is not None:
            changes["senders"] = _senders(self.senders, changes.get("country", before.country))
        if self.letterhead is not None:
            changes["letterhead"] = self.letterhead.applied(before.letterhead)
        if self.post is not None:
            changes["post"] = self.post.wish().over(before.post)
        if self.networks is not None:
            changes["networks"] = self.networks.applied(before.networks)
        if self.fallback is not None:
            changes["fallback"] = self.fallback.applied(before.fallback)
        return replace(before, **changes)


class OfficeHoursView(View):
    start: Clock
    end: Clock
    days: list[str]


class FallbackView(View):
    order: dict[str, list[str]]
    after_failure: bool


class RetentionSettingView(View):
    years: int | None


class LetterheadView(View):
    """`logo` is the id of its document."""

    registration: str
    colour: str
    phone: str
    email: str
    logo: str | None

    @classmethod
    def of(cls, setting: LetterheadSetting) -> "LetterheadView":
        own = {name: getattr(setting, name) for name in cls.model_fields if name != "logo"}
        return cls(**own, logo=setting.logo.id if setting.logo else None)


class PeppolView(View):
    legal_entity: str = ""


class ChorusProView(View):
    technical_account: str = ""
    service_code: str = ""


class NetworksView(View):
    """Empty where the firm is not known there, or by none of that."""

    peppol: PeppolView
    chorus_pro: ChorusProView

    @classmethod
    def of(cls, networks: Mapping[str, Mapping[str, str]]) -> "NetworksView":
        return cls.model_validate({network.value: networks.get(network, {}) for network in Network})


class SettingsView(View):
    """`routes` are those in force: the firm's own, else every provider of the channel."""

    name: str
    address: str
    letterhead: LetterheadView
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
    routes: dict[str, list[str]]
    post: PostOptionsView
    networks: NetworksView
    fallback: FallbackView
    retention: RetentionSettingView
    resend_days: int
    provider_event_days: int
    stuck_after_minutes: int
    sms_plain_typography: bool
    undo_seconds: int
    version: int
    updated_at: Time | None

    @classmethod
    def of(cls, organisation: Organisation, routes: Mapping[str, Sequence[str]]) -> "SettingsView":
        own = {name: getattr(organisation, name) for name in cls.model_fields if name != "routes"}
        own["letterhead"] = LetterheadView.of(organisation.letterhead)
        own["networks"] = NetworksView.of(organisation.networks)
        return cls.model_validate(own | {"routes": {channel: list(names) for channel, names in routes.items()}})


def _letterhead_email(address: str) -> str:
    try:
        return email_address(address)
    except BadAddress as wrong:
        raise Invalid("The address cannot be used.", FieldError("letterhead.email", wrong.code, str(wrong))) from None


def _senders(bodies: list[SenderBody], country: str) -> tuple[Sender, ...]:
    senders: list[Sender] = []
    faults: list[FieldError] = []
    for place, body in enumerate(bodies):
        try:
            senders.append(Sender(channel=body.channel, address=_sender_address(body, country), name=body.name))
        except BadAddress as wrong:
            faults.append(FieldError(f"senders.{place}.address", wrong.code, str(wrong)))
    if faults:
        raise Invalid("Some senders cannot be used.", *faults)
    return tuple(senders)


def _sender_address(body: SenderBody, country: str) -> str:
    if body.channel.spec.address is AddressKind.EMAIL:
        return email_address(body.address)
    if SENDER_ID.fullmatch(body.address):
        return body.address
    return phone_number(body.address, mobile=False, country=country)


def _hours(body: OfficeHoursBody, field: str) -> OfficeHours:
    if body.end <= body.start:
        raise Invalid(
            "The office closes after it opens.", FieldError(f"{field}.end", "before_start", "This is not later.")
        )
    return OfficeHours(start=body.start, end=body.end, days=tuple(dict.fromkeys(body.days)))


def _quiet_hours(bodies: dict[str, OfficeHoursBody]) -> dict[str, OfficeHours]:
    return {channel: _hours(one, f"quiet_hours.{channel}") for channel, one in bodies.items()}


def _each_once(lists: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(dict.fromkeys(values)) for name, values in lists.items()}


def _as_it_is(value: Any) -> Any:
    return value


# How what was given becomes a setting, where it is not one as it is.
_UNDERSTOOD: dict[str, Callable[[Any], Any]] = {
    "languages": lambda languages: tuple(dict.fromkeys(languages)),
    "office_hours": lambda body: _hours(body, "office_hours"),
    "quiet_hours": _quiet_hours,
    "closing_days": lambda days: tuple(sorted(set(days))),
    "skip_rules": lambda rules: tuple(SkipRule(**one.model_dump()) for one in rules),
    "routes": _each_once,
    "retention": lambda body: Retention(years=body.years),
}
