"""How people may be reached, how fast they are answered, what was done: in words."""

from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from console.presenters.activity import activity_lines
from console.presenters.dates import Clock
from console.presenters.reachability import hold_strip, opt_out_words, prefers, reachability_lines, rules, skipped_words
from console.presenters.response_chart import response_chart
from letterbook.domain.history import HistoryRow
from letterbook.domain.party import Hold, HoldKind, OptOut, OptOutSource, Preferences
from letterbook.domain.recipients import Suppression
from letterbook.domain.status import Status
from letterbook.ports import ActivityItem
from letterbook.use_cases.reading.statistics import ResponseTimes, Times
from tests.support import builders
from tests.support.builders import JANE, NOW, deed

CLOCK = Clock(NOW, ZoneInfo("Europe/London"))
STOP = OptOut(channel="sms", source=OptOutSource.STOP_KEYWORD, at=NOW - timedelta(days=17))


@pytest.mark.parametrize(
    ("hold", "title"),
    [
        (Hold(kind=HoldKind.SOLICITOR), "Represented by a solicitor: no contact"),
        (Hold(kind=HoldKind.DISPUTE, until=date(2026, 11, 20)), "In dispute until 20 November: no contact"),
        (Hold(kind=HoldKind.BREATHING_SPACE, until=date(2027, 1, 15)), "Breathing space until 15 January 2027: no contact"),
        (Hold(kind=HoldKind.VULNERABLE, until=date(2026, 11, 19)), "Vulnerable ended on 19 November"),
    ],
)  # fmt: skip
def test_a_hold_in_words(hold: Hold, title: str) -> None:
    strip = hold_strip(hold, CLOCK)
    assert strip is not None
    assert strip.title == title
    assert strip.over is ("ended" in title)


def test_the_reason_of_a_hold_ends_in_one_full_stop() -> None:
    strip = hold_strip(Hold(kind=HoldKind.DISPUTE, reason=" About the balance. "), CLOCK)
    assert strip is not None
    assert strip.text.startswith("About the balance. Messages are skipped")


@pytest.mark.parametrize(
    ("preferences", "email", "sms"),
    [
        (Preferences(), "Allowed", "Allowed"),
        (Preferences(preferred="sms"), "Allowed", "Preferred"),
        (Preferences(preferred="sms", opt_outs=(STOP,)), "Allowed", "Opted out"),
        (Preferences(opt_outs=(replace(STOP, category="reminder"),)), "Allowed", "In part"),
    ],
)
def test_each_way_says_whether_it_may_be_used(preferences: Preferences, email: str, sms: str) -> None:
    found = {one.name: one for one in reachability_lines(builders.party(), preferences, {}, CLOCK)}
    assert (found["Email"].word, found["SMS"].word) == (email, sms)
    assert (found["Post"].address, found["Post"].word) == ("Not known", "")
    assert "E-invoice" not in found


def test_an_address_that_bounced_is_set_aside_whatever_is_preferred() -> None:
    bounced = Suppression(
        address="priya@mailbox.example", code="hard_bounce", at=NOW, communication_id="com_1", party_id="pty_1"
    )
    [email, *_] = reachability_lines(
        builders.party(), Preferences(preferred="email"), {bounced.address: bounced}, CLOCK
    )
    assert (email.word, email.quarantined) == ("Set aside", bounced.address)


def test_opt_outs_say_what_why_and_since_when() -> None:
    assert opt_out_words(STOP, CLOCK) == "Nothing at all: replied STOP, 3 November"
    narrow = replace(STOP, category="late_fee", source=OptOutSource.COMPLAINT, at=NOW - timedelta(days=400))
    assert opt_out_words(narrow, CLOCK) == "No late fee: reported us as spam, 16 October 2025"


def test_what_is_not_known_is_left_out() -> None:
    assert rules(builders.party(), Preferences()) == []
    assert prefers(Preferences()) == ("", "")
    assert prefers(Preferences(preferred="sms")) == ("c-sms", "Prefers SMS")
    assert [skipped_words(2, more=False), skipped_words(99, more=True)] == ["See the 2 skipped", "See the 99+ skipped"]


def test_the_pace_is_drawn_of_the_last_eight_months() -> None:
    months = {f"2026-{month:02}": Times(count=1, median=float(month), p90=month) for month in range(1, 12)}
    drawn = response_chart(ResponseTimes(overall=Times(count=11, median=6.0, p90=130), by_month=months))
    assert drawn is not None
    assert [one.month for one in drawn.bars] == ["Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov"]
    assert [one.lead for one in drawn.bars] == [False] * 7 + [True]
    assert max(one.height for one in drawn.bars) == drawn.bars[-1].height == 72
    assert drawn.label.endswith("Oct 2026 10, Nov 2026 11")
    assert ("9 in 10", "within 2 hours") in drawn.facts


def test_who_was_never_answered_has_no_pace() -> None:
    assert response_chart(ResponseTimes(overall=Times(count=0, median=None, p90=None), by_month={})) is None


def test_what_was_done_tells_who_and_what_it_said_before() -> None:
    was = {"name": '"Priya"', "opt_outs": "[]", "address": "null", "einvoice": '{"scheme": "0088", "id": "1"}'}
    [first, second] = activity_lines(
        [
            ActivityItem(about="pty_1", row=deed(note="Note.", was=was), place="2"),
            ActivityItem(about="pty_1", row=deed(), place="1"),
        ],
        {}, CLOCK, {}, {},
    )  # fmt: skip
    assert (first.words, first.day, second.day) == ("Amended", "Friday 20 November 2026", "")
    assert first.notes == (
        "By Jane Marsh, admin. Note", "Filled in: Address, Opt-outs", "Einvoice was “0088, 1”", "Name was “Priya”",
    )  # fmt: skip


def test_what_became_of_a_message_leads_to_it_where_it_is_still_there() -> None:
    entry = builders.entry(subject="Hello")
    row = HistoryRow(of=entry.id, n=1, at=NOW, actor=JANE, event="accepted", status=Status.QUEUED)
    [there, gone] = activity_lines(
        [ActivityItem(about=one, row=row, place="1") for one in (entry.id, "com_gone")],
        {entry.id: entry},
        CLOCK,
        {},
        {},
    )
    assert (there.subject, there.href, there.status) == ("Hello", f"/communications/{entry.id}", "Queued")
    assert (gone.subject, gone.href) == ("a deleted communication", "")
