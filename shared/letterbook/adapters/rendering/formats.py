"""Dates, amounts and numbers as people of a language write them (Babel, CLDR): `{{ due_date | date }}`, `{{ amount | money }}`."""

import datetime
from collections.abc import Callable
from decimal import Decimal, InvalidOperation

_MOST_DIGITS = 20


def filters(language: str, currency: str) -> dict[str, Callable[..., str]]:
    """For a template's language; `currency` is the firm's, ISO 4217. Each raises ValueError for what it cannot read."""

    def date(value: object, length: str = "long") -> str:
        from babel.dates import format_date

        return str(value) if _is_gap(value) else str(format_date(_date(value), length, locale=_locale(language)))

    def money(value: object, of: str = currency) -> str:
        from babel.numbers import format_currency

        return str(value) if _is_gap(value) else str(format_currency(_decimal(value), of, locale=_locale(language)))

    def number(value: object) -> str:
        from babel.numbers import format_decimal

        return str(value) if _is_gap(value) else str(format_decimal(_decimal(value), locale=_locale(language)))

    return {"date": date, "money": money, "number": number}


def _is_gap(value: object) -> bool:
    """A preview shows what is missing as [name]."""
    return str(value).startswith("[")


def _locale(language: str) -> str:
    """English is that of Britain unless it says of where: day before month."""
    return "en_GB" if language == "en" else language.replace("-", "_")


def _date(value: object) -> datetime.date:
    try:
        return datetime.date.fromisoformat(str(value)[:10])
    except ValueError:
        raise ValueError(f"{str(value)[:60]} is no date such as 2026-11-20") from None


def _decimal(value: object) -> Decimal:
    """Finite, and no longer than anybody's money: written out, 1E+9999 would be a page of digits."""
    try:
        number = Decimal(str(value).replace(",", ""))
    except InvalidOperation:
        raise ValueError(f"{str(value)[:60]} is no number such as 1250.00") from None
    if not number.is_finite() or abs(number.adjusted()) > _MOST_DIGITS:
        raise ValueError(f"{str(value)[:60]} is no number such as 1250.00")
    return number
