"""What Chorus Pro asks for beyond EN 16931: it finds the buyer by the SIRET."""

from collections.abc import Iterator
from itertools import chain

from letterbook.adapters.einvoices.elements import Element
from letterbook.adapters.einvoices.ubl import BUYER
from letterbook.domain.einvoice import RuleFault
from letterbook.domain.einvoice_address import fault_of
from letterbook.domain.party import EinvoiceAddress

_SIRET = "0009"
# Where the SIRET may stand; Chorus Pro's own older files say what it is by a name, 1.
_PLACES = ("cac:PartyIdentification/cbc:ID", "cac:PartyLegalEntity/cbc:CompanyID", "cbc:EndpointID")


def broken_for_chorus_pro(root: Element) -> Iterator[RuleFault]:
    numbers = list(chain.from_iterable(root.all(f"{BUYER}/{place}") for place in _PLACES))
    named = [
        one for one in numbers if one.attributes.get("schemeID") == _SIRET or one.attributes.get("schemeName") == "1"
    ]
    found = named or [
        one for one in numbers if not one.attributes.get("schemeID") and len(one.text) == 14 and one.text.isdecimal()
    ]
    if not found:
        told = "The buyer's SIRET is missing, by which Chorus Pro finds who gets the invoice (schemeID 0009)."
        yield RuleFault("CHORUS-SIRET", f"{root.name}/{BUYER}/cac:PartyIdentification/cbc:ID", told)
    for one in found:
        fault = fault_of(EinvoiceAddress(scheme=_SIRET, id=one.text))
        if fault:
            yield RuleFault("CHORUS-SIRET", one.where, fault)
