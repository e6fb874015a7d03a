"""The form of UBL 2.1, as far as it is what access points refuse a file for: what stands in what, in which order, how often.

It is no schema: of what an invoice holds, the order is known, and of the invoice itself all there may be. What else UBL has, for
other documents, is let through wherever it stands.
"""

from collections.abc import Iterator, Mapping

from letterbook.adapters.einvoices.elements import Element
from letterbook.domain.einvoice import RuleFault

# Of each, in their order; what may be there more than once has a star.
_INVOICE = """
ext:UBLExtensions cbc:UBLVersionID cbc:CustomizationID cbc:ProfileID cbc:ProfileExecutionID cbc:ID cbc:CopyIndicator cbc:UUID
cbc:IssueDate cbc:IssueTime cbc:DueDate cbc:InvoiceTypeCode cbc:Note* cbc:TaxPointDate cbc:DocumentCurrencyCode cbc:TaxCurrencyCode
cbc:PricingCurrencyCode cbc:PaymentCurrencyCode cbc:PaymentAlternativeCurrencyCode cbc:AccountingCostCode cbc:AccountingCost
cbc:LineCountNumeric cbc:BuyerReference cac:InvoicePeriod* cac:OrderReference cac:BillingReference* cac:DespatchDocumentReference*
cac:ReceiptDocumentReference* cac:StatementDocumentReference* cac:OriginatorDocumentReference* cac:ContractDocumentReference*
cac:AdditionalDocumentReference* cac:ProjectReference* cac:Signature* cac:AccountingSupplierParty cac:AccountingCustomerParty
cac:PayeeParty cac:BuyerCustomerParty cac:SellerSupplierParty cac:TaxRepresentativeParty cac:Delivery* cac:DeliveryTerms
cac:PaymentMeans* cac:PaymentTerms* cac:PrepaidPayment* cac:AllowanceCharge* cac:TaxExchangeRate cac:PricingExchangeRate
cac:PaymentExchangeRate cac:PaymentAlternativeExchangeRate cac:TaxTotal* cac:WithholdingTaxTotal* cac:LegalMonetaryTotal
cac:InvoiceLine*"""
_CREDIT_NOTE = """
ext:UBLExtensions cbc:UBLVersionID cbc:CustomizationID cbc:ProfileID cbc:ProfileExecutionID cbc:ID cbc:CopyIndicator cbc:UUID
cbc:IssueDate cbc:IssueTime cbc:TaxPointDate cbc:CreditNoteTypeCode cbc:Note* cbc:DocumentCurrencyCode cbc:TaxCurrencyCode
cbc:PricingCurrencyCode cbc:PaymentCurrencyCode cbc:PaymentAlternativeCurrencyCode cbc:AccountingCostCode cbc:AccountingCost
cbc:LineCountNumeric cbc:BuyerReference cac:InvoicePeriod* cac:DiscrepancyResponse* cac:OrderReference cac:BillingReference*
cac:DespatchDocumentReference* cac:ReceiptDocumentReference* cac:ContractDocumentReference* cac:AdditionalDocumentReference*
cac:StatementDocumentReference* cac:OriginatorDocumentReference* cac:Signature* cac:AccountingSupplierParty
cac:AccountingCustomerParty cac:PayeeParty cac:BuyerCustomerParty cac:SellerSupplierParty cac:TaxRepresentativeParty cac:Delivery*
cac:DeliveryTerms* cac:PaymentMeans* cac:PaymentTerms* cac:TaxExchangeRate cac:PricingExchangeRate cac:PaymentExchangeRate
cac:PaymentAlternativeExchangeRate cac:AllowanceCharge* cac:TaxTotal* cac:LegalMonetaryTotal cac:CreditNoteLine*"""
_CATEGORY = "cbc:ID cbc:Name cbc:Percent cbc:TaxExemptionReasonCode cbc:TaxExemptionReason* cac:TaxScheme"
_ADDRESS = """
cbc:ID cbc:Postbox cbc:StreetName cbc:AdditionalStreetName cbc:BuildingName cbc:BuildingNumber cbc:Department cbc:CityName
cbc:PostalZone cbc:CountrySubentity cac:AddressLine* cac:Country"""
_PARTY = """
cbc:WebsiteURI cbc:EndpointID cac:PartyIdentification* cac:PartyName* cac:PostalAddress cac:PartyTaxScheme* cac:PartyLegalEntity*
cac:Contact"""
_REFERENCE = "cbc:ID cbc:IssueDate cbc:DocumentTypeCode cbc:DocumentDescription* cac:Attachment"
_ORDERS = {
    "Invoice": _INVOICE,
    "CreditNote": _CREDIT_NOTE,
    "cac:Party": _PARTY,
    "cac:PayeeParty": _PARTY,
    "cac:TaxRepresentativeParty": _PARTY,
    "cac:Contact": "cbc:Name cbc:Telephone cbc:ElectronicMail",
    "cac:OrderReference": "cbc:ID cbc:SalesOrderID",
    "cac:InvoiceDocumentReference": _REFERENCE,
    "cac:AdditionalDocumentReference": _REFERENCE,
    "cac:DocumentReference": _REFERENCE,
    "cac:Delivery": "cbc:ActualDeliveryDate cac:DeliveryLocation cac:DeliveryParty",
    "cac:DeliveryLocation": "cbc:ID cac:Address",
    "cac:PayeeFinancialAccount": "cbc:ID cbc:Name cac:FinancialInstitutionBranch",
    "cac:AdditionalItemProperty": "cbc:Name cbc:Value",
    "cac:PostalAddress": _ADDRESS,
    "cac:Address": _ADDRESS,
    "cac:InvoicePeriod": "cbc:StartDate cbc:EndDate cbc:DescriptionCode*",
    "cac:PartyTaxScheme": "cbc:RegistrationName cbc:CompanyID cac:TaxScheme",
    "cac:PartyLegalEntity": "cbc:RegistrationName cbc:CompanyID cbc:CompanyLegalForm",
    "cac:PaymentMeans": """
cbc:ID cbc:PaymentMeansCode cbc:PaymentDueDate cbc:InstructionNote* cbc:PaymentID* cac:CardAccount cac:PayeeFinancialAccount
cac:PaymentMandate""",
    "cac:AllowanceCharge": """
cbc:ChargeIndicator cbc:AllowanceChargeReasonCode cbc:AllowanceChargeReason* cbc:MultiplierFactorNumeric cbc:Amount cbc:BaseAmount
cac:TaxCategory*""",
    "cac:TaxTotal": "cbc:TaxAmount cac:TaxSubtotal*",
    "cac:TaxSubtotal": "cbc:TaxableAmount cbc:TaxAmount cac:TaxCategory",
    "cac:TaxCategory": _CATEGORY,
    "cac:ClassifiedTaxCategory": _CATEGORY,
    "cac:LegalMonetaryTotal": """
cbc:LineExtensionAmount cbc:TaxExclusiveAmount cbc:TaxInclusiveAmount cbc:AllowanceTotalAmount cbc:ChargeTotalAmount
cbc:PrepaidAmount cbc:PayableRoundingAmount cbc:PayableAmount""",
    "cac:InvoiceLine": """
cbc:ID cbc:Note* cbc:InvoicedQuantity cbc:LineExtensionAmount cbc:AccountingCost cac:InvoicePeriod* cac:OrderLineReference*
cac:DocumentReference* cac:AllowanceCharge* cac:Item cac:Price""",
    "cac:CreditNoteLine": """
cbc:ID cbc:Note* cbc:CreditedQuantity cbc:LineExtensionAmount cbc:AccountingCost cac:InvoicePeriod* cac:OrderLineReference*
cac:DocumentReference* cac:AllowanceCharge* cac:Item cac:Price""",
    "cac:Item": """
cbc:Description* cbc:Name cac:BuyersItemIdentification cac:SellersItemIdentification cac:StandardItemIdentification
cac:OriginCountry cac:CommodityClassification* cac:ClassifiedTaxCategory* cac:AdditionalItemProperty*""",
    "cac:Price": "cbc:PriceAmount cbc:BaseQuantity cac:AllowanceCharge*",
}
_PLACES: Mapping[str, Mapping[str, int]] = {
    name: {word.rstrip("*"): place for place, word in enumerate(order.split())} for name, order in _ORDERS.items()
}
_SEVERAL: Mapping[str, frozenset[str]] = {
    name: frozenset(word.rstrip("*") for word in order.split() if word.endswith("*")) for name, order in _ORDERS.items()
}
_ROOTS = {"Invoice", "CreditNote"}
# What belongs to the other of the two: that is said in better words (structure.py).
_OF_THE_OTHER = {"cbc:InvoiceTypeCode", "cbc:CreditNoteTypeCode", "cac:InvoiceLine", "cac:CreditNoteLine"}
_EXTENSIONS = "ext:UBLExtensions"


