"""What if the process dies here? Nothing is lost, and nothing goes out twice."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from letterbook.adapters import aws
from letterbook.adapters.providers.aws_errors import translated
from letterbook.domain.communication import Communication
from letterbook.domain.errors import ConcurrentUpdate
from letterbook.domain.receipts import DeliveryOutcome, RecipientUpdate
from letterbook.domain.status import Status
from letterbook.ports import IdempotencyKey
from letterbook.use_cases.delivery.dispatch import dispatch
from letterbook.use_cases.delivery.record_receipt import process_provider_event
from letterbook.use_cases.delivery.sweep import sweep
from letterbook.use_cases.messages.compose import compose
from tests.support.aws import WorldForTests, rows
from tests.support.builders import viewer
from tests.support.failing import Died, after_a_while, fails_once, overtaken
from tests.support.steps import a_party, an_email, deliver_queue, send, ses_event, standing, tell

# ---- composing


def test_dying_between_content_and_commit_leaves_no_entry(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    party = a_party(world)
    fails_once(monkeypatch, world.communications, "commit", Died())
    with pytest.raises(Died):
        send(world, an_email(party))
    after_a_while(world)
    assert (rows("communications"), world.fakes.email.calls) == (0, 0)


def test_dying_between_commit_and_queue_loses_nothing(world: WorldForTests, monkeypatch: pytest.MonkeyPatch) -> None:
    party = a_party(world)
    fails_once(monkeypatch, world.queues, "send", Died())
    with pytest.raises(Died):
        send(world, an_email(party))
    after_a_while(world, minutes=2)
    assert len(world.fakes.email.taken) == 1


def test_a_caller_who_was_cut_off_asks_again_with_the_same_key(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = an_email(a_party(world))
    key = IdempotencyKey(user="user-1", route="compose", key="k", digest="d")
    fails_once(monkeypatch, world.queues, "send", Died())
    with pytest.raises(Died):
        compose(world, viewer(), message, key)
    _, replayed = compose(world, viewer(), message, key)
    assert replayed
    after_a_while(world)
    assert (rows("communications"), len(world.fakes.email.taken)) == (1, 1)


def test_two_requests_with_one_key_at_the_same_moment_make_one_message(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second one commits while the first is between looking the key up and writing it."""
    message = an_email(a_party(world))
    key = IdempotencyKey(user="user-1", route="compose", key="k", digest="d")
    second: list[Communication] = []

    overtaken(
        monkeypatch,
        world.content_store,
        "put_content",
        lambda: second.append(compose(world, viewer(), message, key)[0]),
    )
    first, replayed = compose(world, viewer(), message, key)
    assert replayed
    assert first == second[0]
    deliver_queue(world)
    assert (rows("communications"), len(world.fakes.email.taken)) == (1, 1)


