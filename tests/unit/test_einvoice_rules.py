"""The rules, each by an invoice that keeps all the others and breaks it at one place."""

import pytest

from letterbook.adapters.einvoices import EinvoiceFiles
from letterbook.domain.einvoice import Network
from tests.support.einvoices import spoilt, ubl
from tests.support.sam_template import ROOT

EVERYTHING = (ROOT / "tests/samples/einvoices/everything.xml").read_bytes()

# Rule | element | what is done to it (see spoilt) | where the fault is, where it is not there.
OF_EVERY_INVOICE = """
BR-01 | cbc:CustomizationID | -
BR-02 | cbc:ID | -
BR-03 | cbc:IssueDate | -
BR-04 | cbc:InvoiceTypeCode | -
BR-05 | cbc:DocumentCurrencyCode | -
BR-06 | cac:AccountingSupplierParty/cac:Party/cac:PartyLegalEntity/cbc:RegistrationName | -
BR-07 | cac:AccountingCustomerParty/cac:Party/cac:PartyLegalEntity/cbc:RegistrationName | -
BR-08 | cac:AccountingSupplierParty/cac:Party/cac:PostalAddress | -
BR-09 | cac:AccountingSupplierParty/cac:Party/cac:PostalAddress/cac:Country/cbc:IdentificationCode | -
BR-10 | cac:AccountingCustomerParty/cac:Party/cac:PostalAddress | -
BR-11 | cac:AccountingCustomerParty/cac:Party/cac:PostalAddress/cac:Country/cbc:IdentificationCode | -
BR-12 | cac:LegalMonetaryTotal/cbc:LineExtensionAmount | -
BR-13 | cac:LegalMonetaryTotal/cbc:TaxExclusiveAmount | -
BR-14 | cac:LegalMonetaryTotal/cbc:TaxInclusiveAmount | -
BR-15 | cac:LegalMonetaryTotal/cbc:PayableAmount | -
BR-16 | cac:InvoiceLine | -
BR-21 | cac:InvoiceLine/cbc:ID | -
BR-22 | cac:InvoiceLine/cbc:InvoicedQuantity | -
BR-23 | cac:InvoiceLine/cbc:InvoicedQuantity/@unitCode | -
BR-24 | cac:InvoiceLine/cbc:LineExtensionAmount | -
BR-25 | cac:InvoiceLine/cac:Item/cbc:Name | -
BR-26 | cac:InvoiceLine/cac:Price/cbc:PriceAmount | -
BR-27 | cac:InvoiceLine/cac:Price/cbc:PriceAmount | =-100.00
BR-45 | cac:TaxTotal/cac:TaxSubtotal/cbc:TaxableAmount | -
BR-46 | cac:TaxTotal/cac:TaxSubtotal/cbc:TaxAmount | -
BR-47 | cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory/cbc:ID | -
BR-48 | cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory/cbc:Percent | -
BR-49 | cac:PaymentMeans/cbc:PaymentMeansCode | -
BR-61 | cac:PaymentMeans/cac:PayeeFinancialAccount/cbc:ID | -
BR-62 | cac:AccountingSupplierParty/cac:Party/cbc:EndpointID/@schemeID | -
BR-63 | cac:AccountingCustomerParty/cac:Party/cbc:EndpointID/@schemeID | -
BR-CL-04 | cbc:DocumentCurrencyCode | =EURO
BR-CL-14 | cac:AccountingSupplierParty/cac:Party/cac:PostalAddress/cac:Country/cbc:IdentificationCode | =Belgium
BR-CL-16 | cac:PaymentMeans/cbc:PaymentMeansCode | =300
BR-CL-17 | cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory/cbc:ID | =X
BR-CL-18 | cac:InvoiceLine/cac:Item/cac:ClassifiedTaxCategory/cbc:ID | =X
BR-CL-23 | cac:InvoiceLine/cbc:InvoicedQuantity/@unitCode | =hours
BR-CO-04 | cac:InvoiceLine/cac:Item/cac:ClassifiedTaxCategory/cbc:ID | -
BR-CO-09 | cac:AccountingSupplierParty/cac:Party/cac:PartyTaxScheme/cbc:CompanyID | =0123456749
BR-CO-10 | cac:LegalMonetaryTotal/cbc:LineExtensionAmount | =100.01
BR-CO-13 | cac:LegalMonetaryTotal/cbc:TaxExclusiveAmount | =99.99
BR-CO-14 | cac:TaxTotal/cbc:TaxAmount | =21.01
BR-CO-15 | cac:LegalMonetaryTotal/cbc:TaxInclusiveAmount | =121.01
BR-CO-16 | cac:LegalMonetaryTotal/cbc:PayableAmount | =121.01
BR-CO-17 | cac:TaxTotal/cac:TaxSubtotal/cbc:TaxAmount | =21.01
BR-CO-18 | cac:TaxTotal/cac:TaxSubtotal | -
BR-CO-25 | cbc:DueDate | -
BR-DEC-18 | cac:LegalMonetaryTotal/cbc:PayableAmount | =121.000
BR-DEC-19 | cac:TaxTotal/cac:TaxSubtotal/cbc:TaxableAmount | =100.000
BR-DEC-23 | cac:InvoiceLine/cbc:LineExtensionAmount | =100.000
BR-S-01 | cac:TaxTotal/cac:TaxSubtotal | - | Invoice/cac:TaxTotal/cac:TaxSubtotal
BR-S-05 | cac:InvoiceLine/cac:Item/cac:ClassifiedTaxCategory/cbc:Percent | =0
BR-S-08 | cac:TaxTotal/cac:TaxSubtotal/cbc:TaxableAmount | =100.01
BR-S-10 | cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory/cac:TaxScheme | +cbc:TaxExemptionReason No | /cbc:TaxExemptionReason
BR-Z-01 | cac:InvoiceLine/cac:Item/cac:ClassifiedTaxCategory/cbc:ID | =Z | Invoice/cac:TaxTotal/cac:TaxSubtotal
UBL-2.1 | cac:InvoiceLine/cac:Price/cbc:PriceAmount | =1e2
UBL-2.1 | cac:InvoiceLine/cac:Price/cbc:PriceAmount | =1,000.00
UBL-2.1 | cac:InvoiceLine/cac:Price/cbc:PriceAmount/@currencyID | -
UBL-2.1 | cbc:ProfileID | +cbc:Note early
UBL-2.1 | cac:AccountingCustomerParty/cac:Party/cac:PostalAddress/cbc:StreetName | +cbc:CityName Ghent | /cbc:StreetName
UBL-2.1 | cbc:BuyerReference | +cbc:BuyersReference x | Invoice/cbc:BuyersReference
UBL-2.1 | cbc:BuyerReference | +BuyerReference x | Invoice/BuyerReference
UBL-2.1 | cbc:BuyerReference | +cbc:BuyerReference twice | Invoice/cbc:BuyerReference[2]
UBL-2.1 | cbc:InvoiceTypeCode | +cbc:CreditNoteTypeCode 381 | Invoice/cbc:CreditNoteTypeCode
PEPPOL-EN16931-P0100 | cbc:InvoiceTypeCode | =381
PEPPOL-EN16931-P0100 | cbc:InvoiceTypeCode | =389
PEPPOL-EN16931-P0100 | cbc:InvoiceTypeCode | =1
PEPPOL-EN16931-R001 | cbc:ProfileID | -
PEPPOL-EN16931-R002 | cbc:Note | +cbc:Note Hello. | Invoice/cbc:Note[2]
PEPPOL-EN16931-R003 | cbc:BuyerReference | -
PEPPOL-EN16931-R004 | cbc:CustomizationID | =urn:cen.eu:en16931:2017
PEPPOL-EN16931-R007 | cbc:ProfileID | =urn:fdc:peppol.eu:2017:poacc:billing:1:1.0
PEPPOL-EN16931-R008 | cac:AccountingSupplierParty/cac:Party/cac:PostalAddress/cbc:StreetName | =
PEPPOL-EN16931-R010 | cac:AccountingCustomerParty/cac:Party/cbc:EndpointID | -
PEPPOL-EN16931-R020 | cac:AccountingSupplierParty/cac:Party/cbc:EndpointID | -
PEPPOL-EN16931-R051 | cac:InvoiceLine/cac:Price/cbc:PriceAmount/@currencyID | =GBP
PEPPOL-EN16931-R051 | cbc:DocumentCurrencyCode | =GBP | Invoice/cac:LegalMonetaryTotal/cbc:PayableAmount/@currencyID
PEPPOL-EN16931-R061 | cac:PaymentMeans/cbc:PaymentMeansCode | =59 | Invoice/cac:PaymentMeans/cac:PaymentMandate/cbc:ID
PEPPOL-EN16931-R120 | cac:InvoiceLine/cbc:InvoicedQuantity | =2 | Invoice/cac:InvoiceLine/cbc:LineExtensionAmount
PEPPOL-EN16931-CL007 | cac:InvoiceLine/cac:Price/cbc:PriceAmount/@currencyID | =EU
PEPPOL-EN16931-CL008 | cac:AccountingCustomerParty/cac:Party/cbc:EndpointID/@schemeID | =0001
PEPPOL-EN16931-F001 | cbc:IssueDate | =2026-02-30
PEPPOL-EN16931-F001 | cbc:DueDate | =30.12.2026
PEPPOL-COMMON-R043 | cac:AccountingCustomerParty/cac:Party/cbc:EndpointID | =0987654349
"""
OF_WHAT_FEW_HAVE = """
BR-17 | cac:PayeeParty/cac:PartyName | - | Invoice/cac:PayeeParty/cac:PartyName/cbc:Name
BR-18 | cac:TaxRepresentativeParty/cac:PartyName/cbc:Name | -
BR-19 | cac:TaxRepresentativeParty/cac:PostalAddress | -
BR-20 | cac:TaxRepresentativeParty/cac:PostalAddress/cac:Country/cbc:IdentificationCode | -
BR-28 | cac:InvoiceLine[1]/cac:Price/cac:AllowanceCharge/cbc:BaseAmount | =-62.125
BR-29 | cac:InvoicePeriod/cbc:EndDate | =2026-09-30
BR-30 | cac:InvoiceLine[1]/cac:InvoicePeriod/cbc:EndDate | =2026-09-30
BR-31 | cac:AllowanceCharge[1]/cbc:Amount | -
BR-32 | cac:AllowanceCharge[1]/cac:TaxCategory/cbc:ID | -
BR-36 | cac:AllowanceCharge[2]/cbc:Amount | -
BR-37 | cac:AllowanceCharge[2]/cac:TaxCategory/cbc:ID | -
BR-41 | cac:InvoiceLine[1]/cac:AllowanceCharge[1]/cbc:Amount | -
BR-42 | cac:InvoiceLine[1]/cac:AllowanceCharge[1]/cbc:AllowanceChargeReason | -
BR-43 | cac:InvoiceLine[1]/cac:AllowanceCharge[2]/cbc:Amount | -
BR-44 | cac:InvoiceLine[1]/cac:AllowanceCharge[2]/cbc:AllowanceChargeReason | -
BR-52 | cac:AdditionalDocumentReference[2]/cbc:ID | -
BR-53 | cbc:TaxCurrencyCode | =NOK | Invoice/cac:TaxTotal/cbc:TaxAmount
BR-54 | cac:InvoiceLine[1]/cac:Item/cac:AdditionalItemProperty/cbc:Value | - | /cac:AdditionalItemProperty
BR-55 | cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID | -
BR-56 | cac:TaxRepresentativeParty/cac:PartyTaxScheme | -
BR-57 | cac:Delivery/cac:DeliveryLocation/cac:Address/cac:Country/cbc:IdentificationCode | -
BR-64 | cac:InvoiceLine[1]/cac:Item/cac:StandardItemIdentification/cbc:ID/@schemeID | -
BR-65 | cac:InvoiceLine[1]/cac:Item/cac:CommodityClassification/cbc:ItemClassificationCode/@listID | -
BR-CL-05 | cbc:TaxCurrencyCode | =KR
BR-CL-06 | cac:InvoicePeriod/cbc:EndDate | +cbc:DescriptionCode 4 | Invoice/cac:InvoicePeriod/cbc:DescriptionCode
BR-CL-19 | cac:AllowanceCharge[1]/cbc:AllowanceChargeReasonCode | =FC
BR-CL-20 | cac:AllowanceCharge[2]/cbc:AllowanceChargeReasonCode | =95
BR-CL-24 | cac:AdditionalDocumentReference/cac:Attachment/cbc:EmbeddedDocumentBinaryObject/@mimeCode | =text/html | /@mimeCode
BR-CO-03 | cac:InvoicePeriod/cbc:EndDate | +cbc:DescriptionCode 35 | Invoice/cac:InvoicePeriod/cbc:DescriptionCode
BR-CO-11 | cac:LegalMonetaryTotal/cbc:AllowanceTotalAmount | =50.01
BR-CO-11 | cac:LegalMonetaryTotal/cbc:AllowanceTotalAmount | -
BR-CO-12 | cac:LegalMonetaryTotal/cbc:ChargeTotalAmount | =19.99
BR-DEC-01 | cac:AllowanceCharge[1]/cbc:Amount | =50.000
BR-DEC-02 | cac:AllowanceCharge[1]/cbc:BaseAmount | =1000.000
BR-DEC-05 | cac:AllowanceCharge[2]/cbc:Amount | =20.000
BR-DEC-24 | cac:InvoiceLine[1]/cac:AllowanceCharge[1]/cbc:Amount | =12.000
BR-DEC-25 | cac:InvoiceLine[1]/cac:AllowanceCharge[1]/cbc:BaseAmount | =1200.000
BR-DEC-27 | cac:InvoiceLine[1]/cac:AllowanceCharge[2]/cbc:Amount | =26.500
BR-E-05 | cac:InvoiceLine[4]/cac:Item/cac:ClassifiedTaxCategory/cbc:Percent | =6
BR-E-08 | cac:TaxTotal[1]/cac:TaxSubtotal[3]/cbc:TaxableAmount | =40.01
BR-E-09 | cac:TaxTotal[1]/cac:TaxSubtotal[3]/cbc:TaxAmount | =0.01
BR-S-06 | cac:AllowanceCharge[1]/cac:TaxCategory/cbc:Percent | =0
BR-S-07 | cac:AllowanceCharge[2]/cac:TaxCategory/cbc:Percent | =0
BR-S-08 | cac:InvoiceLine[2]/cac:Item/cac:ClassifiedTaxCategory/cbc:Percent | =6 | /cac:ClassifiedTaxCategory
UBL-DT-07 | cac:AdditionalDocumentReference/cac:Attachment/cbc:EmbeddedDocumentBinaryObject/@filename | - | /@filename
PEPPOL-EN16931-R005 | cbc:TaxCurrencyCode | =EUR
PEPPOL-EN16931-R040 | cac:AllowanceCharge[1]/cbc:MultiplierFactorNumeric | =6 | Invoice/cac:AllowanceCharge[1]/cbc:Amount
PEPPOL-EN16931-R041 | cac:AllowanceCharge[1]/cbc:BaseAmount | -
PEPPOL-EN16931-R042 | cac:AllowanceCharge[1]/cbc:MultiplierFactorNumeric | -
PEPPOL-EN16931-R043 | cac:AllowanceCharge[1]/cbc:ChargeIndicator | =0
PEPPOL-EN16931-R044 | cac:InvoiceLine[1]/cac:Price/cac:AllowanceCharge/cbc:ChargeIndicator | =true
PEPPOL-EN16931-R046 | cac:InvoiceLine[1]/cac:Price/cac:AllowanceCharge/cbc:Amount | =2.126 | /cac:Price/cbc:PriceAmount
PEPPOL-EN16931-R053 | cac:TaxTotal[2]/cbc:TaxAmount | +cac:TaxSubtotal | Invoice/cac:TaxTotal
PEPPOL-EN16931-R054 | cbc:TaxCurrencyCode | - | Invoice/cac:TaxTotal
PEPPOL-EN16931-R055 | cac:TaxTotal[2]/cbc:TaxAmount | =-3342.25 | Invoice/cac:TaxTotal/cbc:TaxAmount
PEPPOL-EN16931-R100 | cac:InvoiceLine[1]/cac:DocumentReference | +cac:DocumentReference | /cac:DocumentReference[2]
PEPPOL-EN16931-R101 | cac:InvoiceLine[1]/cac:DocumentReference/cbc:DocumentTypeCode | =50
PEPPOL-EN16931-R110 | cac:InvoiceLine[1]/cac:InvoicePeriod/cbc:StartDate | =2026-09-30
PEPPOL-EN16931-R111 | cac:InvoiceLine[1]/cac:InvoicePeriod/cbc:EndDate | =2026-11-01
PEPPOL-EN16931-R121 | cac:InvoiceLine[1]/cac:Price/cbc:BaseQuantity | =-20
PEPPOL-EN16931-R130 | cac:InvoiceLine[1]/cac:Price/cbc:BaseQuantity/@unitCode | =GRM
PEPPOL-COMMON-R040 | cac:AccountingSupplierParty/cac:Party/cac:PartyIdentification/cbc:ID | =7300010000003
PEPPOL-COMMON-R043 | cac:AccountingCustomerParty/cac:Party/cac:PartyLegalEntity/cbc:CompanyID | =0987654395
PEPPOL-COMMON-R049 | cac:AccountingSupplierParty/cac:Party/cbc:EndpointID | =5560360794
"""


