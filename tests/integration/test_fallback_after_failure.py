"""What failed is said by another channel, once, where the settings say so and nobody has it already."""

from dataclasses import replace
from typing import Any

import pytest

from letterbook.domain.channels import Channel
from letterbook.domain.communication import Communication
from letterbook.domain.errors import Ambiguous, CorruptContent, Permanent
from letterbook.domain.failures import FailureCode
from letterbook.domain.message import MessageRequest
from letterbook.domain.organisation import Fallback
from letterbook.domain.party import Hold, HoldKind, OptOut
from letterbook.domain.receipts import DeliveryOutcome, RecipientUpdate
from letterbook.domain.status import Status
from letterbook.domain.templates import TemplateUse
from letterbook.use_cases.delivery.dispatch import dispatch
from letterbook.use_cases.delivery.sweep import sweep
from letterbook.use_cases.messages.fallback import fall_back
from letterbook.use_cases.messages.ignore import ignore
from letterbook.use_cases.messages.resend import resend
from tests.support.aws import WorldForTests, rows
from tests.support.builders import NOW, organisation, viewer
from tests.support.fallback import by_template, firm, wants
from tests.support.steps import (
    a_contact,
    a_party,
    a_template,
    carry_out_orders,
    deliver_queue,
    make_documents,
    send,
    standing,
    tell,
)

GONE = RecipientUpdate(fact=DeliveryOutcome.HARD_BOUNCE, code=FailureCode.INVALID_ADDRESS)


AFTER_FAILURE = Fallback(after_failure=True)
HOME = "Priya Raman\n1 High Street\nSurbiton\nKT6 4QH"


def all_of(world: WorldForTests, made: Communication) -> list[Communication]:
    attempts = world.attempts.get(made.entry.first_attempt or made.id)
    return [standing(world, one) for one in (attempts.ids if attempts else [made.id])]


# ---- after a failure


@pytest.mark.parametrize(("after_failure", "channels"), [(False, 1), (True, 2)])
def test_a_failure_falls_back_only_where_the_settings_say_so(
    world: WorldForTests, after_failure: bool, channels: int
) -> None:
    firm(world, fallback=Fallback(after_failure=after_failure))
    made = send(world, by_template(world, a_party(world)))
    deliver_queue(world)
    tell(world, made, GONE)
    sweep(world)
    carry_out_orders(world)
    assert [one.entry.channel for one in all_of(world, made)] == [Channel.EMAIL, Channel.SMS][:channels]


def test_from_failure_to_failure_until_somebody_does_it_by_hand(world: WorldForTests) -> None:
    firm(world, fallback=AFTER_FAILURE)
    world.fakes.email.next.append(Permanent("MessageRejected", FailureCode.CONTENT))
    world.fakes.sms.next.append(Permanent("InvalidParameter", FailureCode.INVALID_ADDRESS))
    made = send(world, by_template(world, a_party(world)))
    for channel in ("email", "sms"):
        deliver_queue(world, channel)
        sweep(world)
        carry_out_orders(world)
    make_documents(world)
    assert [(one.entry.channel, one.entry.status) for one in all_of(world, made)] == [
        (Channel.EMAIL, Status.REJECTED),
        (Channel.SMS, Status.REJECTED),
        (Channel.MANUAL, Status.MANUAL_PENDING),
    ]
    assert all(one.work.check_at is None for one in all_of(world, made))


def test_what_may_have_arrived_is_never_said_elsewhere(world: WorldForTests) -> None:
    firm(world, fallback=AFTER_FAILURE)
    world.fakes.email.next.append(Ambiguous("ReadTimeoutError"))
    made = send(world, by_template(world, a_party(world)))
    deliver_queue(world)
    world.clock.pass_(days=1)
    sweep(world)
    carry_out_orders(world)
    assert len(all_of(world, made)) == 1


def test_what_arrived_after_all_is_not_said_again(world: WorldForTests) -> None:
    firm(world, fallback=AFTER_FAILURE)
    made = send(world, by_template(world, a_party(world)))
    deliver_queue(world)
    tell(world, made, RecipientUpdate(fact=DeliveryOutcome.SOFT_BOUNCE, code=FailureCode.MAILBOX_FULL))
    sweep(world)
    carry_out_orders(world)
    assert len(all_of(world, made)) == 1, "a server that turns it away for now may take it within minutes"
    tell(world, made, RecipientUpdate(fact=DeliveryOutcome.DELIVERED))
    world.clock.pass_(hours=1)
    sweep(world)
    carry_out_orders(world)
    assert len(all_of(world, made)) == 1


