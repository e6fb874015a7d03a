"""What stands in an element: dates that there are, numbers, codes of the lists."""

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import chain

from letterbook.adapters.einvoices.elements import Element
from letterbook.adapters.einvoices.numbers import day, decimals, number
from letterbook.adapters.einvoices.rules import code_lists
from letterbook.adapters.einvoices.rules.charges import is_charge
from letterbook.adapters.einvoices.ubl import BUYER, SELLER, is_vat
from letterbook.domain.einvoice import RuleFault

_DATES = code_lists.named(
    "cbc:IssueDate cbc:DueDate cbc:TaxPointDate cbc:StartDate cbc:EndDate cbc:ActualDeliveryDate cbc:PaymentDueDate"
)
_AMOUNTS = code_lists.named(
    "cbc:Amount cbc:BaseAmount cbc:PriceAmount cbc:TaxAmount cbc:TaxableAmount cbc:LineExtensionAmount cbc:TaxExclusiveAmount"
    " cbc:TaxInclusiveAmount cbc:AllowanceTotalAmount cbc:ChargeTotalAmount cbc:PrepaidAmount cbc:PayableRoundingAmount"
    " cbc:PayableAmount"
)
_NUMBERS = {
    "cbc:InvoicedQuantity",
    "cbc:CreditedQuantity",
    "cbc:BaseQuantity",
    "cbc:Percent",
    "cbc:MultiplierFactorNumeric",
}
# Which rule says that an amount has two decimals at most, by where it stands; elsewhere it is the form's own.
_TWO_DECIMALS: Mapping[tuple[str, str], str] = {
    ("cac:LegalMonetaryTotal", "cbc:LineExtensionAmount"): "BR-DEC-09",
    ("cac:LegalMonetaryTotal", "cbc:AllowanceTotalAmount"): "BR-DEC-10",
    ("cac:LegalMonetaryTotal", "cbc:ChargeTotalAmount"): "BR-DEC-11",
    ("cac:LegalMonetaryTotal", "cbc:TaxExclusiveAmount"): "BR-DEC-12",
    ("cac:LegalMonetaryTotal", "cbc:TaxInclusiveAmount"): "BR-DEC-14",
    ("cac:LegalMonetaryTotal", "cbc:PrepaidAmount"): "BR-DEC-16",
    ("cac:LegalMonetaryTotal", "cbc:PayableRoundingAmount"): "BR-DEC-17",
    ("cac:LegalMonetaryTotal", "cbc:PayableAmount"): "BR-DEC-18",
    ("cac:TaxSubtotal", "cbc:TaxableAmount"): "BR-DEC-19",
    ("cac:TaxSubtotal", "cbc:TaxAmount"): "BR-DEC-20",
    ("cac:TaxTotal", "cbc:TaxAmount"): "BR-DEC-13",
    ("cac:InvoiceLine", "cbc:LineExtensionAmount"): "BR-DEC-23",
    ("cac:CreditNoteLine", "cbc:LineExtensionAmount"): "BR-DEC-23",
}
# UNECE recommendations 20 and 21: there are two thousand of them, and new ones each year; their form tells a slip of the pen.
_UNIT = re.compile(r"[A-Z0-9]{2,3}|X[A-Z0-9]{2}")
_BINARY = "cbc:EmbeddedDocumentBinaryObject"


def broken_values(root: Element, *, peppol: bool) -> Iterator[RuleFault]:
    currency = root.value("cbc:DocumentCurrencyCode")
    for element in root.whole():
        if element.name in _DATES:
            yield from _broken_date(element, peppol=peppol)
        elif element.name in _AMOUNTS:
            yield from _broken_amount(element, currency, peppol=peppol)
        elif element.name in _NUMBERS:
            yield from _broken_number(element)
        elif element.name in _CODES:
            yield from _CODES[element.name](element)
    yield from _periods(root)
    yield from _vat_numbers(root)


def _broken_date(element: Element, *, peppol: bool) -> Iterator[RuleFault]:
    # What is not there at all, others say.
    if element.text and day(element.text) is None:
        told = f"{element.text[:40]} is no date: dates are written like 2026-11-30."
        yield RuleFault("PEPPOL-EN16931-F001" if peppol else "UBL-2.1", element.where, told)


def _broken_number(element: Element) -> Iterator[RuleFault]:
    if element.text and number(element.text) is None:
        yield RuleFault(
            "UBL-2.1", element.where, f"{element.text[:40]} is no number: numbers are written like 1234.50."
        )
    unit = element.attributes.get("unitCode")
    if unit and not _UNIT.fullmatch(unit):
        told = f"{unit[:40]} is no unit (UNECE recommendation 20): pieces are C62, hours HUR."
        yield RuleFault("BR-CL-23", f"{element.where}/@unitCode", told)


def _broken_amount(element: Element, currency: str, *, peppol: bool) -> Iterator[RuleFault]:
    yield from _broken_number(element)
    parent = element.parent
    price = element.name == "cbc:PriceAmount" or (
        parent is not None and parent.parent is not None and parent.parent.name == "cac:Price"
    )
    if parent is not None and not price and decimals(element.text) > 2:
        rule = _TWO_DECIMALS.get((parent.name, element.name)) or _of_charge(parent, element.name)
        yield RuleFault(rule, element.where, f"{element.text[:40]} has more than two decimals.")
    own = element.attributes.get("currencyID", "")
    if not own:
        yield RuleFault("UBL-2.1", f"{element.where}/@currencyID", "The amount does not say which currency it is in.")
    elif own not in code_lists.CURRENCIES:
        rule = "PEPPOL-EN16931-CL007" if peppol else "BR-CL-03"
        yield RuleFault(rule, f"{element.where}/@currencyID", f"{own[:40]} is no currency (ISO 4217).")
    elif own != currency and currency and not _in_currency_of_accounts(element, peppol=peppol):
        told = f"The amount is in {own}, but the invoice in {currency[:40]}: an invoice has one currency."
        yield RuleFault("PEPPOL-EN16931-R051" if peppol else "BT-5", f"{element.where}/@currencyID", told)