def rows(table: str) -> list[tuple[str, str, str, str]]:
    found = []
    for row in table.strip().splitlines():
        rule, path, change, *elsewhere = row.split(" | ")
        found.append((rule, path, change, elsewhere[0] if elsewhere else f"Invoice/{path}"))
    return found


CASES = [
    *((ubl(), *row) for row in rows(OF_EVERY_INVOICE)),
    *((EVERYTHING, *row) for row in rows(OF_WHAT_FEW_HAVE)),
]


@pytest.mark.parametrize(
    ("file", "rule", "path", "change", "where"), CASES, ids=[f"{one[1]} {one[3]}" for one in CASES]
)
def test_a_broken_rule_is_named_with_the_element_and_in_words(
    file: bytes, rule: str, path: str, change: str, where: str
) -> None:
    faults = EinvoiceFiles().open(spoilt(file, path, change)).faults(Network.PEPPOL)
    found = [one for one in faults if one.rule == rule and one.where.endswith(where)]
    assert len(found) == 1, faults
    assert found[0].message.endswith(".")


def test_each_rule_is_shown_by_an_invoice_that_keeps_it() -> None:
    reader = EinvoiceFiles()
    assert [*reader.open(ubl()).faults(Network.PEPPOL), *reader.open(EVERYTHING).faults(Network.PEPPOL)] == []
