"""Takes the pictures in docs/images, of the local cloud that runs: `make screenshots`."""

import re
import sys
from collections.abc import Iterator
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from local.environment import LocalEnvironment
from tests.support.browser import CHROMIUM, NARROW, WIDE, fill_in
from tests.support.sam_template import ROOT

_TO = ROOT / "docs" / "images"
_LOG = "/communications"


def _pages(page: Page) -> Iterator[str]:
    """Goes from page to page; the name of each as a picture."""
    page.goto("/work")
    yield "work"
    page.goto(_LOG)
    yield "log"
    page.goto(f"{_LOG}?group=failed")
    page.locator(".c-subj a").first.click()
    page.locator("section.drawer").wait_for()
    yield "entry"
    page.goto("/parties?q=Raman")
    page.locator("table a, .lines a").first.click()
    page.locator("h1").wait_for()
    yield "party"
    page.goto("/cases")
    page.get_by_role("link", name="DC-2026-00390").first.click()
    page.locator("h1").wait_for()
    yield "case"
    page.get_by_role("link", name=re.compile("^Email ")).first.click()
    page.locator("form[data-compose]").wait_for()
    yield "compose"
    page.goto("/parties?q=Peverell")
    page.locator("table a, .lines a").first.click()
    page.locator("h1").wait_for()
    page.goto(f"{page.url}/correspondence/new/welcome")
    page.get_by_label("What we do for them").fill("your account with us at 58 Harehills Road, Leeds")
    page.get_by_label("What they should know").fill("Your first invoice comes on 1 December.")
    page.locator("img.sheet").first.wait_for()
    yield "letter"
    page.get_by_role("button", name="Save").click()
    page.get_by_role("heading", name="Ready", exact=True).wait_for()
    page.frame_locator("iframe.letter").locator("img.sheet").first.wait_for()
    yield "correspondence"
    page.goto("/templates")
    page.locator("main table a, main .lines a").first.click()
    page.locator("h1").wait_for()
    yield "template"
    page.goto("/settings")
    yield "settings"


def main() -> int:
    if CHROMIUM is None:
        sys.stderr.write("There is no chromium on this machine.\n")
        return 1
    _TO.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for scheme in ("light", "dark"):
            page = _signed_in(browser, scheme, WIDE)
            for name in _pages(page):
                page.screenshot(path=_TO / f"{name}-{scheme}.png")
        page = _signed_in(browser, "light", NARROW)
        page.goto(_LOG)
        page.screenshot(path=_TO / "log-narrow.png")
        browser.close()
    return 0


def _signed_in(browser: Browser, scheme: Any, viewport: Any) -> Page:
    endpoints = LocalEnvironment.here().endpoints()
    page = browser.new_page(base_url=endpoints["console_url"], viewport=viewport, color_scheme=scheme, locale="en-GB")
    page.goto(_LOG)
    fill_in(page, "admin", next(one["password"] for one in endpoints["users"] if one["username"] == "admin"))
    page.wait_for_url(f"**{_LOG}")
    return page


if __name__ == "__main__":
    sys.exit(main())
