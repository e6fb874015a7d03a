"""Of what nothing more was heard, whoever can be asked is asked, at growing intervals; what comes is a receipt like any other."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, strategies as st

from letterbook.adapters.providers import PROVIDERS, ses
from letterbook.adapters.providers.account import Account
from letterbook.domain.errors import Ambiguous, Transient
from letterbook.domain.history import Outcome
from letterbook.domain.provider_activity import ProviderTotals
from letterbook.domain.receipts import DeliveryOutcome, Receipt, RecipientUpdate, Signal
from letterbook.domain.retries import ASK_DELAYS, AskPlan, ask_delay
from letterbook.domain.status import Status
from letterbook.ports import LookUp
from letterbook.use_cases.delivery.dispatch import dispatch
from letterbook.use_cases.delivery.look_up import look_up
from letterbook.use_cases.delivery.sweep import sweep
from tests.support.aws import WorldForTests
from tests.support.steps import a_party, an_email, send, standing

TO = "legal@barclays.example"


class Askable:
    """A vendor of emails that can be asked: `knows` is what it answers, or raises."""

    def __init__(self, world: WorldForTests) -> None:
        self.questions: list[LookUp] = []
        self.knows: Sequence[Receipt] | Exception = ()
        spec = replace(PROVIDERS[ses.NAME], ask=self._ask)
        world.fakes.use({**PROVIDERS, ses.NAME: spec})

    def _ask(self, _: Account, question: LookUp) -> Sequence[Receipt]:
        self.questions.append(question)
        if isinstance(self.knows, Exception):
            raise self.knows
        return self.knows


def delivered(at: datetime, fact: DeliveryOutcome = DeliveryOutcome.DELIVERED) -> Receipt:
    news = RecipientUpdate(recipient=TO, fact=fact)
    return Receipt(provider=ses.NAME, event="delivered", at=at, raw="{}", digest="d1", reference="r1", news=(news,))


@pytest.fixture
def vendor(world: WorldForTests) -> Askable:
    return Askable(world)


def unconfirmed(world: WorldForTests) -> str:
    world.fakes.email.next.append(Ambiguous("ReadTimeoutError"))
    communication_id = send(world, an_email(a_party(world), to=(TO,))).id
    dispatch(world, communication_id)
    assert status(world, communication_id) is Status.UNCONFIRMED
    return communication_id


def taken(world: WorldForTests) -> str:
    communication_id = send(world, an_email(a_party(world), to=(TO,))).id
    dispatch(world, communication_id)
    assert status(world, communication_id) is Status.SENT
    return communication_id


def status(world: WorldForTests, communication_id: str) -> Status:
    return standing(world, communication_id).entry.status


def asked(world: WorldForTests) -> int:
    """Asks whatever the sweep finds to be asked; how many that was."""
    sweep(world)
    orders = world.queued("lookup")
    for one in orders:
        look_up(world, one["communication_id"])
    return len(orders)


def test_what_nobody_knows_of_is_asked_about_and_settled(world: WorldForTests, vendor: Askable) -> None:
    communication_id = unconfirmed(world)
    assert asked(world) == 0
    world.clock.pass_(minutes=2)
    vendor.knows = [delivered(world.now())]
    assert asked(world) == 1
    assert status(world, communication_id) is Status.DELIVERED
    [question] = vendor.questions
    assert (question.communication_id, question.reference, question.to) == (communication_id, None, (TO,))
    assert question.text
    row = world.communications.history(communication_id)[-1]
    assert (row.event, row.note, row.actor.role, row.outcome) == ("delivered", "looked up", "provider", Outcome.APPLIED)
    world.clock.pass_(days=9)
    assert asked(world) == 0


def test_what_was_taken_hours_ago_is_asked_about_by_its_reference(world: WorldForTests, vendor: Askable) -> None:
    communication_id = taken(world)
    world.clock.pass_(hours=1)
    assert asked(world) == 0
    world.clock.pass_(hours=1)
    vendor.knows = [delivered(world.now())]
    assert asked(world) == 1
    assert (vendor.questions[0].reference, vendor.questions[0].text) == ("ses-1", "")
    assert status(world, communication_id) is Status.DELIVERED


def test_a_vendor_that_knows_nothing_is_asked_at_growing_intervals_and_then_no_more(
    world: WorldForTests, vendor: Askable
) -> None:
    communication_id = unconfirmed(world)
    for wait in ASK_DELAYS[AskPlan.SETTLING][Status.UNCONFIRMED]:
        world.clock.pass_(seconds=wait.total_seconds() - 1)
        assert asked(world) == 0
        world.clock.pass_(seconds=1)
        assert asked(world) == 1
    world.clock.pass_(days=30)
    assert asked(world) == 0
    assert status(world, communication_id) is Status.UNCONFIRMED


@pytest.mark.parametrize("failure", [Transient("503"), Ambiguous("ReadTimeoutError")])
def test_a_vendor_that_does_not_answer_is_asked_next_time(
    world: WorldForTests, vendor: Askable, failure: Exception
) -> None:
    communication_id = unconfirmed(world)
    world.clock.pass_(minutes=2)
    vendor.knows = failure
    assert asked(world) == 1
    assert world.circuit_breakers.get(ses.NAME, now=True).failures == 1
    vendor.knows = [delivered(world.now())]
    world.clock.pass_(minutes=5)
    assert asked(world) == 1
    assert status(world, communication_id) is Status.DELIVERED


def test_the_same_by_post_and_by_asking_is_one_fact(world: WorldForTests, vendor: Askable) -> None:
    communication_id = unconfirmed(world)
    world.clock.pass_(minutes=2)
    sweep(world)
    vendor.knows = [delivered(world.now())]
    for _ in range(2):
        look_up(world, communication_id)
    facts = [row for row in world.communications.history(communication_id) if row.event == "delivered"]
    assert [row.outcome for row in facts] == [Outcome.APPLIED]
    assert look_up(world, communication_id) == 0


def test_who_dies_before_the_question_asks_next_time(
    world: WorldForTests, vendor: Askable, monkeypatch: pytest.MonkeyPatch
) -> None:
    communication_id = unconfirmed(world)
    world.clock.pass_(minutes=2)

    def dies(_: Any) -> None:
        raise OSError("SQS is away")

    with monkeypatch.context() as patch:
        patch.setattr(world.queues, "enqueue_look_ups", dies)
        assert asked(world) == 0
    world.clock.pass_(minutes=5)
    vendor.knows = [delivered(world.now())]
    assert asked(world) == 1
    assert status(world, communication_id) is Status.DELIVERED


def test_who_cannot_be_asked_is_not(world: WorldForTests) -> None:
    communication_id = taken(world)
    world.clock.pass_(days=3)
    assert asked(world) == 0
    assert Signal.NO_RECEIPT in standing(world, communication_id).entry.hints_at(world.now())


def test_receipts_that_were_posted_and_fetched_are_told_apart(world: WorldForTests, vendor: Askable) -> None:
    unconfirmed(world)
    taken(world)
    world.clock.pass_(hours=2)
    vendor.knows = [delivered(world.now())]
    asked(world)
    world.provider_activity.flush()
    totals = world.provider_activity.of([ses.NAME, "nobody"])
    assert (totals[ses.NAME].sent, totals[ses.NAME].looked_up, totals[ses.NAME].heard) == (1, 2, 0)
    assert totals[ses.NAME].last_heard == world.now()
    assert totals["nobody"] == ProviderTotals()


@given(st.sampled_from(AskPlan), st.sampled_from(Status), st.integers(0, 1000))
def test_intervals_grow_and_end(plan: AskPlan, status: Status, n: int) -> None:
    wait, later = ask_delay(plan, status, n), ask_delay(plan, status, n + 1)
    assert wait is not None or later is None
    assert not (wait and later) or wait <= later