def test_what_has_arrived_between_the_look_and_the_write_is_not_said_again(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    firm(world, fallback=AFTER_FAILURE)
    made = send(world, by_template(world, a_party(world)))
    deliver_queue(world)
    tell(world, made, RecipientUpdate(fact=DeliveryOutcome.SOFT_BOUNCE, code=FailureCode.MAILBOX_FULL))
    works = world.content_store.put_content

    def and_it_arrives(*given: Any) -> Any:
        monkeypatch.setattr(world.content_store, "put_content", works)
        tell(world, made, RecipientUpdate(fact=DeliveryOutcome.DELIVERED))
        return works(*given)

    monkeypatch.setattr(world.content_store, "put_content", and_it_arrives)
    assert fall_back(world, made.id) is None
    assert (len(all_of(world, made)), standing(world, made).entry.status) == (1, Status.DELIVERED)


def test_what_was_written_to_somebody_elses_address_is_not_told_to_the_party(world: WorldForTests) -> None:
    firm(world, fallback=AFTER_FAILURE)
    made = send(world, by_template(world, a_party(world), to=("solicitor@elsewhere.example",)))
    deliver_queue(world)
    tell(world, made, GONE)
    sweep(world)
    carry_out_orders(world)
    assert len(all_of(world, made)) == 1


@pytest.mark.parametrize(("address", "attempts"), [("Smith LLP\n5 Law Row\nLeeds\nLS1 1UR", 1), (HOME, 2), (None, 2)])
def test_what_a_letter_told_somebody_elsewhere_is_not_told_to_the_party(
    world: WorldForTests, address: str | None, attempts: int
) -> None:
    firm(world, fallback=replace(AFTER_FAILURE, order={"default": ("email",)}))
    world.fakes.secrets.add("pingen")
    world.fakes.made["pingen"].next.append(Permanent("product_refused", FailureCode.NO_ROUTE))
    a_template(world, key="visit", channels=("email", "post"), subject="Your visit", body="It is due.", variables=())
    use = TemplateUse(key="visit", variables={})
    party = a_party(world, address=HOME)
    made = send(world, MessageRequest(channel=Channel.POST, party_id=party.id, template=use, address=address))
    make_documents(world)
    deliver_queue(world, "post")
    sweep(world)
    carry_out_orders(world)
    assert standing(world, made).entry.status is Status.REJECTED
    assert len(all_of(world, made)) == attempts


def test_who_has_it_already_is_not_told_again_because_another_has_not(world: WorldForTests) -> None:
    firm(world, fallback=AFTER_FAILURE)
    party = a_party(world)
    contact = a_contact(world, party, email="spouse@mailbox.example")
    to = ("priya@mailbox.example", "spouse@mailbox.example")
    made = send(world, by_template(world, party, contact_id=contact.id, to=to))
    deliver_queue(world)
    tell(world, made, RecipientUpdate(recipient=to[0], fact=DeliveryOutcome.DELIVERED))
    tell(world, made, replace(GONE, recipient=to[1]))
    sweep(world)
    carry_out_orders(world)
    assert len(all_of(world, made)) == 1


@pytest.mark.parametrize("meanwhile", ["ignored", "switched off"])
def test_what_nobody_wants_any_more_does_not_fall_back(world: WorldForTests, meanwhile: str) -> None:
    firm(world, fallback=AFTER_FAILURE)
    made = send(world, by_template(world, a_party(world)))
    deliver_queue(world)
    tell(world, made, GONE)
    if meanwhile == "ignored":
        ignore(world, viewer(), made.id, ignored=True)
    else:
        world.settings.save(organisation(version=3))
    sweep(world)
    carry_out_orders(world)
    assert (len(all_of(world, made)), standing(world, made).work.check_at) == (1, None)


def test_content_that_was_tampered_with_is_not_said_elsewhere_and_not_for_ever(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    firm(world, fallback=AFTER_FAILURE)
    made = send(world, by_template(world, a_party(world)))

    def corrupt(*_: Any) -> Any:
        raise CorruptContent("content")

    monkeypatch.setattr(world.content_store, "content", corrupt)
    deliver_queue(world)
    sweep(world)
    carry_out_orders(world)
    assert (standing(world, made).entry.status, standing(world, made).work.check_at) == (Status.FAILED, None)


def test_a_refusal_that_turns_out_to_be_a_bounce_still_falls_back(world: WorldForTests) -> None:
    firm(world, fallback=AFTER_FAILURE)
    world.fakes.email.next.append(Permanent("MessageRejected", FailureCode.CONTENT))
    made = send(world, by_template(world, a_party(world)))
    deliver_queue(world)
    tell(world, made, GONE)
    sweep(world)
    carry_out_orders(world)
    assert [one.entry.status for one in all_of(world, made)] == [Status.FAILED, Status.QUEUED]


def test_what_somebody_sent_again_meanwhile_does_not_fall_back_too(world: WorldForTests) -> None:
    firm(world, fallback=AFTER_FAILURE)
    made = send(world, by_template(world, a_party(world)))
    deliver_queue(world)
    tell(world, made, RecipientUpdate(fact=DeliveryOutcome.SOFT_BOUNCE, code=FailureCode.MAILBOX_FULL))
    resend(world, viewer(), made.id, ())
    world.clock.pass_(hours=1)
    sweep(world)
    carry_out_orders(world)
    assert [one.entry.channel for one in all_of(world, made)] == [Channel.EMAIL, Channel.EMAIL]
    assert standing(world, made).work.check_at is None


@pytest.mark.parametrize(
    "wishes",
    [
        {"hold": Hold(kind=HoldKind.DISPUTE)},
        {"opt_outs": tuple(OptOut(channel=one, at=NOW) for one in ("sms", "manual"))},
    ],
    ids=["a hold", "opt-outs"],
)
def test_what_they_told_us_meanwhile_binds(world: WorldForTests, wishes: dict[str, Any]) -> None:
    firm(world, fallback=AFTER_FAILURE)
    party = a_party(world)
    made = send(world, by_template(world, party))
    deliver_queue(world)
    wants(world, party, **wishes)
    tell(world, made, GONE)
    sweep(world)
    carry_out_orders(world)
    assert len(all_of(world, made)) == 1
    assert [row.event for row in world.communications.history(made.id)][-1] == "no other channel"


def test_falling_back_many_times_is_falling_back_once(world: WorldForTests) -> None:
    firm(world, fallback=AFTER_FAILURE)
    made = send(world, by_template(world, a_party(world)))
    deliver_queue(world)
    tell(world, made, GONE)
    first = fall_back(world, made.id)
    again = fall_back(world, made.id)
    assert first is not None
    assert again is not None
    assert (again.id, rows("communications")) == (first.id, 2)
    dispatch(world, first.id)
    assert len(world.fakes.sms.taken) == 1
