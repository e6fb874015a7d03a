"""Telephone numbers as people write them: read in a country, kept as E.164, shown as their own country writes them.

The library is imported where it is used: most of what is done with messages never needs it.
"""

import re
import string

from letterbook.domain.recipients import BadAddress

# Ofcom reserves these for drama: well-formed, and no telephone has them. Demonstrations use them.
_DRAMA = re.compile(r"\+447700900\d{3}", re.ASCII)
# RFC 3966 writes a number as an address, with parameters after it.
_SCHEME = re.compile(r"\s*tel:", re.IGNORECASE)
_E164 = re.compile(r"(?<![\w+])\+[1-9]\d{6,14}(?!\w)", re.ASCII)
_LETTERS = frozenset(string.ascii_letters)
_LONGEST = 60


def phone_number(value: str, *, mobile: bool, country: str | None = None) -> str:
    """The number in E.164. Without a + or the country's own way to dial abroad it is read as one of `country` (ISO 3166).

    Raises BadAddress; with `mobile` also for numbers that no SMS can reach.
    """
    import phonenumbers
    from phonenumbers import PhoneNumberFormat, PhoneNumberType

    value = _SCHEME.sub("", value, count=1)
    wrong = BadAddress("invalid_phone", _what_is_wanted(country))
    if len(value) > _LONGEST:
        raise wrong
    try:
        number = phonenumbers.parse(_with_plus(value), country)
    except phonenumbers.NumberParseException:
        raise wrong from None
    if number.extension:
        raise BadAddress("invalid_phone", "A number with an extension cannot be reached from outside.")
    if not _is_all(value, phonenumbers.national_significant_number(number)):
        raise BadAddress("invalid_phone", "This holds more than a telephone number, or something else.")
    e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    if _DRAMA.fullmatch(e164):
        return e164
    if not phonenumbers.is_valid_number(number):
        raise BadAddress("invalid_phone", "No telephone can have this number.")
    reachable = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}
    if mobile and phonenumbers.number_type(number) not in reachable:
        raise BadAddress("not_mobile", "This is not a mobile number, so no SMS reaches it.")
    return e164


def is_landline(number: str) -> bool:
    """Whether it is a number in international form that no SMS reaches, as far as is known."""
    try:
        phone_number(number, mobile=True)
    except BadAddress as wrong:
        return wrong.code == "not_mobile"
    return False


def carrier_number(written: str) -> str | None:
    """The number that a message came from, in E.164; None for a name or a short code.

    What a network writes as one is one, even where the library's tables do not know it yet.
    """
    try:
        return phone_number(written, mobile=False)
    except BadAddress:
        bare = written.strip()
        return bare if _E164.fullmatch(bare) else None


def countries() -> frozenset[str]:
    """Those that have telephones (ISO 3166, two letters)."""
    import phonenumbers

    return frozenset(phonenumbers.SUPPORTED_REGIONS)


def shown_numbers(text: str, country: str | None) -> str:
    """A text, its numbers in E.164 written as people do: `07700 900199` within `country`, `+33 6 12 34 56 78` from abroad."""
    return _E164.sub(lambda found: _shown(found[0], country), text) if "+" in text else text


def _shown(e164: str, country: str | None) -> str:
    import phonenumbers
    from phonenumbers import PhoneNumberFormat

    try:
        number = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return e164
    at_home = country is not None and number.country_code == phonenumbers.country_code_for_region(country)
    return str(
        phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL if at_home else PhoneNumberFormat.INTERNATIONAL)
    )


def _with_plus(value: str) -> str:
    """What most of the world dials before another country's number means the same as +, wherever it is read."""
    bare = value.lstrip(" \t(")
    return f"+{bare[2:]}" if bare.startswith("00") else value


def _is_all(value: str, number: str) -> bool:
    """The library takes the first number of what else is written; nothing of that is left out unsaid."""
    import phonenumbers

    first = next((one for one in value if one.isalnum()), "")
    letters = phonenumbers.convert_alpha_characters_in_number(value) if _LETTERS.intersection(value) else value
    return first.isdigit() and bool(phonenumbers.normalize_digits_only(letters).endswith(number))


def _what_is_wanted(country: str | None) -> str:
    if country is None:
        return "This is not a telephone number in international form, such as +44 7700 900123."
    import phonenumbers
    from phonenumbers import PhoneNumberFormat

    example = phonenumbers.example_number(country) if country in phonenumbers.SUPPORTED_REGIONS else None
    such = phonenumbers.format_number(example, PhoneNumberFormat.NATIONAL) if example else "+44 7700 900123"
    return f"This is not a telephone number, such as {such}, or from abroad with + and its country's code."
