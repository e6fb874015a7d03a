"""Anything, in any order: messages composed, delivered twice, lost by dying workers, refused, bounced, cancelled, swept.

There are two providers of emails and one of SMS; the party opts out, is put on hold and back; what fails falls back. Whatever
happens, nothing reaches a provider twice, nobody is written to who must not be, and when all has come to rest, every entry is at an
end.
"""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from letterbook.domain.errors import Ambiguous, Conflict, Permanent, Throttled, Transient
from letterbook.domain.failures import FailureCode
from letterbook.domain.history import first_broken_link
from letterbook.domain.organisation import Fallback
from letterbook.domain.party import Hold, HoldKind, OptOut, Preferences
from letterbook.domain.receipts import DeliveryOutcome, RecipientUpdate
from letterbook.domain.status import FINAL, Status
from letterbook.domain.templates import TemplateUse
from letterbook.ports import OutboundMessage
from letterbook.use_cases.delivery.dispatch import dispatch
from letterbook.use_cases.delivery.record_receipt import record_receipt
from letterbook.use_cases.delivery.release_scheduled import release_scheduled
from letterbook.use_cases.delivery.sweep import sweep
from letterbook.use_cases.messages.cancel import cancel
from tests.support import builders
from tests.support.aws import WorldForTests, cloud
from tests.support.failing import Died
from tests.support.steps import a_party, a_template, an_email, carry_out_orders, make_documents, send, standing

ANSWERS: list[Any] = [
    None,
    None,
    Transient("ConnectTimeoutError"),
    Throttled("TooManyRequestsException"),
    Permanent("MessageRejected"),
    Permanent("AccessDenied", FailureCode.CONFIG),
    Ambiguous("ReadTimeoutError"),
    "taken and then dies",
    "taken and then times out",
]


