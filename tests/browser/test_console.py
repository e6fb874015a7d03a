"""The console as people use it: with a mouse, with keys alone, on a telephone, without script."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.support.axe import violations
from tests.support.browser import NARROW, WIDE, SignIn, fill_in, password_of
from tests.support.firm import Firm

LOG = "/communications"


@pytest.fixture(scope="session")
def failed(firm: Firm) -> Any:
    """The email to Thomas Ashby that came back."""
    [one] = [
        item
        for item in firm.admin.get("/v1/communications", group="failed")["items"]
        if "settlement" in item["subject"]
    ]
    return one


def test_signing_in_and_out(chromium: Browser, firm: Firm) -> None:
    context = chromium.new_context(base_url=firm.endpoints["console_url"])
    page = context.new_page()
    page.goto(f"{LOG}?group=failed")
    fill_in(page, "lead", "wrong")
    expect(page.get_by_role("alert")).to_have_text("The name or the password is wrong.")
    expect(page.get_by_label("Name or email address")).to_have_value("lead")
    fill_in(page, "lead", password_of(firm, "lead"))
    page.wait_for_url(f"**{LOG}?group=failed")
    assert all(cookie["httpOnly"] for cookie in context.cookies())
    page.get_by_text("Omar Haddad", exact=True).click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in")
    page.go_back()
    page.reload()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    context.close()


@pytest.mark.covers("C7", "C9", "C10")
def test_filters_and_words_and_back_again(sign_in: SignIn) -> None:
    page = sign_in()
    rows = page.locator("tbody tr:not(.day)")
    everything = rows.count()
    page.get_by_role("link", name=re.compile("^Failed")).click()
    expect(page.get_by_text("The address does not exist")).to_be_visible()
    assert rows.count() < everything
    page.go_back()
    expect(rows).to_have_count(everything)
    page.get_by_role("button", name="Filter").click()
    page.get_by_role("checkbox", name="SMS").check()
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**?**channel=sms**")
    expect(rows).to_have_count(1)
    page.get_by_role("link", name="Remove filter: SMS").click()
    expect(rows).to_have_count(everything)
    page.keyboard.press("/")
    page.keyboard.type("agreement CF-4471")
    page.keyboard.press("Enter")
    page.wait_for_url("**?q=**")
    expect(rows).to_have_count(1)


def test_the_panel_finds_somebody_by_name(sign_in: SignIn) -> None:
    page = sign_in()
    page.get_by_role("button", name="Filter").click()
    page.get_by_label("With (name)").fill("okoro")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("link", name="Remove filter: With: Daniel Okoro")).to_be_visible()


def test_an_entry_by_its_address(sign_in: SignIn, failed: Any) -> None:
    page = sign_in(path=f"{LOG}/{failed['id']}")
    expect(page.get_by_role("heading", name="Not delivered: the address does not exist")).to_be_visible()
    expect(page.get_by_text("please find our proposal")).to_be_visible()
    page.get_by_role("link", name="As it was laid out").click()
    expect(page.frame_locator("iframe.paper").get_by_text("please find our proposal")).to_be_visible()
    page.get_by_role("link", name="Resend…").click()
    expect(page.get_by_role("heading", name="Send it again?")).to_be_visible()
    page.get_by_role("link", name="Back").click()
    page.get_by_role("button", name="Ignore").click()
    expect(page.get_by_text("Ignored. It stands under Failed no more.")).to_be_visible()
    page.get_by_role("button", name="Stop ignoring").click()
    expect(page.get_by_text("Not ignored any more.")).to_be_visible()


def test_the_drawer_lets_the_list_live(sign_in: SignIn, failed: Any) -> None:
    page = sign_in()
    link = page.get_by_role("link", name=failed["subject"])
    link.click()
    drawer = page.locator("section.drawer")
    expect(drawer).to_be_focused()
    expect(page).to_have_url(re.compile(failed["id"]))
    expect(link).to_have_attribute("aria-current", "true")
    expect(page.locator("td.c-note", has_text="The address does not exist")).to_be_visible()
    drawer.get_by_role("link", name="Next entry").click()
    expect(drawer.get_by_role("heading", level=1)).not_to_contain_text("Ashby")
    drawer.get_by_role("link", name="Previous entry").click()
    expect(drawer.get_by_role("heading", level=1)).to_contain_text("Ashby")
    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)
    expect(link).to_be_focused()
    expect(page).to_have_url(re.compile(f"{LOG}$"))
    page.go_back()
    expect(drawer).to_be_visible()


def test_with_keys_alone(sign_in: SignIn) -> None:
    page = sign_in()
    page.keyboard.press("j")
    page.keyboard.press("j")
    second = page.locator("tbody .c-subj a").nth(1)
    expect(second).to_be_focused()
    page.keyboard.press("x")
    expect(page.get_by_text("1 selected")).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("Shift+X")
    expect(page.get_by_text("2 selected")).to_be_visible()
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    expect(page.locator("section.drawer")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.locator("#bulk")).to_be_hidden()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type("jjxx")
    expect(page.get_by_label("Search parties, cases, numbers and messages")).to_have_value("jjxx")


def test_on_a_telephone_an_entry_is_a_page(sign_in: SignIn, failed: Any) -> None:
    page = sign_in(viewport=NARROW)
    expect(page.locator("td.c-note", has_text="The address does not exist")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("link", name=failed["subject"]).click()
    expect(page.get_by_role("heading", name="Not delivered")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("link", name="Close").click()
    expect(page.get_by_role("heading", name="Communications")).to_be_visible()


def test_without_script(sign_in: SignIn, failed: Any) -> None:
    page = sign_in(java_script_enabled=False)
    page.get_by_role("link", name="Filter", exact=True).click()
    page.get_by_role("radio", name="Last 7 days").check()
    page.get_by_role("checkbox", name="Email").check()
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("link", name="Remove filter: Last 7 days")).to_be_visible()
    page.get_by_role("link", name=failed["subject"]).click()
    expect(page.get_by_role("heading", name="Not delivered")).to_be_visible()
    page.get_by_role("link", name="Next entry").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Priya Raman")
    page.get_by_role("link", name="Close").click()
    expect(page.get_by_role("link", name="Remove filter: Email")).to_be_visible()


@pytest.mark.covers("M2")
def test_who_sees_some_sees_some(sign_in: SignIn, failed: Any) -> None:
    page = sign_in("agent")
    expect(page.locator("tbody tr:not(.day)").first).to_be_visible()
    assert "Ashby" not in page.content()
    page.goto(f"{LOG}/{failed['id']}")
    expect(page.get_by_role("heading", name="There is nothing here")).to_be_visible()


def test_what_is_new_waits_above_the_list(sign_in: SignIn, firm: Firm) -> None:
    page = sign_in()
    page.clock.install()
    page.reload()
    party = firm.admin.party(name="Live Lines")
    firm.admin.email(party, subject="Something new")
    page.clock.run_for(30_000)
    expect(page.get_by_role("link", name=re.compile("^[0-9]+ new$"))).to_be_visible()


PAGES = ["/communications", "/communications?group=failed", "/communications?channel=note", "/communications/overview",
         "/communications/filter", "/communications/views?group=failed", "/communications?channel=fax", "/nowhere"]  # fmt: skip


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_accessible(sign_in: SignIn, path: str, scheme: str) -> None:
    assert violations(sign_in(path=path, color_scheme=scheme)) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_entries_are_accessible(sign_in: SignIn, failed: Any, scheme: str) -> None:
    page = sign_in(path=f"{LOG}/{failed['id']}", color_scheme=scheme)
    assert violations(page) == []
    page.goto(f"{LOG}/{failed['id']}/resend")
    assert violations(page) == []
    page.goto(f"{LOG}/{failed['id']}/resend?to=other")
    assert violations(page) == []
    page.goto(LOG)
    page.get_by_role("link", name=failed["subject"]).click()
    expect(page.locator("section.drawer")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="Filter").click()
    page.locator(".filters .panel").wait_for()
    assert violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_way_in_is_accessible(sign_in: SignIn, scheme: str) -> None:
    page = sign_in(None, path="/sign-in", color_scheme=scheme)
    assert violations(page) == []
    fill_in(page, "nobody", "x")
    expect(page.get_by_role("alert")).to_be_visible()
    assert violations(page) == []


def test_accessible_on_a_telephone(sign_in: SignIn, failed: Any) -> None:
    page = sign_in(viewport=NARROW)
    assert violations(page) == []
    page.goto(f"{LOG}/{failed['id']}")
    assert violations(page) == []


@pytest.mark.parametrize(("viewport", "selects"), [(WIDE, True), (NARROW, False)], ids=["wide", "narrow"])
def test_a_reader_hears_a_line_in_the_order_of_its_columns(
    sign_in: SignIn, failed: Any, viewport: Any, selects: bool
) -> None:
    """However the style lays a line out: as a table's row, and on a telephone without what is desk work."""
    page = sign_in(viewport=viewport)
    row = page.get_by_role("row", name=re.compile(re.escape(failed["subject"])))
    heard = row.aria_snapshot()
    places = [
        heard.index(words) for words in ("Email", "to Thomas Ashby", f'rowheader "{failed["subject"]}', 'cell "Failed')
    ]
    assert places == sorted(places)
    assert heard.index('cell "The address does not exist') > places[-1]
    assert ("checkbox" in heard) == selects
