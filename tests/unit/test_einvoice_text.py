"""What an e-invoice says in words: whole, bounded, and nothing of it a mark."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from letterbook.adapters.einvoices import EinvoiceFiles
from letterbook.adapters.rendering.renderer import TemplateRenderer
from letterbook.domain.einvoice import Einvoice, EinvoiceLine
from letterbook.domain.einvoice_text import MOST_LINES, tax_words, template_for, values_of
from letterbook.domain.templates import Rendered
from tests.support.einvoices import Sample, ubl


def read(sample: Sample | None = None) -> Einvoice:
    return EinvoiceFiles().open(ubl(sample)).read()


def rendered(einvoice: Einvoice, language: str = "en", *, otherwise: bool = False) -> Rendered:
    values = values_of(einvoice, language, otherwise=otherwise)
    return TemplateRenderer().render(template_for(language), values, html=True, blocks=True)


def test_it_says_who_what_and_how_much() -> None:
    said = rendered(read()).text
    for words in (
        "Invoice | 2026-0042",
        "Due | 30 Dec 2026",
        "Advice",
        "21%",
        "Without VAT | €100.00",
        "To be paid | €121.00",
    ):
        assert words in said


def test_in_another_language_it_reads_as_people_there_write() -> None:
    said = rendered(read(), "fr", otherwise=True).text
    for words in ("Facture | 2026-0042", "Échéance", "À payer", "121,00", "n'a pas abouti"):
        assert words in said


def test_in_a_language_that_nobody_translated_it_is_english_with_its_dates_and_amounts() -> None:
    assert "To be paid" in rendered(read(), "nl").text


@pytest.mark.parametrize("hostile", ["[x](https://evil.example)", "# big", "| a | b |", "<b>x</b>", "{{ 1 }}", "**x**"])
def test_nothing_in_it_is_a_mark(hostile: str) -> None:
    einvoice = read()
    line = replace(einvoice.lines[0], name=hostile, description=hostile)
    made = rendered(replace(einvoice, lines=(line,), notes=(hostile,), payment_terms=hostile))
    assert hostile in made.text
    for tag in ("<a ", "<h1", "<b>", "<strong>x"):
        assert tag not in (made.html or "")


def test_of_very_many_lines_the_first_are_said_and_how_many_are_left() -> None:
    line = EinvoiceLine(id="1", name="x" * 5_000, quantity=Decimal(1), price=Decimal(1), amount=Decimal(1))
    einvoice = replace(read(), lines=(line,) * (MOST_LINES + 1_234), notes=("y" * 100_000,) * 100)
    made = rendered(einvoice)
    assert "And 1234 more lines: see the file." in made.text
    assert len(made.text) < 500_000


def test_what_is_not_said_takes_no_room() -> None:
    bare = replace(
        read(), due_on=None, payment_terms="", payment_account="", notes=(), taxes=(), issued_on=date(2026, 1, 2)
    )
    said = rendered(bare).text
    assert "Due |" not in said
    assert "Pay to" not in said


@pytest.mark.parametrize(
    ("category", "percent", "reason", "words"),
    [
        ("S", Decimal("21.00"), "", "21%"), ("S", Decimal("5.5"), "", "5.5%"), ("E", Decimal(0), "", "0%, exempt"),
        ("AE", Decimal("0.0"), "", "0%, reverse charge"), ("O", None, "", "outside VAT"), ("E", None, "Art. 44", "Art. 44"),
        ("S", Decimal(100), "", "100%"), ("X", None, "", "X"),
    ],
)  # fmt: skip
def test_a_tax_reads_by_its_rate_and_why_there_is_none(
    category: str, percent: Decimal | None, reason: str, words: str
) -> None:
    assert tax_words(category, percent, reason) == words
