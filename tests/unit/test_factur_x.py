"""The invoice within a PDF: read and checked as one in UBL is, as far as its profile goes."""

from decimal import Decimal

import pytest

from letterbook.adapters.einvoices import EinvoiceFiles
from letterbook.domain.einvoice import EinvoiceKind, EinvoiceSyntax, Network
from letterbook.ports.einvoices import UnreadableEinvoice
from tests.support.einvoices import Extra, Line, Sample
from tests.support.factur_x import BASIC_WL, EN_16931, MINIMUM, cii, factur_x, pdf_with
from tests.support.pdfs import without_aes

SIRET = "73282932000074"
SAMPLES = {
    "one line": Sample(buyer_siret=SIRET),
    "several rates, an allowance, a charge, a part of it paid": Sample(
        buyer_siret=SIRET,
        lines=[
            Line(),
            Line(quantity=Decimal(3), price=Decimal("9.99"), percent=Decimal("5.5")),
            Line(category="Z", percent=Decimal(0)),
        ],
        extras=[Extra(amount=Decimal("1.50")), Extra(amount=Decimal(2), charge=True, category="Z", percent=Decimal(0))],
        prepaid=Decimal("10.00"),
    ),
    "reverse charge": Sample(buyer_siret=SIRET, lines=[Line(category="AE", percent=Decimal(0))]),
    "a credit note": Sample(buyer_siret=SIRET, credit_note=True),
}
TOTALS = (
    "rsm:CrossIndustryInvoice/rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement"
    "/ram:SpecifiedTradeSettlementHeaderMonetarySummation"
)


@pytest.mark.parametrize("profile", [MINIMUM, BASIC_WL, EN_16931])
@pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES)
def test_a_right_invoice_of_each_profile_may_go_to_chorus_pro(sample: Sample, profile: str) -> None:
    assert EinvoiceFiles().open(factur_x(sample, profile)).faults(Network.CHORUS_PRO) == ()


def test_it_is_read_as_one_in_ubl_is() -> None:
    invoice = EinvoiceFiles().open(factur_x(SAMPLES["several rates, an allowance, a charge, a part of it paid"])).read()
    assert (invoice.syntax, invoice.kind, invoice.number) == (
        EinvoiceSyntax.FACTUR_X,
        EinvoiceKind.INVOICE,
        "2026-0042",
    )
    assert (str(invoice.issued_on), str(invoice.due_on), invoice.currency) == ("2026-11-30", "2026-12-30", "EUR")
    assert (invoice.seller.name, invoice.buyer.name, invoice.buyer.registration) == (
        "Atelier Nord",
        "Moulin & Fils",
        SIRET,
    )
    assert invoice.buyer.address == ("1 rue du Port", "75001 Paris", "FR")
    assert [(one.name, one.quantity, one.unit, one.price, one.tax_percent) for one in invoice.lines][1] == (
        "Advice",
        Decimal(3),
        "HUR",
        Decimal("9.99"),
        Decimal("5.5"),
    )
    totals = invoice.totals
    assert (totals.allowances, totals.charges, totals.prepaid) == (Decimal("1.50"), Decimal(2), Decimal("10.00"))
    assert totals.payable == totals.with_tax - Decimal("10.00")
    assert sum(tax.amount for tax in invoice.taxes) == totals.tax


def test_one_without_lines_is_read_by_its_totals() -> None:
    invoice = EinvoiceFiles().open(factur_x(profile=MINIMUM)).read()
    assert (invoice.lines, invoice.taxes, invoice.totals.lines, invoice.totals.payable) == (
        (),
        (),
        Decimal("100.00"),
        Decimal("121.00"),
    )


