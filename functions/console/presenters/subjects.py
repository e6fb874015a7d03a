"""What is told of the things that are written about: an invoice's number, dates and amounts."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from urllib.parse import quote

from console.presenters.dates import Clock
from letterbook.contracts.references import RegardingView
from letterbook.domain.references import Regarding
from letterbook.domain.subjects import RegardedRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectLine:
    """One to choose among a party's; what nobody told of it is empty."""

    id: str
    label: str
    date: str
    due_date: str
    amount: str
    outstanding: str
    has_document: bool


def subject_line(subject: RegardedRecord, clock: Clock) -> SubjectLine:
    return SubjectLine(
        id=subject.id,
        label=RegardingView.of(subject.regarding).label or subject.id,
        date=_day(subject.date, clock),
        due_date=_day(subject.due_date, clock),
        amount=amount_words(subject.amount, subject.currency),
        outstanding=amount_words(subject.outstanding, subject.currency),
        has_document=subject.document_id is not None,
    )


def subject_path(regarding: Regarding, party_id: str) -> str:
    """The page of that of the party's own."""
    return f"/subjects/{regarding.type}/{quote(regarding.id, safe='')}?of={party_id}"


def amount_words(amount: Decimal | None, currency: str | None) -> str:
    """`GBP 1,250.00`; nothing where none was told."""
    if amount is None:
        return ""
    written = f"{amount:,.2f}" if amount == round(amount, 2) else f"{amount:,f}"
    return f"{currency} {written}" if currency else written


def _day(day: date | None, clock: Clock) -> str:
    return f"{clock.day_and_month(day, short=True)} {day.year}" if day else ""
