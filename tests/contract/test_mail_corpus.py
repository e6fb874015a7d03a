"""The reader finds in each mail of events/mail what the best mail program would show its user."""

import json
from collections import Counter
from typing import Any

import pytest

from letterbook.adapters.inbound_mail import read
from letterbook.domain.inbound_email import InboundEmail
from letterbook.domain.mail_reports import ReportedAction, ReportedRecipient, outcome_of
from letterbook.domain.receipts import Signal
from tests.support.builders import NOW
from tests.support.mail_corpus import FOLDER, MailCase, in_words_of, lines_of, mail_cases, words_of

CASES = mail_cases()
THEMES = {"who", "says", "files", "kind", "reports", "once", "hostile"}
ALWAYS = {"why", "kind"}
ASKED = {
    "sender",
    "name",
    "subject",
    "text",
    "text_has",
    "text_words",
    "html",
    "files",
    "to",
    "cc",
    "reply_to",
    "others",
}
KNOWN = {"message_id", "in_reply_to", "references", "report", "name_ends", "content_ids"}
LATER = {"entry", "joins", "author", "hints", "differs"}


def kind_of(mail: InboundEmail) -> str:
    if mail.report:
        return "report"
    return "automatic" if Signal.AUTO_REPLY in mail.signals else "person"


def report_of(mail: InboundEmail, expected: dict[str, Any]) -> dict[str, Any] | None:
    """The report in the words of the expectation."""
    if mail.report is None:
        return None
    told = {"message_id": mail.report.message_id, "subject": mail.report.subject}
    recipients = [recipient_of(one) for one in mail.report.recipients]
    asked = expected["recipients"]
    return {**{key: told[key] for key in expected if key in told}, "recipients": in_words_of(asked, recipients)}


def recipient_of(one: ReportedRecipient) -> dict[str, str]:
    fact, code = outcome_of(one) if one.action is ReportedAction.FAILED else (None, None)
    told = {"address": one.address, "action": one.action.value, "status": one.status}
    return {**told, "outcome": fact.name if fact else "", "code": code.value if code else ""}


def found_in(mail: InboundEmail, expected: dict[str, Any]) -> dict[str, Any]:
    """What the reader found, in the words of the expectation."""
    files = [{"name": one.name, "media_type": one.media_type, "bytes": len(one.content)} for one in mail.enclosed]
    told: dict[str, Any] = {
        "kind": kind_of(mail),
        "sender": mail.sender,
        "name": mail.sender_name,
        "subject": words_of(mail.subject),
        "text": lines_of(mail.text),
        "text_words": words_of(mail.text),
        "text_has": [piece for piece in expected.get("text_has", ()) if piece in words_of(mail.text)],
        "html": [piece for piece in expected.get("html", ()) if piece in (mail.html or "")],
        "files": in_words_of(expected.get("files", []), files),
        "name_ends": next((one.name[-len(expected.get("name_ends", "")) :] for one in mail.enclosed), ""),
        "content_ids": [one.content_id for one in mail.enclosed],
        "to": list(mail.to),
        "cc": list(mail.cc),
        "reply_to": [one.address for one in mail.reply_to],
        "others": list(mail.sender_others),
        "message_id": mail.message_id,
        "in_reply_to": list(mail.in_reply_to),
        "references": list(mail.references),
        "report": report_of(mail, expected["report"]) if "report" in expected else None,
    }
    return {key: told[key] for key in expected if key in told}


def asked_of(expected: dict[str, Any]) -> dict[str, Any]:
    asked = {key: value for key, value in expected.items() if key not in LATER | {"why"}}
    return asked | ({"text": lines_of(expected["text"])} if "text" in expected else {})


@pytest.mark.parametrize("case", CASES, ids=[one.name for one in CASES])
def test_the_reader_finds_what_a_mail_program_would_show(case: MailCase) -> None:
    mail = read(case.raw, NOW)
    assert mail.raw == case.raw
    assert found_in(mail, case.expected) == asked_of(case.expected), case.expected["why"]


def test_no_mail_is_forged_for_the_reader_alone_unless_its_entry_shall_say_so() -> None:
    """The hints of an entry are those of the reader, and more."""
    watched = {Signal.FORGED, Signal.SPAM, Signal.INFECTED}
    for case in CASES:
        hints = {one.value for one in read(case.raw, NOW).signals & watched}
        assert hints <= set(case.expected.get("hints", ())), case.name


def test_every_mail_has_its_expectation_and_every_expectation_its_mail() -> None:
    mails, expectations = ({one.with_suffix("") for one in FOLDER.rglob(f"*.{kind}")} for kind in ("eml", "json"))
    assert mails == expectations
    assert {one.relative_to(FOLDER).parts[0] for one in mails} == THEMES
    for case in CASES:
        assert ALWAYS <= set(case.expected) <= ALWAYS | ASKED | KNOWN | LATER, case.name
        assert case.expected["why"], case.name
        assert len(case.raw) <= 20 * 1024, case.name


def test_there_are_many_of_each_theme_and_no_two_are_the_same() -> None:
    counts = Counter(case.theme for case in CASES)
    assert len({case.raw for case in CASES}) == len(CASES) >= 150
    assert min(counts.values()) >= 15, counts


def test_an_expectation_is_written_as_it_is_read() -> None:
    for path in FOLDER.rglob("*.json"):
        text = path.read_text(encoding="utf-8")
        assert text == json.dumps(json.loads(text), ensure_ascii=False, indent=2) + "\n", path
