"""A text's cost is known before it is parsed: what is accepted makes no more than so much, and what is refused was never parsed."""

import pytest
from hypothesis import given, strategies as st

from letterbook.adapters.rendering import renderer as rendering
from letterbook.adapters.rendering.markdown import Markdown
from letterbook.adapters.rendering.renderer import TemplateRenderer
from letterbook.domain import text
from letterbook.domain.errors import Invalid, TooLarge
from letterbook.domain.search_terms import MOST_WORDS, terms_of
from letterbook.domain.text import MAX_HTML_BYTES, MAX_LINES, MAX_NESTING, MAX_TEXT_BYTES, TextLimit
from tests.support.builders import template

renderer = TemplateRenderer()

_MANY = text.MAX_MARKS + 1

# What has more marks, bytes or lines than a text has.
REFUSED_UNREAD = {
    "brackets": ("[" * _MANY, "too_complex"),
    "pictures": ("![" * _MANY, "too_complex"),
    "stars": ("*a " * _MANY, "too_complex"),
    "underscores and stars": ("*_" * _MANY, "too_complex"),
    "struck out": ("~~a" * _MANY, "too_complex"),
    "backticks": ("`a" * _MANY, "too_complex"),
    "tags": ("<a" * _MANY, "too_complex"),
    "links": ("[a](b)" * _MANY, "too_complex"),
    "quotes in each line": (("> " * 20 + "a\n") * 5_000, "too_complex"),
    "lists in each line": (("- " * 9 + "a\n") * 9_000, "too_complex"),
    "numbers in each line": (("1. " * 9 + "a\n") * 9_000, "too_complex"),
    "a row of cells": ("a|" * _MANY, "too_complex"),
    "cells that nobody wrote": (f"{'a|' * 200}a\n{'-|' * 200}-\n" + "a\n" * 5_000, "too_complex"),
    "cells in a quote": (f"> {'a|' * 200}a\n> {'-|' * 200}-\n" + "> a\n" * 5_000, "too_complex"),
    "quotation marks": ('"' * 400_000, "too_large"),
    "ampersands": ("&" * 500_000, "too_large"),
    "bytes": ("a" * (MAX_TEXT_BYTES + 1), "too_large"),
    "bytes of few characters": ("\U0001f600" * 300_000, "too_large"),
    "lines": ("a\n" * (MAX_LINES + 1), "too_large"),
    "carriage returns": ("a\r" * (MAX_LINES + 1), "too_large"),
}


@pytest.mark.parametrize("case", REFUSED_UNREAD)
def test_what_would_keep_the_parser_busy_never_reaches_it(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    source, code = REFUSED_UNREAD[case]
    monkeypatch.setattr("markdown_it.MarkdownIt.parse", lambda *_: pytest.fail("it was parsed"))
    with pytest.raises(TextLimit) as refused:
        Markdown(source)
    assert refused.value.code == code


DEEP = {
    "emphasis": "*a " * 300 + " a*" * 300,
    "strong": "**a " * 300 + " a**" * 300,
    "emphasis of two kinds": "*a _b " * 200 + " b_ a*" * 200,
    "quotes": "> " * 300 + "a",
    "quotes without blanks": ">" * 300 + "a",
    "lists by indentation": "".join("  " * depth + "- a\n" for depth in range(60)) + "- b",
}


@pytest.mark.parametrize("case", DEEP)
def test_what_stands_in_each_other_without_end_is_refused(case: str) -> None:
    with pytest.raises(TextLimit) as refused:
        Markdown(DEEP[case])
    assert refused.value.code == "too_complex"


def test_nothing_that_is_accepted_is_left_out_for_being_deep() -> None:
    """The parser drops what stands deeper than it goes, and says nothing."""
    for depth in range(1, 2 * MAX_NESTING):
        for mark in ("> ", "- ", "1. ", "> - "):
            try:
                made = Markdown(mark * depth + "word")
            except TextLimit:
                continue
            assert "word" in made.as_text()
            assert "word" in made.as_html()


MARKS = st.sampled_from(
    [*"[]()*_~`<>|&!\\\"'-+#:=\n\r\t 1.a", "\n\n", "> ", "- ", "1. ", "[a]: b\n", "|a|\n|-|\n", "**", "```"]
)


@given(st.lists(MARKS, max_size=60), st.integers(1, 400))
def test_no_text_does_more_than_be_refused(pieces: list[str], times: int) -> None:
    try:
        made = Markdown("".join(pieces) * times)
    except TextLimit:
        return
    made.as_text()
    assert len(made.as_html().encode()) <= MAX_HTML_BYTES


def test_a_long_letter_is_taken() -> None:
    """Two hundred pages, with headings, lists, a table on each tenth, links and emphasis."""
    page = (
        '## The matter\n\nWe refer to **your letter** of _2 May_, and "the account".\n\n'
        "See [the terms](https://firm.example/terms).\n\n"
        "- one claim & another\n- the next\n\n"
        + "The rest of the page says what has to be said, at some length and in plain words.\n"
        * 30
    )
    table = "| Date | Amount | Balance |\n|---|---|---|\n" + "| 1 May | 12.00 | 24.00 |\n" * 30
    letter = "".join(page + "\n" + (table if number % 10 == 0 else "") + "\n" for number in range(200))
    made = Markdown(letter)
    assert made.as_text().count("The matter") == 200
    assert made.as_html().count("<table>") == 20


# ---- templates


def filled(body: str, **values: str) -> str:
    return renderer.render(template(subject="S", body=body), values, html=True).text


def test_a_template_times_its_values_is_refused_before_it_is_filled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "escaped", lambda _: pytest.fail("a value was printed"))
    with pytest.raises(TextLimit) as refused:
        filled("{{ small }}" + "{{ x }} " * 1_500, x="a" * 10_000, small="b")
    assert (refused.value.code, refused.value.variable) == ("too_large", "x")


