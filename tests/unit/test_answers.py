"""No answer is larger than Lambda hands over, and what is left out of one is told."""

import json

import pytest
from hypothesis import given, settings, strategies as st

from letterbook.contracts.answers import MAX_ANSWER_BYTES, fitting, handed_over, is_too_large, replaced_fitting

# Lambda quotas: "Invocation payload (request and response)", 6 MB, written as 6,291,556 by the service's own error.
LAMBDA = 6_291_556


@pytest.mark.parametrize("letter", ["a", '"', "\\", "\n", "é", "ש", "\U0001f600", "\x01"])
def test_what_is_called_small_enough_is_handed_over(letter: str) -> None:
    for length in (1_000, 100_000, 400_000, 500_000, 1_000_000, 3_000_000, 6_000_000, 7_000_000):
        body = letter * length
        if not is_too_large(body):
            assert len(json.dumps({"statusCode": 200, "body": body}, ensure_ascii=False).encode()) < LAMBDA


@given(st.sampled_from('a"\\\né😀'), st.integers(0, 2_000_000), st.integers(0, 2_000_000) | st.none())
@settings(max_examples=25)
def test_an_entrys_content_always_fits(letter: str, text: int, html: int | None) -> None:
    shown, shown_html, truncated = fitting(letter * text, letter * html if html is not None else None)
    answer = json.dumps({"text": shown, "html": shown_html}, ensure_ascii=False)
    assert handed_over(answer) < MAX_ANSWER_BYTES
    assert truncated == ((len(shown), shown_html is None) != (text, html is None))


def test_the_html_goes_before_any_of_the_text_does() -> None:
    assert fitting("a" * 1_000_000, '"' * 2_000_000) == ("a" * 1_000_000, None, True)


def test_of_many_amendments_the_last_ones_say_what_they_replaced() -> None:
    rows = [{"body": "x" * 2_000} for _ in range(1_000)]
    told = replaced_fitting(rows)
    assert len(told) == 1_000
    assert told[-1] == rows[-1]
    assert told[0] == {"body": ""}
