"""Correspondence as a case handler works with it: made, emailed and delivered; copies of invoices; made again."""

import re
import uuid
from typing import Any

import pytest
import requests
from playwright.sync_api import Locator, Page, expect

from tests.support.axe import violations
from tests.support.browser import NARROW, SignIn
from tests.support.firm import Firm, eventually

# What is being made is there within moments; the machine may have others to work for.
_MADE = 30_000


@pytest.fixture
def customer(firm: Firm) -> Any:
    """With two invoices, of which one has its PDF, and a to-do about that one."""
    mark = uuid.uuid4().hex[:8]
    party = firm.admin.party(
        kind="customer", name=f"Calder Mills {mark}", account_number=f"7{mark}", address="4 Wharf Street\nLeeds LS2 7EQ",
        email=f"success+{mark}@simulator.amazonses.com",
    )  # fmt: skip
    for number, document_id in (("1", document_of(firm, party)), ("2", None)):
        told = {"date": "2026-10-01", "due_date": "2026-11-01", "amount": "1250.50", "outstanding": "980.00"}
        owned = {"party_id": party["id"], "label": f"Invoice {mark}-{number}", "currency": "GBP"}
        put = owned | told | ({"document_id": document_id} if document_id else {})
        firm.admin.put(f"/v1/subjects/invoice/{mark}-{number}", put)
    about = {"type": "invoice", "id": f"{mark}-1"}
    firm.admin.post("/v1/todos", {"title": f"Chase {mark}", "party_id": party["id"], "subject": about})
    return {**party, "mark": mark}


def document_of(firm: Firm, party: Any) -> str:
    """The PDF of an invoice."""
    content = b"%PDF-1.7 the invoice"
    told = {"name": "Invoice.pdf", "media_type": "application/pdf", "bytes": len(content), "party_id": party["id"]}
    made = firm.admin.post("/v1/documents", told)
    put = requests.put(made["upload_url"], data=content, headers={"Content-Type": "application/pdf"}, timeout=10)
    put.raise_for_status()
    return str(made["id"])


def begin(page: Page, customer: Any, type_: str) -> None:
    """Party, Add, Correspondence, type: by keys alone."""
    page.goto(f"/parties/{customer['id']}")
    page.locator("summary", has_text="Add").press("Enter")
    page.locator("summary", has_text="Correspondence").press("Enter")
    page.get_by_role("link", name=type_, exact=True).press("Enter")
    expect(page.get_by_role("heading", name=type_, level=1)).to_be_visible()


def standing(page: Page, word: str) -> Locator:
    return page.get_by_role("heading", name=word, exact=True, level=2)


