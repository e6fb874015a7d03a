"""Composing and logging as people do it: with script and without, with keys alone, on a telephone."""

import re
from typing import Any

import pytest
from playwright.sync_api import Dialog, Locator, Page, expect

from tests.support.axe import violations
from tests.support.browser import NARROW, SignIn
from tests.support.firm import Firm


@pytest.fixture(scope="session")
def somebody(firm: Firm) -> Any:
    """A client of these tests' own."""
    return firm.admin.party(name="Wilhelmina Composer", email="success@simulator.amazonses.com", mobile="+447700900555")


def _desk(page: Page, party: Any, more: str = "") -> Page:
    page.goto(f"/compose?party_id={party['id']}{more}")
    return page


def _field(page: Page, name: str) -> Locator:
    return page.get_by_role("textbox", name=name, exact=True)


@pytest.mark.covers("D1", "D4")
def test_written_looked_at_and_sent(sign_in: SignIn, somebody: Any) -> None:
    page = sign_in()
    page.keyboard.press("c")
    page.get_by_role("searchbox", name="With whom?").fill("Wilhelmina")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Wilhelmina Composer").first.click()
    strip = page.get_by_role("region", name="What will happen")
    expect(strip).to_contain_text("Subject and text are missing")
    page.get_by_role("button", name="Send email").click()
    expect(page.locator(".summary")).to_be_focused()
    page.locator(".summary").get_by_role("link", name="Subject is missing.").click()
    expect(_field(page, "Subject")).to_be_focused()
    page.keyboard.type("Your review")
    _field(page, "Text").fill("Dear **Wilhelmina**,")
    expect(strip).to_contain_text("Goes now by email")
    expect(page.frame_locator("iframe.inside").locator("strong")).to_have_text("Wilhelmina")
    page.get_by_role("button", name="As plain text").click()
    expect(page.locator("#view .paper")).to_contain_text("Dear")
    page.get_by_role("button", name="Send email").click()
    page.wait_for_url(re.compile("/communications/com_"))
    expect(page.get_by_role("heading", name="Your review")).to_be_visible()


def test_the_preview_follows_what_is_typed_and_keeps_the_place(sign_in: SignIn, somebody: Any) -> None:
    page = _desk(sign_in(), somebody, "&channel=sms")
    text = _field(page, "Text")
    text.press_sequentially("x" * 170)
    expect(page.locator("#view")).to_contain_text("170 characters, 2 segments")
    expect(text).to_be_focused()
    text.press_sequentially("y")
    expect(page.locator("#view")).to_contain_text("171 characters")
    page.get_by_role("radio", name="Email").check(force=True)
    expect(_field(page, "Subject")).to_be_visible()
    expect(_field(page, "Text")).to_have_value("x" * 170 + "y")


@pytest.mark.covers("A7")
def test_a_file_goes_to_the_vault_and_with_the_message(sign_in: SignIn, somebody: Any) -> None:
    page = _desk(sign_in(), somebody)
    _field(page, "Subject").fill("With a file")
    _field(page, "Text").fill("Dear Wilhelmina,")
    file: Any = {"name": "Scan of the agreement.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 scan"}
    page.locator("input[type=file]").set_input_files(file)
    expect(page.get_by_role("button", name="Remove Scan of the agreement.pdf")).to_be_visible()
    page.get_by_role("button", name="Send email").click()
    page.wait_for_url(re.compile("/communications/com_"))
    expect(page.get_by_role("link", name="Scan of the agreement.pdf", exact=True)).to_be_visible()


def test_a_draft_is_kept_and_leaving_with_changes_is_asked_about(sign_in: SignIn, somebody: Any) -> None:
    page = _desk(sign_in(), somebody)
    _field(page, "Subject").fill("A draft")
    _field(page, "Text").fill("First words")
    page.get_by_role("button", name="Keep as draft").click()
    page.wait_for_url(re.compile("/edit$"))
    expect(page.get_by_role("status").filter(has_text="Draft kept.")).to_be_visible()
    _field(page, "Text").fill("Other words")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.get_by_role("link", name="Parties").click()
    page.wait_for_timeout(500)
    assert asked == ["beforeunload"]
    page.get_by_role("button", name="Keep the draft").click()
    expect(_field(page, "Text")).to_have_value("Other words")


def test_without_script(sign_in: SignIn, somebody: Any) -> None:
    page = _desk(sign_in(java_script_enabled=False), somebody)
    _field(page, "Subject").fill("Without script")
    _field(page, "Text").fill("Dear Wilhelmina,")
    _field(page, "Copy to").fill("a@x.example, b@x.example")
    page.get_by_role("button", name="Review").click()
    expect(page.get_by_role("region", name="What will happen")).to_contain_text("Goes now by email")
    page.get_by_role("button", name="Remove a@x.example from Copy to").click()
    expect(page.locator("#view")).to_contain_text("b@x.example")
    expect(page.locator("#view")).not_to_contain_text("a@x.example")
    page.get_by_role("button", name="Keep as draft").click()
    page.wait_for_url(re.compile("/edit$"))


@pytest.mark.covers("K1", "K4", "M3")
def test_a_note_by_key_changed_and_taken_away(sign_in: SignIn, somebody: Any) -> None:
    page = sign_in()
    page.keyboard.press("n")
    page.get_by_role("searchbox", name="With whom?").fill("Wilhelmina")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Wilhelmina Composer").first.click()
    _field(page, "Note").fill("She called.")
    page.get_by_role("button", name="Keep it in the log").click()
    page.get_by_role("link", name="Change…").click()
    _field(page, "Note").fill("She called twice.")
    page.get_by_role("button", name="Keep the change").click()
    expect(page.locator(".paper")).to_have_text("She called twice.")
    expect(page.get_by_text("Changed:")).to_be_visible()
    page.get_by_role("link", name="Delete…").click()
    page.get_by_role("button", name="Delete it").click()
    expect(page.get_by_role("heading", name="Communications")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_accessible(sign_in: SignIn, somebody: Any, scheme: str) -> None:
    page = sign_in(path="/compose", color_scheme=scheme)
    assert violations(page) == []
    for more in ("", "&channel=sms", "&channel=manual"):
        assert violations(_desk(page, somebody, more)) == [], more
    page.get_by_role("button", name="Make the to-do").click()
    expect(page.locator(".summary")).to_be_focused()
    assert violations(page) == []
    for what in ("call", "meeting", "note", "inbound"):
        page.goto(f"/log/{what}?party_id={somebody['id']}")
        assert violations(page) == [], what


def test_on_a_telephone(sign_in: SignIn, somebody: Any) -> None:
    page = _desk(sign_in(viewport=NARROW), somebody)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert violations(page) == []
    page.goto(f"/log/meeting?party_id={somebody['id']}")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
