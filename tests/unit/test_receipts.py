"""Receipts: whatever order they come in, and however often, the entry ends the same."""

import itertools
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, strategies as st

from letterbook.domain.communication import Communication, RecipientRole
from letterbook.domain.failures import FailureCode
from letterbook.domain.history import Outcome
from letterbook.domain.receipts import DeliveryOutcome, Receipt, RecipientOutcome, RecipientUpdate, Signal, strongest
from letterbook.domain.status import Status, can_transition
from letterbook.domain.transitions import ACCEPTS_RECEIPTS, receipt_applied
from tests.support.builders import NOW, communication, later, receipt, to

A, B, C = "a@one.example", "b@two.example", "c@three.example"


def hear(current: Communication, *receipts: Receipt) -> Communication:
    for one in receipts:
        current = receipt_applied(current, one, at=NOW).after
    return current


def public(current: Communication) -> object:
    """What anybody can see of an entry, its version aside: that counts how often it changed."""
    return replace(current.entry, version=0)


# ---- the property

news = st.builds(
    RecipientUpdate,
    recipient=st.sampled_from([None, A, A.upper(), B, C, "stranger@nowhere.example"]),
    fact=st.sampled_from([None, *DeliveryOutcome]),
    code=st.sampled_from([None, FailureCode.MAILBOX_FULL, FailureCode.INVALID_ADDRESS]),
    provider_code=st.sampled_from(["", "5.1.1", "5.2.2"]),
    signal=st.sampled_from([None, Signal.COMPLAINT, Signal.DELAYED, Signal.AUTO_REPLY]),
)
events = st.builds(
    lambda told, minutes, opened: receipt(*told, at=NOW + timedelta(minutes=minutes), opened=opened, reference="r-1"),
    st.lists(news, min_size=1, max_size=3),
    st.integers(0, 5),
    st.booleans(),
)


@given(
    st.lists(events, max_size=6).flatmap(lambda heard: st.tuples(st.just(heard), st.permutations(heard + heard[:3]))),
    st.sampled_from([Status.SENDING, Status.UNCONFIRMED]),
)
def test_order_and_repetition_cannot_matter(told: tuple[list[Receipt], list[Receipt]], status: Status) -> None:
    in_order, shuffled_with_duplicates = told
    standing = communication(status, recipients=to(A, B) + to(C, role=RecipientRole.CC))
    assert public(hear(standing, *in_order)) == public(hear(standing, *shuffled_with_duplicates))


@given(st.lists(events, max_size=6))
def test_no_receipt_ever_breaks_the_transition_table(told: list[Receipt]) -> None:
    standing = communication(Status.SENDING, recipients=to(A, B) + to(C, role=RecipientRole.CC))
    for one in told:
        change = receipt_applied(standing, one, at=NOW)
        before, after = standing.entry, change.after.entry
        soft = before.failure is not None and not before.failure.permanent
        assert after.status is before.status or can_transition(before.status, after.status, soft=soft)
        standing = change.after


@given(st.lists(events, max_size=5))
def test_hearing_again_changes_nothing(told: list[Receipt]) -> None:
    standing = hear(communication(Status.SENDING, recipients=to(A, B)), *told)
    for one in told:
        change = receipt_applied(standing, one, at=NOW)
        assert change.outcome is Outcome.DUPLICATE
        assert change.after.entry == standing.entry


# ---- the strength of facts

WEAK_TO_STRONG = [
    DeliveryOutcome.ACCEPTED,
    DeliveryOutcome.REFUSED,
    DeliveryOutcome.SOFT_BOUNCE,
    DeliveryOutcome.DELIVERED,
    DeliveryOutcome.HARD_BOUNCE,
]
STATUS = {
    DeliveryOutcome.ACCEPTED: Status.SENT,
    DeliveryOutcome.REFUSED: Status.REJECTED,
    DeliveryOutcome.SOFT_BOUNCE: Status.FAILED,
    DeliveryOutcome.DELIVERED: Status.DELIVERED,
    DeliveryOutcome.HARD_BOUNCE: Status.FAILED,
}


@pytest.mark.parametrize(("weak", "strong"), list(itertools.combinations(WEAK_TO_STRONG, 2)))
def test_the_stronger_fact_stands_whichever_comes_first(weak: DeliveryOutcome, strong: DeliveryOutcome) -> None:
    one, other = receipt(RecipientUpdate(fact=weak)), receipt(RecipientUpdate(fact=strong))
    standing = communication(Status.SENDING, recipients=to(A))
    assert hear(standing, one, other).entry.status is STATUS[strong]
    assert hear(standing, other, one).entry.status is STATUS[strong]


@pytest.mark.parametrize("status", sorted(set(Status) - ACCEPTS_RECEIPTS))
def test_what_never_went_out_hears_nothing(status: Status) -> None:
    standing = communication(status, recipients=to(A))
    change = receipt_applied(standing, receipt(RecipientUpdate(fact=DeliveryOutcome.DELIVERED)), at=NOW)
    assert change.outcome is Outcome.REFUSED
    assert change.after.entry == standing.entry


# ---- several recipients