def save(page: Page) -> str:
    """The number that it got, at once; then its PDF is there without anybody loading the page again."""
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/correspondence/*/C*")
    number = page.get_by_role("heading", level=1).inner_text()
    expect(standing(page, "Ready")).to_be_visible(timeout=_MADE)
    return number


@pytest.mark.covers("J2", "J3", "J4", "J5", "J6")
def test_a_letter_is_made_emailed_and_delivered(sign_in: SignIn, firm: Firm, customer: Any) -> None:
    page, mark = sign_in(), customer["mark"]
    begin(page, customer, "Overdue Account")
    expect(page.get_by_role("region", name="The letter")).to_contain_text("once these are filled in")
    page.get_by_role("checkbox", name=f"Invoice {mark}-1").check()
    page.get_by_label("To be paid by").fill("2026-12-18")
    # Beside the form stands the letter as the page that it will be.
    expect(page.get_by_role("img", name=re.compile("^Page 1 of "))).to_be_visible(timeout=_MADE)
    expect(page.get_by_role("region", name="What will happen")).to_contain_text(f"Save makes 7{mark}/C001")
    assert violations(page) == []
    number = save(page)
    assert number == f"7{mark}/C001"
    expect(page.frame_locator("iframe.letter").get_by_role("img", name="Page 1 of")).to_be_visible(timeout=_MADE)
    address = page.get_by_role("link", name="Download").get_attribute("href") or ""
    assert page.context.request.get(f"{firm.endpoints['console_url']}{address}").body().startswith(b"%PDF")
    # It says to whom before it is pressed.
    expect(page.get_by_text(f"by email to {customer['email']}")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="Email", exact=True).click()
    expect(standing(page, "Emailed")).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("^Email to Calder Mills"))).to_be_visible()
    eventually(lambda: firm.mail(to=customer["email"]))
    page.locator("#actions summary").click()
    page.get_by_role("link", name="Deliver correspondence…").click()
    page.get_by_label("Reason").fill("Handed over at the counter")
    page.get_by_role("button", name="Deliver correspondence").click()
    expect(standing(page, "Delivered")).to_be_visible()
    page.goto(f"/parties/{customer['id']}")
    expect(page.get_by_text(f"Chase {mark}")).to_have_count(0)
    page.get_by_role("combobox", name=re.compile("^Search")).fill(number)
    expect(page.locator("[role=option]", has_text=number).first).to_be_visible()


@pytest.mark.covers("J7")
def test_copies_of_invoices_go_without_a_letter(sign_in: SignIn, firm: Firm, customer: Any) -> None:
    page, mark = sign_in(), customer["mark"]
    begin(page, customer, "Copy Invoices")
    row = page.get_by_role("row", name=re.compile(f"Invoice {mark}-1"))
    expect(row).to_contain_text("1 Oct 2026")
    expect(row).to_contain_text("GBP 980.00")
    for number in ("1", "2"):
        page.get_by_role("checkbox", name=f"Invoice {mark}-{number}").check()
    save(page)
    expect(page.get_by_text(f"Invoice {mark}-2: no PDF is there")).to_be_visible()
    page.locator("#actions summary").click()
    page.get_by_role("link", name="Email correspondence…").click()
    page.get_by_label("To", exact=True).fill(f"success+other{mark}@simulator.amazonses.com")
    strip = page.get_by_role("region", name="What will happen")
    expect(strip).to_contain_text(f"to success+other{mark}@simulator.amazonses.com")
    assert violations(page) == []
    strip.get_by_role("button", name="Email").click()
    expect(standing(page, "Emailed")).to_be_visible()
    (mail,) = eventually(lambda: firm.mail(to=f"success+other{mark}@simulator.amazonses.com"))
    assert [one["name"] for one in mail["attachments"]] == ["Invoice.pdf"]


@pytest.mark.covers("J8")
def test_a_letter_is_made_again_while_somebody_else_voids_it(sign_in: SignIn, firm: Firm, customer: Any) -> None:
    page, mark = sign_in(viewport=NARROW), customer["mark"]
    content = {"invoices": [f"{mark}-1"], "pay_by": "2026-12-18"}
    made = {"type": "overdue-account", "party_id": customer["id"], "content": content}
    number = firm.admin.post("/v1/correspondence", made)["number"]
    page.goto(f"/correspondence/{number}")
    expect(standing(page, "Ready")).to_be_visible(timeout=_MADE)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Email", exact=True).click()
    expect(standing(page, "Emailed")).to_be_visible()
    page.locator("#actions summary").click()
    page.get_by_role("button", name="Recreate").click()
    expect(page.get_by_text(re.compile("^Version 2 was made"))).to_be_visible(timeout=_MADE)
    expect(page.get_by_text(re.compile(r"^Version 1\s+emailed"))).to_be_visible()
    firm.admin.post(f"/v1/correspondence/{number}/void", {"reason": "Wrong type"})
    # The page still offers what is not possible any more: pressing it says so, and shows how it stands.
    page.locator("#actions summary").click()
    page.get_by_role("button", name="Recreate").click()
    expect(page.get_by_role("heading", name="That is not possible any more")).to_be_visible()
    expect(standing(page, "Void")).to_be_visible()
    expect(page.get_by_role("link", name="Make a new one…")).to_be_visible()


def test_without_script_a_button_shows_the_letter(sign_in: SignIn, customer: Any) -> None:
    page, mark = sign_in(path=f"/parties/{customer['id']}", java_script_enabled=False), customer["mark"]
    page.locator("summary", has_text="Add").click()
    page.locator("summary", has_text="Correspondence").click()
    page.get_by_role("link", name="Overdue Account", exact=True).click()
    page.get_by_role("checkbox", name=f"Invoice {mark}-1").check()
    page.get_by_label("To be paid by").fill("2026-12-18")
    page.get_by_role("button", name="Show the letter").last.click()
    expect(page.get_by_role("img", name=re.compile("^Page 1 of "))).to_be_visible()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name=f"7{mark}/C001", level=1)).to_be_visible()


@pytest.mark.covers("J1")
def test_a_type_is_changed_in_the_settings(sign_in: SignIn) -> None:
    page = sign_in(path="/settings/correspondence")
    assert violations(page) == []
    page.get_by_role("link", name="Final Notice").click()
    expect(page.get_by_role("img", name=re.compile("^Page 1 of "))).to_be_visible(timeout=_MADE)
    assert violations(page) == []
    page.get_by_role("button", name="As JSON").click()
    expect(page.get_by_label("JSON Schema (2020-12)")).to_have_value(re.compile('"properties"'))
    page.get_by_role("button", name="As rows").click()
    expect(page.get_by_label("Name of field 1")).to_be_visible()
    page.get_by_role("button", name="Save as a new version").click()
    expect(page.get_by_text(re.compile("Final Notice was saved as version"))).to_be_visible(timeout=_MADE)
