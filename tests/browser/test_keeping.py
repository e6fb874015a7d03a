"""Nothing that somebody writes is lost: to a session that dies, a network that fails, a closed tab, somebody who saves first."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.axe import violations
from tests.support.browser import SignIn, fill_in, password_of
from tests.support.firm import Firm

SIGNED_OUT = "You are signed out."


@pytest.fixture(scope="session")
def wanda(firm: Firm) -> Any:
    """A client of these tests' own."""
    return firm.admin.party(name="Wanda Keeper", email="success@simulator.amazonses.com", mobile="+447700900557")


def _field(page: Page, name: str) -> Locator:
    return page.get_by_role("textbox", name=name, exact=True)


def _sign_in_again(page: Page, firm: Firm, user: str = "admin") -> None:
    page.get_by_role("link", name="Sign in", exact=True).click()
    fill_in(page, user, password_of(firm, user))


def test_a_session_dies_while_a_call_is_logged(sign_in: SignIn, firm: Firm, wanda: Any) -> None:
    form = f"/log/call?party_id={wanda['id']}"
    page = sign_in(path=form)
    _field(page, "What was said").fill("She will pay on Friday.")
    page.get_by_role("combobox", name="Who called").select_option("inbound")
    page.context.clear_cookies()
    page.get_by_role("button", name="Keep it in the log").click()
    expect(page.get_by_role("alert")).to_contain_text(SIGNED_OUT)
    expect(_field(page, "What was said")).to_have_value("She will pay on Friday.")
    _sign_in_again(page, firm)
    expect(page.get_by_role("main").get_by_text(re.compile(r"^Kept from \d\d:\d\d on this device\.$"))).to_be_visible()
    expect(_field(page, "What was said")).to_have_value("She will pay on Friday.")
    expect(page.get_by_role("combobox", name="Who called")).to_have_value("inbound")
    assert violations(page) == []
    page.get_by_role("button", name="Keep it in the log").click()
    expect(page.get_by_role("status").filter(has_text="It is in the log.")).to_be_visible()
    page.goto(form)
    expect(_field(page, "What was said")).to_have_value("")
    expect(page.get_by_text("Kept from")).to_have_count(0)


def test_a_session_dies_while_an_email_is_written_and_it_is_sent_once(sign_in: SignIn, firm: Firm, wanda: Any) -> None:
    page = sign_in(path=f"/compose?party_id={wanda['id']}&channel=email")
    strip = page.get_by_role("region", name="What will happen")
    _field(page, "Subject").fill("Kept through it all")
    _field(page, "Copy to").fill("a@copies.example")
    page.context.clear_cookies()
    _field(page, "Text").fill("Dear Wanda,")
    expect(strip).to_contain_text(SIGNED_OUT)
    page.get_by_role("button", name="Send email").click()
    expect(strip).to_contain_text(SIGNED_OUT)
    _sign_in_again(page, firm)
    expect(strip).to_contain_text("Goes now by email")
    expect(strip).not_to_contain_text(SIGNED_OUT)
    expect(_field(page, "Text")).to_have_value("Dear Wanda,")
    expect(page.get_by_role("button", name="Remove a@copies.example from Copy to")).to_be_visible()
    page.get_by_role("button", name="Send email").click()
    page.wait_for_url(re.compile("/communications/com_"))
    found = firm.admin.get("/v1/communications", party_id=wanda["id"], channel="email")["items"]
    assert [one["subject"] for one in found] == ["Kept through it all"]


def test_the_network_fails_and_then_the_server(sign_in: SignIn, wanda: Any) -> None:
    page = sign_in(path=f"/log/note?party_id={wanda['id']}")
    _field(page, "Note").fill("She called.")
    keep = page.get_by_role("button", name="Keep it in the log")
    page.context.set_offline(True)
    keep.click()
    expect(page.get_by_role("alert")).to_contain_text("There is no connection.")
    page.context.set_offline(False)
    page.route("**/log/note", lambda route: route.fulfill(status=503, body="busy"))
    keep.click()
    expect(page.get_by_role("alert")).to_contain_text("The server answered 503")
    expect(_field(page, "Note")).to_have_value("She called.")
    page.unroute("**/log/note")
    keep.click()
    expect(page.get_by_role("status").filter(has_text="It is in the log.")).to_be_visible()


