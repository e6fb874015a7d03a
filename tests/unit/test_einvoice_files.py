"""Files that strangers hand over as e-invoices: nothing of them acts, none costs more than an invoice may, all is told in words."""

from itertools import product

import pytest

from letterbook.adapters.einvoices import EinvoiceFiles
from letterbook.domain.einvoice import Network
from letterbook.ports import UnreadableEinvoice
from tests.support.effort import bounded_effort
from tests.support.einvoices import Line, Sample, ubl
from tests.support.factur_x import cii, factur_x, pdf_with
from tests.support.pdfs import a_pdf

INVOICE = ubl().decode()
_, _, BODY = INVOICE.partition("?>\n")
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


def with_doctype(doctype: str, text: str = "Thank you.") -> bytes:
    return f'<?xml version="1.0"?>\n{doctype}\n{BODY.replace("Thank you.", text)}'.encode()


HOSTILE = {
    "a bomb of entities": (with_doctype(f'<!DOCTYPE Invoice [<!ENTITY l0 "ha">{LAUGHS}]>', "&l9;"), "DOCTYPE"),
    "one long entity many times": (
        with_doctype(f'<!DOCTYPE Invoice [<!ENTITY a "{"a" * 50_000}">]>', "&a;" * 50_000),
        "DOCTYPE",
    ),
    "a file of the machine": (with_doctype('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>', "&x;"), "DOCTYPE"),
    "an address inside the network": (with_doctype('<!DOCTYPE a SYSTEM "http://169.254.169.254/latest">'), "DOCTYPE"),
    "a parameter entity": (with_doctype('<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1/x"> %x;]>'), "DOCTYPE"),
    "a doctype alone": (with_doctype("<!DOCTYPE Invoice>"), "DOCTYPE"),
    "a doctype in UTF-16": (with_doctype("<!DOCTYPE Invoice>").decode().encode("utf-16"), "DOCTYPE"),
    "another file included": (
        INVOICE.replace(
            "<cbc:Note>", '<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="/etc/passwd"/><cbc:Note>'
        ).encode(),
        "XInclude",
    ),
    "an entity that there is not": (INVOICE.replace("Thank you.", "&nbsp;").encode(), "not well-formed"),
    "a tag that is left open": (INVOICE.replace("</cbc:Note>", "").encode(), "not well-formed"),
    "nothing": (b"", "empty"),
    "blanks": (b" \n\t", "empty"),
    "noughts": (b"\x00" * 1000, "not well-formed"),
    "words": (b"Dear Sir or Madam,", "not well-formed"),
    "JSON": (b'{"Invoice": {}}', "not well-formed"),
    "a charset that is none": (INVOICE.replace("UTF-8", "x-none").encode(), "encoding"),
    "a charset that hides tags": (INVOICE.replace("UTF-8", "UTF-7").encode(), "encoding"),
    "a charset that unpacks": (INVOICE.replace("UTF-8", "zip").encode(), "encoding"),
    "another charset than it says": (INVOICE.replace("Thank you.", "Danke schön").encode("latin-1"), "not well-formed"),
    "very deep": (b"<a>" * 100_000, "deep"),
    "very many": (b"<Invoice>" + b"<a/>" * 150_000 + b"</Invoice>", "elements"),
    "very many remarks": (b"<Invoice>" + b"<!---->" * 150_000 + b"</Invoice>", "elements"),
    "very many instructions": (b"<Invoice>" + b"<?a?>" * 150_000 + b"</Invoice>", "elements"),
    "very many attributes": (b"<a " + b" ".join(b"a%d=''" % n for n in range(1000)) + b"/>", "attributes"),
    "a tag without end": (b"<a " + b" ".join(b"a%d=''" % n for n in range(700_000)), "longer than any"),
    "a name without end": (b"<a" + b"a" * 9_000_000 + b"/>", "longer"),
    "a long name": (b"<" + b"a" * 1000 + b"/>", "longer name"),
    "a remark without end": (b"<a><!--" + b"-a" * 4_500_000, "longer than any"),
    "ten million bytes and one": (INVOICE.encode().ljust(10_000_001), "10 MB"),
    "twenty million bytes": (b"<" * 20_000_000, "10 MB"),
    "another root": (b"<Order/>", "begins with Order"),
    "HTML": (b"<html><body/></html>", "begins with html"),
    "an invoice of no namespace": (b"<Invoice/>", "it has none"),
    "an invoice of another namespace": (
        INVOICE.replace("schema:xsd:Invoice-2", "schema:xsd:Invoice-1").encode(),
        "urn:oasis:names:specification:ubl:schema:xsd:Invoice-1",
    ),
    "a credit note in the namespace of invoices": (
        INVOICE.replace("<Invoice", "<CreditNote").replace("</Invoice>", "</CreditNote>").encode(),
        "Invoice-2",
    ),
    "a Cross Industry Invoice without its PDF": (cii(), "by itself"),
    "a PDF of nothing else": (a_pdf(), "no invoice for programs"),
    "a PDF with another file": (pdf_with(cii(), "invoice.xml"), "no invoice for programs"),
    "a PDF with a password": (pdf_with(cii(), password="secret"), "encrypted"),
    "half a PDF": (factur_x()[:400], "damaged"),
    "a PDF of a name alone": (b"%PDF-1.7", "damaged"),
    "a PDF with something else called so": (pdf_with(b"<a/>"), "begins with a"),
    "a PDF with UBL in it": (pdf_with(ubl()), "begins with Invoice"),
    "a PDF with a bomb in it": (
        pdf_with(with_doctype(f'<!DOCTYPE Invoice [<!ENTITY l0 "ha">{LAUGHS}]>', "&l9;")),
        "DOCTYPE",
    ),
    "a PDF that unpacks to far more": (pdf_with(b" " * 30_000_000), "10 MB"),
}


