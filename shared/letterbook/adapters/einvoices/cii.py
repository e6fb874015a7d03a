"""UN/CEFACT's Cross Industry Invoice (D16B), which Factur-X holds, in the words of UBL.

Both say what EN 16931 lets an invoice say. So it is translated, element by element, and read and checked as UBL is; each element
knows the one that it stands for, and faults name that.
"""

from letterbook.adapters.einvoices.elements import Element
from letterbook.adapters.einvoices.rules.code_lists import CREDIT_NOTE_TYPES

_TRANSACTION = "rsm:SupplyChainTradeTransaction"
_AGREEMENT = f"{_TRANSACTION}/ram:ApplicableHeaderTradeAgreement"
_DELIVERY = f"{_TRANSACTION}/ram:ApplicableHeaderTradeDelivery"
_SETTLEMENT = f"{_TRANSACTION}/ram:ApplicableHeaderTradeSettlement"
_LINE = f"{_TRANSACTION}/ram:IncludedSupplyChainTradeLineItem"
_SUMS = f"{_SETTLEMENT}/ram:SpecifiedTradeSettlementHeaderMonetarySummation"

# What is called what: in an invoice, a party, a tax category, the totals. The currency is that of the invoice where none is named.
_CONTEXT = "rsm:ExchangedDocumentContext"
_OF_THE_INVOICE = (
    ("cbc:CustomizationID", f"{_CONTEXT}/ram:GuidelineSpecifiedDocumentContextParameter/ram:ID"),
    ("cbc:ProfileID", f"{_CONTEXT}/ram:BusinessProcessSpecifiedDocumentContextParameter/ram:ID"),
    ("cbc:ID", "rsm:ExchangedDocument/ram:ID"),
    ("cbc:IssueDate", "rsm:ExchangedDocument/ram:IssueDateTime/udt:DateTimeString"),
    ("cbc:DueDate", f"{_SETTLEMENT}/ram:SpecifiedTradePaymentTerms/ram:DueDateDateTime/udt:DateTimeString"),
    ("cbc:Note", "rsm:ExchangedDocument/ram:IncludedNote/ram:Content"),
    ("cbc:DocumentCurrencyCode", f"{_SETTLEMENT}/ram:InvoiceCurrencyCode"),
    ("cbc:TaxCurrencyCode", f"{_SETTLEMENT}/ram:TaxCurrencyCode"),
    ("cbc:BuyerReference", f"{_AGREEMENT}/ram:BuyerReference"),
    ("cac:OrderReference/cbc:ID", f"{_AGREEMENT}/ram:BuyerOrderReferencedDocument/ram:IssuerAssignedID"),
    ("cac:PaymentTerms/cbc:Note", f"{_SETTLEMENT}/ram:SpecifiedTradePaymentTerms/ram:Description"),
)
_OF_A_PARTY = (
    ("cbc:EndpointID", "ram:URIUniversalCommunication/ram:URIID"),
    ("cac:PartyIdentification/cbc:ID", "ram:ID"),
    ("cac:PartyIdentification/cbc:ID", "ram:GlobalID"),
    ("cac:PartyLegalEntity/cbc:RegistrationName", "ram:Name"),
    ("cac:PartyLegalEntity/cbc:CompanyID", "ram:SpecifiedLegalOrganization/ram:ID"),
)
_OF_AN_ADDRESS = (
    ("cbc:StreetName", "ram:LineOne"),
    ("cbc:AdditionalStreetName", "ram:LineTwo"),
    ("cac:AddressLine/cbc:Line", "ram:LineThree"),
    ("cbc:CityName", "ram:CityName"),
    ("cbc:PostalZone", "ram:PostcodeCode"),
    ("cbc:CountrySubentity", "ram:CountrySubDivisionName"),
    ("cac:Country/cbc:IdentificationCode", "ram:CountryID"),
)
_OF_A_CATEGORY = (
    ("cbc:ID", "ram:CategoryCode"),
    ("cbc:Percent", "ram:RateApplicablePercent"),
    ("cbc:TaxExemptionReasonCode", "ram:ExemptionReasonCode"),
    ("cbc:TaxExemptionReason", "ram:ExemptionReason"),
    ("cac:TaxScheme/cbc:ID", "ram:TypeCode"),
)
_OF_A_CHARGE = (
    ("cbc:ChargeIndicator", "ram:ChargeIndicator/udt:Indicator"),
    ("cbc:AllowanceChargeReasonCode", "ram:ReasonCode"),
    ("cbc:AllowanceChargeReason", "ram:Reason"),
    ("cbc:MultiplierFactorNumeric", "ram:CalculationPercent"),
    ("cbc:Amount", "ram:ActualAmount"),
    ("cbc:BaseAmount", "ram:BasisAmount"),
)
_OF_THE_TOTALS = (
    ("cbc:LineExtensionAmount", "ram:LineTotalAmount"),
    ("cbc:TaxExclusiveAmount", "ram:TaxBasisTotalAmount"),
    ("cbc:TaxInclusiveAmount", "ram:GrandTotalAmount"),
    ("cbc:AllowanceTotalAmount", "ram:AllowanceTotalAmount"),
    ("cbc:ChargeTotalAmount", "ram:ChargeTotalAmount"),
    ("cbc:PrepaidAmount", "ram:TotalPrepaidAmount"),
    ("cbc:PayableRoundingAmount", "ram:RoundingAmount"),
    ("cbc:PayableAmount", "ram:DuePayableAmount"),
)
_LINE_SETTLEMENT = "ram:SpecifiedLineTradeSettlement"
_OF_A_LINE = (
    ("cbc:ID", "ram:AssociatedDocumentLineDocument/ram:LineID"),
    (
        "cbc:LineExtensionAmount",
        f"{_LINE_SETTLEMENT}/ram:SpecifiedTradeSettlementLineMonetarySummation/ram:LineTotalAmount",
    ),
    ("cac:Item/cbc:Description", "ram:SpecifiedTradeProduct/ram:Description"),
    ("cac:Item/cbc:Name", "ram:SpecifiedTradeProduct/ram:Name"),
    ("cac:Price/cbc:PriceAmount", "ram:SpecifiedLineTradeAgreement/ram:NetPriceProductTradePrice/ram:ChargeAmount"),
    ("cac:Price/cbc:BaseQuantity", "ram:SpecifiedLineTradeAgreement/ram:NetPriceProductTradePrice/ram:BasisQuantity"),
)
_DAY = 8


