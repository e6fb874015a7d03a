"""Times and dates as people of the organisation's country say them, on its clock."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from letterbook.contracts.fields import rfc3339
from letterbook.domain.telephone import shown_numbers

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_WEEK_DAYS = 7
# Where English is written and the month comes before the day (Unicode CLDR, dateFormats of en_*).
_MONTH_FIRST = frozenset({"US", "PH", "PR", "GU", "VI", "AS", "MP", "UM", "MH"})
_ALWAYS = ("%Y-%m-%d", "%d %B %Y", "%d %b %Y", "%B %d %Y", "%b %d %Y", "%d.%m.%Y", "%d.%m.%y")
_DAY_FIRST_FORMS = (*_ALWAYS, "%d/%m/%Y", "%d/%m/%y", "%d-%m-%Y")
_MONTH_FIRST_FORMS = (*_ALWAYS, "%m/%d/%Y", "%m/%d/%y", "%m-%d-%Y")
_ISO = re.compile(r"\b\d{4}-\d\d-\d\d\b")
# Written out: a page has hundreds of dates, and strftime takes five times as long.
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_SHORT = 3


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
    """What time it is, and where: people of the `country` (ISO 3166) write dates and telephone numbers so.

    With `absolute` every time has its date.
    """

    now: datetime
    zone: ZoneInfo
    country: str = "GB"
    absolute: bool = False

    @property
    def on_paper(self) -> "Clock":
        """The same, for what is read on another day: no day is called by how near it is."""
        return replace(self, absolute=True)

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    @property
    def iso(self) -> str:
        return rfc3339(self.now)

    @property
    def midnight(self) -> str:
        """When `today` and `tomorrow` will mean other days."""
        return rfc3339(datetime.combine(self.today + timedelta(days=1), time(), self.zone).astimezone(UTC))

    def day_of(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()

    def time(self, at: datetime) -> TimeLabel:
        """The clock alone, under the heading of its day."""
        return self._stamp(at, self.clock(at))

    def clock(self, at: datetime) -> str:
        """`14:03`."""
        return _clock(self._local(at))

    def second(self, at: datetime) -> TimeLabel:
        return self._stamp(at, f"{self._local(at):%H:%M:%S}")

    def relative(self, at: datetime) -> TimeLabel:
        return replace(self._stamp(at, ago(at, self.now)), ago=True)

    def moment(self, at: datetime) -> TimeLabel:
        """Day and clock, as short as it is clear."""
        return self._stamp(at, self.told(at))

    def ahead(self, at: datetime) -> TimeLabel:
        """As it stands in a sentence: `today 15:20`, where the clock alone would hang in the air."""
        is_today = self.day_of(at) == self.today and not self.absolute
        return self._stamp(at, f"today {self.told(at)}" if is_today else self.told(at))

    def minute(self, at: datetime) -> TimeLabel:
        """The date, and the clock to the minute: `18 Nov 2026, 10:02`."""
        local = self._local(at)
        return self._stamp(at, f"{self.day_and_month(local.date(), short=True)} {local.year}, {_clock(local)}")

    def full(self, at: datetime) -> TimeLabel:
        """With everything that says when: `28 November 2026, 14:03 GMT`."""
        local = self._local(at)
        return self._stamp(at, f"{self.whole_date(local.date())}, {_clock(local)} {_zone(local)}")

    def day_and_clock(self, at: datetime) -> TimeLabel:
        """`18 Nov 10:02`, with the year where it is another."""
        local = self._local(at)
        year = "" if local.year == self.today.year else f" {local.year}"
        return self._stamp(at, f"{self.day_and_month(local.date(), short=True)}{year} {_clock(local)}")

    def told(self, at: datetime) -> str:
        """`15:20` of today, `Monday 09:00` of the days about, `18 November 10:02`, with the year where it is another."""
        local = self._local(at)
        clock, day = _clock(local), local.date()
        if self.absolute:
            return f"{self.whole_date(day)}, {clock}"
        if day == self.today:
            return clock
        if day == self.today - timedelta(days=1):
            return f"yesterday {clock}"
        if day == self.today + timedelta(days=1):
            return f"tomorrow {clock}"
        return f"{self.day_word(day)} {clock}"

    def day_word(self, day: date) -> str:
        """A day: its name where it is near and ahead, else its date."""
        if self.absolute:
            return self.whole_date(day)
        if timedelta(0) < day - self.today < timedelta(days=_WEEK_DAYS):
            return _DAYS[day.weekday()]
        return self.short_date(day)

    def short_date(self, day: date) -> str:
        """`18 November`, with the year where it is another."""
        return self.day_and_month(day) if day.year == self.today.year else self.whole_date(day)

    def day_and_month(self, day: date, *, short: bool = False) -> str:
        month = _MONTHS[day.month - 1][: _SHORT if short else None]
        return f"{month} {day.day}" if self._month_first else f"{day.day} {month}"

    def whole_date(self, day: date) -> str:
        """`24 December 2026`."""
        return f"{self.day_and_month(day)}{',' if self._month_first else ''} {day.year}"

    def long_date(self, day: date) -> str:
        """`Thursday 24 December 2026`."""
        return f"{_DAYS[day.weekday()]}{',' if self._month_first else ''} {self.whole_date(day)}"

    def read_day(self, text: str) -> str:
        """A day as people write it here (`24 December 2026`, `24/12/2026`, `24.12.26`), as programs do; what is none as it is."""
        words = " ".join(text.replace(",", " ").split())
        for form in _MONTH_FIRST_FORMS if self._month_first else _DAY_FIRST_FORMS:
            try:
                return datetime.strptime(words, form).date().isoformat()  # noqa: DTZ007 a day has no zone
            except ValueError:
                continue
        return text

    def in_words(self, text: str) -> str:
        """Words of a rule, which writes its dates and telephone numbers as a record does."""
        return self.numbers(_ISO.sub(self._whole_date_of, text))

    def numbers(self, text: str) -> str:
        """A text with its telephone numbers as people write them here."""
        return shown_numbers(text, self.country)

    def heading(self, day: date) -> tuple[str, str]:
        """What stands over the entries of a day: how near it is, and the whole date."""
        ago_days = (self.today - day).days
        near = {0: "Today", 1: "Yesterday", -1: "Tomorrow"}.get(ago_days)
        if near is None:
            near = _DAYS[day.weekday()] if 0 < ago_days < _WEEK_DAYS else self.day_and_month(day, short=True)
        return near, self.long_date(day)

    def exact(self, at: datetime) -> str:
        local = self._local(at)
        return f"{self.long_date(local.date())}, {_clock(local)}:{local.second:02} {_zone(local)}"

    @property
    def _month_first(self) -> bool:
        return self.country in _MONTH_FIRST

    def _whole_date_of(self, found: re.Match[str]) -> str:
        try:
            return self.whole_date(date.fromisoformat(found[0]))
        except ValueError:
            return found[0]

    def _local(self, at: datetime) -> datetime:
        return at.astimezone(self.zone)

    def _stamp(self, at: datetime, text: str) -> TimeLabel:
        return TimeLabel(iso=rfc3339(at), exact=self.exact(at), text=text)


def _clock(local: datetime) -> str:
    return f"{local.hour:02}:{local.minute:02}"


def _zone(local: datetime) -> str:
    """Its usual letters; a zone that has none is told by its distance."""
    name = local.tzname() or ""
    return f"UTC{name}" if name[:1] in ("+", "-") else name


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


def _span(seconds: float) -> str:
    for unit, name in ((_DAY, "day"), (_HOUR, "hour"), (_MINUTE, "minute")):
        if seconds >= unit:
            number = int(seconds // unit)
            return f"{number} {name}{'' if number == 1 else 's'}"
    return ""
