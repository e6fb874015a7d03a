"""Addresses and numbers: what is taken, as what it is kept, and what is refused with which code."""

import pytest

from letterbook.domain.recipients import BadAddress, email_address, phone_number, same_address, validate_addresses


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("jane@firm.example", "jane@firm.example"),
        ("Jane.Doe@Firm.Example", "Jane.Doe@firm.example"),
        ("bounce+anything@simulator.amazonses.com", "bounce+anything@simulator.amazonses.com"),
        ("info@bücher.example", "info@xn--bcher-kva.example"),
    ],
)
def test_email_addresses(given: str, kept: str) -> None:
    assert email_address(given) == kept


@pytest.mark.parametrize(
    "given",
    [
        "",
        "jane",
        "jane@",
        "@firm.example",
        "jane@localhost",
        "jane@firm..example",
        "jane doe@firm.example",
        "a" * 65 + "@firm.example",
        "jané@firm.example",
        '"jane doe"@firm.example',
        "jane@[127.0.0.1]",
        "jane@firm.example\r\nBcc: all@firm.example",
        "jane@firm.example,bob@firm.example",
        "Jane <jane@firm.example>",
    ],
)
def test_what_is_no_email_address(given: str) -> None:
    with pytest.raises(BadAddress) as refused:
        email_address(given)
    assert refused.value.code == "invalid_email"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("+447911123456", "+447911123456"),
        ("+44 7911 123456", "+447911123456"),
        ("+33 6 12 34 56 78", "+33612345678"),
        ("+447700900123", "+447700900123"),
    ],
)
def test_mobile_numbers(given: str, kept: str) -> None:
    assert phone_number(given, mobile=True) == kept


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("07911123456", "invalid_phone"),
        ("12345", "invalid_phone"),
        ("+15558675310", "invalid_phone"),
        ("+44", "invalid_phone"),
        ("not a number", "invalid_phone"),
        ("", "invalid_phone"),
        ("+442079460958", "not_mobile"),
    ],
)
def test_what_no_sms_reaches(given: str, code: str) -> None:
    with pytest.raises(BadAddress) as refused:
        phone_number(given, mobile=True)
    assert refused.value.code == code


def test_a_telephone_need_not_be_mobile() -> None:
    assert phone_number("+44 20 7946 0958", mobile=False) == "+442079460958"


def test_every_wrong_address_is_named_by_its_place() -> None:
    good, faults = validate_addresses("cc", ["jane@firm.example", "nobody", "bob@"], sms=False)
    assert good == ["jane@firm.example"]
    assert [(fault.field, fault.code) for fault in faults] == [("cc.1", "invalid_email"), ("cc.2", "invalid_email")]


def test_case_tells_no_two_recipients_apart() -> None:
    assert same_address("Jane@Firm.example", "jane@firm.EXAMPLE")
    assert not same_address("jane@firm.example", "jane@firm.org.example")
