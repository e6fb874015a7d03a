"""E-invoices in the console: a file is dropped, what is wrong is seen before it is sent, and the entry shows the invoice."""

import html
import re
from typing import Any

import pytest

from letterbook.domain.party import EinvoiceAddress, Party, PartyKind
from tests.support.aws import WorldForTests
from tests.support.console_client import ConsoleClient, only_entry, words
from tests.support.einvoices import Line, Sample, ubl
from tests.support.steps import a_party

COMPOSE = "/compose"
BUYER = EinvoiceAddress(scheme="0208", id="0987654394")


@pytest.fixture
def moulin(world: WorldForTests) -> Party:
    return a_party(world, PartyKind.CUSTOMER, name="Moulin & Fils", einvoice=BUYER)


def typed(party: Party, **changes: Any) -> dict[str, Any]:
    return {"channel": "einvoice", "party_id": party.id, "once": "once-1", "do": "review", **changes}


def xml(sample: Sample | None = None) -> tuple[str, str, bytes]:
    return "invoice.xml", "text/xml", ubl(sample)


def attached(page: str) -> dict[str, Any]:
    """What the form that came back has of the file."""
    [document] = re.findall(r'type="hidden" name="attachments" value="(doc_\w+)"', page)
    [digest] = re.findall(rf'name="sha256-{document}" value="(\w+)"', page)
    return {"attachments": document, f"sha256-{document}": digest}


@pytest.mark.covers("D1")
def test_the_form_asks_for_a_network_a_receiver_and_a_file(jane: ConsoleClient, moulin: Party) -> None:
    page = jane.get(f"{COMPOSE}?party_id={moulin.id}&channel=einvoice").text
    for name in ("network", "receiver_scheme", "receiver_id", "file"):
        assert f'name="{name}"' in page
    for name in ("template", "subject", "body", "address", "to"):
        assert f'name="{name}"' not in page
    assert "0208:0987654394" in words(page)
    assert "Chorus Pro" in words(page)


def test_the_invoice_stands_beside_the_form_before_it_is_sent(jane: ConsoleClient, moulin: Party) -> None:
    shown = jane.post_files(COMPOSE, typed(moulin), [xml()])
    said = words(shown.text)
    for told in ("Invoice 2026-0042", "Atelier Nord", "Moulin & Fils", "30 December 2026", "€121.00", "Send e-invoice"):
        assert told in said


def test_it_is_sent_from_the_form_and_the_entry_shows_it(
    world: WorldForTests, jane: ConsoleClient, moulin: Party
) -> None:
    file = attached(jane.post_files(COMPOSE, typed(moulin), [xml()]).text)
    made = only_entry(world, jane.post(COMPOSE, typed(moulin, do="send", network="peppol", **file)))
    assert made.einvoice
    assert made.einvoice.number == "2026-0042"
    said = words(jane.get(f"/communications/{made.id}").text)
    for told in ("Invoice 2026-0042", "Atelier Nord", "Advice", "21%", "To be paid €121.00", "Thank you."):
        assert told in said


def test_what_is_wrong_is_told_by_its_rules_number_beside_the_file(jane: ConsoleClient, moulin: Party) -> None:
    broken = Sample(lines=(Line(price=-Line().price),))
    shown = jane.post_files(COMPOSE, typed(moulin), [xml(broken)])
    [told] = re.findall(r'<ul class="faults" id="attached-wrong".*?</ul>', shown.text, re.DOTALL)
    assert "BR-27" in words(told)
    assert "Not ready:" in words(shown.text)
    refused = jane.post(COMPOSE, typed(moulin, do="send", **attached(shown.text)))
    assert refused.status == 422
    assert "BR-27" in words(refused.text)


def test_without_a_file_the_page_says_what_is_missing(jane: ConsoleClient, moulin: Party) -> None:
    assert "Not ready: The invoice is missing." in words(jane.post(COMPOSE, typed(moulin)).text)


def test_a_wrong_receiver_is_told_beside_it(jane: ConsoleClient, moulin: Party) -> None:
    refused = jane.post_files(
        COMPOSE, typed(moulin, do="send", receiver_scheme="0208", receiver_id="0987654395"), [xml()]
    )
    assert refused.status == 422
    assert "its check digits do not agree" in words(refused.text)
    assert 'id="receiver_id-wrong"' in refused.text


