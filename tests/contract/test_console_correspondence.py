"""Correspondence in the console: begun from its party, shown with its letter, sent, delivered, recreated, voided."""

import re
from collections.abc import Sequence
from decimal import Decimal
from html import unescape
from typing import Any

import pytest

from letterbook.domain.correspondence import CorrespondenceStatus
from letterbook.domain.errors import Unavailable
from letterbook.domain.letter import Letter
from letterbook.domain.party import Party
from letterbook.use_cases.correspondence.void import void_correspondence
from letterbook.use_cases.directory.subjects import put_subject
from tests.support.aws import WorldForTests
from tests.support.builders import viewer
from tests.support.console_client import ConsoleClient, words
from tests.support.correspondence import (
    a_copying_type,
    a_customer,
    a_letter_template,
    a_type,
    an_invoice,
    begun,
    made,
    read,
    standing,
)
from tests.support.correspondence_pages import form_of, new
from tests.support.fakes.sessions import SessionsForTests
from tests.support.lambda_client import Answer
from tests.support.steps import a_template, make_documents

PAGE = "/correspondence/12345/C001"


def pressed(browser: ConsoleClient, verb: str, **typed: Any) -> Answer:
    """What answers the press of a button on the page of the correspondence, or on the page that it leads to first."""
    page = browser.get(PAGE)
    if f'action="{PAGE}/{verb}"' not in page.text:
        page = browser.get(f"{PAGE}/{verb}")
    return browser.post(f"{PAGE}/{verb}", form_of(page, **typed))


# ---- begun from its party


@pytest.mark.covers("J1")
def test_the_menu_of_a_party_leads_to_each_type_that_is_offered(
    world: WorldForTests, jane: ConsoleClient, customer: Party
) -> None:
    a_type(world, key="old", name="Old", enabled=False)
    menu = jane.get(f"/parties/{customer.id}").text
    assert f'<a href="{new(customer)}">Notice</a>' in menu
    assert ">Old<" not in menu
    chosen = jane.get(f"/parties/{customer.id}/correspondence/new").text
    assert new(customer) in chosen
    assert "Invoices, To be paid by, Note" in words(chosen)
    assert jane.get(new(customer, "old")).status == 404


def test_a_party_without_an_account_number_is_told_what_it_takes(world: WorldForTests, jane: ConsoleClient) -> None:
    a_type(world)
    party = a_customer(world, "")
    told = jane.get(f"/parties/{party.id}/correspondence/new").text
    assert "has no account number" in words(told)
    assert f'href="/parties/{party.id}/edit#f-account_number"' in told


@pytest.mark.covers("J2")
def test_the_type_decides_what_the_form_asks_for(world: WorldForTests, jane: ConsoleClient, customer: Party) -> None:
    told = an_invoice(world, customer, "2025-00123", pdf=b"%PDF-1.7")
    put_subject(
        world,
        viewer(),
        None,
        type(told)(**{**_told(told), "amount": Decimal("1250.5"), "outstanding": Decimal(250), "currency": "GBP"}),
    )
    page = jane.get(new(customer)).text
    assert 'type="date"' in page
    assert '<textarea id="f-content-note" name="content.note"' in page
    assert re.search(r'type="checkbox" name="content.invoices" value="2025-00123"', page)
    assert "GBP 1,250.50 GBP 250.00" in words(page)


def _told(subject: Any) -> dict[str, Any]:
    return {name: getattr(subject, name) for name in ("type", "id", "party_id", "document_id")}


@pytest.mark.covers("J3", "J4")
def test_saving_gives_it_its_number_at_once_and_its_pdf_follows(
    world: WorldForTests, jane: ConsoleClient, customer: Party
) -> None:
    typed = form_of(
        jane.get(new(customer)), **{"content.pay_by": "2026-12-18", "content.note": "Call us", "do": "save"}
    )
    saved = jane.post(new(customer), typed)
    assert (saved.status, saved.headers["Location"]) == (303, PAGE)
    page = jane.follow(saved)
    assert "12345/C001" in page.text
    assert "Preparing" in page.text
    assert 'data-renew="soon"' in page.text
    assert jane.post(new(customer), typed).headers["Location"] == PAGE, "sent twice, made once"
    make_documents(world)
    ready = jane.get(PAGE)
    assert "Ready" in ready.text
    assert f'href="{PAGE}/pdf"' in ready.text
    assert jane.get(f"{PAGE}/pdf").status == 303
    assert "18 December 2026" in words(ready.text)


