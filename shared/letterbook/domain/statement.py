"""Rows of what a party owes and paid: its invoices, its payments, and the account that both make.

What other systems told of them is all that is known: an amount that nobody told is never taken for nought.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from letterbook.domain.rows import Cell, Column, ColumnKind, Money, Rows, Wording
from letterbook.domain.subjects import RegardedRecord

INVOICE, PAYMENT, CREDIT_NOTE = "invoice", "payment", "credit_note"
# In the words of other systems: what moves no money, because it came to nothing or has not come about.
_CANCELLED = frozenset(["draft", "cancelled", "canceled", "void", "voided"])
_NOT_PAID = _CANCELLED | {
    "failed", "returned", "rejected", "refused", "declined", "reversed", "refunded", "charged_back", "expired", "created",
    "submitted", "pending",
}  # fmt: skip

_NUMBER = Column(name="number", title=Wording("Number", {"de": "Nummer", "fr": "Numéro"}))
_DATE = Column(name="date", title=Wording("Date", {"de": "Datum", "fr": "Date"}), kind=ColumnKind.DATE)
_AMOUNT = Column(name="amount", title=Wording("Amount", {"de": "Betrag", "fr": "Montant"}), kind=ColumnKind.MONEY)
_DUE = Column(name="due_date", title=Wording("Due", {"de": "Fällig", "fr": "Échéance"}), kind=ColumnKind.DATE)
_OUTSTANDING = Column(
    name="outstanding", title=Wording("Outstanding", {"de": "Offen", "fr": "Reste dû"}), kind=ColumnKind.MONEY
)
_STATUS = Column(name="status", title=Wording("Status", {"de": "Stand", "fr": "État"}))
_WHAT = Column(name="what", title=Wording("Transaction", {"de": "Vorgang", "fr": "Opération"}))
_CHARGE = Column(name="charge", title=Wording("Charge", {"de": "Belastung", "fr": "Débit"}), kind=ColumnKind.MONEY)
_PAID = Column(name="payment", title=Wording("Payment", {"de": "Zahlung", "fr": "Crédit"}), kind=ColumnKind.MONEY)
_BALANCE = Column(name="balance", title=Wording("Balance", {"de": "Saldo", "fr": "Solde"}), kind=ColumnKind.MONEY)

_TOTAL = Wording("Total", {"de": "Summe", "fr": "Total"})
_BROUGHT_FORWARD = Wording("Balance brought forward", {"de": "Saldovortrag", "fr": "Solde reporté"})
_KINDS = {
    INVOICE: Wording("Invoice", {"de": "Rechnung", "fr": "Facture"}),
    PAYMENT: Wording("Payment", {"de": "Zahlung", "fr": "Paiement"}),
    CREDIT_NOTE: Wording("Credit note", {"de": "Gutschrift", "fr": "Avoir"}),
}


class NotReckonable(ValueError):
    """Records of which no sum can be made; it says of which, and why."""


def invoice_rows(subjects: Iterable[RegardedRecord], currency: str) -> Rows:
    """The invoices among them, the oldest first, with a sum for each currency of what every invoice tells.

    `currency` is the firm's: that of a record which names none.
    """
    invoices = _in_order(one for one in subjects if one.type == INVOICE)
    rows = tuple(
        (
            one.id,
            one.date,
            one.due_date,
            _money(one.amount, one.currency or currency),
            _money(one.outstanding, one.currency or currency),
        )
        for one in invoices
    )
    totals = []
    for each in dict.fromkeys(one.currency or currency for one in invoices):
        alike = [one for one in invoices if (one.currency or currency) == each]
        sums = [_sum([one.amount for one in alike], each), _sum([one.outstanding for one in alike], each)]
        if any(sums):
            totals.append((_TOTAL, None, None, *sums))
    return Rows(columns=(_NUMBER, _DATE, _DUE, _AMOUNT, _OUTSTANDING), rows=rows, totals=tuple(totals))


def payment_rows(subjects: Iterable[RegardedRecord], currency: str) -> Rows:
    """The payments among them, the oldest first. They have no sum: one that failed is a row too."""
    payments = _in_order(one for one in subjects if one.type == PAYMENT)
    rows = tuple((one.id, one.date, _money(one.amount, one.currency or currency), one.status) for one in payments)
    return Rows(columns=(_NUMBER, _DATE, _AMOUNT, _STATUS), rows=rows)


def statement_rows(
    subjects: Iterable[RegardedRecord], currency: str, *, since: date | None = None, until: date | None = None
) -> Rows:
    """Invoices, credit notes and payments in the order of their days, each with the balance after it; on one day, charges first.

    What was before `since` is the balance brought forward; what is after `until` is left out, and so is what was cancelled or
    failed. What has no date comes last. Raises NotReckonable for several currencies, and for what tells no amount.
    """
    counted = [one for one in _moving(subjects) if until is None or one.date is None or one.date <= until]
    before = [one for one in counted if since and one.date and one.date < since]
    currency = _one_currency(counted, currency)
    balance = sum((_charged(one) for one in before), Decimal(0))
    rows: list[tuple[Cell, ...]] = []
    if before:
        rows.append((since, _BROUGHT_FORWARD, None, None, Money(balance, currency)))
    charges, payments = Decimal(0), Decimal(0)
    for one in counted[len(before) :]:
        amount = _charged(one)
        balance += amount
        charge = Money(amount, currency) if one.type == INVOICE else None
        payment = None if charge else Money(-amount, currency)
        charges += charge.amount if charge else 0
        payments += payment.amount if payment else 0
        rows.append((one.date, _called(one), charge, payment, Money(balance, currency)))
    total = (None, _TOTAL, Money(charges, currency), Money(payments, currency), Money(balance, currency))
    return Rows(columns=(_DATE, _WHAT, _CHARGE, _PAID, _BALANCE), rows=tuple(rows), totals=(total,) if rows else ())


def outstanding_total(subjects: Iterable[RegardedRecord], currency: str) -> Money | None:
    """What is outstanding on the invoices among them; None where there are none.

    Raises NotReckonable for several currencies, and where one does not tell.
    """
    invoices = [one for one in subjects if one.type == INVOICE]
    if not invoices:
        return None
    outstanding = (_told(one, one.outstanding, "outstanding amount") for one in invoices)
    return Money(sum(outstanding, Decimal(0)), _one_currency(invoices, currency))


def balance_of(subjects: Iterable[RegardedRecord], currency: str) -> Money | None:
    """What the account comes to; None where nothing moves it. Raises NotReckonable as `statement_rows` does."""
    moving = _moving(subjects)
    return (
        Money(sum((_charged(one) for one in moving), Decimal(0)), _one_currency(moving, currency)) if moving else None
    )


def _moving(subjects: Iterable[RegardedRecord]) -> Sequence[RegardedRecord]:
    """What moves money, in order."""
    return _in_order(one for one in subjects if one.type in _KINDS and not _without_effect(one))


def _without_effect(one: RegardedRecord) -> bool:
    status = (one.status or "").strip().lower().replace(" ", "_")
    return status in (_NOT_PAID if one.type == PAYMENT else _CANCELLED)


def _in_order(subjects: Iterable[RegardedRecord]) -> Sequence[RegardedRecord]:
    return sorted(
        subjects, key=lambda one: (one.date or date.max, one.type != INVOICE, one.due_date or date.max, one.id)
    )


def _charged(one: RegardedRecord) -> Decimal:
    """What it adds to the balance. Some systems write what a credit note takes off with a minus, others without."""
    amount = _told(one, one.amount, "amount")
    if one.type == CREDIT_NOTE:
        return -abs(amount)
    return amount if one.type == INVOICE else -amount


def _told(one: RegardedRecord, amount: Decimal | None, what: str) -> Decimal:
    if amount is None:
        raise NotReckonable(f"{_called(one).en} tells no {what}.")
    return amount


def _called(one: RegardedRecord) -> Wording:
    """As its own system calls it, else what it is, with its number."""
    if one.label:
        return Wording(one.label, {})
    kind = _KINDS[one.type]
    return Wording(f"{kind.en} {one.id}", {language: f"{word} {one.id}" for language, word in kind.others.items()})


def _money(amount: Decimal | None, currency: str) -> Money | None:
    return None if amount is None else Money(amount, currency)


def _sum(amounts: Sequence[Decimal | None], currency: str) -> Money | None:
    """Of what every one of them tells; None where one does not."""
    told = [one for one in amounts if one is not None]
    return Money(sum(told, Decimal(0)), currency) if len(told) == len(amounts) else None


def _one_currency(subjects: Iterable[RegardedRecord], currency: str) -> str:
    currencies = {one.currency or currency for one in subjects}
    if len(currencies) > 1:
        raise NotReckonable(f"Amounts in several currencies have no sum: {', '.join(sorted(currencies))}.")
    return currencies.pop() if currencies else currency
