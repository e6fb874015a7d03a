"""A day with a telephone in the hand, and one in a browser that runs no script: from signing in until nothing is left to do."""

import re
import time
import uuid
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

import requests
from playwright.sync_api import Page, expect

from tests.support.axe import violations
from tests.support.browser import NARROW, SignIn, fill_in, password_of
from tests.support.firm import Firm, eventually

ENTRY = re.compile(r"/communications/com_[0-9A-Z]+")


def arrived(firm: Firm, party: Any, subject: str) -> Any:
    """What the client wrote, as it came by mail."""
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = party["email"], "legal@firm.example", subject
    mail["Message-ID"] = f"<{uuid.uuid4().hex}@mailbox.example>"
    mail.set_content("Dear Jane,\n\nwhen is the hearing?\n")
    requests.post(f"{firm.endpoints['ses_url']}/inbound", data=mail.as_bytes(), timeout=10).raise_for_status()
    query = {"party_id": party["id"], "direction": "inbound"}
    return eventually(lambda: firm.admin.get("/v1/communications", **query)["items"])[0]


def client(firm: Firm, name: str, kind: str = "success", **changes: Any) -> Any:
    email = f"{kind}+{time.time_ns()}@simulator.amazonses.com"
    return firm.admin.party(name=name, email=email, **changes)


def look(page: Page) -> None:
    """What is shown fits the screen, and is there for everybody."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url
    assert violations(page) == [], page.url


def signed_in(sign_in: SignIn, firm: Firm, **more: Any) -> Page:
    page = sign_in(None, path="/work", **more)
    fill_in(page, "lead", password_of(firm, "lead"))
    page.wait_for_url("**/work")
    return page


def test_a_day_on_a_telephone(sign_in: SignIn, firm: Firm) -> None:
    party = client(firm, "Phoebe Phone", kind="bounce", mobile="+447700900559")
    made = firm.admin.email(party, subject="The hearing of Phoebe")
    firm.admin.follow(made, "failed")
    page = signed_in(sign_in, firm, viewport=NARROW, has_touch=True)
    attention = page.get_by_role("region", name="Needs attention")
    look(page)
    attention.get_by_role("link", name="The hearing of Phoebe").tap()
    expect(page.get_by_role("heading", name="Not delivered: the address does not exist")).to_be_visible()
    look(page)
    page.get_by_role("link", name="Send to another address…").first.tap()
    page.get_by_label("Email address").fill(f"success+{time.time_ns()}@simulator.amazonses.com")
    look(page)
    page.get_by_role("button", name="Send again").tap()
    page.wait_for_url(lambda address: bool(ENTRY.search(address)) and made["id"] not in address)
    eventually(lambda: firm.admin.get(f"/v1/communications/{made['id']}")["settled_by"])
    page.goto("/work")
    expect(attention.get_by_role("link", name="The hearing of Phoebe")).to_have_count(0)

    # She rings: her number leads to her, and what she asks for is to be done tomorrow.
    page.get_by_label("Search parties, cases, numbers and messages").fill("07700 900559")
    page.get_by_role("option", name="Phoebe Phone").first.tap()
    expect(page.get_by_role("heading", name="Phoebe Phone")).to_be_visible()
    look(page)
    page.goto(f"/log/call?party_id={party['id']}")
    page.get_by_label("What was said").fill("She asks for a later date.")
    page.locator("#followup_date").fill("2031-01-15")
    look(page)
    page.get_by_role("button", name="Keep it in the log").tap()
    page.wait_for_url(ENTRY)
    page.goto("/todos")
    done = page.get_by_role("button", name=re.compile("^Done: .*Phoebe"))
    expect(done).to_have_count(1)
    done.tap()
    expect(done).to_have_count(0)

    page.goto(f"/compose?party_id={party['id']}&channel=sms")
    page.get_by_role("textbox", name="Text", exact=True).fill("We asked for a later date.")
    expect(page.get_by_role("region", name="What will happen")).to_contain_text(
        re.compile(r"Goes (now|today|tomorrow|on)")
    )
    look(page)
    page.get_by_role("button", name=re.compile("^(Send|Schedule) SMS")).tap()
    page.wait_for_url(ENTRY)
    look(page)


def test_a_day_without_script(sign_in: SignIn, firm: Firm) -> None:
    party = client(firm, "Norma Noscript")
    asked = arrived(firm, party, "The hearing of Norma")
    ready, out = client(firm, "Gwen Goes"), client(firm, "Otto Out")
    drafts = [firm.admin.email(one, subject="Bundle for all", send_now=False)["id"] for one in (ready, out)]
    firm.admin.put(f"/v1/parties/{out['id']}/preferences", {"opt_outs": [{"channel": "email"}]})
    page = signed_in(sign_in, firm, java_script_enabled=False)
    waiting = page.locator(f"main a[href*='{asked['id']}']")
    page.goto("/work?todos=all")
    expect(waiting).to_have_count(1)
    waiting.click()
    page.get_by_role("link", name="Reply…").click()
    expect(page.get_by_role("article", name="What is answered")).to_contain_text("when is the hearing?")
    page.get_by_role("textbox", name="Text", exact=True).fill("Dear Norma,\n\non Monday.")
    page.get_by_role("button", name="Review").click()
    expect(page.get_by_role("region", name="What will happen")).to_contain_text("Goes now by email")
    page.get_by_role("button", name="Send email").click()
    page.wait_for_url(ENTRY)
    expect(page.get_by_text("Done by this answer")).to_be_visible()
    page.goto("/work?todos=all")
    expect(waiting).to_have_count(0)

    # Two letters for everybody, one of whom wants none.
    page.goto(f"/bulk/send?id={drafts[0]}&id={drafts[1]}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Send 1 of 2?")
    page.get_by_role("button", name="Send 1").click()
    eventually(lambda: firm.admin.get(f"/v1/communications/{drafts[0]}")["status"] not in ("draft", "queued"))
    page.reload()
    expect(page.locator("main")).to_contain_text("Otto Out opted out of email")
    expect(page.locator("main")).not_to_contain_text("not begun")

    # The one who wants no mail is rung up instead; his draft goes away.
    page.goto(f"/communications/{drafts[1]}")
    page.get_by_role("link", name="Discard…").click()
    page.get_by_role("button", name=re.compile("^Discard")).click()
    page.goto(f"/log/call?party_id={out['id']}")
    page.get_by_label("What was said").fill("Told him by telephone.")
    page.get_by_role("button", name="Keep it in the log").click()
    page.wait_for_url(ENTRY)
    page.goto(f"/parties/{out['id']}/communications")
    expect(page.locator("main")).to_contain_text("Told him by telephone.")
    expect(page.locator("main")).not_to_contain_text("Bundle for all")
    page.get_by_text("Omar Haddad", exact=True).click()
    page.get_by_role("button", name="Sign out").click()
    page.goto(f"/parties/{out['id']}/communications")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
