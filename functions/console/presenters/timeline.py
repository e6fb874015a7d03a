"""The major events of a party or a contact, line by line: by day and clock, with what was remarkable below."""

from collections.abc import Iterable
from dataclasses import dataclass

from console.presenters.dates import Clock, TimeLabel
from console.presenters.log_rows import LogRow, log_row
from letterbook.domain.communication import Entry


@dataclass(frozen=True, slots=True)
class TimelineLine:
    row: LogRow
    time: TimeLabel
    told: str


def timeline_lines(entries: Iterable[Entry], clock: Clock) -> list[TimelineLine]:
    return [_line(one, clock) for one in entries]


def _line(entry: Entry, clock: Clock) -> TimelineLine:
    row = log_row(entry, clock)
    remark = "" if row.remark.bare else row.remark.text
    case = entry.case.reference if entry.case else ""
    told = (f"{row.type} {row.direction} {row.who}", remark, case)
    return TimelineLine(
        row=row,
        time=clock.day_and_clock(entry.occurred_at),
        told=". ".join(one.rstrip(".") for one in told if one),
    )