def as_ubl(cii: Element) -> Element:
    """The Invoice, or the CreditNote, that a CrossIndustryInvoice is."""
    code = cii.first("rsm:ExchangedDocument/ram:TypeCode")
    credit_note = code is not None and code.text in CREDIT_NOTE_TYPES
    root = Element("CreditNote" if credit_note else "Invoice", {}, None)
    currency = cii.value(f"{_SETTLEMENT}/ram:InvoiceCurrencyCode")
    _translate(root, cii, _OF_THE_INVOICE, currency)
    if code:
        _put(root, "cbc:CreditNoteTypeCode" if credit_note else "cbc:InvoiceTypeCode", code)
    for name, path in (("Supplier", "ram:SellerTradeParty"), ("Customer", "ram:BuyerTradeParty")):
        party = cii.first(f"{_AGREEMENT}/{path}")
        if party:
            _party(_put(root, f"cac:Accounting{name}Party/cac:Party", party, group=True), party)
    _deliver(root, cii)
    for means in cii.all(f"{_SETTLEMENT}/ram:SpecifiedTradeSettlementPaymentMeans"):
        _means(_put(root, "cac:PaymentMeans", means, group=True), means)
    for charge in cii.all(f"{_SETTLEMENT}/ram:SpecifiedTradeAllowanceCharge"):
        _charge(_put(root, "cac:AllowanceCharge", charge, group=True), charge, currency)
    _taxes(root, cii, currency)
    for sums in cii.all(_SUMS):
        totals = _put(root, "cac:LegalMonetaryTotal", sums, group=True)
        _translate(totals, sums, _OF_THE_TOTALS, currency)
        untaxed = sums.first("ram:TaxBasisTotalAmount")
        if untaxed and sums.first("ram:LineTotalAmount") is None and cii.first(_LINE) is None:
            # The smallest profile has no lines, and so no sum of them.
            _put(totals, "cbc:LineExtensionAmount", untaxed, currency)
    for line in cii.all(_LINE):
        _line(root, line, currency, credit_note=credit_note)
    return root


def _put(parent: Element, path: str, source: Element, currency: str = "", *, group: bool = False) -> Element:
    """Another element at the end of a path, which stands for `source`; what it stands in is there once."""
    *ways, name = path.split("/")
    for way in ways:
        found = parent.first(way)
        if found is None:
            found = Element(way, {}, parent, source.parent)
            parent.children.append(found)
        parent = found
    element = Element(name, dict(source.attributes), parent, source)
    if not group:
        element.text = _text(source)
        if name.endswith("Amount"):
            element.attributes.setdefault("currencyID", currency)
    parent.children.append(element)
    return element


def _text(source: Element) -> str:
    if source.name == "udt:DateTimeString" and len(source.text) == _DAY:
        return f"{source.text[:4]}-{source.text[4:6]}-{source.text[6:]}"
    return source.text


def _translate(target: Element, source: Element, table: tuple[tuple[str, str], ...], currency: str = "") -> None:
    for path, its_path in table:
        for found in source.all(its_path):
            _put(target, path, found, currency)


