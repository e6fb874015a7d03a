"""Everything that receipts do beside the status, of two messages to one address: however they come, it ends the same.

What a person did in between outlasts whatever was said before it, told again as often as one likes.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings, strategies as st

from letterbook.domain.communication import Communication
from letterbook.domain.failures import FailureCode
from letterbook.domain.organisation import Fallback
from letterbook.domain.party import OptOut, OptOutSource, Preferences
from letterbook.domain.receipts import DeliveryOutcome, RecipientUpdate, Signal
from letterbook.domain.todos import TodoStatus, id_for
from letterbook.use_cases.delivery.record_receipt import record_receipt
from letterbook.use_cases.directory.parties import set_preferences
from letterbook.use_cases.directory.suppressions import unsuppress_address
from letterbook.use_cases.directory.todos import amend_todo
from tests.support import builders
from tests.support.aws import WorldForTests, cloud
from tests.support.steps import a_party, an_email, deliver_queue, send, standing

numbers = count()
# A sample on real parts; tests/unit/test_receipt_effects.py goes through many more, and makes small what fails.
SOME = settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)


@dataclass(frozen=True)
class Word:
    """What is told of the first or the second message, and at which minute that was."""

    message: int
    news: RecipientUpdate
    minute: int


def word(message: int, minute: int, fact: DeliveryOutcome | None = None, **told: Any) -> Word:
    return Word(message, RecipientUpdate(fact=fact, **told), minute)


WORDS = st.builds(
    Word,
    st.integers(0, 1),
    st.one_of(
        st.builds(
            RecipientUpdate,
            fact=st.sampled_from([DeliveryOutcome.ACCEPTED, DeliveryOutcome.REPORTED, DeliveryOutcome.DELIVERED]),
        ),
        st.builds(RecipientUpdate, fact=st.just(DeliveryOutcome.SOFT_BOUNCE), code=st.just(FailureCode.MAILBOX_FULL)),
        st.builds(
            RecipientUpdate,
            fact=st.sampled_from([DeliveryOutcome.REFUSED, DeliveryOutcome.HARD_BOUNCE]),
            code=st.sampled_from([FailureCode.INVALID_ADDRESS, FailureCode.OPTED_OUT, FailureCode.CONTENT]),
        ),
        st.just(RecipientUpdate(signal=Signal.COMPLAINT)),
    ),
    st.integers(1, 9),
)
HEARD = st.lists(WORDS, max_size=4)


@dataclass
class Pair:
    """Two messages to one address, of two parties; and what became of them."""

    world: WorldForTests
    address: str
    made: list[Communication]

    @classmethod
    def of(cls, world: WorldForTests) -> "Pair":
        address = f"box{next(numbers)}@mailbox.example"
        world.clock.time = builders.NOW
        made = []
        for name in ("Priya Raman", "Ann Bell"):
            made.append(send(world, an_email(a_party(world, name=name, email=address))))
            world.clock.pass_(seconds=1)
        deliver_queue(world)
        world.clock.time = builders.later(minutes=10)
        return cls(world, address, made)

    def hear(self, *words: Word) -> None:
        for one in words:
            receipt = builders.receipt(
                replace(one.news, recipient=self.address),
                at=builders.later(minutes=one.minute),
                communication_id=self.made[one.message].id,
            )
            record_receipt(self.world, receipt)

    def somebody_sees_to_it(self) -> None:
        viewer = builders.viewer()
        for one in self.made:
            set_preferences(self.world, viewer, one.entry.party.id, None, lambda _: Preferences())
            if self.todo(one):
                amend_todo(self.world, viewer, id_for(one.id), None, status=TodoStatus.DONE)
        if self.world.addresses.suppressed([self.address]):
            unsuppress_address(self.world, viewer, self.address)

    def todo(self, made: Communication) -> str | None:
        """What stands on somebody's list."""
        todo = self.world.todos.get(id_for(made.id))
        return todo.title if todo and todo.status is TodoStatus.OPEN else None

    def opt_outs(self, made: Communication) -> tuple[OptOut, ...]:
        return self.world.parties.preferences(made.entry.party.id).opt_outs

    def due(self, made: Communication) -> str:
        check_at = standing(self.world, made).work.check_at
        return "not" if check_at is None else "now" if check_at <= self.world.now() else "later"

    @property
    def end(self) -> object:
        """All that can be told of it, without what is another's at each try: ids, addresses, numbers of changes."""
        entries = [standing(self.world, one).entry for one in self.made]
        held = self.world.addresses.suppressed([self.address]).get(self.address)
        ids = [one.id for one in entries]
        return (
            [
                (one.status, one.failure, one.failed_at, one.delivered_at, one.signals, self.due(made), self.todo(made))
                for one, made in zip(entries, self.made, strict=True)
            ],
            [self.opt_outs(one) for one in self.made],
            (held.at, held.code, ids.index(held.communication_id)) if held else None,
        )


