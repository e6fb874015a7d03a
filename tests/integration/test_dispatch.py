"""Sending: claimed once, called once, and the outcome written as what it means."""

from datetime import timedelta

import pytest

from letterbook.domain.communication import DeliveryState
from letterbook.domain.errors import Ambiguous, OverQuota, Permanent, Throttled, Transient
from letterbook.domain.failures import FailureCode, FailureText
from letterbook.domain.party import Hold, HoldKind, OptOut, Preferences
from letterbook.domain.retries import LEASE, MAX_TRIES
from letterbook.domain.status import Status
from letterbook.use_cases.delivery.dispatch import dispatch
from letterbook.use_cases.delivery.release_scheduled import release_scheduled
from letterbook.use_cases.delivery.sweep import sweep
from tests.support.aws import WorldForTests
from tests.support.builders import NOW, deed, later
from tests.support.sam_template import resources
from tests.support.steps import a_document, a_party, an_email, an_sms, deliver_queue, send, standing


@pytest.mark.covers("A8", "E1")
def test_an_email_goes_as_it_was_accepted(world: WorldForTests) -> None:
    document = a_document(world, b"authority")
    made = send(
        world, an_email(a_party(world), cc=("c@cc.example",), bcc=("b@bcc.example",), attachments=(document.id,))
    )
    deliver_queue(world)
    [parcel] = world.fakes.email.taken
    assert (parcel.communication_id, parcel.to, parcel.cc, parcel.bcc) == (
        made.id,
        ("priya@mailbox.example",),
        ("c@cc.example",),
        ("b@bcc.example",),
    )
    assert (parcel.sender, parcel.sender_name) == ("legal@firm.example", "The Firm")
    assert parcel.rendered.text == "Dear Sir,"
    assert [(one.name, content) for one, content in parcel.attachments] == [("Letter of authority.pdf", b"authority")]
    sent = standing(world, made)
    assert (sent.entry.status, sent.entry.provider, sent.entry.provider_reference) == (Status.SENT, "ses", "ses-1")
    assert sent.entry.sent_at == world.now()
    assert sent.work == DeliveryState(since=made.work.since, claimed_at=world.now())
    assert [row.event for row in world.communications.history(made.id)] == ["accepted", "claimed", "taken"]


@pytest.mark.covers("E2")
def test_an_sms_goes_by_its_own_provider(world: WorldForTests) -> None:
    made = send(world, an_sms(a_party(world)))
    deliver_queue(world, "sms")
    [parcel] = world.fakes.sms.taken
    assert (parcel.to, parcel.rendered.text, parcel.sender) == (
        ("+447700900127",),
        "Your review is on Tuesday.",
        "THEFIRM",
    )
    assert standing(world, made).entry.provider == "sns"


@pytest.mark.covers("F6")
def test_a_permanent_error_rejects_it_with_the_reason(world: WorldForTests) -> None:
    world.fakes.email.next.append(Permanent("MessageRejected", FailureCode.CONTENT))
    made = send(world, an_email(a_party(world)))
    deliver_queue(world)
    entry = standing(world, made).entry
    assert entry.status is Status.REJECTED
    assert entry.failure is not None
    assert (entry.failure.code, entry.failure.provider_code, entry.failure.permanent) == (
        FailureCode.CONTENT,
        "MessageRejected",
        True,
    )


def test_words_that_came_with_a_refusal_are_the_ones_that_are_kept(world: WorldForTests) -> None:
    """What a network finds wrong in one document no table can know."""
    told = FailureText("BR-CO-15: 121.00 is not 100.00 with 20.00.", "Correct the document, then send it again.")
    world.fakes.email.next.append(Permanent("MessageRejected", FailureCode.CONTENT, text=told))
    made = send(world, an_email(a_party(world)))
    deliver_queue(world)
    failure = standing(world, made).entry.failure
    assert failure
    assert (failure.text, failure.provider_code) == (told, "MessageRejected")


@pytest.mark.covers("D12")
def test_a_transient_error_puts_it_back_and_it_goes_later(world: WorldForTests) -> None:
    world.fakes.email.next.append(Transient("ConnectTimeoutError"))
    made = send(world, an_email(a_party(world)))
    deliver_queue(world)
    waiting = standing(world, made)
    assert (waiting.entry.status, waiting.work.tries) == (Status.QUEUED, 1)
    assert waiting.work.not_before is not None
    assert timedelta(seconds=15) <= waiting.work.not_before - world.now() <= timedelta(seconds=30)
    world.clock.pass_(seconds=31)
    sweep(world)
    deliver_queue(world)
    assert standing(world, made).entry.status is Status.SENT
    assert len(world.fakes.email.taken) == 1


def test_a_message_that_waits_for_its_turn_is_not_sent_by_a_late_copy(world: WorldForTests) -> None:
    world.fakes.email.next.append(Transient("ConnectTimeoutError"))
    made = send(world, an_email(a_party(world)))
    deliver_queue(world)
    dispatch(world, made.id)
    assert world.fakes.email.calls == 1


def test_the_providers_own_wait_is_honoured(world: WorldForTests) -> None:
    world.fakes.email.next.append(Transient("Unavailable", after=timedelta(minutes=20)))
    made = send(world, an_email(a_party(world)))
    deliver_queue(world)
    assert standing(world, made).work.not_before == world.now() + timedelta(minutes=20)


