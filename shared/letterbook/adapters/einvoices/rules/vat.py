"""VAT: what is charged by each category and rate, and what each category asks for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from letterbook.adapters.einvoices.elements import Element
from letterbook.adapters.einvoices.numbers import cents, number_of, shown, without_zeros
from letterbook.adapters.einvoices.rules.charges import is_charge
from letterbook.adapters.einvoices.ubl import BUYER, SELLER, is_vat, lines_of, own_tax, vat_number
from letterbook.domain.einvoice import RuleFault

_NOUGHT, _HALF_A_CENT, _MOST = Decimal(0), Decimal("0.005"), Decimal("0.99")


class _Rate(Enum):
    POSITIVE = "more than nought"
    NOUGHT = "nought"
    NONE = "left out"
    ANY = "nought or more"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Category:
    """What a category asks for: `number` is what its rules are called by (BR-AE-05). `reason`: why nothing is charged must be said,
    or may not be. Of one that stands `once` there is one sum, whatever its rates.
    """

    number: str
    words: str
    rate: _Rate
    reason: bool = False
    once: bool = True


_CATEGORIES = {
    "S": _Category(number="S", words="standard rate", rate=_Rate.POSITIVE, once=False),
    "Z": _Category(number="Z", words="zero rate", rate=_Rate.NOUGHT),
    "E": _Category(number="E", words="exempt", rate=_Rate.NOUGHT, reason=True),
    "AE": _Category(number="AE", words="reverse charge", rate=_Rate.NOUGHT, reason=True),
    "K": _Category(number="IC", words="supply within the EU", rate=_Rate.NOUGHT, reason=True),
    "G": _Category(number="G", words="export", rate=_Rate.NOUGHT, reason=True),
    "O": _Category(number="O", words="not subject to VAT", rate=_Rate.NONE, reason=True),
    "L": _Category(number="IG", words="IGIC", rate=_Rate.ANY, once=False),
    "M": _Category(number="IP", words="IPSI", rate=_Rate.ANY, once=False),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    """What VAT is charged on, or what is taken off that: a line, an allowance, a charge. `part` ends the numbers of its rules: of a
    category's rule on the parties it is 02, 03 or 04, of that on the rate 05, 06 or 07.
    """

    element: Element
    category: Element
    amount: Decimal | None
    part: int

    @property
    def code(self) -> str:
        return self.category.value("cbc:ID")

    @property
    def percent(self) -> Decimal | None:
        return number_of(self.category.first("cbc:Percent"))


def broken_vat(root: Element) -> Iterator[RuleFault]:
    items = tuple(_items(root))
    shares = [
        (share, category)
        for share in root.all("cac:TaxTotal/cac:TaxSubtotal")
        for category in share.all("cac:TaxCategory")
        if is_vat(category)
    ]
    if root.first("cac:TaxTotal/cac:TaxSubtotal") is None:
        where = f"{root.name}/cac:TaxTotal/cac:TaxSubtotal"
        yield RuleFault("BR-CO-18", where, "It does not say how much tax is charged by each category.")
    yield from _sum(root)
    for item in items:
        yield from _broken_rate(item.category, item.code, item.part + 3)
    for code, rules in _CATEGORIES.items():
        own = tuple(item for item in items if item.code == code)
        its_shares = [(share, category) for share, category in shares if category.value("cbc:ID") == code]
        yield from _presence(root, code, rules, own, len(its_shares))
        yield from _parties(root, code, rules, own)
        for share, category in its_shares:
            yield from _broken_share(share, category, rules, own)
        if not rules.once:
            yield from _rates_without_share(rules, own, [category for _, category in its_shares])
    yield from _alone(root, shares, items)
    yield from _delivered_within_the_eu(root, shares)
    yield from _accounts(root)


def _items(root: Element) -> Iterator[_Item]:
    for line in lines_of(root):
        for category in line.all("cac:Item/cac:ClassifiedTaxCategory"):
            if is_vat(category):
                amount = number_of(line.first("cbc:LineExtensionAmount"))
                yield _Item(element=line, category=category, amount=amount, part=2)
    for one in root.all("cac:AllowanceCharge"):
        charge, amount = is_charge(one), number_of(one.first("cbc:Amount"))
        for category in one.all("cac:TaxCategory"):
            if charge is not None and is_vat(category):
                signed = amount if charge or amount is None else -amount
                yield _Item(element=one, category=category, amount=signed, part=4 if charge else 3)


def _sum(root: Element) -> Iterator[RuleFault]:
    for total in root.all("cac:TaxTotal"):
        amounts = [number_of(one.first("cbc:TaxAmount")) for one in total.all("cac:TaxSubtotal")]
        stands, due = number_of(total.first("cbc:TaxAmount")), sum((one for one in amounts if one is not None), _NOUGHT)
        if amounts and None not in amounts and stands is not None and stands != due:
            told = f"The tax is {shown(stands)}, but its categories make {shown(due)}."
            yield RuleFault("BR-CO-14", total.at("cbc:TaxAmount"), told)


def _broken_rate(category: Element, code: str, part: int) -> Iterator[RuleFault]:
    rules = _CATEGORIES.get(code)
    if rules is None:
        return
    percent = number_of(category.first("cbc:Percent"))
    right = {
        _Rate.POSITIVE: percent is not None and percent > 0,
        _Rate.NOUGHT: percent == 0,
        _Rate.NONE: category.first("cbc:Percent") is None,
        _Rate.ANY: percent is not None and percent >= 0,
    }
    if not right[rules.rate]:
        told = f"The rate of {code} ({rules.words}) must be {rules.rate.value}."
        yield RuleFault(f"BR-{rules.number}-{part:02}", category.at("cbc:Percent"), told)


def _presence(root: Element, code: str, rules: _Category, items: Sequence[_Item], shares: int) -> Iterator[RuleFault]:
    where = f"{root.name}/cac:TaxTotal/cac:TaxSubtotal"
    if items and not shares:
        told = f"{code} ({rules.words}) is charged, and the tax of that category is not among the taxes."
        yield RuleFault(f"BR-{rules.number}-01", where, told)
    elif shares and not items and not rules.once:
        told = f"{code} ({rules.words}) is among the taxes, and nothing is charged by it."
        yield RuleFault(f"BR-{rules.number}-01", where, told)
    elif shares > 1 and rules.once:
        told = f"{code} ({rules.words}) is among the taxes {shares} times, and must be there once."
        yield RuleFault(f"BR-{rules.number}-01", where, told)


def _parties(root: Element, code: str, rules: _Category, items: Sequence[_Item]) -> Iterator[RuleFault]:
    """What seller and buyer must be known by, where that is charged: said once for lines, allowances and charges each."""
    seller = root.first(SELLER)
    buyer = root.first(BUYER)
    representative = any(vat_number(one) for one in root.all("cac:TaxRepresentativeParty"))
    of_seller = representative or bool(seller and vat_number(seller))
    of_buyer = bool(buyer and vat_number(buyer))
    told = ""
    if code == "O":
        if of_seller or of_buyer:
            told = "What is not subject to VAT is invoiced without VAT numbers of seller and buyer."
    elif code in ("K", "G"):
        if not of_seller:
            told = "needs a VAT number of the seller, or of the tax representative."
        elif code == "K" and not of_buyer:
            told = "needs a VAT number of the buyer."
    else:
        registered = bool(seller and any(seller.values("cac:PartyTaxScheme/cbc:CompanyID")))
        if not (of_seller or registered):
            told = "needs a tax number of the seller, or of the tax representative."
        elif code == "AE" and not of_buyer and not (buyer and buyer.value("cac:PartyLegalEntity/cbc:CompanyID")):
            told = "needs a VAT number, or a number of the register, of the buyer."
    if not told:
        return
    words = told if code == "O" else f"{code} ({rules.words}) {told}"
    party = "cac:AccountingCustomerParty" if "of the buyer." in told else "cac:AccountingSupplierParty"
    for part in sorted({item.part for item in items}):
        where = f"{root.name}/{party}/cac:Party/cac:PartyTaxScheme"
        yield RuleFault(f"BR-{rules.number}-{part:02}", where, words)


def _broken_share(share: Element, category: Element, rules: _Category, items: Sequence[_Item]) -> Iterator[RuleFault]:
    code, percent = category.value("cbc:ID"), number_of(category.first("cbc:Percent"))
    if rules.rate is not _Rate.NONE and not category.value("cbc:Percent"):
        yield RuleFault("BR-48", category.at("cbc:Percent"), "The tax has no rate.")
    taxed = items if rules.once else tuple(item for item in items if item.percent == percent)
    amounts = [item.amount for item in taxed]
    taxable, tax = number_of(share.first("cbc:TaxableAmount")), number_of(share.first("cbc:TaxAmount"))
    if taxable is not None and None not in amounts:
        due = sum((amount for amount in amounts if amount is not None), _NOUGHT)
        if taxable != due:
            told = f"It is {shown(taxable)}, but what is charged by {_named(code, percent)} makes {shown(due)}."
            yield RuleFault(f"BR-{rules.number}-08", share.at("cbc:TaxableAmount"), told)
    if tax is not None:
        yield from _broken_tax(share, rules, taxable, percent, tax, len(taxed))
    reasons = category.value("cbc:TaxExemptionReason") or category.value("cbc:TaxExemptionReasonCode")
    if rules.reason and not reasons:
        told = f"{code} ({rules.words}) must say why no VAT is charged."
        yield RuleFault(f"BR-{rules.number}-10", category.at("cbc:TaxExemptionReason"), told)
    elif reasons and not rules.reason:
        told = f"{code} ({rules.words}) cannot say why no VAT is charged."
        yield RuleFault(f"BR-{rules.number}-10", category.at("cbc:TaxExemptionReason"), told)


def _broken_tax(
    share: Element, rules: _Category, taxable: Decimal | None, percent: Decimal | None, tax: Decimal, count: int
) -> Iterator[RuleFault]:
    """The tax is the rate of what is taxed, rounded once or item by item: half a cent for each. The published rule lets it
    differ by up to one unit of the currency, which no rounding explains.
    """
    where = share.at("cbc:TaxAmount")
    if rules.rate in (_Rate.NOUGHT, _Rate.NONE):
        if tax != 0:
            told = f"The tax is {shown(tax)}, and with {rules.words} there is none."
            yield RuleFault(f"BR-{rules.number}-09", where, told)
    elif taxable is not None and percent is not None:
        due = taxable * percent / 100
        if abs(tax - due) > min(_HALF_A_CENT * max(count, 1), _MOST):
            told = (
                f"The tax is {shown(tax)}, but {without_zeros(percent)} % of {shown(taxable)} are {shown(cents(due))}."
            )
            yield RuleFault("BR-CO-17", where, told)


def _rates_without_share(rules: _Category, items: Sequence[_Item], shares: Sequence[Element]) -> Iterator[RuleFault]:
    rates = {number_of(category.first("cbc:Percent")) for category in shares}
    if not rates:
        return
    for item in items:
        if item.percent not in rates:
            rates.add(item.percent)
            told = f"What is charged by {_named(item.code, item.percent)} is not among the taxes."
            yield RuleFault(f"BR-{rules.number}-08", item.category.where, told)


def _alone(root: Element, shares: Sequence[tuple[Element, Element]], items: Sequence[_Item]) -> Iterator[RuleFault]:
    """What is not subject to VAT is not invoiced together with what is."""
    codes = [category.value("cbc:ID") for _, category in shares]
    if "O" not in codes:
        return
    told = "What is not subject to VAT (O) is not invoiced together with what is."
    if any(code != "O" for code in codes):
        yield RuleFault("BR-O-11", f"{root.name}/cac:TaxTotal", told)
    for part, rule in ((2, "BR-O-12"), (3, "BR-O-13"), (4, "BR-O-14")):
        others = [item for item in items if item.part == part and item.code != "O"]
        if others:
            yield RuleFault(rule, others[0].category.where, told)


def _delivered_within_the_eu(root: Element, shares: Sequence[tuple[Element, Element]]) -> Iterator[RuleFault]:
    if all(category.value("cbc:ID") != "K" for _, category in shares):
        return
    period = root.first("cac:InvoicePeriod")
    if not root.value("cac:Delivery/cbc:ActualDeliveryDate") and not (period and period.children):
        told = "A supply within the EU must say when it was delivered, or for which period it is."
        yield RuleFault("BR-IC-11", root.at("cac:Delivery/cbc:ActualDeliveryDate"), told)
    country = "cac:Delivery/cac:DeliveryLocation/cac:Address/cac:Country/cbc:IdentificationCode"
    if not root.value(country):
        yield RuleFault("BR-IC-12", root.at(country), "A supply within the EU must say which country it went to.")


def _accounts(root: Element) -> Iterator[RuleFault]:
    """The tax in the currency of the accounts, where that is another one."""
    currency = root.value("cbc:TaxCurrencyCode")
    amounts = list(root.all("cac:TaxTotal/cbc:TaxAmount"))
    if currency and all(one.attributes.get("currencyID") != currency for one in amounts):
        told = f"The tax in the currency of the accounts ({currency}) is missing."
        yield RuleFault("BR-53", f"{root.name}/cac:TaxTotal/cbc:TaxAmount", told)
    if own_tax(root) is None and root.first("cac:TaxTotal"):
        yield RuleFault(
            "BR-CO-14", f"{root.name}/cac:TaxTotal/cbc:TaxAmount", "The amount of the whole tax is missing."
        )


def _named(code: str, percent: Decimal | None) -> str:
    return code if percent is None else f"{code} at {without_zeros(percent)} %"