# What stands in its XML, and what instead; the rule, and the element of the invoice in the PDF.
BROKEN = [
    ("<ram:ID>2026-0042</ram:ID>", "", "BR-02", "Invoice/cbc:ID"),
    (
        "<ram:DuePayableAmount>121.00",
        "<ram:DuePayableAmount>121.01",
        "BR-CO-16",
        f"{TOTALS}/ram:DuePayableAmount",
    ),
    (
        "<ram:LineTotalAmount>100.00</ram:LineTotalAmount><ram:Ch",
        "<ram:LineTotalAmount>100.01</ram:LineTotalAmount><ram:Ch",
        "BR-CO-10",
        "",
    ),
    ("<ram:CalculatedAmount>21.00", "<ram:CalculatedAmount>21.01", "BR-CO-17", ""),
    ("<ram:ChargeAmount>100.00", "<ram:ChargeAmount>-100.00", "BR-27", ""),
    (">20261130<", ">20261131<", "UBL-2.1", ""),
    ("<ram:InvoiceCurrencyCode>EUR", "<ram:InvoiceCurrencyCode>GBP", "BT-5", ""),
    ("<ram:CountryID>FR", "<ram:CountryID>France", "BR-CL-14", ""),
    ('schemeID="0009">73282932000074', 'schemeID="0009">73282932000075', "CHORUS-SIRET", ""),
    (SIRET, "", "CHORUS-SIRET", ""),
]


@pytest.mark.parametrize(
    ("there", "instead", "rule", "where"), BROKEN, ids=[f"{one[2]}-{n}" for n, one in enumerate(BROKEN)]
)
def test_a_rule_that_it_breaks_is_named(there: str, instead: str, rule: str, where: str) -> None:
    xml = cii(Sample(buyer_siret=SIRET)).decode()
    assert there in xml
    faults = EinvoiceFiles().open(pdf_with(xml.replace(there, instead, 1).encode())).faults(Network.CHORUS_PRO)
    assert rule in {one.rule for one in faults}
    if where:
        assert [one.where for one in faults if one.rule == rule] == [where]


def test_what_is_wrong_is_named_by_the_element_within_the_pdf() -> None:
    xml = cii(Sample(buyer_siret=SIRET)).decode().replace("<ram:ChargeAmount>100.00", "<ram:ChargeAmount>-100.00")
    [price] = [
        one for one in EinvoiceFiles().open(pdf_with(xml.encode())).faults(Network.CHORUS_PRO) if one.rule == "BR-27"
    ]
    assert price.where == (
        "rsm:CrossIndustryInvoice/rsm:SupplyChainTradeTransaction/ram:IncludedSupplyChainTradeLineItem"
        "/ram:SpecifiedLineTradeAgreement/ram:NetPriceProductTradePrice/ram:ChargeAmount"
    )


@pytest.mark.parametrize("name", ["factur-x.xml", "Factur-X.XML", "xrechnung.xml", "zugferd-invoice.xml"])
def test_it_is_found_by_any_name_that_the_standard_gave_it(name: str) -> None:
    assert EinvoiceFiles().open(pdf_with(cii(), name)).read().number == "2026-0042"


def test_peppol_takes_none() -> None:
    [fault] = EinvoiceFiles().open(factur_x(SAMPLES["one line"])).faults(Network.PEPPOL)
    assert fault.rule == "PEPPOL-EN16931-R004"


@pytest.mark.parametrize("packed_by", [b"Foo", b"Crypt /DecodeParms << /Name /Foo >>", b"JBIG2Decode", b"LZWDecode"])
def test_what_is_packed_in_a_way_that_nobody_can_unpack_is_damaged(packed_by: bytes) -> None:
    with pytest.raises(UnreadableEinvoice, match="damaged"):
        EinvoiceFiles().open(pdf_with(cii(), packed_by=packed_by)).read()


def test_one_that_is_encrypted_as_most_are_says_so_where_nothing_could_open_it(monkeypatch: pytest.MonkeyPatch) -> None:
    locked = pdf_with(cii(), password="secret", algorithm="AES-256")
    without_aes(monkeypatch)
    with pytest.raises(UnreadableEinvoice, match="encrypted"):
        EinvoiceFiles().open(locked).read()
