"""PDFs with an invoice for programs in them, made from the same samples as UBL is."""

from decimal import Decimal
from io import BytesIO
from xml.sax.saxutils import escape

from pypdf import PdfWriter

from tests.support.einvoices import Extra, Line, Sample, cents, shares, whole_tax

MINIMUM, BASIC_WL, EN_16931 = (
    "urn:factur-x.eu:1p0:minimum",
    "urn:factur-x.eu:1p0:basicwl",
    "urn:cen.eu:en16931:2017",
)
_URN = "urn:un:unece:uncefact:data:standard"


def pdf_with(
    xml: bytes, name: str = "factur-x.xml", password: str = "", algorithm: str = "RC4-128", packed_by: bytes = b""
) -> bytes:
    """`packed_by` is a filter that the file within claims to be packed by."""
    writer, made = PdfWriter(), BytesIO()
    writer.add_blank_page(595, 842)
    writer.add_attachment(name, xml)
    if password:
        writer.encrypt(password, algorithm=algorithm)
    writer.write(made)
    kind = b"/Type /EmbeddedFile"
    return made.getvalue().replace(kind, kind + b" /Filter /" + packed_by if packed_by else kind)


def factur_x(sample: Sample | None = None, profile: str = EN_16931) -> bytes:
    """A PDF of one empty page, with the invoice in it."""
    return pdf_with(cii(sample, profile))


def cii(sample: Sample | None = None, profile: str = EN_16931) -> bytes:
    return _cii(sample or Sample(), profile).encode()


def _day(text: str) -> str:
    return f'<udt:DateTimeString format="102">{text.replace("-", "")}</udt:DateTimeString>'


def _cii(sample: Sample, profile: str) -> str:
    lines = "".join(_line(number, line) for number, line in enumerate(sample.lines, 1)) if profile == EN_16931 else ""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rsm:CrossIndustryInvoice xmlns:rsm="{_URN}:CrossIndustryInvoice:100" xmlns:udt="{_URN}:UnqualifiedDataType:100"
  xmlns:ram="{_URN}:ReusableAggregateBusinessInformationEntity:100">
  <rsm:ExchangedDocumentContext><ram:GuidelineSpecifiedDocumentContextParameter>
    <ram:ID>{profile}</ram:ID></ram:GuidelineSpecifiedDocumentContextParameter></rsm:ExchangedDocumentContext>
  <rsm:ExchangedDocument><ram:ID>{escape(sample.number)}</ram:ID>
    <ram:TypeCode>{381 if sample.credit_note else 380}</ram:TypeCode>
    <ram:IssueDateTime>{_day(sample.issued_on)}</ram:IssueDateTime></rsm:ExchangedDocument>
  <rsm:SupplyChainTradeTransaction>{lines}
    <ram:ApplicableHeaderTradeAgreement><ram:BuyerReference>B-17</ram:BuyerReference>
      {_party("Seller", "Atelier Nord", "732829320", sample.seller_vat)}
      {_party("Buyer", "Moulin & Fils", sample.buyer_siret, sample.buyer_vat)}
    </ram:ApplicableHeaderTradeAgreement>
    <ram:ApplicableHeaderTradeDelivery/>
    {_settlement(sample, profile)}
  </rsm:SupplyChainTradeTransaction>
