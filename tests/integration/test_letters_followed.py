"""What becomes of a letter after it was handed over: what its provider says, asks for, stops, keeps for us and proves."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest
from botocore.exceptions import ClientError

from letterbook.adapters import aws
from letterbook.adapters.providers.account import Account
from letterbook.domain.communication import Communication
from letterbook.domain.errors import Conflict, Permanent, Transient
from letterbook.domain.failures import FailureCode
from letterbook.domain.post import PostalAddress, Price
from letterbook.domain.receipts import DeliveryOutcome, Receipt, RecipientUpdate, Signal
from letterbook.domain.retries import AskPlan
from letterbook.domain.status import Status
from letterbook.domain.todos import TodoStatus, id_for
from letterbook.ports import LookUp, Pulled
from letterbook.use_cases.delivery.dispatch import dispatch
from letterbook.use_cases.delivery.look_up import look_up
from letterbook.use_cases.delivery.pull_events import pull_events
from letterbook.use_cases.delivery.record_receipt import record_receipt
from letterbook.use_cases.delivery.sweep import sweep
from letterbook.use_cases.messages.cancel import cancel
from tests.support.aws import WorldForTests
from tests.support.builders import NOW, viewer
from tests.support.failing import Died, fails_once
from tests.support.letters_by_post import LINES, a_queued_letter, hours, time_passes
from tests.support.steps import standing

MOVED_TO = PostalAddress(
    name="Priya Raman", street="Low Street", number="2", postal_code="LS1 1UR", town="Leeds", country="GB"
)


def told(letter: Communication, event: str, fact: DeliveryOutcome | None = None, **changes: Any) -> Receipt:
    news = RecipientUpdate(fact=fact, code=changes.pop("code", None), signal=changes.pop("signal", None))
    return Receipt(
        provider="printer", event=event, **{"at": NOW, "communication_id": letter.id, "news": (news,), **changes}
    )


def a_letter_sent(world: WorldForTests, **carrier: Any) -> Communication:
    world.fakes.with_printer(**carrier)
    letter = a_queued_letter(world)
    dispatch(world, letter.id)
    return standing(world, letter)


def test_most_letters_are_done_once_they_are_sent(world: WorldForTests) -> None:
    entry = a_letter_sent(world).entry
    assert (entry.status, entry.receipts, entry.delivery_basis) == (Status.SENT, False, "handed_over")


# ---- in words


def test_what_a_provider_waits_for_is_to_do_until_it_says_something_else(world: WorldForTests) -> None:
    letter = a_letter_sent(world)
    words = "The address could not be read. Correct it at the printer."
    record_receipt(world, told(letter, "action_required", note=words, signal=Signal.ACTION_REQUIRED))
    todo = world.todos.get(id_for(letter.id))
    assert todo
    assert (todo.status, todo.title.startswith(words)) == (TodoStatus.OPEN, True)
    assert Signal.ACTION_REQUIRED in standing(world, letter).entry.hints
    record_receipt(world, told(letter, "printing", note="It is being printed.", at=NOW + timedelta(minutes=5)))
    todo = world.todos.get(id_for(letter.id))
    assert todo
    assert todo.status is TodoStatus.DONE
    assert Signal.ACTION_REQUIRED not in standing(world, letter).entry.hints
    assert [row.note for row in world.communications.history(letter.id)][-2:] == [words, "It is being printed."]


@pytest.mark.parametrize("order", [*permutations(range(3))])
def test_word_and_price_are_the_latest_in_whatever_order_they_come(world: WorldForTests, order: Sequence[int]) -> None:
    letter = a_letter_sent(world)
    every = [
        told(letter, "checked", note="Checked.", price=Price(amount=Decimal("1.20"), currency="CHF")),
        told(letter, "waits", note="Top up.", signal=Signal.ACTION_REQUIRED, at=NOW + timedelta(hours=1)),
        told(
            letter,
            "printed",
            note="Printed.",
            price=Price(amount=Decimal("1.10"), currency="CHF"),
            at=NOW + timedelta(hours=2),
        ),
    ]
    for place in order:
        record_receipt(world, every[place])
    entry = standing(world, letter).entry
    assert entry.word
    assert (entry.word.words, entry.price) == ("Printed.", Price(amount=Decimal("1.10"), currency="CHF"))


# ---- coming back


def test_where_a_letter_came_back_no_other_goes(world: WorldForTests) -> None:
    letter = a_letter_sent(world)
    back = told(letter, "returned", DeliveryOutcome.HARD_BOUNCE, code=FailureCode.RETURNED, corrected_address=MOVED_TO)
    record_receipt(world, back)
    assert standing(world, letter).entry.status is Status.FAILED
    [known] = world.addresses.suppressed(["priya raman\n1 High Street\nLeeds  LS1 1UR."]).values()
    assert (known.address, known.corrected) == (LINES, MOVED_TO)
    another = a_queued_letter(world)
    dispatch(world, another.id)
    entry = standing(world, another).entry
    assert entry.failure
    assert (entry.status, entry.failure.code) == (Status.FAILED, FailureCode.INVALID_ADDRESS)


@pytest.mark.parametrize("code", [FailureCode.CANCELLED, FailureCode.CONTENT, FailureCode.EXPIRED])
def test_what_failed_otherwise_says_nothing_of_the_address(world: WorldForTests, code: FailureCode) -> None:
    record_receipt(world, told(a_letter_sent(world), "failed", DeliveryOutcome.HARD_BOUNCE, code=code))
    assert world.addresses.suppressed([LINES]) == {}


def test_whoever_dies_over_what_a_look_up_found_still_learns_of_the_address(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ask(_: Account, question: LookUp) -> Sequence[Receipt]:
        news = RecipientUpdate(fact=DeliveryOutcome.HARD_BOUNCE, code=FailureCode.RETURNED)
        return [Receipt(provider="printer", event="returned", at=NOW, news=(news,))]

    letter = a_letter_sent(world, ask=ask)
    fails_once(monkeypatch, world.addresses, "suppress", Died())
    with pytest.raises(Died):
        look_up(world, letter.id)
    look_up(world, letter.id)
    assert standing(world, letter).entry.status is Status.FAILED
    assert [*world.addresses.suppressed([LINES])] == [LINES]


# ---- asking for months


def test_what_is_followed_is_told_once_and_asked_without_a_word(world: WorldForTests) -> None:
    states: list[tuple[str, datetime]] = [("deposited", NOW)]

    def ask(_: Account, question: LookUp) -> Sequence[Receipt]:
        event, at = states[-1]
        return [Receipt(provider="printer", event=event, at=at, communication_id=question.communication_id, note=event)]

    letter = a_letter_sent(world, ask=ask, asked=AskPlan.FOLLOWING)
    time_passes(world, 90, every=10)
    states.append(("suspended", world.now()))
    hours(world, 48)
    states.append(("completed", world.now()))
    hours(world, 48)
    events = [row.event for row in world.communications.history(letter.id)]
    assert events == ["accepted", "claimed", "taken", "deposited", "suspended", "completed"]
    assert standing(world, letter).work.looks > 15


def test_a_price_that_is_named_later_is_kept(world: WorldForTests) -> None:
    prices: list[Price | None] = [None]

    def ask(_: Account, question: LookUp) -> Sequence[Receipt]:
        at = world.now()
        return [Receipt(provider="printer", event="printing", at=at, note="It is being printed.", price=prices[-1])]

    letter = a_letter_sent(world, ask=ask, asked=AskPlan.DAILY)
    hours(world, 30)
    prices.append(Price(amount=Decimal("1.20"), currency="CHF"))
    hours(world, 72)
    assert standing(world, letter).entry.price == prices[-1]
    assert [row.event for row in world.communications.history(letter.id)].count("printing") == 2


# ---- stopping


class Printer:
    """Can be told to stop a letter: `refuses` is raised."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.refuses: list[Exception] = []
        self.stopped = False

    def cancel(self, _: Account, reference: str) -> None:
        self.told.append(reference)
        if self.refuses:
            raise self.refuses.pop(0)
        self.stopped = True

    def ask(self, _: Account, question: LookUp) -> Sequence[Receipt]:
        if not self.stopped:
            return ()
        news = RecipientUpdate(fact=DeliveryOutcome.HARD_BOUNCE, code=FailureCode.CANCELLED)
        return [
            Receipt(
                provider="printer", event="cancelled", at=NOW, communication_id=question.communication_id, news=(news,)
            )
        ]


