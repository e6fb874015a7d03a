"""Templates and Markdown: what is written is what arrives, and no value can be more than its words."""

import re
import string
from html.parser import HTMLParser

import pytest
from hypothesis import example, given, strategies as st

from letterbook.adapters.rendering.inert import escaped
from letterbook.adapters.rendering.markdown import as_html, as_text
from letterbook.adapters.rendering.renderer import TemplateRenderer
from tests.support.builders import template

renderer = TemplateRenderer()


def rendered(body: str, *, subject: str = "S", html: bool = True, **values: str) -> tuple[str, str, str]:
    made = renderer.render(template(subject=subject, body=body), values, html=html)
    return made.subject, made.text, made.html or ""


class Tags(HTMLParser):
    """The tags of a page, in order, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.words = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.words += data


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[a link](https://evil.example)",
    "<https://evil.example>",
    "https://evil.example",
    "![picture](https://evil.example/pixel.png)",
    "# a heading",
    "    indented code",
    "\tindented code",
    "- a list\n- of two",
    "1. first",
    "**bold** _italic_ `code` ~~gone~~",
    "&lt;b&gt; &amp; &#60;",
    "a\n\nb",
    "a\n---\nb",
    "a\n===",
    "| a | b |\n|---|---|\n| 1 | 2 |",
    "[x]: https://evil.example\n[x]",
    "` </code><b>",
    "\\<b>\\",
    "{{ 7 * 7 }} {% raw %}",
    "a\r\nBcc: all@firm.example",
    "\x00\x1b[31m",
    "javascript:alert(1)",
]

# Every place in a template where a value can stand.
FRAMES = [
    "{{ v }}",
    "Dear {{ v }},\n\nwe write.",
    "# {{ v }}",
    "- {{ v }}\n- b",
    "**{{ v }}**",
    "> {{ v }}",
    "a {{ v }} b\n{{ v }}",
    "see [{{ v }}](https://firm.example/)",
    "see <{{ v }}>",
    "see `{{ v }}`",
    "see ![{{ v }}](https://firm.example/x.png)",
]


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize("value", HOSTILE)
def test_a_hostile_value_makes_no_tag_but_line_breaks(frame: str, value: str) -> None:
    _, _, page = rendered(frame, v=value)
    _, _, harmless = rendered(frame, v="word")
    assert [tag for tag in Tags(page).tags if tag != "br"] == [tag for tag in Tags(harmless).tags if tag != "br"]


@given(st.sampled_from(FRAMES), st.text(alphabet=string.punctuation + "ab1 \n\t", max_size=40))
@example("{{ v }}", "`<a>`\\")
def test_no_value_makes_a_tag(frame: str, value: str) -> None:
    _, _, page = rendered(frame, v=value + "x")
    _, _, harmless = rendered(frame, v="x")
    assert [tag for tag in Tags(page).tags if tag != "br"] == [tag for tag in Tags(harmless).tags if tag != "br"]


@pytest.mark.parametrize("value", HOSTILE)
def test_a_link_that_its_author_leaves_to_a_value_is_that_link_or_none(value: str) -> None:
    """`[the page]({{ v }})`: the author's own markup asks for it, and still no script, no other tag."""
    _, _, page = rendered("see [the page]({{ v }}).", v=value)
    assert set(Tags(page).tags) <= {"html", "head", "meta", "title", "body", "p", "a", "br"}
    assert "javascript:" not in str(re.findall(r'href="[^"]*"', page))


@given(st.text(alphabet=string.printable, min_size=1, max_size=60))
def test_a_value_reads_as_it_was_given(value: str) -> None:
    """Runs of white space aside, in the text and in what a browser shows."""

    def words(text: str) -> list[str]:
        return re.sub(r"[\x00-\x1f\x7f]", " ", text).split()

    source = f"start {escaped(value)} end"
    expected = ["start", *words(value), "end"]
    assert words(as_text(source, keeps_breaks=False)) == expected
    assert words(Tags(as_html(source, keeps_breaks=False)).words) == expected


def test_a_template_author_writes_no_html_either() -> None:
    _, _, page = rendered("<script>alert(1)</script> & <b>bold</b>")
    assert "<script" not in page
    assert "<b>" not in page


