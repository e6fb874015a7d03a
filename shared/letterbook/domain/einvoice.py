"""An e-invoice as people read it, whatever file it came in, and the network that carries it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from letterbook.domain.party import EinvoiceAddress, Network as Network

# An invoice of four thousand lines; one with a PDF within it. Access points take no more.
MOST_BYTES = 10_000_000


class EinvoiceKind(StrEnum):
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


class EinvoiceSyntax(StrEnum):
    """What the file is: UBL 2.1, or a PDF that people read with the invoice inside for programs (Factur-X)."""

    UBL = "ubl"
    FACTUR_X = "factur_x"


@dataclass(frozen=True, slots=True, kw_only=True)
class EinvoiceParty:
    """Seller or buyer. `address` are its lines."""

    name: str
    address: tuple[str, ...] = ()
    vat_number: str = ""
    registration: str = ""
    endpoint: EinvoiceAddress | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EinvoiceLine:
    id: str
    name: str
    description: str = ""
    quantity: Decimal
    unit: str = ""
    price: Decimal
    amount: Decimal
    tax_category: str = ""
    tax_percent: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EinvoiceTax:
    """What is charged by one category and rate (UNCL 5305: S, Z, E, AE, ...)."""

    category: str
    percent: Decimal | None
    taxable: Decimal
    amount: Decimal
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EinvoiceTotals:
    """`lines` are the sum of the lines, `payable` is what is to be paid in the end."""

    lines: Decimal
    allowances: Decimal = Decimal(0)
    charges: Decimal = Decimal(0)
    without_tax: Decimal
    tax: Decimal
    with_tax: Decimal
    prepaid: Decimal = Decimal(0)
    rounding: Decimal = Decimal(0)
    payable: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Einvoice:
    """What its file says. `payment_account` is where to pay."""

    kind: EinvoiceKind
    syntax: EinvoiceSyntax
    number: str
    issued_on: date
    due_on: date | None = None
    currency: str
    seller: EinvoiceParty
    buyer: EinvoiceParty
    buyer_reference: str = ""
    order_reference: str = ""
    notes: tuple[str, ...] = ()
    payment_terms: str = ""
    payment_account: str = ""
    lines: tuple[EinvoiceLine, ...] = ()
    taxes: tuple[EinvoiceTax, ...] = ()
    totals: EinvoiceTotals


@dataclass(frozen=True, slots=True, kw_only=True)
class EinvoiceFacts:
    """What an entry knows of the e-invoice that it carries: the file itself is its first attachment."""

    network: Network
    receiver: EinvoiceAddress
    kind: EinvoiceKind
    syntax: EinvoiceSyntax
    number: str
    amount: Decimal
    currency: str
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class RuleFault:
    """A rule that a file breaks: `rule` is its number (BR-27, PEPPOL-EN16931-R008), `where` the element, `message` plain words."""

    rule: str
    where: str
    message: str
