"""Which of several attempts needs somebody: however what became of them is heard, and whoever dies meanwhile, it ends the same."""

from dataclasses import dataclass, replace
from itertools import count, permutations
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings, strategies as st

from letterbook.domain.communication import Entry
from letterbook.domain.errors import ConcurrentUpdate
from letterbook.domain.receipts import DeliveryOutcome, RecipientUpdate
from letterbook.domain.status import QuickFilter, Status
from letterbook.domain.todos import Todo, TodoStatus, id_for
from letterbook.ports import Index, World
from letterbook.use_cases.delivery.record_receipt import record_receipt
from letterbook.use_cases.messages.resend import resend
from letterbook.use_cases.messages.see_to import see_to, take_back
from tests.support import builders
from tests.support.aws import WorldForTests, cloud
from tests.support.builders import BOUNCED, MAILBOX_FULL
from tests.support.steps import a_party, an_email, deliver_queue, send, standing

DELIVERED = RecipientUpdate(fact=DeliveryOutcome.DELIVERED)
numbers = count()
SOME = settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)


@dataclass
class Chain:
    """Attempts to say one thing to one party, all of them taken by the provider; the first failed before each further one."""

    world: WorldForTests
    ids: list[str]

    @classmethod
    def of(cls, world: WorldForTests, length: int) -> "Chain":
        world.clock.time = builders.NOW
        party = a_party(world, email=f"box{next(numbers)}@mailbox.example")
        made = cls(world, [send(world, an_email(party)).id])
        deliver_queue(world)
        for minute in range(1, length):
            made.hear(minute - 1, MAILBOX_FULL, minute)
            world.clock.pass_(minutes=1)
            made.ids.append(resend(world, builders.viewer(), made.ids[-1], ())[0].id)
            deliver_queue(world)
        world.clock.time = builders.later(minutes=30)
        return made

    def hear(self, attempt: int, news: RecipientUpdate, minute: int) -> None:
        said = builders.receipt(news, at=builders.later(minutes=minute), communication_id=self.ids[attempt])
        record_receipt(self.world, said)

    @property
    def entries(self) -> list[Entry]:
        return [standing(self.world, one).entry for one in self.ids]

    def todo(self, attempt: int) -> Todo | None:
        return self.world.todos.get(id_for(self.ids[attempt]))

    @property
    def end(self) -> list[tuple[Any, ...]]:
        """How each stands, others by their numbers; and whether it stands on somebody's list, twice over."""
        failed = {one.id for one in listed(self.world, QuickFilter.FAILED)}
        found = []
        for number, one in enumerate(self.entries):
            todo = self.todo(number)
            told = [(later.number, later.status, later.at) if later else None for later in (one.settled, one.overtaken)]
            asks = todo is not None and todo.status is TodoStatus.OPEN
            assert asks is one.needs_somebody is (one.id in failed)
            found.append((one.status, *told, one.needs_somebody, todo.done_by if todo else None))
        return found


class ProcessDied(Exception):
    pass


def _dies(*_: Any, **__: Any) -> None:
    raise ProcessDied


def listed(world: World, of: str) -> list[Entry]:
    return list(world.communications.page(Index.ATTENTION, of, above="com_", below="com_~", limit=200).items)


@pytest.fixture(scope="module")
def firm(aws: None) -> Any:
    with pytest.MonkeyPatch.context() as patch, cloud(patch) as world:
        yield world


WORDS = st.tuples(st.integers(0, 2), st.sampled_from([BOUNCED, MAILBOX_FULL, DELIVERED]), st.integers(10, 19))


@SOME
@given(st.lists(WORDS, min_size=2, max_size=4).flatmap(lambda told: st.tuples(st.just(told), st.permutations(told))))
@example(
    ([(2, DELIVERED, 10), (0, BOUNCED, 11), (2, BOUNCED, 12)], [(2, BOUNCED, 12), (0, BOUNCED, 11), (2, DELIVERED, 10)])
)
def test_in_whatever_order_it_is_heard(firm: WorldForTests, told: tuple[list[Any], list[Any]]) -> None:
    in_order, shuffled = Chain.of(firm, 3), Chain.of(firm, 3)
    for chain, words in ((in_order, told[0]), (shuffled, told[1])):
        for attempt, news, minute in words:
            chain.hear(attempt, news, minute)
    # Whether there ever was a TODO that was done depends on what was heard first.
    assert [one[:-1] for one in in_order.end] == [one[:-1] for one in shuffled.end]


def test_one_needs_somebody_at_most(firm: WorldForTests) -> None:
    for told in permutations([(0, BOUNCED, 10), (1, BOUNCED, 11), (2, BOUNCED, 12)]):
        chain = Chain.of(firm, 3)
        for attempt, news, minute in told:
            chain.hear(attempt, news, minute)
        assert [one.needs_somebody for one in chain.entries] == [False, False, True]


