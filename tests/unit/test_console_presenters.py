"""What the console says: pure words, asked in tables."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from console.app import security
from console.app.request import Request
from console.presenters.dates import Clock, ago, format_duration
from console.presenters.entry_facts import facts
from console.presenters.headline import actions, headline
from console.presenters.history import history_lines
from console.presenters.labels import HINTS, direction_label, format_size, humanize_code
from console.presenters.log_rows import badge, by_day, log_row
from console.presenters.policy_trace import decision_banner, trace_words
from console.presenters.post import CONFIRMS_NOTHING
from console.presenters.status_reason import status_reason
from letterbook.domain.calls_and_meetings import Meeting, PhoneCall
from letterbook.domain.channels import Channel
from letterbook.domain.communication import Actor, Direction, Entry, Failure, Recipient
from letterbook.domain.decision import Action, Decision, RuleResult
from letterbook.domain.failures import FailureCode
from letterbook.domain.history import HistoryRow
from letterbook.domain.ids import Kind, new_id
from letterbook.domain.post import PostOptions
from letterbook.domain.receipts import DeliveryOutcome, RecipientOutcome, Signal
from letterbook.domain.sms import measure
from letterbook.domain.status import STATUSES, Status
from tests.support.builders import JANE, NOW, communication, entry, later, viewer

LONDON = ZoneInfo("Europe/London")
CLOCK = Clock(NOW, LONDON)
FULL = Failure(code=FailureCode.MAILBOX_FULL, provider_code="5.2.2")
QUIET = Decision(
    action=Action.SCHEDULE, rule="quiet_hours", reason="An SMS goes in office hours.", scheduled_for=later(days=3)
)
SKIPPED = Decision(action=Action.SKIP, rule="contact_hold", reason="Marcus Bell has breathing space until 2027-01-15.")
# By the word of a mail that came in.
REPORTED = Recipient(address="priya@mailbox.example", heard=RecipientOutcome(fact=DeliveryOutcome.REPORTED, at=NOW))
CALL = PhoneCall(requires_followup=True, followup_date=date(2026, 11, 24))
MEETING = Meeting(meeting_date=NOW.date(), attendees=("A", "B", "C"), duration_minutes=45, action_items=("x", "y"))


@pytest.mark.covers("F5", "F7", "F8", "F9", "F10")
@pytest.mark.parametrize(
    ("made", "says"),
    [
        (entry(Status.FAILED, failure=FULL), "The recipient's mailbox is full (5.2.2)"),
        (entry(Status.FAILED, failure=replace(FULL, provider_code="smtp; 550 no such")), "The recipient's mailbox is full"),
        (entry(Status.UNCONFIRMED), "No answer from the provider; not sent again"),
        (entry(Status.SKIPPED, decision=SKIPPED), "Marcus Bell has breathing space until 15 January 2027"),
        (entry(Status.SCHEDULED, decision=QUIET, scheduled_for=later(days=3)), "Monday 10:00: outside office hours"),
        (entry(Status.SCHEDULED, scheduled_for=later(days=1)), "Tomorrow 10:00"),
        (entry(Status.MANUAL_PENDING), "Print it, hand it over, then record that"),
        (entry(Status.LOGGED, channel=Channel.PHONE, phone=CALL), "Follow up Tuesday"),
        (entry(Status.LOGGED, channel=Channel.MEETING, meeting=MEETING), "2 action items"),
        (entry(Status.LOGGED, channel=Channel.NOTE), "Stays inside"),
        (entry(Status.SENT, sent_at=later(hours=-7)), "No receipt for six hours"),
        (entry(Status.SENT, sent_at=later(hours=-1)), ""),
        (entry(Status.SENT, receipts=False, channel=Channel.POST), "Posted; no receipt comes by post"),
        (entry(Status.SENDING, signals=frozenset({Signal.STUCK})), "Stands still for longer than it should"),
        (entry(Status.DELIVERED, delivered_at=later(minutes=2)), "10:02"),
        (entry(Status.DELIVERED, delivered_at=later(days=1, minutes=2)), "tomorrow 10:02"),
        (entry(Status.DELIVERED, opened_at=later(minutes=9)), "10:09; may have been a mail program"),
        (entry(Status.DELIVERED, delivered_at=NOW, declared=True), "Declared, 10:00"),
        (entry(Status.DELIVERED, delivered_at=NOW, recipients=(REPORTED,)), "Declared, 10:00"),
        (entry(Status.RECEIVED, direction=Direction.INBOUND), "Not answered yet"),
        (entry(Status.RECEIVED, direction=Direction.INBOUND, response_minutes=150), "Answered after 2 hours"),
        (entry(Status.QUEUED), "Waits for its turn"),
        (entry(Status.DRAFT), ""),
    ],
)  # fmt: skip
def test_remarks(made: Entry, says: str) -> None:
    assert status_reason(made, CLOCK).text == says


def test_only_what_failed_is_red_and_only_a_clock_is_bare() -> None:
    assert status_reason(entry(Status.FAILED, failure=FULL), CLOCK).red
    assert not status_reason(entry(Status.SKIPPED, decision=SKIPPED), CLOCK).red
    assert status_reason(entry(Status.DELIVERED, delivered_at=NOW), CLOCK).bare
    assert not status_reason(entry(Status.DELIVERED, opened_at=NOW), CLOCK).bare


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("role", ["admin", "auditor"])
def test_every_status_has_a_sentence_an_icon_and_a_word(status: Status, role: str) -> None:
    from pathlib import Path

    sprite = (Path(security.__file__).parents[1] / "static" / "sprite.svg").read_text()
    said = headline(entry(status), viewer(role), CLOCK, objection=None)
    assert said.title
    assert badge(entry(status)).word
    assert f'id="s-{said.icon}"' in sprite
    if role == "auditor":
        assert said.actions == ()


@pytest.mark.parametrize(
    ("status", "objection", "verbs"),
    [
        (Status.DRAFT, ("not_resendable", "x"), ["send", "quick-send", "edit", "discard"]),
        (Status.SCHEDULED, ("not_resendable", "x"), ["cancel"]),
        (Status.SENDING, ("not_resendable", "x"), []),
        (Status.FAILED, None, ["resend", "resend", "seen-to", "ignore"]),
        (Status.FAILED, ("too_old", "It is older than 60 days."), ["anew", "seen-to", "ignore"]),
        (Status.DELIVERED, None, ["resend", "resend", "correct"]),
        (Status.MANUAL_PENDING, ("not_resendable", "x"), ["deliver", "cancel"]),
    ],
)
def test_what_is_offered(status: Status, objection: Any, verbs: list[str]) -> None:
    assert [one.verb for one in actions(entry(status), viewer(), objection=objection)] == verbs


def test_a_sentence_says_when_and_what_to_do() -> None:
    said = headline(entry(Status.FAILED, failure=FULL, failed_at=later(hours=-2)), viewer(), CLOCK, objection=None)
    assert said.title == "Not delivered: the recipient\u2019s mailbox is full"
    assert [one if isinstance(one, str) else one.text for one in said.text] == [
        "It failed", "2 hours ago", ".", "Try again later, or use another channel.",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("delta", "says"),
    [
        (timedelta(seconds=-20), "just now"),
        (timedelta(minutes=-1), "1 minute ago"),
        (timedelta(hours=-2, minutes=-50), "2 hours ago"),
        (timedelta(days=-3), "3 days ago"),
        (timedelta(minutes=5), "in 5 minutes"),
    ],
)
def test_how_long_ago(delta: timedelta, says: str) -> None:
    assert ago(NOW + delta, NOW) == says


@pytest.mark.parametrize(
    ("day", "near", "whole"),
    [
        (date(2026, 11, 20), "Today", "Friday 20 November 2026"),
        (date(2026, 11, 19), "Yesterday", "Thursday 19 November 2026"),
        (date(2026, 11, 21), "Tomorrow", "Saturday 21 November 2026"),
        (date(2026, 11, 16), "Monday", "Monday 16 November 2026"),
        (date(2026, 11, 13), "13 Nov", "Friday 13 November 2026"),
        (date(2025, 12, 31), "31 Dec", "Wednesday 31 December 2025"),
    ],
)
def test_day_headings(day: date, near: str, whole: str) -> None:
    assert CLOCK.heading(day) == (near, whole)


def test_clocks_are_the_organisations() -> None:
    summer = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)
    clock = Clock(summer, LONDON)
    assert clock.time(summer).text == "00:30"
    assert clock.exact(summer) == "Wednesday 1 July 2026, 00:30:00 BST"
    assert clock.heading(clock.day_of(summer))[0] == "Today"
    assert clock.told(datetime(2025, 3, 2, 10, 0, tzinfo=UTC)) == "2 March 2025 10:00"


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (datetime(2026, 7, 1, 8, 0, tzinfo=UTC), "today 09:00"),
        (datetime(2026, 7, 2, 8, 0, tzinfo=UTC), "tomorrow 09:00"),
        (datetime(2026, 7, 9, 8, 0, tzinfo=UTC), "9 July 09:00"),
    ],
)
def test_a_sentence_says_which_day_it_means(at: datetime, said: str) -> None:
    clock = Clock(datetime(2026, 6, 30, 23, 30, tzinfo=UTC), LONDON)
    assert clock.ahead(at).text == said
    assert "today" not in clock.on_paper.ahead(at).text


def test_entries_stand_under_their_days() -> None:
    made = [entry(id=new_id(Kind.COMMUNICATION, NOW - timedelta(hours=hours))) for hours in (0, 1, 24, 25)]
    assert [(day.near, len(day.rows)) for day in by_day(made, CLOCK)] == [("Today", 2), ("Yesterday", 2)]


@pytest.mark.covers("A16")
def test_a_line_says_how_much_it_is() -> None:
    assert (
        log_row(entry(channel=Channel.SMS, subject="", preview="Hello", sms=measure("x" * 171)), CLOCK).beside
        == "2 segments"
    )
    assert log_row(entry(channel=Channel.MEETING, meeting=MEETING), CLOCK).beside == "45 minutes, 3 attended"
    assert log_row(entry(channel=Channel.PHONE, phone=PhoneCall(duration_minutes=1)), CLOCK).beside == "1 minute"
    assert log_row(entry(), CLOCK).cell("case") == "Client level"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({}, "to"),
        ({"direction": Direction.INBOUND}, "from"),
        ({"channel": Channel.MEETING}, "with"),
        ({"channel": Channel.NOTE}, "on"),
        ({"channel": Channel.PHONE, "direction": Direction.INBOUND}, "from"),
    ],
)
def test_directions(changes: dict[str, Any], says: str) -> None:
    assert direction_label(entry(**changes)) == says


def test_everything_has_a_name() -> None:
    assert set(HINTS) == set(Signal)
    assert [humanize_code(one) for one in ("section_78", "loc", "LOC")] == ["Section 78", "LOC", "LOC"]
    assert [format_size(one) for one in (999, 250_880, 1_500_000)] == ["999 bytes", "251 KB", "1.5 MB"]
    assert format_duration(0) == "less than a minute"


@pytest.mark.parametrize(
    ("event", "note", "said"),
    [
        ("not taken", "No connection", "Not taken; it is tried again. No connection"),
        ("waits", "429", "Not taken yet; it is tried again. 429"),
        ("released", "", ""),
    ],
)
def test_a_line_of_history_says_why_a_message_waits_again(event: str, note: str, said: str) -> None:
    system = Actor(id="system", name="Letterbook", role="system")
    rows = [
        HistoryRow(of="com_1", n=1, at=NOW, status=Status.SENDING, actor=system, event="claimed"),
        HistoryRow(of="com_1", n=2, at=NOW, status=Status.QUEUED, actor=system, event=event, note=note),
    ]
    assert history_lines(rows, entry(), CLOCK, {})[1].note == said


@pytest.mark.parametrize("note", ["undeliverable: Addressee has moved", "Addressee has moved"])
def test_a_line_of_history_says_a_providers_word_once(note: str) -> None:
    pingen = Actor(id="pingen", name="pingen", role="provider")
    row = HistoryRow(of="com_1", n=1, at=NOW, status=Status.FAILED, actor=pingen, event="undeliverable", note=note)
    [line] = history_lines([row], entry(), CLOCK, {"pingen": "Pingen"})
    assert line.note == "Undeliverable, says Pingen. Addressee has moved"


def test_a_line_of_history_says_what_is_new() -> None:
    rows = [
        HistoryRow(of="com_1", n=1, at=NOW, status=Status.QUEUED, actor=JANE, event="accepted"),
        HistoryRow(of="com_1", n=2, at=later(days=1), status=Status.QUEUED, actor=JANE, event="ignored"),
    ]
    first, second = history_lines(rows, entry(), CLOCK, {})
    assert first.badge
    assert (first.badge.word, first.note, first.day) == (
        STATUSES[Status.QUEUED].label,
        "Accepted by Jane Marsh",
        "Friday 20 November 2026",
    )
    assert (second.badge, second.words, second.note, second.day) == (
        None,
        "Ignored",
        "By Jane Marsh",
        "Saturday 21 November 2026",
    )


@pytest.mark.parametrize(
    ("action", "lead", "goes"),
    [
        (Action.SEND, "Goes now", True),
        (Action.SCHEDULE, "Goes Monday 10:00", True),
        (Action.SKIP, "Will be skipped:", True),
        (Action.MANUAL, "To be delivered by hand", True),
        (Action.REFUSE, "Cannot be sent by email.", False),
    ],
)
def test_strips(action: Action, lead: str, goes: bool) -> None:
    made = decision_banner(
        Decision(action=action, reason="Why.", scheduled_for=later(days=3)), None, Channel.EMAIL, ["a@b.example"], CLOCK
    )
    assert (made.lead, made.goes) == (lead, goes)


def test_how_the_rules_answered() -> None:
    passed, other = (
        RuleResult(rule="may_send", outcome="pass", reason="Yes."),
        RuleResult(rule="opt_out", outcome="skip", reason="No."),
    )
    assert trace_words([passed], CLOCK)[0] == "1 rule, all passed"
    assert trace_words([passed, other], CLOCK) == (
        "1 of 2 rules passed",
        [("May send", "", "Yes."), ("Opt out", "Skip", "No.")],
    )


# ---- the door


@pytest.mark.parametrize(
    ("address", "safe"),
    [
        ("/communications?q=a%20b", True), ("/", True), ("//evil.example", False), ("/\\evil.example", False),
        ("https://evil.example", False), ("/a\nb", False), ("/\t/evil.example", False), ("evil", False), ("", False),
    ],
)  # fmt: skip
def test_only_our_own_paths_are_gone_to(address: str, safe: bool) -> None:
    assert (security.local(address) == address) is safe


@pytest.mark.parametrize(
    ("host", "secure"),
    [
        ("letterbook.firm.example", True), ("127.0.0.1:8700", False), ("abc.execute-api.localhost:8703", False),
        ("localhost.evil.example", True), ("127.0.0.1.evil.example", True), ("", True),
    ],
)  # fmt: skip
def test_only_the_own_machine_goes_without_tls(host: str, secure: bool) -> None:
    assert Request.of({"headers": {"Host": host}}).secure is secure


def test_the_telephone_numbers_of_a_rule_read_as_people_write_them() -> None:
    reason = "Somebody who has the address +447700900199 opted out of SMS on 2026-12-24."
    told = "Somebody who has the address 07700 900199 opted out of SMS on 24 December 2026."
    assert CLOCK.in_words(reason) == told


def test_the_dates_of_a_rule_read_as_dates() -> None:
    assert (
        CLOCK.in_words("On hold until 2027-01-15: see 2027-13-45.") == "On hold until 15 January 2027: see 2027-13-45."
    )


@pytest.mark.parametrize(("country", "long", "short"), [
    ("GB", "Thursday 24 December 2026", "24 December"), ("US", "Thursday, December 24, 2026", "December 24"),
    ("DE", "Thursday 24 December 2026", "24 December"),
])  # fmt: skip
def test_dates_are_written_as_where_the_firm_is(country: str, long: str, short: str) -> None:
    clock = Clock(NOW, LONDON, country)
    assert (clock.long_date(date(2026, 12, 24)), clock.short_date(date(2026, 12, 24))) == (long, short)


def test_numbers_are_written_as_where_the_firm_is() -> None:
    assert Clock(NOW, LONDON, "GB").numbers("to +441134960102") == "to 0113 496 0102"
    assert Clock(NOW, LONDON, "FR").numbers("to +441134960102") == "to +44 113 496 0102"


@pytest.mark.parametrize(("status", "said"), [(Status.SENT, True), (Status.DELIVERED, False), (Status.FAILED, False)])
def test_that_nothing_will_confirm_it_is_said_until_something_did(status: Status, said: bool) -> None:
    letter = replace(communication(), entry=entry(channel=Channel.POST, status=status), post=PostOptions())
    shown = [part.words for row in facts(letter, CLOCK, {}) for part in row.parts]
    assert (CONFIRMS_NOTHING in shown) is said
