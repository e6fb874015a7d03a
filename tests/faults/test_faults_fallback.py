"""What if the process dies while a message goes to another channel or another provider?"""

from typing import Any

import pytest

from letterbook.domain.channels import Channel
from letterbook.domain.decision import Action
from letterbook.domain.errors import Transient
from letterbook.domain.failures import FailureCode
from letterbook.domain.organisation import Fallback
from letterbook.domain.party import OptOut, Preferences
from letterbook.domain.receipts import DeliveryOutcome, RecipientUpdate
from letterbook.domain.retries import TRIES_BEFORE_NEXT
from letterbook.domain.status import Status
from letterbook.domain.todos import TodoStatus
from letterbook.ports import IdempotencyKey, Index
from letterbook.use_cases.delivery.dispatch import dispatch
from letterbook.use_cases.messages import compose as composing, fallback
from letterbook.use_cases.messages.compose import compose
from tests.support.aws import WorldForTests, rows
from tests.support.builders import deed, organisation, viewer
from tests.support.failing import Died, after_a_while, fails_once
from tests.support.steps import a_party, an_email, carry_out_orders, deliver_queue, send, standing, tell

KEY = IdempotencyKey(user="user-1", route="compose", key="k", digest="d")


def in_time(world: WorldForTests) -> None:
    """The sweep finds what stands still, and those who make messages make what it orders."""
    after_a_while(world, minutes=2)
    carry_out_orders(world)
    after_a_while(world, minutes=2)


def letters(world: WorldForTests, party_id: str) -> list[Any]:
    listed = world.communications.page(Index.PARTY, party_id, above="com_", below="com_z", limit=9)
    return [one for one in listed.items if one.channel is Channel.MANUAL]


def test_dying_between_the_turn_and_what_goes_instead(world: WorldForTests, monkeypatch: pytest.MonkeyPatch) -> None:
    party = a_party(world, email=None)
    fails_once(monkeypatch, composing, "fall_back", Died())
    with pytest.raises(Died):
        compose(world, viewer(), an_email(party), KEY)
    assert rows("communications") == 1
    in_time(world)
    [letter] = letters(world, party.id)
    assert letter.status is Status.MANUAL_PENDING
    again, replayed = compose(world, viewer(), an_email(party), KEY)
    assert (again.id, replayed) == (letter.id, True)


def test_asking_again_makes_what_was_not_made(world: WorldForTests, monkeypatch: pytest.MonkeyPatch) -> None:
    party = a_party(world, email=None)
    fails_once(monkeypatch, composing, "fall_back", Died())
    with pytest.raises(Died):
        compose(world, viewer(), an_email(party), KEY)
    made, _ = compose(world, viewer(), an_email(party), KEY)
    in_time(world)
    assert [one.id for one in letters(world, party.id)] == [made.id]


def test_what_is_opted_out_before_it_goes_instead_has_failed_and_somebody_sees_to_it(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    party = a_party(world, email=None)
    fails_once(monkeypatch, composing, "fall_back", Died())
    with pytest.raises(Died):
        send(world, an_email(party))
    wishes = Preferences(opt_outs=(OptOut(channel="manual", at=world.now()),), version=1)
    world.parties.save_preferences(party.id, wishes, deed(party.id))
    in_time(world)
    [turned] = world.communications.page(Index.PARTY, party.id, above="com_", below="com_z", limit=9).items
    assert turned.status is Status.FAILED
    assert turned.failure is not None
    assert turned.failure.code is FailureCode.MISSING_CONTACT
    assert len(world.todos.page(party.id, status=TodoStatus.OPEN, after=None, limit=9).items) == 1


def test_a_store_that_fails_after_the_turn_is_not_the_callers_trouble(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    party = a_party(world, email=None)
    fails_once(monkeypatch, composing, "fall_back", OSError("DynamoDB is away"))
    assert send(world, an_email(party)).entry.decision.action is Action.FALLBACK
    in_time(world)
    assert len(letters(world, party.id)) == 1


def test_dying_after_what_goes_instead_was_made(world: WorldForTests, monkeypatch: pytest.MonkeyPatch) -> None:
    party = a_party(world, email=None)
    fails_once(monkeypatch, fallback, "update_communication", Died())
    with pytest.raises(Died):
        send(world, an_email(party))
    in_time(world)
    [letter] = letters(world, party.id)
    assert standing(world, letter.fallback_of or "").work.check_at is None


def test_an_order_to_fall_back_that_is_lost_is_given_again(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.settings.save(organisation(version=2, fallback=Fallback(after_failure=True)))
    party = a_party(world)
    made = send(world, an_email(party))
    deliver_queue(world)
    tell(world, made, RecipientUpdate(fact=DeliveryOutcome.HARD_BOUNCE))
    fails_once(monkeypatch, world.queues, "enqueue_bulk", OSError("SQS is away"))
    after_a_while(world, minutes=65)
    in_time(world)
    assert len(letters(world, party.id)) == 1


def test_dying_in_the_call_to_the_second_provider(world: WorldForTests) -> None:
    second = world.fakes.with_a_second()
    world.fakes.email.next.extend([Transient("EndpointConnectionError")] * TRIES_BEFORE_NEXT)
    second.taken_and_then(Died())
    made = send(world, an_email(a_party(world)))
    with pytest.raises(Died):
        after_a_while(world, minutes=10)
    dispatch(world, made.id)
    after_a_while(world, minutes=5)
    assert standing(world, made).entry.status is Status.UNCONFIRMED
    assert (len(second.taken), world.fakes.email.taken) == (1, [])
