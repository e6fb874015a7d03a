"""What receipts teach of people and of addresses: only of those who are certainly meant."""

from dataclasses import replace
from typing import Any

import pytest

from letterbook.adapters.serialization import to_json
from letterbook.domain.addresses import Holder
from letterbook.domain.communication import Communication
from letterbook.domain.failures import FailureCode
from letterbook.domain.ids import Kind, new_id
from letterbook.domain.party import OptOutSource, Party
from letterbook.domain.receipts import DeliveryOutcome, RecipientUpdate, Signal
from letterbook.domain.status import Status
from letterbook.use_cases.admin.organisation import provider_labels
from letterbook.use_cases.delivery.record_receipt import process_provider_event
from tests.support.aws import WorldForTests, client
from tests.support.builders import NOW
from tests.support.steps import a_contact, a_party, an_email, deliver_queue, send, ses_event, standing, tell

PRIYA, BANK, FORWARDED = "priya@mailbox.example", "box@bank.example", "priya@work.example"
NEVER_OURS = "disclosures@castlegate.example"


def went(world: WorldForTests, party: Party, **changes: Any) -> Communication:
    communication = send(world, an_email(party, **changes))
    deliver_queue(world)
    return communication


def the_bank(world: WorldForTests, **changes: Any) -> Party:
    return a_party(world, **{"name": "Northmoor Bank", "email": BANK, "mobile": None, **changes})


def opted_out(world: WorldForTests, *parties: Party) -> list[bool]:
    return [bool(world.parties.preferences(one.id).opt_outs) for one in parties]


def complain(world: WorldForTests, communication: Communication, *addresses: str) -> None:
    news = (RecipientUpdate(recipient=one, signal=Signal.COMPLAINT) for one in addresses)
    tell(world, communication, *news, event="Complaint")


# ---- who complains


@pytest.mark.parametrize("role", ["cc", "bcc"])
def test_the_complaint_of_a_copy_opts_out_who_has_the_address(world: WorldForTests, role: str) -> None:
    priya, bank = a_party(world), the_bank(world)
    complain(world, went(world, priya, **{role: (BANK,)}), BANK.upper())
    assert opted_out(world, priya, bank) == [False, True]
    [opt_out] = world.parties.preferences(bank.id).opt_outs
    assert opt_out.source is OptOutSource.COMPLAINT


def test_the_complaint_of_a_contact_opts_out_whose_it_is(world: WorldForTests) -> None:
    priya, bank = a_party(world), the_bank(world)
    a_contact(world, bank, email="team@bank.example")
    complain(world, went(world, priya, cc=("team@bank.example",)), "team@bank.example")
    assert opted_out(world, priya, bank) == [False, True]


def test_who_alone_has_the_address_that_it_is_written_to_complains(world: WorldForTests) -> None:
    priya, bank = a_party(world), the_bank(world)
    complain(world, went(world, priya, to=(BANK,)), BANK)
    assert opted_out(world, priya, bank) == [False, True]


def test_of_several_who_have_the_address_it_is_whom_we_wrote_to(world: WorldForTests) -> None:
    sam, priya = a_party(world, name="Sam Raman"), a_party(world)
    complain(world, went(world, priya), PRIYA)
    assert opted_out(world, sam, priya) == [False, True]


def test_an_address_that_nobody_has_is_whom_we_wrote_to_and_no_copy(world: WorldForTests) -> None:
    priya, ann = a_party(world), a_party(world, name="Ann Bell", email="ann@mailbox.example")
    complain(world, went(world, priya, to=("x@free.example",)), "x@free.example")
    complain(world, went(world, ann, cc=("x@free.example",)), "x@free.example")
    assert opted_out(world, priya, ann) == [True, False]


def test_a_complaint_from_where_mail_is_forwarded_is_the_only_recipients(world: WorldForTests) -> None:
    priya, bank = a_party(world), the_bank(world)
    complain(world, went(world, priya), FORWARDED)
    several = went(world, bank, cc=("x@free.example",))
    complain(world, several, FORWARDED)
    assert opted_out(world, priya, bank) == [True, False]
    assert standing(world, several).entry.hints == {Signal.COMPLAINT}


def test_each_who_complains_is_opted_out(world: WorldForTests) -> None:
    priya, bank = a_party(world), the_bank(world)
    complain(world, went(world, priya, cc=(BANK,)), PRIYA, BANK)
    assert opted_out(world, priya, bank) == [True, True]


def test_what_is_called_no_spam_opts_nobody_out(world: WorldForTests) -> None:
    priya = a_party(world)
    made = went(world, priya)
    record = ses_event("complaint", made).replace('"abuse"', '"not-spam"').replace(NEVER_OURS, PRIYA)
    process_provider_event(world, "ses", record, waited=False)
    assert opted_out(world, priya) == [False]
    assert standing(world, made).entry.hints == set()
    assert world.communications.history(made.id)[-1].note == "not-spam"


# ---- who unsubscribes


def say(world: WorldForTests, communication: Communication, signal: Signal, address: str = PRIYA) -> None:
    tell(world, communication, RecipientUpdate(recipient=address, signal=signal), event=signal)


def test_who_unsubscribes_is_opted_out_and_the_entry_says_so(world: WorldForTests) -> None:
    priya, bank = a_party(world), the_bank(world)
    made = went(world, priya, cc=(BANK,))
    say(world, made, Signal.UNSUBSCRIBE, BANK)
    assert opted_out(world, priya, bank) == [False, True]
    assert [one.source for one in world.parties.preferences(bank.id).opt_outs] == [OptOutSource.UNSUBSCRIBE]
    assert standing(world, made).entry.hints == {Signal.UNSUBSCRIBE}


