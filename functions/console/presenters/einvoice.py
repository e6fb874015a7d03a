"""An e-invoice as a page shows it: who, what, how much; and what its networks are called."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from console.presenters.dates import Clock
from letterbook.domain.einvoice import Einvoice, EinvoiceParty
from letterbook.domain.einvoice_text import (
    BUYER,
    MOST_LINES,
    MOST_NOTES,
    MOST_TAXES,
    SELLER,
    TAX,
    facts,
    tax_words,
    title,
    totals,
)
from letterbook.domain.party import EinvoiceAddress, Network
from letterbook.domain.rows import Money

NETWORKS: dict[str, str] = {Network.PEPPOL: "Peppol", Network.CHORUS_PRO: "Chorus Pro"}
# Of a name or a note a page shows its beginning: the file has the rest.
_MOST_CHARACTERS = 1_000


def address_words(address: EinvoiceAddress) -> str:
    """`0208:0123456749 by Peppol`."""
    return f"{address} by {NETWORKS[address.network]}" if address.network else str(address)


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceLine:
    name: str
    description: str
    quantity: str
    price: str
    tax: str
    amount: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoicePage:
    """`parties` are a label, a name and lines each; `facts` and `sums` a label and words. The last sum is what is to be paid."""

    title: str
    parties: tuple[tuple[str, str, tuple[str, ...]], ...]
    facts: tuple[tuple[str, str], ...]
    lines: tuple[InvoiceLine, ...]
    more: str
    sums: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]


def invoice_page(einvoice: Einvoice, clock: Clock) -> InvoicePage:
    currency, left = einvoice.currency, len(einvoice.lines) - MOST_LINES
    return InvoicePage(
        title=title(einvoice),
        parties=(_party(SELLER.en, einvoice.seller), _party(BUYER.en, einvoice.buyer)),
        # Who they are stands above, line by line.
        facts=tuple((label.en, _said(value, clock)) for label, value in facts(einvoice) if label not in (SELLER, BUYER)),
        lines=tuple(
            InvoiceLine(
                name=_cut(one.name),
                description=_cut(one.description),
                quantity=number(one.quantity),
                price=number(one.price),
                tax=tax_words(one.tax_category, one.tax_percent),
                amount=money(Money(one.amount, currency)),
            )
            for one in einvoice.lines[:MOST_LINES]
        ),
        more=f"And {left:,} more lines: see the file." if left > 0 else "",
        sums=tuple(_sums(einvoice)),
        notes=tuple(_cut(one) for one in einvoice.notes[:MOST_NOTES]),
    )  # fmt: skip


def _sums(einvoice: Einvoice) -> Iterator[tuple[str, str]]:
    """Each tax stands where their sum would; that stands below them where there are several."""
    taxes = einvoice.taxes[:MOST_TAXES]
    for label, amount in totals(einvoice):
        if label is TAX and taxes:
            for one in taxes:
                of = money(Money(one.taxable, einvoice.currency))
                told = f"VAT {tax_words(one.category, one.percent, _cut(one.reason))} of {of}"
                yield told, money(Money(one.amount, einvoice.currency))
        if label is not TAX or len(einvoice.taxes) != 1:
            yield label.en, money(amount)


def money(amount: Money) -> str:
    from babel.numbers import format_currency

    return str(format_currency(amount.amount, amount.currency, locale="en_GB"))


def number(value: Decimal) -> str:
    from babel.numbers import format_decimal

    return str(format_decimal(value, locale="en_GB", decimal_quantization=False))


def _party(label: str, party: EinvoiceParty) -> tuple[str, str, tuple[str, ...]]:
    vat = f"VAT {party.vat_number}" if party.vat_number else party.registration
    lines = (*party.address, vat, str(party.endpoint or ""))
    return label, _cut(party.name), tuple(_cut(one) for one in lines if one)


def _said(value: object, clock: Clock) -> str:
    return clock.whole_date(value) if isinstance(value, date) else _cut(str(value))


def _cut(text: str) -> str:
    return text if len(text) <= _MOST_CHARACTERS else f"{text[:_MOST_CHARACTERS]} …"
