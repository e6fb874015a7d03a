"""How the desk says things: lateness, charts, differences."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from console.presenters.bulk import result_title
from console.presenters.charts import DAYS, charts
from console.presenters.dates import Clock
from console.presenters.diff import differences, other_changes
from console.presenters.saved_views import view_tabs
from console.presenters.todos import by_need, due, in_order_of_need, todo_line
from letterbook.domain.access import Ownership, SavedView
from letterbook.domain.channels import Channel
from letterbook.domain.ids import Kind, new_id
from letterbook.domain.status import StatusGroup
from letterbook.domain.todos import Todo
from letterbook.ports import StatsKey
from tests.support.builders import JANE, NOW, template

TODAY = date(2026, 11, 20)
LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize(("day", "said"), [
    (date(2026, 11, 18), "2 days overdue"), (date(2026, 11, 19), "1 day overdue"), (TODAY, "today"),
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


def todo(n: int, due: date | None, *, about: str | None = None, days_old: int = 0) -> Todo:
    owned = Ownership(party_id="pty_1", client_id=None, case_id=None, restricted=False)
    at = NOW - timedelta(days=days_old)
    return Todo(
        id=new_id(Kind.TODO, at), title=f"{n}", owned=owned, due_date=due, communication_id=about, created_at=at, created_by=JANE
    )  # fmt: skip


def test_what_is_to_do_stands_in_the_order_of_need_with_its_age() -> None:
    came_in = frozenset({"com_1", "com_2"})
    todos = [
        todo(1, date(2026, 11, 27)),
        todo(2, None, days_old=9),
        todo(3, None, about="com_1", days_old=1),
        todo(4, date(2026, 11, 20)),
        todo(5, None, about="com_2", days_old=5),
        todo(6, date(2026, 11, 17)),
        todo(7, date(2026, 11, 10)),
        todo(8, None, about="com_3", days_old=2),
    ]
    clock = Clock(NOW, LONDON)
    lines = [todo_line(one, clock, {}, "user-1", came_in) for one in in_order_of_need(todos, clock.today, came_in)]
    told = [(need, [(one.title, one.due) for one in own]) for need, own in by_need(lines)]
    assert told == [
        ("Overdue", [("7", "10 days overdue"), ("6", "3 days overdue")]),
        ("Due today", [("4", "today")]),
        ("Unanswered", [("5", "unanswered 5 days"), ("3", "unanswered 1 day")]),
        ("Later", [("1", "27 Nov"), ("2", "9 days old"), ("8", "2 days old")]),
    ]


def test_saved_views_are_tabs_and_the_rest_a_menu_in_which_the_present_one_is_not_hidden() -> None:
    def saved(name: str) -> SavedView:
        return SavedView(user="user-1", name=name, query=f"channel={name}&group=failed", created_at=NOW)

    views = [saved(name) for name in ("a", "b", "c", "d", "e", "f")]
    plain = view_tabs(views, "/communications", "")
    assert [one.name for one in plain.tabs] == ["a", "b", "c", "d"]
    assert [one.name for one in plain.more] == ["e", "f"]
    assert not plain.current
    there = view_tabs(views, "/communications", "group=failed&channel=e")
    assert [(one.name, one.current) for one in there.tabs] == [("a", False), ("b", False), ("c", False), ("e", True)]
    assert (there.tabs[3].href, there.current) == ("/communications?channel=e&group=failed", True)
    assert [one.name for one in there.more] == ["d", "f"]