@pytest.mark.parametrize("first", [Signal.UNSUBSCRIBE, Signal.COMPLAINT])
def test_who_subscribes_again_lifts_only_that_they_unsubscribed(world: WorldForTests, first: Signal) -> None:
    priya = a_party(world)
    made = went(world, priya)
    say(world, made, first)
    world.clock.pass_(minutes=5)
    say(world, made, Signal.RESUBSCRIBE)
    assert opted_out(world, priya) == [first is Signal.COMPLAINT]


def test_of_whom_the_provider_knows_as_unsubscribed_the_address_stays_good(world: WorldForTests) -> None:
    priya = a_party(world)
    refused = RecipientUpdate(recipient=PRIYA, fact=DeliveryOutcome.REFUSED, code=FailureCode.OPTED_OUT)
    tell(world, went(world, priya), refused, event="dropped")
    assert [one.source for one in world.parties.preferences(priya.id).opt_outs] == [OptOutSource.UNSUBSCRIBE]
    assert world.addresses.suppressed([PRIYA]) == {}


# ---- which addresses there are not


def bounced(address: str) -> RecipientUpdate:
    return RecipientUpdate(recipient=address, fact=DeliveryOutcome.HARD_BOUNCE, code=FailureCode.INVALID_ADDRESS)


@pytest.mark.parametrize("copies", [(), (BANK,)])
def test_no_address_is_remembered_that_we_never_wrote_to(world: WorldForTests, copies: tuple[str, ...]) -> None:
    made = went(world, a_party(world), cc=copies)
    tell(world, made, bounced(FORWARDED), event="Bounce")
    assert world.addresses.suppressed([FORWARDED, PRIYA, BANK]) == {}


@pytest.mark.parametrize("spelling", ["Priya@Mailbox.Example", "Priya <priya@mailbox.example>", f'"priya"{PRIYA[5:]}.'])
def test_a_bounce_in_another_spelling_is_remembered_of_the_address_itself(world: WorldForTests, spelling: str) -> None:
    tell(world, went(world, a_party(world)), bounced(spelling), event="Bounce")
    [held] = world.addresses.suppressed([PRIYA]).values()
    assert held.address == PRIYA


def test_a_delivery_where_mail_is_forwarded_releases_nothing(world: WorldForTests) -> None:
    priya, ann = a_party(world), a_party(world, name="Ann Bell", email="ann@mailbox.example")
    before = went(world, ann), went(world, priya)
    tell(world, before[0], bounced("ann@mailbox.example"), event="Bounce")
    world.clock.pass_(minutes=5)
    tell(world, before[1], RecipientUpdate(recipient="ann@mailbox.example", fact=DeliveryOutcome.DELIVERED))
    assert set(world.addresses.suppressed(["ann@mailbox.example"])) == {"ann@mailbox.example"}


def test_a_report_of_arrival_releases_nothing(world: WorldForTests) -> None:
    made = went(world, a_party(world))
    tell(world, made, bounced(PRIYA), event="Bounce")
    world.clock.pass_(minutes=5)
    tell(world, made, RecipientUpdate(recipient=PRIYA, fact=DeliveryOutcome.REPORTED), provider="mail")
    assert set(world.addresses.suppressed([PRIYA])) == {PRIYA}


@pytest.mark.parametrize("code", [FailureCode.MAILBOX_FULL, FailureCode.TOO_LARGE, FailureCode.EXPIRED])
def test_what_comes_back_for_want_of_room_or_time_says_nothing_of_the_address(
    world: WorldForTests, code: FailureCode
) -> None:
    """Servers take mail first, and find later that it does not fit."""
    made = went(world, a_party(world))
    tell(world, made, RecipientUpdate(recipient=PRIYA, fact=DeliveryOutcome.DELIVERED), event="delivered")
    tell(world, made, RecipientUpdate(recipient=PRIYA, fact=DeliveryOutcome.HARD_BOUNCE, code=code), event="failed")
    assert standing(world, made).entry.status is Status.FAILED
    assert world.addresses.suppressed([PRIYA]) == {}


def test_who_reports_by_mail_is_called_so(world: WorldForTests) -> None:
    assert provider_labels(world)["mail"] == "a report by mail"


# ---- addresses that were stored as they were written


def test_who_wrote_from_an_international_domain_before_is_found_by_either_form(world: WorldForTests) -> None:
    """Once such an address was kept in Unicode, as its mail had it."""
    party_id = new_id(Kind.PARTY, NOW)
    holder = world.addresses.known([PRIYA])[PRIYA].holders
    kept = replace(holder, address="info@b\u00fccher.example", all=(Holder(party_id=party_id, since=NOW),), version=3)
    client("dynamodb").put_item(
        TableName="directory",
        Item={
            "id": {"S": "address#info@b\u00fccher.example"},
            "kind": {"S": "holders"},
            "data": {"S": to_json(kept)},
            "version": {"N": "3"},
        },
    )
    for form in ("info@b\u00fccher.example", "info@xn--bcher-kva.example"):
        found = world.addresses.known([form])[form].holders
        assert (found.parties, found.address, found.version) == ((party_id,), "info@xn--bcher-kva.example", 0)
    another = a_party(world, email="info@b\u00fccher.example")
    assert world.addresses.known(["info@b\u00fccher.example"])["info@b\u00fccher.example"].holders.parties == (
        party_id,
        another.id,
    )
