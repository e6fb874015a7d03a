"""Telephone numbers: read as people of a country write them, kept as E.164, shown as the country writes them."""

import re

import phonenumbers
import pytest
from hypothesis import given, strategies as st

from letterbook.domain.addressing import validate_addresses
from letterbook.domain.recipients import BadAddress
from letterbook.domain.telephone import phone_number, shown_numbers


@pytest.mark.parametrize(
    ("written", "country", "kept"),
    [
        ("+447911123456", None, "+447911123456"),
        ("+44 7911 123456", "US", "+447911123456"),
        ("+33 6 12 34 56 78", None, "+33612345678"),
        ("+447700900123", None, "+447700900123"),
        ("07700 900199", "GB", "+447700900199"),
        ("(0113) 496-0102", "GB", "+441134960102"),
        ("0113.496.0102", "GB", "+441134960102"),
        ("+44 (0)113 496 0102", "DE", "+441134960102"),
        ("0044 113 4960102", "US", "+441134960102"),
        ("011 44 113 496 0102", "US", "+441134960102"),
        ("06 12 34 56 78", "FR", "+33612345678"),
        ("079 123 45 67", "CH", "+41791234567"),
        ("06 698 12345", "IT", "+390669812345"),
        ("tel:+33-6-12-34-56-78", "GB", "+33612345678"),
        ("\u0660\u0667\u0667\u0660\u0660 \u0669\u0660\u0660\u0661\u0669\u0669", "GB", "+447700900199"),
        ("\uff10\uff17\uff17\uff10\uff10\u00a0\uff19\uff10\uff10\uff11\uff19\uff19", "GB", "+447700900199"),
        ("1-800-FLOWERS", "US", "+18003569377"),
    ],
)
def test_numbers_are_kept_in_one_form(written: str, country: str | None, kept: str) -> None:
    assert phone_number(written, mobile=False, country=country) == kept


@pytest.mark.parametrize(
    ("written", "country", "code"),
    [
        ("07911123456", None, "invalid_phone"),
        ("12345", "GB", "invalid_phone"),
        ("+15558675310", None, "invalid_phone"),
        ("+44", "GB", "invalid_phone"),
        ("not a number", "GB", "invalid_phone"),
        ("", "GB", "invalid_phone"),
        ("020 7946 0958 ext. 12", "GB", "invalid_phone"),
        ("07700 900199 / 07700 900200", "GB", "invalid_phone"),
        ("07700 900199 (work)", "GB", "invalid_phone"),
        ("call 07700 900199", "GB", "invalid_phone"),
        ("0" * 500, "GB", "invalid_phone"),
        ("020 7946 0958", "GB", "not_mobile"),
    ],
)
def test_what_no_sms_reaches(written: str, country: str | None, code: str) -> None:
    with pytest.raises(BadAddress) as refused:
        phone_number(written, mobile=True, country=country)
    assert refused.value.code == code


def test_who_wrote_none_is_shown_one_of_their_country() -> None:
    with pytest.raises(BadAddress, match="such as 01 23 45 67 89"):
        phone_number("mobile", mobile=False, country="FR")


def test_a_telephone_need_not_be_mobile() -> None:
    assert phone_number("+44 20 7946 0958", mobile=False) == "+442079460958"


@given(st.sampled_from(sorted(phonenumbers.SUPPORTED_REGIONS)), st.sampled_from(["GB", "FR", "US", "IT"]))
def test_what_is_shown_is_read_as_the_same_number(region: str, home: str) -> None:
    example = phonenumbers.example_number(region)
    if example is None or not phonenumbers.is_valid_number(example):
        return
    e164 = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
    assert phone_number(shown_numbers(e164, home), mobile=False, country=home) == e164


@given(st.text(max_size=80), st.sampled_from(["GB", "DE", None]))
def test_whatever_is_written_is_a_number_or_refused(written: str, country: str | None) -> None:
    try:
        kept = phone_number(written, mobile=False, country=country)
    except BadAddress:
        return
    assert re.fullmatch(r"\+[1-9]\d{1,14}", kept, re.ASCII)


def test_numbers_are_shown_within_whatever_stands_about_them() -> None:
    assert shown_numbers("Amir, +447700900199 and +33612345678", "GB") == "Amir, 07700 900199 and +33 6 12 34 56 78"
    assert shown_numbers("a+12345678@mailbox.example 12+3", "GB") == "a+12345678@mailbox.example 12+3"


def test_every_wrong_address_is_named_by_its_place() -> None:
    good, faults = validate_addresses("cc", ["jane@firm.example", "nobody", "bob@"])
    assert good == ["jane@firm.example"]
    assert [(fault.field, fault.code) for fault in faults] == [("cc.1", "invalid_email"), ("cc.2", "invalid_email")]
