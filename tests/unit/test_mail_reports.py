"""Reports of mail servers, as each writes them, and what a failure means."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

from letterbook.adapters.inbound_mail import read
from letterbook.domain.failures import FailureCode
from letterbook.domain.inbound_email import InboundEmail
from letterbook.domain.mail_reports import ReportedAction, ReportedRecipient, outcome_of
from letterbook.domain.receipts import DeliveryOutcome, Signal
from tests.support.builders import NOW

REPORTS = Path(__file__).parents[2] / "events" / "mail" / "reports"
CASES = sorted(one.stem for one in REPORTS.glob("server-*.json"))
HARD, SOFT = DeliveryOutcome.HARD_BOUNCE, DeliveryOutcome.SOFT_BOUNCE


def expected_of(case: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((REPORTS / f"{case}.json").read_text())
    return found


def found_in(case: str) -> InboundEmail:
    return read((REPORTS / f"{case}.eml").read_bytes(), NOW)


def told(one: ReportedRecipient) -> dict[str, str]:
    fact, code = outcome_of(one) if one.action is ReportedAction.FAILED else (None, None)
    return {
        "address": one.address,
        "action": one.action,
        "status": one.status,
        "outcome": fact.name if fact else "",
        "code": code or "",
    }


@pytest.mark.parametrize("case", CASES)
def test_a_report_of_each_server_says_whom_it_is_about_and_why(case: str) -> None:
    expected, found = expected_of(case), found_in(case)
    report = found.report and {
        "recipients": [told(one) for one in found.report.recipients],
        "message_id": found.report.message_id,
        "subject": found.report.subject,
    }
    assert report == expected.get("report")
    assert (Signal.AUTO_REPLY in found.signals) is (expected["kind"] != "person")


@pytest.mark.parametrize(
    ("sender", "return_path", "by_server"),
    [
        ("MAILER-DAEMON@mx.bank.example", "", True),
        ("MAILER-DAEMON", "", True),
        ("Postmaster <postmaster@bank.example>", "", True),
        ("Mail Delivery System <noreply@mx.bank.example>", "<>", True),
        ("Mail Delivery System <noreply@mx.bank.example>", "<noreply@mx.bank.example>", False),
        ("Ann Lee <ann@bank.example>", "<>", False),
    ],
)
def test_a_mail_server_is_known_by_its_mailbox(sender: str, return_path: str, by_server: bool) -> None:
    raw = f"Return-Path: {return_path}\n" if return_path else ""
    assert read(f"{raw}From: {sender}\n\nText.".encode(), NOW).from_daemon is by_server


MEANINGS = [
    ("5.1.1", "", HARD, FailureCode.INVALID_ADDRESS),
    ("5.1.10", "", HARD, FailureCode.INVALID_ADDRESS),
    ("5.2.1", "550 5.2.1 This account has been disabled", HARD, FailureCode.INVALID_ADDRESS),
    ("5.0.0", "550 5.1.1 user unknown", HARD, FailureCode.INVALID_ADDRESS),
    ("550", "550 No such user here", HARD, FailureCode.INVALID_ADDRESS),
    ("", "User ann not listed in Domino Directory", HARD, FailureCode.INVALID_ADDRESS),
    ("5.1.1", "550 5.1.1 User unknown in relay recipient table", HARD, FailureCode.INVALID_ADDRESS),
    ("5.1.1", "550 5.1.1 rejected as spam", SOFT, FailureCode.BLOCKED),
    ("5.1.0", "550 5.1.0 sender verify failed: user unknown", SOFT, FailureCode.BLOCKED),
    ("4.1.1", "450 4.1.1 user unknown", SOFT, FailureCode.UNREACHABLE),
    ("5.1.2", "550 5.1.2 host not found", SOFT, FailureCode.UNREACHABLE),
    ("5.2.2", "", SOFT, FailureCode.MAILBOX_FULL),
    ("5.2.0", "552 5.2.0 over quota", SOFT, FailureCode.MAILBOX_FULL),
    ("5.2.3", "", SOFT, FailureCode.TOO_LARGE),
    ("5.3.4", "", SOFT, FailureCode.TOO_LARGE),
    ("5.7.1", "", SOFT, FailureCode.BLOCKED),
    ("5.7.1", "554 5.7.1 attachment refused", SOFT, FailureCode.CONTENT),
    ("5.4.4", "", SOFT, FailureCode.UNREACHABLE),
    ("4.4.7", "", SOFT, FailureCode.EXPIRED),
    ("5.6.0", "", SOFT, FailureCode.CONTENT),
    ("550", "550 mailbox unavailable", SOFT, FailureCode.UNKNOWN),
    ("", "", SOFT, FailureCode.UNKNOWN),
]


@pytest.mark.parametrize(("status", "diagnostic", "outcome", "code"), MEANINGS)
def test_only_what_certainly_says_that_there_is_no_such_address_is_hard(
    status: str, diagnostic: str, outcome: DeliveryOutcome, code: FailureCode
) -> None:
    failed = ReportedRecipient(
        address="a@b.example", action=ReportedAction.FAILED, status=status, diagnostic=diagnostic
    )
    assert outcome_of(failed) == (outcome, code)


@given(st.text(max_size=400), st.text(max_size=20))
def test_whatever_a_server_says_means_something(diagnostic: str, status: str) -> None:
    failed = ReportedRecipient(address="", action=ReportedAction.FAILED, status=status, diagnostic=diagnostic)
    assert outcome_of(failed)[0] in (HARD, SOFT)


def test_a_report_of_more_than_are_read_says_so() -> None:
    header = "From: MAILER-DAEMON@mx.bank.example\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\n"
    groups = (f"Final-Recipient: rfc822; n{n}@bank.example\nAction: failed\nStatus: 5.1.1\n" for n in range(400))
    found = read((header + "\n".join(groups)).encode(), NOW)
    assert found.report is not None
    assert (len(found.report.recipients), found.unread) == (300, ("recipients of the report",))