HOSTILE = "<img src=x onerror=alert(1)>\"'>{{ 7*7 }}[x](javascript:alert(1))"


def test_nothing_that_an_invoice_says_is_a_tag(world: WorldForTests, jane: ConsoleClient, moulin: Party) -> None:
    sample = Sample(notes=(HOSTILE,), lines=(Line(name=HOSTILE),), number="<b>1</b>")
    file = attached(jane.post_files(COMPOSE, typed(moulin), [xml(sample)]).text)
    made = only_entry(world, jane.post(COMPOSE, typed(moulin, do="send", **file)))
    for address in (f"/communications/{made.id}", f"/communications/{made.id}/xml", "/communications", "/overview"):
        page = jane.get(address).text
        assert "<img src=x" not in page
        assert "<b>1</b>" not in page
        assert 'href="javascript' not in page
    assert HOSTILE in html.unescape(jane.get(f"/communications/{made.id}").text)


def test_the_file_itself_is_shown_as_text_and_downloaded(
    world: WorldForTests, jane: ConsoleClient, moulin: Party
) -> None:
    file = attached(jane.post_files(COMPOSE, typed(moulin), [xml()]).text)
    made = only_entry(world, jane.post(COMPOSE, typed(moulin, do="send", **file)))
    page = jane.get(f"/communications/{made.id}/xml")
    assert "&lt;cbc:ID&gt;2026-0042&lt;/cbc:ID&gt;" in page.text
    assert f'href="/documents/{made.entry.attachments[0].id}"' in page.text


def test_a_draft_keeps_what_was_chosen(world: WorldForTests, jane: ConsoleClient, moulin: Party) -> None:
    file = attached(jane.post_files(COMPOSE, typed(moulin), [xml()]).text)
    chosen = {"network": "peppol", "receiver_scheme": "0208", "receiver_id": "0987654394"}
    kept = jane.post(COMPOSE, typed(moulin, do="keep", **chosen, **file))
    page = jane.follow(kept).text
    assert 'value="peppol" selected' in page
    assert 'value="0208" selected' in page
    assert attached(page) == file


def test_the_partys_form_has_the_schemes_by_name_and_checks_the_number(jane: ConsoleClient, moulin: Party) -> None:
    form = jane.get(f"/parties/{moulin.id}/edit").text
    assert 'value="0208" selected' in form
    assert "Belgium: enterprise number" in form
    values = {
        "kind": "customer", "name": "Moulin & Fils", "einvoice.scheme": "0208", "einvoice.id": "0987654395",
        "einvoice.network": "peppol", "once": "1", "version": "1",
    }  # fmt: skip
    refused = jane.post(f"/parties/{moulin.id}/edit", values)
    assert refused.status == 422
    assert "its check digits do not agree" in words(refused.text)
    assert jane.post(f"/parties/{moulin.id}/edit", {**values, "einvoice.id": "0987654394"}).status == 303
    assert "By Peppol" in words(jane.get(f"/parties/{moulin.id}").text)


def test_the_firms_accounts_in_the_networks_are_settings(world: WorldForTests, jane: ConsoleClient) -> None:
    page = jane.get("/settings").text
    assert 'name="networks.peppol.legal_entity"' in page
    assert 'name="networks.chorus_pro.technical_account"' in page


def test_another_file_takes_the_place_of_the_first(jane: ConsoleClient, moulin: Party) -> None:
    first = attached(jane.post_files(COMPOSE, typed(moulin), [xml(Sample(number="1"))]).text)
    shown = jane.post_files(COMPOSE, typed(moulin, **first), [xml(Sample(number="2"))])
    assert attached(shown.text) != first
    assert "Invoice 2" in words(shown.text)


def test_what_went_before_is_told_before_it_is_sent_again(
    world: WorldForTests, jane: ConsoleClient, moulin: Party
) -> None:
    file = attached(jane.post_files(COMPOSE, typed(moulin), [xml()]).text)
    made = only_entry(world, jane.post(COMPOSE, typed(moulin, do="send", **file)))
    said = words(jane.post_files(COMPOSE, typed(moulin, once="once-2"), [xml()]).text)
    assert "Cannot be sent as an e-invoice." in said
    assert f"see {made.id}" in said
