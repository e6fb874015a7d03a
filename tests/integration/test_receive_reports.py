"""What mail servers and mail programs report of our messages becomes a fact of them; what belongs to none is somebody's to do."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from letterbook.adapters.providers import ses
from letterbook.domain.communication import Communication, DeliveryBasis
from letterbook.domain.failures import FailureCode
from letterbook.domain.party import NOBODY
from letterbook.domain.receipts import DeliveryOutcome, RecipientUpdate, Signal
from letterbook.domain.status import Status
from letterbook.domain.todos import id_for
from letterbook.use_cases.reading.read import read
from tests.support.aws import INBOUND, WorldForTests, rows
from tests.support.builders import BOUNCED, viewer
from tests.support.failing import Died, fails_once
from tests.support.steps import a_party, an_email, come_in, deliver_queue, send, standing, take_in, tell

PRIYA = "priya@mailbox.example"
PASSED = "amazonses.com; spf=pass; dkim=pass header.i=@mailbox.example; dmarc=pass header.from=mailbox.example"


@pytest.fixture
def sent(world: WorldForTests) -> Communication:
    return went(world)


def went(world: WorldForTests, **changes: Any) -> Communication:
    communication = send(world, an_email(changes.pop("party", None) or a_party(world), **changes))
    deliver_queue(world)
    world.clock.pass_(minutes=5)
    return standing(world, communication)


def report(
    action: str = "failed",
    status: str = "5.1.1",
    *,
    recipient: str = PRIYA,
    returned: Communication | None = None,
    subject: str = "",
    **headers: str,
) -> bytes:
    """A report of RFC 3464, as a server writes it; with the header of what it is about, as far as it gives it back."""
    usual = {"From": "Mail Delivery System <MAILER-DAEMON@mx.mailbox.example>", "To": "legal@firm.example"}
    fields = {**usual, "Subject": "Undelivered Mail", "Return-Path": "<>", **headers}
    parts = [
        ("text/plain", ["This is the mail system."]),
        ("message/delivery-status", ["Reporting-MTA: dns; mx.mailbox.example", "", *_said(action, status, recipient)]),
    ]
    given = [f"Subject: {subject}"] if subject else []
    if returned:
        given.append(f"Message-ID: <{ses.message_id(returned.entry.provider_reference or '')}>")
    return _report(fields, "delivery-status", [*parts, *([("text/rfc822-headers", given)] if given else [])])


def _report(fields: dict[str, str], kind: str, parts: list[tuple[str, list[str]]]) -> bytes:
    lines = [f"{name}: {value}" for name, value in fields.items()]
    lines += [f"Content-Type: multipart/report; report-type={kind}; boundary=b", ""]
    for media_type, content in parts:
        lines += ["--b", f"Content-Type: {media_type}", "", *content, ""]
    return "\r\n".join([*lines, "--b--", ""]).encode()


def _said(action: str, status: str, recipient: str) -> Iterator[str]:
    yield f"Final-Recipient: rfc822; {recipient}"
    yield f"Action: {action}"
    yield f"Status: {status}"
    yield f"Diagnostic-Code: smtp; {status} said the other server"


def token(world: WorldForTests, communication: Communication) -> str:
    taken = next(one for one in world.fakes.email.taken if one.communication_id == communication.id)
    return next(one for one in taken.reply_to if one.endswith(INBOUND))


def title_of(world: WorldForTests, communication: Communication) -> str | None:
    todo = world.todos.get(id_for(communication.id))
    return todo.title if todo else None


# ---- which message it is about


def test_a_report_that_gives_our_message_back_fails_it_and_is_its_evidence(
    world: WorldForTests, sent: Communication
) -> None:
    came = come_in(world, report(returned=sent))
    after = standing(world, sent)
    assert after.entry.status is Status.FAILED
    assert after.entry.failure is not None
    assert (after.entry.failure.code, after.entry.failure.permanent) == (FailureCode.INVALID_ADDRESS, True)
    assert "5.1.1" in after.entry.failure.provider_code
    assert (came.in_reply_to, came.entry.party.id) == (sent.id, sent.entry.party.id)
    assert Signal.REPORT_UNMATCHED not in came.entry.hints
    assert title_of(world, came) is None
    assert title_of(world, sent) == "Not delivered to Priya Raman: The address does not exist."
    row = next(one for one in read(world, viewer(), sent.id).history if one.provider == "mail")
    assert (row.event, row.status) == ("reported failed", Status.FAILED)
    assert came.id in world.communications.raw_events(sent.id)[0]


def test_a_report_to_our_token_needs_no_more(world: WorldForTests, sent: Communication) -> None:
    come_in(world, report(To=token(world, sent)))
    assert standing(world, sent).entry.status is Status.FAILED


def test_a_report_that_gives_nothing_back_is_about_the_only_message_of_those_days(world: WorldForTests) -> None:
    priya = a_party(world)
    old = went(world, party=priya)
    world.clock.pass_(days=10)
    sent = went(world, party=priya)
    come_in(world, report())
    assert standing(world, sent).entry.status is Status.FAILED
    assert standing(world, old).entry.status is Status.SENT


def test_of_several_it_is_the_one_with_that_subject_else_none(world: WorldForTests) -> None:
    priya = a_party(world)
    first, second = went(world, party=priya, subject="One"), went(world, party=priya, subject="Two")
    unmatched = come_in(world, report())
    assert Signal.REPORT_UNMATCHED in unmatched.entry.hints
    assert title_of(world, unmatched) == f"A message was not delivered to {PRIYA} 5.1.1: Undelivered Mail"
    come_in(world, report(subject="two"), "mail/2")
    assert standing(world, first).entry.status is Status.SENT
    assert standing(world, second).entry.status is Status.FAILED


def test_what_belongs_to_no_message_is_somebodys_to_do_and_nobodys_customer(world: WorldForTests) -> None:
    came = come_in(world, report(recipient="somebody@else.example"))
    assert came.entry.party.id == NOBODY
    assert came.entry.hints == {Signal.REPORT_UNMATCHED, Signal.AUTO_REPLY}
    assert came.metadata == {"not_delivered": "somebody@else.example 5.1.1"}
    assert title_of(world, came) == "A message was not delivered to somebody@else.example 5.1.1: Undelivered Mail"


def test_what_belongs_to_no_message_stands_under_whom_it_is_about(world: WorldForTests) -> None:
    priya = a_party(world)
    assert come_in(world, report()).entry.party.id == priya.id


@pytest.mark.parametrize(
    "headers",
    [
        {"Authentication-Results": "amazonses.com; dmarc=fail header.from=mx.mailbox.example"},
        {"X-SES-Spam-Verdict": "FAIL"},
    ],
)
def test_a_report_that_is_not_what_it_says_changes_nothing(
    world: WorldForTests, sent: Communication, headers: dict[str, str]
) -> None:
    came = come_in(world, report(returned=sent, **headers))
    assert standing(world, sent).entry.status is Status.SENT
    assert Signal.REPORT_UNMATCHED in came.entry.hints
    assert title_of(world, came) is not None


def test_a_report_of_somebody_whom_the_message_never_went_to_is_not_about_it(world: WorldForTests) -> None:
    sent = went(world, to=(PRIYA, "other@mailbox.example"))
    come_in(world, report(returned=sent, recipient="third@elsewhere.example"))
    assert standing(world, sent).entry.status is Status.SENT


# ---- what it says


def test_a_soft_failure_gives_the_address_no_bad_name(world: WorldForTests, sent: Communication) -> None:
    come_in(world, report(status="4.2.2", returned=sent))
    failure = standing(world, sent).entry.failure
    assert failure is not None
    assert not failure.permanent
    assert world.addresses.known([PRIYA])[PRIYA].quarantine is None


def test_a_hard_failure_is_remembered_of_the_address(world: WorldForTests, sent: Communication) -> None:
    come_in(world, report(returned=sent))
    assert world.addresses.known([PRIYA])[PRIYA].quarantine is not None


def test_a_delay_is_a_delay(world: WorldForTests, sent: Communication) -> None:
    come_in(world, report("delayed", "4.4.7", returned=sent))
    entry = standing(world, sent).entry
    assert (entry.status, entry.hints) == (Status.SENT, {Signal.DELAYED})


def test_a_report_of_arrival_is_somebodys_word(world: WorldForTests, sent: Communication) -> None:
    came = come_in(world, report("delivered", "2.0.0", returned=sent))
    entry = standing(world, sent).entry
    assert (entry.status, entry.delivery_basis) == (Status.DELIVERED, DeliveryBasis.DECLARED)
    assert title_of(world, came) is None


def test_a_report_of_arrival_undoes_no_failure(world: WorldForTests, sent: Communication) -> None:
    come_in(world, report(status="4.2.2", returned=sent))
    come_in(world, report("delivered", "2.0.0", returned=sent), "mail/2")
    assert standing(world, sent).entry.status is Status.FAILED


def test_what_its_reader_opened_was_opened(world: WorldForTests, sent: Communication) -> None:
    """RFC 8098, 9."""
    fields = {"Authentication-Results": PASSED, "From": PRIYA, "To": token(world, sent), "Subject": "Read: Your letter"}
    said = [f"Final-Recipient: rfc822; {PRIYA}", "Disposition: manual-action/MDN-sent-manually; displayed"]
    parts = [("text/plain", ["The message was displayed."]), ("message/disposition-notification", said)]
    came = come_in(world, _report(fields, "disposition-notification", parts))
    entry = standing(world, sent).entry
    assert (entry.status, entry.opened_at is not None) == (Status.DELIVERED, True)
    assert title_of(world, came) is None


# ---- once


def test_the_same_report_changes_nothing_twice(world: WorldForTests, sent: Communication) -> None:
    raw = report(returned=sent)
    come_in(world, raw)
    counted = rows("communications"), rows("history")
    come_in(world, raw)
    assert (rows("communications"), rows("history")) == counted


def test_whoever_dies_after_recording_it_takes_it_in_as_of_the_same_message(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two it is the one that nothing had been heard of; what it told itself is no reason to look for another."""
    priya = a_party(world)
    arrived, open_ = went(world, party=priya), went(world, party=priya)
    tell(world, arrived, RecipientUpdate(recipient=PRIYA, fact=DeliveryOutcome.DELIVERED))
    world.clock.pass_(minutes=5)
    raw = report(status="4.2.2")
    fails_once(monkeypatch, world.content_store, "put_original", Died())
    with pytest.raises(Died):
        take_in(world, raw)
    assert standing(world, open_).entry.status is Status.FAILED
    came = come_in(world, raw)
    assert came.in_reply_to == open_.id
    assert Signal.REPORT_UNMATCHED not in came.entry.hints
    assert standing(world, arrived).entry.status is Status.DELIVERED


def test_what_the_provider_said_already_stays(world: WorldForTests, sent: Communication) -> None:
    tell(world, sent, replace(BOUNCED, recipient=PRIYA), event="Bounce")
    come_in(world, report(status="4.2.2", returned=sent))
    failure = standing(world, sent).entry.failure
    assert failure is not None
    assert failure.permanent