def _party(target: Element, party: Element) -> None:
    _translate(target, party, _OF_A_PARTY)
    for address in party.all("ram:PostalTradeAddress"):
        _translate(_put(target, "cac:PostalAddress", address, group=True), address, _OF_AN_ADDRESS)
    for registration in party.all("ram:SpecifiedTaxRegistration/ram:ID"):
        scheme = _put(target, "cac:PartyTaxScheme", registration, group=True)
        _put(scheme, "cbc:CompanyID", registration)
        vat = _put(scheme, "cac:TaxScheme/cbc:ID", registration)
        vat.text = (
            "VAT" if registration.attributes.get("schemeID") == "VA" else registration.attributes.get("schemeID", "")
        )


def _deliver(root: Element, cii: Element) -> None:
    day = f"{_DELIVERY}/ram:ActualDeliverySupplyChainEvent/ram:OccurrenceDateTime/udt:DateTimeString"
    country = f"{_DELIVERY}/ram:ShipToTradeParty/ram:PostalTradeAddress/ram:CountryID"
    place = "cac:Delivery/cac:DeliveryLocation/cac:Address/cac:Country/cbc:IdentificationCode"
    _translate(root, cii, (("cac:Delivery/cbc:ActualDeliveryDate", day), (place, country)))
    for period in cii.all(f"{_SETTLEMENT}/ram:BillingSpecifiedPeriod"):
        _period(root, period)


def _period(target: Element, period: Element) -> None:
    days = (
        ("cbc:StartDate", "ram:StartDateTime/udt:DateTimeString"),
        ("cbc:EndDate", "ram:EndDateTime/udt:DateTimeString"),
    )
    _translate(_put(target, "cac:InvoicePeriod", period, group=True), period, days)


def _means(target: Element, means: Element) -> None:
    account = "cac:PayeeFinancialAccount/cbc:ID"
    table = [("cbc:PaymentMeansCode", "ram:TypeCode")]
    if means.first("ram:PayeePartyCreditorFinancialAccount/ram:IBANID"):
        table.append((account, "ram:PayeePartyCreditorFinancialAccount/ram:IBANID"))
    else:
        table.append((account, "ram:PayeePartyCreditorFinancialAccount/ram:ProprietaryID"))
    _translate(target, means, tuple(table))


def _charge(target: Element, charge: Element, currency: str) -> None:
    _translate(target, charge, _OF_A_CHARGE, currency)
    for category in charge.all("ram:CategoryTradeTax"):
        _translate(_put(target, "cac:TaxCategory", category, group=True), category, _OF_A_CATEGORY)


def _taxes(root: Element, cii: Element, currency: str) -> None:
    """The whole tax in the invoice's currency, with its parts; and once more in that of the accounts, where it is another one."""
    whole = list(cii.all(f"{_SUMS}/ram:TaxTotalAmount"))
    shares = list(cii.all(f"{_SETTLEMENT}/ram:ApplicableTradeTax"))
    own = next((one for one in whole if one.attributes.get("currencyID", currency) == currency), None)
    if own is not None or shares:
        total = Element("cac:TaxTotal", {}, root, (own or shares[0]).parent)
        root.children.append(total)
        if own is not None:
            _put(total, "cbc:TaxAmount", own, currency)
        for tax in shares:
            share = _put(total, "cac:TaxSubtotal", tax, group=True)
            amounts = (("cbc:TaxableAmount", "ram:BasisAmount"), ("cbc:TaxAmount", "ram:CalculatedAmount"))
            _translate(share, tax, amounts, currency)
            _translate(_put(share, "cac:TaxCategory", tax, group=True), tax, _OF_A_CATEGORY)
    for one in whole:
        if one is not own:
            _put(_put(root, "cac:TaxTotal", one, group=True), "cbc:TaxAmount", one)


def _line(root: Element, line: Element, currency: str, *, credit_note: bool) -> None:
    target = _put(root, "cac:CreditNoteLine" if credit_note else "cac:InvoiceLine", line, group=True)
    _translate(target, line, _OF_A_LINE, currency)
    quantity = "cbc:CreditedQuantity" if credit_note else "cbc:InvoicedQuantity"
    _translate(target, line, ((quantity, "ram:SpecifiedLineTradeDelivery/ram:BilledQuantity"),))
    for tax in line.all(f"{_LINE_SETTLEMENT}/ram:ApplicableTradeTax"):
        _translate(_put(target, "cac:Item/cac:ClassifiedTaxCategory", tax, group=True), tax, _OF_A_CATEGORY)
    for period in line.all(f"{_LINE_SETTLEMENT}/ram:BillingSpecifiedPeriod"):
        _period(target, period)
    for charge in line.all(f"{_LINE_SETTLEMENT}/ram:SpecifiedTradeAllowanceCharge"):
        _charge(_put(target, "cac:AllowanceCharge", charge, group=True), charge, currency)
