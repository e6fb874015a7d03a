"""What is written about, and who reads it: a handler's things and columns, an auditor who walks through, a page on paper."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.support.axe import violations
from tests.support.browser import NARROW, SignIn, fill_in, password_of
from tests.support.firm import Firm, eventually


@pytest.fixture(scope="session")
def okoro(firm: Firm) -> str:
    parties: Any = firm.admin.get("/v1/parties", q="Daniel Okoro")["items"]
    return str(parties[0]["id"])


def test_a_thing_is_made_while_writing_and_found_in_the_overview(sign_in: SignIn, firm: Firm, okoro: str) -> None:
    page = sign_in(path=f"/log/note?party_id={okoro}")
    page.get_by_text("Something else…").click()
    page.get_by_label("Kind").fill("Purchase order")
    page.get_by_label("Number", exact=True).fill("PO 7/1")
    page.get_by_label("Name", exact=True).fill("Order of chairs")
    page.get_by_label("Link").fill("https://erp.example/po/7")
    page.get_by_label("Note", exact=True).fill("The upholstery is disputed.")
    page.get_by_role("button", name="Keep it in the log").click()
    expect(page.get_by_role("link", name="Order of chairs")).to_be_visible()
    # It is there to be chosen for the next one, with where it is kept.
    page.goto(f"/compose?party_id={okoro}")
    page.get_by_label("About", exact=True).select_option("Order of chairs")
    expect(page.get_by_role("link", name="Where it is kept")).to_have_attribute("href", "https://erp.example/po/7")
    eventually(lambda: firm.admin.get("/v1/overview", q="upholstery")["items"])
    page.goto("/communications/overview")
    expect(page.get_by_role("row", name=re.compile("Order of chairs"))).to_have_count(1)
    expect(page.get_by_role("row", name=re.compile("Case DC-2026-00405"))).to_have_count(1)
    page.get_by_role("searchbox", name="Find in the overview").fill("upholstery")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_role("row", name=re.compile("Order of chairs"))).to_have_count(1)
    expect(page.get_by_role("row", name=re.compile("Case DC-2026-00405"))).to_have_count(0)
    page.get_by_role("link", name="Remove filter: Words: upholstery").click()
    page.get_by_role("button", name="Filter").click()
    page.get_by_role("checkbox", name="Failed").check()
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("row", name=re.compile("Order of chairs"))).to_have_count(0)
    page.goto("/communications/overview")
    page.get_by_role("checkbox", name="Select the latest about Case DC-2026-00385").check()
    expect(page.get_by_text("1 selected")).to_be_visible()


def test_columns_are_remembered_where_one_signs_in_next(sign_in: SignIn, firm: Firm) -> None:
    page = sign_in("lead")
    expect(page.get_by_role("columnheader", name="Category")).to_have_count(0)
    page.get_by_role("link", name="Columns").click()
    for column in ("Category", "Sent at", "Receiver"):
        page.get_by_role("checkbox", name=column).check()
    assert violations(page) == []
    page.get_by_role("button", name="Save columns").click()
    expect(page.get_by_role("columnheader", name="Sent at")).to_be_visible()
    elsewhere = sign_in(None, path="/sign-in")
    fill_in(elsewhere, "lead", password_of(firm, "lead"))
    elsewhere.wait_for_url("**/work")
    elsewhere.goto("/communications")
    expect(elsewhere.get_by_role("columnheader", name="Receiver")).to_be_visible()
    now = f"{datetime.now(UTC):%b %Y}"
    expect(elsewhere.get_by_role("cell", name=re.compile(rf"^\d+ {now}, \d\d:\d\d$")).first).to_be_visible()
    # They give way: the page is never wider than the screen, and the subject is never squeezed out.
    for width in (1280, 1000, NARROW["width"]):
        elsewhere.set_viewport_size({"width": width, "height": 800})
        assert elsewhere.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
        box = elsewhere.locator("tbody .c-subj").first.bounding_box()
        assert box, width
        assert box["width"] > 100, width
    page.goto("/communications/columns")
    for column in ("Category", "Sent at", "Receiver"):
        page.get_by_role("checkbox", name=column).uncheck()
    page.get_by_role("button", name="Save columns").click()
    expect(page.get_by_role("columnheader", name="Sent at")).to_have_count(0)


def test_a_tab_is_filtered_without_script(sign_in: SignIn, okoro: str) -> None:
    page = sign_in(path=f"/parties/{okoro}/communications", java_script_enabled=False)
    expect(page.get_by_role("link", name=re.compile("Complaint: back-billing"))).to_be_visible()
    page.get_by_role("link", name="Filter").click()
    page.get_by_role("radio", name="Last month").check()
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("link", name="Remove filter: Last month")).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("Complaint: back-billing"))).to_have_count(0)
    page.get_by_role("link", name="Clear all filters").click()
    expect(page.get_by_role("link", name=re.compile("Complaint: back-billing"))).to_be_visible()


def test_an_auditor_reads_everything_and_finds_nothing_that_is_refused(sign_in: SignIn, okoro: str) -> None:
    page = sign_in("auditor", path="/communications/overview")
    expect(page.get_by_role("button", name=re.compile("Resend|Ignore|Send drafts"))).to_have_count(0)
    page.get_by_text("Tom Fletcher", exact=True).click()
    page.get_by_role("link", name="Settings").click()
    expect(page.get_by_text("09:00 to 17:00, Mon, Tue, Wed, Thu, Fri")).to_be_visible()
    assert violations(page) == []
    page.goto("/people")
    page.get_by_role("main").get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="Granted")).to_be_visible()
    for path in (
        "/communications",
        f"/parties/{okoro}",
        f"/parties/{okoro}/activity",
        "/people",
        "/settings",
        "/settings/providers",
        "/templates",
    ):
        page.goto(path)
        inside = page.get_by_role("main")
        assert not re.findall(r"\b[a-z]{3}_[0-9A-Z]{26}\b", inside.inner_text()), path
        assert not inside.locator("form[method=post]").count(), path


def _on_paper(page: Page) -> str:
    page.emulate_media(media="print")
    return page.locator("body").inner_text()


def test_an_entry_and_a_list_on_paper(sign_in: SignIn) -> None:
    page = sign_in(path="/communications?group=failed", color_scheme="dark")
    listed = _on_paper(page)
    assert "Tolworthy Brandreth" in listed
    assert re.search(r"Printed by Jane Marsh \(admin\), \d+ \w+ \d{4}, \d\d:\d\d \w+", listed)
    assert "newest first: failed" in listed
    for gone in ("Compose", "Saved views", "Filter", "Resend"):
        assert gone not in listed
    page.emulate_media(media="screen")
    address = page.locator("tbody .c-subj a").first.get_attribute("href") or ""
    page.goto(address)
    entry = _on_paper(page)
    assert f"Entry {address.split('/')[-1].partition('?')[0]}" in entry
    assert "The sender has the right." in entry, "what was folded is not unfolded"
    for gone in ("Correct the address…", "Ignore"):
        expect(page.get_by_role("link", name=gone)).to_have_count(0)
        expect(page.get_by_role("button", name=gone)).to_have_count(0)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