def broken_schema(root: Element) -> Iterator[RuleFault]:
    stack = [root]
    while stack:
        element = stack.pop()
        yield from _broken(element)
        # What firms add for themselves is theirs.
        stack.extend(child for child in reversed(element.children) if child.name != _EXTENSIONS)


def _broken(element: Element) -> Iterator[RuleFault]:
    places = _PLACES.get(element.name, {})
    several = _SEVERAL.get(element.name, frozenset())
    reached, before = -1, ""
    for child in element.children:
        place = places.get(child.name)
        if not child.name.startswith(("cbc:", "cac:", "ext:")):
            told = f"{child.local} is not in a namespace of UBL's: its parts are cbc and cac."
            yield RuleFault("UBL-2.1", child.where, told)
        elif place is None and element.name in _ROOTS and child.name not in _OF_THE_OTHER:
            yield RuleFault("UBL-2.1", child.where, f"{child.name} is nothing that stands in a UBL {element.name}.")
        elif place is None:
            continue
        elif place < reached:
            told = f"{child.name} must stand before {before}: UBL has an order."
            yield RuleFault("UBL-2.1", child.where, told)
        elif place == reached and child.name not in several:
            yield RuleFault("UBL-2.1", child.where, f"{child.name} is there more than once.")
        else:
            reached, before = place, child.name
