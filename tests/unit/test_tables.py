"""Rows in templates: one filter, and the same table in an email, a text and a letter. A cell is a value, whatever it holds."""

import re
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser

import pytest
from hypothesis import given, strategies as st

from letterbook.adapters.rendering.renderer import TemplateRenderer
from letterbook.domain.letter import Align, Paragraph, Table
from letterbook.domain.rows import Cell, Column, ColumnKind, Money, Rows, Value, Wording
from letterbook.domain.templates import Rendered, TemplateFault
from letterbook.domain.text import TextLimit
from tests.support.builders import template

renderer = TemplateRenderer()
COLUMNS = (
    Column(name="number", title=Wording("Number", {"fr": "Numéro"})),
    Column(name="date", title=Wording("Date", {}), kind=ColumnKind.DATE),
    Column(name="amount", title=Wording("Amount", {"fr": "Montant"}), kind=ColumnKind.MONEY),
)


def rows_of(*rows: tuple[Cell, ...], totals: tuple[tuple[Cell, ...], ...] = ()) -> Rows:
    return Rows(columns=COLUMNS, rows=rows, totals=totals)


ONE = ("7", date(2026, 9, 1), Money(Decimal("1250.5"), "GBP"))
SUM = (Wording("Total", {"fr": "Somme"}), None, Money(Decimal("1250.5"), "GBP"))
BILLS = rows_of(ONE, ("8", None, None), totals=(SUM,))


def made(body: str, values: dict[str, Value], language: str = "en", subject: str = "S") -> Rendered:
    return renderer.render(
        template(subject=subject, body=body, language=language), values, html=True, currency="GBP", blocks=True
    )


