"""UBL 2.1: where in it stands what several rules ask for, and all of it as people read it."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import chain

from letterbook.adapters.einvoices.elements import Element
from letterbook.adapters.einvoices.numbers import day, number, number_of
from letterbook.domain.einvoice import (
    Einvoice,
    EinvoiceKind,
    EinvoiceLine,
    EinvoiceParty,
    EinvoiceSyntax,
    EinvoiceTax,
    EinvoiceTotals,
    RuleFault,
)
from letterbook.domain.party import EinvoiceAddress
from letterbook.ports.einvoices import UnreadableEinvoice

SELLER, BUYER = "cac:AccountingSupplierParty/cac:Party", "cac:AccountingCustomerParty/cac:Party"
# A text is shown so far; nobody writes more, and the file has it whole.
_LONGEST = 5_000
# What an invoice cannot be shown without: rule, where, what is missing.
_NEEDED = (
    ("BR-02", "cbc:ID", "It has no number."),
    ("BR-05", "cbc:DocumentCurrencyCode", "It names no currency."),
)
_NEEDED_TOTALS = (
    ("BR-12", "cbc:LineExtensionAmount", "It has no sum of its lines."),
    ("BR-13", "cbc:TaxExclusiveAmount", "It has no total without tax."),
    ("BR-14", "cbc:TaxInclusiveAmount", "It has no total with tax."),
    ("BR-15", "cbc:PayableAmount", "It has no amount to pay."),
)


def lines_of(root: Element) -> Iterator[Element]:
    return chain(root.all("cac:InvoiceLine"), root.all("cac:CreditNoteLine"))


def quantity_of(line: Element) -> Element | None:
    return line.first("cbc:InvoicedQuantity") or line.first("cbc:CreditedQuantity")


def is_vat(element: Element) -> bool:
    """Whether a tax category, or a party's tax number, is of VAT."""
    return element.value("cac:TaxScheme/cbc:ID").upper() == "VAT"


def vat_number(party: Element) -> str:
    return next((one.value("cbc:CompanyID") for one in party.all("cac:PartyTaxScheme") if is_vat(one)), "")


def own_tax(root: Element) -> Element | None:
    """The whole tax in the invoice's own currency: of two, the other one repeats it in the currency of the accounts."""
    currency = root.value("cbc:DocumentCurrencyCode")
    amounts = list(root.all("cac:TaxTotal/cbc:TaxAmount"))
    own = [one for one in amounts if one.attributes.get("currencyID") == currency]
    return next(iter(own or amounts), None)


def read_ubl(root: Element) -> Einvoice:
    """What an Invoice or a CreditNote says. Raises UnreadableEinvoice where number, date, currency or a total is missing."""
    missing = [RuleFault(rule, root.at(path), told) for rule, path, told in _NEEDED if not root.value(path)]
    issued_on = day(root.value("cbc:IssueDate"))
    if issued_on is None:
        missing.append(RuleFault("BR-03", root.at("cbc:IssueDate"), "It has no date of issue that can be read."))
    totals = root.first("cac:LegalMonetaryTotal") or Element("cac:LegalMonetaryTotal", {}, root)
    for rule, path, told in _NEEDED_TOTALS:
        if number_of(totals.first(path)) is None:
            missing.append(RuleFault(rule, root.at(f"cac:LegalMonetaryTotal/{path}"), told))
    if missing or issued_on is None:
        raise UnreadableEinvoice(*missing)
    return _read(root, issued_on, totals)


