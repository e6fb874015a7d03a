"""What providers tell: their events find the entry, count once, and are kept as they came."""

import json
import zlib
from datetime import UTC, datetime, timedelta

import pytest

from letterbook.domain.communication import RecipientRole
from letterbook.domain.errors import UnmatchedReceipt
from letterbook.domain.failures import FailureCode
from letterbook.domain.history import Outcome, first_broken_link
from letterbook.domain.party import OptOutSource
from letterbook.domain.receipts import DeliveryOutcome, RecipientUpdate, Signal
from letterbook.domain.status import Status
from letterbook.use_cases.delivery.record_receipt import process_provider_event, record_receipt
from tests.support.aws import WorldForTests, client
from tests.support.builders import later
from tests.support.steps import a_party, an_email, an_sms, deliver_queue, send, ses_event, standing, tell


def sms_event(world: WorldForTests, reference: str, *, response: str = "", status: str = "SUCCESS") -> str:
    from tests.support.sam_template import ROOT

    record = json.loads((ROOT / "events/sns/sms-success.json").read_text())
    record["notification"]["messageId"] = reference
    record["status"], record["delivery"]["providerResponse"] = status, response
    return json.dumps(record)


def addressed(event: str, address: str) -> str:
    return event.replace("disclosures@castlegate.example", address)


# ---- the events of SES


@pytest.mark.covers("A12", "F3")
def test_a_delivery(world: WorldForTests) -> None:
    made = send(world, an_email(a_party(world)))
    deliver_queue(world)
    process_provider_event(world, "ses", addressed(ses_event("delivery", made), "priya@mailbox.example"), waited=False)
    entry = standing(world, made).entry
    assert entry.status is Status.DELIVERED
    assert entry.delivered_at == datetime(2026, 11, 20, 15, 12, 2, 456000, tzinfo=UTC)
    last = world.communications.history(made.id)[-1]
    assert (last.actor.id, last.actor.role, last.event, last.outcome) == (
        "ses",
        "provider",
        "Delivery",
        Outcome.APPLIED,
    )
    assert last.digest


@pytest.mark.parametrize(
    ("name", "status", "code", "hints"),
    [
        ("bounce-permanent", Status.FAILED, FailureCode.INVALID_ADDRESS, set()),
        ("bounce-mailbox-full", Status.FAILED, FailureCode.MAILBOX_FULL, set()),
        ("bounce-suppressed", Status.REJECTED, FailureCode.INVALID_ADDRESS, set()),
        ("reject", Status.REJECTED, FailureCode.CONTENT, set()),
        ("delivery-delay", Status.SENT, None, {Signal.DELAYED}),
        ("open", Status.SENT, None, set()),
        ("unknown", Status.SENT, None, set()),
    ],
)
@pytest.mark.covers("A13", "F3", "F5")
def test_other_events(
    world: WorldForTests, name: str, status: Status, code: FailureCode | None, hints: set[Signal]
) -> None:
    made = send(world, an_email(a_party(world)))
    deliver_queue(world)
    process_provider_event(world, "ses", addressed(ses_event(name, made), "priya@mailbox.example"), waited=False)
    entry = standing(world, made).entry
    assert (entry.status, entry.failure.code if entry.failure else None, entry.hints) == (status, code, hints)


def test_a_complaint_opts_the_party_out_and_is_flagged(world: WorldForTests) -> None:
    party = a_party(world)
    made = send(world, an_email(party))
    deliver_queue(world)
    complaint = addressed(ses_event("complaint", made), "priya@mailbox.example")
    for _ in range(2):
        process_provider_event(world, "ses", complaint, waited=False)
    [opt_out] = world.parties.preferences(party.id).opt_outs
    assert (opt_out.channel, opt_out.category, opt_out.source) == ("email", None, OptOutSource.COMPLAINT)
    assert standing(world, made).entry.hints == {Signal.COMPLAINT}
    assert send(world, an_email(party)).entry.status is Status.SKIPPED


def test_the_complaint_of_a_copy_does_not_opt_the_party_out(world: WorldForTests) -> None:
    party = a_party(world)
    made = send(world, an_email(party, cc=("disclosures@castlegate.example",)))
    deliver_queue(world)
    process_provider_event(world, "ses", ses_event("complaint", made), waited=False)
    assert world.parties.preferences(party.id).opt_outs == ()
    assert standing(world, made).entry.hints == {Signal.COMPLAINT}


def test_each_recipient_has_a_status_and_the_entry_that_of_its_to(world: WorldForTests) -> None:
    made = send(world, an_email(a_party(world), to=("a@to.example",), cc=("disclosures@castlegate.example",)))
    deliver_queue(world)
    process_provider_event(world, "ses", addressed(ses_event("delivery", made), "a@to.example"), waited=False)
    process_provider_event(world, "ses", ses_event("bounce-permanent", made), waited=False)
    entry = standing(world, made).entry
    heard = {one.role: one.heard.fact for one in entry.recipients if one.heard}
    assert heard == {RecipientRole.TO: DeliveryOutcome.DELIVERED, RecipientRole.CC: DeliveryOutcome.HARD_BOUNCE}
    assert (entry.status, entry.hints) == (Status.DELIVERED, {Signal.RECIPIENT_FAILED})


