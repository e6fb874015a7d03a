"""What may not be missing."""

from collections.abc import Iterator

from letterbook.adapters.einvoices.elements import Element
from letterbook.adapters.einvoices.numbers import number_of
from letterbook.adapters.einvoices.ubl import BUYER, SELLER, vat_number
from letterbook.domain.einvoice import RuleFault

_COUNTRY = "cac:Country/cbc:IdentificationCode"
# Rule, what must be there in the invoice itself, what to say.
_OF_THE_INVOICE = (
    ("BR-01", "cbc:CustomizationID", "It does not say which rules it keeps (CustomizationID)."),
    ("BR-02", "cbc:ID", "It has no number."),
    ("BR-03", "cbc:IssueDate", "It has no date of issue."),
    ("BR-05", "cbc:DocumentCurrencyCode", "It names no currency."),
    ("BR-06", f"{SELLER}/cac:PartyLegalEntity/cbc:RegistrationName", "The seller has no name."),
    ("BR-07", f"{BUYER}/cac:PartyLegalEntity/cbc:RegistrationName", "The buyer has no name."),
    ("BR-12", "cac:LegalMonetaryTotal/cbc:LineExtensionAmount", "The sum of the lines is missing."),
    ("BR-13", "cac:LegalMonetaryTotal/cbc:TaxExclusiveAmount", "The total without tax is missing."),
    ("BR-14", "cac:LegalMonetaryTotal/cbc:TaxInclusiveAmount", "The total with tax is missing."),
    ("BR-15", "cac:LegalMonetaryTotal/cbc:PayableAmount", "The amount to pay is missing."),
)
# Rule, wherever this is, what must be in it, what to say.
_WITHIN = (
    ("BR-09", f"{SELLER}/cac:PostalAddress", _COUNTRY, "The seller's address has no country."),
    ("BR-11", f"{BUYER}/cac:PostalAddress", _COUNTRY, "The buyer's address has no country."),
    ("BR-17", "cac:PayeeParty", "cac:PartyName/cbc:Name", "Who is to be paid has no name."),
    ("BR-18", "cac:TaxRepresentativeParty", "cac:PartyName/cbc:Name", "The tax representative has no name."),
    ("BR-20", "cac:TaxRepresentativeParty/cac:PostalAddress", _COUNTRY, "The representative's address has no country."),
    ("BR-49", "cac:PaymentMeans", "cbc:PaymentMeansCode", "How to pay has no code."),
    ("BR-52", "cac:AdditionalDocumentReference", "cbc:ID", "A further document has no reference."),
    ("BR-55", "cac:BillingReference", "cac:InvoiceDocumentReference/cbc:ID", "The earlier invoice has no number."),
    ("BR-57", "cac:Delivery/cac:DeliveryLocation/cac:Address", _COUNTRY, "The place of delivery has no country."),
    ("BR-45", "cac:TaxTotal/cac:TaxSubtotal", "cbc:TaxableAmount", "It is missing on what the tax is charged."),
    ("BR-46", "cac:TaxTotal/cac:TaxSubtotal", "cbc:TaxAmount", "The amount of the tax is missing."),
    ("BR-47", "cac:TaxTotal/cac:TaxSubtotal", "cac:TaxCategory/cbc:ID", "The tax has no category."),
)
_BY_TRANSFER = {"30", "58"}
# What says by when it is to be paid.
_UNTIL = ("cbc:DueDate", "cac:PaymentMeans/cbc:PaymentDueDate", "cac:PaymentTerms/cbc:Note")


def missing_fields(root: Element) -> Iterator[RuleFault]:
    for rule, path, told in _OF_THE_INVOICE:
        if not root.value(path):
            yield RuleFault(rule, root.at(path), told)
    kind = "InvoiceTypeCode" if root.name == "Invoice" else "CreditNoteTypeCode"
    if not root.value("cbc:InvoiceTypeCode") and not root.value("cbc:CreditNoteTypeCode"):
        yield RuleFault("BR-04", f"{root.name}/cbc:{kind}", "It has no type code.")
    for rule, party, path in (("BR-08", "seller", SELLER), ("BR-10", "buyer", BUYER)):
        if root.first(f"{path}/cac:PostalAddress") is None:
            yield RuleFault(rule, f"{root.name}/{path}/cac:PostalAddress", f"The {party} has no address.")
    if root.first("cac:InvoiceLine") is None and root.first("cac:CreditNoteLine") is None:
        line = "InvoiceLine" if root.name == "Invoice" else "CreditNoteLine"
        yield RuleFault("BR-16", f"{root.name}/cac:{line}", "It has no line.")
    for rule, place, path, told in _WITHIN:
        for element in root.all(place):
            if not element.value(path):
                yield RuleFault(rule, element.at(path), told)
    yield from _parties(root)
    yield from _payment(root)


def _parties(root: Element) -> Iterator[RuleFault]:
    seller = root.first(SELLER)
    if seller and not (
        seller.value("cac:PartyIdentification/cbc:ID")
        or seller.value("cac:PartyLegalEntity/cbc:CompanyID")
        or vat_number(seller)
    ):
        yield RuleFault("BR-CO-26", seller.where, "The seller has no number: of its register, or its VAT number.")
    for rule, party, path in (("BR-62", "seller", SELLER), ("BR-63", "buyer", BUYER)):
        endpoint = root.first(f"{path}/cbc:EndpointID")
        if endpoint and not endpoint.attributes.get("schemeID"):
            yield RuleFault(rule, f"{endpoint.where}/@schemeID", f"The {party}'s e-invoice address has no scheme.")
    for one in root.all("cac:TaxRepresentativeParty"):
        if one.first("cac:PostalAddress") is None:
            yield RuleFault("BR-19", one.at("cac:PostalAddress"), "The tax representative has no address.")
        if not vat_number(one):
            yield RuleFault("BR-56", one.at("cac:PartyTaxScheme"), "The tax representative has no VAT number.")


def _payment(root: Element) -> Iterator[RuleFault]:
    for means in root.all("cac:PaymentMeans"):
        if means.value("cbc:PaymentMeansCode") in _BY_TRANSFER and not means.value("cac:PayeeFinancialAccount/cbc:ID"):
            told = "It is to be paid by transfer, and there is no account to pay to."
            yield RuleFault("BR-61", means.at("cac:PayeeFinancialAccount/cbc:ID"), told)
    payable = number_of(root.first("cac:LegalMonetaryTotal/cbc:PayableAmount"))
    until = any(root.value(path) for path in _UNTIL)
    if root.name == "Invoice" and payable is not None and payable > 0 and not until:
        told = "Something is to be paid, and neither a due date nor terms of payment say by when."
        yield RuleFault("BR-CO-25", "Invoice/cbc:DueDate", told)