</rsm:CrossIndustryInvoice>
"""


def _party(role: str, name: str, number: str, vat: str) -> str:
    scheme = "0009" if role == "Buyer" else "0002"
    legal = (
        f'<ram:SpecifiedLegalOrganization><ram:ID schemeID="{scheme}">{number}</ram:ID></ram:SpecifiedLegalOrganization>'
        if number
        else ""
    )
    tax = (
        f'<ram:SpecifiedTaxRegistration><ram:ID schemeID="VA">{vat}</ram:ID></ram:SpecifiedTaxRegistration>'
        if vat
        else ""
    )
    return f"""<ram:{role}TradeParty><ram:Name>{escape(name)}</ram:Name>{legal}
  <ram:PostalTradeAddress><ram:PostcodeCode>75001</ram:PostcodeCode><ram:LineOne>1 rue du Port</ram:LineOne>
    <ram:CityName>Paris</ram:CityName><ram:CountryID>FR</ram:CountryID></ram:PostalTradeAddress>{tax}</ram:{role}TradeParty>"""


def _tax(code: str, percent: Decimal | None, base: Decimal | None = None) -> str:
    amounts = (
        f"<ram:CalculatedAmount>{cents(base * (percent or 0) / 100)}</ram:CalculatedAmount>" if base is not None else ""
    )
    basis = f"<ram:BasisAmount>{base}</ram:BasisAmount>" if base is not None else ""
    rate = f"<ram:RateApplicablePercent>{percent}</ram:RateApplicablePercent>" if percent is not None else ""
    why = "<ram:ExemptionReason>By law</ram:ExemptionReason>" if base is not None and code not in "SZLM" else ""
    return f"{amounts}<ram:TypeCode>VAT</ram:TypeCode>{why}{basis}<ram:CategoryCode>{code}</ram:CategoryCode>{rate}"


def _extra(one: Extra) -> str:
    return f"""<ram:SpecifiedTradeAllowanceCharge><ram:ChargeIndicator>
  <udt:Indicator>{str(one.charge).lower()}</udt:Indicator></ram:ChargeIndicator>
  <ram:ActualAmount>{one.amount}</ram:ActualAmount><ram:Reason>{escape(one.reason)}</ram:Reason>
  <ram:CategoryTradeTax>{_tax(one.category, one.percent)}</ram:CategoryTradeTax></ram:SpecifiedTradeAllowanceCharge>"""


def _settlement(sample: Sample, profile: str) -> str:
    taxes = "".join(
        f"<ram:ApplicableTradeTax>{_tax(code, percent, base)}</ram:ApplicableTradeTax>"
        for (code, percent), base in shares(sample).items()
    )
    extras = "".join(_extra(one) for one in sample.extras)
    due = f"<ram:DueDateDateTime>{_day(sample.due_on)}</ram:DueDateDateTime>" if sample.due_on else ""
    net = sum((line.amount for line in sample.lines), Decimal(0))
    allowances = sum((one.amount for one in sample.extras if not one.charge), Decimal(0))
    charges = sum((one.amount for one in sample.extras if one.charge), Decimal(0))
    without_tax = net - allowances + charges
    with_tax = without_tax + whole_tax(sample)
    more = (
        f"<ram:LineTotalAmount>{net}</ram:LineTotalAmount><ram:ChargeTotalAmount>{charges}</ram:ChargeTotalAmount>"
        f"<ram:AllowanceTotalAmount>{allowances}</ram:AllowanceTotalAmount>"
    )
    small = profile == MINIMUM
    return f"""<ram:ApplicableHeaderTradeSettlement><ram:InvoiceCurrencyCode>{sample.currency}</ram:InvoiceCurrencyCode>
  {"" if small else taxes + extras + f"<ram:SpecifiedTradePaymentTerms>{due}</ram:SpecifiedTradePaymentTerms>"}
  <ram:SpecifiedTradeSettlementHeaderMonetarySummation>{"" if small else more}
    <ram:TaxBasisTotalAmount>{without_tax}</ram:TaxBasisTotalAmount>
    <ram:TaxTotalAmount currencyID="{sample.currency}">{whole_tax(sample)}</ram:TaxTotalAmount>
    <ram:GrandTotalAmount>{with_tax}</ram:GrandTotalAmount>
    <ram:TotalPrepaidAmount>{sample.prepaid}</ram:TotalPrepaidAmount>
    <ram:DuePayableAmount>{with_tax - sample.prepaid}</ram:DuePayableAmount>
  </ram:SpecifiedTradeSettlementHeaderMonetarySummation></ram:ApplicableHeaderTradeSettlement>"""


def _line(number: int, line: Line) -> str:
    return f"""<ram:IncludedSupplyChainTradeLineItem>
  <ram:AssociatedDocumentLineDocument><ram:LineID>{number}</ram:LineID></ram:AssociatedDocumentLineDocument>
  <ram:SpecifiedTradeProduct><ram:Name>{escape(line.name)}</ram:Name></ram:SpecifiedTradeProduct>
  <ram:SpecifiedLineTradeAgreement><ram:NetPriceProductTradePrice><ram:ChargeAmount>{line.price}</ram:ChargeAmount>
  </ram:NetPriceProductTradePrice></ram:SpecifiedLineTradeAgreement>
  <ram:SpecifiedLineTradeDelivery><ram:BilledQuantity unitCode="{line.unit}">{line.quantity}</ram:BilledQuantity>
  </ram:SpecifiedLineTradeDelivery>
  <ram:SpecifiedLineTradeSettlement><ram:ApplicableTradeTax>{_tax(line.category, line.percent)}</ram:ApplicableTradeTax>
    <ram:SpecifiedTradeSettlementLineMonetarySummation><ram:LineTotalAmount>{line.amount}</ram:LineTotalAmount>
    </ram:SpecifiedTradeSettlementLineMonetarySummation></ram:SpecifiedLineTradeSettlement>
</ram:IncludedSupplyChainTradeLineItem>"""
