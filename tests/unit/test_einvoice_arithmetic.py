"""The arithmetic of e-invoices, by invoices that chance writes: right ones may go, and a cent more or less anywhere is seen."""

from decimal import Decimal
from xml.etree import ElementTree

from hypothesis import given, settings, strategies as st

from letterbook.adapters.einvoices import EinvoiceFiles
from letterbook.domain.einvoice import Network
from tests.support.einvoices import NAMESPACES, Extra, Line, Sample, spoilt, ubl

CENT = Decimal("0.01")
RATES = st.sampled_from(
    [("S", Decimal(21)), ("S", Decimal("5.5")), ("S", Decimal(6)), ("Z", Decimal(0)), ("E", Decimal(0))]
)
AMOUNTS = st.decimals(min_value=Decimal("0.01"), max_value=Decimal("99999.99"), places=2)
PRICES = st.decimals(min_value=0, max_value=Decimal(5000), places=4)
QUANTITIES = st.decimals(min_value=Decimal(-500), max_value=Decimal(500), places=3)


@st.composite
def extras(draw: st.DrawFn) -> Extra:
    category, percent = draw(RATES)
    return Extra(amount=draw(AMOUNTS), charge=draw(st.booleans()), category=category, percent=percent)


@st.composite
def lines(draw: st.DrawFn) -> Line:
    category, percent = draw(RATES)
    return Line(
        quantity=draw(QUANTITIES),
        price=draw(PRICES),
        base=draw(st.sampled_from([None, Decimal(1), Decimal(12), Decimal(1000)])),
        category=category,
        percent=percent,
        extras=draw(st.lists(extras(), max_size=2)),
    )


@st.composite
def samples(draw: st.DrawFn) -> Sample:
    return Sample(
        credit_note=draw(st.booleans()),
        lines=draw(st.lists(lines(), min_size=1, max_size=5)),
        extras=draw(st.lists(extras(), max_size=3)),
        prepaid=draw(st.one_of(st.just(Decimal(0)), AMOUNTS)),
        rounding=draw(st.decimals(min_value=Decimal("-0.99"), max_value=Decimal("0.99"), places=2)),
    )


@settings(deadline=None, max_examples=60)
@given(samples())
def test_whatever_is_charged_a_right_sum_may_go(sample: Sample) -> None:
    assert EinvoiceFiles().open(ubl(sample)).faults(Network.PEPPOL) == ()


@settings(deadline=None, max_examples=40)
@given(samples(), st.data())
def test_a_cent_more_or_less_in_any_total_is_seen(sample: Sample, data: st.DataObject) -> None:
    file = ubl(sample)
    root = ElementTree.fromstring(file)
    totals = [f"cac:LegalMonetaryTotal/{name}" for name in _names(root, "cac:LegalMonetaryTotal")]
    shares = len(root.findall("cac:TaxTotal/cac:TaxSubtotal", NAMESPACES))
    shares_of_tax = [f"cac:TaxTotal/cac:TaxSubtotal[{n}]/cbc:TaxableAmount" for n in range(1, shares + 1)]
    path = data.draw(st.sampled_from([*totals, "cac:TaxTotal/cbc:TaxAmount", *shares_of_tax]))
    stands = Decimal(root.findtext(path, "", NAMESPACES))
    changed = stands + data.draw(st.sampled_from([CENT, -CENT]))
    assert EinvoiceFiles().open(spoilt(file, path, f"={changed}")).faults(Network.PEPPOL) != ()


def _names(root: ElementTree.Element, path: str) -> list[str]:
    found = root.find(path, NAMESPACES)
    assert found is not None
    return [f"cbc:{one.tag.rpartition('}')[2]}" for one in found]


@settings(deadline=None, max_examples=40)
@given(samples())
def test_what_is_read_is_what_was_written(sample: Sample) -> None:
    invoice = EinvoiceFiles().open(ubl(sample)).read()
    assert [(one.quantity, one.price, one.amount) for one in invoice.lines] == [
        (one.quantity, one.price, one.amount) for one in sample.lines
    ]
    totals = invoice.totals
    assert totals.lines - totals.allowances + totals.charges == totals.without_tax
    assert totals.without_tax + sum(tax.amount for tax in invoice.taxes) == totals.with_tax
    assert totals.payable == totals.with_tax - sample.prepaid + sample.rounding
