"""A browser, and people who are signed in with it."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.support.browser import CHROMIUM, WIDE, SignIn, fill_in, password_of
from tests.support.firm import Firm
from tests.support.order import put_in_order

# The first page of all starts a process for each of its files: whoever signs in waits for those, and no test does.
_COLD_MILLISECONDS = 90_000
# All share one cloud: the day of a case handler leaves much behind that the log is looked through for.
_ORDER = (
    "test_accessibility_trees",
    "test_compose",
    "test_console",
    "test_work_and_admin",
    "test_hostile",
    "test_words",
    "test_people",
    "test_keeping",
    "test_live_pages",
    "test_put_right",
    "test_finding",
    "test_things",
    "test_correspondence",
    "test_providers",
    "test_answering",
    "test_bulk_and_undo",
    "test_case_handler_day",
    "test_two_days",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    put_in_order(items, "browser", _ORDER)
    if CHROMIUM:
        return
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.skip(reason="there is no chromium on this machine"))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def states() -> dict[str, Any]:
    """The cookies of everybody who has signed in so far."""
    return {}


@pytest.fixture
def sign_in(chromium: Browser, firm: Firm, states: dict[str, Any]) -> Iterator[SignIn]:
    """Opens the console as somebody: `sign_in("admin")`; more goes to Playwright's new_context."""
    contexts = []

    def opened(user: str | None = "admin", path: str = "/communications", **more: Any) -> Page:
        base = firm.endpoints["console_url"]
        if user and user not in states:
            states[user] = _cookies(chromium, firm, user)
        own = {"viewport": WIDE, "locale": "en-GB", "storage_state": states.get(user or ""), **more}
        context = chromium.new_context(base_url=base, **own)
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: pytest.fail(f"script failed: {error}"))
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()


def _cookies(chromium: Browser, firm: Firm, user: str) -> Any:
    context = chromium.new_context(base_url=firm.endpoints["console_url"])
    page = context.new_page()
    page.goto("/sign-in", timeout=_COLD_MILLISECONDS)
    fill_in(page, user, password_of(firm, user))
    page.wait_for_url("**/work", timeout=_COLD_MILLISECONDS)
    page.wait_for_load_state("networkidle", timeout=_COLD_MILLISECONDS)
    state = context.storage_state()
    context.close()
    return state