@pytest.mark.parametrize(
    ("typed", "field", "told"),
    [
        ({"content.pay_by": ""}, "content.pay_by", "To be paid by is missing."),
        ({"content.pay_by": "soon"}, "content.pay_by", "To be paid by is a date such as 2026-11-20."),
        ({"content.pay_by": "2026-12-18", "content.invoices": ["RE-9"]}, "", "This party has no invoice RE-9."),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(
    jane: ConsoleClient, customer: Party, typed: dict[str, Any], field: str, told: str
) -> None:
    form = form_of(jane.get(new(customer)), **{"content.note": "Call us", "do": "save", **typed})
    refused = jane.post(new(customer), form)
    assert refused.status == 422
    assert told in words(refused.text)
    assert "\nCall us</textarea>" in refused.text
    if field:
        wrong = f"f-{field.replace('.', '-')}-wrong"
        assert f'id="{wrong}"' in refused.text
        assert re.search(rf'aria-describedby="{wrong}" class="bad" aria-invalid="true"', refused.text)


def test_the_letter_stands_beside_the_form_while_somebody_writes(
    world: WorldForTests, jane: ConsoleClient, customer: Party
) -> None:
    empty = jane.get(new(customer))
    assert "It is shown here once these are filled in: To be paid by." in words(empty.text)
    looked = jane.post(new(customer), {"content.pay_by": "2026-12-18", "do": "look"}, letterbook_fragment="1")
    assert looked.status == 200
    assert "Save makes 12345/C001" in words(looked.text)
    assert re.search(r'<img class="sheet" src="data:image/png;base64,[^"]+"', looked.text)
    assert "img-src 'self' data:" in looked.headers["Content-Security-Policy"]
    assert jane.get(f"/parties/{customer.id}/correspondence").text.count("C001") == 0, "looking saves nothing"


class Away:
    """Where letters are set in type, and nobody answers."""

    def pages(self, letter: Letter) -> Sequence[bytes]:
        raise Unavailable(letter.code)


def test_a_letter_that_cannot_be_shown_can_be_saved_all_the_same(
    world: WorldForTests, jane: ConsoleClient, customer: Party
) -> None:
    made(world, customer)
    vars(world)["typesetter"] = Away()
    looked = jane.post(new(customer), {"content.pay_by": "2026-12-18", "do": "look"})
    assert "It cannot be shown at the moment" in looked.text
    # The script looks again in a moment, and so does the frame, once.
    assert "data-later" in looked.text
    assert jane.post(new(customer), {"content.pay_by": "2026-12-18", "do": "save"}).status == 303
    frame = jane.get(f"{PAGE}/letter?version=1").text
    assert "Its pages cannot be shown at the moment" in frame
    [again] = re.findall(r'http-equiv="refresh" content="3;url=([^"]+)"', frame)
    assert 'http-equiv="refresh"' not in jane.get(f"{PAGE}/letter{unescape(again)}").text


# ---- its page


@pytest.mark.covers("J5", "D6")
def test_one_press_emails_it_to_whom_the_page_names(world: WorldForTests, jane: ConsoleClient, customer: Party) -> None:
    made(world, customer)
    before = jane.get(PAGE).text
    assert f"Goes now by email to {customer.email}" in words(before)
    sent = pressed(jane, "quick-email")
    assert (sent.status, sent.headers["Location"]) == (303, PAGE)
    after = jane.get(PAGE).text
    assert "Emailed" in after
    assert len(re.findall(r'<a href="/communications/com_\w+">Email to', after)) == 1
    carrier = re.search(r'href="(/communications/com_\w+)"', after)
    assert carrier
    assert f'<a href="{PAGE}">12345/C001</a>' in jane.get(carrier[1]).text, "and its page leads back"
    assert f'action="{PAGE}/quick-email"' not in after, "what was emailed by one press is not emailed by another"
    assert jane.post(f"{PAGE}/quick-email", form_of(Answer(200, {}, before))).status == 303
    assert len(read(world).sendings) == 1


@pytest.mark.covers("D7", "J5")
def test_the_full_form_chooses_whom_and_says_why(world: WorldForTests, jane: ConsoleClient, customer: Party) -> None:
    one = made(world, customer)
    page = jane.get(f"{PAGE}/email")
    assert f"Goes now by email to {customer.email}" in words(page.text)
    looked = jane.post(f"{PAGE}/email", form_of(page, to="her@solicitor.example", do="look"))
    assert "by email to her@solicitor.example" in words(looked.text)
    assert not standing(world, one).sendings
    typed = form_of(page, to="her@solicitor.example", cc="a@b.example; c@d.example", reason="She asked", do="send")
    assert jane.post(f"{PAGE}/email", typed).status == 303
    entry = world.communications.get(standing(world, one).communications[0])
    assert entry
    assert [recipient.address for recipient in entry.entry.recipients] == [
        "her@solicitor.example",
        "a@b.example",
        "c@d.example",
    ]
    assert entry.audit["reason"] == "She asked"


def test_an_address_that_is_none_comes_back_beside_its_field(
    world: WorldForTests, jane: ConsoleClient, customer: Party
) -> None:
    made(world, customer)
    refused = pressed(jane, "email", to="nobody", do="send")
    assert refused.status == 422
    assert 'id="f-to-wrong"' in refused.text
    assert 'value="nobody"' in refused.text


@pytest.mark.covers("J6")
def test_it_is_delivered_with_how_and_by_whom(world: WorldForTests, jane: ConsoleClient, customer: Party) -> None:
    one = made(world, customer)
    assert pressed(jane, "deliver", reason="Handed over", details="At the office").status == 303
    assert standing(world, one).status is CorrespondenceStatus.DELIVERED
    page = words(jane.get(PAGE).text)
    assert "Delivered Handed over. At the office." in page
    assert "Deliver correspondence" not in page


def test_it_is_posted_by_a_person_as_long_as_nobody_else_carries_post(
    world: WorldForTests, jane: ConsoleClient, customer: Party
) -> None:
    one = made(world, customer)
    assert "1 High Street" in jane.get(f"{PAGE}/post").text
    assert pressed(jane, "post", address="2 Low Street\r\nLeeds").status == 303
    make_documents(world)
    assert standing(world, one).status is CorrespondenceStatus.POSTED
    assert "To do by hand" in jane.get(PAGE).text


@pytest.mark.covers("J8")
def test_recreating_makes_another_version_and_says_which_one_was_sent(
    world: WorldForTests, jane: ConsoleClient, customer: Party
) -> None:
    made(world, customer)
    pressed(jane, "quick-email")
    a_letter_template(world, "By {{ pay_by | date }}, at the latest. {{ note }}")
    assert pressed(jane, "recreate").status == 303
    assert "Version 2 of its PDF is being made" in words(jane.get(PAGE).text)
    make_documents(world)
    page = words(jane.get(PAGE).text)
    assert "Version 2 was made" in page
    assert "What was sent before stays as it was." in page
    assert "Version 1 emailed" in page
    assert "at the latest" in jane.get(f"{PAGE}/letter?version=2").text
    assert "at the latest" not in jane.get(f"{PAGE}/letter?version=1").text


def test_what_is_void_says_what_to_do_and_offers_nothing_that_would_be_refused(
    world: WorldForTests, jane: ConsoleClient, customer: Party
) -> None:
    made(world, customer)
    assert pressed(jane, "void", reason="").status == 422
    assert pressed(jane, "void", reason="Wrong type").status == 303
    page = jane.get(PAGE).text
    assert "Void Wrong type. Its number is not given again." in words(page)
    assert 'id="actions"' not in page
    assert f'href="{new(customer)}?like=12345/C001"' in page
    assert 'value="2026-12-18"' in jane.get(f"{new(customer)}?like=12345/C001").text
    for verb in ("email", "deliver", "post", "void"):
        assert jane.get(f"{PAGE}/{verb}").status == 409, verb


def test_a_press_on_a_page_that_others_overtook_shows_how_it_stands(
    world: WorldForTests, jane: ConsoleClient, customer: Party
) -> None:
    made(world, customer)
    asking = form_of(jane.get(f"{PAGE}/deliver"), reason="Handed over")
    void_correspondence(world, viewer(), "12345", "C001", reason="Wrong type")
    refused = jane.post(f"{PAGE}/deliver", asking)
    assert refused.status == 409
    assert "Void Wrong type." in words(refused.text)
    made(world, customer)
    stale = {**form_of(jane.get("/correspondence/12345/C002/deliver")), "version": "1"}
    overtaken = jane.post("/correspondence/12345/C002/deliver", stale)
    assert overtaken.status == 412
    assert "Ready" in overtaken.text


def copied_to(world: WorldForTests) -> Party:
    a_copying_type(world)
    a_template(world, key="notice", channels=("post", "manual"), subject="Copies", body="As you asked.", variables=())
    return a_customer(world)


@pytest.mark.covers("J7")
def test_copies_of_invoices_say_which_have_no_pdf(world: WorldForTests, jane: ConsoleClient) -> None:
    party = copied_to(world)
    an_invoice(world, party, "RE-1", pdf=b"%PDF-1")
    an_invoice(world, party, "RE-2")
    form = words(jane.get(new(party, "copies")).text)
    assert "RE-2 no PDF" in form
    assert "RE-1 no PDF" not in form
    made(world, party, type_="copies", invoices=["RE-1", "RE-2"])
    page = words(jane.get(PAGE).text)
    assert "RE-2: no PDF is there, so it is left out." in page
    assert "Goes now by email" in page


def test_copies_of_which_none_has_a_pdf_are_not_offered_to_be_emailed(
    world: WorldForTests, jane: ConsoleClient
) -> None:
    party = copied_to(world)
    an_invoice(world, party, "RE-2")
    made(world, party, type_="copies", invoices=["RE-2"])
    page = jane.get(PAGE).text
    assert "It cannot be emailed by one press: None of what it is about has a PDF" in words(page)
    assert f'action="{PAGE}/quick-email"' not in page


def test_whatever_was_filled_in_is_text_on_every_page(
    world: WorldForTests, jane: ConsoleClient, customer: Party
) -> None:
    evil = "<script>alert(1)</script>"
    made(world, customer, pay_by="2026-12-18", note=evil)
    for path in (PAGE, f"{PAGE}/letter", f"/parties/{customer.id}/correspondence", f"{new(customer)}?like=12345/C001"):
        page = jane.get(path)
        assert page.status == 200
        assert evil not in page.text, path


# ---- found


@pytest.mark.covers("J3")
@pytest.mark.parametrize("asked", ["12345/C001", "12345/c1"])
def test_the_search_finds_it_by_its_number_at_once(
    world: WorldForTests, jane: ConsoleClient, customer: Party, asked: str
) -> None:
    begun(world, customer)
    found = jane.get(f"/search?q={asked.replace('/', '%2F')}").text
    assert f'<a href="{PAGE}" data-hit>12345/C001</a>' in found


def test_a_party_and_an_invoice_list_what_concerns_them(
    world: WorldForTests, jane: ConsoleClient, customer: Party
) -> None:
    an_invoice(world, customer, "RE-1")
    made(world, customer, pay_by="2026-12-18", invoices=["RE-1"])
    made(world, customer)
    listed = words(jane.get(f"/parties/{customer.id}/correspondence").text)
    assert listed.index("12345/C002 Notice Ready") < listed.index("12345/C001 Notice Ready")
    about = jane.get(f"/subjects/invoice/RE-1?of={customer.id}").text
    assert f'href="{PAGE}"' in about
    assert "C002" not in about


def test_another_account_number_of_the_party_leads_on_to_the_number_it_bears(
    world: WorldForTests, jane: ConsoleClient, customer: Party
) -> None:
    begun(world, customer)
    moved = jane.get("/correspondence/12345/c1")
    assert (moved.status, moved.headers["Location"]) == (303, PAGE)


def test_who_only_reads_is_offered_nothing(
    world: WorldForTests, tokens: SessionsForTests, people: dict[str, str], customer: Party
) -> None:
    made(world, customer)
    reader = tokens.let_in(people["auditor"], "auditor")
    page = reader.get(PAGE)
    assert page.status == 200
    assert f'action="{PAGE}' not in page.text
    assert 'id="actions"' not in page.text
    assert reader.get(new(customer)).status == 403