@pytest.fixture(scope="module")
def firm(aws: None) -> Any:
    with pytest.MonkeyPatch.context() as patch, cloud(patch) as world:
        world.settings.save(builders.organisation(version=2, fallback=Fallback(after_failure=True)))
        yield world


def again(words: list[Word]) -> st.SearchStrategy[list[Word]]:
    """The same in another order, some of it twice."""
    return st.permutations(words + words[:2]).map(list)


BOUNCE = word(0, 1, DeliveryOutcome.HARD_BOUNCE, code=FailureCode.INVALID_ADDRESS)
DELIVERY = word(1, 2, DeliveryOutcome.DELIVERED)
COMPLAINT = word(0, 3, signal=Signal.COMPLAINT)


@SOME
@given(HEARD.flatmap(lambda told: st.tuples(st.just(told), again(told))))
@example(([BOUNCE, DELIVERY], [DELIVERY, BOUNCE]))
def test_two_messages_to_one_address_end_the_same(firm: WorldForTests, told: tuple[list[Word], list[Word]]) -> None:
    in_order, shuffled = Pair.of(firm), Pair.of(firm)
    in_order.hear(*told[0])
    shuffled.hear(*told[1])
    assert in_order.end == shuffled.end


@SOME
@given(
    HEARD.flatmap(lambda told: st.tuples(st.just(told), again(told))),
    st.lists(st.builds(replace, WORDS, minute=st.integers(1, 20)), max_size=3).flatmap(
        lambda told: st.tuples(st.just(told), again(told))
    ),
)
def test_what_a_person_did_in_between_changes_nothing_of_that(
    firm: WorldForTests, before: tuple[list[Word], list[Word]], after: tuple[list[Word], list[Word]]
) -> None:
    in_order, shuffled = Pair.of(firm), Pair.of(firm)
    for pair, place in ((in_order, 0), (shuffled, 1)):
        pair.world.clock.time = builders.later(minutes=10)
        pair.hear(*before[place])
        pair.somebody_sees_to_it()
        pair.world.clock.time = builders.later(minutes=20)
        pair.hear(*after[place])
    assert in_order.end == shuffled.end


@SOME
@given(HEARD.flatmap(lambda told: st.tuples(st.just(told), again(told))))
@example(([BOUNCE, COMPLAINT], [COMPLAINT, BOUNCE, COMPLAINT]))
def test_what_is_told_again_does_not_undo_what_a_person_did(
    firm: WorldForTests, told: tuple[list[Word], list[Word]]
) -> None:
    pair = Pair.of(firm)
    pair.hear(*told[0])
    pair.somebody_sees_to_it()
    seen_to = pair.end
    pair.hear(*told[1])
    assert pair.end == seen_to
    assert [pair.todo(one) for one in pair.made] == [None, None]
    assert [pair.opt_outs(one) for one in pair.made] == [(), ()]
    assert pair.world.addresses.suppressed([pair.address]) == {}


# ---- what each rule says, in one line of life


def test_a_later_complaint_opts_out_again(firm: WorldForTests) -> None:
    pair = Pair.of(firm)
    pair.hear(COMPLAINT)
    pair.somebody_sees_to_it()
    pair.hear(replace(COMPLAINT, minute=15))
    assert [one.source for one in pair.opt_outs(pair.made[0])] == [OptOutSource.COMPLAINT]


def test_a_complaint_by_a_clock_ahead_of_ours_stays_lifted(firm: WorldForTests) -> None:
    pair = Pair.of(firm)
    ahead = replace(COMPLAINT, minute=300)
    pair.hear(ahead)
    pair.somebody_sees_to_it()
    pair.hear(ahead)
    assert pair.opt_outs(pair.made[0]) == ()


def test_what_a_person_set_is_not_made_a_providers_word(firm: WorldForTests) -> None:
    pair = Pair.of(firm)
    party_id = pair.made[0].entry.party.id
    own = Preferences(opt_outs=(OptOut(channel="email", at=firm.now()),))
    set_preferences(firm, builders.viewer(), party_id, None, lambda _: own)
    pair.hear(replace(COMPLAINT, minute=15))
    assert pair.opt_outs(pair.made[0]) == own.opt_outs


