"""What is logged and never sent: calls, meetings, notes, and whatever came in or went out elsewhere."""

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from letterbook.domain.errors import FieldError


class LocationType(StrEnum):
    IN_PERSON = "in_person"
    VIDEO = "video"
    PHONE = "phone"


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneCall:
    """Numbers are E.164. A follow-up becomes a TODO, due on `followup_date`."""

    from_phone: str | None = None
    to_phone: str | None = None
    duration_minutes: int | None = None
    outcome: str | None = None
    requires_followup: bool = False
    followup_date: date | None = None
    followup_notes: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """Times are the organisation's. `duration_minutes` is that of the two times, where both are known."""

    meeting_date: date
    start_time: time | None = None
    end_time: time | None = None
    duration_minutes: int | None = None
    location_type: LocationType | None = None
    location: str | None = None
    attendees: tuple[str, ...] = ()
    outcome: str | None = None
    action_items: tuple[str, ...] = ()

    def begins(self, zone: ZoneInfo) -> datetime:
        """When it began; the beginning of its day where no time is known."""
        return datetime.combine(self.meeting_date, self.start_time or time(), tzinfo=zone)

    @property
    def minutes(self) -> int | None:
        """From start to end, by the clock on the wall; what was given where one of them is not known."""
        if self.start_time is None or self.end_time is None:
            return self.duration_minutes
        return _minute(self.end_time) - _minute(self.start_time)


def validate_meeting(meeting: Meeting) -> list[FieldError]:
    minutes = meeting.minutes
    if minutes is not None and minutes < 0:
        return [FieldError("end_time", "ends_before_start", "A meeting ends after it starts, on the same day.")]
    if meeting.duration_minutes not in (None, minutes):
        told = f"From start to end are {minutes} minutes, not {meeting.duration_minutes}."
        return [FieldError("duration_minutes", "duration_mismatch", told)]
    return []


def _minute(of_day: time) -> int:
    return of_day.hour * 60 + of_day.minute