def test_a_letter_is_stopped_at_its_provider(world: WorldForTests) -> None:
    printer = Printer()
    letter = a_letter_sent(world, cancel=printer.cancel, ask=printer.ask)
    assert cancel(world, viewer(), letter.id).entry.status is Status.SENT
    with pytest.raises(Conflict):
        cancel(world, viewer(), letter.id)
    printer.refuses.append(Transient("503"))
    time_passes(world, 10)
    entry = standing(world, letter).entry
    assert entry.failure
    assert (entry.status, entry.failure.code) == (Status.FAILED, FailureCode.CANCELLED)
    assert printer.told == ["printer-1"] * 2


def test_who_stops_one_letter_needs_no_right_to_order_many(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    printer = Printer()
    letter = a_letter_sent(world, cancel=printer.cancel)

    def denied(**_: Any) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied"}}, "SendMessageBatch")

    monkeypatch.setattr(aws.sqs(), "send_message_batch", denied)
    cancel(world, viewer(), letter.id)
    assert world.queued("lookup") == [{"communication_id": letter.id}]


def test_a_letter_that_is_printed_already_goes_on(world: WorldForTests) -> None:
    printer = Printer()
    letter = a_letter_sent(world, cancel=printer.cancel)
    cancel(world, viewer(), letter.id)
    printer.refuses.append(Permanent("already_printed"))
    time_passes(world, 5)
    assert standing(world, letter).entry.status is Status.SENT
    last = world.communications.history(letter.id)[-1]
    assert (last.event, "already_printed" in last.note) == ("cancelling", True)
    assert not standing(world, letter).work.stopping


def test_whoever_dies_over_the_order_leaves_it_to_the_sweep(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    printer = Printer()
    letter = a_letter_sent(world, cancel=printer.cancel)
    fails_once(monkeypatch, world.queues, "enqueue_look_ups", Died())
    with pytest.raises(Died):
        cancel(world, viewer(), letter.id)
    time_passes(world, 4)
    assert printer.told == ["printer-1"]


def test_an_order_that_nobody_carried_out_in_a_day_is_still_one(world: WorldForTests) -> None:
    """No look-up came through: not even the last one."""
    printer = Printer()
    letter = a_letter_sent(world, cancel=printer.cancel, ask=printer.ask)
    cancel(world, viewer(), letter.id)
    for _ in range(20):
        world.clock.pass_(hours=2)
        sweep(world)
        world.queued("lookup")
    hours(world, 7)
    assert printer.stopped
    assert standing(world, letter).entry.status is Status.FAILED


def test_who_is_never_to_be_reached_is_told_to_stop_no_more(world: WorldForTests) -> None:
    printer = Printer()
    letter = a_letter_sent(world, cancel=printer.cancel, ask=printer.ask)
    printer.refuses = [Transient("503")] * 99
    cancel(world, viewer(), letter.id)
    hours(world, 48)
    told_so_often = len(printer.told)
    hours(world, 48)
    assert len(printer.told) == told_so_often < 10
    assert not standing(world, letter).work.stopping


def test_who_cannot_be_told_to_stop_is_not(world: WorldForTests) -> None:
    letter = a_letter_sent(world)
    with pytest.raises(Conflict):
        cancel(world, viewer(), letter.id)


# ---- what is kept for us


class Box:
    """Holds events until each is acknowledged."""

    def __init__(self, *raw: str) -> None:
        self.held = {str(n): one for n, one in enumerate(raw)}

    def pull(self, _: Account) -> Sequence[Pulled]:
        return [Pulled(name=name, raw=raw) for name, raw in list(self.held.items())[:1]]

    def acknowledge(self, _: Account, name: str) -> None:
        self.held.pop(name, None)


def test_each_minute_what_is_kept_for_us_is_fetched_and_then_acknowledged(world: WorldForTests) -> None:
    box = Box("{}", "no event at all")
    world.fakes.with_printer(pull=box.pull, acknowledge=box.acknowledge)
    sweep(world)
    [order] = world.queued("lookup")
    assert order == {"provider": "printer"}
    assert pull_events(world, "printer") == 2
    assert box.held == {}
    assert [one["raw"] for one in world.queued("receipts")] == ["{}", "no event at all"]


def test_what_is_not_safe_yet_is_not_acknowledged(world: WorldForTests, monkeypatch: pytest.MonkeyPatch) -> None:
    box = Box("{}")
    world.fakes.with_printer(pull=box.pull, acknowledge=box.acknowledge)
    fails_once(monkeypatch, world.queues, "enqueue_provider_events", OSError("the queue is away"))
    with pytest.raises(OSError, match="the queue is away"):
        pull_events(world, "printer")
    assert len(box.held) == 1
    assert pull_events(world, "printer") == 1


# ---- evidence


def test_what_proves_the_delivery_is_kept_once(world: WorldForTests, monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[tuple[str, str, bytes]] = []
    asked: list[str] = []

    def prove(_: Account, reference: str) -> Sequence[tuple[str, str, bytes]]:
        asked.append(reference)
        if len(asked) == 2:
            fails_once(monkeypatch, world.communications, "commit", RuntimeError("it broke"))
        return found

    letter = a_letter_sent(world, evidence=prove)
    record_receipt(world, told(letter, "delivered", DeliveryOutcome.DELIVERED))
    time_passes(world, 2)
    assert standing(world, letter).evidence == ()
    found.append(("Receipt.xml", "application/xml", b"<receipt/>"))
    with pytest.raises(RuntimeError):
        time_passes(world, 15)
    hours(world, 3)
    assert asked == ["printer-1"] * 3
    [kept] = standing(world, letter).evidence
    assert (kept.name, world.content_store.attachment(kept)) == ("Receipt.xml", b"<receipt/>")
    document = world.documents.get(kept.id)
    assert document
    assert document.communication_id == letter.id
    assert standing(world, letter).work.check_at is None