def _read(root: Element, issued_on: date, totals: Element) -> Einvoice:
    kind = EinvoiceKind.INVOICE if root.name == "Invoice" else EinvoiceKind.CREDIT_NOTE
    due = root.value("cbc:DueDate") or root.value("cac:PaymentMeans/cbc:PaymentDueDate")
    return Einvoice(
        kind=kind,
        syntax=EinvoiceSyntax.UBL,
        number=root.value("cbc:ID"),
        issued_on=issued_on,
        due_on=day(due),
        currency=root.value("cbc:DocumentCurrencyCode"),
        seller=_party(root.first(SELLER)),
        buyer=_party(root.first(BUYER)),
        buyer_reference=root.value("cbc:BuyerReference"),
        order_reference=root.value("cac:OrderReference/cbc:ID"),
        notes=tuple(note[:_LONGEST] for note in root.values("cbc:Note")),
        payment_terms="\n".join(root.values("cac:PaymentTerms/cbc:Note"))[:_LONGEST],
        payment_account=root.value("cac:PaymentMeans/cac:PayeeFinancialAccount/cbc:ID"),
        lines=tuple(_line(line) for line in lines_of(root)),
        taxes=tuple(_tax(tax) for tax in root.all("cac:TaxTotal/cac:TaxSubtotal")),
        totals=EinvoiceTotals(
            lines=_amount(totals, "cbc:LineExtensionAmount"),
            allowances=_amount(totals, "cbc:AllowanceTotalAmount"),
            charges=_amount(totals, "cbc:ChargeTotalAmount"),
            without_tax=_amount(totals, "cbc:TaxExclusiveAmount"),
            tax=number_of(own_tax(root)) or Decimal(0),
            with_tax=_amount(totals, "cbc:TaxInclusiveAmount"),
            prepaid=_amount(totals, "cbc:PrepaidAmount"),
            rounding=_amount(totals, "cbc:PayableRoundingAmount"),
            payable=_amount(totals, "cbc:PayableAmount"),
        ),
    )


def _party(party: Element | None) -> EinvoiceParty:
    if party is None:
        return EinvoiceParty(name="")
    endpoint = party.first("cbc:EndpointID")
    return EinvoiceParty(
        name=party.value("cac:PartyLegalEntity/cbc:RegistrationName") or party.value("cac:PartyName/cbc:Name"),
        address=_address(party.first("cac:PostalAddress")),
        vat_number=vat_number(party),
        registration=party.value("cac:PartyLegalEntity/cbc:CompanyID"),
        endpoint=EinvoiceAddress(scheme=endpoint.attributes.get("schemeID", ""), id=endpoint.text)
        if endpoint
        else None,
    )


def _address(address: Element | None) -> tuple[str, ...]:
    if address is None:
        return ()
    lines = (
        address.value("cbc:StreetName"),
        address.value("cbc:AdditionalStreetName"),
        address.value("cac:AddressLine/cbc:Line"),
        f"{address.value('cbc:PostalZone')} {address.value('cbc:CityName')}".strip(),
        address.value("cbc:CountrySubentity"),
        address.value("cac:Country/cbc:IdentificationCode"),
    )
    return tuple(line for line in lines if line)


def _line(line: Element) -> EinvoiceLine:
    quantity = quantity_of(line)
    category = line.first("cac:Item/cac:ClassifiedTaxCategory")
    return EinvoiceLine(
        id=line.value("cbc:ID"),
        name=line.value("cac:Item/cbc:Name")[:_LONGEST],
        description=line.value("cac:Item/cbc:Description")[:_LONGEST],
        quantity=number_of(quantity) or Decimal(0),
        unit=quantity.attributes.get("unitCode", "") if quantity else "",
        price=_amount(line, "cac:Price/cbc:PriceAmount"),
        amount=_amount(line, "cbc:LineExtensionAmount"),
        tax_category=category.value("cbc:ID") if category else "",
        tax_percent=number_of(category.first("cbc:Percent")) if category else None,
    )


def _tax(tax: Element) -> EinvoiceTax:
    category = tax.first("cac:TaxCategory") or Element("cac:TaxCategory", {}, tax)
    return EinvoiceTax(
        category=category.value("cbc:ID"),
        percent=number_of(category.first("cbc:Percent")),
        taxable=_amount(tax, "cbc:TaxableAmount"),
        amount=_amount(tax, "cbc:TaxAmount"),
        reason=category.value("cbc:TaxExemptionReason") or category.value("cbc:TaxExemptionReasonCode"),
    )


def _amount(element: Element, path: str) -> Decimal:
    """Nought where there is none: what should be there, the rules say."""
    return number(element.value(path)) or Decimal(0)
