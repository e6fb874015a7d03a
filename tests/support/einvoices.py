"""E-invoices to send, to spoil and to read: whole UBL, made from the few things that a test is about."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from xml.etree import ElementTree
from xml.sax.saxutils import escape

CUSTOMIZATION = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
PROFILE = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
_URN = "urn:oasis:names:specification:ubl:schema:xsd"
_CENT = Decimal("0.01")
# Why nothing is charged, where that must be said.
_REASONS = {
    "E": "Exempt",
    "AE": "Reverse charge",
    "K": "Intra-community supply",
    "G": "Export",
    "O": "Not subject to VAT",
}


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(_CENT, ROUND_HALF_UP)


@dataclass(frozen=True, kw_only=True)
class Extra:
    """An allowance or a charge."""

    amount: Decimal
    charge: bool = False
    reason: str = "Agreed"
    category: str = "S"
    percent: Decimal | None = Decimal(21)


@dataclass(frozen=True, kw_only=True)
class Line:
    name: str = "Advice"
    quantity: Decimal = Decimal(1)
    price: Decimal = Decimal("100.00")
    base: Decimal | None = None
    unit: str = "HUR"
    category: str = "S"
    percent: Decimal | None = Decimal(21)
    extras: Sequence[Extra] = ()

    @property
    def amount(self) -> Decimal:
        extras = sum((one.amount if one.charge else -one.amount for one in self.extras), Decimal(0))
        return cents(self.quantity * self.price / (self.base or 1)) + extras


@dataclass(frozen=True, kw_only=True)
class Sample:
    """An invoice that keeps all the rules. `seller_vat` is left out where it is empty; `more` stands after the notes."""

    number: str = "2026-0042"
    credit_note: bool = False
    issued_on: str = "2026-11-30"
    due_on: str = "2026-12-30"
    currency: str = "EUR"
    lines: Sequence[Line] = field(default_factory=lambda: (Line(),))
    extras: Sequence[Extra] = ()
    prepaid: Decimal = Decimal(0)
    rounding: Decimal = Decimal(0)
    tax_currency: str = ""
    tax_in_it: Decimal = Decimal(0)
    seller: tuple[str, str] = ("0208", "0123456749")
    buyer: tuple[str, str] = ("0208", "0987654394")
    seller_vat: str = "BE0123456749"
    buyer_vat: str = "BE0987654394"
    buyer_siret: str = ""
    delivered_to: str = ""
    customization: str = CUSTOMIZATION
    notes: Sequence[str] = ("Thank you.",)


def ubl(sample: Sample | None = None) -> bytes:
    """The file of a sample."""
    return _Ubl(sample or Sample()).text().encode()


def shares(sample: Sample) -> dict[tuple[str, Decimal | None], Decimal]:
    """What VAT is charged on, by category and rate."""
    found: dict[tuple[str, Decimal | None], Decimal] = {}
    for line in sample.lines:
        key = (line.category, line.percent)
        found[key] = found.get(key, Decimal(0)) + line.amount
    for one in sample.extras:
        key = (one.category, one.percent)
        found[key] = found.get(key, Decimal(0)) + (one.amount if one.charge else -one.amount)
    return found


def whole_tax(sample: Sample) -> Decimal:
    return sum((cents(base * (percent or 0) / 100) for (_, percent), base in shares(sample).items()), Decimal(0))


class _Ubl:
    def __init__(self, sample: Sample) -> None:
        self.sample = sample
        self.root, self.line, self.type_code, self.quantity = (
            ("CreditNote", "CreditNoteLine", "CreditNoteTypeCode", "CreditedQuantity")
            if sample.credit_note
            else ("Invoice", "InvoiceLine", "InvoiceTypeCode", "InvoicedQuantity")
        )

    def text(self) -> str:
        sample = self.sample
        due = f"<cbc:DueDate>{sample.due_on}</cbc:DueDate>" if sample.due_on and not sample.credit_note else ""
        # A credit note has it where it says how to pay.
        paid_by = f"<cbc:PaymentDueDate>{sample.due_on}</cbc:PaymentDueDate>" if sample.due_on and not due else ""
        tax_currency = (
            f"<cbc:TaxCurrencyCode>{sample.tax_currency}</cbc:TaxCurrencyCode>" if sample.tax_currency else ""
        )
        return f"""<?xml version="1.0" encoding="UTF-8"?>
