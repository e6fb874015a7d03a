"""Following the log: whatever happens to entries, in whatever order they are looked at, together or alone, and however often
whoever does it dies at one of its requests, the index comes to hold what is true.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from letterbook.adapters import aws
from letterbook.adapters.dynamodb.batch_write import put_all
from letterbook.adapters.dynamodb.tables.search import SearchItem
from letterbook.domain.entry_terms import entry_terms
from letterbook.domain.errors import ConcurrentUpdate, NotFound
from letterbook.domain.month import Month
from letterbook.domain.receipts import DeliveryOutcome, RecipientUpdate
from letterbook.domain.search_terms import beginning
from letterbook.ports import StatsKey
from letterbook.use_cases.delivery.dispatch import dispatch
from letterbook.use_cases.indexing.index import index_communication, index_communications, reindex
from letterbook.use_cases.messages.amend import amend
from letterbook.use_cases.messages.delete import delete
from tests.support.aws import Requests, WorldForTests, client, cloud
from tests.support.builders import viewer
from tests.support.failing import Died, overtaken
from tests.support.steps import a_note, a_party, an_email, deliver_queue, send, standing, tell

TEXTS = st.lists(
    st.sampled_from(("alpha", "beta", "gamma-delta", "O'Neill", "CF-44710", "020 7946 0958")), min_size=1, max_size=4
)


@contextmanager
def dying_at(request: int) -> Iterator[None]:
    """Whoever makes so many requests to DynamoDB dies before the last of them."""
    left = [request]

    def die(**_: Any) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise Died

    events = aws.dynamodb().client.meta.events
    events.register("before-call.dynamodb", die, unique_id="dying")
    try:
        with suppress(Died):
            yield
    finally:
        events.unregister("before-call.dynamodb", die, unique_id="dying")


def items(beginning_: str) -> set[tuple[str, str]]:
    """The keys of the index that begin so, without what is a number."""
    found = client("dynamodb").get_paginator("scan").paginate(TableName="search")
    keys = ((one["term"]["S"], one["id"]["S"]) for page in found for one in page["Items"])
    return {one for one in keys if one[0].startswith(beginning_)}


def assert_true(world: WorldForTests, ids: Sequence[str]) -> None:
    """The index holds of these entries, which are all there are, what is true of them now."""
    postings, dictionary = items("w#"), items("d#")
    counted = Counter[StatsKey]()
    zone, country = world.settings.current().zone, world.settings.current().country
    for one in ids:
        now, held = standing(world, one), world.search.indexed(one)
        assert held is not None
        if now.deleted:
            # A posting may be left over: it leads to nothing.
            assert (held.words, held.counted) == (frozenset(), None)
            continue
        entry = now.entry
        text = world.content_store.content(now.content).rendered.text
        assert held.words == frozenset(entry_terms(entry, text, country).words)
        assert {(f"w#{beginning(word)}", f"{word}#{one}") for word in held.words} <= postings
        assert {(f"d#{beginning(word)}", word) for word in held.words} <= dictionary
        day = entry.occurred_at.astimezone(zone).date()
        counted[StatsKey(day=day, channel=entry.channel, group=entry.counts_as)] += 1
    assert {key: number for key, number in world.search.counts(["2026-11"]) if number} == counted


class Following(RuleBasedStateMachine):
    """What happens to entries, and what follows them meanwhile."""

    def __init__(self) -> None:
        super().__init__()
        self.patch = pytest.MonkeyPatch()
        self._cloud = cloud(self.patch)
        self.world: WorldForTests = self._cloud.__enter__()
        self.emails: list[str] = []
        self.notes: list[str] = []

    @initialize()
    def a_firm(self) -> None:
        self.party = a_party(self.world)
        self.compose(["alpha"])
        self.note(["alpha", "beta"])

    def teardown(self) -> None:
        try:
            index_communications(self.world, self.all)
            assert_true(self.world, self.all)
        finally:
            self._cloud.__exit__(None, None, None)
            self.patch.undo()

    @property
    def all(self) -> list[str]:
        return [*self.emails, *self.notes]

    @rule(words=TEXTS)
    def compose(self, words: list[str]) -> None:
        self.world.clock.pass_(seconds=1)
        self.emails.append(send(self.world, an_email(self.party, body=" ".join(words))).id)

    @rule(words=TEXTS)
    def note(self, words: list[str]) -> None:
        self.notes.append(a_note(self.world, " ".join(words), party_id=self.party.id).id)

    @rule(data=st.data(), words=TEXTS)
    def amend(self, data: st.DataObject, words: list[str]) -> None:
        one = data.draw(st.sampled_from(self.notes))
        with suppress(NotFound):
            amend(self.world, viewer(), one, None, lambda asked: replace(asked, body=" ".join(words)))

    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        with suppress(NotFound):
            delete(self.world, viewer(), data.draw(st.sampled_from(self.notes)))

    @rule(data=st.data(), heard=st.sampled_from([None, DeliveryOutcome.DELIVERED, DeliveryOutcome.HARD_BOUNCE]))
    def carry(self, data: st.DataObject, heard: DeliveryOutcome | None) -> None:
        one = data.draw(st.sampled_from(self.emails))
        dispatch(self.world, one)
        if heard:
            tell(self.world, standing(self.world, one), RecipientUpdate(fact=heard))

    @rule(data=st.data(), dies=st.integers(0, 9))
    def follow(self, data: st.DataObject, dies: int) -> None:
        some = data.draw(st.lists(st.sampled_from(self.all), unique=True, min_size=1))
        with dying_at(dies):
            index_communications(self.world, some)

    @rule(dies=st.integers(0, 9))
    def make_anew(self, dies: int) -> None:
        with dying_at(dies):
            reindex(self.world, Month(2026, 11), None)


def test_whatever_happens_the_index_comes_to_hold_what_is_true(aws: None) -> None:
    few = settings(max_examples=10, stateful_step_count=10, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Following, settings=few)


# ---- requests


def test_a_message_is_made_found_by_a_handful_of_requests(world: WorldForTests) -> None:
    """Its text is read besides. A change of its status reads no text, and writes no word."""
    bank = a_party(world, name="Castlegate Finance", email="disclosures@castlegate.example")
    made = send(world, an_email(bank, subject="Section 78 request", body="We write on behalf of our client."))
    with Requests() as asked:
        index_communication(world, made.id)
    assert sorted(asked.names) == ["BatchGetItem", "BatchGetItem", "BatchWriteItem", "TransactWriteItems"]
    world.fakes.email.next.append(lambda: None)
    deliver_queue(world)
    index_communication(world, made.id)
    tell(world, standing(world, made), RecipientUpdate(fact=DeliveryOutcome.DELIVERED))
    with Requests() as asked:
        index_communication(world, made.id)
    assert asked.names == ["BatchGetItem", "Query", "TransactWriteItems"]


def test_a_batch_takes_about_as_many_as_its_words_do(world: WorldForTests) -> None:
    party = a_party(world)
    ids = [send(world, an_email(party, body="alpha beta gamma")).id for _ in range(10)]
    with Requests() as asked:
        index_communications(world, ids)
    assert Counter(asked.names) == {"BatchGetItem": 2, "BatchWriteItem": 5, "TransactWriteItems": 1}
    assert_true(world, ids)


# ---- one in the way of others


def test_one_that_others_index_meanwhile_holds_back_none_for_good(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    party = a_party(world)
    ids = [send(world, an_email(party, body="alpha")).id for _ in range(3)]
    overtaken(monkeypatch, world.search, "put", lambda: index_communication(world, ids[1]))
    with pytest.raises(ConcurrentUpdate):
        index_communications(world, ids)
    index_communications(world, ids)
    assert_true(world, ids)


def test_what_was_read_before_it_was_indexed_is_not_written_over_what_is_newer(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both are read in one request: the entry may be the older one."""
    made = a_note(world, "alpha")
    older = world.search.look_at([made.id])[made.id][1]
    amend(world, viewer(), made.id, None, lambda asked: replace(asked, body="beta"))
    index_communication(world, made.id)
    newer = world.search.indexed(made.id)
    monkeypatch.setattr(world.search, "look_at", lambda ids: {made.id: (newer, older)})
    with pytest.raises(ConcurrentUpdate):
        index_communication(world, made.id, anew=True)
    index_communication(world, made.id)
    assert world.search.indexed(made.id) == newer