def _in_currency_of_accounts(element: Element, *, peppol: bool) -> bool:
    """Whether it is the one amount that may be in another currency: the whole tax, once more in that of the accounts.

    That there are no accounts in another currency, Peppol has a rule of its own for.
    """
    total = element.parent
    if total is None or total.name != "cac:TaxTotal" or total.first("cac:TaxSubtotal") or total.parent is None:
        return False
    return peppol or bool(total.parent.value("cbc:TaxCurrencyCode"))


def _of_charge(parent: Element, name: str) -> str:
    """Of the whole invoice, or of a line; an allowance or a charge; its amount or what that is a part of."""
    if parent.name != "cac:AllowanceCharge" or parent.parent is None:
        return "UBL-DT-01"
    whole, charge = parent.parent.parent is None, bool(is_charge(parent))
    first = {(True, False): 1, (True, True): 5, (False, False): 24, (False, True): 27}[whole, charge]
    return f"BR-DEC-{first + (name == 'cbc:BaseAmount'):02}"


def _one_of(rule: str, codes: frozenset[str], told: str) -> Callable[[Element], Iterator[RuleFault]]:
    def check(element: Element) -> Iterator[RuleFault]:
        if element.text and element.text not in codes:
            yield RuleFault(rule, element.where, f"{element.text[:40]} {told}")

    return check


def _reason_code(element: Element) -> Iterator[RuleFault]:
    charge = element.parent is not None and is_charge(element.parent)
    codes, rule, told = (
        (code_lists.CHARGE_REASONS, "BR-CL-20", "is no reason of a charge (UNCL 7161).")
        if charge
        else (code_lists.ALLOWANCE_REASONS, "BR-CL-19", "is no reason of an allowance (UNCL 5189).")
    )
    yield from _one_of(rule, codes, told)(element)


def _category(element: Element) -> Iterator[RuleFault]:
    code = element.first("cbc:ID")
    if code is None:
        return
    rule = "BR-CL-18" if element.name == "cac:ClassifiedTaxCategory" else "BR-CL-17"
    yield from _one_of(rule, code_lists.VAT_CATEGORIES, "is no category of VAT (UNCL 5305).")(code)


def _attachment(element: Element) -> Iterator[RuleFault]:
    if element.attributes.get("mimeCode") not in code_lists.MEDIA_TYPES:
        told = "What is attached must be a PDF, a PNG, a JPEG, a CSV, or a spreadsheet (XLSX, ODS), and say so."
        yield RuleFault("BR-CL-24", f"{element.where}/@mimeCode", told)
    if not element.attributes.get("filename"):
        yield RuleFault("UBL-DT-07", f"{element.where}/@filename", "What is attached has no file name.")


_CODES: Mapping[str, Callable[[Element], Iterator[RuleFault]]] = {
    "cbc:DocumentCurrencyCode": _one_of("BR-CL-04", code_lists.CURRENCIES, "is no currency (ISO 4217)."),
    "cbc:TaxCurrencyCode": _one_of("BR-CL-05", code_lists.CURRENCIES, "is no currency (ISO 4217)."),
    "cbc:IdentificationCode": _one_of("BR-CL-14", code_lists.COUNTRIES, "is no country (ISO 3166)."),
    "cbc:PaymentMeansCode": _one_of("BR-CL-16", code_lists.PAYMENT_MEANS, "is no way to pay (UNCL 4461)."),
    "cbc:AllowanceChargeReasonCode": _reason_code,
    "cac:ClassifiedTaxCategory": _category,
    "cac:TaxCategory": _category,
    _BINARY: _attachment,
}


def _periods(root: Element) -> Iterator[RuleFault]:
    for period in root.all("cac:InvoicePeriod"):
        start, end = day(period.value("cbc:StartDate")), day(period.value("cbc:EndDate"))
        if start and end and end < start:
            yield RuleFault("BR-29", period.at("cbc:EndDate"), "The period of the invoice ends before it begins.")
        code = period.first("cbc:DescriptionCode")
        if code and code.text not in code_lists.PERIOD_CODES:
            told = f"{code.text[:40]} does not say from which day VAT is due (UNCL 2005: 3, 35 or 432)."
            yield RuleFault("BR-CL-06", code.where, told)
        dated = bool(period.value("cbc:StartDate") or period.value("cbc:EndDate"))
        if not dated and not code:
            yield RuleFault("BR-CO-19", period.where, "The period of the invoice has neither a first nor a last day.")
        if code and root.value("cbc:TaxPointDate"):
            told = "The day from which VAT is due is given as a date, or as a code: not as both."
            yield RuleFault("BR-CO-03", code.where, told)


def _vat_numbers(root: Element) -> Iterator[RuleFault]:
    for party in chain(root.all(SELLER), root.all(BUYER)):
        for scheme in party.all("cac:PartyTaxScheme"):
            number_of_party = scheme.value("cbc:CompanyID")
            known = number_of_party[:2] in code_lists.COUNTRIES or number_of_party[:2] == "EL"
            if is_vat(scheme) and number_of_party and not known:
                told = "A VAT number begins with the country that it is of: BE0123456749."
                yield RuleFault("BR-CO-09", scheme.at("cbc:CompanyID"), told)
