"""A morning of answering: by keys alone, with files that are dropped, stopped and tried again, and without script."""

import re
import uuid
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

import pytest
import requests
from playwright.sync_api import FilePayload, Locator, Page, Route, expect

from tests.support.axe import violations
from tests.support.browser import NARROW, SignIn
from tests.support.firm import Firm, eventually

PDF: FilePayload = {"name": "Statement.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 " + b"x" * 50_000}
_DROP = """(form, [name, text]) => {
  const data = new DataTransfer()
  data.items.add(new File([text], name, { type: "text/plain" }))
  const made = { dataTransfer: data, bubbles: true, cancelable: true }
  for (const kind of ["dragover", "drop"]) form.dispatchEvent(new DragEvent(kind, made))
}"""


@pytest.fixture
def client(firm: Firm) -> Any:
    mark = uuid.uuid4().hex[:8]
    return firm.admin.party(name=f"Rosalind Answer {mark}", email=f"success+{mark}@simulator.amazonses.com")


@pytest.fixture
def question(firm: Firm, client: Any) -> Any:
    """What the client wrote this morning, with what they quote."""
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = client["email"], "legal@firm.example", "My statement"
    mail["Message-ID"] = f"<{uuid.uuid4().hex}@mailbox.example>"
    mail.set_content("Dear Jane,\n\nhow much is left?\n\nOn Monday, Jane wrote:\n> Dear Rosalind,\n> we wrote.\n")
    mail.add_alternative("<p>Dear Jane,</p><p>how <b>much</b> is left?</p>", subtype="html")
    requests.post(f"{firm.endpoints['ses_url']}/inbound", data=mail.as_bytes(), timeout=10).raise_for_status()

    def come() -> Any:
        found = firm.admin.get("/v1/communications", party_id=client["id"], direction="inbound")["items"]
        return found[0] if found else None

    return eventually(come)


def strip(page: Page) -> Locator:
    return page.get_by_role("region", name="What will happen")


def test_a_mail_is_answered_by_keys_alone(sign_in: SignIn, firm: Firm, question: Any) -> None:
    page = sign_in(path=f"/communications/{question['id']}")
    expect(page.frame_locator("iframe.paper").locator("b")).to_have_text("much")
    page.get_by_role("link", name="Reply…").press("Enter")
    text = page.get_by_role("textbox", name="Text", exact=True)
    expect(text).to_be_focused()
    beside = page.get_by_role("article", name="What is answered")
    expect(beside).to_contain_text("how much is left?")
    expect(beside.locator(".quoted p")).to_be_hidden()
    page.keyboard.type("Dear Rosalind, £345.")
    page.keyboard.press("Control+Enter")
    expect(strip(page)).to_contain_text("Goes now by email")
    expect(page.locator("#told")).to_contain_text("once more")
    expect(text).to_be_focused()
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile("/communications/com_"))
    expect(page.get_by_text("Done by this answer")).to_be_visible()
    todos = firm.admin.get("/v1/todos", party_id=question["party"]["id"])["items"]
    assert [one for one in todos if one["status"] == "open"] == []
    page.get_by_role("button", name="Open it again").press("Enter")
    expect(page.get_by_text("Done by this answer")).to_have_count(0)
    page.get_by_role("link", name="My statement").press("Enter")
    first, last = page.locator("details.whole").all()
    expect(last.get_by_text("Dear Rosalind, £345.").last).to_be_visible()
    expect(first.locator(".paper")).to_be_hidden()
    assert violations(page) == []


def test_what_a_letter_speaks_of_is_dropped_onto_it(sign_in: SignIn, question: Any) -> None:
    page = sign_in(path=f"/communications/{question['id']}/reply")
    page.get_by_role("textbox", name="Text", exact=True).fill("Dear Rosalind,\n\nplease find attached the statement.")
    expect(strip(page)).to_contain_text("Nothing is attached")
    expect(page.get_by_role("button", name="Send email without it")).to_be_visible()
    refused: list[Route] = []

    def refuse_once(route: Route) -> None:
        refused.append(route)
        route.abort() if len(refused) == 1 else route.continue_()

    page.route(lambda address: "staging/" in address, refuse_once)
    page.locator("form[data-files]").evaluate(_DROP, ["Statement.txt", "345"])
    expect(page.locator("#attached")).to_contain_text("Statement.txt: it could not be sent.")
    page.get_by_role("button", name="Keep as draft").click()
    expect(page.locator("#told")).to_contain_text("A file is not there")
    page.get_by_role("button", name="Try again: Statement.txt").click()
    expect(page.get_by_role("button", name="Remove Statement.txt")).to_be_visible()
    expect(strip(page)).to_contain_text("Goes now by email")
    expect(strip(page)).not_to_contain_text("Nothing is attached")
    assert violations(page) == []
    page.get_by_role("button", name="Send email", exact=True).click()
    page.wait_for_url(re.compile("/communications/com_"))
    expect(page.get_by_role("link", name="Statement.txt", exact=True)).to_be_visible()


def test_a_file_on_its_way_is_stopped_and_another_put_in_with_the_party(sign_in: SignIn, client: Any) -> None:
    page = sign_in(path=f"/parties/{client['id']}/documents")
    page.route(lambda address: "staging/" in address, lambda _: None)
    page.locator("input[type=file]").set_input_files(PDF)
    expect(page.get_by_role("progressbar", name="Uploading Statement.pdf")).to_be_visible()
    page.get_by_role("button", name="Cancel: Statement.pdf").click()
    expect(page.get_by_text("Statement.pdf")).to_have_count(0)
    page.unroute_all()
    page.locator("input[type=file]").set_input_files({**PDF, "name": "Agreement.pdf"})
    expect(page.get_by_role("link", name="Agreement.pdf")).to_be_visible()
    page.reload()
    expect(page.get_by_role("link", name="Agreement.pdf", exact=True)).to_be_visible()
    expect(page.get_by_text("not yet used")).to_have_count(0)
    expect(page.get_by_text("Statement.pdf")).to_have_count(0)
    assert violations(page) == []


def test_files_without_script(sign_in: SignIn, client: Any) -> None:
    page = sign_in(java_script_enabled=False, path=f"/parties/{client['id']}/documents")
    page.locator("input[type=file]").set_input_files(PDF)
    page.get_by_role("button", name="Put in", exact=True).click()
    expect(page.get_by_role("link", name="Statement.pdf", exact=True)).to_be_visible()
    page.goto(f"/log/call?party_id={client['id']}")
    page.get_by_label("What was said").fill("She read it out.")
    page.locator("input[type=file]").set_input_files({**PDF, "name": "Recording.pdf"})
    page.get_by_role("button", name="Keep it in the log").click()
    expect(page.get_by_role("link", name="Recording.pdf", exact=True)).to_be_visible()


def test_on_a_telephone_what_is_answered_is_folded_above(sign_in: SignIn, question: Any) -> None:
    page = sign_in(path=f"/communications/{question['id']}/reply", viewport=NARROW)
    expect(page.get_by_text("how much is left?")).to_be_hidden()
    page.locator("#answered > summary").click()
    expect(page.get_by_text("how much is left?")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
