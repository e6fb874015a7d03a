"""The rule book: for each rule, what it lets pass and what it stops, with which action."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, strategies as st

from letterbook.domain.calendar import OfficeHours
from letterbook.domain.channels import Channel
from letterbook.domain.decision import Action
from letterbook.domain.errors import Conflict, FieldError, Forbidden, Invalid, TooLarge
from letterbook.domain.organisation import SkipRule
from letterbook.domain.party import Hold, HoldKind, OptOut, Preferences
from letterbook.domain.policy import RULES, decide, recheck_contact
from letterbook.domain.policy_rules import MAX_ATTACHMENTS_BYTES, PolicyInput
from letterbook.domain.sms import measure
from letterbook.domain.text import MAX_TEXT_BYTES
from tests.support.builders import NOW, later, organisation, party, proposal, viewer

SMS: dict[str, Any] = {"channel": Channel.SMS, "to": ("+447700900127",), "sms": measure("Hello")}
FRIDAY_EVENING = datetime(2026, 11, 20, 18, 30, tzinfo=UTC)
MONDAY_AT_NINE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SATURDAY = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
CHRISTMAS = datetime(2026, 12, 25, 10, 0, tzinfo=UTC)
AFTER_CHRISTMAS = datetime(2026, 12, 29, 9, 0, tzinfo=UTC)


def opted_out(channel: str = "email", category: str | None = None) -> Preferences:
    return Preferences(opt_outs=(OptOut(channel=channel, category=category, at=NOW),))


def held(**changes: Any) -> Preferences:
    return Preferences(hold=replace(Hold(kind=HoldKind.BREATHING_SPACE), **changes))


EMAIL_HOURS = organisation(quiet_hours={"email": OfficeHours()})
CLOSED = organisation(closing_days=(date(2026, 11, 20),))
GAP = FieldError("template.variables.date", "missing_variable", "The template needs date.")

# the message · what becomes of it · which rule decided
CASES = [
    ("nothing stands against it", {}, Action.SEND, "default"),
    ("an auditor sends nothing", {"viewer": viewer("auditor")}, Action.REFUSE, "may_send"),
    ("an agent sends", {"viewer": viewer("agent")}, Action.SEND, "default"),
    ("an agent is not urgent", {**SMS, "viewer": viewer("agent"), "urgent": True}, Action.REFUSE, "may_send"),
    ("a hold", {"preferences": held()}, Action.REFUSE, "contact_hold"),
    ("a hold on its last day", {"preferences": held(until=date(2026, 11, 20))}, Action.REFUSE, "contact_hold"),
    ("a hold that is over", {"preferences": held(until=date(2026, 11, 19))}, Action.SEND, "default"),
    (
        "a hold that is overridden",
        {"preferences": held(), "override_hold": "The court asks for it"},
        Action.SEND,
        "default",
    ),
    (
        "a lead does not override a hold",
        {"preferences": held(), "override_hold": "x", "viewer": viewer("lead")},
        Action.REFUSE,
        "may_send",
    ),
    (
        "an address that bounced",
        {"quarantined": {"to.0": ("priya@mailbox.example", NOW)}},
        Action.REFUSE,
        "quarantine",
    ),
    ("one of the copies bounced", {"quarantined": {"cc.1": ("a@b.example", NOW)}}, Action.REFUSE, "quarantine"),
    (
        "who pays in cash gets no reminder, because the firm says so",
        {
            "organisation": organisation(skip_rules=(SkipRule(payment_method="cash", category="reminder"),)),
            "party": party(payment_method="cash"),
            "category": "reminder",
        },
        Action.SKIP,
        "skip_rule",
    ),
    (
        "a rule that the firm took away",
        {
            "organisation": organisation(skip_rules=()),
            "party": party(payment_method="direct_debit"),
            "category": "invoice",
        },
        Action.SEND,
        "default",
    ),
    ("by hand", {"channel": Channel.MANUAL, "to": ()}, Action.MANUAL, "by_hand"),
    (
        "an email where email has hours",
        {"organisation": EMAIL_HOURS, "now": FRIDAY_EVENING, "wanted_at": FRIDAY_EVENING},
        Action.SCHEDULE,
        "quiet_hours",
    ),
    ("an SMS on a day the firm is closed", {**SMS, "organisation": CLOSED}, Action.SCHEDULE, "quiet_hours"),
    (
        "a firm that is never open",
        {**SMS, "organisation": organisation(closing_days=tuple(NOW.date() + timedelta(days=n) for n in range(90)))},
        Action.REFUSE,
        "quiet_hours",
    ),
    ("opted out of the channel", {"preferences": opted_out()}, Action.SKIP, "opt_out"),
    ("opted out of another channel", {"preferences": opted_out("sms")}, Action.SEND, "default"),
    (
        "opted out of the category",
        {"preferences": opted_out(category="news"), "category": "news"},
        Action.SKIP,
        "opt_out",
    ),
    (
        "opted out of another category",
        {"preferences": opted_out(category="news"), "category": "dsar"},
        Action.SEND,
        "default",
    ),
    ("opted out of a category, this has none", {"preferences": opted_out(category="news")}, Action.SEND, "default"),
    (
        "a category that is skipped",
        {"preferences": Preferences(skip=("invoice",)), "category": "invoice"},
        Action.SKIP,
        "skip_rule",
    ),
    (
        "direct debit gets no invoice",
        {"party": party(payment_method="direct_debit"), "category": "invoice"},
        Action.SKIP,
        "skip_rule",
    ),
    (
        "direct debit gets the rest",
        {"party": party(payment_method="direct_debit"), "category": "reminder"},
        Action.SEND,
        "default",
    ),
    ("no address", {"to": ()}, Action.REFUSE, "reachable"),
    ("later", {"wanted_at": later(days=1)}, Action.SCHEDULE, "send_at"),
    ("an email goes at night", {"now": FRIDAY_EVENING, "wanted_at": FRIDAY_EVENING}, Action.SEND, "default"),
    ("an SMS goes in hours", SMS, Action.SEND, "default"),
    (
        "an SMS waits for Monday",
        {**SMS, "now": FRIDAY_EVENING, "wanted_at": FRIDAY_EVENING},
        Action.SCHEDULE,
        "quiet_hours",
    ),
    (
        "an urgent SMS does not",
        {**SMS, "now": FRIDAY_EVENING, "wanted_at": FRIDAY_EVENING, "urgent": True},
        Action.SEND,
        "default",
    ),
    ("an SMS for Saturday waits", {**SMS, "wanted_at": SATURDAY}, Action.SCHEDULE, "quiet_hours"),
    ("an SMS for Christmas waits", {**SMS, "wanted_at": CHRISTMAS}, Action.SCHEDULE, "quiet_hours"),
    ("an SMS for Monday morning is only later", {**SMS, "wanted_at": MONDAY_AT_NINE}, Action.SCHEDULE, "send_at"),
    ("a text of 1 MB", {"text_bytes": MAX_TEXT_BYTES}, Action.SEND, "default"),
    ("a larger text", {"text_bytes": MAX_TEXT_BYTES + 1}, Action.REFUSE, "size"),
    ("attachments of 18 MB", {"attachment_bytes": MAX_ATTACHMENTS_BYTES}, Action.SEND, "default"),
    ("larger attachments", {"attachment_bytes": MAX_ATTACHMENTS_BYTES + 1}, Action.REFUSE, "size"),
    ("an SMS of ten parts", {**SMS, "sms": measure("A" * 1530), "text_bytes": 1530}, Action.SEND, "default"),
    ("an SMS of eleven", {**SMS, "sms": measure("A" * 1531), "text_bytes": 1531}, Action.REFUSE, "size"),
    (
        "an SMS of more bytes than SNS takes",
        {**SMS, "sms": measure("ê" * 600), "text_bytes": 1601},
        Action.REFUSE,
        "size",
    ),
    ("a gap", {"gaps": (GAP,)}, Action.REFUSE, "variables"),
    # the order in which they are asked
    (
        "a hold outweighs an opt-out",
        {"preferences": replace(held(), opt_outs=opted_out().opt_outs)},
        Action.REFUSE,
        "contact_hold",
    ),
    ("who opted out needs no address", {"preferences": opted_out(), "to": ()}, Action.SKIP, "opt_out"),
    ("what is later is still too large", {"wanted_at": later(days=1), "text_bytes": 2**21}, Action.REFUSE, "size"),
]


@pytest.mark.parametrize(("changes", "action", "rule"), [row[1:] for row in CASES], ids=[str(row[0]) for row in CASES])
@pytest.mark.covers("D10", "H2", "H4")
def test_the_rule_book(changes: dict[str, Any], action: Action, rule: str) -> None:
    decision = decide(proposal(**changes)).decision
    assert (decision.action, decision.rule) == (action, rule)
    assert decision.reason


@pytest.mark.parametrize(
    ("changes", "scheduled_for"),
    [
        ({**SMS, "now": FRIDAY_EVENING, "wanted_at": FRIDAY_EVENING}, MONDAY_AT_NINE),
        ({**SMS, "wanted_at": SATURDAY}, MONDAY_AT_NINE),
        ({**SMS, "wanted_at": CHRISTMAS}, AFTER_CHRISTMAS),
        ({"wanted_at": SATURDAY}, SATURDAY),
        ({"organisation": EMAIL_HOURS, "wanted_at": SATURDAY}, MONDAY_AT_NINE),
        ({**SMS, "organisation": CLOSED}, MONDAY_AT_NINE),
    ],
)
def test_when_it_goes(changes: dict[str, Any], scheduled_for: datetime) -> None:
    assert decide(proposal(**changes)).decision.scheduled_for == scheduled_for


@pytest.mark.parametrize(
    ("changes", "error", "places"),
    [
        ({"viewer": viewer("auditor")}, Forbidden, []),
        ({"preferences": held()}, Conflict, []),
        ({"to": ()}, Invalid, [("to", "missing_contact")]),
        ({"attachment_bytes": 2**30}, TooLarge, [("attachments", "too_large")]),
        ({"text_bytes": 2**30}, TooLarge, [("body", "too_large")]),
        ({**SMS, "sms": measure("A" * 1531)}, Invalid, [("body", "too_many_segments")]),
        ({"gaps": (GAP,)}, Invalid, [(GAP.field, GAP.code)]),
    ],
)
def test_a_refusal_says_what_is_wrong(changes: dict[str, Any], error: type, places: list[tuple[str, str]]) -> None:
    refusal = decide(proposal(**changes)).refusal
    assert refusal is not None
    assert type(refusal) is error
    assert [(fault.field, fault.code) for fault in refusal.faults] == places


def test_the_trace_has_a_row_for_every_rule_that_was_asked() -> None:
    passed = decide(proposal())
    assert [row.rule for row in passed.trace] == [rule.name for rule in RULES]
    assert {row.outcome for row in passed.trace} == {"pass"}
    stopped = decide(proposal(preferences=opted_out()))
    assert [(row.rule, row.outcome) for row in stopped.trace] == [
        ("may_send", "pass"),
        ("contact_hold", "pass"),
        ("opt_out", "skip"),
    ]


@given(
    st.builds(
        proposal,
        preferences=st.builds(
            Preferences,
            opt_outs=st.lists(
                st.builds(
                    OptOut,
                    channel=st.sampled_from(["email", "sms"]),
                    category=st.sampled_from([None, "a", "b"]),
                    at=st.just(NOW),
                ),
                max_size=3,
            ).map(tuple),
            hold=st.none()
            | st.builds(
                Hold, kind=st.sampled_from(HoldKind), until=st.none() | st.dates(date(2026, 11, 1), date(2026, 12, 1))
            ),
        ),
        category=st.sampled_from([None, "a", "b"]),
        urgent=st.booleans(),
        viewer=st.sampled_from([viewer(role) for role in ("admin", "lead", "agent", "auditor", "none")]),
        channel=st.sampled_from(Channel),
        wanted_at=st.datetimes(datetime(2026, 11, 20, 10), datetime(2027, 1, 5), timezones=st.just(UTC)),
    )
)
@pytest.mark.covers("H2")
def test_nobody_who_must_not_be_contacted_is(asked: PolicyInput) -> None:
    decision = decide(asked).decision
    hold = asked.preferences.hold
    barred = any(
        one.channel == asked.channel and one.category in (None, asked.category) for one in asked.preferences.opt_outs
    )
    on_hold = hold is not None and (hold.until is None or hold.until >= date(2026, 11, 20))
    if barred or on_hold or "communications:send" not in asked.viewer.rights:
        assert decision.action in (Action.SKIP, Action.REFUSE)


@pytest.mark.parametrize(("zone", "action"), [("Europe/London", Action.REFUSE), ("Pacific/Auckland", Action.SEND)])
def test_a_hold_ends_with_the_organisations_day(zone: str, action: Action) -> None:
    last_day = Preferences(hold=Hold(kind=HoldKind.BREATHING_SPACE, until=date(2026, 11, 20)))
    evening = datetime(2026, 11, 20, 20, tzinfo=UTC)
    asked = proposal(preferences=last_day, now=evening, organisation=organisation(time_zone=zone))
    assert decide(asked).decision.action is action


def test_what_is_overridden_is_told_with_its_reason() -> None:
    asked = next(
        row
        for row in decide(proposal(preferences=held(), override_hold="Court order")).trace
        if row.rule == "contact_hold"
    )
    assert (asked.outcome, asked.reason) == ("pass", "Priya Raman has breathing space. Overridden: Court order")


def test_a_decision_names_the_settings_it_was_made_under() -> None:
    for changes in ({}, {"preferences": opted_out()}, {"to": ()}):
        made = decide(proposal(organisation=organisation(version=7), **changes)).decision
        assert made.settings_version == 7


CHANNELS = st.sampled_from([Channel.EMAIL, Channel.SMS, Channel.MANUAL])
CATEGORIES = st.sampled_from([None, "invoice", "dsar"])


@pytest.mark.covers("H1")
@pytest.mark.parametrize(
    ("preferred", "told"),
    [
        (None, "They prefer no other channel."),
        ("email", "They prefer no other channel."),
        ("phone", "Priya Raman prefers phone; email was chosen."),
    ],
)
def test_what_a_party_prefers_is_told_and_binds_nobody(preferred: str | None, told: str) -> None:
    ruling = decide(proposal(preferences=Preferences(preferred=preferred)))
    assert ruling.decision.action is Action.SEND
    assert [(row.outcome, row.reason) for row in ruling.trace if row.rule == "preferred_channel"] == [("pass", told)]


@given(
    channel=CHANNELS,
    category=CATEGORIES,
    opted=st.lists(st.builds(OptOut, channel=CHANNELS, category=CATEGORIES, at=st.just(NOW)), max_size=4),
    hold=st.none()
    | st.builds(Hold, kind=st.sampled_from(HoldKind), until=st.none() | st.dates(date(2026, 11, 1), date(2026, 12, 1))),
    role=st.sampled_from(["admin", "lead", "agent"]),
    hours=st.booleans(),
)
def test_nobody_who_is_held_or_opted_out_is_ever_written_to(
    channel: Channel, category: str | None, opted: list[OptOut], hold: Hold | None, role: str, hours: bool
) -> None:
    wanted = proposal(
        channel=channel,
        category=category,
        preferences=Preferences(opt_outs=tuple(opted), hold=hold),
        viewer=viewer(role),
        organisation=EMAIL_HOURS if hours else organisation(),
    )
    goes = decide(wanted).decision.action in (Action.SEND, Action.SCHEDULE, Action.MANUAL)
    out = any(one.channel == channel and one.category in (None, category) for one in opted)
    held_back = hold is not None and (hold.until is None or hold.until >= NOW.date())
    assert not (goes and (out or held_back))
    assert (objection_of(wanted) is None) or not goes


def objection_of(wanted: PolicyInput) -> object:
    """What is asked again before it goes says the same."""
    return recheck_contact(wanted)