<{self.root} xmlns="{_URN}:{self.root}-2" xmlns:cac="{_URN}:CommonAggregateComponents-2" xmlns:cbc="{_URN}:CommonBasicComponents-2">
  <cbc:CustomizationID>{sample.customization}</cbc:CustomizationID>
  <cbc:ProfileID>{PROFILE}</cbc:ProfileID>
  <cbc:ID>{escape(sample.number)}</cbc:ID>
  <cbc:IssueDate>{sample.issued_on}</cbc:IssueDate>
  {due}
  <cbc:{self.type_code}>{381 if sample.credit_note else 380}</cbc:{self.type_code}>
  {"".join(f"<cbc:Note>{escape(note)}</cbc:Note>" for note in sample.notes)}
  <cbc:DocumentCurrencyCode>{sample.currency}</cbc:DocumentCurrencyCode>
  {tax_currency}
  <cbc:BuyerReference>B-17</cbc:BuyerReference>
  {self._party("Supplier", "Atelier Nord", sample.seller, sample.seller_vat)}
  {self._party("Customer", "Moulin & Fils", sample.buyer, sample.buyer_vat, sample.buyer_siret)}
  {self._delivery()}
  <cac:PaymentMeans>
    <cbc:PaymentMeansCode>30</cbc:PaymentMeansCode>{paid_by}
    <cac:PayeeFinancialAccount><cbc:ID>BE71096123456769</cbc:ID></cac:PayeeFinancialAccount>
  </cac:PaymentMeans>
  {"".join(self._extra(one) for one in sample.extras)}
  {self._taxes()}
  {self._totals()}
  {"".join(self._line(number, line) for number, line in enumerate(sample.lines, 1))}
