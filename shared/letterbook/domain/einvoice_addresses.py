"""Addresses of e-invoices: whose number each ISO 6523 scheme holds, and whether a number can be one of it.

Schemes that are not listed here are taken as they are: a network has more of them than anybody can check. Their check digits are
python-stdnum's, which is imported where it is used: reading and following messages never needs it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType

from letterbook.domain.party import EinvoiceAddress
from letterbook.domain.recipients import BadAddress


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """`name` says what its numbers are, `form` what one looks like in words, `pattern` the same for programs.

    `check` is the module of stdnum that knows its check digits; None where it has none. It is asked about what `checked` of the
    pattern's groups holds.
    """

    name: str
    form: str
    pattern: str
    check: str | None = None
    checked: int = 0


def _vat(country: str, of: str, form: str, pattern: str, check: str) -> Scheme:
    return Scheme(
        name=f"VAT number ({country})", form=f"{of} and {form}", pattern=rf"(?i:{of}){pattern}", check=check, checked=0
    )


SCHEMES: Mapping[str, Scheme] = MappingProxyType(
    {
        "0208": Scheme(name="Enterprise number (Belgium)", form="10 digits", pattern=r"\d{10}", check="be.vat"),
        "9925": _vat("Belgium", "BE", "10 digits", r"\d{10}", "be.vat"),
        "0002": Scheme(name="SIREN (France)", form="9 digits", pattern=r"\d{9}", check="fr.siren"),
        "0009": Scheme(name="SIRET (France)", form="14 digits", pattern=r"\d{14}", check="fr.siret"),
        "0225": Scheme(
            name="FRCTC address (France)",
            form="a SIREN, and what may follow it after an underscore",
            pattern=r"(\d{9})(?:_.+)?",
            check="fr.siren",
            checked=1,
        ),
        "9957": _vat("France", "FR", "11 letters or digits", r"[0-9A-Za-z]{2}\d{9}", "fr.tva"),
        "0106": Scheme(name="KvK number (Netherlands)", form="8 digits", pattern=r"\d{8}"),
        "0190": Scheme(name="OIN (Netherlands)", form="20 digits", pattern=r"\d{20}"),
        "9944": _vat("Netherlands", "NL", "12 letters or digits", r"\d{9}B\d{2}", "nl.btw"),
        "0204": Scheme(
            name="Leitweg-ID (Germany)",
            form="its parts with hyphens between them, such as 04011000-1234512345-06",
            pattern=r"\d{2,12}-(?:[0-9A-Za-z]{1,30}-)?\d{2}",
            check="de.leitweg",
        ),
        "9930": _vat("Germany", "DE", "9 digits", r"\d{9}", "de.vat"),
        "9914": _vat("Austria", "AT", "U and 8 digits", r"U\d{8}", "at.uid"),
        "0184": Scheme(
            name="CVR number (Denmark)", form="8 digits", pattern=r"(?:DK)?(\d{8})", check="dk.cvr", checked=1
        ),
        "0192": Scheme(name="Organisation number (Norway)", form="9 digits", pattern=r"\d{9}", check="no.orgnr"),
        "0007": Scheme(name="Organisation number (Sweden)", form="10 digits", pattern=r"\d{10}", check="se.orgnr"),
        "0216": Scheme(
            name="OVT code (Finland)",
            form="0037, 8 digits, and at most 5 more signs",
            pattern=r"0037(\d{8})[0-9A-Za-z]{0,5}",
            check="fi.ytunnus",
            checked=1,
        ),
        "0037": Scheme(
            name="OVT code (Finland)",
            form="0037, 8 digits, and at most 5 more signs",
            pattern=r"(?:0037)?(\d{8})[0-9A-Za-z]{0,5}",
            check="fi.ytunnus",
            checked=1,
        ),
        "0210": Scheme(
            name="Codice fiscale (Italy)",
            form="11 digits or 16 letters and digits",
            pattern=r"\d{11}|[0-9A-Za-z]{16}",
            check="it.codicefiscale",
        ),
        "0211": _vat("Italy", "IT", "11 digits", r"\d{11}", "it.iva"),
        "9920": _vat("Spain", "ES", "9 letters or digits", r"[0-9A-Za-z]{9}", "es.nif"),
        "9932": _vat("United Kingdom", "GB", "9 digits", r"\d{9}(?:\d{3})?", "gb.vat"),
        "0183": Scheme(name="UID (Switzerland)", form="CHE and 9 digits", pattern=r"CHE\d{9}", check="ch.uid"),
        "0195": Scheme(
            name="UEN (Singapore)",
            form="SGUEN or UEN before 9 or 10 letters and digits",
            pattern=r"(?:SG)?(?:UEN)?([0-9A-Za-z]{9,10})",
            check="sg.uen",
            checked=1,
        ),
        "0088": Scheme(name="GLN (GS1)", form="13 digits", pattern=r"\d{13}", check="ean"),
        "0060": Scheme(name="D-U-N-S number", form="9 digits", pattern=r"\d{9}"),
        "0199": Scheme(name="LEI", form="20 letters and digits", pattern=r"[0-9A-Z]{20}", check="lei"),
    }
)
# What an address of Chorus Pro is: the buyer's SIRET.
SIRET = "0009"


def check_address(address: EinvoiceAddress) -> None:
    """Raises BadAddress, whose code is `invalid_format` or `check_digit`, for a number that is none of its scheme."""
    scheme = SCHEMES.get(address.scheme)
    if scheme is None:
        return
    found = re.fullmatch(scheme.pattern, address.id, re.ASCII)
    if found is None:
        raise BadAddress("invalid_format", f"{scheme_name(address.scheme)} is {scheme.form}.")
    if scheme.check and not import_module(f"stdnum.{scheme.check}").is_valid(found[scheme.checked]):
        told = f"{address.id} is no {scheme.name}: its check digits do not fit. Look for a digit that was mistyped."
        raise BadAddress("check_digit", told)


def scheme_name(scheme: str) -> str:
    """What people call it, with its number."""
    known = SCHEMES.get(scheme)
    return f"{known.name}, scheme {scheme}," if known else f"A number of scheme {scheme}"


def same_participant(one: EinvoiceAddress, other: EinvoiceAddress) -> bool:
    """Whether two addresses are one participant's: case tells nothing (Peppol, Policy for use of identifiers)."""
    return (one.scheme, one.id.casefold()) == (other.scheme, other.id.casefold())
