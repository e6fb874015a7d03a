"""What Peppol BIS Billing 3 asks for beyond EN 16931."""

import re
from collections.abc import Iterator

from stdnum import ean

from letterbook.adapters.einvoices.elements import Element
from letterbook.adapters.einvoices.numbers import number_of
from letterbook.adapters.einvoices.ubl import BUYER, SELLER
from letterbook.domain.einvoice import RuleFault
from letterbook.domain.einvoice_address import SCHEMES, fault_of, wrong_check_digits
from letterbook.domain.party import EinvoiceAddress

CUSTOMIZATION = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
_PROFILE = re.compile(r"urn:fdc:peppol\.eu:2017:poacc:billing:[0-9]{2}:1\.0")
_DIRECT_DEBIT = {"49", "59"}
# Which rule says that a number of a scheme is written as it must be. Of all others it says nothing, and takes FR23342 for a SIREN;
# what looks like a number of its scheme, and has wrong check digits, is a slip of the pen all the same.
_FORMS = {"0088": "R040", "0192": "R041", "0184": "R042", "0208": "R043", "0007": "R049", "0151": "R050"}
_GLN = "0088"


def broken_for_peppol(root: Element) -> Iterator[RuleFault]:
    yield from _process(root)
    if not root.value("cbc:BuyerReference") and not root.value("cac:OrderReference/cbc:ID"):
        told = "It needs the buyer's reference, or the number of the order: ask the buyer for one of them."
        yield RuleFault("PEPPOL-EN16931-R003", root.at("cbc:BuyerReference"), told)
    yield from _empty(root)
    yield from _addresses(root)
    yield from _taxes(root)
    for means in root.all("cac:PaymentMeans"):
        if means.value("cbc:PaymentMeansCode") in _DIRECT_DEBIT and not means.value("cac:PaymentMandate/cbc:ID"):
            told = "It is to be paid by direct debit, and the mandate is missing."
            yield RuleFault("PEPPOL-EN16931-R061", means.at("cac:PaymentMandate/cbc:ID"), told)
    notes = list(root.all("cbc:Note"))
    if len(notes) > 1:
        yield RuleFault("PEPPOL-EN16931-R002", notes[1].where, "It has more than one note: write them as one.")


def _process(root: Element) -> Iterator[RuleFault]:
    customization, profile = root.value("cbc:CustomizationID"), root.value("cbc:ProfileID")
    if customization and not customization.startswith(CUSTOMIZATION):
        told = f"CustomizationID must be {CUSTOMIZATION}: it is what an invoice in Peppol keeps to."
        yield RuleFault("PEPPOL-EN16931-R004", root.at("cbc:CustomizationID"), told)
    if not profile:
        told = "ProfileID is missing: in Peppol it is urn:fdc:peppol.eu:2017:poacc:billing:01:1.0."
        yield RuleFault("PEPPOL-EN16931-R001", root.at("cbc:ProfileID"), told)
    elif not _PROFILE.fullmatch(profile):
        told = "ProfileID must be urn:fdc:peppol.eu:2017:poacc:billing:01:1.0."
        yield RuleFault("PEPPOL-EN16931-R007", root.at("cbc:ProfileID"), told)


def _empty(root: Element) -> Iterator[RuleFault]:
    for element in root.whole():
        if not element.children and not element.text:
            yield RuleFault("PEPPOL-EN16931-R008", element.where, "The element is empty: leave it out, or fill it in.")


def _addresses(root: Element) -> Iterator[RuleFault]:
    for rule, word, path in (("PEPPOL-EN16931-R020", "seller", SELLER), ("PEPPOL-EN16931-R010", "buyer", BUYER)):
        endpoint = root.first(f"{path}/cbc:EndpointID")
        if endpoint is None:
            yield RuleFault(rule, f"{root.name}/{path}/cbc:EndpointID", f"The {word} has no e-invoice address.")
        elif scheme := endpoint.attributes.get("schemeID"):
            if scheme not in SCHEMES:
                told = f"{scheme[:40]} is no scheme of e-invoice addresses."
                yield RuleFault("PEPPOL-EN16931-CL008", f"{endpoint.where}/@schemeID", told)
            else:
                yield from _broken_form(endpoint, scheme)
        for number in (
            *root.all(f"{path}/cac:PartyIdentification/cbc:ID"),
            *root.all(f"{path}/cac:PartyLegalEntity/cbc:CompanyID"),
        ):
            if number.attributes.get("schemeID") in SCHEMES:
                yield from _broken_form(number, number.attributes["schemeID"])


def _broken_form(element: Element, scheme: str) -> Iterator[RuleFault]:
    address = EinvoiceAddress(scheme=scheme, id=element.text)
    if not address.id:
        return
    if scheme not in _FORMS:
        told = wrong_check_digits(address)
    elif scheme == _GLN and address.id.isdecimal():
        # The rule takes a number of any length.
        told = None if ean.calc_check_digit(address.id[:-1]) == address.id[-1] else fault_of(address)
    else:
        told = fault_of(address)
    if told:
        yield RuleFault(
            f"PEPPOL-COMMON-{_FORMS[scheme]}" if scheme in _FORMS else "PEPPOL-EN16931-CL008", element.where, told
        )


def _taxes(root: Element) -> Iterator[RuleFault]:
    totals = list(root.all("cac:TaxTotal"))
    parted = [one for one in totals if one.first("cac:TaxSubtotal")]
    if len(parted) != 1:
        told = "The taxes by category must be there once." if parted else "The taxes by category are missing."
        yield RuleFault("PEPPOL-EN16931-R053", f"{root.name}/cac:TaxTotal", told)
    currency = root.value("cbc:TaxCurrencyCode")
    if len(totals) - len(parted) != (1 if currency else 0):
        told = (
            "The tax in the currency of the accounts must be there once, without categories."
            if currency
            else "A tax without categories is there only in another currency, that of the accounts (TaxCurrencyCode)."
        )
        yield RuleFault("PEPPOL-EN16931-R054", f"{root.name}/cac:TaxTotal", told)
    if currency and currency == root.value("cbc:DocumentCurrencyCode"):
        told = "The currency of the accounts is named only where it is another one."
        yield RuleFault("PEPPOL-EN16931-R005", root.at("cbc:TaxCurrencyCode"), told)
    amounts = [amount for one in totals if (amount := number_of(one.first("cbc:TaxAmount"))) is not None]
    if currency and any(amount < 0 for amount in amounts) and any(amount > 0 for amount in amounts):
        told = "The tax is more than nought in one currency, and less in the other."
        yield RuleFault("PEPPOL-EN16931-R055", f"{root.name}/cac:TaxTotal/cbc:TaxAmount", told)
