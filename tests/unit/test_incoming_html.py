"""A stranger's HTML: about as long as what came in, as deep as a letter, and its words stay."""

import pytest
from hypothesis import given, settings, strategies as st

from letterbook.adapters.incoming_html import clean, without_tags
from letterbook.domain.text import MAX_HTML_BYTES

# Formatting elements that differ, so that a parser opens each of them anew (HTML, 13.2.4.3).
_MANY = "".join(f"<b lang=a{number}>" for number in range(300))

GROWING = {
    "in a paragraph": f"<p>{_MANY}" + "<p>x" * 3_000,
    "in a block": f"<div>{_MANY}</div>" + "<div>x</div>" * 1_000,
    "in a table": f"<table>{_MANY}" + "x<tr></tr>" * 1_000,
    "in a cell": f"<table><tr><td>{_MANY}" + "<td>x" * 2_000,
    "in an item": f"<ul><li>{_MANY}" + "<li>x" * 2_000,
    "in a heading": f"<h1>{_MANY}</h2>x" + "<h1>x" * 1_000,
    "in a definition": f"<dl><dt>{_MANY}" + "<dd>x<dt>x" * 1_000,
    "of every kind": ("<p>" + "<b><i><u><s><em><code><small><strong><tt>" * 3) + "<p>x" * 3_000,
    "ends that are in a name": "<p>" + "".join(f'<b lang=a{n} title="</b>">' for n in range(300)) + "<p>x" * 2_000,
    "ends that are in a comment": "<p>" + "".join(f"<b lang=a{n}><!--</b>-->" for n in range(300)) + "<p>x" * 2_000,
    "ends that are in a script": f"<p>{_MANY}<script><!--<script></script>" + "</b>" * 300 + "<p>x" * 2_000,
    "ends that are in foreign data": f"<p>{_MANY}<svg><![CDATA[>" + "</b>" * 300 + "]]></svg>" + "<p>x" * 2_000,
    "links": "<a href=https://x.example><p>x" * 500,
    "crossed": "<b><i>x</b>" * 1_000,
}


@pytest.mark.parametrize("case", GROWING)
def test_nothing_grows_when_it_is_cleaned(case: str) -> None:
    came_in = GROWING[case]
    cleaned = clean(came_in) or ""
    # An attribute gains its quotation marks, a link its rel, an element that was left open its end.
    assert len(cleaned) <= 6 * len(came_in)
    assert "x" in without_tags(cleaned)


DEEP = {
    "blocks": "<div>" * 200_000,
    "ends in a name": '<div title="</div>">' * 50_000,
    "ends in a comment": "<div><!--</div>-->" * 50_000,
    "blocks in cells": "<div><table><td></div>" * 40_000,
    "items": "<ul><li>" * 100_000,
    "spans": "<span>" * 100_000,
}


@pytest.mark.parametrize("case", DEEP)
def test_no_tree_is_built_that_is_deeper_than_a_letter(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nh3.clean", lambda *_, **__: pytest.fail("it was parsed"))
    assert clean(DEEP[case]) is None


def test_more_than_can_be_shown_is_not_shown() -> None:
    assert clean("\xa0" * 900_000) is None
    assert clean("<" * 900_000) is None


PIECES = [
    "<b>",
    "</b>",
    "<p>",
    "</p>",
    "<div>",
    "</div>",
    "<table>",
    "</table>",
    "<tr>",
    "<td>",
    "</td>",
    "<a href=https://x.example>",
]
PIECES += [
    "</a>",
    "<ul>",
    "<li>",
    "</ul>",
    "<h1>",
    "</h1>",
    "<br>",
    "text",
    "<",
    ">",
    '"',
    "'",
    "<!--",
    "-->",
    "<style>",
    "</style>",
]
PIECES += [
    "<svg>",
    "<![CDATA[",
    "]]>",
    "<o:p>",
    "<p class='a'b=c>",
    '<p x="',
    "&lt;",
    "&#8238;",
    "\u202e",
    "<plaintext>",
    "<template>",
]


@given(st.lists(st.sampled_from(PIECES), max_size=40), st.integers(1, 20))
@settings(max_examples=200)
def test_whatever_is_written_is_shown_once_or_not_at_all(pieces: list[str], times: int) -> None:
    came_in = "".join(pieces) * times
    cleaned = clean(came_in)
    assert cleaned is not None
    assert len(cleaned) <= 12 * len(came_in) + 100
    assert clean(cleaned) is not None
    assert "\u202e" not in cleaned
    assert cleaned.count("text") <= came_in.count("text")
    assert len(cleaned.encode()) <= MAX_HTML_BYTES


def test_an_ordinary_mail_reads_as_it_was_written() -> None:
    outlook = """<!DOCTYPE html><html xmlns:o="urn:x"><head><title>Title</title><style><!-- p {margin:0} --></style></head>
    <body lang=EN-GB><!--[if gte mso 9]><xml><o:x/></xml><![endif]--><div class=WordSection1>
    <p class=MsoNormal><span style='color:red;font-size:11pt'>Dear <b>Sir</b>,<o:p></o:p></span></p>
    <table width=100%><tr><td>One<td>Two<tr><td colspan=2>Three</table><ul><li>first<li>second</ul>
    1 < 2 &amp; 3 &lt; 4<br/>See <a href="https://x.example/?a=1&b=2">this</a>.</div></body></html>"""
    cleaned = clean(outlook) or ""
    words = " ".join(without_tags(cleaned).split())
    assert words == "Dear Sir, One Two Three first second 1 < 2 & 3 < 4 See this."
    assert '<td>One</td><td>Two</td></tr><tr><td colspan="2">Three</td>' in cleaned
    assert "<li>first</li><li>second</li>" in cleaned
    assert 'href="https://x.example/?a=1&amp;b=2"' in cleaned
    assert "color:red" in cleaned


def test_no_element_and_no_character_turns_the_direction() -> None:
    cleaned = clean('<p dir="rtl">שלום</p><bdo dir=rtl>abc</bdo>&#8238;x\u2067y') or ""
    assert cleaned == '<p dir="rtl">שלום</p>abcxy'
