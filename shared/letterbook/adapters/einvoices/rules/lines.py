"""The lines: what each must have, and its arithmetic."""

from collections.abc import Iterator
from decimal import Decimal

from letterbook.adapters.einvoices.elements import Element
from letterbook.adapters.einvoices.numbers import cents, day, number_of, shown
from letterbook.adapters.einvoices.rules.charges import is_charge
from letterbook.adapters.einvoices.ubl import is_vat, lines_of, quantity_of
from letterbook.domain.einvoice import RuleFault

# So much the published rule lets a line differ from what price and quantity make: prices are rounded.
_SLACK = Decimal("0.02")
_REQUIRED = (
    ("BR-21", "cbc:ID", "The line has no number."),
    ("BR-24", "cbc:LineExtensionAmount", "The line has no amount."),
    ("BR-25", "cac:Item/cbc:Name", "The line does not say what it is for."),
    ("BR-26", "cac:Price/cbc:PriceAmount", "The line has no price."),
)


def broken_lines(root: Element, *, peppol: bool) -> Iterator[RuleFault]:
    period = root.first("cac:InvoicePeriod")
    for line in lines_of(root):
        yield from _required(line)
        yield from _item(line)
        yield from _prices(line, peppol=peppol)
        yield from _periods(line, period if peppol else None)
        if peppol:
            yield from _peppol(line)
            yield from _arithmetic(line)


def _required(line: Element) -> Iterator[RuleFault]:
    for rule, path, told in _REQUIRED:
        if not line.value(path):
            yield RuleFault(rule, line.at(path), told)
    quantity = quantity_of(line)
    if quantity is None:
        name = "InvoicedQuantity" if line.name == "cac:InvoiceLine" else "CreditedQuantity"
        yield RuleFault("BR-22", line.at(f"cbc:{name}"), "The line has no quantity.")
    elif not quantity.attributes.get("unitCode"):
        yield RuleFault("BR-23", f"{quantity.where}/@unitCode", "The quantity has no unit.")
    categories = [one for one in line.all("cac:Item/cac:ClassifiedTaxCategory") if is_vat(one)]
    if not any(one.value("cbc:ID") for one in categories):
        where = line.at("cac:Item/cac:ClassifiedTaxCategory/cbc:ID")
        yield RuleFault("BR-CO-04", where, "The line has no category of VAT.")


def _item(line: Element) -> Iterator[RuleFault]:
    for item in line.all("cac:Item/cac:AdditionalItemProperty"):
        if not (item.value("cbc:Name") and item.value("cbc:Value")):
            yield RuleFault("BR-54", item.where, "A property of the item has no name, or no value.")
    standard = line.first("cac:Item/cac:StandardItemIdentification/cbc:ID")
    if standard and not standard.attributes.get("schemeID"):
        yield RuleFault("BR-64", f"{standard.where}/@schemeID", "The item's number does not say which scheme it is of.")
    for code in line.all("cac:Item/cac:CommodityClassification/cbc:ItemClassificationCode"):
        if not code.attributes.get("listID"):
            yield RuleFault("BR-65", f"{code.where}/@listID", "The item's class does not say which list it is of.")


def _prices(line: Element, *, peppol: bool) -> Iterator[RuleFault]:
    price = line.first("cac:Price/cbc:PriceAmount")
    amount = number_of(price)
    if price and amount is not None and amount < 0:
        told = (
            f"The price is negative ({shown(amount)}): what is given back has a negative quantity, or is a credit note."
        )
        yield RuleFault("BR-27", price.where, told)
    for allowance in line.all("cac:Price/cac:AllowanceCharge"):
        gross, reduction = number_of(allowance.first("cbc:BaseAmount")), number_of(allowance.first("cbc:Amount"))
        if gross is not None and gross < 0:
            yield RuleFault("BR-28", allowance.at("cbc:BaseAmount"), "The price before the reduction is negative.")
        if peppol and is_charge(allowance) is not False:
            told = "A price can be reduced, and not raised: ChargeIndicator must be false."
            yield RuleFault("PEPPOL-EN16931-R044", allowance.at("cbc:ChargeIndicator"), told)
        if peppol and gross is not None and amount is not None and amount != gross - (reduction or 0):
            told = (
                f"The price is {shown(amount)}, but {shown(gross)} reduced by {shown(reduction or Decimal(0))} is not."
            )
            yield RuleFault("PEPPOL-EN16931-R046", price.where if price else allowance.where, told)


def _periods(line: Element, whole: Element | None) -> Iterator[RuleFault]:
    """`whole` is the period of the invoice, where those of the lines must lie within it."""
    for period in line.all("cac:InvoicePeriod"):
        start, end = day(period.value("cbc:StartDate")), day(period.value("cbc:EndDate"))
        if not (period.value("cbc:StartDate") or period.value("cbc:EndDate")):
            yield RuleFault("BR-CO-20", period.where, "The period of the line has neither a first nor a last day.")
        if start and end and end < start:
            yield RuleFault("BR-30", period.at("cbc:EndDate"), "The period of the line ends before it begins.")
        if whole is None:
            continue
        first, last = day(whole.value("cbc:StartDate")), day(whole.value("cbc:EndDate"))
        if start and first and start < first:
            told = "The period of the line begins before that of the invoice."
            yield RuleFault("PEPPOL-EN16931-R110", period.at("cbc:StartDate"), told)
        if end and last and end > last:
            told = "The period of the line ends after that of the invoice."
            yield RuleFault("PEPPOL-EN16931-R111", period.at("cbc:EndDate"), told)


def _peppol(line: Element) -> Iterator[RuleFault]:
    references = list(line.all("cac:DocumentReference"))
    if len(references) > 1:
        yield RuleFault("PEPPOL-EN16931-R100", references[1].where, "A line names at most one thing that it is for.")
    if references and references[0].value("cbc:DocumentTypeCode") != "130":
        told = "What a line names is the thing that it is for: its type code is 130."
        yield RuleFault("PEPPOL-EN16931-R101", f"{references[0].where}/cbc:DocumentTypeCode", told)
    base, quantity = line.first("cac:Price/cbc:BaseQuantity"), quantity_of(line)
    per = number_of(base)
    if base and per is not None and per <= 0:
        yield RuleFault(
            "PEPPOL-EN16931-R121", base.where, "The quantity that the price is for must be more than nought."
        )
    unit = base.attributes.get("unitCode") if base else None
    if base and quantity and unit and unit != quantity.attributes.get("unitCode"):
        told = "The price is for another unit than the quantity of the line."
        yield RuleFault("PEPPOL-EN16931-R130", f"{base.where}/@unitCode", told)


def _arithmetic(line: Element) -> Iterator[RuleFault]:
    """Amount = quantity x price / what the price is for + charges - allowances. What cannot be read is another rule's."""
    total = line.first("cbc:LineExtensionAmount")
    amount, quantity = number_of(total), number_of(quantity_of(line))
    price = number_of(line.first("cac:Price/cbc:PriceAmount"))
    if total is None or amount is None or quantity is None or price is None:
        return
    per = number_of(line.first("cac:Price/cbc:BaseQuantity")) or Decimal(1)
    extras = Decimal(0)
    for one in line.all("cac:AllowanceCharge"):
        extra = number_of(one.first("cbc:Amount")) or Decimal(0)
        extras += extra if is_charge(one) else -extra
    due = quantity * price / per + extras
    if abs(amount - due) > _SLACK:
        told = f"The amount of the line is {shown(amount)}, but quantity, price, charges and allowances make {shown(cents(due))}."
        yield RuleFault("PEPPOL-EN16931-R120", total.where, told)
