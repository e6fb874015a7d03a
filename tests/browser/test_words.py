"""An afternoon of somebody who writes: a template that is put right, a letter of plain writing, an SMS pasted from elsewhere."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.support.axe import violations
from tests.support.browser import SignIn
from tests.support.firm import Firm


@pytest.fixture(scope="session")
def reader(firm: Firm) -> Any:
    return firm.admin.party(name="Sabine Words", email="success@simulator.amazonses.com", mobile="+447700900556")


def save(page: Page, body: str) -> None:
    page.get_by_label("Text", exact=True).fill(body)
    page.get_by_role("button", name=re.compile("^Save( as a new version)?$")).click()


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_template_is_put_right_confirmed_and_restored(sign_in: SignIn, script: bool) -> None:
    page = sign_in("lead", "/templates/new", java_script_enabled=script)
    name = f"rates-{'with' if script else 'without'}"
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Category", exact=True).select_option("general")
    page.get_by_label("Subject", exact=True).fill("Your rate")
    save(page, "Dear {{ party_nmae }},")
    expect(page.get_by_role("link", name="Did you mean party_name?")).to_be_visible()
    save(page, "Dear {{ party_name }},\nyour rate is\n**{{ rate }}**.")
    asked = page.get_by_role("group", name="A new variable")
    expect(asked).to_contain_text("rate")
    expect(page.get_by_text("Did you mean party_name?")).to_have_count(0)
    asked.get_by_role("button", name="Save, with it to be filled in").click()
    expect(page.get_by_text("Saved as version 1.")).to_be_visible()
    expect(page.locator("article.paper p").last).to_have_text("Dear Castlegate Finance, your rate is rate.")
    page.get_by_role("link", name="Change…").click()
    save(page, "Gone.")
    expect(page.locator("article.paper")).to_contain_text("Gone.")
    page.get_by_role("button", name="Restore version 1").click()
    expect(page.get_by_text("Version 1 is restored, as version 3.")).to_be_visible()
    expect(page.locator("article.paper")).not_to_contain_text("Gone.")
    expect(page.get_by_role("list").filter(has_text="restored from version 1")).to_have_count(1)
    if script:
        assert violations(page) == []


PLAIN = (
    "Dear Ms Words,\n\n3. 5. 9. at \\\\server\\share, jane_doe@x.example <jane@x> 2*3*4\n\n"
    "> Your question\nOur answer\n--\nJane"
)


def test_plain_writing_is_sent_as_it_was_typed(sign_in: SignIn, reader: Any, firm: Firm) -> None:
    page = sign_in("admin", f"/compose?party_id={reader['id']}")
    page.get_by_role("textbox", name="Subject", exact=True).fill("A" * 100)
    page.get_by_role("textbox", name="Text", exact=True).fill(PLAIN)
    letter = page.frame_locator("iframe.inside")
    expect(letter.locator("blockquote")).to_have_text("Your question")
    expect(letter.locator("p").last).to_have_text("Our answer--Jane".replace("--", "\n--\n"))
    for mark in ("h1, h2", "em", "a", "ol"):
        expect(letter.locator(mark)).to_have_count(0)
    page.get_by_role("button", name="As plain text").click()
    expect(page.locator("#view .paper")).to_contain_text("> Your question")
    page.get_by_role("button", name="Send email").click()
    page.wait_for_url(re.compile("/communications/com_"))
    communication_id = re.findall("com_[0-9A-Z]+", page.url)[0]
    entry = firm.admin.get(f"/v1/communications/{communication_id}")
    assert (entry["body"]["text"], entry["subject"]) == (PLAIN, "A" * 100)


def test_an_sms_from_elsewhere_is_written_plainly_and_says_so(sign_in: SignIn, reader: Any) -> None:
    page = sign_in("admin", f"/compose?party_id={reader['id']}&channel=sms")
    text, view = page.get_by_role("textbox", name="Text", exact=True), page.locator("#view")
    text.fill("It\u2019s due \u2013 " + "x" * 140)
    expect(view).to_contain_text("151 characters, 1 segment")
    expect(view).to_contain_text("Typographic quotes became plain. Typographic dashes became plain.")
    expect(view.locator("article")).to_contain_text("It's due - xxx")
    text.fill("It's due - " + "x" * 140)
    expect(view).not_to_contain_text("became plain")
    text.fill("It's due \U0001f44d")
    expect(view).to_contain_text("It holds signs beyond the usual alphabet, so a segment holds less: \U0001f44d.")