class Anything(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.patch = pytest.MonkeyPatch()
        self._cloud = cloud(self.patch)
        self.world: WorldForTests = self._cloud.__enter__()
        self.made: list[str] = []
        self.orders: list[str] = []

    @initialize()
    def a_firm(self) -> None:
        self.party = a_party(self.world)
        self.world.fakes.with_a_second()
        self.world.settings.save(builders.organisation(version=2, fallback=Fallback(after_failure=True)))
        a_template(self.world, key="review", channels=("email", "sms"), subject="S", body="It is due.", variables=())
        for provider in self.world.fakes.made.values():
            provider.watch = self.nobody_is_written_to_who_must_not_be

    def teardown(self) -> None:
        try:
            self.everything_comes_to_rest()
        finally:
            self._cloud.__exit__(None, None, None)
            self.patch.undo()

    @rule(later=st.booleans(), lost=st.booleans())
    def compose(self, later: bool, lost: bool) -> None:
        self.world.clock.pass_(seconds=1)
        at = self.world.now() + timedelta(minutes=10) if later else None
        use = TemplateUse(key="review", variables={})
        try:
            made = send(self.world, an_email(self.party, subject="", body="", template=use, send_at=at))
        except Conflict:
            return
        self.made.append(made.id)
        queued = self.queued()
        if not lost:
            self.orders += queued

    @rule(out=st.sets(st.sampled_from(["email", "sms", "manual"])), held=st.booleans())
    def the_party_changes_its_mind(self, out: set[str], held: bool) -> None:
        before = self.world.parties.preferences(self.party.id)
        wishes = Preferences(
            opt_outs=tuple(OptOut(channel=one, at=self.world.now()) for one in sorted(out)),
            hold=Hold(kind=HoldKind.DISPUTE) if held else None,
            version=before.version + 1,
        )
        self.world.parties.save_preferences(self.party.id, wishes, builders.deed(self.party.id))

    def nobody_is_written_to_who_must_not_be(self, parcel: OutboundMessage) -> None:
        wishes = self.world.parties.preferences(self.party.id)
        channel = standing(self.world, parcel.communication_id).entry.channel
        assert wishes.hold is None
        assert channel not in {one.channel for one in wishes.opt_outs}

    def queued(self) -> list[str]:
        """What waits for a worker; and what fell back is made, with its document."""
        carry_out_orders(self.world)
        make_documents(self.world)
        waiting = [*self.world.queued("email"), *self.world.queued("sms")]
        return [order["communication_id"] for order in waiting]

    @property
    def everything(self) -> list[str]:
        """What was asked for, and whatever was said in its stead."""
        chains = [self.world.attempts.get(one) for one in self.made]
        said = [chain.ids if chain else (one,) for one, chain in zip(self.made, chains, strict=True)]
        return [one for ids in said for one in ids]

    @property
    def taken(self) -> list[str]:
        return [parcel.communication_id for one in self.world.fakes.made.values() for parcel in one.taken]

    @rule(data=st.data(), answer=st.sampled_from(ANSWERS), again=st.booleans())
    def a_worker_takes_an_order(self, data: st.DataObject, answer: Any, again: bool) -> None:
        if not self.orders:
            return
        order = data.draw(st.sampled_from(self.orders))
        if not again:
            self.orders.remove(order)
        for provider in self.world.fakes.made.values():
            if answer == "taken and then dies":
                provider.taken_and_then(Died())
            elif answer == "taken and then times out":
                provider.taken_and_then(Ambiguous("ReadTimeoutError"))
            elif answer:
                provider.next.append(answer)
        try:
            dispatch(self.world, order)
        except Died:
            self.orders.append(order)
        for provider in self.world.fakes.made.values():
            provider.next.clear()

    @rule(data=st.data(), fact=st.sampled_from(list(DeliveryOutcome)))
    def the_provider_reports(self, data: st.DataObject, fact: DeliveryOutcome) -> None:
        if self.taken:
            receipt = builders.receipt(
                RecipientUpdate(fact=fact), communication_id=data.draw(st.sampled_from(self.taken)), at=self.world.now()
            )
            record_receipt(self.world, receipt)

    @rule(data=st.data())
    def somebody_cancels(self, data: st.DataObject) -> None:
        if self.made:
            try:
                cancel(self.world, builders.viewer(), data.draw(st.sampled_from(self.made)))
            except Conflict:
                return

    @rule(data=st.data())
    def a_schedule_fires(self, data: st.DataObject) -> None:
        if self.made:
            release_scheduled(self.world, data.draw(st.sampled_from(self.made)))
            self.orders += self.queued()

    @rule(minutes=st.integers(1, 90))
    def time_passes_and_the_sweep_comes(self, minutes: int) -> None:
        self.world.clock.pass_(minutes=minutes)
        sweep(self.world)
        self.orders += self.queued()

    @invariant()
    def nothing_was_sent_twice(self) -> None:
        assert all(times == 1 for times in Counter(self.taken).values())

    @invariant()
    def every_history_is_whole(self) -> None:
        for one in self.made[-3:]:
            assert first_broken_link(self.world.communications.history(one), standing(self.world, one).chain) is None

    @invariant()
    def nothing_is_said_again_that_arrived_or_may_have(self) -> None:
        for one in self.made:
            chain = self.world.attempts.get(one)
            for earlier in (chain.ids if chain else ())[:-1]:
                assert standing(self.world, earlier).entry.status not in (Status.SENT, Status.UNCONFIRMED)

    def everything_comes_to_rest(self) -> None:
        """With providers that work, and time enough, every entry comes to an end of its own."""
        for _ in range(12):
            self.world.clock.pass_(hours=1, seconds=1)
            sweep(self.world)
            for order in [*self.orders, *self.queued()]:
                dispatch(self.world, order)
            self.orders.clear()
        self.nothing_was_sent_twice()
        for one in self.everything:
            entry = standing(self.world, one).entry
            assert entry.status in FINAL | {Status.SENT, Status.UNCONFIRMED, Status.MANUAL_PENDING}
            assert standing(self.world, one).work.check_at is None
            if entry.status in (Status.SENT, Status.DELIVERED):
                assert one in self.taken


@pytest.mark.filterwarnings("ignore")
def test_anything(aws: None) -> None:
    from hypothesis.stateful import run_state_machine_as_test

    run_state_machine_as_test(
        Anything,
        settings=settings(
            max_examples=15, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
