"""An e-invoice that its network cannot bring, or that no network reaches, is said another way: once, and so that people read it."""

from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from letterbook.adapters.providers import PROVIDERS
from letterbook.domain.channels import Channel
from letterbook.domain.communication import Communication
from letterbook.domain.errors import Ambiguous, Conflict, Invalid, Permanent
from letterbook.domain.failures import FailureCode
from letterbook.domain.message import MessageRequest
from letterbook.domain.organisation import Fallback
from letterbook.domain.party import EinvoiceAddress, Network, Party, PartyKind
from letterbook.domain.receipts import DeliveryOutcome, RecipientUpdate
from letterbook.domain.status import Status
from letterbook.use_cases.delivery.sweep import sweep
from letterbook.use_cases.messages.resend import resend
from tests.support.aws import WorldForTests
from tests.support.builders import viewer
from tests.support.einvoices import Sample, ubl
from tests.support.fakes.providers import FakeProvider
from tests.support.fallback import firm
from tests.support.steps import (
    a_document,
    a_party,
    carry_out_orders,
    deliver_queue,
    make_documents,
    send,
    standing,
    tell,
)

NETWORK = "a network"
BUYER = EinvoiceAddress(scheme="0208", id="0987654394")
NO_ROUTE = Permanent("not registered", FailureCode.NO_ROUTE)
AFTER_FAILURE = Fallback(after_failure=True)


@pytest.fixture
def network(world: WorldForTests) -> FakeProvider:
    """Peppol, as somebody carries it."""
    spec = replace(PROVIDERS["sns"], name=NETWORK, label="Network", channel=Channel.EINVOICE, network=Network.PEPPOL)
    world.fakes.made[NETWORK] = FakeProvider(NETWORK)
    world.fakes.use({**PROVIDERS, NETWORK: spec})
    return world.fakes.made[NETWORK]


def a_buyer(world: WorldForTests, **changes: Any) -> Party:
    return a_party(world, PartyKind.CUSTOMER, **{"name": "Moulin & Fils", "einvoice": BUYER, **changes})


def an_einvoice(world: WorldForTests, party: Party, sample: Sample | None = None) -> MessageRequest:
    document = a_document(world, ubl(sample), name="invoice.xml", media_type="application/xml", party_id=party.id)
    return MessageRequest(
        channel=Channel.EINVOICE, party_id=party.id, attachments=(document.id,), network=Network.PEPPOL
    )


def all_of(world: WorldForTests, made: Communication) -> list[Communication]:
    attempts = world.attempts.get(made.entry.first_attempt or made.id)
    return [standing(world, one) for one in (attempts.ids if attempts else [made.id])]


def failed_there(world: WorldForTests, network: FakeProvider, party: Party, error: Exception) -> Communication:
    network.next.append(error)
    made = send(world, an_einvoice(world, party))
    deliver_queue(world, "einvoice")
    sweep(world)
    carry_out_orders(world)
    return standing(world, made)


@pytest.mark.covers("E7")
@pytest.mark.parametrize(("after_failure", "attempts"), [(False, 1), (True, 2)])
def test_what_no_route_leads_to_falls_back_as_the_settings_say(
    world: WorldForTests, network: FakeProvider, after_failure: bool, attempts: int
) -> None:
    firm(world, fallback=Fallback(after_failure=after_failure))
    made = failed_there(world, network, a_buyer(world), NO_ROUTE)
    assert (made.entry.status, made.entry.failure and made.entry.failure.code) == (
        Status.REJECTED,
        FailureCode.NO_ROUTE,
    )
    assert len(all_of(world, made)) == attempts


def test_by_email_it_is_read_and_its_file_goes_with_it(world: WorldForTests, network: FakeProvider) -> None:
    firm(world, fallback=AFTER_FAILURE)
    failed_there(world, network, a_buyer(world), NO_ROUTE)
    deliver_queue(world)
    [parcel] = world.fakes.email.taken
    assert parcel.rendered.subject == "Invoice 2026-0042"
    assert "We could not send you this as an e-invoice" in parcel.rendered.text
    assert "€121.00" in parcel.rendered.text
    assert "<table" in (parcel.rendered.html or "")
    assert [(one.name, content) for one, content in parcel.attachments] == [("invoice.xml", ubl())]


def test_by_hand_it_is_a_letter_that_people_read(world: WorldForTests, network: FakeProvider) -> None:
    firm(world, fallback=Fallback(order={"default": ("manual",)}, after_failure=True))
    made = failed_there(world, network, a_buyer(world), NO_ROUTE)
    make_documents(world)
    letter = all_of(world, made)[-1]
    assert (letter.entry.channel, letter.entry.status) == (Channel.MANUAL, Status.MANUAL_PENDING)
    [attachment] = letter.entry.attachments
    pages = PdfReader(BytesIO(world.content_store.attachment(attachment))).pages
    said = "\n".join(page.extract_text() for page in pages)
    for words in ("Invoice 2026-0042", "Advice", "121.00", "Thank you."):
        assert words in said


def test_whoever_is_in_no_network_gets_it_another_way_at_once(world: WorldForTests, network: FakeProvider) -> None:
    made = send(world, an_einvoice(world, a_buyer(world, einvoice=None)))
    assert (made.entry.channel, made.entry.subject) == (Channel.EMAIL, "Invoice 2026-0042")
    assert network.calls == 0


def test_a_file_that_breaks_rules_goes_no_other_way(world: WorldForTests) -> None:
    party = a_buyer(world, einvoice=None)
    broken = a_document(world, b"<Invoice/>", name="i.xml", media_type="application/xml", party_id=party.id)
    with pytest.raises(Invalid):
        send(world, replace(an_einvoice(world, party), attachments=(broken.id,)))


@pytest.mark.parametrize("error", [Permanent("refused", FailureCode.RECIPIENT_REJECTED), Ambiguous("connection lost")])
def test_what_the_buyer_refused_or_may_have_goes_no_other_way_by_itself(
    world: WorldForTests, network: FakeProvider, error: Exception
) -> None:
    firm(world, fallback=AFTER_FAILURE)
    made = failed_there(world, network, a_buyer(world), error)
    assert len(all_of(world, made)) == 1


@pytest.mark.covers("G4")
def test_what_was_certainly_not_taken_is_sent_again(world: WorldForTests, network: FakeProvider) -> None:
    made = failed_there(world, network, a_buyer(world), NO_ROUTE)
    again, _ = resend(world, viewer(), made.id, ())
    deliver_queue(world, "einvoice")
    assert again.entry.resend_of == made.id
    assert [one.communication_id for one in network.taken] == [again.id]


def test_what_may_have_been_taken_is_never_deposited_a_second_time(world: WorldForTests, network: FakeProvider) -> None:
    made = send(world, an_einvoice(world, a_buyer(world)))
    deliver_queue(world, "einvoice")
    tell(world, made, RecipientUpdate(fact=DeliveryOutcome.DELIVERED), provider=NETWORK)
    assert standing(world, made).entry.status is Status.DELIVERED
    with pytest.raises(Conflict) as refused:
        resend(world, viewer(), made.id, ())
    assert refused.value.code == "sent_before"
    assert len(network.taken) == 1
