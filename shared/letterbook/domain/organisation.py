"""The firm's own settings. Every version is kept; each is in force everywhere within a minute."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from letterbook.domain.calendar import OfficeHours, WorkingCalendar, public_holidays
from letterbook.domain.channels import FALLEN_BACK_TO, Channel
from letterbook.domain.communication import Attachment
from letterbook.domain.party import Network, Party
from letterbook.domain.post import PostOptions

# Longer than it takes to see what one has pressed.
QUICK_UNDO_SECONDS = 10
# What letters are coloured with until the firm chooses.
INK = "#1f3a5f"
# What a network of e-invoices may know a sender by.
NETWORK_FIELDS: Mapping[Network, tuple[str, ...]] = {
    Network.PEPPOL: ("legal_entity",),
    Network.CHORUS_PRO: ("technical_account", "service_code"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """An identity the firm sends as: an email address with its display name, or an SMS sender id."""

    channel: str
    address: str
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SkipRule:
    """Who pays like this is sent nothing of that category."""

    payment_method: str
    category: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fallback:
    """Where a message of a category may go, in order, when its own channel cannot reach the party; `default` is for the others.

    Without `after_failure` what was sent and failed is left to a person.
    """

    order: dict[str, tuple[str, ...]] = field(
        default_factory=lambda: {"default": tuple(one.value for one in FALLEN_BACK_TO)}
    )
    after_failure: bool = False

    def fallback_channels(self, category: str | None, preferred: str | None) -> tuple[str, ...]:
        """The party's preferred channel first, where it is one of them."""
        order = self.order.get(category or "", self.order.get("default", ()))
        return tuple(sorted(order, key=lambda channel: channel != preferred))


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long entries are kept once their matter is closed; None for ever."""

    years: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterheadSetting:
    """What the firm's letters bear besides its name and address: what the law wants named, its colour as #rrggbb, its logo.

    `phone` and `email` are those that it wants to be reached by. The logo is pinned: a letter of last year has that of last year.
    """

    registration: str = ""
    colour: str = INK
    phone: str = ""
    email: str = ""
    logo: Attachment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """`version` 0 is what holds before anything was set.

    `quiet_hours` are the hours of single channels: outside them nothing goes. A channel that keeps office hours may have its own.
    `closing_days` are the firm's own, beside the public holidays.

    `sms_plain_typography` writes an SMS with the quotes, dashes and dots of a keyboard, which need fewer parts.
    `undo_seconds`: so long whoever sent a message from the console may take it back, before any worker is given it.

    `post` is how letters are printed and carried where nobody says otherwise.
    `routes` are the providers of a channel, in the order that they are tried; one that is not named goes by any that carries it.
    `networks` are what each network of e-invoices knows the firm by: `legal_entity`, `technical_account`, `service_code`.
    """

    name: str = "Letterbook"
    address: str = ""
    letterhead: LetterheadSetting = LetterheadSetting()
    time_zone: str = "Europe/London"
    country: str = "GB"
    subdivision: str | None = "ENG"
    senders: tuple[Sender, ...] = ()
    languages: tuple[str, ...] = ("en",)
    currency: str = "GBP"
    office_hours: OfficeHours = OfficeHours()
    quiet_hours: dict[str, OfficeHours] = field(default_factory=dict)
    closing_days: tuple[date, ...] = ()
    fallback: Fallback = Fallback()
    retention: Retention = Retention()
    routes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    post: PostOptions = PostOptions()
    networks: dict[str, dict[str, str]] = field(default_factory=dict)
    skip_rules: tuple[SkipRule, ...] = (SkipRule(payment_method="direct_debit", category="invoice"),)
    resend_days: int = 60
    provider_event_days: int = 62
    stuck_after_minutes: int = 30
    sms_plain_typography: bool = True
    undo_seconds: int = 0
    version: int = 0
    updated_at: datetime | None = None

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def undo_time(self, *, quick: bool = False) -> timedelta:
        """How long a message waits for its sender's second thoughts; one that is sent without a form always does."""
        seconds = max(self.undo_seconds, QUICK_UNDO_SECONDS) if quick else self.undo_seconds
        return timedelta(seconds=seconds)

    def country_of(self, party: Party | None) -> str:
        """Where a party is: its numbers are read so."""
        return (party and party.country) or self.country

    def calendar(self, channel: str) -> WorkingCalendar | None:
        """When a channel may be used; None for one that always may."""
        hours = self.quiet_hours.get(channel) or (
            self.office_hours if Channel(channel).spec.keeps_office_hours else None
        )
        if hours is None:
            return None
        holidays = public_holidays(self.country, self.subdivision)
        return WorkingCalendar(hours=hours, zone=self.zone, holidays=holidays, closed=frozenset(self.closing_days))

    def sender(self, channel: str, address: str | None = None) -> Sender | None:
        """The sender of that address, or the channel's first; None where there is none."""
        own = (one for one in self.senders if one.channel == channel and address in (None, one.address))
        return next(own, None)
