"""The sweep keeps up: what is due is taken in order of need, in parallel, in a time, by several runs."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from letterbook.adapters import aws
from letterbook.adapters.dynamodb.tables.communications import CommunicationItem
from letterbook.domain.channels import Channel
from letterbook.domain.communication import Communication, DeliveryState
from letterbook.domain.ids import Kind, new_id
from letterbook.domain.receipts import DeliveryOutcome, RecipientUpdate
from letterbook.domain.retries import LEASE
from letterbook.domain.status import Status
from letterbook.domain.transitions import created
from letterbook.use_cases.delivery.sweep import ALL, Share, sweep
from tests.support.aws import WorldForTests
from tests.support.builders import JANE, NOW, communication, later, organisation
from tests.support.failing import Died, fails_once, overtaken
from tests.support.lambda_client import invoke
from tests.support.sam_template import functions, resources
from tests.support.steps import a_party, an_email, send, standing, tell


def waiting(world: WorldForTests, number: int, status: Status = Status.QUEUED, **changes: Any) -> list[Communication]:
    """So many that are due by now, as the log has them."""
    work = DeliveryState(check_at=NOW, lease_until=NOW if status is Status.SENDING else None, since=NOW)
    made = [communication(status, work=work, id=new_id(Kind.COMMUNICATION, NOW), **changes) for _ in range(number)]
    for one in made:
        world.communications.commit(created(one, at=NOW, actor=JANE, event="accepted"))
    world.clock.time = later(minutes=1)
    return made


def orders(world: WorldForTests, queue: str = "email") -> Counter[str]:
    return Counter(one["communication_id"] for one in world.queued(queue))


def once(*made: Communication) -> Counter[str]:
    return Counter(one.id for one in made)


# ---- in order of need


def test_first_the_claims_of_the_dead_then_what_is_queued_then_what_was_to_go_by_now(world: WorldForTests) -> None:
    world.settings.save(organisation(version=2))
    [failed] = waiting(world, 1, Status.FAILED)
    [scheduled] = waiting(world, 1, Status.SCHEDULED, scheduled_for=NOW)
    [queued] = waiting(world, 1)
    [sending] = waiting(world, 1, Status.SENDING)
    assert world.communications.due_for_sweep(world.now(), 10) == [sending.id, queued.id, scheduled.id, failed.id]
    assert world.communications.due_for_sweep(world.now(), 2) == [sending.id, queued.id]


def test_within_that_the_longest_waiting_comes_first(world: WorldForTests) -> None:
    made = [communication(work=DeliveryState(check_at=later(seconds=second), since=NOW)) for second in (9, 3, 6)]
    for one in made:
        world.communications.commit(created(one, at=NOW, actor=JANE, event="accepted"))
    assert world.communications.due_for_sweep(later(minutes=1), 10) == [made[1].id, made[2].id, made[0].id]


def test_what_was_written_before_there_were_lanes_is_found(world: WorldForTests) -> None:
    [made] = waiting(world, 1)
    CommunicationItem(made.id).update(actions=[CommunicationItem.lane.set("0")])
    assert sweep(world) == {"requeued": 1}
    assert orders(world) == once(made)


def test_a_dead_workers_entry_is_unconfirmed_within_three_minutes() -> None:
    """The claim, the wait for the next sweep, its start in the cold, and a run that begins with such entries."""
    every, start, run = timedelta(minutes=1), timedelta(seconds=5), timedelta(seconds=10)
    assert resources("AWS::Events::Rule")["EachMinute"]["ScheduleExpression"] == "rate(1 minute)"
    assert LEASE + every + start + run <= timedelta(minutes=3)


# ---- in parallel, in slices


def test_many_are_set_going_once_each(world: WorldForTests) -> None:
    emails, texts = waiting(world, 23), waiting(world, 4, channel=Channel.SMS)
    assert sweep(world) == {"requeued": 27}
    assert (orders(world), orders(world, "sms")) == (once(*emails), once(*texts))
    assert not sweep(world)


def test_each_costs_one_read_and_one_write_and_a_tenth_of_a_message(world: WorldForTests) -> None:
    """What docs/scale.md computes with; a query a run for each lane, for merged parties, for correspondence, for exports."""
    waiting(world, 40)
    asked: Counter[str] = Counter()

    def see(model: Any, **_: Any) -> None:
        asked[model.name] += 1

    for client in (aws.dynamodb().client, aws.sqs()):
        client.meta.events.register("before-call.*.*", see)
    world.settings.current()
    asked.clear()
    sweep(world)
    for client in (aws.dynamodb().client, aws.sqs()):
        client.meta.events.unregister("before-call.*.*", see)
    assert asked == {"Query": 10, "GetItem": 40, "TransactWriteItems": 40, "SendMessageBatch": 4}


def test_what_falls_back_is_ordered_together(world: WorldForTests) -> None:
    made = waiting(world, 12, Status.FAILED)
    assert sweep(world) == {"fallbacks": 12}
    ordered = world.queued("bulk")
    assert sorted(len(one["ids"]) for one in ordered) == [2, 10]
    assert Counter(each for one in ordered for each in one["ids"]) == once(*made)


def test_one_that_cannot_be_helped_keeps_none_of_many_waiting(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, *others = waiting(world, 25)
    good = world.communications.get
    monkeypatch.setattr(world.communications, "get", lambda one: 1 / 0 if one == first.id else good(one))
    assert sweep(world) == {"requeued": 24, "failed": 1}
    assert orders(world) == once(*others)


@pytest.mark.parametrize("number", [3, 15])
def test_dying_between_the_commits_and_the_queue_loses_none(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    made = waiting(world, number)
    fails_once(monkeypatch, world.queues, "send_many", Died())
    with pytest.raises(Died):
        sweep(world)
    found = orders(world)
    for _ in range(3):
        world.clock.pass_(minutes=1)
        sweep(world)
        found += orders(world)
    assert set(found) == {one.id for one in made}


def test_a_queue_that_refuses_a_batch_gets_it_at_the_next_look(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = waiting(world, 15)
    answer = {"Failed": [{"Id": "0", "Code": "InternalError"}]}
    monkeypatch.setattr(aws.sqs(), "send_message_batch", lambda **_: answer)
    assert sweep(world) == {"requeued": 15}
    monkeypatch.undo()
    world.clock.pass_(minutes=2)
    sweep(world)
    assert orders(world) == once(*made)


# ---- in a time


def test_a_run_without_time_begins_nothing_and_says_what_it_left(world: WorldForTests) -> None:
    made = waiting(world, 25)
    assert sweep(world, budget=timedelta(0)) == {"left": 25}
    assert orders(world) == Counter()
    assert sweep(world) == {"requeued": 25}
    assert orders(world) == once(*made)


def test_the_function_leaves_what_it_has_no_time_for(world: WorldForTests, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting(world, 2)
    monkeypatch.setattr("tests.support.lambda_client.Context.get_remaining_time_in_millis", lambda _: 9_000)
    assert invoke("sweep", {}) == {"left": 2}


# ---- several runs


def test_shares_are_all_of_it_and_none_twice(world: WorldForTests) -> None:
    ids = [new_id(Kind.COMMUNICATION, NOW) for _ in range(200)]
    for one in ids:
        assert sum(Share(part, 4).holds(one) for part in range(4)) == 1
        assert ALL.holds(one)


def test_runs_with_a_share_each_see_to_everything(world: WorldForTests) -> None:
    made = waiting(world, 30)
    done = [invoke("sweep", {"part": part, "of": 4}).get("requeued", 0) for part in range(4)]
    assert sum(done) == 30
    assert max(done) < 30
    assert orders(world) == once(*made)


def test_two_runs_at_the_same_moment_set_each_going_once(world: WorldForTests) -> None:
    made = waiting(world, 40)
    with ThreadPoolExecutor(2) as pool:
        runs = [pool.submit(sweep, world) for _ in range(2)]
    assert sum((one.result() for one in runs), Counter()) == {"requeued": 40}
    assert orders(world) == once(*made)


def test_each_run_of_the_schedule_has_its_share() -> None:
    targets, alone = resources("AWS::Events::Rule")["EachMinute"]["Targets"]["Fn::If"][1:]
    assert [one["Input"] for one in targets] == [f'{{"part": {part}, "of": 4}}' for part in range(4)]
    assert ["Input" in one for one in alone] == [False]
    assert functions()["sweep"]["Timeout"] < 60


def test_a_receipt_while_the_sweep_looks_is_not_undone(world: WorldForTests, monkeypatch: pytest.MonkeyPatch) -> None:
    """It acts on what it read only where that still stands."""
    [made] = waiting(world, 1, Status.SENDING)

    overtaken(
        monkeypatch,
        world.communications,
        "commit",
        lambda: tell(world, made, RecipientUpdate(fact=DeliveryOutcome.DELIVERED)),
    )
    assert not sweep(world)
    assert standing(world, made).entry.status is Status.DELIVERED


def test_a_message_of_the_day_goes_through_it(world: WorldForTests) -> None:
    made = send(world, an_email(a_party(world)))
    world.queued("email")
    world.clock.pass_(minutes=1)
    assert sweep(world) == {"requeued": 1}
    assert orders(world) == once(made)
