"""Composing a letter in the console: shown as the pages that it will be, while it is written."""

import re
from typing import Any

import pytest

from letterbook.domain.errors import Unavailable
from letterbook.domain.party import Party
from tests.support.aws import WorldForTests
from tests.support.console_client import ConsoleClient, words
from tests.support.failing import fails_once

COMPOSE = "/compose"


def letter(party: Party, **changes: Any) -> dict[str, Any]:
    """The form, as a browser sends it."""
    typed = {"channel": "manual", "party_id": party.id, "subject": "Your review", "body": "Dear **Priya**,"}
    return {**typed, "once": "once-1", "do": "look", **changes}


def test_a_letter_is_shown_as_the_pages_that_it_will_be(jane: ConsoleClient, priya: Party) -> None:
    shown = jane.post(COMPOSE, letter(priya, body="One\n\n[page break]\n\nTwo", do="review"))
    assert re.findall(r'<img class="sheet" src="data:image/png;base64,[^"]+"[^>]*alt="([^"]*)"', shown.text) == [
        "Page 1 of the letter",
        "Page 2 of the letter",
    ]
    assert "img-src 'self' data:" in shown.headers["Content-Security-Policy"]


def test_what_no_font_has_is_named_while_it_is_written(jane: ConsoleClient, priya: Party) -> None:
    shown = jane.post(COMPOSE, letter(priya, body="Dear \U00013080"))
    assert "No font has \U00013080" in shown.text


def test_a_letter_that_cannot_be_shown_is_shown_in_words(
    world: WorldForTests, jane: ConsoleClient, priya: Party, monkeypatch: pytest.MonkeyPatch
) -> None:
    fails_once(monkeypatch, world.typesetter, "pages", Unavailable("Letters cannot be shown at the moment."))
    shown = jane.post(COMPOSE, letter(priya))
    assert "Letters cannot be shown at the moment. Its words are these:" in words(shown.text)
    assert "Priya&lt;/strong&gt;" in shown.text
