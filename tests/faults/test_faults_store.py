"""DynamoDB that throttles, and receipts that meet each other: nothing lost, nothing sent twice."""

from typing import Any

import pytest
from botocore.exceptions import ClientError
from pynamodb.exceptions import CancellationReason, TransactWriteError, VerboseClientError

from letterbook.adapters import aws
from letterbook.domain.errors import ConcurrentUpdate
from letterbook.domain.receipts import DeliveryOutcome, RecipientUpdate
from letterbook.domain.status import Status
from letterbook.ports import IdempotencyKey
from letterbook.use_cases.delivery.dispatch import dispatch
from letterbook.use_cases.delivery.record_receipt import process_provider_event
from letterbook.use_cases.messages.compose import compose
from tests.support.aws import WorldForTests, rows
from tests.support.builders import viewer
from tests.support.failing import Died, after_a_while, fails_once
from tests.support.steps import a_party, an_email, deliver_queue, send, ses_event, standing, tell

# ---- DynamoDB throttles

THROTTLED = ClientError(
    {"Error": {"Code": "ProvisionedThroughputExceededException", "Message": "slow down"}}, "TransactWriteItems"
)


def throttle(monkeypatch: pytest.MonkeyPatch, times: int) -> None:
    """The next `times` transactions are turned away by DynamoDB itself, whatever the client retries."""
    works = aws.dynamodb().transact_write_items
    left = [times]

    def turned_away(**asked: Any) -> Any:
        if left[0] > 0:
            left[0] -= 1
            raise TransactWriteError("Failed to write transaction items", THROTTLED)
        return works(**asked)

    monkeypatch.setattr(aws.dynamodb(), "transact_write_items", turned_away)


def test_a_throttled_compose_is_refused_whole(world: WorldForTests, monkeypatch: pytest.MonkeyPatch) -> None:
    party = a_party(world)
    throttle(monkeypatch, 1)
    with pytest.raises(TransactWriteError):
        send(world, an_email(party))
    after_a_while(world)
    assert (rows("communications"), world.fakes.email.calls) == (0, 0)


def test_a_throttled_claim_is_repeated_by_the_queue(world: WorldForTests, monkeypatch: pytest.MonkeyPatch) -> None:
    made = send(world, an_email(a_party(world)))
    throttle(monkeypatch, 1)
    with pytest.raises(TransactWriteError):
        dispatch(world, made.id)
    dispatch(world, made.id)
    assert len(world.fakes.email.taken) == 1


def test_a_throttled_outcome_is_not_sent_again(world: WorldForTests, monkeypatch: pytest.MonkeyPatch) -> None:
    made = send(world, an_email(a_party(world)))
    world.fakes.email.next.append(lambda: throttle(monkeypatch, 1))
    with pytest.raises(TransactWriteError):
        deliver_queue(world)
    dispatch(world, made.id)
    after_a_while(world)
    assert standing(world, made).entry.status is Status.UNCONFIRMED
    assert len(world.fakes.email.taken) == 1


def test_a_throttled_receipt_is_repeated_by_the_queue(world: WorldForTests, monkeypatch: pytest.MonkeyPatch) -> None:
    made = send(world, an_email(a_party(world)))
    deliver_queue(world)
    event = ses_event("bounce-permanent", made).replace("disclosures@castlegate.example", "priya@mailbox.example")
    throttle(monkeypatch, 1)
    with pytest.raises(TransactWriteError):
        process_provider_event(world, "ses", event, waited=False)
    process_provider_event(world, "ses", event, waited=False)
    assert standing(world, made).entry.status is Status.FAILED


# ---- receipts


def test_dying_between_a_complaint_and_its_opt_out(world: WorldForTests, monkeypatch: pytest.MonkeyPatch) -> None:
    party = a_party(world)
    made = send(world, an_email(party))
    deliver_queue(world)
    complaint = ses_event("complaint", made).replace("disclosures@castlegate.example", "priya@mailbox.example")
    fails_once(monkeypatch, world.parties, "save_preferences", Died())
    with pytest.raises(Died):
        process_provider_event(world, "ses", complaint, waited=False)
    process_provider_event(world, "ses", complaint, waited=False)
    assert len(world.parties.preferences(party.id).opt_outs) == 1


def test_a_receipt_that_always_loses_the_race_comes_back_later(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = send(world, an_email(a_party(world)))
    deliver_queue(world)

    def lost(*_: Any) -> None:
        raise ConcurrentUpdate

    works = world.communications.commit
    monkeypatch.setattr(world.communications, "commit", lost)
    with pytest.raises(ConcurrentUpdate):
        tell(world, made, RecipientUpdate(fact=DeliveryOutcome.DELIVERED))
    monkeypatch.setattr(world.communications, "commit", works)
    tell(world, made, RecipientUpdate(fact=DeliveryOutcome.DELIVERED))
    assert standing(world, made).entry.status is Status.DELIVERED


# ---- two at the same moment


CONFLICT = VerboseClientError(
    {"Error": {"Code": "TransactionCanceledException", "Message": "cancelled"}},
    "TransactWriteItems",
    cancellation_reasons=[CancellationReason(code="TransactionConflict", message="ongoing")],
)


def test_transactions_that_meet_are_tried_again(world: WorldForTests, monkeypatch: pytest.MonkeyPatch) -> None:
    """DynamoDB tells the loser only that there was a conflict: what the winner wrote it learns by trying again."""
    party = a_party(world)
    key = IdempotencyKey(user="user-1", route="compose", key="k", digest="d")
    works = aws.dynamodb().transact_write_items
    winner: list[str] = []

    def meets_another(**_: Any) -> Any:
        monkeypatch.setattr(aws.dynamodb(), "transact_write_items", works)
        winner.append(compose(world, viewer(), an_email(party), key)[0].id)
        raise TransactWriteError("conflict", CONFLICT)

    monkeypatch.setattr(aws.dynamodb(), "transact_write_items", meets_another)
    made, replayed = compose(world, viewer(), an_email(party), key)
    assert ([made.id], replayed) == (winner, True)
    assert rows("communications") == 1


def test_transactions_that_keep_meeting_are_given_up(world: WorldForTests, monkeypatch: pytest.MonkeyPatch) -> None:
    def meets_another(**_: Any) -> Any:
        raise TransactWriteError("conflict", CONFLICT)

    monkeypatch.setattr(aws.dynamodb(), "transact_write_items", meets_another)
    with pytest.raises(ConcurrentUpdate):
        a_party(world)
