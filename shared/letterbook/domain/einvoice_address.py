"""The addresses of e-invoices: which schemes there are, and whether a number is one of its scheme.

A scheme is a code of four digits (ISO 6523, and Peppol's own from 9900 on), which says what the number is: of an enterprise's
register, of VAT, of a place. Most end in check digits, so a slip of the pen is told before anything is sent.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module

from letterbook.domain.party import EinvoiceAddress

# Peppol's policy for identifiers: a scheme's number has no more characters, of which none is a space.
_LONGEST = 50
_CHARACTERS = re.compile(r"[\w.:/+\-~@]+", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """What a scheme is called, and what its numbers look like: `form` as a pattern, in words, and as an example.

    `checks` are the modules of python-stdnum of which one must find the number right, where there is a check that is certain.
    """

    label: str
    form: str = ""
    words: str = ""
    example: str = ""
    checks: tuple[str, ...] = ()


def _vat(country: str, code: str, form: str, example: str, check: str = "") -> Scheme:
    return Scheme(
        label=f"{country}: VAT number",
        form=rf"(?:{code})?{form}",
        words=f"{code} and the VAT number",
        example=f"{code}{example}",
        checks=(check,) if check else (),
    )


# In the order in which a list to choose from shows them: by country, what is used most first; then what is of no country.
SCHEMES: Mapping[str, Scheme] = {
    "0208": Scheme(
        label="Belgium: enterprise number (CBE)",
        form=r"\d{10}",
        words="10 digits",
        example="0123456749",
        checks=("be.vat",),
    ),
    "9925": _vat("Belgium", "BE", r"\d{10}", "0123456749", "be.vat"),
    "9956": Scheme(label="Belgium: enterprise number (older)", form=r"\d{10}", words="10 digits", checks=("be.vat",)),
    "0009": Scheme(
        label="France: SIRET", form=r"\d{14}", words="14 digits", example="73282932000074", checks=("fr.siret",)
    ),
    "0002": Scheme(
        label="France: SIREN",
        form=r"\d{9}|\d{14}",
        words="9 digits",
        example="732829320",
        checks=("fr.siren", "fr.siret"),
    ),
    "0225": Scheme(
        label="France: address of the e-invoicing reform", form=r"\d{9}\w*", words="a SIREN, and what follows it"
    ),
    "9957": _vat("France", "FR", r"[A-Z0-9]{2}\d{9}", "44732829320", "fr.tva"),
    "0204": Scheme(
        label="Germany: Leitweg-ID",
        form=r"\d{2,12}(?:-[A-Z0-9]{1,30})?-\d{2}",
        words="digits in two or three groups, with hyphens",
        example="991-03730-19",
        checks=("de.leitweg",),
    ),
    "9930": _vat("Germany", "DE", r"\d{9}", "136695976", "de.vat"),
    "9958": Scheme(label="Germany: Leitweg-ID (older)"),
    "0246": Scheme(label="Germany: economic identification number"),
    "0106": Scheme(label="Netherlands: chamber of commerce (KvK)", form=r"\d{8}", words="8 digits", example="12345678"),
    "0190": Scheme(label="Netherlands: public body (OIN)", form=r"\d{20}", words="20 digits"),
    "9944": _vat("Netherlands", "NL", r"\d{9}B\d{2}", "004495445B01", "nl.btw"),
    "9954": Scheme(label="Netherlands: public body (OIN, older)"),
    "0192": Scheme(
        label="Norway: organisation number",
        form=r"\d{9}",
        words="9 digits",
        example="974760673",
        checks=("no.orgnr",),
    ),
    "9908": Scheme(label="Norway: organisation number (older)", form=r"\d{9}", words="9 digits", checks=("no.orgnr",)),
    "9909": Scheme(label="Norway: VAT number"),
    "0007": Scheme(
        label="Sweden: organisation number",
        form=r"\d{10}",
        words="10 digits",
        example="5560360793",
        checks=("se.orgnr",),
    ),
    "9955": Scheme(label="Sweden: VAT number"),
    "0184": Scheme(label="Denmark: CVR", form=r"DK\d{8}", words="DK and 8 digits", example="DK12345674"),
    "0096": Scheme(label="Denmark: P number"),
    "0198": Scheme(label="Denmark: SE number", form=r"DK\d{8}", words="DK and 8 digits"),
    "9901": Scheme(label="Denmark: P number (older)"),
    "9902": Scheme(label="Denmark: CVR (older)"),
    "0216": Scheme(label="Finland: OVT"),
    "0037": Scheme(label="Finland: OVT (older)"),
    "0212": Scheme(label="Finland: organisation"),
    "0213": Scheme(label="Finland: VAT number"),
    "0215": Scheme(label="Finland: Net service ID"),
    "0211": _vat("Italy", "IT", r"\d{11}", "00743110157", "it.iva"),
    "0210": Scheme(label="Italy: codice fiscale", form=r"[A-Za-z0-9]{16}|\d{11}", words="16 characters, or 11 digits"),
    "0201": Scheme(label="Italy: public body (IPA)", form=r"[A-Za-z0-9]{6}", words="6 letters and digits"),
    "0205": Scheme(label="Italy: CODDEST"),
    "0097": Scheme(label="Italy: EDIFORUM"),
    "0135": Scheme(label="Italy: SIA"),
    "0142": Scheme(label="Italy: SECETI"),
    "9906": Scheme(label="Italy: VAT number (older)"),
    "9907": Scheme(label="Italy: codice fiscale (older)"),
    "9920": _vat("Spain", "ES", r"[A-Z0-9]\d{7}[A-Z0-9]", "B58378431", "es.nif"),
    "9932": Scheme(label="United Kingdom: VAT number"),
    "9935": Scheme(label="Ireland: VAT number"),
    "9914": Scheme(label="Austria: VAT number"),
    "9915": Scheme(label="Austria: public body"),
    "9938": Scheme(label="Luxembourg: VAT number"),
    "0240": Scheme(label="Luxembourg: register of legal persons"),
    "0183": Scheme(label="Switzerland: enterprise number (UID)"),
    "9927": Scheme(label="Switzerland: VAT number"),
    "9945": Scheme(label="Poland: VAT number"),
    "9946": Scheme(label="Portugal: VAT number"),
    "0191": Scheme(label="Estonia: register of companies"),
    "9931": Scheme(label="Estonia: VAT number"),
    "0218": Scheme(label="Latvia: register of enterprises"),
    "9939": Scheme(label="Latvia: VAT number"),
    "0200": Scheme(label="Lithuania: legal entity"),
    "9937": Scheme(label="Lithuania: VAT number"),
    "0196": Scheme(label="Iceland: kennitala"),
    "9917": Scheme(label="Iceland: kennitala (older)"),
    "0158": Scheme(label="Slovakia: organisation (IČO)"),
    "0245": Scheme(label="Slovakia: tax number (DIČ)"),
    "9950": Scheme(label="Slovakia: VAT number"),
    "0154": Scheme(label="Czechia: organisation (IČO)"),
    "9929": Scheme(label="Czechia: VAT number"),
    "9910": Scheme(label="Hungary: VAT number"),
    "9919": Scheme(label="Austria: company register (KUR)"),
    "9922": Scheme(label="Andorra: VAT number"),
    "9923": Scheme(label="Albania: VAT number"),
    "9924": Scheme(label="Bosnia and Herzegovina: VAT number"),
    "9926": Scheme(label="Bulgaria: VAT number"),
    "9928": Scheme(label="Cyprus: VAT number"),
    "9933": Scheme(label="Greece: VAT number"),
    "9934": Scheme(label="Croatia: VAT number"),
    "9936": Scheme(label="Liechtenstein: VAT number"),
    "9940": Scheme(label="Monaco: VAT number"),
    "9941": Scheme(label="Montenegro: VAT number"),
    "9942": Scheme(label="North Macedonia: VAT number"),
    "9943": Scheme(label="Malta: VAT number"),
    "9947": Scheme(label="Romania: VAT number"),
    "9948": Scheme(label="Serbia: VAT number"),
    "9949": Scheme(label="Slovenia: VAT number"),
    "9951": Scheme(label="San Marino: VAT number"),
    "9952": Scheme(label="Türkiye: VAT number"),
    "9953": Scheme(label="Vatican City: VAT number"),
    "0151": Scheme(
        label="Australia: ABN", form=r"\d{11}", words="11 digits", example="83914571673", checks=("au.abn",)
    ),
    "0195": Scheme(label="Singapore: UEN"),
    "0230": Scheme(label="Malaysia: national e-invoicing"),
    "0188": Scheme(label="Japan: corporate number"),
    "0221": Scheme(label="Japan: registered number of qualified invoices"),
    "0147": Scheme(label="Japan: standard company code"),
    "0170": Scheme(label="Japan: Teikoku company code"),
    "0235": Scheme(label="United Arab Emirates: tax number (TIN)"),
    "0244": Scheme(label="Nigeria: tax number (TIN)"),
    "9959": Scheme(label="United States: EIN"),
    "0088": Scheme(label="GLN (GS1)", form=r"\d{13}", words="13 digits", example="7300010000001", checks=("ean",)),
    "0060": Scheme(label="D-U-N-S number", form=r"\d{9}", words="9 digits"),
    "0199": Scheme(label="LEI", form=r"[A-Z0-9]{18}\d{2}", words="20 characters", checks=("lei",)),
    "0209": Scheme(label="GS1 identification key"),
    "0130": Scheme(label="Directorates of the European Commission"),
    "0193": Scheme(label="UBL.BE party"),
    "0202": Scheme(label="Italy: certified mail (PEC)"),
    "0203": Scheme(label="Sweden: eDelivery network"),
    "0217": Scheme(label="Netherlands: chamber of commerce, branch"),
    "0242": Scheme(label="OpenPeppol service provider"),
    "9913": Scheme(label="Business Registers Network"),
    "9918": Scheme(label="SWIFT: IBAN"),
}


def fault_of(address: EinvoiceAddress) -> str | None:
    """Why an address cannot be one, in plain words; None where nothing is wrong with it. Nothing says that somebody has it."""
    scheme = SCHEMES.get(address.scheme)
    if scheme is None:
        return (
            f"{address.scheme[:10]} is no scheme of e-invoice addresses: it has four digits, such as 0208 for Belgium."
        )
    if not address.id:
        return f"The number is missing ({scheme.label})."
    if len(address.id) > _LONGEST or not _CHARACTERS.fullmatch(address.id):
        return f"The number has more than {_LONGEST} characters, or a space in it ({scheme.label})."
    if scheme.form and not re.fullmatch(scheme.form, address.id, re.ASCII):
        such_as = f", such as {scheme.example}" if scheme.example else ""
        return f"{address.id} is no number of its scheme ({scheme.label}): that is {scheme.words}{such_as}."
    return wrong_check_digits(address)


def wrong_check_digits(address: EinvoiceAddress) -> str | None:
    """What is wrong with a number that looks like one of its scheme, by its check digits alone; None for whatever else it is.

    It is for addresses within a file, of which the networks' rules say the form (or say nothing, and take what others refuse).
    """
    scheme = SCHEMES.get(address.scheme)
    if scheme is None or not scheme.checks or not re.fullmatch(scheme.form, address.id, re.ASCII):
        return None
    if any(import_module(f"stdnum.{check}").is_valid(address.id) for check in scheme.checks):
        return None
    return f"{address.id} is no number of its scheme ({scheme.label}): its check digits do not agree with the others."