@pytest.mark.parametrize(
    "body",
    ["{{x}}" * 1_000, "{{ " + "x~" * 1_000 + "x }}", "{% if x %}{{x|upper}}{% else %}{{x|lower}}{% endif %}" * 300],
)
def test_however_a_value_is_printed_its_size_counts(body: str) -> None:
    with pytest.raises(TextLimit, match="1 MB"):
        filled(body, x="a" * 10_000)


def test_a_value_of_ten_thousand_characters_is_taken() -> None:
    assert filled("Dear {{ x }}, {{ x | truncate(20) }}", x="a" * 10_000).count("a") > 10_000


@pytest.mark.parametrize(
    "source",
    [
        "{{x}}" * 10_000,
        "{{ " + "(" * 45_000 + "x" + ")" * 45_000 + " }}",
        "{{ " + "x and " * 9_000 + "x }}",
        "{{ x" + "|upper" * 9_000 + " }}",
        "{{" * 45_000,
        "{%" * 45_000,
        '{{ "}}" ~ ' + "x~" * 30_000 + "x }}",
        "{% if x %}" + "{% elif x %}" * 5_000 + "{% endif %}",
    ],
)
def test_more_code_than_a_template_has_is_refused_unread(source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jinja2.Environment.parse", lambda *_: pytest.fail("it was parsed"))
    with pytest.raises(TextLimit) as refused:
        renderer.variables_in(source)
    assert refused.value.code == "too_complex"


@pytest.mark.parametrize(
    "source",
    [
        "{{ " + "(" * 3_000 + "x" + ")" * 3_000 + " }}",
        "{{ " + "not " * 4_000 + "x }}",
        "{{ " + "x and " * 3_000 + "x }}",
    ],
)
def test_code_too_deep_for_its_parser_is_a_template_that_fails(source: str) -> None:
    with pytest.raises(ValueError, match="nested"):
        renderer.variables_in(source)


@pytest.mark.parametrize("value", ["1E+999999999", "1e9999", "1E-9999", "NaN", "-Infinity", "9" * 5_000])
@pytest.mark.parametrize("how", ["money", "number"])
def test_a_number_that_would_be_a_page_of_digits_is_none(how: str, value: str) -> None:
    with pytest.raises(ValueError, match="no number"):
        filled("{{ x | " + how + " }}", x=value)


@pytest.mark.parametrize(("code", "error"), [("too_large", TooLarge), ("too_complex", Invalid)])
def test_a_limit_is_told_with_its_field(code: str, error: type[Exception]) -> None:
    told = TextLimit(code, "Too much.").at("body")
    assert isinstance(told, error)
    assert [(one.field, one.code) for one in told.faults] == [("body", code)]


# ---- words that are found again


@pytest.mark.parametrize(
    "long",
    [
        "a" * 1_000_000,
        "a-" * 500_000,
        "e" + "\u0315\u0300" * 400_000,
        "\ufdfa" * 300_000,
        "1," * 500_000,
        "\u200b" * 900_000,
    ],
    ids=["one word", "hyphens", "accents on one letter", "ligatures", "numbers", "nothing seen"],
)
def test_no_text_keeps_the_index_busy(long: str) -> None:
    """Each took a minute, or for ever: it is done in one pass over the beginning."""
    assert len(terms_of(["Arrears notice", long]).words) <= MOST_WORDS
    assert terms_of(["Arrears notice", long]).words[:2] == ("arrears", "notice")
