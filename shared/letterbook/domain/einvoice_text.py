"""An e-invoice in words: a template and its values, of which text, email and letter are made as they are of every other.

So whatever its file holds is a value and stays one: nothing in it is a mark, a link or a tag.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache

from letterbook.domain.actors import SYSTEM
from letterbook.domain.channels import SENDABLE
from letterbook.domain.einvoice import Einvoice, EinvoiceKind, EinvoiceLine, EinvoiceParty
from letterbook.domain.rows import Cell, Column, ColumnKind, Money, Rows, Value, Wording
from letterbook.domain.templates import Template

# What a text, and a page, show of the lines of an invoice; the rest stands in its file.
MOST_LINES = 500
MOST_NOTES, MOST_TAXES = 20, 50
_MOST_CHARACTERS, _MOST_OF_ITEM = 2_000, 400


def _in(en: str, fr: str, de: str) -> Wording:
    return Wording(en, {"fr": fr, "de": de})


KINDS = {
    EinvoiceKind.INVOICE: _in("Invoice", "Facture", "Rechnung"),
    EinvoiceKind.CREDIT_NOTE: _in("Credit note", "Avoir", "Gutschrift"),
}
ISSUED, DUE = _in("Date", "Date", "Datum"), _in("Due", "Échéance", "Fällig")
SELLER, BUYER = _in("From", "De", "Von"), _in("To", "À", "An")
REFERENCE, ORDER = _in("Your reference", "Votre référence", "Ihre Referenz"), _in("Order", "Commande", "Bestellung")
TERMS = _in("Terms of payment", "Conditions de paiement", "Zahlungsbedingungen")
ACCOUNT = _in("Pay to", "À payer sur", "Zahlbar an")
LINE, ITEM, QUANTITY = _in("No.", "N°", "Nr."), _in("Item", "Article", "Artikel"), _in("Quantity", "Quantité", "Menge")
PRICE, AMOUNT, TAX = _in("Price", "Prix", "Preis"), _in("Amount", "Montant", "Betrag"), _in("VAT", "TVA", "USt")
TOTAL = _in("Total", "Total", "Summe")
TAXABLE = _in("Of", "Base", "Auf")
SUM_OF_LINES = _in("Lines", "Lignes", "Posten")
ALLOWANCES, CHARGES = _in("Allowances", "Remises", "Abzüge"), _in("Charges", "Frais", "Zuschläge")
WITHOUT_TAX = _in("Without VAT", "Hors TVA", "Ohne USt")
WITH_TAX = _in("With VAT", "TVA comprise", "Mit USt")
PREPAID, ROUNDING = _in("Paid already", "Déjà payé", "Bereits bezahlt"), _in("Rounding", "Arrondi", "Rundung")
PAYABLE = _in("To be paid", "À payer", "Zu zahlen")
_MORE = _in(
    "And {} more lines: see the file.", "Et {} autres lignes : voir le fichier.", "Und {} weitere Posten: siehe Datei."
)
_OTHERWISE = _in(
    "We could not send you this as an e-invoice, so it comes to you this way.",
    "Cet envoi par facture électronique n'a pas abouti : vous recevez donc la facture ainsi.",
    "Wir konnten Ihnen dies nicht als E-Rechnung senden; Sie erhalten es daher auf diesem Weg.",
)
# Why no VAT is charged, where a category of its own says that (UNCL 5305).
CATEGORIES = {
    "Z": "zero",
    "E": "exempt",
    "AE": "reverse charge",
    "K": "intra-community",
    "G": "export",
    "O": "outside VAT",
}

_BODY = """{% if opening %}{{ opening }}

{% endif %}
{{ facts | table }}

{{ lines | table }}
{% if more %}
{{ more }}
{% endif %}
{% if taxes %}
{{ taxes | table }}
{% endif %}

{{ totals | table }}
{% if notes %}

