"""A page that stands open stays true: what moves, what somebody else did, what is not possible any more."""

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import SignIn
from tests.support.firm import Firm

TOLD = "#told"


@pytest.fixture
def scheduled(firm: Firm) -> Callable[[str], Any]:
    """A message that goes in a few minutes, until somebody cancels it."""

    def made(subject: str) -> Any:
        at = (datetime.now(UTC) + timedelta(minutes=6)).isoformat()
        party = firm.admin.party(name="Ludo Live", email="success+ludo@simulator.amazonses.com")
        body = "\n\n".join(["Dear Ludo,", *(f"Paragraph {number} of this letter." for number in range(40))])
        return firm.admin.email(party, subject=subject, body=body, send_at=at)

    return made


def asked_for(page: Page) -> list[str]:
    """What the page asks for from now on."""
    found: list[str] = []
    page.on("request", lambda one: found.append(one.url) if one.headers.get("letterbook-fragment") else None)
    return found


def leave(page: Page, *, hidden: bool) -> None:
    """As if another tab lay over it, or no more."""
    state = "hidden" if hidden else "visible"
    page.evaluate(
        "state => { Object.defineProperty(document, 'visibilityState', { value: state, configurable: true });"
        " document.dispatchEvent(new Event('visibilitychange')) }",
        state,
    )


def test_an_open_entry_says_what_became_of_it(sign_in: SignIn, firm: Firm, scheduled: Callable[[str], Any]) -> None:
    made = scheduled("Agreement 4471")
    page = sign_in(path=f"/communications/{made['id']}")
    page.clock.install()
    page.reload()
    expect(page.get_by_role("link", name="Cancel…")).to_be_visible()
    page.locator("summary", has_text="Why").click()
    page.evaluate("getSelection().selectAllChildren(document.querySelectorAll('.paper p')[20])")
    page.evaluate("scrollTo(0, 300)")
    page.evaluate("new MutationObserver(all => all.forEach(() => (window.times = (window.times ?? 0) + 1)))"
                  ".observe(document.getElementById('told'), { childList: true })")  # fmt: skip
    seen = page.get_by_text("Paragraph 19").bounding_box()
    firm.admin.post(f"/v1/communications/{made['id']}/cancel")
    page.clock.run_for(4_000)
    expect(page.get_by_role("heading", name="Cancelled before it went")).to_be_attached()
    expect(page.locator(TOLD)).to_have_text("Cancelled: Agreement 4471")
    expect(page.get_by_role("link", name="Cancel…")).to_have_count(0)
    expect(page.get_by_text("Until then it can be cancelled")).to_have_count(0)
    assert page.evaluate("String(getSelection())") == "Paragraph 19 of this letter."
    assert page.get_by_text("Paragraph 19").bounding_box() == seen
    assert page.locator("details.sec").first.evaluate("one => one.open")
    asked = asked_for(page)
    page.clock.run_for(300_000)
    assert asked == []
    assert page.evaluate("times") == 1


def test_the_drawer_and_the_line_beside_it(sign_in: SignIn, firm: Firm, scheduled: Callable[[str], Any]) -> None:
    other, made = scheduled("Stays scheduled"), scheduled("Is cancelled")
    page = sign_in()
    drawer = page.locator("section.drawer")
    line, beside = (page.locator("tr", has=page.locator(f"a[href*='{one['id']}']")) for one in (made, other))
    beside.get_by_role("checkbox").check()
    line.get_by_role("link").click()
    expect(drawer).to_be_focused()
    firm.admin.post(f"/v1/communications/{made['id']}/cancel")
    expect(line.locator(".c-status")).to_have_text("Cancelled")
    expect(drawer.get_by_role("heading", name="Cancelled before it went")).to_be_visible()
    expect(page.locator(TOLD)).to_have_text("Cancelled: Is cancelled")
    expect(drawer).to_be_focused()
    expect(beside.get_by_role("checkbox")).to_be_checked()
    expect(line.get_by_role("link")).to_have_attribute("aria-current", "true")
    expect(page.get_by_text("1 selected")).to_be_visible()
    firm.admin.post(f"/v1/communications/{other['id']}/cancel")


