"""The morning of a case handler whose mail bounced yesterday: what was put right asks for nothing any more, wherever one looks."""

import re
import time
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import SignIn
from tests.support.firm import Firm, eventually

ENTRY = re.compile("/communications/com_")


def address(kind: str) -> str:
    """One of the simulator's own, which bounces or takes it, and of which nothing is remembered yet."""
    return f"{kind}+{time.time_ns()}@simulator.amazonses.com"


def bounced(firm: Firm, subject: str) -> Any:
    """An email to a client whose address was wrong."""
    client = firm.admin.party(name=f"Ida {subject}", email=address("bounce"))
    body = {"channel": "email", "party_id": client["id"], "subject": subject, "body": "Dear Ida,"}
    made = firm.admin.post("/v1/communications", body)
    eventually(lambda: firm.admin.get(f"/v1/communications/{made['id']}")["status"] == "failed")
    return made


def work(page: Page, made: Any) -> Any:
    """Where Work asks for it: that its address stands aside is told as long as nobody releases that."""
    page.goto("/work")
    asking = page.locator("section.card", has_not=page.get_by_role("heading", name="Addresses set aside"))
    return asking.locator(f"a[href*='{made['id']}']")


def row(page: Page, of: str) -> Any:
    return page.locator("tr", has=page.locator(f"a[href*='{of}']"))


def test_a_bounce_is_sent_to_the_right_address_and_asks_for_nothing_more(sign_in: SignIn, firm: Firm) -> None:
    made = bounced(firm, "Tenancy")
    page = sign_in(path="/work")
    expect(work(page, made)).to_have_count(1)
    work(page, made).click()
    page.get_by_role("link", name="Send to another address…").first.click()
    page.get_by_label("Email address").fill(address("success"))
    page.get_by_role("button", name="Send again").click()
    page.wait_for_url(ENTRY)
    second = page.url.split("/communications/")[1].partition("?")[0]
    eventually(lambda: firm.admin.get(f"/v1/communications/{made['id']}")["settled_by"] == second)

    expect(work(page, made)).to_have_count(0)
    page.goto("/communications?group=failed")
    expect(row(page, made["id"])).to_have_count(0)
    expect(page.locator(".foot")).to_contain_text("not shown")
    page.locator(".foot").get_by_role("link", name=re.compile("Show (it|them)")).last.click()
    expect(row(page, made["id"])).to_contain_text("Sent again: attempt 2 arrived")
    expect(row(page, made["id"]).locator("[data-group=failed], .red")).to_have_count(0)
    row(page, made["id"]).get_by_role("link").click()
    sentence = page.locator(".sentence")
    expect(sentence.get_by_role("heading")).to_contain_text("Sent again: attempt 2 arrived")
    expect(sentence.locator(".main")).to_have_count(0)
    expect(sentence).not_to_contain_text("then send again")
    sentence.get_by_role("link", name="Send another copy…").click()
    expect(page.locator("main")).to_contain_text("This would be a second copy")
    page.get_by_role("link", name="Leave it").click()
    page.get_by_role("link", name="Look at attempt 2").click()
    expect(page.locator(".sentence").get_by_role("heading")).to_contain_text("Delivered")
    page.goto("/todos?of=all")
    expect(page.locator("main")).not_to_contain_text("Ida Tenancy")
    page.goto("/todos?of=done")
    expect(page.locator("li", has_text="Ida Tenancy").first).to_contain_text("Done by attempt 2, delivered")


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_somebody_telephoned_instead_and_says_so(sign_in: SignIn, firm: Firm, script: bool) -> None:
    made = bounced(firm, "Rent" if script else "Deposit")
    page = sign_in(path=f"/communications/{made['id']}", java_script_enabled=script)
    page.get_by_role("link", name="Seen to…").click()
    page.get_by_role("button", name="Seen to").click()
    expect(page.locator("main")).to_contain_text("What was done")
    page.get_by_label("What was done").fill("telephoned her")
    page.get_by_role("button", name="Seen to").click()
    expect(page.locator(".sentence").get_by_role("heading")).to_contain_text("Seen to by")
    expect(page.get_by_role("link", name="Seen to…")).to_have_count(0)
    expect(work(page, made)).to_have_count(0)
    page.goto("/communications")
    expect(row(page, made["id"])).to_contain_text("Seen to by Jane Marsh: telephoned her")
    page.goto(f"/communications/{made['id']}")
    page.get_by_role("button", name="Needs somebody again").click()
    expect(work(page, made)).to_have_count(1)