def test_the_same_event_twice_has_one_effect(world: WorldForTests) -> None:
    made = send(world, an_email(a_party(world)))
    deliver_queue(world)
    event = addressed(ses_event("delivery", made), "priya@mailbox.example")
    receipt = world.providers.read("ses", event)
    assert record_receipt(world, receipt) is Outcome.APPLIED
    before = standing(world, made)
    assert record_receipt(world, receipt) is Outcome.DUPLICATE
    assert standing(world, made) == before
    assert len([row for row in world.communications.history(made.id) if row.event == "Delivery"]) == 1


@pytest.mark.covers("M4")
def test_raw_events_are_kept_as_they_came_and_expire(world: WorldForTests) -> None:
    made = send(world, an_email(a_party(world)))
    deliver_queue(world)
    event = addressed(ses_event("delivery", made), "priya@mailbox.example")
    process_provider_event(world, "ses", event, waited=False)
    [row] = client("dynamodb").query(
        TableName="history",
        KeyConditionExpression="communication_id = :id AND begins_with(sort, :raw)",
        ExpressionAttributeValues={":id": {"S": made.id}, ":raw": {"S": "raw#"}},
    )["Items"]
    assert zlib.decompress(row["raw"]["B"]).decode() == event
    assert int(row["expires_at"]["N"]) == int((world.now() + timedelta(days=62)).timestamp())


# ---- the logs of SNS


def test_sms_delivery_logs_find_their_entry_by_reference(world: WorldForTests) -> None:
    made = send(world, an_sms(a_party(world)))
    deliver_queue(world, "sms")
    process_provider_event(world, "sns", sms_event(world, "sns-1"), waited=False)
    assert standing(world, made).entry.status is Status.DELIVERED


def test_an_sms_that_failed_says_why(world: WorldForTests) -> None:
    made = send(world, an_sms(a_party(world)))
    deliver_queue(world, "sms")
    event = sms_event(world, "sns-1", status="FAILURE", response="Phone is currently unreachable/unavailable")
    process_provider_event(world, "sns", event, waited=False)
    entry = standing(world, made).entry
    assert entry.failure is not None
    assert (entry.status, entry.failure.code) == (Status.FAILED, FailureCode.UNREACHABLE)


def test_a_receipt_that_is_early_waits_and_is_then_set_aside(world: WorldForTests) -> None:
    event = sms_event(world, "nobody-knows")
    with pytest.raises(UnmatchedReceipt):
        process_provider_event(world, "sns", event, waited=False)
    process_provider_event(world, "sns", event, waited=True)
    aside = client("dynamodb").query(
        TableName="history",
        KeyConditionExpression="communication_id = :u",
        ExpressionAttributeValues={":u": {"S": "unmatched"}},
    )
    assert aside["Count"] == 1


def test_a_receipt_that_beats_our_own_write(world: WorldForTests) -> None:
    """The provider tells of the delivery while the worker is still in the call."""
    made = send(world, an_email(a_party(world)))
    event = addressed(ses_event("delivery", made), "priya@mailbox.example")
    world.fakes.email.next.append(lambda: process_provider_event(world, "ses", event, waited=False))
    deliver_queue(world)
    entry = standing(world, made).entry
    assert (entry.status, entry.provider) == (Status.DELIVERED, "ses")
    assert entry.sent_at == world.now()
    assert [row.event for row in world.communications.history(made.id)] == ["accepted", "claimed", "Delivery", "taken"]


def test_a_receipt_for_what_never_went_out_is_refused_and_kept(world: WorldForTests) -> None:
    made = send(world, an_email(a_party(world), send_now=False))
    tell(world, made, RecipientUpdate(fact=DeliveryOutcome.DELIVERED))
    assert standing(world, made).entry.status is Status.DRAFT
    assert world.communications.history(made.id)[-1].outcome is Outcome.REFUSED


@pytest.mark.covers("F4", "M6")
def test_the_history_is_one_unbroken_chain(world: WorldForTests) -> None:
    made = send(world, an_email(a_party(world)))
    deliver_queue(world)
    for name in ("send", "delivery", "open", "complaint"):
        process_provider_event(world, "ses", addressed(ses_event(name, made), "priya@mailbox.example"), waited=False)
    rows = world.communications.history(made.id)
    assert first_broken_link(rows, standing(world, made).chain) is None
    assert standing(world, made).chain.head == rows[-1].hash
    assert [row.n for row in rows] == list(range(1, 8))


def test_an_international_domain_is_followed(world: WorldForTests) -> None:
    """SES names it in punycode, so we do."""
    made = send(world, an_email(a_party(world), to=("kanzlei@exämple.de",)))
    deliver_queue(world)
    process_provider_event(
        world, "ses", addressed(ses_event("delivery", made), "kanzlei@xn--exmple-cua.de"), waited=False
    )
    assert standing(world, made).entry.status is Status.DELIVERED


@pytest.mark.covers("F9")
def test_what_was_sent_without_word_for_hours_is_hinted(world: WorldForTests) -> None:
    made = send(world, an_email(a_party(world)))
    deliver_queue(world)
    sent = standing(world, made).entry
    assert sent.hints_at(later(hours=5)) == set()
    assert sent.hints_at(later(hours=6)) == {Signal.NO_RECEIPT}
    tell(world, made, RecipientUpdate(fact=DeliveryOutcome.DELIVERED))
    assert standing(world, made).entry.hints_at(world.now() + timedelta(days=9)) == set()
