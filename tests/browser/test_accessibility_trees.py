"""What a screen reader meets on the pages that are used most, word for word: `LETTERBOOK_WRITE_TREES=1` writes it anew."""

import os
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import NARROW, SignIn
from tests.support.firm import Firm

_TREES = Path(__file__).parent / "trees"
# What is another each time: ids, clock times, dates, how long ago something was, whether an SMS may go at this hour.
_CHANGING = (
    (r"([a-z]{3})_[0-9A-Z]{26}\b", r"\1_ID"),
    (r"\b[0-9a-f]{16}-[0-9a-f-]{36}-\d+", "PROVIDER_ID"),
    (r"\b\d+ (second|minute|hour)s? ago\b", "just now"),
    (r"\b\d\d:\d\d(:\d\d)?( (GMT|BST|UTC))?", "TIME"),
    (r"\b((Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day )?\d{1,2} [A-Z][a-z]{2,8} \d{4}\b", "DATE"),
    (r"\b(Today|Yesterday|TIME|DATE),? (TIME|DATE)\b", "TIME"),
    (r"\bSMS (goes now|(\w+ )?TIME)", "SMS WHEN"),
)  # fmt: skip


@pytest.fixture(scope="session")
def delivered(firm: Firm) -> Any:
    """An email that arrived, of a client who has nothing else."""
    party = firm.admin.party(
        name="Theodora Tree",
        account_number="TT-1",
        email="success+tree@simulator.amazonses.com",
        mobile="+447700900558",
    )
    made = firm.admin.email(party, subject="Your statement", body="Dear Theodora,\n\nthis is your statement.")
    firm.admin.follow(made, "delivered")
    return {**made, "party_id": party["id"]}


def _tree(page: Page) -> str:
    # Receipts stand in the order in which they came.
    page.evaluate("document.querySelector('[aria-labelledby=his]')?.remove()")
    tree = page.locator("main").aria_snapshot()
    for changing, word in _CHANGING:
        tree = re.sub(changing, word, tree)
    return tree + "\n"


@pytest.mark.parametrize("viewport", [None, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("name", ["log", "entry", "compose"])
def test_the_tree_is_the_one_that_was_agreed_on(sign_in: SignIn, delivered: Any, name: str, viewport: Any) -> None:
    path = {
        "log": f"/communications?party_id={delivered['party_id']}",
        "entry": f"/communications/{delivered['id']}",
        "compose": f"/compose?party_id={delivered['party_id']}&channel=email",
    }[name]
    page = sign_in(path=path, **({"viewport": viewport} if viewport else {}))
    expect(page.locator("main h1").first).to_be_visible()
    page.wait_for_load_state("networkidle")
    file, tree = _TREES / f"{name}{'-narrow' if viewport else ''}.yaml", _tree(page)
    if os.environ.get("LETTERBOOK_WRITE_TREES"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(tree)
    assert tree == file.read_text()