class Shape(HTMLParser):
    """The tags of a page in order, and the words of each cell."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.cells: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)
        if tag in ("td", "th"):
            self.cells.append("")

    def handle_data(self, data: str) -> None:
        if self.cells and data.strip():
            self.cells[-1] += data


@pytest.mark.covers("I3")
def test_one_source_makes_the_table_of_an_email_a_text_and_a_letter() -> None:
    said = made("Dear all,\n{{ bills | table }}", {"bills": BILLS})
    assert said.text == (
        "Dear all,\n\nNumber | Date | Amount\n7 | 1 Sept 2026 | £1,250.50\n8 |  | \nTotal |  | £1,250.50"
    )
    assert Shape(said.html or "").cells == [
        "Number", "Date", "Amount", "7", "1 Sept 2026", "£1,250.50", "8", "", "", "Total", "", "£1,250.50",
    ]  # fmt: skip
    before, table = said.blocks
    assert isinstance(before, Paragraph)
    assert isinstance(table, Table)
    assert (table.align, len(table.rows), table.totals) == ((Align.LEFT, Align.LEFT, Align.RIGHT), 3, 1)


def test_it_is_written_in_the_language_of_the_template() -> None:
    said = made("{{ bills | table }}", {"bills": BILLS}, "fr").text.splitlines()
    assert said[0] == "Numéro | Date | Montant"
    assert said[1] == "7 | 1 sept. 2026 | 1\u202f250,50\xa0£GB"
    assert said[-1].startswith("Somme")


def test_an_amount_is_of_its_own_currency() -> None:
    euros = rows_of(("7", None, Money(Decimal(3), "EUR")))
    assert made("{{ bills | table }}", {"bills": euros}).text.endswith("€3.00")


def test_only_the_columns_that_are_named_in_their_order() -> None:
    said = made("{{ bills | table('amount', 'number') }}", {"bills": BILLS}).text
    assert said.splitlines() == ["Amount | Number", "£1,250.50 | 7", " | 8", "£1,250.50 | Total"]


def test_what_the_sum_is_called_stays_when_its_column_goes() -> None:
    said = made("{{ bills | table('date', 'amount') }}", {"bills": BILLS}).text
    assert said.splitlines()[-1] == "Total | £1,250.50"


def test_no_rows_are_nothing() -> None:
    body = "{% if bills %}These:\n{{ bills | table }}\n{% else %}None.{% endif %}"
    assert made(body, {"bills": rows_of()}).text == "None."
    assert made("A\n\n{{ bills | table }}\n\nB", {"bills": rows_of()}).text.split() == ["A", "B"]
    assert made("A\n{{ bills | table }}", {"bills": ""}).text == "A"


def test_a_gap_of_a_preview_stays_one() -> None:
    assert made("{{ bills | table }}", {"bills": "[bills]"}).text == "[bills]"


# ---- a cell is a value

HOSTILE = [
    "a | b |",
    "<b>x</b><script>",
    "**bold** and [words](https://evil.example)",
    "one\n| two | three |\n|---|---|",
    "|---|---|",
    "# heading",
    "[page break]",
    "{{ 7 * 7 }}",
    "x\\",
    "\u202eevil",
    "\x00\x07",
]


@pytest.mark.covers("I3")
@pytest.mark.parametrize("value", HOSTILE)
def test_a_cell_makes_neither_tag_link_border_nor_header(value: str) -> None:
    told = rows_of((value, None, None), totals=((value, None, None),))
    said = made("A\n{{ bills | table }}\nB", {"bills": told})
    tags = Shape(said.html or "").tags
    assert (tags.count("th"), tags.count("td"), tags.count("tr")) == (3, 6, 3)
    assert {*tags} <= {
        "html",
        "head",
        "meta",
        "title",
        "body",
        "p",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "strong",
    }
    assert len(said.text.splitlines()) == 7
    _, table, _ = said.blocks
    assert isinstance(table, Table)
    assert [run.link for row in table.rows for cell in row for run in cell] == [None] * 2


@given(st.lists(st.text(max_size=40), min_size=1, max_size=4))
def test_whatever_the_cells_hold_the_table_has_its_shape(values: list[str]) -> None:
    said = made("{{ bills | table }}", {"bills": rows_of(*((one, None, None) for one in values))})
    [table] = said.blocks
    assert isinstance(table, Table)
    assert len(table.rows) == len(values)
    assert {len(row) for row in table.rows} == {3}


# ---- what is wrong with it

WRONG = [
    ("Dear all,\n\n{{ bills }}", 3, "Write {{ bills | table }}, on a line alone."),
    ("{{ bills | upper }}", 1, "Write {{ bills | table }}"),
    ('{{ "see " ~ bills }}', 1, "Write {{ bills | table }}"),
    ("{{ bills | table | upper }}", 1, "Write {{ bills | table }}"),
    ("They are: {{ bills | table }}", 1, "on a line of its own"),
    ("- {{ bills | table }}", 1, "on a line of its own"),
    ("a\n{{ bills | table }}, please", 2, "on a line of its own"),
    ("{{ name | table }}", 1, "name is text. Write {{ name }} without table."),
    ('{{ "a" | table }}', 1, "a table is made of rows"),
    ("\n\n{{ bills | table('sum') }}", 3, "has no column sum; it has number, date, amount."),
    ("{{ bills | table('numbre') }}", 1, "Did you mean number?"),
]


@pytest.mark.parametrize(("body", "line", "told"), WRONG)
def test_what_is_wrong_is_said_with_its_line(body: str, line: int, told: str) -> None:
    with pytest.raises(TemplateFault, match=f"^Line {line}: .*{re.escape(told)}") as wrong:
        made(body, {"bills": BILLS, "name": "Tom"})
    assert wrong.value.line == line


def test_a_subject_holds_no_table() -> None:
    with pytest.raises(TemplateFault, match="a subject is one line"):
        made("x", {"bills": BILLS}, subject="{{ bills | table }}")


def test_ten_thousand_rows_are_refused_before_they_are_made() -> None:
    many = rows_of(*((str(number), None, None) for number in range(10_000)))
    with pytest.raises(
        TextLimit, match="bills has 10000 rows, and there is room for 5000 of so many columns"
    ) as refused:
        made("{{ bills | table }}", {"bills": many})
    assert refused.value.code == "too_complex"
    some = rows_of(*((str(number), None, None) for number in range(500)))
    with pytest.raises(TextLimit, match="bills has 500 rows"):
        made("{{ bills | table }}\n" * 11, {"bills": some})


def test_as_many_rows_as_may_be_are_made() -> None:
    many = rows_of(*((str(number), date(2026, 9, 1), Money(Decimal(1), "GBP")) for number in range(4_990)))
    assert made("{{ bills | table }}", {"bills": many}).text.count("\n") == 4_990
