"""Anything, in any order: messages composed, delivered twice, lost by dying workers, refused, bounced, cancelled, swept.

Whatever happens, no message reaches its provider twice, and when everything has come to rest, none stands in the middle.
"""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from letterbook.domain.errors import Ambiguous, Conflict, Permanent, Throttled, Transient
from letterbook.domain.history import first_break
from letterbook.domain.receipts import Fact, News
from letterbook.domain.status import FINAL, Status
from letterbook.use_cases.cancel import cancel
from letterbook.use_cases.dispatch import dispatch
from letterbook.use_cases.record_receipt import record_receipt
from letterbook.use_cases.release import release
from letterbook.use_cases.sweep import sweep
from tests import builders
from tests.acting import a_party, an_email, send, standing
from tests.cloud import WorldForTests, cloud, moto


class Died(BaseException):
    pass


ANSWERS: list[Any] = [
    None,
    None,
    Transient("ConnectTimeoutError"),
    Throttled("TooManyRequestsException"),
    Permanent("MessageRejected"),
    Ambiguous("ReadTimeoutError"),
    "taken and then dies",
    "taken and then times out",
]

# Once a provider said these of a message, it certainly has it not, and may be asked again.
NOT_TAKEN = (Transient, Throttled)


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
        made = send(self.world, an_email(self.party, send_at=at))
        self.made.append(made.id)
        queued = [order["communication_id"] for order in self.world.queued("email")]
        if not lost:
            self.orders += queued

    @rule(data=st.data(), answer=st.sampled_from(ANSWERS), again=st.booleans())
    def a_worker_takes_an_order(self, data: st.DataObject, answer: Any, again: bool) -> None:
        if not self.orders:
            return
        order = data.draw(st.sampled_from(self.orders))
        if not again:
            self.orders.remove(order)
        provider = self.world.fakes.email
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
        provider.next.clear()

    @rule(data=st.data(), fact=st.sampled_from(list(Fact)))
    def the_provider_reports(self, data: st.DataObject, fact: Fact) -> None:
        taken = [parcel.communication_id for parcel in self.world.fakes.email.taken]
        if taken:
            receipt = builders.receipt(
                News(fact=fact), communication_id=data.draw(st.sampled_from(taken)), at=self.world.now()
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
            release(self.world, data.draw(st.sampled_from(self.made)))
            self.orders += [order["communication_id"] for order in self.world.queued("email")]

    @rule(minutes=st.integers(1, 90))
    def time_passes_and_the_sweep_comes(self, minutes: int) -> None:
        self.world.clock.pass_(minutes=minutes)
        sweep(self.world)
        self.orders += [order["communication_id"] for order in self.world.queued("email")]

    @invariant()
    def nothing_was_sent_twice(self) -> None:
        sent = Counter(parcel.communication_id for parcel in self.world.fakes.email.taken)
        assert all(times == 1 for times in sent.values())

    @invariant()
    def every_history_is_whole(self) -> None:
        for one in self.made[-3:]:
            assert first_break(self.world.log.history(one), standing(self.world, one).chain) is None

    def everything_comes_to_rest(self) -> None:
        """With a provider that works, and time enough, every message comes to an end of its own."""
        for _ in range(8):
            self.world.clock.pass_(hours=1, seconds=1)
            sweep(self.world)
            for order in [*self.orders, *(one["communication_id"] for one in self.world.queued("email"))]:
                dispatch(self.world, order)
            self.orders.clear()
        self.nothing_was_sent_twice()
        taken = {parcel.communication_id for parcel in self.world.fakes.email.taken}
        for one in self.made:
            entry = standing(self.world, one).entry
            assert entry.status in FINAL | {Status.SENT, Status.UNCONFIRMED}
            assert standing(self.world, one).work.check_at is None
            if entry.status in (Status.SENT, Status.DELIVERED):
                assert one in taken


@pytest.mark.filterwarnings("ignore")
def test_anything() -> None:
    from hypothesis.stateful import run_state_machine_as_test

    with moto():
        run_state_machine_as_test(
            Anything,
            settings=settings(
                max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
            ),
        )
