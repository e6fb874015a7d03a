"""Office hours and working days, in the organisation's zone and country."""

from collections.abc import Container
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import cast
from zoneinfo import ZoneInfo

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# The longest run of days without an opening that is believed: beyond it the hours themselves are wrong.
_HORIZON_DAYS = 60
_COUNTRY_LETTERS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeHours:
    """When the firm may be heard from: from `start` to before `end` on `days`, by the wall clock."""

    start: time = time(9)
    end: time = time(17)
    days: tuple[str, ...] = WEEKDAYS[:5]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingCalendar:
    """Office hours with the zone they are read in and the days that are off: public holidays, and days the firm is closed."""

    hours: OfficeHours
    zone: ZoneInfo
    holidays: Container[date]
    closed: frozenset[date] = frozenset()

    def is_open(self, at: datetime) -> bool:
        local = at.astimezone(self.zone)
        return self._works(local.date()) and self.hours.start <= local.time() < self.hours.end

    def next_opening(self, at: datetime) -> datetime:
        """The first moment from `at` on that is in hours, in UTC: `at` itself when it is.

        Openings are wall-clock times, so a change of summer time between `at` and then is taken in.
        Raises ValueError when there is none within two months.
        """
        if self.is_open(at):
            return at.astimezone(UTC)
        day = at.astimezone(self.zone).date()
        for ahead in range(_HORIZON_DAYS):
            candidate = day + timedelta(days=ahead)
            opening = datetime.combine(candidate, self.hours.start, tzinfo=self.zone).astimezone(UTC)
            if opening >= at and self._works(candidate):
                return opening
        raise ValueError("the office hours never open")

    def _works(self, day: date) -> bool:
        return WEEKDAYS[day.weekday()] in self.hours.days and day not in self.closed and day not in self.holidays


@lru_cache(maxsize=8)
def public_holidays(country: str, subdivision: str | None) -> Container[date]:
    """The public holidays of a country (ISO 3166-1) and its subdivision; KeyError when it is not known.

    The library works out each year when it is first asked for.
    """
    import holidays  # only whoever sends an SMS pays for it

    try:
        return cast("Container[date]", holidays.country_holidays(country, subdiv=subdivision))
    except NotImplementedError as unknown:
        raise KeyError(country if subdivision is None else f"{country}-{subdivision}") from unknown


def subdivisions(country: str) -> dict[str, str]:
    """The parts of a country that have holidays of their own: their names, by their codes (ISO 3166-2, without the country).

    None of a country that is not known.
    """
    import holidays

    kind = getattr(holidays, country, None) if len(country) == _COUNTRY_LETTERS and country.isupper() else None
    codes: tuple[str, ...] = getattr(kind, "subdivisions", ())
    names = {code: name for name, code in getattr(kind, "subdivisions_aliases", {}).items()}
    return {code: names.get(code, code) for code in codes}
