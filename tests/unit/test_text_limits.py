"""What a text costs is known before it is parsed: what would cost too much is refused, what letters are made of is not."""

import pytest
from hypothesis import given, settings, strategies as st

from letterbook.adapters.incoming_html import clean
from letterbook.adapters.rendering.renderer import TemplateRenderer
from letterbook.domain.templates import Rendered
from letterbook.domain.text import MAX_HTML_BYTES, MAX_LINES, MAX_MARKS, MAX_TEXT_BYTES, TextLimit
from tests import builders

RENDERER = TemplateRenderer()
TOO_COMPLEX = {
    "brackets that never close": "[" * (MAX_MARKS + 1),
    "pictures that never close": "![" * (MAX_MARKS + 1),
    "stars in stars": "*" * 300 + "a" + "*" * 300,
    "underscores in underscores": "_" * 300 + "a" + "_" * 300,
    "quotes in quotes": "> " * 200 + "a",
    "lists in lists": "\n".join("  " * n + "- a" for n in range(200)),
    "quotes and lists in turn": "> - " * 100 + "a",
    "a table of nothing but cells": "|a" * MAX_MARKS + "\n" + "|-" * MAX_MARKS,
    "angles": "<" * (MAX_MARKS + 1),
}
TOO_LARGE = {"a megabyte and a byte": "a" * (MAX_TEXT_BYTES + 1), "a line too many": "a\n" * (MAX_LINES + 2)}
# Two hundred pages of everything that letters are made of.
HONEST = "\n\n".join(
    f"## {n}. Heading\n\nDear *Ms Raman*, see [our page](https://firm.example/{n}) and **this**:\n\n- one\n- two\n\n> As you wrote."
    for n in range(500)
)


def rendered(text: str) -> Rendered:
    return RENDERER.free_text("Hello", text, "en")


@pytest.mark.parametrize("text", TOO_COMPLEX.values(), ids=TOO_COMPLEX)
def test_what_is_made_to_keep_a_parser_busy_is_refused(text: str) -> None:
    with pytest.raises(TextLimit) as refused:
        rendered(text)
    assert refused.value.code == "too_complex"


@pytest.mark.parametrize("text", TOO_LARGE.values(), ids=TOO_LARGE)
def test_what_is_too_large_is_refused(text: str) -> None:
    with pytest.raises(TextLimit) as refused:
        rendered(text)
    assert refused.value.code == "too_large"


def test_two_hundred_honest_pages_pass() -> None:
    made = rendered(HONEST)
    assert made.html is not None
    assert made.html.count("<h2") == 500


@given(st.text(alphabet="*_`[]()!<>|-+#&;\\ \n1.a", max_size=400))
@settings(max_examples=300)
def test_whatever_is_written_is_rendered_or_refused(text: str) -> None:
    try:
        made = rendered(text)
    except TextLimit:
        return
    assert len((made.html or "").encode()) <= MAX_HTML_BYTES


def test_a_short_template_times_a_long_value_is_refused_by_the_value_that_makes_it_so() -> None:
    template = builders.template(subject="Hello", body="{{ what }} " * 1_000)
    with pytest.raises(TextLimit) as refused:
        RENDERER.template(template, {"what": "a" * 10_000}, html=True)
    assert (refused.value.code, refused.value.variable) == ("too_large", "what")


@pytest.mark.parametrize(
    "rich",
    [
        "<b><i><u><s>" * 800 + "<p>a" * 800,
        "<font><font><font>" * 1_000 + "<div>a" * 1_000,
        "<div>" * 100_000,
    ],
    ids=["formatting", "fonts", "depth"],
)
def test_what_grows_when_it_is_cleaned_is_shown_as_text(rich: str) -> None:
    assert clean(rich) is None


def test_a_newsletter_is_shown_as_it_is() -> None:
    rich = "<table><tr><td><p style='color:red'>Dear <b>Ms Raman</b></p></td></tr></table>" * 200
    assert (clean(rich) or "").count("<b>Ms Raman</b>") == 200