def test_a_tab_is_closed_and_what_it_held_is_for_its_author_alone(sign_in: SignIn, firm: Firm) -> None:
    page = sign_in(path="/parties/new")
    page.get_by_label("Name", exact=True).fill("Ada Lovelace")
    page.get_by_label("Street").fill("1 Long Row")
    context = page.context
    page.close()
    page = context.new_page()
    page.goto("/parties/new")
    expect(page.get_by_label("Street")).to_have_value("1 Long Row")
    context.clear_cookies()
    page.goto("/sign-in")
    fill_in(page, "lead", password_of(firm, "lead"))
    page.wait_for_url("**/work")
    page.goto("/parties/new")
    page.get_by_label("Street").focus()
    expect(page.get_by_label("Street")).to_have_value("")
    page.get_by_label("Name", exact=True).fill("Grace Hopper")
    page.get_by_label("Street").fill("2 Long Row")
    page.goto("/parties/new")
    expect(page.get_by_label("Street")).to_have_value("2 Long Row")
    page.get_by_role("button", name="Discard").click()
    expect(page.get_by_text("Kept from")).to_have_count(0)
    expect(page.get_by_label("Street")).to_have_value("")
    page.get_by_label("Name", exact=True).fill("Grace Hopper")
    page.get_by_label("Street").fill("3 Long Row")
    page.locator(".me summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in")
    assert page.evaluate("() => Object.keys(localStorage)") == []


def test_two_tabs_change_one_client(sign_in: SignIn, firm: Firm) -> None:
    party = firm.admin.party(name="Twice Changed", email="twice@mailbox.example")
    first = sign_in(path=f"/parties/{party['id']}/edit")
    second = first.context.new_page()
    second.goto(f"/parties/{party['id']}/edit")
    second.get_by_label("Account", exact=True).fill("777")
    second.get_by_label("Office").fill("Hull")
    first.get_by_label("Account", exact=True).fill("888")
    second.get_by_role("button", name="Save").click()
    expect(second.get_by_role("status").filter(has_text="was changed")).to_be_visible()
    first.get_by_role("button", name="Save").click()
    theirs = first.get_by_role("table", name="Saved meanwhile by somebody else")
    expect(theirs).to_contain_text("777")
    expect(first.get_by_label("Account", exact=True)).to_have_value("888")
    expect(first.get_by_label("Office")).to_have_value("Hull")
    assert violations(first) == []
    first.get_by_role("button", name="Take theirs: Account").click()
    expect(first.get_by_label("Account", exact=True)).to_have_value("777")
    first.get_by_label("Account", exact=True).fill("888")
    first.get_by_role("button", name="Save").click()
    expect(first.get_by_role("status").filter(has_text="was changed")).to_be_visible()
    expect(first.locator("main")).to_contain_text("888")
    expect(first.locator("main")).to_contain_text("Hull")


def _typed_and_closed(page: Page) -> Page:
    """Another tab, once the first one was closed with what stood in it."""
    context, address = page.context, page.url
    page.close()
    page = context.new_page()
    page.goto(address)
    expect(page.get_by_role("main").get_by_text(re.compile("^Kept from"))).to_be_visible()
    return page


def test_each_of_several_fields_of_one_name_comes_back_in_its_place(sign_in: SignIn, firm: Firm) -> None:
    page = sign_in(path="/settings")
    page.get_by_label("Language 1", exact=True).select_option("pl")
    page.get_by_label("Language 2", exact=True).select_option("en")
    page.locator("#f-office_hours-days").get_by_role("checkbox").nth(2).uncheck()
    page.get_by_label("Category of rule 1: another", exact=True).fill("Second reminder")
    page.get_by_label("Payment method of rule 2", exact=True).select_option(index=1)
    method = page.get_by_label("Payment method of rule 2", exact=True).input_value()
    page = _typed_and_closed(page)
    expect(page.get_by_label("Language 1", exact=True)).to_have_value("pl")
    expect(page.get_by_label("Language 2", exact=True)).to_have_value("en")
    days = page.locator("#f-office_hours-days").get_by_role("checkbox")
    expect(days.nth(2)).not_to_be_checked()
    expect(days.nth(0)).to_be_checked()
    expect(page.get_by_label("Category of rule 1: another", exact=True)).to_have_value("Second reminder")
    expect(page.get_by_label("Payment method of rule 2", exact=True)).to_have_value(method)
    assert violations(page) == []


