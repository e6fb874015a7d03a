"""The firm's own settings. Every version is kept; each is in force everywhere within a minute."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from letterbook.domain.calendar import OfficeHours, WorkingCalendar, public_holidays


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """An identity the firm sends as: an email address with its display name, or an SMS sender id."""

    channel: str
    address: str
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """`version` 0 is what holds before anything was set."""

    name: str = "Letterbook"
    address: str = ""
    time_zone: str = "Europe/London"
    country: str = "GB"
    subdivision: str | None = "ENG"
    senders: tuple[Sender, ...] = ()
    languages: tuple[str, ...] = ("en",)
    office_hours: OfficeHours = OfficeHours()
    resend_days: int = 60
    provider_event_days: int = 62
    stuck_after_minutes: int = 30
    version: int = 0
    updated_at: datetime | None = None

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def calendar(self) -> WorkingCalendar:
        return WorkingCalendar(
            hours=self.office_hours, zone=self.zone, holidays=public_holidays(self.country, self.subdivision)
        )

    def sender(self, channel: str, address: str | None = None) -> Sender | None:
        """The sender of that address, or the channel's first; None where there is none."""
        own = (one for one in self.senders if one.channel == channel and address in (None, one.address))
        return next(own, None)