def test_it_asks_ever_more_seldom_and_not_while_nobody_looks(
    sign_in: SignIn, firm: Firm, scheduled: Callable[[str], Any]
) -> None:
    made = scheduled("Looked at for long")
    page = sign_in(path="/parties")
    page.clock.install()
    page.goto(f"/communications/{made['id']}")
    asked = asked_for(page)
    for _ in range(60):
        page.clock.run_for(1_000)
        page.wait_for_timeout(20)
    assert 3 <= len(asked) <= 6, asked
    leave(page, hidden=True)
    before = len(asked)
    page.clock.run_for(300_000)
    assert len(asked) == before
    firm.admin.post(f"/v1/communications/{made['id']}/cancel")
    leave(page, hidden=False)
    expect(page.get_by_role("heading", name="Cancelled before it went")).to_be_visible()
    assert len(asked) == before + 1


def test_a_line_leaves_work_once_it_is_seen_to(sign_in: SignIn, firm: Firm) -> None:
    party = firm.admin.party(name="Wilma Work")
    made = [
        firm.admin.email(party, subject=f"Came back {n}", to=[f"bounce+{party['id']}{n}@simulator.amazonses.com"])
        for n in (1, 2)
    ]
    for one in made:
        firm.admin.follow(one, "failed")
    page = sign_in(path="/work")
    page.clock.install()
    page.reload()
    first, second = (page.locator(f"main li[data-key='{one['id']}'] a") for one in made)
    second.focus()
    firm.admin.post(f"/v1/communications/{made[1]['id']}/ignore")
    page.clock.run_for(21_000)
    expect(second).to_have_count(0)
    expect(first).to_be_focused()
    expect(page.locator(TOLD)).to_contain_text("No longer here: Came back 2")
    firm.admin.post(f"/v1/communications/{made[0]['id']}/ignore")


def test_what_was_offered_is_asked_about_when_it_is_done(
    sign_in: SignIn, firm: Firm, scheduled: Callable[[str], Any]
) -> None:
    made = scheduled("Too late")
    page = sign_in(path=f"/communications/{made['id']}/cancel", java_script_enabled=False)
    firm.admin.post(f"/v1/communications/{made['id']}/cancel")
    page.get_by_role("button", name="Cancel the message").click()
    expect(page.get_by_role("heading", name="That is not possible any more")).to_be_visible()
    expect(page.get_by_role("heading", name="Cancelled before it went")).to_be_visible()
    expect(page.get_by_role("button", name="Cancel the message")).to_have_count(0)
    page.get_by_role("link", name="See how it stands now").click()
    page.wait_for_url(f"**/communications/{made['id']}")


def test_a_question_that_nobody_needs_to_answer_any_more(
    sign_in: SignIn, firm: Firm, scheduled: Callable[[str], Any]
) -> None:
    made = scheduled("Asked in vain")
    page = sign_in(path=f"/communications/{made['id']}/cancel")
    firm.admin.post(f"/v1/communications/{made['id']}/cancel")
    expect(page.get_by_role("heading", name="That is not possible any more")).to_be_visible()
    expect(page.get_by_role("button", name="Cancel the message")).to_have_count(0)
    page.get_by_role("link", name="See how it stands now").click()
    expect(page.get_by_role("heading", name="Cancelled before it went")).to_be_visible()