def test_another_wish_of_the_party_lifts_nothing(firm: WorldForTests) -> None:
    pair = Pair.of(firm)
    pair.hear(COMPLAINT)
    party_id = pair.made[0].entry.party.id
    kept = Preferences(preferred="sms", opt_outs=pair.opt_outs(pair.made[0]))
    set_preferences(firm, builders.viewer(), party_id, None, lambda _: kept)
    assert firm.parties.preferences(party_id).lifted == ()


def test_a_delivery_that_is_heard_before_an_older_bounce_outweighs_it(firm: WorldForTests) -> None:
    pair = Pair.of(firm)
    pair.hear(DELIVERY, BOUNCE)
    assert firm.addresses.suppressed([pair.address]) == {}


def test_a_bounce_after_the_delivery_of_the_same_message_sets_the_address_aside(firm: WorldForTests) -> None:
    pair = Pair.of(firm)
    pair.hear(word(0, 1, DeliveryOutcome.DELIVERED), replace(BOUNCE, minute=2))
    assert set(firm.addresses.suppressed([pair.address.upper()])) == {pair.address.upper()}
    assert pair.todo(pair.made[0]) is not None


def test_what_keeps_an_address_aside_is_the_last_bounce(firm: WorldForTests) -> None:
    """A delivery between two bounces does not release it, though it is heard last."""
    pair = Pair.of(firm)
    pair.hear(BOUNCE, replace(BOUNCE, message=1, minute=5), replace(DELIVERY, minute=3))
    assert firm.addresses.suppressed([pair.address])


def test_a_failure_after_somebody_saw_to_the_last_one_is_to_do_again(firm: WorldForTests) -> None:
    pair = Pair.of(firm)
    soft = word(0, 1, DeliveryOutcome.SOFT_BOUNCE, code=FailureCode.MAILBOX_FULL)
    pair.hear(soft)
    pair.somebody_sees_to_it()
    pair.hear(replace(BOUNCE, minute=5))
    assert pair.todo(pair.made[0]) is None
    later = Pair.of(firm)
    later.hear(soft)
    later.somebody_sees_to_it()
    later.hear(replace(BOUNCE, minute=15))
    assert later.todo(later.made[0]) is not None


def test_the_title_and_the_date_that_somebody_gave_stay(firm: WorldForTests) -> None:
    pair = Pair.of(firm)
    pair.hear(word(0, 2, DeliveryOutcome.SOFT_BOUNCE, code=FailureCode.MAILBOX_FULL))
    due = (builders.NOW + timedelta(days=3)).date()
    amend_todo(firm, builders.viewer(), id_for(pair.made[0].id), None, title="Ring her", due_date=due)
    pair.hear(BOUNCE)
    todo = firm.todos.get(id_for(pair.made[0].id))
    assert todo is not None
    assert (todo.title, todo.due_date, todo.status) == ("Ring her", due, TodoStatus.OPEN)


def test_a_hard_bounce_brings_forward_what_a_soft_one_put_off(firm: WorldForTests) -> None:
    pair = Pair.of(firm)
    pair.hear(word(0, 1, DeliveryOutcome.SOFT_BOUNCE, code=FailureCode.MAILBOX_FULL))
    assert pair.due(pair.made[0]) == "later"
    pair.hear(BOUNCE)
    assert pair.due(pair.made[0]) == "now"


def test_a_bounce_that_is_for_people_calls_the_fall_back_off(firm: WorldForTests) -> None:
    pair = Pair.of(firm)
    pair.hear(word(0, 1, DeliveryOutcome.SOFT_BOUNCE, code=FailureCode.MAILBOX_FULL))
    pair.hear(word(0, 2, DeliveryOutcome.HARD_BOUNCE, code=FailureCode.OPTED_OUT))
    assert pair.due(pair.made[0]) == "not"


def test_a_delivery_is_kept_with_its_entry(firm: WorldForTests) -> None:
    """Every delivery pays for it, so it is counted."""
    from letterbook.adapters import aws

    pair, asked = Pair.of(firm), list[str]()
    events = aws.dynamodb().client.meta.events

    def see(model: Any, **_: Any) -> None:
        asked.append(model.name)

    firm.settings.latest()
    events.register("before-call.dynamodb.*", see)
    pair.hear(DELIVERY)
    events.unregister("before-call.dynamodb.*", see)
    assert asked == ["GetItem", "TransactWriteItems"]