@pytest.mark.parametrize(("file", "words"), HOSTILE.values(), ids=HOSTILE)
def test_what_is_no_invoice_is_refused_in_words_and_in_no_time(file: bytes, words: str) -> None:
    reader = EinvoiceFiles()
    with bounded_effort(), pytest.raises(UnreadableEinvoice) as refused:
        reader.open(file).faults(Network.PEPPOL)
    [fault] = refused.value.faults
    assert words in fault.message
    assert fault.message.endswith(".")
    assert len(fault.message) < 300
    assert len(fault.where) < 1000
    with pytest.raises(UnreadableEinvoice):
        reader.open(file).read()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "cp1252"])
def test_an_invoice_is_read_in_whatever_charset_it_names(encoding: str) -> None:
    named = INVOICE.replace("UTF-8", encoding.removesuffix("-sig")).replace("Advice", "Beratung für Zoë")
    invoice = EinvoiceFiles().open(named.encode(encoding)).read()
    assert invoice.lines[0].name == "Beratung für Zoë"


def test_what_many_files_have_besides_is_let_be() -> None:
    """A stylesheet, the address of a schema, remarks, extensions of a firm's own: nothing of it is fetched or looked at."""
    busy = (
        INVOICE.replace("<Invoice", '<?xml-stylesheet href="http://127.0.0.1/x.xsl"?><!-- made by hand --><Invoice')
        .replace(
            "xmlns:cac",
            'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="a http://127.0.0.1/b" xmlns:cac',
        )
        .replace(
            "<cbc:CustomizationID>",
            '<e:UBLExtensions xmlns:e="urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2">'
            "<e:UBLExtension><e:ExtensionContent><mine xmlns='urn:mine'>1</mine></e:ExtensionContent></e:UBLExtension>"
            "</e:UBLExtensions><cbc:CustomizationID>",
        )
    )
    assert EinvoiceFiles().open(busy.encode()).faults(Network.PEPPOL) == ()


def test_an_invoice_of_two_thousand_lines_is_read_in_seconds() -> None:
    file = ubl(Sample(lines=[Line() for _ in range(2000)]))
    with bounded_effort():
        assert EinvoiceFiles().open(file).faults(Network.PEPPOL) == ()


NUMBERS = ["9" * 15, "-" + "9" * 15, "0." + "0" * 14 + "1", "0", "-0", "+1", ".5", "5."]


@pytest.mark.parametrize(("quantity", "price"), [*product(NUMBERS, NUMBERS)])
def test_no_number_is_too_large_or_too_small_to_be_told_of(quantity: str, price: str) -> None:
    file = INVOICE.replace(">1</cbc:InvoicedQuantity>", f">{quantity}</cbc:InvoicedQuantity>")
    file = file.replace(">100.00</cbc:PriceAmount>", f">{price}</cbc:PriceAmount>")
    assert {one.rule for one in EinvoiceFiles().open(file.encode()).faults(Network.PEPPOL)} <= {
        "PEPPOL-EN16931-R120",
        "BR-27",
    }


@pytest.mark.parametrize("number", ["1e3", "1 000", "1,5", "٣", "0x1F", "NaN", "Infinity", "1" * 16, "--1", "1.2.3"])
def test_what_is_no_number_of_an_invoice_is_told_of(number: str) -> None:
    file = INVOICE.replace(">100.00</cbc:PriceAmount>", f">{number}</cbc:PriceAmount>")
    [fault] = EinvoiceFiles().open(file.encode()).faults(Network.PEPPOL)
    assert (fault.rule, fault.where) == ("UBL-2.1", "Invoice/cac:InvoiceLine/cac:Price/cbc:PriceAmount")


def test_what_an_invoice_cannot_be_shown_without_is_named_when_it_is_read() -> None:
    file = INVOICE.replace("<cbc:ID>2026-0042</cbc:ID>", "").replace("2026-11-30", "soon").encode()
    with pytest.raises(UnreadableEinvoice) as refused:
        EinvoiceFiles().open(file).read()
    assert [one.rule for one in refused.value.faults] == ["BR-02", "BR-03"]
    assert {"BR-02", "PEPPOL-EN16931-F001"} <= {one.rule for one in EinvoiceFiles().open(file).faults(Network.PEPPOL)}


def test_a_long_text_is_shown_in_part() -> None:
    file = INVOICE.replace("Thank you.", "Thank you. " * 10_000).encode()
    assert len(EinvoiceFiles().open(file).read().notes[0]) == 5000
