"""A text as the blocks of a letter: the same marks as in its HTML, and a new page where its author asks for one."""

import re
import string

import pytest
from hypothesis import given, strategies as st
from pydantic import TypeAdapter

from letterbook.adapters.rendering.markdown import Markdown, as_html, as_text
from letterbook.adapters.rendering.renderer import TemplateRenderer
from letterbook.domain.letter import Align, Block, Heading, ItemList, PageBreak, Paragraph, Quotation, Run, Table
from tests.support.builders import template

renderer = TemplateRenderer()


def blocks(source: str, *, keeps_breaks: bool = True) -> tuple[Block, ...]:
    return Markdown(source, keeps_breaks=keeps_breaks).as_blocks()


def words(text: str) -> tuple[Run, ...]:
    return (Run(text=text),)


def paragraph(text: str) -> Paragraph:
    return Paragraph(runs=words(text))


WRITTEN = {
    "a heading": ("## Your account", Heading(level=2, runs=words("Your account"))),
    "a paragraph": ("Dear Sir", paragraph("Dear Sir")),
    "a line break": ("Dear Sir,\nwe write.", paragraph("Dear Sir,\nwe write.")),
    "an indented line": ("a\n  b", paragraph("a\n\xa0\xa0b")),
    "a list": ("- a\n- b", ItemList(items=((paragraph("a"),), (paragraph("b"),)))),
    "numbers": ("4. a\n5. b", ItemList(start=4, items=((paragraph("a"),), (paragraph("b"),)))),
    "a list in a list": (
        "- a\n  - b\n- c",
        ItemList(items=((paragraph("a"), ItemList(items=((paragraph("b"),),))), (paragraph("c"),))),
    ),
    "a quotation": ("> a\n> b", Quotation(blocks=(paragraph("a\nb"),))),
    "bold in emphasis": (
        "a ***b*** c",
        Paragraph(runs=(Run(text="a "), Run(text="b", bold=True, italic=True), Run(text=" c"))),
    ),
    "a link": (
        "see [our **page**](https://firm.example/a_b)",
        Paragraph(
            runs=(
                Run(text="see "),
                Run(text="our ", link="https://firm.example/a_b"),
                Run(text="page", bold=True, link="https://firm.example/a_b"),
            )
        ),
    ),
    "a table": (
        "| What | When | How much |\n|---|:-:|--:|\n| Fee | May | 5.00 |\n| Tax |",
        Table(
            align=(Align.LEFT, Align.CENTER, Align.RIGHT),
            head=(words("What"), words("When"), words("How much")),
            rows=((words("Fee"), words("May"), words("5.00")), (words("Tax"), (), ())),
        ),
    ),
    "a new page": ("[page break]", PageBreak()),
}


@pytest.mark.parametrize(("source", "block"), WRITTEN.values(), ids=WRITTEN.keys())
def test_each_mark_makes_its_block(source: str, block: Block) -> None:
    assert blocks(source) == (block,)


def test_the_last_rows_that_are_wholly_bold_are_the_totals() -> None:
    head = "| What | How much |\n|---|--:|\n"
    for rows, totals in {
        "| Fee | 5.00 |\n| **Total** | **5.00** |": 1,
        "| Fee | 5.00 |\n| **Tax** | **1.00** |\n| **Total** | **6.00** |": 2,
        "| Fee | 5.00 |\n| **Total** | |": 1,
        "| **Fee** | **5.00** |\n| Tax | 1.00 |": 0,
        "| Fee | 5.00 |\n| **Total** | 5.00 |": 0,
        "| Fee | 5.00 |\n| | |": 0,
    }.items():
        (table,) = blocks(head + rows)
        assert isinstance(table, Table)
        assert table.totals == totals, rows


def test_an_empty_line_more_than_parts_two_paragraphs_is_space_that_was_meant() -> None:
    assert blocks("Yours\n\n\nJane") == (paragraph("Yours"), Paragraph(runs=()), paragraph("Jane"))
    assert blocks("Yours\n\n\nJane", keeps_breaks=False) == (paragraph("Yours"), paragraph("Jane"))


@pytest.mark.parametrize("keeps_breaks", [True, False])
@pytest.mark.parametrize("source", ["a\n\n[page break]\n\nb", "a\n[Page break] \nb"])
def test_a_new_page_is_an_empty_line_elsewhere(source: str, keeps_breaks: bool) -> None:
    assert blocks(source, keeps_breaks=keeps_breaks) == (paragraph("a"), PageBreak(), paragraph("b"))
    assert re.fullmatch("a\n+b", as_text(source, keeps_breaks=keeps_breaks))
    assert as_html(source, keeps_breaks=keeps_breaks) == "<p>a</p>\n<p>b</p>\n"


def test_no_new_page_in_the_middle_of_anything() -> None:
    for source in (
        "> a\n> [page break]\n> b",
        "- a\n\n  [page break]\n- b",
        "see [page break] there",
        "[page break] b",
    ):
        assert PageBreak() not in blocks(source)
        assert "[page break]" in as_text(source)


def test_a_table_is_aligned_in_html_by_what_needs_no_style() -> None:
    page = as_html("| a | b |\n|---|--:|\n| 1 | 2 |")
    assert '<td align="left">1</td>\n<td align="right">2</td>' in page
    assert "style" not in page


@given(st.text(alphabet=string.printable, max_size=60))
def test_a_value_is_words_of_the_block_that_it_stands_in(value: str) -> None:
    made = renderer.render(template(subject="", body="> See {{ v }} now"), {"v": value}, html=True, blocks=True)
    (quotation,) = made.blocks
    assert isinstance(quotation, Quotation)
    (one,) = quotation.blocks
    assert isinstance(one, Paragraph)
    assert [(run.bold, run.italic, run.link) for run in one.runs] == [(False, False, None)]
    printable = re.sub(r"[\x00-\x1f\x7f]", " ", value)
    assert one.runs[0].text.split() == f"See {printable} now".split()


@given(st.text(alphabet="ab1 \n|-:*_#>.[]()", max_size=80))
def test_blocks_say_what_the_text_says(typed: str) -> None:
    """All that the text says but its marks, in its order; and they are kept and read again as they are."""
    made = blocks(typed)
    assert re.sub(r"[^ab]", "", said(made)) == re.sub(r"[^ab]", "", as_text(typed))
    stored = TypeAdapter(tuple[Block, ...])
    assert stored.validate_json(stored.dump_json(made, exclude_defaults=True)) == made


def said(made: tuple[Block, ...]) -> str:
    pieces: list[str] = []
    for block in made:
        match block:
            case Heading() | Paragraph():
                pieces += [run.text for run in block.runs]
            case ItemList():
                pieces += [said(item) for item in block.items]
            case Quotation():
                pieces.append(said(block.blocks))
            case Table():
                pieces += [run.text for row in (block.head, *block.rows) for cell in row for run in cell]
    return "".join(pieces)


def test_only_what_is_asked_for_as_a_letter_has_blocks() -> None:
    assert renderer.free_text("S", "a", "en").blocks == ()
    assert renderer.free_text("S", "a", "en", blocks=True).blocks == (paragraph("a"),)
