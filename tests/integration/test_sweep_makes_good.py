"""What nobody saw to is seen to by the sweep: what was never enqueued, a claim whose worker died, a schedule that never fired."""

from datetime import timedelta

import pytest

from letterbook.domain.errors import Throttled
from letterbook.domain.receipts import Signal
from letterbook.domain.retries import LEASE
from letterbook.domain.status import Status
from letterbook.use_cases.delivery.record_receipt import process_provider_event
from letterbook.use_cases.delivery.sweep import sweep
from tests.support.aws import WorldForTests
from tests.support.builders import later
from tests.support.failing import Died
from tests.support.steps import a_party, an_email, deliver_queue, send, ses_event, standing


def test_what_was_never_enqueued_is_enqueued(world: WorldForTests) -> None:
    made = send(world, an_email(a_party(world)))
    world.queued("email")
    assert not sweep(world)
    world.clock.pass_(seconds=46)
    assert sweep(world) == {"requeued": 1}
    assert [one["communication_id"] for one in world.queued("email")] == [made.id]
    assert not sweep(world)


def test_a_busy_queue_is_not_filled_up(world: WorldForTests) -> None:
    send(world, an_email(a_party(world)))
    for _ in range(60):
        world.clock.pass_(minutes=1)
        sweep(world)
    assert len(world.queued("email")) < 12


def test_a_claim_whose_lease_ran_out_becomes_unconfirmed(world: WorldForTests) -> None:
    world.fakes.email.taken_and_then(Died())
    made = send(world, an_email(a_party(world)))
    with pytest.raises(Died):
        deliver_queue(world)
    assert standing(world, made).entry.status is Status.SENDING
    world.clock.time += LEASE - timedelta(seconds=1)
    assert not sweep(world)
    world.clock.pass_(seconds=2)
    assert sweep(world) == {"unconfirmed": 1}
    entry = standing(world, made).entry
    assert entry.status is Status.UNCONFIRMED
    assert "not known" in world.communications.history(made.id)[-1].note


def test_a_receipt_settles_what_was_unconfirmed(world: WorldForTests) -> None:
    world.fakes.email.taken_and_then(Died())
    made = send(world, an_email(a_party(world)))
    with pytest.raises(Died):
        deliver_queue(world)
    world.clock.pass_(minutes=3)
    sweep(world)
    process_provider_event(world, "ses", ses_event("send", made), waited=False)
    assert standing(world, made).entry.status is Status.SENT
    assert world.fakes.email.calls == 1


@pytest.mark.covers("F8")
def test_what_is_queued_for_over_half_an_hour_is_surfaced_once(world: WorldForTests) -> None:
    made = send(world, an_email(a_party(world)))
    stuck = 0
    for _ in range(45):
        world.clock.pass_(minutes=1)
        stuck += sweep(world)["stuck"]
        minutes = (world.now() - made.entry.created_at) / timedelta(minutes=1)
        assert (Signal.STUCK in standing(world, made).entry.hints) == (minutes >= 30)
    assert stuck == 1


def test_a_schedule_that_never_fired_is_released_by_the_sweep(world: WorldForTests) -> None:
    made = send(world, an_email(a_party(world), send_at=later(hours=1)))
    world.clock.pass_(hours=1, seconds=46)
    assert sweep(world) == {"released": 1}
    assert [one["communication_id"] for one in world.queued("email")] == [made.id]


def test_one_that_cannot_be_helped_keeps_no_other_waiting(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = send(world, an_email(a_party(world))), send(world, an_email(a_party(world)))
    world.queued("email")
    world.clock.pass_(seconds=46)
    good = world.communications.get
    monkeypatch.setattr(world.communications, "get", lambda one: 1 / 0 if one == first.id else good(one))
    assert sweep(world) == {"requeued": 1, "failed": 1}
    assert [one["communication_id"] for one in world.queued("email")] == [second.id]


@pytest.mark.parametrize("minutes", [45, 8 * 60])
def test_a_message_that_stood_still_for_long_goes_in_the_end(world: WorldForTests, minutes: int) -> None:
    """Whether the provider throttles for an hour or no worker runs for a day: every look finds it again."""
    made = send(world, an_email(a_party(world)))
    world.queued("email")
    for minute in range(minutes):
        world.clock.pass_(minutes=1)
        sweep(world)
        if minutes < 60:
            world.fakes.email.next = [Throttled("slow down")]
            deliver_queue(world)
        elif minute % 30:
            world.queued("email")
    world.fakes.email.next = []
    for _ in range(15):
        world.clock.pass_(minutes=1)
        assert not sweep(world)["failed"]
        deliver_queue(world)
    assert standing(world, made).entry.status is Status.SENT


def test_one_that_cannot_be_helped_does_not_head_the_list_for_ever(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = send(world, an_email(a_party(world)))
    world.clock.pass_(minutes=1)

    def defect(_: int) -> None:
        raise ArithmeticError

    monkeypatch.setattr("letterbook.use_cases.delivery.sweep.sweep_delay", defect)
    assert sweep(world) == {"failed": 1}
    assert world.communications.due_for_sweep(world.now() + timedelta(minutes=59), 10) == []
    assert world.communications.due_for_sweep(world.now() + timedelta(minutes=60), 10) == [made.id]


def test_a_claim_whose_worker_may_still_live_is_let_be(world: WorldForTests, monkeypatch: pytest.MonkeyPatch) -> None:
    """The index that the sweep reads may be behind: what it says is looked up where it is true."""
    made = send(world, an_email(a_party(world)))
    world.fakes.email.next.append(lambda: told.append(swept()))
    told: list[object] = []

    def swept() -> object:
        monkeypatch.setattr(world.communications, "due_for_sweep", lambda *_: [made.id])
        return sweep(world)

    deliver_queue(world)
    assert told == [{}]
    assert standing(world, made).entry.status is Status.SENT