def test_what_dynamodb_holds_back_is_sent_again(world: WorldForTests, monkeypatch: pytest.MonkeyPatch) -> None:
    answer, held_back = aws.dynamodb().dispatch, list[int]()

    def hold_back_half(operation: str, request: Any) -> Any:
        written = request["RequestItems"]["search"]
        half = written[len(written) // 2 :] if len(written) > 1 else []
        held_back.append(len(half))
        answer(operation, {"RequestItems": {"search": written[: len(written) - len(half)]}})
        return {"UnprocessedItems": {"search": half} if half else {}}

    monkeypatch.setattr(aws.dynamodb(), "dispatch", hold_back_half)
    put_all(SearchItem, [{"term": {"S": "w#x"}, "id": {"S": f"x#{n}"}} for n in range(7)])
    monkeypatch.undo()
    assert held_back == [4, 2, 1, 0]
    assert len(items("w#x")) == 7


def test_what_dynamodb_never_takes_is_no_success(world: WorldForTests, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("letterbook.retry.time.sleep", lambda _: None)
    monkeypatch.setattr(aws.dynamodb(), "dispatch", lambda _, request: {"UnprocessedItems": request["RequestItems"]})
    with pytest.raises(TimeoutError):
        put_all(SearchItem, [{"term": {"S": "w#x"}, "id": {"S": "x#1"}}])
