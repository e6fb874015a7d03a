"""Receipts as the queue hands them over, some at a time: whatever is in one batch, it ends as if each had come by itself."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count, pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings, strategies as st
from pynamodb.exceptions import CancellationReason, TransactWriteError, VerboseClientError

from letterbook.adapters import aws
from letterbook.domain.communication import Communication
from letterbook.domain.history import first_broken_link
from letterbook.domain.status import Status
from letterbook.domain.todos import id_for
from tests.support import builders
from tests.support.aws import WorldForTests, cloud
from tests.support.failing import Died, fails_once
from tests.support.lambda_client import batch, envelope, invoke
from tests.support.round_trips import RoundTrips
from tests.support.steps import a_party, an_email, deliver_queue, send, ses_event, standing

numbers = count()
CONFLICT = {"Error": {"Code": "TransactionCanceledException", "Message": "cancelled"}}


@dataclass(frozen=True)
class Event:
    """What Amazon SES tells of the first or the second message, at which minute that was."""

    message: int
    name: str
    minute: int = 12


NAMES = ["send", "delivery", "delivery-delay", "open", "complaint", "bounce-permanent", "bounce-mailbox-full", "reject"]
EVENTS = st.builds(Event, st.integers(0, 1), st.sampled_from(NAMES), st.integers(12, 15))
SEND, DELIVERY = Event(0, "send"), Event(0, "delivery")


@dataclass
class Told:
    """Two messages of two parties to one address, and what became of them."""

    world: WorldForTests
    address: str
    made: Sequence[Communication]

    @classmethod
    def of(cls, world: WorldForTests) -> "Told":
        address = f"batch{next(numbers)}@mailbox.example"
        world.clock.time = builders.NOW
        made = [send(world, an_email(a_party(world, name=name, email=address))) for name in ("Priya Raman", "Ann Bell")]
        deliver_queue(world)
        return cls(world, address, made)

    def hear(self, *events: Event) -> Any:
        """What is left on the queue of one batch."""
        return invoke("receipts", batch(*(envelope(self.raw(one)) for one in events)))["batchItemFailures"]

    def raw(self, event: Event) -> str:
        text = ses_event(event.name, self.made[event.message]).replace("disclosures@castlegate.example", self.address)
        return re.sub(r"(2026-11-20T15):12", rf"\1:{event.minute}", text)

    @property
    def end(self) -> object:
        """All that can be told of it, without the ids and addresses, which are others at each try."""
        held = self.world.addresses.suppressed([self.address]).get(self.address)
        return [self._end_of(one) for one in self.made], held and (held.at, held.code)

    def _end_of(self, made: Communication) -> object:
        now, todo = standing(self.world, made), self.world.todos.get(id_for(made.id))
        rows = self.world.communications.history(made.id)
        assert first_broken_link(rows, now.chain) is None
        entry = now.entry
        said = (entry.status, entry.failure, entry.sent_at, entry.delivered_at, entry.failed_at, entry.opened_at)
        return (
            *said,
            entry.signals,
            entry.version,
            now.work.check_at,
            [(one.event, one.status, one.outcome, one.note, one.code, one.event_at) for one in rows],
            len(self.world.communications.raw_events(made.id)),
            todo and (todo.title, todo.status),
            self.world.parties.preferences(made.entry.party.id).opt_outs,
        )


@pytest.fixture(scope="module")
def firm(aws: None) -> Any:
    with pytest.MonkeyPatch.context() as patch, cloud(patch) as world:
        yield world


def cut(events: Sequence[Event], places: Iterable[int]) -> list[Sequence[Event]]:
    bounds = [0, *sorted(places), len(events)]
    return [events[start:end] for start, end in pairwise(bounds)]


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(
    st.lists(EVENTS, min_size=2, max_size=6).flatmap(
        lambda events: st.tuples(st.just(events), st.sets(st.integers(1, len(events) - 1)))
    )
)
@example(([SEND, DELIVERY], set()))
@example(([SEND, SEND, DELIVERY, DELIVERY], {3}))
@example(([DELIVERY, Event(0, "bounce-permanent", 14), Event(1, "delivery", 13), SEND], set()))
@example(([Event(0, "bounce-permanent", 13), DELIVERY, Event(1, "delivery", 14)], set()))
def test_any_batches_end_as_one_by_one(firm: WorldForTests, told: tuple[list[Event], set[int]]) -> None:
    events, places = told
    alone, together = Told.of(firm), Told.of(firm)
    for one in events:
        assert alone.hear(one) == []
    for several in cut(events, places):
        assert together.hear(*several) == []
    assert together.end == alone.end


def test_two_receipts_of_one_message_are_one_transaction(firm: WorldForTests) -> None:
    told = Told.of(firm)
    firm.settings.latest()
    with RoundTrips() as asked:
        told.hear(SEND, DELIVERY, Event(0, "open"))
    assert standing(firm, told.made[0]).entry.status is Status.DELIVERED
    assert [one for one in asked.names if one != "UpdateItem"] == ["GetItem", "TransactWriteItems"]


def test_what_was_recorded_before_does_not_keep_the_rest_from_counting(firm: WorldForTests) -> None:
    told = Told.of(firm)
    told.hear(SEND)
    assert told.hear(SEND, DELIVERY) == []
    events = [row.event for row in firm.communications.history(told.made[0].id)]
    assert events == ["accepted", "claimed", "taken", "Send", "Delivery"]


def test_one_that_matches_nothing_comes_back_alone(firm: WorldForTests) -> None:
    told = Told.of(firm)
    nobody = envelope(told.raw(DELIVERY).replace(told.made[0].id, "com_01JCXW7ZZZZZZZZZZZZZZZZZZZ"))
    left = invoke("receipts", batch(nobody, envelope(told.raw(SEND)), nobody, envelope(told.raw(DELIVERY))))
    assert [one["itemIdentifier"] for one in left["batchItemFailures"]] == ["0", "2"]
    assert standing(firm, told.made[0]).entry.status is Status.DELIVERED


def test_dying_after_the_write_of_both_loses_nothing_of_either(
    firm: WorldForTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The queue hands both over again."""
    told = Told.of(firm)
    fails_once(monkeypatch, firm.addresses, "known", Died())
    complaint = Event(0, "complaint")
    with pytest.raises(Died):
        told.hear(DELIVERY, complaint)
    assert told.hear(DELIVERY, complaint) == []
    alone = Told.of(firm)
    alone.hear(DELIVERY)
    alone.hear(complaint)
    assert told.end == alone.end


