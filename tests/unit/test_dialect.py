"""Which marks format a letter, in tables; all else is as it was typed, in its text and in its HTML."""

import html
import re

import pytest
from hypothesis import given, strategies as st

from letterbook.adapters.rendering.inert import escaped
from letterbook.adapters.rendering.markdown import Markdown, as_html, as_text


def read_off(page: str) -> str:
    """What a reader sees of HTML that has only paragraphs and line breaks."""
    seen = re.sub(r"<br>\n", "\n", page).replace("</p>\n<p>", "\n\n").replace("</p>\n", "\n\n").replace("<p>", "")
    assert not re.search(r"<[a-z/]", seen), seen
    return html.unescape(seen).replace("\xa0", " ").strip("\n")


AS_TYPED = {
    "an address with underscores": "jane_doe@mail_host.example and __jane__@x.example",
    "an address with stars and underscores": "https://x.example/_a_/b_c_d/*e*_f_?q=(_g_)&h=*i*",
    "an address in brackets": "<jane@x> <jane.doe@x.example> <https://x.example/a_b>",
    "names of files": "see my_file_name.pdf, _draft.docx, *.pdf and *.doc",
    "a Windows path": r"\\server\share\_new_\*.txt and C:\temp\_x_",
    "backslashes": r"a\*b \[c\] \\ d\ ",
    "numbers on one line": "3. 5. 9.",
    "two numbers on one line": "1. 3.",
    "numbers with gaps": "3. this\n5. that\n9. the last",
    "numbers of one kind": "1. this\n1. that",
    "numbers in brackets": "1) this\n2) that",
    "numbers with zeros": "01. this\n02. that",
    "one number": "7. The last point",
    "a date that ends a line": "We met on\n14. August\nin Leeds.",
    "dashes before a name": "Kind regards\n--\nJane Marsh",
    "a signature": "Kind regards,\n-- \nJane Marsh",
    "one dash before a name": "Yours,\n- Jane Marsh",
    "signs of equality below a line": "The total\n=====\n12",
    "rules": "a\n\n---\n\n***\n\n___\n\n* * *",
    "sums": "2 * 3 * 4 = 24, 2*3*4, (3*4)*(5*6), a * b* c",
    "a plus": "+ 5 and\n+ 6",
    "tildes": "~5 minutes, ~~about~~ ~",
    "bars": "a | b || c\nd | e",
    "bars and dashes": "Jane Marsh |\n--\nLeeds",
    "entities": "&copy; &amp; &lt;b&gt; &#60;",
    "tags": "<b>bold</b> <script>",
    "numbers of things": "#123 is not #124\n#5",
    "a number sign alone": "#\n# \n##",
    "smileys": "*_* ^_^ -_- o_O >_< :-* <3 \\o/ (*_*) :*",
    "backticks": "`code` ```fence``` `quoted' ```\nx\n```",
    "indented lines": "  two\n    four\n        eight\n\tone tab\nnone",
    "more blanks than one": "a  b   c",
    "empty lines": "Yours\n\n\n\n\nJane",
    "blank ends of lines": "a \nb  \nc",
    "gaps to fill in": "Name: ____________ Date: __ / __ / ____",
    "footnotes": "Price* and terms**\n*Without tax of 20",
    "stars that hide": "f*** and **** ****",
    "references": "See [1] and [a][b], (c)[d], [3](a), [x](y z).\n[1]: the Act",
    "names of Python": "__init__ and _private and a__b__c",
    "greater than": "5 > 3\n>50 pounds\n>:-(",
    "an exclamation": "![picture](x) !important",
    "a bullet alone": "* Terms apply",
    "bullets of another program": "\u2022 one\n\u2022 two",
    "pluses": "+ one\n+ two",
    "one item, and more below it": "- one that\nwas wrapped by hand\n- two",
    "emphasis across lines": "*one\ntwo* and _three\nfour_",
    "prices with stars": "*** 5.00 ***",
    "percent and braces": "100 % {not} {{ this }} {% either %}",
    "another alphabet": "Zażółć_gęślą_jaźń и_так_далее",
    "a tail of underscores": "a_ b_ _c",
}


@pytest.mark.parametrize("typed", AS_TYPED.values(), ids=AS_TYPED.keys())
def test_plain_writing_is_as_it_was_typed(typed: str) -> None:
    assert as_text(typed) == typed
    assert read_off(as_html(typed)) == typed.replace("\t", "    ")


