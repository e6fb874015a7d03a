"""Numbers and dates as e-invoices write them."""

import re
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal

from letterbook.adapters.einvoices.elements import Element

_CENT = Decimal("0.01")
# xs:decimal: no exponent, no thousands. So many digits are more than any amount has; what they make is exact with _EXACT.
_DECIMAL = re.compile(r"[+-]?(?:[0-9]{1,15}(?:\.[0-9]{0,15})?|\.[0-9]{1,15})")
_EXACT = Context(prec=100)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def number(text: str) -> Decimal | None:
    return Decimal(text) if _DECIMAL.fullmatch(text) else None


def number_of(element: Element | None) -> Decimal | None:
    """None where there is no such element, or no number in it."""
    return number(element.text) if element else None


def decimals(text: str) -> int:
    return len(text.partition(".")[2])


def day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        return None


def cents(amount: Decimal) -> Decimal:
    """Rounded to the cent, halves away from nought, as invoices are."""
    return amount.quantize(_CENT, ROUND_HALF_UP, _EXACT)


def without_zeros(amount: Decimal) -> str:
    """A rate or a quantity, for words: 5.5, 21."""
    return f"{_EXACT.create_decimal(amount).normalize(_EXACT):f}"


def shown(amount: Decimal) -> str:
    """For words: no more decimals than it has, at least two."""
    exact = without_zeros(amount)
    return exact if decimals(exact) >= 2 else f"{cents(amount):f}"
