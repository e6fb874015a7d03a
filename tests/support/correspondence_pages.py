"""What the tests of correspondence in the console press and fill in."""

import re
from html import unescape
from typing import Any

from letterbook.domain.party import Party
from tests.support.lambda_client import Answer


def new(party: Party, type_: str = "notice") -> str:
    return f"/parties/{party.id}/correspondence/new/{type_}"


def form_of(page: Answer | Any, **typed: Any) -> dict[str, Any]:
    """The hidden fields of the page's form, with what somebody writes into it."""
    inside = page.text.partition("<main")[2]
    hidden = re.findall(r'<input type="hidden" name="([\w.]+)" value="([^"]*)"', inside)
    return {**{name: unescape(value) for name, value in hidden}, **typed}
