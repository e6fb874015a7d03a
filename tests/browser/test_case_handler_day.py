"""What a case handler does all day, in the order in which the day brings it."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import SignIn
from tests.support.firm import Firm, eventually

ENTRY = re.compile("/communications/com_")
_WEEK = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def matter(firm: Firm) -> Any:
    """A case of a client against a creditor who takes every email."""
    client = firm.admin.party(name="Orla Daly")
    bank = firm.admin.post(
        "/v1/parties", {"kind": "creditor", "name": "Halden Bank", "email": "success+halden@simulator.amazonses.com"}
    )
    body = {"reference": "DC-2026-00777", "title": "Daly", "party_ids": [client["id"]], "creditor_ids": [bank["id"]]}
    return firm.admin.post("/v1/cases", body)


def entry_id(page: Page) -> str:
    page.wait_for_url(ENTRY)
    return page.url.split("/communications/")[1].partition("?")[0]


@pytest.mark.covers("D2", "D6")
def test_a_creditor_is_written_to_by_template_with_a_file_until_it_is_delivered(sign_in: SignIn, firm: Firm) -> None:
    page = sign_in(path=f"/cases/{matter(firm)['id']}")
    page.get_by_role("link", name="Email Halden Bank").first.click()
    template = page.get_by_role("combobox", name="Template")
    expect(template).not_to_have_value("")
    page.get_by_role("button", name="Send email").click()
    expect(page.locator(".summary")).to_be_focused()
    for field in page.locator("input[id^=v-]").all():
        if not field.input_value():
            field.fill("4471 8820")
    file: Any = {"name": "Letter of authority.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 authority"}
    page.locator("input[type=file]").set_input_files(file)
    expect(page.get_by_role("button", name="Remove Letter of authority.pdf")).to_be_visible()
    page.get_by_role("button", name="Send email").click()
    made = entry_id(page)
    expect(page.get_by_role("link", name="Letter of authority.pdf", exact=True)).to_be_visible()
    page.goto("/communications")
    row = page.locator("tr", has=page.locator(f"a[href*='{made}']"))
    expect(row.locator(".c-status")).to_contain_text("Delivered", timeout=60_000)


@pytest.mark.covers("D10")
def test_an_sms_at_night_says_when_it_will_go(sign_in: SignIn, firm: Firm) -> None:
    """It is always night on a day on which the firm is closed."""
    admin = firm.admin
    before = admin.get("/v1/settings")
    tomorrow = _WEEK[(datetime.now(UTC) + timedelta(days=1)).weekday()]
    hours = {"start": "09:00", "end": "17:00", "days": [tomorrow]}
    firm.set_up(quiet_hours={"sms": hours})
    try:
        party = admin.party(name="Nadia Night", mobile="+447700900556")
        page = sign_in(path=f"/compose?party_id={party['id']}&channel=sms")
        page.get_by_role("textbox", name="Text", exact=True).fill("Please ring us about your review.")
        strip = page.get_by_role("region", name="What will happen")
        expect(strip).to_contain_text("09:00")
        page.get_by_role("button", name=re.compile("^(Send|Schedule) SMS")).click()
        entry_id(page)
        expect(page.locator(".sentence")).to_contain_text("09:00")
    finally:
        admin.put("/v1/settings", {"quiet_hours": before["quiet_hours"]})


@pytest.mark.covers("G5")
def test_a_bounced_address_is_corrected_and_the_message_sent_again(sign_in: SignIn, firm: Firm) -> None:
    admin = firm.admin
    party = admin.party(name="Bernard Bounce")
    address = f"bounce+{party['id']}@simulator.amazonses.com"
    assert admin.ask("PATCH", f"/v1/parties/{party['id']}", {"email": address}).ok
    made = admin.post("/v1/communications", {"channel": "email", "party_id": party["id"], "subject": "S", "body": "B"})
    admin.watch(made, lambda page: page["status"] == "failed")
    eventually(lambda: address in {one["address"] for one in admin.get("/v1/quarantine", limit=200)["items"]})
    page = sign_in(path=f"/communications/{made['id']}")
    expect(page.get_by_role("heading", name="Not delivered: the address does not exist")).to_be_visible()
    page.goto(f"/parties/{party['id']}/edit")
    page.get_by_role("textbox", name="Email").fill("success+bernard@simulator.amazonses.com")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").filter(has_text="was changed")).to_be_visible()
    page.goto(f"/communications/{made['id']}")
    page.get_by_role("link", name="Resend…").first.click()
    page.locator("main form").get_by_role("button", name=re.compile("^(Resend|Send)")).first.click()
    again = entry_id(page)
    assert again != made["id"]
    admin.watch({"id": again}, lambda one: one["status"] == "delivered")
    page.reload()
    expect(page.locator(".sentence")).to_contain_text("Delivered")
    expect(page.get_by_role("table", name="Attempts, newest first").get_by_role("row")).to_have_count(3)


@pytest.mark.covers("G6")
def test_several_are_sent_again_at_once(sign_in: SignIn, firm: Firm) -> None:
    admin = firm.admin
    party = admin.party(name="Many Many")
    body = {"channel": "email", "party_id": party["id"], "subject": "Again", "body": "Dear"}
    ids = []
    for n in range(2):
        to = [f"success+many{n}@simulator.amazonses.com"]
        made = admin.post("/v1/communications", {**body, "to": to})
        admin.watch(made, lambda page: page["status"] == "delivered")
        ids.append(made["id"])
    page = sign_in(path=f"/communications?party_id={party['id']}")
    for box in page.locator("td.c-pick input[name=id]").all():
        box.check()
    page.get_by_role("button", name="Resend 2…").click()
    page.get_by_role("button", name=re.compile("^Resend 2")).click()
    eventually(lambda: all(len(admin.get(f"/v1/communications/{one}")["attempts"]) == 2 for one in ids))


@pytest.mark.covers("K2")
def test_a_call_is_logged_and_somebody_follows_it_up(sign_in: SignIn, firm: Firm) -> None:
    party = firm.admin.party(name="Carla Caller")
    page = sign_in(path=f"/log/call?party_id={party['id']}")
    page.get_by_role("textbox", name="Outcome").fill("Wants the figure in writing")
    page.locator("#requires_followup").check()
    page.locator("#followup_date").fill("2027-01-15")
    page.get_by_role("button", name="Keep it in the log").click()
    page.wait_for_url(ENTRY)
    expect(page.locator("main")).to_contain_text("Wants the figure in writing")
    [todo] = firm.admin.get("/v1/todos", party_id=party["id"])["items"]
    assert todo["due_date"] == "2027-01-15"
