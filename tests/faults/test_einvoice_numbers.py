"""An invoice of one number goes to its network once, however many send it at the same moment, and whoever dies."""

from letterbook.domain.channels import Channel
from letterbook.domain.communication import Communication
from letterbook.domain.errors import Conflict
from letterbook.domain.message import MessageRequest
from letterbook.domain.party import EinvoiceAddress, Network, Party, PartyKind
from letterbook.use_cases.messages.compose import compose, send_draft
from tests.support.at_once import at_once
from tests.support.aws import WorldForTests
from tests.support.builders import viewer
from tests.support.einvoices import ubl
from tests.support.steps import a_document, a_party

BUYER = EinvoiceAddress(scheme="0208", id="0987654394")


def an_einvoice(world: WorldForTests, party: Party, *, send_now: bool = True) -> MessageRequest:
    document = a_document(world, ubl(), name="invoice.xml", media_type="application/xml", party_id=party.id)
    return MessageRequest(
        channel=Channel.EINVOICE,
        party_id=party.id,
        attachments=(document.id,),
        network=Network.PEPPOL,
        send_now=send_now,
    )


def accepted(outcomes: list[Communication | Exception]) -> list[Communication]:
    made = [one for one in outcomes if isinstance(one, Communication)]
    refused = [one for one in outcomes if isinstance(one, Exception)]
    assert all(isinstance(one, Conflict) and one.code == "sent_before" for one in refused), refused
    return made


def test_of_many_that_compose_it_at_once_one_is_accepted(world: WorldForTests) -> None:
    party = a_party(world, PartyKind.CUSTOMER, einvoice=BUYER)
    messages = [an_einvoice(world, party) for _ in range(4)]
    assert len(accepted(at_once(4, lambda which: compose(world, viewer(), messages[which])[0]))) == 1


def test_of_many_drafts_that_are_sent_at_once_one_goes(world: WorldForTests) -> None:
    party = a_party(world, PartyKind.CUSTOMER, einvoice=BUYER)
    drafts = [compose(world, viewer(), an_einvoice(world, party, send_now=False))[0] for _ in range(3)]
    assert len(accepted(at_once(3, lambda which: send_draft(world, viewer(), drafts[which].id)))) == 1
