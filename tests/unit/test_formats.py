"""Amounts and numbers are read as the template's language writes them, or as programs do; nothing becomes another amount."""

from decimal import Decimal

import pytest
from babel.numbers import format_currency, format_decimal
from hypothesis import given, strategies as st

from letterbook.adapters.rendering.renderer import TemplateRenderer
from letterbook.domain.templates import SpoiltValue
from tests.support.builders import template

renderer = TemplateRenderer()
LANGUAGES = [
    "en",
    "de",
    "de-CH",
    "fr",
    "es",
    "it",
    "nl",
    "pl",
    "pt",
    "sv",
    "nb",
    "fi",
    "cs",
    "tr",
    "ar",
    "hi",
    "bn",
    "ur",
    "zh",
    "cy",
]


def written(value: str, language: str = "en", how: str = "money", currency: str = "GBP") -> str:
    made = template(language=language, subject="", body="{{ amount | " + how + " }}")
    return renderer.render(made, {"amount": value}, html=False, currency=currency).text


READ = [
    ("en", "1250", "£1,250.00"),
    ("en", "1250.5", "£1,250.50"),
    ("en", "1,250.50", "£1,250.50"),
    ("en", " 1,250 ", "£1,250.00"),
    ("en", "£1,250.50", "£1,250.50"),
    ("en", "GBP 1,250.50", "£1,250.50"),
    ("en", "1,250.50 GBP", "£1,250.50"),
    ("en", "-£5", "-£5.00"),
    ("en", "\u22125.10", "-£5.10"),
    ("en", "0.00", "£0.00"),
    ("en", "1250.5000", "£1,250.50"),
    ("en", "12345678.90", "£12,345,678.90"),
    ("de", "12,50", "12,50\xa0£"),
    ("de", "1.250,50", "1.250,50\xa0£"),
    ("de", "1.250", "1.250,00\xa0£"),
    ("de", "1250.50", "1.250,50\xa0£"),
    ("de", "12.50", "12,50\xa0£"),
    ("de", "12,50 £", "12,50\xa0£"),
    ("fr", "1 250,50", "1\u202f250,50\xa0£GB"),
    ("fr", "1\xa0250,50", "1\u202f250,50\xa0£GB"),
    ("de-CH", "1'250.50", "£\xa01’250.50"),
    ("hi", "12,34,567.50", "£12,34,567.50"),
]


@pytest.mark.parametrize(("language", "value", "said"), READ)
def test_amounts_are_read_as_they_are_written(language: str, value: str, said: str) -> None:
    assert written(value, language) == said


REFUSED = [
    ("en", "12,50"),
    ("en", "1,25"),
    ("en", "12.345,67"),
    ("en", "1,250,00"),
    ("en", "1,25,000"),
    ("en", "1250,5"),
    ("en", "1 250.50"),
    ("en", "1'250"),
    ("en", "NaN"),
    ("en", "-NaN"),
    ("en", "sNaN1"),
    ("en", "Infinity"),
    ("en", "-inf"),
    ("en", "1e5"),
    ("en", "1E+2"),
    ("en", "0x10"),
    ("en", "1_000"),
    ("en", "12.505"),
    ("en", "1.250"),
    ("en", "0.001"),
    ("en", "$12.50"),
    ("en", "12.50 EUR"),
    ("en", "£12.50 GBP £"),
    ("en", "(12.50)"),
    ("en", "12.50p"),
    ("en", "12-50"),
    ("en", "--5"),
    ("en", "+-5"),
    ("en", ""),
    ("en", "."),
    ("en", ",5"),
    ("en", "twelve"),
    ("en", "12 50"),
    ("en", "\uff11\uff12"),
    ("en", "9" * 30),
    ("en", "12.50 and more"),
    ("de", "1,250.50"),
    ("de", "1.25,00"),
    ("de", "1,250"),
    ("fr", "1.250,50"),
    ("fr", "1,250"),
]


@pytest.mark.parametrize(("language", "value"), REFUSED)
def test_what_could_be_another_amount_is_refused(language: str, value: str) -> None:
    with pytest.raises(SpoiltValue) as refused:
        written(value, language)
    assert (refused.value.code, refused.value.variable) == ("invalid_number", "amount")


def test_a_currency_without_pence_has_none() -> None:
    assert written("1250", currency="JPY") == "JP¥1,250"
    assert written("1250.00", how="money('TND')") == "TND1,250.000"
    with pytest.raises(SpoiltValue, match="more decimal places"):
        written("1250.5", currency="JPY")


def test_a_number_keeps_its_places() -> None:
    assert written("0.12345", how="number") == "0.12345"
    assert written("1250,125", "de", "number") == "1.250,125"


def test_a_value_is_named_behind_other_filters_too() -> None:
    with pytest.raises(SpoiltValue) as refused:
        written("NaN", how="trim | money")
    assert refused.value.variable == "amount"


AMOUNTS = st.decimals(min_value=-(10**9), max_value=10**9, places=2)


def locale_of(language: str) -> str:
    return "en_GB" if language == "en" else language.replace("-", "_")


@given(st.sampled_from(LANGUAGES), AMOUNTS)
def test_what_a_language_writes_is_read_as_the_same(language: str, amount: Decimal) -> None:
    locale, said = locale_of(language), written(str(amount), language)
    for spelling in (format_decimal(amount, locale=locale), format_currency(amount, "GBP", locale=locale)):
        assert written(spelling, language) == said


@given(st.sampled_from(LANGUAGES), st.sampled_from(LANGUAGES), AMOUNTS)
def test_what_another_language_writes_is_the_same_amount_or_refused(language: str, other: str, amount: Decimal) -> None:
    spelling = format_decimal(amount, format="#,##0.00", locale=locale_of(other))
    try:
        said = written(spelling, language)
    except SpoiltValue:
        return
    assert said == written(str(amount), language)


@given(st.text(alphabet="0123456789.,' -+eENaInfity£$%()x\u2212\xa0", max_size=12))
def test_no_text_is_read_as_more_than_its_digits(value: str) -> None:
    try:
        said = written(value)
    except SpoiltValue:
        return
    digits = "".join(one for one in value if one.isdigit())
    assert "".join(one for one in said if one.isdigit()).strip("0") == digits.strip("0")
