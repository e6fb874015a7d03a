"""The page of the providers: their order by dragging, by keys and without script; an address copied; a test message."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.support.axe import violations
from tests.support.browser import NARROW, SignIn
from tests.support.firm import Firm

HERE = "/settings/providers"


@pytest.fixture
def order(firm: Firm) -> Iterator[list[str]]:
    """The providers of emails as they are tried, by what people call them; afterwards they are as before."""
    before = firm.admin.get("/v1/settings")["routes"]
    labels = {one["name"]: one["label"] for one in firm.admin.get("/v1/providers")["items"]}
    yield [labels[one] for one in before["email"]]
    firm.admin.put("/v1/settings", {"routes": before})


def shown(page: Page) -> list[str]:
    """The providers of emails that are used, from the top."""
    return page.get_by_role("region", name="Email").locator("[data-used] h3").all_inner_texts()


def told(page: Page, *labels: str) -> None:
    expect(page.locator(".notice")).to_have_text(f"Email goes by {', then by '.join(labels)}.")


def test_an_order_is_dragged_and_moved_by_keys(sign_in: SignIn, order: list[str]) -> None:
    first, second, *more = order
    page = sign_in(path="/settings")
    page.get_by_role("navigation", name="Settings").get_by_role("link", name="Providers").click()
    expect(page.get_by_role("heading", name=first)).to_be_visible()
    assert shown(page) == order
    page.get_by_role("button", name=f"Move {first}").drag_to(page.get_by_role("heading", name=order[-1]))
    told(page, second, *more, first)
    assert shown(page) == [second, *more, first]
    grip = page.get_by_role("button", name=f"Move {first}")
    expect(grip).to_be_focused()
    for place in range(len(order) - 2, -1, -1):
        page.keyboard.press("ArrowUp")
        told(page, *([second, *more][:place]), first, *([second, *more][place:]))
        expect(grip).to_be_focused()
    # Whoever thinks better of it lets it be.
    page.get_by_role("heading", name=first).hover()
    there = page.get_by_role("heading", name=order[-1]).bounding_box()
    assert there
    page.mouse.down()
    page.mouse.move(there["x"], there["y"] + there["height"] / 2)
    assert shown(page) == [second, *more, first]
    page.keyboard.press("Escape")
    page.mouse.up()
    assert shown(page) == order
    grip.focus()
    page.keyboard.press("ArrowUp")
    expect(page.locator("#told")).to_have_text(f"{first} is first")
    assert shown(page) == order
    page.get_by_role("button", name=f"Down {first}").press("Enter")
    told(page, second, first, *more)
    expect(page.get_by_role("button", name=f"Down {first}")).to_be_focused()
    for width in (1440, NARROW["width"]):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
    assert violations(page) == []


def test_an_order_is_moved_without_script_and_one_is_turned_off(sign_in: SignIn, order: list[str]) -> None:
    first, second, *more = order
    page = sign_in(path=HERE, java_script_enabled=False)
    expect(page.get_by_role("button", name="Copy")).to_have_count(0)
    page.get_by_role("button", name=f"Up {second}").click()
    told(page, second, first, *more)
    page.get_by_role("button", name=f"Off {first}").click()
    told(page, second, *more)
    assert shown(page) == [second, *more]
    page.get_by_role("button", name=f"Use {first}").click()
    told(page, second, *more, first)


def test_an_address_is_copied_and_a_test_is_followed_to_the_end(sign_in: SignIn, firm: Firm) -> None:
    one = next(each for each in firm.admin.get("/v1/providers")["items"] if each["webhook_urls"] and each["set_up"])
    page = sign_in(path=HERE, permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name=f"Copy {one['webhook_urls'][0]}", exact=True).click()
    expect(page.locator("#told")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == one["webhook_urls"][0]
    page.get_by_label(f"Email address for a test by {one['label']}").fill("no address")
    page.get_by_role("button", name=f"Send test by {one['label']}").click()
    expect(page.get_by_label(f"Email address for a test by {one['label']}")).to_have_attribute("aria-invalid", "true")
    page.get_by_label(f"Email address for a test by {one['label']}").fill("somebody@mailbox.example")
    page.get_by_role("button", name=f"Send test by {one['label']}").click()
    # The page asks again after 2, 3, 5, 8 seconds.
    expect(page.locator(".tested").get_by_text("Delivered")).to_be_visible(timeout=60_000)
    page.get_by_role("link", name=f"Test message by {one['label']}").click()
    expect(page.get_by_role("heading", name="Delivered").first).to_be_visible()
    expect(page.get_by_text(one["label"]).first).to_be_visible()