def test_a_later_attempt_that_arrived_settles_all_before_it(world: WorldForTests) -> None:
    chain = Chain.of(world, 3)
    assert [(one.needs_somebody, one.overtaken_by) for one in chain.entries] == [
        (False, chain.ids[1]),
        (True, None),
        (False, None),
    ]
    chain.hear(2, DELIVERED, 20)
    assert [one.settled_by for one in chain.entries] == [chain.ids[2], chain.ids[2], None]
    assert [one.status for one in chain.entries] == [Status.FAILED, Status.FAILED, Status.DELIVERED]
    assert listed(world, "failed") == []
    for number in (0, 1):
        todo = chain.todo(number)
        assert todo is not None
        assert (todo.status, todo.done_by) == (TodoStatus.DONE, "attempt 3, delivered 10:20")
    [*_, row] = world.communications.history(chain.ids[0])
    assert (row.event, row.note, row.actor.role) == ("settled", "by attempt 3, delivered 10:20", "system")


def test_a_late_bounce_of_what_settled_it_takes_that_back(world: WorldForTests) -> None:
    chain = Chain.of(world, 2)
    chain.hear(1, DELIVERED, 20)
    chain.hear(1, BOUNCED, 25)
    first, second = chain.entries
    assert (first.settled_by, first.overtaken_by, first.needs_somebody) == (None, second.id, False)
    assert second.needs_somebody
    assert [one.id for one in listed(world, "failed")] == [second.id]


def test_a_second_copy_that_fails_is_seen_to_though_the_first_arrived(world: WorldForTests) -> None:
    world.clock.time = builders.NOW
    first = send(world, an_email(a_party(world)))
    deliver_queue(world)
    chain = Chain(world, [first.id])
    chain.hear(0, DELIVERED, 1)
    chain.ids.append(resend(world, builders.viewer(), first.id, ())[0].id)
    deliver_queue(world)
    chain.hear(1, BOUNCED, 2)
    assert [one.needs_somebody for one in chain.entries] == [False, True]
    chain.hear(0, BOUNCED, 3)
    assert [one.needs_somebody for one in chain.entries] == [False, True]


def test_two_that_change_at_once_see_each_other(world: WorldForTests, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first bounces late while word of the second's delivery comes in: each would write what the other makes wrong."""
    world.clock.time = builders.NOW
    first = send(world, an_email(a_party(world)))
    deliver_queue(world)
    chain = Chain(world, [first.id])
    chain.hear(0, DELIVERED, 1)
    chain.ids.append(resend(world, builders.viewer(), first.id, ())[0].id)
    deliver_queue(world)
    works, faster = world.communications.commit, [True]

    def at_once(*args: Any, **kwargs: Any) -> None:
        if faster:
            faster.clear()
            chain.hear(1, DELIVERED, 3)
        works(*args, **kwargs)

    monkeypatch.setattr(world.communications, "commit", at_once)
    chain.hear(0, BOUNCED, 2)
    assert [one.settled_by for one in chain.entries] == [chain.ids[1], None]
    assert listed(world, "failed") == []


def test_whoever_dies_has_written_both_or_neither(world: WorldForTests, monkeypatch: pytest.MonkeyPatch) -> None:
    chain = Chain.of(world, 2)
    before = chain.end
    with monkeypatch.context() as broken:
        broken.setattr(world.communications, "commit", _dies)
        with pytest.raises(ProcessDied):
            chain.hear(1, DELIVERED, 20)
    assert chain.end == before
    chain.hear(1, DELIVERED, 20)
    assert chain.entries[0].settled_by == chain.ids[1]
    chain.hear(1, DELIVERED, 20)
    assert [row.event for row in world.communications.history(chain.ids[0])].count("settled") == 1


def test_what_somebody_saw_to_needs_nobody_until_it_fails_anew(world: WorldForTests) -> None:
    chain = Chain.of(world, 1)
    chain.hear(0, MAILBOX_FULL, 1)
    see_to(world, builders.viewer(), chain.ids[0], "telephoned her")
    [entry] = chain.entries
    assert entry.seen_to is not None
    assert (entry.seen_to.by.name, entry.seen_to.note) == ("Jane Marsh", "telephoned her")
    todo = chain.todo(0)
    assert todo is not None
    assert (todo.status, todo.done_by) == (TodoStatus.DONE, "Jane Marsh: telephoned her")
    chain.hear(0, MAILBOX_FULL, 1)
    assert not chain.entries[0].needs_somebody
    chain.hear(0, replace(BOUNCED), 40)
    assert chain.entries[0].needs_somebody
    assert chain.end[0][3]


def test_what_was_seen_to_can_be_taken_back(world: WorldForTests) -> None:
    chain = Chain.of(world, 1)
    chain.hear(0, BOUNCED, 1)
    see_to(world, builders.viewer(), chain.ids[0], "telephoned her")
    take_back(world, builders.viewer(), chain.ids[0])
    assert chain.end[0][3]
    take_back(world, builders.viewer(), chain.ids[0])
    assert [row.event for row in world.communications.history(chain.ids[0])][-2:] == ["seen to", "not seen to"]


def test_others_that_keep_writing_are_given_way_to(world: WorldForTests, monkeypatch: pytest.MonkeyPatch) -> None:
    chain = Chain.of(world, 2)
    works, refused = world.communications.commit, [1, 2]

    def busy(*args: Any, **kwargs: Any) -> None:
        if refused:
            refused.pop()
            raise ConcurrentUpdate
        works(*args, **kwargs)

    monkeypatch.setattr(world.communications, "commit", busy)
    chain.hear(1, DELIVERED, 20)
    assert chain.entries[0].settled_by == chain.ids[1]
