"""Parties, cases, threads and what is written about, as they are used."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.support.axe import violations
from tests.support.browser import NARROW, WIDE, SignIn
from tests.support.firm import Firm


@pytest.fixture(scope="session")
def ids(firm: Firm) -> dict[str, str]:
    """By the first word of the name: parties and cases of the seeded firm."""
    parties: Any = firm.admin.get("/v1/parties", limit=200)["items"]
    cases: Any = firm.admin.get("/v1/cases", limit=200)["items"]
    return {one["name"].split()[0]: one["id"] for one in parties} | {one["reference"]: one["id"] for one in cases}


@pytest.mark.covers("H1", "H3")
def test_a_hold_is_seen_before_writing(sign_in: SignIn) -> None:
    page = sign_in(path="/parties")
    page.get_by_role("searchbox", name="Name, contact, account or telephone number, email").fill("bell")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("link", name="Marcus Bell").click()
    expect(page.get_by_role("heading", name=re.compile("^Breathing space until 15 January 2027"))).to_be_visible()
    expect(page.get_by_text("Prefers SMS")).to_be_visible()
    expect(page.get_by_role("link", name="Write…")).to_have_attribute("href", re.compile("party_id=pty_"))


@pytest.mark.covers("H2")
def test_an_opt_out_is_added_and_lifted(sign_in: SignIn, ids: dict[str, str]) -> None:
    page = sign_in(path=f"/parties/{ids['Peverell']}")
    page.get_by_role("link", name="Preferences", exact=True).click()
    page.get_by_label("New one").select_option("SMS")
    page.get_by_label("Category: another").fill("Reminder!")
    page.get_by_role("button", name="Save").click()
    summary = page.get_by_role("group", name="One thing to put right")
    expect(summary).to_be_focused()
    summary.get_by_role("link").click()
    expect(page.get_by_label("Category", exact=True)).to_be_focused()
    expect(page.get_by_label("Category", exact=True)).to_have_value("reminder!")
    page.get_by_label("Category: another").fill("Reminder")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("No reminder: noted by hand")).to_be_visible()
    page.get_by_role("link", name="Preferences", exact=True).click()
    page.get_by_role("checkbox", name=re.compile("^SMS. No reminder")).check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("No reminder: noted by hand")).to_have_count(0)


def test_a_party_a_contact_a_case_and_a_thread(sign_in: SignIn) -> None:
    page = sign_in(path="/parties/new")
    page.get_by_label("Name", exact=True).fill("Wharfe Textiles")
    page.get_by_label("Kind").select_option("Customer")
    page.get_by_role("button", name="Enter").click()
    expect(page.get_by_role("status").filter(has_text="Wharfe Textiles was entered.")).to_be_visible()
    page.get_by_role("region", name="Contacts").get_by_role("link", name="Add").click()
    page.get_by_label("Name").fill("Ines Vale")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("link", name="Ines Vale")).to_be_visible()
    page.get_by_role("region", name="Cases").get_by_role("link", name="Open").click()
    page.get_by_label("Reference").fill("DC-2026-00999")
    page.get_by_label("Against").fill("Orrin")
    page.get_by_role("button", name="Open the case").click()
    expect(page.get_by_role("link", name="Email Orrin Energy")).to_have_attribute("href", re.compile("channel=email"))
    page.get_by_role("button", name="Close the case").click()
    expect(page.get_by_text("The case is closed")).to_be_visible()
    page.get_by_role("link", name="Threads").click()
    page.get_by_role("link", name="Start a thread…").click()
    page.get_by_label("Subject", exact=True).fill("The winter's bills")
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_role("heading", name="The winter's bills")).to_be_visible()
    page.get_by_role("button", name="Archive").click()
    expect(page.get_by_role("button", name="Make active")).to_be_visible()


@pytest.mark.covers("B2", "D2")
def test_a_case_of_somebody_who_sees_some_only(sign_in: SignIn, ids: dict[str, str]) -> None:
    page = sign_in("agent", path="/cases")
    expect(page.get_by_role("link", name=re.compile("DC-2026-00412"))).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("DC-2026-00385"))).to_have_count(0)
    page.goto(f"/cases/{ids['DC-2026-00385']}")
    expect(page.get_by_role("heading", name="There is nothing here")).to_be_visible()


@pytest.mark.parametrize("viewport", [None, NARROW])
def test_the_pages_are_open_to_everybody(sign_in: SignIn, ids: dict[str, str], viewport: Any) -> None:
    bell, case = ids["Marcus"], ids["DC-2026-00412"]
    page = sign_in(path="/parties", **({"viewport": viewport} if viewport else {}))
    tabs = ("", "/communications", "/threads", "/documents", "/activity")
    for path in (
        "/parties", "/parties/new", *(f"/parties/{bell}{tab}" for tab in (*tabs, "/edit", "/preferences", "/contacts/new")),
        "/cases", "/cases/new", *(f"/cases/{case}{tab}" for tab in (*tabs, "/edit")), f"/threads/new?party_id={bell}",
    ):  # fmt: skip
        page.goto(path)
        assert violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


@pytest.mark.parametrize(("scheme", "viewport"), [("light", WIDE), ("dark", NARROW)], ids=["light", "dark"])
def test_what_is_found_beside_them_is_open_to_everybody(
    sign_in: SignIn, firm: Firm, scheme: str, viewport: Any
) -> None:
    admin = firm.admin
    party = admin.party(name="Beside Everybody", mobile="+447700900560")
    contact = admin.post(f"/v1/parties/{party['id']}/contacts", {"name": "Con Tact", "email": "con@mailbox.example"})
    thread = admin.post("/v1/threads", {"party_id": party["id"], "subject": "All of it"})
    invoice = {"type": "invoice", "id": f"RE-{scheme}"}
    note = {"channel": "note", "party_id": party["id"], "thread_id": thread["id"], "body": "Rang", "regarding": invoice}
    entry = admin.post("/v1/communications", note)["id"]
    person = f"/parties/{party['id']}/contacts/{contact['id']}"
    page = sign_in(path="/work", color_scheme=scheme, viewport=viewport)
    for path in (
        person, f"{person}/edit", f"{person}/communications", f"/threads/{thread['id']}", f"/subjects/invoice/RE-{scheme}",
        f"/compose/quick?party_id={party['id']}&channel=sms", f"/communications/{entry}", f"/communications/{entry}/refile",
        f"/communications/{entry}/edit", f"/exports/new?id={entry}", "/search?q=beside", "/search?q=nobody-at-all",
        "/communications/columns", "/communications/overview/filter", f"/documents/new?party_id={party['id']}",
    ):  # fmt: skip
        page.goto(path)
        assert page.get_by_role("heading", name="There is nothing here").count() == 0, path
        assert violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
