"""Addresses of e-invoices: which numbers can be ones of their scheme."""

import pytest

from letterbook.domain.einvoice_addresses import SCHEMES, check_address, same_participant
from letterbook.domain.party import EinvoiceAddress, Network
from letterbook.domain.recipients import BadAddress

# One real or published number of each scheme that has check digits, and the same with a digit mistyped.
_NUMBERS = {
    "0208": ("0123456749", "0123456748"),
    "9925": ("BE0202239951", "BE0202239950"),
    "0002": ("552100554", "552100555"),
    "0009": ("73282932000074", "73282932000075"),
    "0225": ("552100554_SERVICE", "552100555_SERVICE"),
    "9957": ("FR83404833048", "FR84404833048"),
    "9944": ("NL004495445B01", "NL004495446B01"),
    "0204": ("991-33333TEST-33", "991-33333TEST-34"),
    "9930": ("DE136695976", "DE136695977"),
    "9914": ("ATU13585627", "ATU13585626"),
    "0184": ("13585628", "13585627"),
    "0192": ("988077917", "988077918"),
    "0007": ("1234567897", "1234567898"),
    "0216": ("003720774740", "003720774741"),
    "0037": ("003720774740", "003720774741"),
    "0210": ("00743110157", "00743110158"),
    "0211": ("IT00743110157", "IT00743110158"),
    "9920": ("ESB58378431", "ESB58378432"),
    "9932": ("GB980780684", "GB980780685"),
    "0183": ("CHE100155212", "CHE100155213"),
    "0195": ("00192200M", "00192200N"),
    "0088": ("7300010000001", "7300010000002"),
    "0199": ("213800KUD8LAJWSQ9D15", "213800KUD8LAJWSQ9D16"),
}


def _address(scheme: str, number: str) -> EinvoiceAddress:
    return EinvoiceAddress(scheme=scheme, id=number)


def test_every_scheme_with_check_digits_has_a_number_here() -> None:
    assert set(_NUMBERS) == {number for number, scheme in SCHEMES.items() if scheme.check}


@pytest.mark.parametrize("scheme", sorted(_NUMBERS))
def test_a_mistyped_digit_is_noticed(scheme: str) -> None:
    right, wrong = _NUMBERS[scheme]
    check_address(_address(scheme, right))
    with pytest.raises(BadAddress, match="check digits do not fit") as refused:
        check_address(_address(scheme, wrong))
    assert refused.value.code == "check_digit"


@pytest.mark.parametrize(
    ("scheme", "number"),
    [("0208", "123456749"), ("0088", "73000100000017"), ("9925", "0202239951"), ("0009", "x" * 14)],
)
def test_a_number_of_another_form_is_told_what_form_it_has(scheme: str, number: str) -> None:
    with pytest.raises(BadAddress) as refused:
        check_address(_address(scheme, number))
    assert refused.value.code == "invalid_format"
    assert SCHEMES[scheme].form in str(refused.value)


def test_a_scheme_that_nobody_knows_here_is_taken_as_it_is() -> None:
    check_address(_address("0235", "anything"))


def test_case_and_network_make_no_other_participant() -> None:
    one = EinvoiceAddress(scheme="9925", id="be0202239951", network=Network.PEPPOL)
    assert same_participant(one, _address("9925", "BE0202239951"))
    assert not same_participant(one, _address("0208", "0202239951"))
