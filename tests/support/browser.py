"""What tests in a real browser share: which one, at which sizes, and how somebody signs in with it."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page

from tests.support.firm import Firm

# The shell is Chromium without what a person needs around a page: for the same page it does half of the work.
_INSTALLED = [Path("/usr/bin") / name for name in ("chromium-headless-shell", "chromium", "chromium-browser")]
CHROMIUM = next((one for one in _INSTALLED if one.exists()), None)
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
# Opens the console as somebody: see the fixture `sign_in`.
SignIn = Callable[..., Page]


def password_of(firm: Firm, user: str) -> str:
    return next(str(one["password"]) for one in firm.endpoints["users"] if one["username"] == user)


def fill_in(page: Page, user: str, password: str) -> None:
    page.get_by_label("Name or email address").fill(user)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