def test_throttling_waits_and_costs_no_try(world: WorldForTests) -> None:
    made = send(world, an_email(a_party(world)))
    for _ in range(MAX_TRIES + 2):
        world.fakes.email.next.append(Throttled("TooManyRequestsException"))
        deliver_queue(world)
        waiting = standing(world, made)
        assert (waiting.entry.status, waiting.work.tries) == (Status.QUEUED, 0)
        world.clock.pass_(seconds=41)
        sweep(world)
    deliver_queue(world)
    assert standing(world, made).entry.status is Status.SENT


@pytest.mark.covers("D12", "F5")
def test_an_outage_that_lasts_is_told_to_a_person(world: WorldForTests) -> None:
    made = send(world, an_email(a_party(world)))
    for _ in range(MAX_TRIES):
        world.fakes.email.next.append(Transient("EndpointConnectionError"))
        deliver_queue(world)
        world.clock.pass_(hours=1, seconds=1)
        sweep(world)
    failed = standing(world, made)
    assert failed.entry.status is Status.FAILED
    assert failed.entry.failure is not None
    assert (failed.entry.failure.code, failed.entry.failure.permanent) == (FailureCode.PROVIDER_OUTAGE, False)
    assert failed.work.check_at is None
    assert world.queued("email") == []


@pytest.mark.parametrize("error", [Ambiguous("ReadTimeoutError"), ValueError("a defect of the client")])
def test_what_may_have_been_taken_is_unconfirmed_and_never_sent_again(world: WorldForTests, error: Exception) -> None:
    world.fakes.email.taken_and_then(error)
    made = send(world, an_email(a_party(world)))
    deliver_queue(world)
    assert standing(world, made).entry.status is Status.UNCONFIRMED
    world.clock.pass_(days=2)
    sweep(world)
    dispatch(world, made.id)
    deliver_queue(world)
    assert world.fakes.email.calls == 1


def test_the_lease_outlasts_the_function() -> None:
    from tests.support.sam_template import functions

    assert timedelta(seconds=functions()["dispatch"]["Timeout"]) < LEASE


def test_nothing_to_send_is_no_error(world: WorldForTests) -> None:
    dispatch(world, "com_01JD4QK8V3M2N7R5T9W1X3Y5Z7")
    made = send(world, an_email(a_party(world), send_now=False))
    dispatch(world, made.id)
    assert world.fakes.email.calls == 0


# ---- what has changed since it was accepted


@pytest.mark.covers("H2")
@pytest.mark.parametrize(
    ("preferences", "rule"),
    [
        (Preferences(opt_outs=(OptOut(channel="email", at=NOW),), version=1), "opt_out"),
        (Preferences(hold=Hold(kind=HoldKind.BREATHING_SPACE), version=1), "contact_hold"),
    ],
)
def test_who_opted_out_while_it_waited_is_not_written_to(
    world: WorldForTests, preferences: Preferences, rule: str
) -> None:
    party = a_party(world)
    made = send(world, an_email(party, send_at=later(hours=1)))
    world.parties.save_preferences(party.id, preferences, deed())
    world.clock.pass_(hours=1)
    assert release_scheduled(world, made.id)
    deliver_queue(world)
    after = standing(world, made)
    assert world.fakes.email.calls == 0
    assert (after.entry.status, after.entry.decision.rule, after.work.check_at) == (Status.SKIPPED, rule, None)
    assert world.communications.history(made.id)[-1].note == after.entry.decision.reason


def test_an_opt_out_from_another_channel_stops_nothing(world: WorldForTests) -> None:
    party = a_party(world)
    made = send(world, an_email(party))
    world.parties.save_preferences(party.id, Preferences(opt_outs=(OptOut(channel="sms", at=NOW),), version=1), deed())
    deliver_queue(world)
    assert standing(world, made).entry.status is Status.SENT


@pytest.mark.covers("D10")
@pytest.mark.parametrize(("urgent", "hour"), [(False, 9), (True, 17)])
def test_a_retry_keeps_the_hours_that_the_message_keeps(world: WorldForTests, urgent: bool, hour: int) -> None:
    world.clock.pass_(hours=6, minutes=59)
    made = send(world, an_sms(a_party(world), urgent=urgent, urgent_reason="a court date" if urgent else None))
    world.fakes.sms.next += [Transient("down", after=timedelta(minutes=5))]
    deliver_queue(world, "sms")
    again = standing(world, made).work.not_before
    assert again is not None
    assert (again.hour, again.weekday()) == (hour, 4 if urgent else 0)


def test_a_refused_set_up_is_cried_out(world: WorldForTests, caplog: pytest.LogCaptureFixture) -> None:
    """template.yaml counts this line and rings: not one message is wrong, all are."""
    world.fakes.email.next += [Permanent("AccountSuspendedException", FailureCode.CONFIG), Permanent("x")]
    for _ in range(2):
        send(world, an_email(a_party(world)))
    deliver_queue(world)
    assert [one.levelname for one in caplog.records if one.message == "our set-up is refused"] == ["ERROR"]
    pattern = resources("AWS::Logs::MetricFilter")["SetUpRefused"]["FilterPattern"]
    assert "our set-up is refused" in pattern


def test_a_quota_that_is_used_up_waits_an_hour_and_costs_no_try(world: WorldForTests) -> None:
    made = send(world, an_email(a_party(world)))
    world.fakes.email.next.append(OverQuota("Daily message quota exceeded"))
    deliver_queue(world)
    work = standing(world, made).work
    assert work.tries == 0
    assert work.not_before is not None
    assert work.not_before >= later(hours=1)