def test_the_entry_stands_as_the_strongest_of_its_to_recipients() -> None:
    standing = hear(
        communication(Status.SENT, recipients=to(A, B)),
        receipt(RecipientUpdate(recipient=A, fact=DeliveryOutcome.DELIVERED)),
        receipt(RecipientUpdate(recipient=B, fact=DeliveryOutcome.SOFT_BOUNCE, code=FailureCode.MAILBOX_FULL)),
    )
    assert standing.entry.status is Status.DELIVERED
    assert [one.heard.fact for one in standing.entry.recipients if one.heard] == [
        DeliveryOutcome.DELIVERED,
        DeliveryOutcome.SOFT_BOUNCE,
    ]
    assert Signal.RECIPIENT_FAILED in standing.entry.hints


@pytest.mark.parametrize("role", [RecipientRole.CC, RecipientRole.BCC])
def test_a_bounced_copy_is_a_hint_and_no_more(role: RecipientRole) -> None:
    standing = hear(
        communication(Status.SENT, recipients=to(A) + to(C, role=role)),
        receipt(RecipientUpdate(recipient=C, fact=DeliveryOutcome.HARD_BOUNCE, code=FailureCode.INVALID_ADDRESS)),
    )
    assert standing.entry.status is Status.SENT
    assert standing.entry.failure is None
    assert standing.entry.hints == {Signal.RECIPIENT_FAILED}


def test_addresses_are_the_same_whatever_their_case() -> None:
    standing = hear(
        communication(Status.SENT, recipients=to(A)),
        receipt(RecipientUpdate(recipient=A.upper(), fact=DeliveryOutcome.DELIVERED)),
    )
    assert standing.entry.status is Status.DELIVERED


# ---- what stands beside the status


@pytest.mark.covers("F10")
def test_opening_is_no_delivery() -> None:
    standing = hear(
        communication(Status.SENT, recipients=to(A)), receipt(event="Open", opened=True, at=later(minutes=5))
    )
    assert (standing.entry.status, standing.entry.opened_at) == (Status.SENT, later(minutes=5))


def test_the_first_times_are_kept() -> None:
    standing = hear(
        communication(Status.SENDING, recipients=to(A)),
        receipt(RecipientUpdate(fact=DeliveryOutcome.ACCEPTED), at=later(minutes=1)),
        receipt(RecipientUpdate(fact=DeliveryOutcome.DELIVERED), at=later(minutes=3)),
        receipt(RecipientUpdate(fact=DeliveryOutcome.DELIVERED), at=later(minutes=2)),
        receipt(opened=True, at=later(minutes=9)),
        receipt(opened=True, at=later(minutes=8)),
    )
    times = (standing.entry.sent_at, standing.entry.delivered_at, standing.entry.opened_at)
    assert times == (later(minutes=1), later(minutes=2), later(minutes=8))


def test_a_soft_bounce_says_why_until_the_message_arrives_after_all() -> None:
    bounced = hear(
        communication(Status.SENT, recipients=to(A)),
        receipt(
            RecipientUpdate(fact=DeliveryOutcome.SOFT_BOUNCE, code=FailureCode.MAILBOX_FULL, provider_code="5.2.2"),
            at=later(minutes=1),
        ),
    )
    assert bounced.entry.failure is not None
    assert (bounced.entry.failure.code, bounced.entry.failure.permanent) == (FailureCode.MAILBOX_FULL, False)
    assert bounced.entry.failed_at == later(minutes=1)
    arrived = hear(bounced, receipt(RecipientUpdate(fact=DeliveryOutcome.DELIVERED)))
    assert (arrived.entry.status, arrived.entry.failure, arrived.entry.failed_at) == (Status.DELIVERED, None, None)


def test_an_automatic_reply_beside_a_delivery_is_only_that() -> None:
    reply = receipt(
        RecipientUpdate(fact=DeliveryOutcome.SOFT_BOUNCE, code=FailureCode.UNREACHABLE, signal=Signal.AUTO_REPLY)
    )
    delivery = receipt(RecipientUpdate(fact=DeliveryOutcome.DELIVERED))
    standing = communication(Status.SENT, recipients=to(A))
    assert (
        hear(standing, reply, delivery).entry.hints
        == hear(standing, delivery, reply).entry.hints
        == {Signal.AUTO_REPLY}
    )
    assert hear(standing, reply).entry.hints == frozenset()


def test_a_delay_is_over_when_the_end_is_known() -> None:
    delayed = hear(communication(Status.SENT, recipients=to(A)), receipt(RecipientUpdate(signal=Signal.DELAYED)))
    assert delayed.entry.hints == {Signal.DELAYED}
    assert hear(delayed, receipt(RecipientUpdate(fact=DeliveryOutcome.DELIVERED))).entry.hints == frozenset()


def test_a_complaint_is_not_forgotten() -> None:
    standing = hear(
        communication(Status.DELIVERED, recipients=to(A)),
        receipt(RecipientUpdate(recipient=A, signal=Signal.COMPLAINT)),
    )
    assert (standing.entry.status, standing.entry.hints) == (Status.DELIVERED, {Signal.COMPLAINT})


def test_a_message_that_is_settled_needs_no_sweep() -> None:
    standing = communication(Status.SENDING, recipients=to(A))
    assert hear(standing, receipt(RecipientUpdate(fact=DeliveryOutcome.ACCEPTED))).work.check_at is None


def test_of_two_words_of_the_same_fact_the_earlier_counts() -> None:
    soon, late = (
        RecipientOutcome(
            fact=DeliveryOutcome.HARD_BOUNCE, at=NOW + timedelta(minutes=minute), provider_code=str(minute)
        )
        for minute in (1, 2)
    )
    assert strongest([late, soon]) == strongest([soon, late]) == soon
