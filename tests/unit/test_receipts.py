"""Receipts: whatever order they come in, and however often, the entry ends the same."""

import itertools
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, strategies as st

from letterbook.adapters.serialization import from_json
from letterbook.domain.communication import Communication, DeliveryBasis, RecipientRole
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


@given(st.lists(events, max_size=6).flatmap(lambda heard: st.tuples(st.just(heard), st.permutations(heard))))
def test_order_cannot_matter_where_one_alone_can_be_meant(told: tuple[list[Receipt], list[Receipt]]) -> None:
    standing = communication(Status.SENDING, recipients=to(A))
    assert public(hear(standing, *told[0])) == public(hear(standing, *told[1]))


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
    DeliveryOutcome.REPORTED,
    DeliveryOutcome.SOFT_BOUNCE,
    DeliveryOutcome.DELIVERED,
    DeliveryOutcome.HARD_BOUNCE,
]
STATUS = {
    DeliveryOutcome.ACCEPTED: Status.SENT,
    DeliveryOutcome.REFUSED: Status.REJECTED,
    DeliveryOutcome.REPORTED: Status.DELIVERED,
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


@pytest.mark.parametrize(
    ("stored", "fact"), [*enumerate(sorted(set(DeliveryOutcome) - {DeliveryOutcome.REPORTED}, key=int), start=1)]
)
def test_what_was_stored_of_a_recipient_reads_the_same(stored: int, fact: DeliveryOutcome) -> None:
    """By its number: in the order in which they were first, whatever outweighs what since."""
    names = ["ACCEPTED", "REFUSED", "SOFT_BOUNCE", "DELIVERED", "HARD_BOUNCE"]
    text = f'{{"fact":{stored},"at":"{NOW.isoformat()}"}}'
    assert from_json(RecipientOutcome, text) == RecipientOutcome(fact=fact, at=NOW)
    assert fact.name == names[stored - 1]


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


# ---- addresses that are not literally ours

SPELLINGS = ["A@One.Example", "<a@one.example>", "Ann <a@one.example>", '"a"@one.example', "a@one.example. "]
FORWARDED = "ann@work.example"


def failed(address: str) -> Receipt:
    return receipt(
        RecipientUpdate(
            recipient=address,
            fact=DeliveryOutcome.HARD_BOUNCE,
            code=FailureCode.INVALID_ADDRESS,
            provider_code="5.1.1",
        )
    )


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_another_spelling_is_the_same_recipient(spelling: str) -> None:
    change = receipt_applied(communication(Status.SENT, recipients=to(A, B)), failed(spelling), at=NOW)
    first, second = change.after.entry.recipients
    assert first.heard is not None
    assert (first.heard.fact, second.heard) == (DeliveryOutcome.HARD_BOUNCE, None)
    assert change.row.note == "5.1.1"


@pytest.mark.parametrize("role", RecipientRole)
def test_where_the_only_recipients_mail_is_forwarded_is_that_recipient(role: RecipientRole) -> None:
    change = receipt_applied(communication(Status.SENT, recipients=to(A, role=role)), failed(FORWARDED), at=NOW)
    [only] = change.after.entry.recipients
    assert only.heard is not None
    assert only.heard.fact is DeliveryOutcome.HARD_BOUNCE
    assert change.row.note == f"{FORWARDED} 5.1.1"


def test_where_it_cannot_be_told_whose_mail_was_forwarded_somebody_was_missed() -> None:
    standing = communication(Status.SENT, recipients=to(A) + to(C, role=RecipientRole.CC))
    change = receipt_applied(standing, failed(FORWARDED), at=NOW)
    after = change.after.entry
    assert (after.status, after.failure, after.hints) == (Status.SENT, None, {Signal.RECIPIENT_FAILED})
    assert [one.heard for one in after.recipients] == [None, None]
    assert (change.outcome, change.row.note, change.row.code) == (
        Outcome.APPLIED,
        f"{FORWARDED} 5.1.1",
        FailureCode.INVALID_ADDRESS,
    )


def test_that_somebody_was_missed_is_not_said_where_everybody_was() -> None:
    standing = communication(Status.SENT, recipients=to(A, B))
    assert hear(standing, failed(FORWARDED), failed(A)).entry.hints == frozenset()


def test_what_arrived_where_it_was_forwarded_says_nothing_of_several() -> None:
    news = RecipientUpdate(recipient=FORWARDED, fact=DeliveryOutcome.DELIVERED)
    change = receipt_applied(communication(Status.SENT, recipients=to(A, B)), receipt(news), at=NOW)
    assert (change.after.entry.status, change.after.entry.hints) == (Status.SENT, frozenset())
    assert change.row.note == FORWARDED


# ---- the word of a mail that came in

REPORT = receipt(RecipientUpdate(recipient=A, fact=DeliveryOutcome.REPORTED), at=later(minutes=5), provider="mail")


def test_a_report_of_arrival_is_what_somebody_said() -> None:
    entry = hear(communication(Status.SENT, recipients=to(A)), REPORT).entry
    assert (entry.status, entry.delivered_at, entry.delivery_basis) == (
        Status.DELIVERED,
        later(minutes=5),
        DeliveryBasis.DECLARED,
    )


@pytest.mark.parametrize("minute", [1, 9])
def test_a_providers_word_of_arrival_takes_its_place_and_its_time(minute: int) -> None:
    delivery = receipt(RecipientUpdate(recipient=A, fact=DeliveryOutcome.DELIVERED), at=later(minutes=minute))
    for told in itertools.permutations([REPORT, delivery]):
        entry = hear(communication(Status.SENT, recipients=to(A)), *told).entry
        assert (entry.delivered_at, entry.delivery_basis) == (later(minutes=minute), DeliveryBasis.RECEIPT)


def test_of_several_recipients_the_strongest_word_is_behind_it() -> None:
    delivery = receipt(RecipientUpdate(recipient=B, fact=DeliveryOutcome.DELIVERED))
    entry = hear(communication(Status.SENT, recipients=to(A, B)), REPORT, delivery).entry
    assert entry.delivery_basis is DeliveryBasis.RECEIPT


@pytest.mark.parametrize("fact", [DeliveryOutcome.SOFT_BOUNCE, DeliveryOutcome.HARD_BOUNCE])
def test_a_report_of_arrival_undoes_no_failure(fact: DeliveryOutcome) -> None:
    bounce = receipt(RecipientUpdate(recipient=A, fact=fact, code=FailureCode.MAILBOX_FULL))
    for told in itertools.permutations([REPORT, bounce]):
        entry = hear(communication(Status.SENT, recipients=to(A)), *told).entry
        assert (entry.status, entry.delivered_at, entry.delivery_basis) == (Status.FAILED, None, None)


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
