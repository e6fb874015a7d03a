"""The totals: each is what it is made of, to the cent."""

from collections.abc import Iterator
from decimal import Decimal

from letterbook.adapters.einvoices.elements import Element
from letterbook.adapters.einvoices.numbers import number_of, shown
from letterbook.adapters.einvoices.rules.charges import is_charge
from letterbook.adapters.einvoices.ubl import lines_of, own_tax
from letterbook.domain.einvoice import RuleFault

_NOUGHT = Decimal(0)


def broken_totals(root: Element) -> Iterator[RuleFault]:
    """What is missing, or cannot be read, is another rule's: here it is left out of what is compared."""
    totals = root.first("cac:LegalMonetaryTotal")
    if totals is None:
        return
    every_line = [number_of(line.first("cbc:LineExtensionAmount")) for line in lines_of(root)]
    if None not in every_line:
        of_lines = sum((amount for amount in every_line if amount is not None), _NOUGHT)
        yield from _differs("BR-CO-10", totals, "LineExtensionAmount", of_lines, "the amounts of the lines make")
    yield from _of_charges(root, totals)
    net, gross = _amount(totals, "LineExtensionAmount"), _amount(totals, "TaxExclusiveAmount")
    if net is not None:
        charges = _amount(totals, "ChargeTotalAmount") or _NOUGHT
        allowances = _amount(totals, "AllowanceTotalAmount") or _NOUGHT
        told = "lines, less allowances, with charges make"
        yield from _differs("BR-CO-13", totals, "TaxExclusiveAmount", net + charges - allowances, told)
    tax = number_of(own_tax(root))
    if gross is not None and tax is not None:
        yield from _differs(
            "BR-CO-15", totals, "TaxInclusiveAmount", gross + tax, "the total without tax, and the tax, make"
        )
    with_tax = _amount(totals, "TaxInclusiveAmount")
    if with_tax is not None:
        prepaid = _amount(totals, "PrepaidAmount") or _NOUGHT
        rounding = _amount(totals, "PayableRoundingAmount") or _NOUGHT
        told = "the total with tax, less what is paid, with the rounding makes"
        yield from _differs("BR-CO-16", totals, "PayableAmount", with_tax - prepaid + rounding, told)


def _of_charges(root: Element, totals: Element) -> Iterator[RuleFault]:
    for rule, name, charge in (("BR-CO-11", "AllowanceTotalAmount", False), ("BR-CO-12", "ChargeTotalAmount", True)):
        word = "charges" if charge else "allowances"
        amounts = [
            number_of(one.first("cbc:Amount")) for one in root.all("cac:AllowanceCharge") if is_charge(one) is charge
        ]
        if None in amounts:
            continue
        if amounts and totals.first(f"cbc:{name}") is None:
            yield RuleFault(rule, totals.at(f"cbc:{name}"), f"There are {word}, and their sum is missing.")
            continue
        of_all = sum((amount for amount in amounts if amount is not None), _NOUGHT)
        yield from _differs(rule, totals, name, of_all, f"the {word} of the whole invoice make")


def _amount(totals: Element, name: str) -> Decimal | None:
    return number_of(totals.first(f"cbc:{name}"))


def _differs(rule: str, totals: Element, name: str, due: Decimal, what_makes_it: str) -> Iterator[RuleFault]:
    stands = _amount(totals, name)
    if stands is not None and stands != due:
        told = f"It is {shown(stands)}, but {what_makes_it} {shown(due)}."
        yield RuleFault(rule, totals.at(f"cbc:{name}"), told)