def test_a_template_author_makes_links_but_not_to_scripts() -> None:
    _, text, page = rendered(
        "[our site](https://firm.example) [bad](javascript:alert(1)) ![p](https://firm.example/p.png)"
    )
    assert '<a href="https://firm.example">our site</a>' in page
    assert "our site (https://firm.example)" in text
    assert "javascript:" not in "".join(re.findall(r'href="[^"]*"', page))
    assert "<img" not in page


@pytest.mark.parametrize("value", ["a\r\nBcc: all@firm.example", "a\nb", "a\x0bb", "a\u2028b", "a\x00b"])
def test_no_value_makes_a_header(value: str) -> None:
    subject, _, page = rendered("x", subject="About {{ v }}", v=value)
    assert len(subject.splitlines()) == 1
    assert "<title>About a" in page


def test_markdown_becomes_text_that_reads_well() -> None:
    source = (
        "# Request\n\nDear **Sir**,\nsecond line.\n\n- one\n- two\n  - nested\n\n> quoted\n> twice\n\n---\n\n"
        "| a | b |\n|---|---|\n| 1 | 2 |\n"
    )
    assert as_text(source) == (
        "Request\n\nDear Sir,\nsecond line.\n\n- one\n- two\n  - nested\n\n> quoted\n> twice\n\n---\n\na | b\n1 | 2"
    )


def test_one_source_makes_email_and_sms() -> None:
    body = "**{{ firm }}**: your review is on {{ day }}."
    _, text, page = rendered(body, firm="T & B <Ltd>", day="Tuesday")
    assert text == "T & B <Ltd>: your review is on Tuesday."
    assert "<strong>T &amp; B &lt;Ltd&gt;</strong>" in page
    assert rendered(body, html=False, firm="T & B <Ltd>", day="Tuesday") == ("", text, "")


BEYOND_THE_LANGUAGE = [
    # the inside of Python
    "{{ ''.__class__.__mro__ }}",
    "{{ x.__init__.__globals__ }}",
    "{{ x|attr('__class__') }}",
    "{{ x['__class__'] }}",
    "{{ x.upper() }}",
    # time and memory without end
    "{{ 'a' * 10**9 }}",
    "{{ 10**10**10 }}",
    "{% for i in range(10**9) %}{% endfor %}",
    "{% for a in x %}{% for b in x %}{% endfor %}{% endfor %}",
    "{% set x = x ~ x %}{{ x }}",
    "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "{{ x|center(10**9) }}",
    "{{ x|center(999999999) }}",
    "{{ x|replace('v', 'vvvvvvvvvv')|replace('v', 'vvvvvvvvvv') }}",
    # other files
    "{% include 'x' %}",
    "{% import 'x' as y %}",
    "{% extends 'x' %}",
]


DEEP = [
    "{{ " + "(" * 300 + "1" + ")" * 300 + " }}",
    "{{ " + "not " * 3000 + "1 }}",
    "{{ x" + "|trim" * 3000 + " }}",
    "{{ x" + " and x" * 3000 + " }}",
    "{{ " + "x|default(" * 300 + "'y'" + ")" * 300 + " }}",
    "{% if 1 %}" * 500 + "x" + "{% endif %}" * 500,
]


@pytest.mark.parametrize("source", DEEP, ids=[one[:20] for one in DEEP])
def test_a_template_that_is_nested_without_end(source: str) -> None:
    with pytest.raises(ValueError, match=r"nested|too many|fails"):
        renderer.variables_in(source)
    with pytest.raises(ValueError, match="fails"):
        rendered(source, x="value")


@pytest.mark.parametrize("source", BEYOND_THE_LANGUAGE)
def test_a_template_has_words_conditions_and_filters_and_nothing_else(source: str) -> None:
    with pytest.raises(ValueError, match="Line 1: "):
        renderer.variables_in(source)
    with pytest.raises(ValueError, match="Line 1: "):
        rendered(source, x="value")


def test_conditions_and_filters() -> None:
    source = "{% if day == 'Monday' and not late %}{{ day|upper }}{% else %}-{% endif %}{{ 'a' if day else 'b' }}"
    assert rendered(source, html=False, day="Monday", late="")[1] == "MONDAYa"


