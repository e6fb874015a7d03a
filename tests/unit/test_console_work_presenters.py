"""How the desk says things: lateness, charts, differences."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from console.presenters.bulk import result_title
from console.presenters.charts import DAYS, charts
from console.presenters.dates import Clock
from console.presenters.diff import differences, other_changes
from console.presenters.todos import due
from letterbook.domain.channels import Channel
from letterbook.domain.status import StatusGroup
from letterbook.ports import StatsKey
from tests.support.builders import template

TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(("day", "said"), [
    (date(2026, 11, 18), "2 days late"), (date(2026, 11, 19), "1 day late"), (TODAY, "today"),
    (date(2026, 11, 21), "tomorrow"), (date(2026, 11, 24), "Tue 24 Nov"), (date(2026, 12, 2), "2 Dec"),
    (date(2027, 1, 5), "5 Jan 2027"),
])  # fmt: skip
def test_when_it_is_due(day: date, said: str) -> None:
    assert due(day, Clock(datetime(2026, 11, 20, 12, tzinfo=UTC), ZoneInfo("Europe/London"))) == said


def counted(day: int, number: int, group: StatusGroup = StatusGroup.SUCCESSFUL) -> tuple[StatsKey, int]:
    return StatsKey(day=date(2026, 11, day), channel=Channel.EMAIL, group=group), number


def test_a_chart_draws_what_was_delivered_and_counts_what_failed() -> None:
    [chart] = charts(dict([counted(20, 30), counted(7, 15), counted(19, 2, StatusGroup.FAILED), counted(6, 99)]), TODAY)
    assert [(bar.x, bar.y, bar.height) for bar in chart.bars] == [(2, 40, 30), (288, 10, 60)]
    assert [(figure.x, figure.number) for figure in chart.figures] == [(274.5, "2")]
    assert (chart.delivered, chart.failed, chart.first, chart.width) == ("45", "2", "7 Nov", 22 * DAYS)


def test_its_label_tells_all_of_it() -> None:
    [chart] = charts(dict([counted(20, 30), counted(19, 2, StatusGroup.FAILED)]), TODAY)
    assert chart.label == (
        "Email, 7 November to 20 November. "
        "Delivered by day: 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 30. "
        "Failed by day: 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0."
    )


def test_little_is_still_seen() -> None:
    [chart] = charts(dict([counted(20, 1), counted(19, 5000)]), TODAY)
    assert chart.bars[-1].height == 1
    assert charts({}, TODAY) == []


def test_what_was_changed_line_by_line() -> None:
    before, after = "a\nb\nc\nd\ne\nf\ng", "a\nb\nc\nd\ne\nF\ng"
    assert [(one.kind, one.text) for one in differences(before, after)] == [
        ("between", "…"), ("same", "d"), ("same", "e"), ("gone", "f"), ("new", "F"), ("same", "g"),
    ]  # fmt: skip
    assert differences(before, before) == []


def test_what_else_was_changed() -> None:
    before = template()
    assert other_changes(before, before) == []
    told = other_changes(before, template(category="dsar", channels=("email", "sms"), variables=()))
    assert told == [
        "Category: section_78, now dsar.",
        "For: email, now email, sms.",
        "Variables taken away: agreement.",
    ]


@pytest.mark.parametrize(("number", "done", "said"), [
    (1, False, "1 message is being sent again"), (2, False, "2 messages are being sent again"),
    (1, True, "1 message was sent again"), (0, True, "0 messages were sent again"),
])  # fmt: skip
def test_how_far_an_order_is(number: int, done: bool, said: str) -> None:
    assert result_title("resend", number, done=done) == said