{{ notes }}
{% endif %}
"""


def title(einvoice: Einvoice, language: str = "en") -> str:
    return f"{KINDS[einvoice.kind].in_language(language)} {einvoice.number}"


@cache
def template_for(language: str) -> Template:
    return Template(
        key="e-invoice", language=language, version=1, category="invoice", channels=tuple(SENDABLE), subject="{{ title }}",
        body=_BODY, created_at=datetime(2026, 1, 1, tzinfo=UTC), created_by=SYSTEM,
    )  # fmt: skip


def values_of(einvoice: Einvoice, language: str, *, otherwise: bool = False) -> Mapping[str, Value]:
    """What the template is filled with; `otherwise`: it goes another way than by its network."""
    left = len(einvoice.lines) - MOST_LINES
    return {
        "title": title(einvoice, language),
        "opening": _OTHERWISE.in_language(language) if otherwise else "",
        "facts": Rows(
            columns=(
                Column(name="what", title=KINDS[einvoice.kind]),
                Column(name="is", title=Wording(einvoice.number, {})),
            ),
            rows=tuple(facts(einvoice)),
        ),
        "lines": Rows(columns=_LINE_COLUMNS, rows=tuple(_line(one, einvoice.currency) for one in einvoice.lines[:MOST_LINES])),
        "more": _MORE.in_language(language).format(left) if left > 0 else "",
        "taxes": Rows(columns=_TAX_COLUMNS, rows=tuple(taxes(einvoice))),
        "totals": _totals(einvoice),
        "notes": "\n\n".join(one[:_MOST_CHARACTERS] for one in einvoice.notes[:MOST_NOTES]),
    }  # fmt: skip


def facts(einvoice: Einvoice) -> Iterable[tuple[Wording, Cell]]:
    """What it is about, without what is not said."""
    told: tuple[tuple[Wording, Cell], ...] = (
        (ISSUED, einvoice.issued_on),
        (DUE, einvoice.due_on),
        (SELLER, party_words(einvoice.seller)),
        (BUYER, party_words(einvoice.buyer)),
        (REFERENCE, einvoice.buyer_reference),
        (ORDER, einvoice.order_reference),
        (TERMS, einvoice.payment_terms),
        (ACCOUNT, einvoice.payment_account),
    )
    return ((label, said[:_MOST_CHARACTERS] if isinstance(said, str) else said) for label, said in told if said)


def party_words(party: EinvoiceParty) -> str:
    said = ", ".join(one for one in (party.name, *party.address, party.vat_number or party.registration) if one)
    return said[:_MOST_CHARACTERS]


_LINE_COLUMNS = (
    Column(name="id", title=LINE),
    Column(name="item", title=ITEM),
    Column(name="quantity", title=QUANTITY, kind=ColumnKind.NUMBER),
    Column(name="price", title=PRICE, kind=ColumnKind.MONEY),
    Column(name="tax", title=TAX),
    Column(name="amount", title=AMOUNT, kind=ColumnKind.MONEY),
)
_TAX_COLUMNS = (
    Column(name="tax", title=TAX),
    Column(name="taxable", title=TAXABLE, kind=ColumnKind.MONEY),
    Column(name="amount", title=AMOUNT, kind=ColumnKind.MONEY),
)


def _line(line: EinvoiceLine, currency: str) -> tuple[Cell, ...]:
    item = ": ".join(one for one in (line.name, line.description) if one)[:_MOST_OF_ITEM]
    tax = tax_words(line.tax_category, line.tax_percent)
    # A price may have more digits than its currency.
    return line.id, item, line.quantity, line.price, tax, Money(line.amount, currency)


def taxes(einvoice: Einvoice) -> Iterable[tuple[Cell, ...]]:
    for one in einvoice.taxes[:MOST_TAXES]:
        told = tax_words(one.category, one.percent, one.reason)
        yield told, Money(one.taxable, einvoice.currency), Money(one.amount, einvoice.currency)


def tax_words(category: str, percent: Decimal | None, reason: str = "") -> str:
    """`20%`, `0%, exempt`."""
    rate = f"{percent:f}%" if percent is not None else ""
    if "." in rate:
        rate = f"{rate.removesuffix('%').rstrip('0').rstrip('.')}%"
    return ", ".join(one for one in (rate, reason or CATEGORIES.get(category, "")) if one) or category


def totals(einvoice: Einvoice) -> Iterable[tuple[Wording, Money]]:
    """The sums, the last of which is what is to be paid; what is nothing and says nothing is left out."""
    of, always = einvoice.totals, {"without_tax", "tax", "with_tax"}
    named = (
        ("lines", SUM_OF_LINES, of.lines),
        ("allowances", ALLOWANCES, -of.allowances),
        ("charges", CHARGES, of.charges),
        ("without_tax", WITHOUT_TAX, of.without_tax),
        ("tax", TAX, of.tax),
        ("with_tax", WITH_TAX, of.with_tax),
        ("prepaid", PREPAID, -of.prepaid),
        ("rounding", ROUNDING, of.rounding),
    )
    for name, label, amount in named:
        if name in always or (amount and (name != "lines" or amount != of.without_tax)):
            yield label, Money(amount, einvoice.currency)
    yield PAYABLE, Money(of.payable, einvoice.currency)


def _totals(einvoice: Einvoice) -> Rows:
    every = tuple(totals(einvoice))
    return Rows(
        columns=(
            Column(name="what", title=TOTAL),
            Column(name="amount", title=AMOUNT, kind=ColumnKind.MONEY),
        ),
        rows=every[:-1],
        totals=every[-1:],
    )
