"""Which e-invoices may go, and what they say: of many shapes, to both networks."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest

from letterbook.adapters.einvoices import EinvoiceFiles
from letterbook.domain.einvoice import EinvoiceKind, Network, RuleFault
from tests.support.einvoices import Extra, Line, Sample, spoilt, ubl
from tests.support.sam_template import ROOT

SIRET = "73282932000074"
EVERYTHING = (ROOT / "tests/samples/einvoices/everything.xml").read_bytes()
NOUGHT = Decimal(0)


def line(category: str, percent: Decimal | None = NOUGHT) -> Line:
    return Line(category=category, percent=percent)


GOOD = {
    "one line": Sample(),
    "a credit note": Sample(credit_note=True),
    "several rates": Sample(lines=[Line(), Line(percent=Decimal(6), price=Decimal("19.99")), line("Z")]),
    "allowances and charges": Sample(
        lines=[Line(extras=[Extra(amount=Decimal("5.50")), Extra(amount=Decimal(2), charge=True)])],
        extras=[Extra(amount=Decimal("10.00")), Extra(amount=Decimal("3.25"), charge=True)],
    ),
    "a price for a hundred": Sample(lines=[Line(quantity=Decimal(250), price=Decimal("1.99"), base=Decimal(100))]),
    "a part of it paid, the rest rounded": Sample(prepaid=Decimal("20.50"), rounding=Decimal("-0.02")),
    "all of it paid": Sample(prepaid=Decimal("121.00"), due_on=""),
    "more given back than bought": Sample(lines=[Line(quantity=Decimal(-2)), Line()]),
    "reverse charge": Sample(lines=[line("AE")]),
    "exempt": Sample(lines=[line("E")]),
    "export": Sample(lines=[line("G")]),
    "within the EU": Sample(lines=[line("K")], delivered_to="FR"),
    "not subject to VAT": Sample(lines=[line("O", None)], seller_vat="", buyer_vat=""),
    "the Canaries": Sample(lines=[line("L", Decimal(7))]),
    "tax in the currency of the accounts": Sample(currency="GBP", tax_currency="EUR", tax_in_it=Decimal("24.51")),
    "an address by GLN": Sample(buyer=("0088", "7300010000001")),
    "an address that no rule knows the form of": Sample(buyer=("0002", "FR23342")),
}


@pytest.mark.parametrize("sample", GOOD.values(), ids=GOOD)
def test_an_invoice_that_keeps_all_rules_may_go_to_both_networks(sample: Sample) -> None:
    reader, file = EinvoiceFiles(), ubl(replace(sample, buyer_siret=SIRET))
    assert [*reader.open(file).faults(Network.PEPPOL), *reader.open(file).faults(Network.CHORUS_PRO)] == []


def test_an_invoice_with_everything_that_there_is_may_go() -> None:
    assert EinvoiceFiles().open(EVERYTHING).faults(Network.PEPPOL) == ()


# What an invoice of a category must have besides: the sample without it, and the rule.
WITHOUT: Sequence[tuple[str, Sample]] = [
    ("BR-S-02", Sample(seller_vat="")),
    ("BR-Z-02", Sample(lines=[line("Z")], seller_vat="")),
    ("BR-AE-02", Sample(lines=[line("AE")], seller_vat="")),
    ("BR-G-02", Sample(lines=[line("G")], seller_vat="")),
    ("BR-IC-02", Sample(lines=[line("K")], delivered_to="FR", buyer_vat="")),
    ("BR-IC-11", Sample(lines=[line("K")])),
    ("BR-IC-12", Sample(lines=[line("K")])),
    ("BR-O-02", Sample(lines=[line("O", None)])),
    ("BR-O-05", Sample(lines=[line("O")], seller_vat="", buyer_vat="")),
    ("BR-O-11", Sample(lines=[line("O", None), Line()], seller_vat="", buyer_vat="")),
    ("BR-O-12", Sample(lines=[line("O", None), Line()], seller_vat="", buyer_vat="")),
    ("BR-S-06", Sample(lines=[Line()], extras=[Extra(amount=Decimal(1), percent=NOUGHT)])),
    (
        "BR-Z-07",
        Sample(lines=[line("Z")], extras=[Extra(amount=Decimal(1), charge=True, category="Z", percent=Decimal(6))]),
    ),
    ("BR-16", Sample(lines=[])),
]


@pytest.mark.parametrize(("rule", "sample"), WITHOUT, ids=[one[0] for one in WITHOUT])
def test_what_a_category_of_vat_asks_for_is_asked_for(rule: str, sample: Sample) -> None:
    assert rule in {one.rule for one in EinvoiceFiles().open(ubl(sample)).faults(Network.PEPPOL)}


def test_words_say_what_is_there_and_what_should_be() -> None:
    file = spoilt(ubl(), "cac:LegalMonetaryTotal/cbc:PayableAmount", "=120.00")
    assert EinvoiceFiles().open(file).faults(Network.PEPPOL) == (
        RuleFault(
            "BR-CO-16",
            "Invoice/cac:LegalMonetaryTotal/cbc:PayableAmount",
            "It is 120.00, but the total with tax, less what is paid, with the rounding makes 121.00.",
        ),
    )


def test_of_several_lines_the_one_is_named() -> None:
    file = spoilt(ubl(Sample(lines=[Line(), Line()])), "cac:InvoiceLine[2]/cac:Price/cbc:PriceAmount", "=-100.00")
    found = {one.rule: one.where for one in EinvoiceFiles().open(file).faults(Network.PEPPOL)}
    assert found["BR-27"] == "Invoice/cac:InvoiceLine[2]/cac:Price/cbc:PriceAmount"


@pytest.mark.parametrize("credit_note", [False, True])
def test_a_file_with_the_wrong_root_is_told_which_is_right(credit_note: bool) -> None:
    file, own, other = ubl(Sample(credit_note=credit_note)), "Invoice", "CreditNote"
    if credit_note:
        own, other = other, own
    wrong = (
        file.replace(f"<{own} ".encode(), f"<{other} ".encode())
        .replace(f"</{own}>".encode(), f"</{other}>".encode())
        .replace(f"{own}-2".encode(), f"{other}-2".encode())
    )
    first = EinvoiceFiles().open(wrong).faults(Network.PEPPOL)[0]
    assert (first.rule, first.where) == ("UBL-2.1", f"{other}/cbc:{own}TypeCode")
    assert first.message.endswith(f"that begins with {own}.")


def test_chorus_pro_asks_for_the_siret_of_the_buyer_and_for_no_more_than_en_16931() -> None:
    reader = EinvoiceFiles()
    without, wrong = ubl(), ubl(Sample(buyer_siret="73282932000075"))
    assert [one.rule for one in reader.open(without).faults(Network.CHORUS_PRO)] == ["CHORUS-SIRET"]
    assert [one.rule for one in reader.open(wrong).faults(Network.CHORUS_PRO)] == ["CHORUS-SIRET"]
    french = ubl(Sample(buyer_siret=SIRET, customization="urn:cen.eu:en16931:2017", notes=["One.", "Two."]))
    assert reader.open(french).faults(Network.CHORUS_PRO) == ()


def test_tax_may_be_rounded_line_by_line_and_no_further() -> None:
    sample = Sample(lines=[Line(price=Decimal("0.10"), percent=Decimal(21)) for _ in range(4)])
    rounded_once, rounded_by_line, beyond = (
        ubl(sample),
        *(
            ubl(sample)
            .replace(b">0.08</cbc:TaxAmount>", f">{tax}</cbc:TaxAmount>".encode())
            .replace(b">0.48<", f">{Decimal('0.40') + Decimal(tax)}<".encode())
            for tax in ("0.09", "0.12")
        ),
    )
    faults = [
        [one.rule for one in EinvoiceFiles().open(file).faults(Network.PEPPOL)]
        for file in (rounded_once, rounded_by_line, beyond)
    ]
    assert faults == [[], [], ["BR-CO-17"]]


def test_a_file_that_is_wrong_throughout_is_answered_with_so_many_faults_and_no_more() -> None:
    file = ubl(Sample(lines=[Line() for _ in range(200)])).replace(b"<cbc:Name>Advice</cbc:Name>", b"")
    assert len(EinvoiceFiles().open(file).faults(Network.PEPPOL)) == 50


def test_an_invoice_is_read_as_people_read_it() -> None:
    invoice = EinvoiceFiles().open(EVERYTHING).read()
    assert (invoice.kind, invoice.number, str(invoice.issued_on), str(invoice.due_on)) == (
        EinvoiceKind.INVOICE,
        "F-2026/118",
        "2026-11-02",
        "2026-12-02",
    )
    assert (invoice.seller.name, invoice.seller.vat_number, str(invoice.seller.endpoint)) == (
        "Nordic Pantry AB",
        "SE556036079301",
        "0007:5560360793",
    )
    assert invoice.seller.address == ("Storgatan 4", "Yard B", "Gate 2", "211 42 Malmö", "Skåne", "SE")
    assert (invoice.buyer.name, invoice.buyer_reference, invoice.order_reference) == (
        "Moulin et Fils SA",
        "Kitchen, floor 2",
        "PO-5521",
    )
    assert next((one.name, one.quantity, one.unit, one.price, one.amount) for one in invoice.lines) == (
        "Flour",
        Decimal(400),
        "KGM",
        Decimal("60.0000"),
        Decimal("1214.50"),
    )
    assert [(one.category, one.percent, one.taxable, one.amount) for one in invoice.taxes] == [
        ("S", Decimal(25), Decimal("1154.50"), Decimal("288.63")),
        ("S", Decimal("12.00"), Decimal("16.67"), Decimal("2.00")),
        ("E", Decimal(0), Decimal("40.00"), Decimal("0.00")),
    ]
    totals = invoice.totals
    assert (totals.tax, totals.with_tax, totals.prepaid, totals.rounding, totals.payable) == (
        Decimal("290.63"),
        Decimal("1501.80"),
        Decimal("500.00"),
        Decimal("0.20"),
        Decimal("1002.00"),
    )


def test_a_credit_note_says_by_when_where_it_says_how() -> None:
    note = EinvoiceFiles().open(ubl(Sample(credit_note=True))).read()
    assert (note.kind, str(note.due_on)) == (EinvoiceKind.CREDIT_NOTE, "2026-12-30")
