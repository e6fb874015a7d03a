"""Allowances and charges, of the whole invoice and of its lines."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import chain

from letterbook.adapters.einvoices.elements import Element
from letterbook.adapters.einvoices.numbers import cents, number_of, shown, without_zeros
from letterbook.adapters.einvoices.ubl import is_vat, lines_of
from letterbook.domain.einvoice import RuleFault

_SLACK = Decimal("0.02")
_WORDS = {"true": True, "1": True, "false": False, "0": False}
# Which rule says that the amount is missing, and that the reason is: by whether it is a line's, and whether it is a charge.
_AMOUNT = {(False, False): "BR-31", (False, True): "BR-36", (True, False): "BR-41", (True, True): "BR-43"}
_REASON = {(False, False): "BR-33", (False, True): "BR-38", (True, False): "BR-42", (True, True): "BR-44"}


def is_charge(element: Element) -> bool | None:
    """Whether an AllowanceCharge is a charge; None where it does not say."""
    return _WORDS.get(element.value("cbc:ChargeIndicator"))


def broken_charges(root: Element, *, peppol: bool) -> Iterator[RuleFault]:
    for element in chain(
        root.all("cac:AllowanceCharge"), *(line.all("cac:AllowanceCharge") for line in lines_of(root))
    ):
        yield from _required(element, of_line=element.parent is not root)
        if peppol:
            yield from _peppol(element)


def _required(element: Element, *, of_line: bool) -> Iterator[RuleFault]:
    charge = is_charge(element)
    if charge is None:
        return
    word = "charge" if charge else "allowance"
    if not element.value("cbc:Amount"):
        yield RuleFault(_AMOUNT[of_line, charge], element.at("cbc:Amount"), f"The {word} has no amount.")
    if not (element.value("cbc:AllowanceChargeReason") or element.value("cbc:AllowanceChargeReasonCode")):
        told = f"The {word} has no reason."
        yield RuleFault(_REASON[of_line, charge], element.at("cbc:AllowanceChargeReason"), told)
    if not of_line and not any(is_vat(one) and one.value("cbc:ID") for one in element.all("cac:TaxCategory")):
        told = f"The {word} has no category of VAT."
        yield RuleFault("BR-37" if charge else "BR-32", element.at("cac:TaxCategory/cbc:ID"), told)


def _peppol(element: Element) -> Iterator[RuleFault]:
    if element.value("cbc:ChargeIndicator") not in ("true", "false"):
        told = "It must say whether it is a charge (true) or an allowance (false)."
        yield RuleFault("PEPPOL-EN16931-R043", element.at("cbc:ChargeIndicator"), told)
    percent, base = element.first("cbc:MultiplierFactorNumeric"), element.first("cbc:BaseAmount")
    if percent and not base:
        told = "There is a percentage, and nothing that it is of (BaseAmount)."
        yield RuleFault("PEPPOL-EN16931-R041", element.at("cbc:BaseAmount"), told)
    if base and not percent:
        told = "There is a base amount, and no percentage of it (MultiplierFactorNumeric)."
        yield RuleFault("PEPPOL-EN16931-R042", element.at("cbc:MultiplierFactorNumeric"), told)
    rate, whole, amount = number_of(percent), number_of(base), number_of(element.first("cbc:Amount"))
    if rate is not None and whole is not None and amount is not None:
        due = whole * rate / 100
        if abs(amount - due) > _SLACK:
            told = (
                f"The amount is {shown(amount)}, but {without_zeros(rate)} % of {shown(whole)} are {shown(cents(due))}."
            )
            yield RuleFault("PEPPOL-EN16931-R040", element.at("cbc:Amount"), told)