</{self.root}>
"""

    def _party(self, role: str, name: str, endpoint: tuple[str, str], vat: str, siret: str = "") -> str:
        scheme = (
            f"<cac:PartyTaxScheme><cbc:CompanyID>{vat}</cbc:CompanyID>"
            "<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>"
            if vat
            else ""
        )
        own = (
            f'<cac:PartyIdentification><cbc:ID schemeID="0009">{siret}</cbc:ID></cac:PartyIdentification>'
            if siret
            else ""
        )
        return f"""<cac:Accounting{role}Party><cac:Party>
    <cbc:EndpointID schemeID="{endpoint[0]}">{endpoint[1]}</cbc:EndpointID>{own}
    <cac:PartyName><cbc:Name>{escape(name)}</cbc:Name></cac:PartyName>
    <cac:PostalAddress><cbc:StreetName>1 Quay Street</cbc:StreetName><cbc:CityName>Ghent</cbc:CityName>
      <cbc:PostalZone>9000</cbc:PostalZone><cac:Country><cbc:IdentificationCode>BE</cbc:IdentificationCode></cac:Country>
    </cac:PostalAddress>{scheme}
    <cac:PartyLegalEntity><cbc:RegistrationName>{escape(name)} BV</cbc:RegistrationName>
      <cbc:CompanyID>{endpoint[1]}</cbc:CompanyID></cac:PartyLegalEntity>
  </cac:Party></cac:Accounting{role}Party>"""

    def _delivery(self) -> str:
        if not self.sample.delivered_to:
            return ""
        return f"""<cac:Delivery><cbc:ActualDeliveryDate>2026-11-28</cbc:ActualDeliveryDate><cac:DeliveryLocation><cac:Address>
    <cac:Country><cbc:IdentificationCode>{self.sample.delivered_to}</cbc:IdentificationCode></cac:Country>
  </cac:Address></cac:DeliveryLocation></cac:Delivery>"""

    def _money(self, name: str, amount: Decimal, currency: str = "") -> str:
        return f'<cbc:{name} currencyID="{currency or self.sample.currency}">{amount:f}</cbc:{name}>'

    def _extra(self, one: Extra, *, of_line: bool = False) -> str:
        category = "" if of_line else self._category("TaxCategory", one.category, one.percent)
        return f"""<cac:AllowanceCharge><cbc:ChargeIndicator>{"true" if one.charge else "false"}</cbc:ChargeIndicator>
    <cbc:AllowanceChargeReason>{escape(one.reason)}</cbc:AllowanceChargeReason>{self._money("Amount", one.amount)}{category}
  </cac:AllowanceCharge>"""

    def _category(self, name: str, code: str, percent: Decimal | None, *, reason: bool = False) -> str:
        rate = "" if percent is None else f"<cbc:Percent>{percent:f}</cbc:Percent>"
        why = (
            f"<cbc:TaxExemptionReason>{_REASONS[code]}</cbc:TaxExemptionReason>" if reason and code in _REASONS else ""
        )
        scheme = "<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>"
        return f"<cac:{name}><cbc:ID>{code}</cbc:ID>{rate}{why}{scheme}</cac:{name}>"

    def _taxes(self) -> str:
        parts = "".join(
            f"<cac:TaxSubtotal>{self._money('TaxableAmount', base)}{self._money('TaxAmount', cents(base * (percent or 0) / 100))}"
            f"{self._category('TaxCategory', code, percent, reason=True)}</cac:TaxSubtotal>"
            for (code, percent), base in shares(self.sample).items()
        )
        own = f"<cac:TaxTotal>{self._money('TaxAmount', whole_tax(self.sample))}{parts}</cac:TaxTotal>"
        if not self.sample.tax_currency:
            return own
        other = self._money("TaxAmount", self.sample.tax_in_it, self.sample.tax_currency)
        return f"{own}<cac:TaxTotal>{other}</cac:TaxTotal>"

    def _totals(self) -> str:
        sample = self.sample
        net = sum((line.amount for line in sample.lines), Decimal(0))
        allowances = sum((one.amount for one in sample.extras if not one.charge), Decimal(0))
        charges = sum((one.amount for one in sample.extras if one.charge), Decimal(0))
        without_tax = net - allowances + charges
        with_tax = without_tax + whole_tax(self.sample)
        amounts = [
            self._money("LineExtensionAmount", net),
            self._money("TaxExclusiveAmount", without_tax),
            self._money("TaxInclusiveAmount", with_tax),
        ]
        amounts += [self._money("AllowanceTotalAmount", allowances)] if allowances else []
        amounts += [self._money("ChargeTotalAmount", charges)] if charges else []
        amounts += [self._money("PrepaidAmount", sample.prepaid)] if sample.prepaid else []
        amounts += [self._money("PayableRoundingAmount", sample.rounding)] if sample.rounding else []
        amounts += [self._money("PayableAmount", with_tax - sample.prepaid + sample.rounding)]
        return f"<cac:LegalMonetaryTotal>{''.join(amounts)}</cac:LegalMonetaryTotal>"

    def _line(self, number: int, line: Line) -> str:
        base = f'<cbc:BaseQuantity unitCode="{line.unit}">{line.base:f}</cbc:BaseQuantity>' if line.base else ""
        return f"""<cac:{self.line}><cbc:ID>{number}</cbc:ID>
    <cbc:{self.quantity} unitCode="{line.unit}">{line.quantity:f}</cbc:{self.quantity}>
    {self._money("LineExtensionAmount", line.amount)}
    {"".join(self._extra(one, of_line=True) for one in line.extras)}
    <cac:Item><cbc:Name>{escape(line.name)}</cbc:Name>
      {self._category("ClassifiedTaxCategory", line.category, line.percent)}</cac:Item>
    <cac:Price>{self._money("PriceAmount", line.price)}{base}</cac:Price>
  </cac:{self.line}>"""


NAMESPACES = {
    "cac": f"{_URN}:CommonAggregateComponents-2",
    "cbc": f"{_URN}:CommonBasicComponents-2",
}


def spoilt(file: bytes, path: str, change: str) -> bytes:
    """A file that is changed at one place: the first element at `path`, which may name an attribute (`cbc:ID/@schemeID`).

    `change` is `-` to take it away, `=text` to let it say something else, `+cbc:Name text` for another element before it.
    """
    root = ElementTree.fromstring(file)
    place, _, attribute = path.partition("/@")
    element = root.find(place, NAMESPACES)
    assert element is not None, path
    parent = next(one for one in root.iter() if element in list(one))
    value = change[1:]
    if change[0] == "+":
        name, _, text = value.partition(" ")
        prefix, colon, local = name.rpartition(":")
        another = ElementTree.Element(f"{{{NAMESPACES[prefix]}}}{local}" if colon else local)
        another.text = text
        parent.insert(list(parent).index(element), another)
    elif change == "-" and attribute:
        del element.attrib[attribute]
    elif change == "-":
        parent.remove(element)
    elif attribute:
        element.set(attribute, value)
    else:
        element.text = value
    spoilt_file: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return spoilt_file
