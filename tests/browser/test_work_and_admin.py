"""The day's work, many at once, templates, settings and people, as they are used."""

import re

import pytest
from playwright.sync_api import expect

from tests.support.axe import violations
from tests.support.browser import NARROW, SignIn
from tests.support.firm import Firm

PAGES = [
    "/work",
    "/todos?of=all",
    "/todos/new",
    "/templates",
    "/templates/new",
    "/settings",
    "/settings/providers",
    "/people",
    "/capture",
]


def test_the_number_beside_work_is_on_every_page(sign_in: SignIn) -> None:
    page = sign_in(path="/work")
    link = page.get_by_role("navigation", name="Main").get_by_role("link", name=re.compile("^Work"))
    expect(link).to_have_text(re.compile(r"^Work \d+$"))
    number = link.inner_text()
    page.goto("/templates")
    expect(link).to_have_text(number)


def test_the_address_that_mail_is_captured_by_is_copied(sign_in: SignIn) -> None:
    page = sign_in("lead", "/capture", permissions=["clipboard-read", "clipboard-write"])
    address = page.get_by_label("Your capture address").input_value()
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == address


def test_without_script_the_address_is_there_and_no_button(sign_in: SignIn) -> None:
    page = sign_in("lead", "/capture", java_script_enabled=False)
    expect(page.get_by_label("Your capture address")).to_be_visible()
    expect(page.get_by_role("button", name="Copy")).to_have_count(0)


def test_a_chart_tells_a_listener_its_numbers(sign_in: SignIn) -> None:
    page = sign_in(path="/work")
    chart = page.get_by_role("img", name=re.compile(r"^Email, .* Delivered by day: (\d+, ){13}\d+\."))
    expect(chart).to_be_visible()


def test_something_to_do_is_noted_and_done(sign_in: SignIn) -> None:
    page = sign_in(path="/work")
    page.get_by_role("link", name="Add…").click()
    page.get_by_label("What").fill("Look at the bundle")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("link", name="Say whom it is about.")).to_be_visible()
    page.get_by_label("About").fill("Priya")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("status").filter(has_text="Noted: Look at the bundle")).to_be_visible()
    page.goto("/todos")
    page.get_by_role("button", name="Done: Look at the bundle").click()
    expect(page.get_by_role("status").filter(has_text="Done: Look at the bundle")).to_be_visible()


def test_selected_ones_are_summed_up_before_anything_is_done(sign_in: SignIn) -> None:
    page = sign_in()
    for box in page.locator("td .pick input").all()[1:4]:
        box.check()
    page.get_by_role("button", name=re.compile("^Resend")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("of 3|^Resend 3|None of the 3"))
    expect(page.locator(".many .lines li")).to_have_count(3)
    assert violations(page) == []
    page.get_by_role("link", name=re.compile("Cancel|Back to the log")).click()
    expect(page).to_have_url(re.compile("/communications"))


def test_a_template_is_looked_at_saved_and_compared(sign_in: SignIn) -> None:
    page = sign_in(path="/templates/new")
    page.get_by_label("Name", exact=True).fill("bundle-cover")
    page.get_by_label("Category", exact=True).select_option("general")
    page.get_by_label("Subject", exact=True).fill("The bundle of {{ case_reference }}")
    page.get_by_label("Text").fill("Dear {{ party_name }")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("group").filter(has_text="put right")).to_be_focused()
    page.get_by_label("Text").fill("We enclose the bundle.")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator(".paper")).to_contain_text("We enclose the bundle.")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Change…").click()
    page.get_by_label("Text").fill("We enclose the bundle and its index.")
    page.get_by_role("button", name="Save as a new version").click()
    expect(page.locator("ins")).to_contain_text("and its index")
    expect(page.locator("del")).to_contain_text("We enclose the bundle.")
    assert violations(page) == []


def test_two_change_the_settings(sign_in: SignIn) -> None:
    first, second = sign_in(path="/settings"), sign_in(path="/settings")
    first.get_by_label("Stuck after").fill("45")
    first.get_by_role("button", name="Save settings").click()
    expect(first.get_by_role("status").filter(has_text="Saved as version")).to_be_visible()
    second.get_by_label("Stuck after").fill("50")
    second.get_by_role("button", name="Save settings").click()
    expect(second.get_by_role("row", name="Stuck 45 50 Take theirs")).to_be_visible()
    expect(second.get_by_label("Stuck after")).to_have_value("50")
    assert violations(second) == []
    second.get_by_label("Stuck after").fill("30")
    second.get_by_role("button", name="Save settings").click()
    expect(second.get_by_role("status").filter(has_text="Saved as version")).to_be_visible()


def test_what_an_agent_was_granted(sign_in: SignIn) -> None:
    page = sign_in("lead", "/people")
    page.get_by_role("row", name=re.compile("Agent")).get_by_role("link").click()
    expect(page.get_by_role("heading", name="Granted")).to_be_visible()
    assert page.get_by_role("button", name=re.compile("^Revoke")).count() > 0
    assert violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_accessible(sign_in: SignIn, path: str, scheme: str) -> None:
    assert violations(sign_in(path=path, color_scheme=scheme)) == []


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_wider_than_a_telephone(sign_in: SignIn, path: str) -> None:
    page = sign_in(path=path, viewport=NARROW)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_without_script(sign_in: SignIn) -> None:
    page = sign_in(path="/todos/new", java_script_enabled=False)
    page.get_by_label("What").fill("Ring the court")
    page.get_by_label("About").fill("Priya")
    page.get_by_role("button", name="Add").click()
    page.goto("/todos")
    page.get_by_role("button", name="Done: Ring the court").click()
    expect(page.get_by_text("Done: Ring the court")).to_be_visible()


def test_how_far_an_order_is_shows_by_itself(sign_in: SignIn, firm: Firm) -> None:
    party = firm.admin.get("/v1/parties", q="Northmoor")["items"][0]
    draft = {
        "channel": "email", "party_id": party["id"], "subject": "Bundle", "body": "Enclosed.",
        "to": ["success+bundle@simulator.amazonses.com"], "send_now": False,
    }  # fmt: skip
    ids = [firm.admin.post("/v1/communications", draft)["id"] for _ in range(2)]
    page = sign_in(path=f"/bulk/send?id={ids[0]}&id={ids[1]}")
    page.get_by_role("button", name="Send 2").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("^2 messages (are being|were) sent$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("2 messages were sent", timeout=60_000)
    assert violations(page) == []