def test_what_stood_in_places_that_a_form_has_no_more_comes_back_too(sign_in: SignIn, firm: Firm) -> None:
    before = {
        "languages": ["en", "fr"],
        "skip_rules": [{"payment_method": "iva", "category": f"c{n}"} for n in range(3)],
    }
    was = {name: firm.admin.get("/v1/settings")[name] for name in before}
    try:
        firm.admin.put("/v1/settings", before)
        page = sign_in(path="/settings")
        page.get_by_label("Language 3", exact=True).select_option("de")
        page.get_by_label("Category of rule 5: another", exact=True).fill("Last of all")
        firm.admin.put("/v1/settings", {"languages": ["en"], "skip_rules": []})
        page = _typed_and_closed(page)
        for n, code in enumerate(("en", "fr", "de"), 1):
            expect(page.get_by_label(f"Language {n}", exact=True)).to_have_value(code)
        expect(page.get_by_text("Saved meanwhile: English Take this")).to_be_visible()
        expect(page.get_by_label("Category of rule 5: another", exact=True)).to_have_value("Last of all")
        assert violations(page) == []
        page.get_by_role("button", name="Take this").click()
        expect(page.get_by_label("Language 2", exact=True)).to_have_value("")
        expect(page.get_by_label("Language 3", exact=True)).to_have_value("")
    finally:
        firm.admin.put("/v1/settings", was)


def test_what_was_written_into_a_draft_that_is_no_more_becomes_a_new_message(sign_in: SignIn, firm: Firm) -> None:
    admin = firm.admin
    party = admin.party(name="Gone Meanwhile", email="success@simulator.amazonses.com")
    draft = admin.email(party, send_now=False, subject="The first words")
    page = sign_in(path=f"/communications/{draft['id']}/edit")
    _field(page, "Text").fill("Words of an hour.")
    assert admin.ask("DELETE", f"/v1/communications/{draft['id']}").status_code == 204
    page.get_by_role("button", name="Send email").click()
    page.get_by_role("button", name="Write it as a new one").click()
    page.wait_for_url("**/compose")
    expect(_field(page, "Text")).to_have_value("Words of an hour.")
    page.get_by_role("button", name="Send email").click()
    expect(page.locator(".sentence")).to_contain_text("Delivered")
    expect(page.locator(".notice")).to_have_count(0)
    [sent] = admin.get("/v1/communications", party_id=party["id"])["items"]
    assert sent["subject"] == "The first words"


def test_half_a_minute_of_writing_is_a_draft_and_sending_sends_that_one(sign_in: SignIn, firm: Firm) -> None:
    party = firm.admin.party(name="Half Written", email="success@simulator.amazonses.com")
    page = sign_in()
    page.clock.install()
    page.goto(f"/compose?party_id={party['id']}&channel=email")
    _field(page, "Text").fill("Dear Ms Written,")
    page.clock.run_for(31_000)
    expect(page.get_by_text(re.compile("^Draft saved"))).to_have_count(2)
    page.wait_for_url(re.compile("/communications/com_.*/edit$"))
    page.reload()
    expect(_field(page, "Text")).to_have_value("Dear Ms Written,")
    expect(page.get_by_text("Kept from")).to_have_count(0)
    _field(page, "Subject").fill("Written in two goes")
    page.clock.run_for(1_000)
    page.get_by_role("button", name="Send email").click()
    page.wait_for_url(re.compile("/communications/com_[A-Z0-9]+$"))
    found = firm.admin.get("/v1/communications", party_id=party["id"])["items"]
    assert [(one["subject"], one["status"] == "draft") for one in found] == [("Written in two goes", False)]


def test_without_script_a_form_goes_through_signing_in(sign_in: SignIn, firm: Firm, wanda: Any) -> None:
    page = sign_in(path=f"/log/note?party_id={wanda['id']}", java_script_enabled=False)
    _field(page, "Note").fill("Written without script.")
    page.context.clear_cookies()
    page.get_by_role("button", name="Keep it in the log").click()
    fill_in(page, "admin", password_of(firm, "admin"))
    page.get_by_role("button", name="Show it again").click()
    expect(page.get_by_text("Nothing was saved yet")).to_be_visible()
    expect(_field(page, "Note")).to_have_value("Written without script.")
    page.get_by_role("button", name="Keep it in the log").click()
    expect(page.get_by_text("It is in the log.")).to_be_visible()
    expect(page.get_by_text("Nothing was saved yet")).to_have_count(0)
