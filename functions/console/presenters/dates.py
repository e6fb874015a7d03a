"""Times as people say them, on the organisation's clock."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_WEEK_DAYS = 7
_ISO = re.compile(r"\b\d{4}-\d\d-\d\d\b")


@dataclass(frozen=True, slots=True)
class TimeLabel:
    """A time to be shown: `iso` for programs, `exact` with its zone, `text` as it reads on the page.

    `ago` where the text is how long ago that is: a page that stands open says it anew each minute (static/renew.js).
    """

    iso: str
    exact: str
    text: str
    ago: bool = False


@dataclass(frozen=True, slots=True)
class Clock:
    """What time it is, and where."""

    now: datetime
    zone: ZoneInfo

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    @property
    def iso(self) -> str:
        return _iso(self.now)

    @property
    def midnight(self) -> str:
        """When `today` and `tomorrow` will mean other days."""
        return _iso(datetime.combine(self.today + timedelta(days=1), time(), self.zone).astimezone(UTC))

    def day_of(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()

    def time(self, at: datetime) -> TimeLabel:
        """The clock alone, under the heading of its day."""
        return self._stamp(at, f"{self._local(at):%H:%M}")

    def second(self, at: datetime) -> TimeLabel:
        return self._stamp(at, f"{self._local(at):%H:%M:%S}")

    def relative(self, at: datetime) -> TimeLabel:
        return replace(self._stamp(at, ago(at, self.now)), ago=True)

    def moment(self, at: datetime) -> TimeLabel:
        """Day and clock, as short as it is clear."""
        return self._stamp(at, self.told(at))

    def told(self, at: datetime) -> str:
        """`15:20` of today, `Monday 09:00` of the days about, `18 November 10:02`, with the year where it is another."""
        clock, day = f"{self._local(at):%H:%M}", self.day_of(at)
        if day == self.today:
            return clock
        if day == self.today - timedelta(days=1):
            return f"yesterday {clock}"
        if day == self.today + timedelta(days=1):
            return f"tomorrow {clock}"
        return f"{self.day_word(day)} {clock}"

    def day_word(self, day: date) -> str:
        """A day: its name where it is near and ahead, else its date."""
        if timedelta(0) < day - self.today < timedelta(days=_WEEK_DAYS):
            return f"{day:%A}"
        return short_date(day) if day.year == self.today.year else f"{short_date(day)} {day.year}"

    def heading(self, day: date) -> tuple[str, str]:
        """What stands over the entries of a day: how near it is, and the whole date."""
        ago_days = (self.today - day).days
        near = {0: "Today", 1: "Yesterday", -1: "Tomorrow"}.get(ago_days)
        if near is None:
            near = f"{day:%A}" if 0 < ago_days < _WEEK_DAYS else f"{day.day} {day:%b}"
        return near, long_date(day)

    def exact(self, at: datetime) -> str:
        local = self._local(at)
        return f"{long_date(local.date())}, {local:%H:%M:%S} {local.tzname()}"

    def _local(self, at: datetime) -> datetime:
        return at.astimezone(self.zone)

    def _stamp(self, at: datetime, text: str) -> TimeLabel:
        return TimeLabel(iso=_iso(at), exact=self.exact(at), text=text)


def _iso(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def ago(at: datetime, now: datetime) -> str:
    """How long ago, or how far ahead, in one unit."""
    seconds = (now - at).total_seconds()
    span = _span(abs(seconds))
    if span == "":
        return "just now"
    return f"{span} ago" if seconds > 0 else f"in {span}"


def format_duration(minutes: int) -> str:
    """How long something took."""
    return _span(minutes * _MINUTE) or "less than a minute"


def short_date(day: date) -> str:
    return f"{day.day} {day:%B}"


def humanize_iso_dates(words: str) -> str:
    """Words of a rule, which writes its dates as a record does."""
    return _ISO.sub(lambda found: _as_day(found[0]), words)


def _as_day(written: str) -> str:
    try:
        day = date.fromisoformat(written)
    except ValueError:
        return written
    return f"{short_date(day)} {day.year}"


def long_date(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B %Y}"


def _span(seconds: float) -> str:
    for unit, name in ((_DAY, "day"), (_HOUR, "hour"), (_MINUTE, "minute")):
        if seconds >= unit:
            number = int(seconds // unit)
            return f"{number} {name}{'' if number == 1 else 's'}"
    return ""