def test_a_click_is_seen_at_once_and_a_second_one_is_none(sign_in: SignIn, firm: Firm) -> None:
    page = sign_in(path=f"/log/note?party_id={firm.admin.party(name='Nora Note')['id']}")
    sent: list[str] = []
    page.on("request", lambda one: sent.append(one.url) if one.method == "POST" else None)
    page.get_by_role("textbox", name="Note").fill("Rang about the bundle.")
    button = page.locator("main form button.main")
    assert button.evaluate("one => { one.click(); one.click(); return one.getAttribute('aria-busy') }") == "true"
    page.wait_for_url(re.compile("/communications/com_"))
    assert len(sent) == 1
    page.go_back()
    expect(page.locator("[aria-busy=true]")).to_have_count(0)


def test_how_long_ago_stays_true(sign_in: SignIn, firm: Firm) -> None:
    case = firm.admin.post("/v1/cases", {"reference": f"DC-{time.time_ns()}", "title": "Just opened"})
    page = sign_in(path="/parties")
    page.clock.install()
    page.goto(f"/cases/{case['id']}")
    opened = page.locator(".head time")
    expect(opened).to_have_text("just now")
    page.clock.run_for(3 * 60_000 + 25_000)
    expect(opened).to_have_text("3 minutes ago")
    page.clock.run_for(2 * 3600_000)
    expect(opened).to_have_text("2 hours ago")


def test_half_a_word_in_a_form_is_left_alone(sign_in: SignIn, firm: Firm) -> None:
    """A thread to which somebody adds, while somebody else thinks of a better name for it."""
    party = firm.admin.party(name="Thea Thread")
    thread = firm.admin.post("/v1/threads", {"party_id": party["id"], "subject": "Old name"})
    page = sign_in(path="/parties")
    page.clock.install()
    page.goto(f"/threads/{thread['id']}")
    name = page.get_by_role("textbox", name="Subject")
    name.fill("A better na")
    note = {"channel": "note", "party_id": party["id"], "thread_id": thread["id"], "body": "Rang at noon"}
    firm.admin.post("/v1/communications", note)
    page.clock.run_for(21_000)
    expect(page.get_by_role("link", name="Rang at noon")).to_be_visible()
    expect(page.locator(TOLD)).to_have_text("Logged: Rang at noon")
    expect(page.get_by_text("No message yet")).to_have_count(0)
    expect(name).to_be_focused()
    expect(name).to_have_value("A better na")


def test_who_is_signed_out_meanwhile_is_told_by_no_reload(
    sign_in: SignIn, firm: Firm, scheduled: Callable[[str], Any]
) -> None:
    made = scheduled("Read for long")
    page = sign_in(path="/parties")
    page.clock.install()
    page.goto(f"/communications/{made['id']}")
    page.evaluate("document.addEventListener('letterbook:signed-out', () => { document.title += ', signed out' })")
    page.context.clear_cookies()
    page.clock.run_for(3_000)
    expect(page).to_have_title(re.compile("[^,] – Letterbook, signed out$"))
    asked = asked_for(page)
    page.clock.run_for(120_000)
    assert asked == []
    expect(page.get_by_text("Paragraph 0 of this letter.")).to_be_visible()


@pytest.mark.parametrize("tab", ["", "/communications"])
def test_the_page_of_what_it_is_about(sign_in: SignIn, firm: Firm, tab: str) -> None:
    party = firm.admin.party(name="Casper Case", email="success+casper@simulator.amazonses.com")
    body = {"reference": f"DC-{time.time_ns()}", "title": "Casper", "party_ids": [party["id"]]}
    case = firm.admin.post("/v1/cases", body)
    at = (datetime.now(UTC) + timedelta(minutes=6)).isoformat()
    made = firm.admin.email(party, subject="Of the case", case_id=case["id"], send_at=at)
    page = sign_in(path=f"/cases/{case['id']}{tab}")
    expect(page.locator(".st", has_text="Scheduled")).to_be_visible()
    firm.admin.post(f"/v1/communications/{made['id']}/cancel")
    expect(page.locator(".st", has_text="Cancelled")).to_be_visible()
    expect(page.locator(".st", has_text="Scheduled")).to_have_count(0)
    expect(page.locator(TOLD)).to_have_text("Cancelled: Of the case")
