"""Numbers and dates as e-invoices write them."""

import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from letterbook.adapters.einvoices.elements import Element

_CENT = Decimal("0.01")
# xs:decimal: no exponent, no thousands. So many digits are more than any amount has, and fewer than would be slow.
_DECIMAL = re.compile(r"[+-]?(?:[0-9]{1,20}(?:\.[0-9]{0,20})?|\.[0-9]{1,20})")
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
    return amount.quantize(_CENT, ROUND_HALF_UP)


def shown(amount: Decimal) -> str:
    """For words: no more decimals than it has, at least two."""
    exact = amount.normalize()
    return f"{exact:f}" if decimals(f"{exact:f}") >= 2 else f"{amount:.2f}"
