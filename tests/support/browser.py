"""What tests in a real browser share: which one, at which sizes, and how somebody signs in with it."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page

from tests.support.firm import Firm

CHROMIUM = next((Path(one) for one in ("/usr/bin/chromium", "/usr/bin/chromium-browser") if Path(one).exists()), None)
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
# Opens the console as somebody: see the fixture `sign_in`.
SignIn = Callable[..., Page]


def password_of(firm: Firm, user: str) -> str:
    return next(str(one["password"]) for one in firm.endpoints["users"] if one["username"] == user)


def fill_in(page: Page, user: str, password: str) -> None:
    page.get_by_label("Name or email address").fill(user)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