FORMATTED = {
    "bold": ("**now**", "now", "<p><strong>now</strong></p>"),
    "emphasis by a star": ("*now*, please", "now, please", "<p><em>now</em>, please</p>"),
    "emphasis by an underscore": ("(_now_)", "(now)", "<p>(<em>now</em>)</p>"),
    "both": ("***now***", "now", "<p><em><strong>now</strong></em></p>"),
    "bold of an address": (
        "**jane_doe@x.example**",
        "jane_doe@x.example",
        "<p><strong>jane_doe@x.example</strong></p>",
    ),
    "emphasis of an address": (
        "*https://x.example/a_b_*.",
        "https://x.example/a_b_.",
        "<p><em>https://x.example/a_b_</em>.</p>",
    ),
    "emphasis in bold": ("**a _b_ c**", "a b c", "<p><strong>a <em>b</em> c</strong></p>"),
    "bold of an amount": ("**£1,250.00**", "£1,250.00", "<p><strong>£1,250.00</strong></p>"),
    "bold without blanks": ("请在**星期五**之前", "请在星期五之前", "<p>请在<strong>星期五</strong>之前</p>"),
    "a heading": ("# The matter #1", "The matter #1", "<h1>The matter #1</h1>"),
    "a heading in the text": ("a\n## b\nc", "a\nb\nc", "<p>a</p>\n<h2>b</h2>\n<p>c</p>"),
    "a list": ("- a\n- b", "- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
    "a list of stars": ("* a\n* b", "* a\n* b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
    "a list in a letter": (
        "We need:\n- a\n- b\nThank you.",
        "We need:\n- a\n- b\nThank you.",
        "<p>We need:</p>\n<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n<p>Thank you.</p>",
    ),
    "a list in a list": (
        "- a\n  - b\n- c",
        "- a\n  - b\n- c",
        "<ul>\n<li>a\n<ul>\n<li>b</li>\n</ul>\n</li>\n<li>c</li>\n</ul>",
    ),
    "numbers": ("1. a\n2. b", "1. a\n2. b", "<ol>\n<li>a</li>\n<li>b</li>\n</ol>"),
    "numbers from another": ("9. a\n10. b", "9. a\n10. b", '<ol start="9">\n<li>a</li>\n<li>b</li>\n</ol>'),
    "a quotation": ("> a\n> b", "> a\n> b", "<blockquote>\n<p>a<br>\nb</p>\n</blockquote>"),
    "an answer below it": ("> a\nb", "> a\nb", "<blockquote>\n<p>a</p>\n</blockquote>\n<p>b</p>"),
    "a quotation in another": (
        "> > a\n> b\n\nc",
        "> > a\n> b\n\nc",
        "<blockquote>\n<blockquote>\n<p>a</p>\n</blockquote>\n<p>b</p>\n</blockquote>\n<p>c</p>",
    ),
    "a link": ("[a](https://x.example/b_c)", "a (https://x.example/b_c)", '<p><a href="https://x.example/b_c">a</a></p>'),
    "a link named by itself": ("[https://x.example](https://x.example)", "https://x.example", '<p><a href="https://x.example">https://x.example</a></p>'),
    "a link to write to": ("[us](mailto:us@x.example)", "us (mailto:us@x.example)", '<p><a href="mailto:us@x.example">us</a></p>'),
}  # fmt: skip


@pytest.mark.parametrize(("typed", "text", "page"), FORMATTED.values(), ids=FORMATTED.keys())
def test_what_is_formatted(typed: str, text: str, page: str) -> None:
    assert as_text(typed) == text
    assert as_html(typed).strip() == page


def test_a_table_ends_with_its_last_row() -> None:
    typed = "| a | b |\n|---|--:|\n| 1 | 2 |\nYours | Jane | Marsh\nLeeds"
    assert as_text(typed) == "a | b\n1 | 2\nYours | Jane | Marsh\nLeeds"
    assert as_html(typed).endswith("</table>\n<p>Yours | Jane | Marsh<br>\nLeeds</p>\n")


# Pieces of plain writing that other dialects would take for marks.
_PIECES = st.sampled_from(
    ["a", "b_c", "7", "5.", "3.", "*", "_", "--", "-", ">", "#1", "&amp;", "<x>", "\\", "(", ")", "[1]", "~", "`", "2*3",
     "x@y_z", "https://a.example/_b_", "|", "\u00e9", "\u6708", ":", "!", "+"]
)  # fmt: skip
_LINE = st.builds(
    lambda word, rest: " ".join([word, *rest]), st.sampled_from(["w", "Dear", "5", "we"]), st.lists(_PIECES, max_size=6)
)


@given(st.lists(_LINE | st.just(""), min_size=1, max_size=8))
def test_text_without_marks_is_the_same_in_text_and_html(lines: list[str]) -> None:
    typed = "\n".join(lines).strip("\n")
    assert as_text(typed) == typed
    assert read_off(as_html(typed)) == typed


@given(st.text(alphabet="ab1 \n\t.,:;()!?<>&\"'\\/-+=~`@{}^%$#*_", max_size=80))
def test_whatever_is_typed_only_marks_of_look_are_left_out(typed: str) -> None:
    """And they are the only signs that may be missing: nothing is added, moved, wrapped or joined."""
    look = str.maketrans("", "", "*_#")

    def bare(text: str) -> list[str]:
        return [line.translate(look).strip() for line in text.strip("\n").split("\n")]

    assert bare(as_text(typed)) == bare(typed)


@given(st.text(max_size=80))
def test_no_text_makes_the_parser_fail(typed: str) -> None:
    for keeps in (True, False):
        made = Markdown(typed, keeps_breaks=keeps)
        made.as_html()
        made.as_text()


def test_a_text_is_written_as_often_as_it_is_asked_for() -> None:
    made = Markdown("a\n  b")
    assert (made.as_html(), made.as_text()) == (made.as_html(), made.as_text())


# ---- the source of a template

TEMPLATES = {
    "a paragraph": ("Dear Sir,\nwe write\nto you.", "Dear Sir, we write to you.", "<p>Dear Sir, we write to you.</p>"),
    "blanks at the ends": ("a \n b", "a b", "<p>a b</p>"),
    "a backslash": ("Yours\\\nJane", "Yours\nJane", "<p>Yours<br>\nJane</p>"),
    "bold before a backslash": ("**Yours**\\\nJane", "Yours\nJane", "<p><strong>Yours</strong><br>\nJane</p>"),
    "two blanks": ("Yours  \nJane", "Yours\nJane", "<p>Yours<br>\nJane</p>"),
    "paragraphs": ("a\n\n\n\nb", "a\n\nb", "<p>a</p>\n<p>b</p>"),
    "an item that is wrapped": ("- a\n  b\n- c", "- a b\n- c", "<ul>\n<li>a b</li>\n<li>c</li>\n</ul>"),
    "numbers with gaps": ("3. a\nb\n5. c", "3. a b\n5. c", "<p>3. a b<br>\n5. c</p>"),
    "points of a contract": ("(a) x\ny\n(ii) z", "(a) x y\n(ii) z", "<p>(a) x y<br>\n(ii) z</p>"),
    "a quotation": ("> a\n> b\n\nc", "> a b\n\nc", "<blockquote>\n<p>a b</p>\n</blockquote>\n<p>c</p>"),
    "bold that is wrapped": ("**a\nb**", "a b", "<p><strong>a b</strong></p>"),
    "ideographs": ("\u8bf7\u5728\n\u661f\u671f\u4e94", "\u8bf7\u5728\u661f\u671f\u4e94", "<p>\u8bf7\u5728\u661f\u671f\u4e94</p>"),
}  # fmt: skip


@pytest.mark.parametrize(("source", "text", "page"), TEMPLATES.values(), ids=TEMPLATES.keys())
def test_how_a_template_is_wrapped_does_not_reach_the_reader(source: str, text: str, page: str) -> None:
    assert as_text(source, keeps_breaks=False) == text
    assert as_html(source, keeps_breaks=False).strip() == page


def filled(frame: str, value: str) -> tuple[str, str]:
    source = frame.format(escaped(value))
    return as_text(source, keeps_breaks=False), as_html(source, keeps_breaks=False).strip()


def test_each_line_break_of_a_value_is_kept() -> None:
    text, page = filled("Your address:\n{}", "1 High Street\r\nLeeds\n\n  LS1")
    assert text == "Your address: 1 High Street\nLeeds\n\n  LS1"
    assert page == "<p>Your address: 1 High Street<br>\nLeeds<br>\n<br>\n\xa0 LS1</p>"


def test_in_a_list_a_value_of_several_lines_stays_below_its_mark() -> None:
    assert filled("- {}\n- b", "1 High Street\nLeeds")[0] == "- 1 High Street\n  Leeds\n- b"


@pytest.mark.parametrize("frame", ["{}", "Dear {},\nwe", "# {}", "**{}** x", "- {}\n- b", "> {}", "a\n{}\nb"])
@given(
    value=st.text(
        alphabet=st.characters(
            exclude_categories=["Cs", "Cc", "Zl", "Zp"],
            exclude_characters="\u2066\u2067\u2068\u2069\u202a\u202b\u202c\u202d\u202e",
        ),
        min_size=1,
        max_size=40,
    )
    | st.sampled_from([*AS_TYPED.values(), *(one for one, _, _ in FORMATTED.values())])
)
def test_a_value_is_itself_wherever_it_stands(frame: str, value: str) -> None:
    alone = filled("{}", value)[0]
    marker = "\u2403"
    around = filled(frame, marker)[0].split(marker)
    within = filled(frame, value)[0]
    assert within.startswith(around[0])
    assert within.endswith(around[1])
    inside = [line.strip(" >") for line in within[len(around[0]) : len(within) - len(around[1])].split("\n")]
    assert inside == [line.strip(" >") for line in alone.split("\n")]