@pytest.mark.parametrize("error", [RuntimeError("the queue refuses"), ConnectionError()])
def test_the_queue_refusing_after_the_commit_is_not_the_callers_trouble(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    party = a_party(world)
    fails_once(monkeypatch, world.queues, "send", error)
    made = send(world, an_email(party))
    assert made.entry.status is Status.QUEUED
    after_a_while(world, minutes=2)
    assert len(world.fakes.email.taken) == 1


def test_the_scheduler_refusing_after_the_commit_delays_and_loses_nothing(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.support.builders import later

    party = a_party(world)
    fails_once(monkeypatch, world.schedules, "put", RuntimeError("no"))
    made = send(world, an_email(party, send_at=later(minutes=3)))
    after_a_while(world, minutes=2)
    assert world.fakes.email.calls == 0
    after_a_while(world, minutes=4)
    assert standing(world, made).entry.status is Status.SENT


# ---- the commit


def test_a_commit_that_fails_half_way_writes_nothing(world: WorldForTests) -> None:
    """The history row is there already: of the whole transaction, nothing may stand."""
    from letterbook.adapters.dynamodb.tables.history import HistoryItem

    made = send(world, an_email(a_party(world)))
    HistoryItem(made.id, "000002", row="{}").save()
    with pytest.raises(ConcurrentUpdate):
        world.communications.commit(_claim(world, made))
    assert standing(world, made).entry.status is Status.QUEUED


def _claim(world: WorldForTests, made: Communication) -> Any:
    from letterbook.domain.transitions import transitioned

    return transitioned(made, Status.SENDING, at=world.now(), event="claimed")


def test_a_write_from_what_is_no_longer_true_is_refused(world: WorldForTests) -> None:
    made = send(world, an_email(a_party(world)))
    world.communications.commit(_claim(world, made))
    with pytest.raises(ConcurrentUpdate):
        world.communications.commit(_claim(world, made))


# ---- sending

LOST: list[tuple[str, Callable[[WorldForTests, pytest.MonkeyPatch], None]]] = [
    ("reading the content", lambda world, patch: fails_once(patch, world.content_store, "content", Died())),
    ("claiming", lambda world, patch: fails_once(patch, world.communications, "commit", Died())),
]


@pytest.mark.parametrize("fault", [row[1] for row in LOST], ids=[row[0] for row in LOST])
def test_a_worker_that_dies_before_the_call_is_repeated_by_the_queue(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch, fault: Callable[[WorldForTests, pytest.MonkeyPatch], None]
) -> None:
    made = send(world, an_email(a_party(world)))
    world.queued("email")
    fault(world, monkeypatch)
    with pytest.raises(Died):
        dispatch(world, made.id)
    dispatch(world, made.id)
    assert standing(world, made).entry.status is Status.SENT
    assert len(world.fakes.email.taken) == 1


def test_a_worker_that_dies_in_the_call_leaves_it_to_receipts(world: WorldForTests) -> None:
    made = send(world, an_email(a_party(world)))
    world.fakes.email.taken_and_then(Died())
    with pytest.raises(Died):
        deliver_queue(world)
    dispatch(world, made.id)
    after_a_while(world)
    assert standing(world, made).entry.status is Status.UNCONFIRMED
    process_provider_event(world, "ses", ses_event("send", made), waited=False)
    tell(world, made, RecipientUpdate(fact=DeliveryOutcome.DELIVERED))
    assert standing(world, made).entry.status is Status.DELIVERED
    assert len(world.fakes.email.taken) == 1


def test_a_worker_that_dies_before_the_provider_answers_sends_nothing_by_itself(world: WorldForTests) -> None:
    """It never reached the provider; that cannot be known, so it stands under failed for a person."""
    made = send(world, an_email(a_party(world)))
    world.fakes.email.next.append(Died())
    with pytest.raises(Died):
        deliver_queue(world)
    after_a_while(world, minutes=10)
    entry = standing(world, made).entry
    assert (entry.status, entry.quick_filter) == (Status.UNCONFIRMED, "failed")
    assert world.fakes.email.taken == []


def test_a_worker_that_dies_after_the_call_does_not_send_again(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = send(world, an_email(a_party(world)))
    world.fakes.email.next.append(lambda: fails_once(monkeypatch, world.communications, "commit", Died()))
    with pytest.raises(Died):
        deliver_queue(world)
    dispatch(world, made.id)
    after_a_while(world)
    assert standing(world, made).entry.status is Status.UNCONFIRMED
    assert len(world.fakes.email.taken) == 1


def test_a_receipt_settles_what_its_worker_never_wrote(world: WorldForTests, monkeypatch: pytest.MonkeyPatch) -> None:
    made = send(world, an_email(a_party(world)))
    world.fakes.email.next.append(lambda: fails_once(monkeypatch, world.communications, "commit", Died()))
    with pytest.raises(Died):
        deliver_queue(world)
    process_provider_event(world, "ses", ses_event("send", made), waited=False)
    after_a_while(world)
    entry = standing(world, made).entry
    assert (entry.status, entry.provider_reference) == (
        Status.SENT,
        "0102019345ab6789-1a2b3c4d-5e6f-7081-92a3-b4c5d6e7f809-000000",
    )


def test_fifty_messages_delivered_twice_by_the_queue_go_out_fifty_times(world: WorldForTests) -> None:
    party = a_party(world)
    made = [send(world, an_email(party)) for _ in range(50)]
    orders = [order["communication_id"] for order in world.queued("email")]
    for communication_id in [*orders, *reversed(orders)]:
        dispatch(world, communication_id)
    assert sorted(parcel.communication_id for parcel in world.fakes.email.taken) == sorted(one.id for one in made)


def test_two_workers_with_the_same_message_at_the_same_moment(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second one does all of its work between the first one's reading and claiming."""
    made = send(world, an_email(a_party(world)))

    overtaken(monkeypatch, world.content_store, "content", lambda: dispatch(world, made.id))
    dispatch(world, made.id)
    assert len(world.fakes.email.taken) == 1
    assert standing(world, made).entry.status is Status.SENT


def test_a_late_worker_cannot_undo_what_the_sweep_decided(world: WorldForTests) -> None:
    """The provider answers after the lease ran out: its word still counts, and nothing is sent again."""
    made = send(world, an_email(a_party(world)))

    def slowly() -> None:
        world.clock.pass_(minutes=3)
        sweep(world)

    world.fakes.email.next.append(slowly)
    deliver_queue(world)
    assert standing(world, made).entry.status is Status.SENT
    assert [row.event for row in world.communications.history(made.id)] == [
        "accepted",
        "claimed",
        "lease expired",
        "taken",
    ]


def test_a_provider_that_takes_it_and_times_out(world: WorldForTests) -> None:
    made = send(world, an_email(a_party(world)))

    def too_slow() -> None:
        with translated({}):
            raise ReadTimeoutError(endpoint_url="https://email.eu-west-2.amazonaws.com")

    world.fakes.email.next.append(too_slow)
    deliver_queue(world)
    after_a_while(world, minutes=10)
    assert standing(world, made).entry.status is Status.UNCONFIRMED
    process_provider_event(world, "ses", ses_event("send", made), waited=False)
    assert standing(world, made).entry.status is Status.SENT
    assert len(world.fakes.email.taken) == 1


def test_delivered_is_never_overwritten_by_our_own_late_word(world: WorldForTests) -> None:
    made = send(world, an_email(a_party(world)))
    world.fakes.email.next.append(lambda: tell(world, made, RecipientUpdate(fact=DeliveryOutcome.DELIVERED)))
    deliver_queue(world)
    assert standing(world, made).entry.status is Status.DELIVERED


@pytest.mark.covers("A15")
def test_content_that_was_tampered_with_is_not_sent(world: WorldForTests, monkeypatch: pytest.MonkeyPatch) -> None:
    made = send(world, an_email(a_party(world)))
    get = aws.s3().get_object

    def forged(**asked: Any) -> Any:
        answer = get(**asked)
        answer["Body"].read()
        return {**answer, "Body": _Bytes(b'{"rendered": {"subject": "", "text": "forged"}}')}

    monkeypatch.setattr(aws.s3(), "get_object", forged)
    dispatch(world, made.id)
    after_a_while(world)
    entry = standing(world, made).entry
    assert (entry.status, world.fakes.email.calls) == (Status.FAILED, 0)


class _Bytes:
    def __init__(self, content: bytes) -> None:
        self._content = content

    def read(self) -> bytes:
        return self._content
