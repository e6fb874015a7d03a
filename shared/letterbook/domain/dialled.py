"""Telephone numbers as they are looked for: however they are spaced, with or without the country's prefix.

The library is imported where it is used: most texts and queries hold no number.
"""

from itertools import islice

_FEWEST, _MOST = 7, 15


def dialled_forms(written: str, country: str | None, *, lenient: bool = False) -> tuple[str, ...]:
    """The digits of a number as abroad dials it, as home does, and in home's groups; nothing for what is no such number.

    What begins with a plus or a nought is one where it has as many digits as one; anything else only where there is such a number,
    or of a `lenient` reader.
    """
    digits = sum(one.isdigit() for one in written)
    if not _FEWEST <= digits <= _MOST + 4:
        return ()
    import phonenumbers
    from phonenumbers import PhoneNumberFormat

    bare = written.lstrip("(")
    international = bare.startswith("+")
    try:
        number = phonenumbers.parse(written, None if international else country)
    except phonenumbers.NumberParseException:
        return ()
    stated = lenient or international or bare.startswith("0")
    if not (phonenumbers.is_possible_number(number) if stated else phonenumbers.is_valid_number(number)):
        return ()
    abroad = phonenumbers.format_number(number, PhoneNumberFormat.E164).removeprefix("+")
    home = phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)
    groups = "".join(one if one.isdigit() else " " for one in home).split()
    return tuple(islice(dict.fromkeys((abroad, "".join(groups), *groups)), 6))