def test_the_names_a_template_uses() -> None:
    assert renderer.variables_in("{{ a }} {% if b %}{{ c|upper }}{% endif %}") == {"a", "b", "c"}
    with pytest.raises(ValueError, match="unexpected"):
        renderer.variables_in("{{ a }")


def test_free_text_is_markdown_and_never_a_template() -> None:
    made = renderer.free_text("S {{ x }}", "**Hello** {{ 7 * 7 }}", "en")
    assert (made.subject, made.text) == ("S {{ x }}", "Hello {{ 7 * 7 }}")
    assert '<html lang="en">' in (made.html or "")


# ---- a template is read and compiled once


SECRET, SOURCE = "the other one's", "{{ a }}{% if b %} and {{ b }}{% endif %}{{ c | default('') }}"


@given(st.lists(st.dictionaries(st.sampled_from("abc"), st.text(string.ascii_letters, min_size=1)), min_size=2))
def test_no_rendering_holds_what_another_was_given(several: list[dict[str, str]]) -> None:
    rendered(SOURCE, html=False, a=SECRET, b=SECRET, c=SECRET)
    for values in several:
        given_ = {"a": "", "b": "", **values}
        said = f"{given_['a']}{' and ' if given_['b'] else ''}{given_['b']}{values.get('c', '')}"
        assert rendered(SOURCE, html=False, **given_)[1] == said.strip()


def test_what_a_template_says_of_itself_is_said_in_the_language_of_each() -> None:
    source = "{{ '2026-11-20' | date }} {{ '1250.5' | number }}"
    expected = {"en": "20 November 2026 1,250.5", "de": "20. November 2026 1.250,5"}
    for language in ("en", "de", "en", "de"):
        made = renderer.render(template(language=language, subject="", body=source), {}, html=False)
        assert made.text == expected[language]


def test_a_currency_is_that_of_the_firm_each_time() -> None:
    for currency, said in (("GBP", "\u00a312.50"), ("EUR", "\u20ac12.50"), ("GBP", "\u00a312.50")):
        made = renderer.render(
            template(subject="", body="{{ a | money }}"), {"a": "12.50"}, html=False, currency=currency
        )
        assert made.text == said


def test_a_value_is_escaped_for_the_place_where_it_stands() -> None:
    for _ in range(2):
        subject, text, html = rendered("{{ v }}", subject="{{ v }}", v="**a** <b>")
        assert (subject, text) == ("**a** <b>", "**a** <b>")
        assert "<strong>" not in html


def test_a_template_that_cannot_be_filled_fails_each_time() -> None:
    for _ in range(2):
        with pytest.raises(ValueError, match="unexpected"):
            rendered("{{ a }")
        with pytest.raises(ValueError, match="soon is no"):
            rendered("{{ d | date }}", d="soon")
        with pytest.raises(ValueError, match="soon is no"):
            rendered("{{ 'soon' | date }}")


# ---- dates, amounts and numbers

FORMATTED = [
    ("en", "{{ d | date }}", "20 November 2026"),
    ("en", "{{ d | date('short') }}", "20/11/2026"),
    ("de", "{{ d | date }}", "20. November 2026"),
    ("fr", "{{ d | date }}", "20 novembre 2026"),
    ("en", "{{ a | money }}", "\u00a31,250.50"),
    ("de", "{{ a | money('EUR') }}", "1.250,50\xa0\u20ac"),
    ("en", "{{ a | number }}", "1,250.5"),
    ("en", "{{ g | date }} {{ g | money }}", "[name] [name]"),
]


@pytest.mark.covers("D11")
@pytest.mark.parametrize(("language", "source", "said"), FORMATTED)
def test_dates_and_amounts_are_written_as_in_the_language(language: str, source: str, said: str) -> None:
    made = template(language=language, subject="", body=source)
    values = {"d": "2026-11-20", "a": "1250.50", "g": "[name]"}
    assert renderer.render(made, values, html=False).text == said


@pytest.mark.parametrize("source", ["{{ d | date }}", "{{ d | money }}", "{{ d | number }}"])
def test_what_is_no_date_or_amount_is_said(source: str) -> None:
    with pytest.raises(ValueError, match="soon is no"):
        renderer.render(template(subject="", body=source), {"d": "soon"}, html=True)
