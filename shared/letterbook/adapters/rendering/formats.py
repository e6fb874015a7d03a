"""Dates, amounts and numbers as people of a language write them (Babel, CLDR): `{{ due_date | date }}`, `{{ amount | money }}`.

A number is read as the language writes it, or as programs do (1250.50); what is neither, or could be another amount, is refused: in
English `12,50` is no 1,250, and no `NaN` becomes a sum of money.
"""

import datetime
import re
import unicodedata
from collections.abc import Callable
from decimal import Decimal

from letterbook.domain.rows import Money
from letterbook.domain.templates import SpoiltValue

FORMATS = ("date", "money", "number")
# Longer than anybody's money.
_MOST_DIGITS = 20
_AS_PROGRAMS_DO = re.compile(r"\d+(?:\.\d+)?", re.ASCII)
_MINUS = re.compile("[-\u2212]")
# Marks of direction are no part of a number, and all blanks are one.
_TURNS = re.compile("[\u200e\u200f\u061c\u2066-\u2069]")
_BLANK = re.compile("[ \xa0\u2009\u202f]")
_APOSTROPHE = re.compile("['\u2019]")
# As programs may write what has more places than money: 1250.5000, but not 1.250, which might be a thousand.
_MORE_PLACES = re.compile(r"\d+\.\d{4,}", re.ASCII)
_GAP = re.compile(r"\[[A-Za-z_]\w*\]", re.ASCII)
_EXAMPLE, _EXAMPLE_DATE = Decimal("1250.50"), "2026-11-20"


class Named(str):
    """What was given for a variable: its name is known where it cannot be used."""

    name: str

    def __new__(cls, name: str, text: str) -> "Named":
        made = super().__new__(cls, text)
        made.name = name
        return made


def filters(language: str, currency: str) -> dict[str, Callable[..., str]]:
    """For a template's language; `currency` is the firm's, ISO 4217. Each raises SpoiltValue for what it cannot read."""

    def date(value: object, length: str = "long") -> str:
        from babel.dates import format_date

        return str(value) if is_gap(value) else str(format_date(_date(value), length, locale=locale_of(language)))

    def money(value: object, of: str = "") -> str:
        from babel.numbers import format_currency

        if is_gap(value):
            return str(value)
        if isinstance(value, Money):
            if of not in ("", value.currency):
                raise _spoilt(value, "invalid_number", f"is no amount of {of}.")
            return str(format_currency(value.amount, value.currency, locale=locale_of(language)))
        of = of or currency
        return str(format_currency(_amount(value, language, of), of, locale=locale_of(language)))

    def number(value: object) -> str:
        from babel.numbers import format_decimal

        if is_gap(value):
            return str(value)
        return str(format_decimal(_number(value, language), locale=locale_of(language), decimal_quantization=False))

    return dict(zip(FORMATS, (date, money, number), strict=True))


def is_gap(value: object) -> bool:
    """A preview shows what is missing as [name]."""
    return bool(_GAP.fullmatch(str(value)))


def locale_of(language: str) -> str:
    """English is that of Britain unless it says of where: day before month."""
    return "en_GB" if language == "en" else language.replace("-", "_")


def _date(value: object) -> datetime.date:
    text = str(value).strip()
    try:
        return (
            datetime.datetime.fromisoformat(text).date()
            if len(text) > len(_EXAMPLE_DATE)
            else datetime.date.fromisoformat(text)
        )
    except ValueError:
        raise _spoilt(value, "invalid_date", f"is no date such as {_EXAMPLE_DATE}.") from None


def _amount(value: object, language: str, currency: str) -> Decimal:
    """An amount of that currency, which may stand beside it. More places than the currency has would be rounded: none."""
    from babel.numbers import get_currency_precision, get_currency_symbol

    text, locale = str(value), locale_of(language)
    own = {currency, get_currency_symbol(currency, locale), get_currency_symbol(currency, "en")}
    beside = "|".join(re.escape(one) for one in sorted(own, key=len, reverse=True))
    bare = re.sub(rf"^(?P<sign>\s*[-\u2212]?\s*)(?:{beside})|(?:{beside})(?=\s*$)", r"\g<sign>", text, count=1)
    number = _read(bare, language)
    if number is None:
        raise _no_number(value, language)
    places = -int(number.as_tuple().exponent)
    most = get_currency_precision(currency)
    rounded = places > most and number != round(number, most)
    if rounded or (places > most and not _MORE_PLACES.fullmatch(bare.strip().lstrip("-"))):
        raise _spoilt(value, "invalid_number", f"has more decimal places than {currency} has.")
    return number


def _number(value: object, language: str) -> Decimal:
    number = _read(str(value), language)
    if number is None:
        raise _no_number(value, language)
    return number


def _read(text: str, language: str) -> Decimal | None:
    """As the language writes it, else as programs do. None for what is neither, or longer than a number is."""
    from babel.numbers import NumberFormatError, get_decimal_symbol, get_group_symbol, parse_decimal

    locale = locale_of(language)
    group, point = get_group_symbol(locale), get_decimal_symbol(locale)
    bare = _TURNS.sub("", text).strip()
    negative = bool(_MINUS.match(bare))
    bare = bare[negative:].strip()
    if len(bare) > 2 * _MOST_DIGITS or sum(one.isdigit() for one in bare) > _MOST_DIGITS:
        return None
    written = _APOSTROPHE.sub(group, bare) if _APOSTROPHE.match(group) else bare
    written = _BLANK.sub(group, written) if _BLANK.match(group) else written
    number: Decimal | None = None
    if re.fullmatch(rf"[0-9][0-9{re.escape(group)}]*(?:{re.escape(point)}[0-9]+)?", written):
        try:
            number = parse_decimal(written, locale, strict=True)
        except NumberFormatError:
            number = None
    if number is None and _AS_PROGRAMS_DO.fullmatch(bare):
        number = Decimal(bare)
    return -number if number is not None and negative else number


def _no_number(value: object, language: str) -> SpoiltValue:
    from babel import Locale
    from babel.numbers import format_decimal

    locale = locale_of(language)
    named = Locale.parse(locale).get_language_name("en")
    example = format_decimal(_EXAMPLE, format="#,##0.00", locale=locale)
    return _spoilt(value, "invalid_number", f"is no number as {named} writes it, such as {example}.")


def _spoilt(value: object, code: str, wrong: str) -> SpoiltValue:
    shown = "".join(one if unicodedata.category(one)[0] != "C" else " " for one in str(value)[:60])
    return SpoiltValue(f"{shown} {wrong}", code, value.name if isinstance(value, Named) else "")
