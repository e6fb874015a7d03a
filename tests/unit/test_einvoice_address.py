"""The addresses of e-invoices: numbers that there are, and slips of the pen."""

import pytest
from hypothesis import given, strategies as st

from letterbook.domain.einvoice_address import SCHEMES, fault_of, wrong_check_digits
from letterbook.domain.party import EinvoiceAddress


def told(scheme: str, number: str) -> str | None:
    return fault_of(EinvoiceAddress(scheme=scheme, id=number))


RIGHT = [
    ("0208", "0123456749"),  # Belgium: 97 - 1234567 mod 97
    ("0208", "0987654394"),
    ("9925", "BE0123456749"),
    ("9925", "0123456749"),
    ("0088", "7300010000001"),
    ("0002", "732829320"),
    ("0002", "73282932000074"),
    ("0009", "73282932000074"),
    ("0009", "35600000000048"),  # La Poste, its head office: by Luhn
    ("0009", "35600000049837"),  # La Poste, a post office: by the sum of its digits
    ("9957", "FR44732829320"),
    ("9930", "DE136695976"),
    ("9944", "NL004495445B01"),
    ("0204", "991-03730-19"),
    ("0192", "974760673"),
    ("0007", "5560360793"),
    ("0184", "DK12345674"),
    ("0106", "12345678"),
    ("0211", "IT00743110157"),
    ("0151", "83914571673"),
    ("0225", "732829320_COMPTA"),
    ("9915", "b"),  # nobody says what they look like
]


@pytest.mark.parametrize(("scheme", "number"), RIGHT)
def test_a_number_of_its_scheme_is_taken(scheme: str, number: str) -> None:
    assert told(scheme, number) is None


WRONG = [
    ("0208", "0123456748", "check digits"),
    ("0208", "0123.456.749", "10 digits, such as 0123456749"),
    ("0208", "BE0123456749", "10 digits, such as 0123456749"),
    ("9925", "BE0123456748", "check digits"),
    ("0088", "7300010000002", "check digits"),
    ("0088", "9482348239847239874", "13 digits"),
    ("0002", "732829321", "check digits"),
    ("0009", "73282932000075", "check digits"),
    ("0009", "732829320", "14 digits"),
    ("0009", "35600000049838", "check digits"),
    ("0192", "974760674", "check digits"),
    ("0007", "5560360794", "check digits"),
    ("0184", "12345674", "DK and 8 digits"),
    ("0106", "1234567", "8 digits"),
    ("0204", "991-03730-18", "check digits"),
    ("0151", "83914571674", "check digits"),
    ("0208", "٠١٢٣٤٥٦٧٤٩", "space"),
    ("9915", "a b", "space"),
    ("9915", "a" * 51, "more than 50"),
    ("9915", "", "missing"),
    ("0001", "1", "no scheme"),
    ("BE:EN", "0123456749", "no scheme"),
]


@pytest.mark.parametrize(("scheme", "number", "words"), WRONG)
def test_a_slip_of_the_pen_is_told_in_words(scheme: str, number: str, words: str) -> None:
    found = told(scheme, number)
    assert found is not None
    assert words in found
    assert found.endswith(".")


@pytest.mark.parametrize("code", SCHEMES)
def test_every_scheme_has_a_name_and_its_example_is_right(code: str) -> None:
    scheme = SCHEMES[code]
    assert len(code) == 4
    assert scheme.label
    assert bool(scheme.form) == bool(scheme.words)
    assert not scheme.example or told(code, scheme.example) is None


# But for the Netherlands' VAT number: what comes after its B tells firms of one owner apart.
CHECKED = [code for code, scheme in SCHEMES.items() if scheme.checks and scheme.example and code != "9944"]


@given(st.sampled_from(CHECKED), st.data())
def test_any_one_digit_that_is_wrong_is_seen(code: str, data: st.DataObject) -> None:
    number = SCHEMES[code].example
    places = [place for place, one in enumerate(number) if one.isdigit()]
    place = data.draw(st.sampled_from(places))
    digit = data.draw(st.sampled_from([one for one in "0123456789" if one != number[place]]))
    assert told(code, number[:place] + digit + number[place + 1 :]) is not None


@given(st.text(max_size=20), st.text(max_size=80))
def test_whatever_is_typed_is_answered(scheme: str, number: str) -> None:
    address = EinvoiceAddress(scheme=scheme, id=number)
    assert fault_of(address) is None or isinstance(fault_of(address), str)
    assert wrong_check_digits(address) is None or fault_of(address) is not None