def test_what_is_known_of_an_address_already_keeps_no_delivery_from_counting(firm: WorldForTests) -> None:
    """A later arrival, a bounce: the entry is written without, and the address by itself."""
    told = Told.of(firm)
    told.hear(Event(1, "delivery", 15))
    told.hear(Event(0, "delivery", 13))
    told.hear(Event(0, "bounce-permanent", 14))
    assert firm.addresses.suppressed([told.address]) == {}
    told.hear(Event(1, "bounce-permanent", 16))
    assert told.address in firm.addresses.suppressed([told.address])
    told.hear(Event(0, "delivery", 17))
    assert firm.addresses.suppressed([told.address]) == {}


def test_an_arrival_where_others_write_at_the_same_moment_is_kept_after_its_entry(
    firm: WorldForTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = Told.of(firm)
    works = aws.dynamodb().transact_write_items
    asked: list[int] = []

    def meets_another(**writes: Any) -> Any:
        asked.append(len(writes["update_items"]))
        if len(asked) > 1:
            return works(**writes)
        of_address = CancellationReason(code="TransactionConflict", message="ongoing")
        reasons = [*([None] * len(writes["put_items"])), of_address]
        raise TransactWriteError(
            "conflict", VerboseClientError(CONFLICT, "TransactWriteItems", cancellation_reasons=reasons)
        )

    monkeypatch.setattr(aws.dynamodb(), "transact_write_items", meets_another)
    assert told.hear(Event(0, "delivery", 14)) == []
    assert asked == [1, 0]
    assert standing(firm, told.made[0]).entry.status is Status.DELIVERED
    told.hear(Event(1, "bounce-permanent", 13))
    assert firm.addresses.suppressed([told.address]) == {}
