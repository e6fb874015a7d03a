"""Somebody who looks for somebody by what they remember of a name or a number: with keys alone, on a telephone, without script."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.support.axe import violations
from tests.support.browser import NARROW, SignIn
from tests.support.firm import Firm, eventually

SEARCH = "Search parties, cases, numbers and messages"


@pytest.fixture(scope="session")
def soren(firm: Firm) -> Any:
    """A client with a case and a call, and somebody else of the same name."""
    party = firm.admin.post(
        "/v1/parties",
        {"kind": "client", "name": "Søren O’Neill", "account_number": "SN-1", "mobile": "+447700900431",
         "address": "3 Mill Lane\nWhitby\nYO21 1AA"},
    )  # fmt: skip
    firm.admin.post(
        "/v1/parties",
        {"kind": "client", "name": "Søren O'Neill", "account_number": "SN-2", "address": "9 Quay\nPoole\nBH15 1HJ"},
    )
    firm.admin.post("/v1/cases", {"reference": "DC-2026-00909", "title": "O’Neill", "party_ids": [party["id"]]})
    note = {"channel": "note", "party_id": party["id"], "body": "東京都庁から手紙が届きました。"}
    firm.admin.post("/v1/communications", note)
    eventually(lambda: bool(firm.admin.get("/v1/communications", q="都庁")["items"]))
    return party


def test_with_keys_alone_somebody_is_found_by_half_a_name_and_told_apart(sign_in: SignIn, soren: Any) -> None:
    page = sign_in(path="/work")
    page.keyboard.press("/")
    page.keyboard.type("soren oneill")
    field, hits = page.get_by_role("combobox", name=SEARCH), page.get_by_role("listbox", name="Found")
    expect(hits.get_by_role("group", name="Parties").get_by_role("option")).to_have_count(2)
    expect(hits.get_by_role("option", name="SN-2")).to_contain_text("Poole BH15 1HJ")
    expect(hits.get_by_role("group", name="Cases")).to_contain_text("DC-2026-00909")
    expect(field).to_have_attribute("aria-expanded", "true")
    assert violations(page) == []
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    chosen = hits.locator("[aria-selected=true]")
    expect(chosen).to_contain_text("SN-1")
    expect(field).to_have_attribute("aria-activedescendant", chosen.get_attribute("id") or "")
    expect(field).to_be_focused()
    page.keyboard.press("Escape")
    expect(hits).to_be_hidden()
    expect(field).to_have_value("soren oneill")
    page.keyboard.press("ArrowDown")
    expect(hits).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/parties/{soren['id']}")
    expect(page.get_by_role("heading", name="Søren O’Neill")).to_be_visible()


@pytest.mark.parametrize("number", ["07700 900431", "+44 7700 900 431", "0044 7700-900431"])
def test_a_number_that_is_read_out_leads_to_whose_it_is(sign_in: SignIn, soren: Any, number: str) -> None:
    page = sign_in(path="/parties")
    page.get_by_label(SEARCH).fill(number)
    options = page.get_by_role("option")
    expect(options.first).to_contain_text("SN-1")
    expect(page.get_by_role("option", name="SN-2")).to_have_count(0)
    page.get_by_label(SEARCH).fill("07700 900499")
    expect(options).to_have_count(0)
    expect(page.locator("#hits")).to_have_text("Nothing found")


def test_what_is_written_without_blanks_is_found_from_any_sign_on(sign_in: SignIn, soren: Any) -> None:
    page = sign_in(path="/work")
    page.get_by_label(SEARCH).fill("手紙")
    expect(page.get_by_role("group", name="Messages").get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=**")
    expect(page.locator(".log tbody tr:not(.day)")).to_have_count(1)
    page.get_by_role("link", name="In the Log").click()
    expect(page.get_by_role("link", name="Remove filter: Words: 手紙")).to_be_visible()


def test_without_script_the_search_is_a_page(sign_in: SignIn, soren: Any) -> None:
    page = sign_in(path="/work", java_script_enabled=False)
    page.get_by_label(SEARCH).fill("o'neill søren")
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="Parties").get_by_role("link")).to_have_count(2)
    page.get_by_role("region", name="Cases").get_by_role("link", name="DC-2026-00909").click()
    expect(page.get_by_role("heading", name="DC-2026-00909")).to_be_visible()
    page.goto("/cases")
    page.get_by_label("Reference, title or client").fill("00909")
    page.get_by_role("button", name="Find").click()
    expect(page.locator("tbody tr")).to_have_count(1)


def test_on_a_telephone_what_is_found_fits(sign_in: SignIn, soren: Any) -> None:
    page = sign_in(path="/work", viewport=NARROW)
    page.get_by_label(SEARCH).fill("soren")
    expect(page.get_by_role("option").first).to_be_visible()
    box = page.locator("#hits").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= NARROW["width"]
    page.get_by_role("option", name="SN-2").click()
    expect(page.get_by_role("heading", name="Søren O'Neill")).to_be_visible()
