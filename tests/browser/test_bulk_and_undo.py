"""A lead's morning: many at once, of which some are good, some bad and some dealt with; what is sent is undone in time."""

import re
from typing import Any

from playwright.sync_api import Page, expect

from tests.support.axe import violations
from tests.support.browser import SignIn
from tests.support.firm import Firm, eventually

COM = "/v1/communications"


def somebody(firm: Firm, name: str, local: str = "success", **changes: Any) -> Any:
    address = f"{local}+{name.split()[0].lower()}@simulator.example"
    return firm.admin.post("/v1/parties", {"kind": "client", "name": name, "email": address, **changes})


def wish(firm: Firm, party: Any, **wishes: Any) -> None:
    firm.admin.put(f"/v1/parties/{party['id']}/preferences", wishes)


def written(firm: Firm, party: Any, subject: str, **changes: Any) -> Any:
    body = {"channel": "email", "party_id": party["id"], "subject": subject, "body": "Dear you,", **changes}
    return firm.admin.post(COM, body)


def strip(page: Page) -> Any:
    return page.locator("#strip")


def test_one_answer_for_a_party_that_opted_out_whatever_is_missing(sign_in: SignIn, firm: Firm) -> None:
    party = somebody(firm, "Olga Optout")
    wish(firm, party, opt_outs=[{"channel": "email"}])
    page = sign_in("lead", f"/compose?party_id={party['id']}&channel=email")
    for _ in range(2):
        expect(strip(page)).to_contain_text("opted out of email")
        expect(strip(page)).not_to_contain_text("missing")
        expect(page.locator("#way-email")).to_have_text("opted out")
        page.get_by_label("Subject").fill("Your review")
    wish(firm, party, opt_outs=[])
    page.reload()
    expect(strip(page)).to_contain_text("Not ready")
    expect(page.locator("#way-email")).to_have_text("goes now")


def test_another_channel_drops_what_belonged_to_the_first_and_keeps_the_text(sign_in: SignIn, firm: Firm) -> None:
    party = somebody(firm, "Carla Change", mobile="+447400100001")
    page = sign_in("lead", f"/compose?party_id={party['id']}&channel=email")
    page.get_by_label("Subject").fill("Only for email")
    page.get_by_label("Copy to", exact=True).fill("bank@lender.example")
    page.get_by_label("Text", exact=True).fill("We have your letter.")
    page.get_by_role("radio", name=re.compile("^SMS")).check()
    expect(page.get_by_label("Subject")).to_have_count(0)
    expect(page.get_by_label("Text", exact=True)).to_have_value("We have your letter.")
    expect(page.locator(".form")).not_to_contain_text("bank@lender.example")
    expect(strip(page)).not_to_contain_text("no address")
    page.get_by_role("radio", name=re.compile("^Email")).check()
    expect(page.get_by_label("Subject")).to_have_value("")
    expect(page.get_by_label("Text", exact=True)).to_have_value("We have your letter.")


def test_a_bulk_over_good_bad_and_dealt_with_ones_says_what_goes_and_ends(sign_in: SignIn, firm: Firm) -> None:
    good, out = somebody(firm, "Gina Good"), somebody(firm, "Oskar Out")
    drafts = [written(firm, one, f"Morning {one['name']}", send_now=False)["id"] for one in (good, out)]
    sent = written(firm, good, "Morning already")["id"]
    wish(firm, out, opt_outs=[{"channel": "email"}])
    page = sign_in("lead", f"/bulk/send?{'&'.join(f'id={one}' for one in (*drafts, sent))}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Send 1 of 3?")
    for words in ("Goes now 1", "Does not: opted out of email 1", "Does not: no draft 1"):
        expect(page.get_by_role("heading", name=words)).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="Send 1").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("^1 message (is being|was) sent$"))
    eventually(lambda: firm.admin.get(f"{COM}/{drafts[0]}")["status"] != "draft")
    page.reload()
    expect(page.locator(".tally")).not_to_contain_text("not begun")
    left_out = page.get_by_role("region", name="Left out")
    expect(left_out.get_by_role("listitem")).to_have_count(2)
    expect(left_out).to_contain_text(re.compile(r"Oskar Out opted out of email on \d+ \w+ \d{4}, as they told us"))
    assert firm.admin.get(f"{COM}/{drafts[1]}")["status"] == "draft"


def test_a_draft_sent_by_one_press_is_undone_in_time_and_the_next_one_goes(sign_in: SignIn, firm: Firm) -> None:
    party = somebody(firm, "Una Undo")
    first, second = (written(firm, party, f"Quick {n}", send_now=False)["id"] for n in (1, 2))
    page = sign_in("lead", f"/communications/{first}")
    page.get_by_role("button", name="Quick send").click()
    title = page.locator("#what")
    expect(title).to_have_text(re.compile(r"^Sending in \d+ s$"))
    page.get_by_role("button", name="Undo").click()
    expect(title).to_have_text("Cancelled before it went")
    expect(page.get_by_role("status").filter(has_text="Undone. It was not sent.")).to_be_visible()
    page.goto(f"/communications/{second}")
    page.get_by_role("button", name="Quick send").click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    expect(page.get_by_role("button", name="Undo")).to_have_count(0, timeout=15_000)
    expect(title).not_to_contain_text("Sending in")
    eventually(lambda: firm.mail_of(second))
    assert firm.mail_of(first) == []
    assert firm.admin.get(f"{COM}/{first}")["status"] == "cancelled"
    expect(title).to_have_text(re.compile("^(Sent|Delivered)"), timeout=40_000)


def test_without_script_undo_that_is_too_late_says_so(sign_in: SignIn, firm: Firm) -> None:
    party = somebody(firm, "Nora Noscript")
    sent = written(firm, party, "Gone already")["id"]
    page = sign_in("lead", f"/communications/{sent}", java_script_enabled=False)
    eventually(lambda: firm.mail_of(sent))
    answer = page.request.post(f"/communications/{sent}/undo", headers={"Origin": firm.endpoints["console_url"]})
    assert "It has already gone." in answer.text()


def test_a_saved_view_is_a_tab_of_the_log(sign_in: SignIn) -> None:
    page = sign_in("lead", "/communications/views?group=failed")
    page.get_by_label("Name", exact=True).fill("My failures")
    page.get_by_role("button", name="Save view").click()
    tabs = page.get_by_role("navigation", name="View")
    expect(tabs.get_by_role("link", name="My failures")).to_have_attribute("aria-current", "page")
    tabs.get_by_role("link", name="Log").click()
    expect(tabs.get_by_role("link", name="Log")).to_have_attribute("aria-current", "page")
    expect(tabs.get_by_role("link", name="My failures")).not_to_have_attribute("aria-current", "page")
