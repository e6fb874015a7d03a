"""The variables of templates that the record fills in by itself: one tuple, from which values, help and examples are derived.

Whoever writes a message may give any of them but rows another value, for that message alone. Dates and amounts are as programs
write them, for a template's filters to write them in its language; an amount of another currency than the firm's has it with it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial

from letterbook.domain.access import Viewer
from letterbook.domain.organisation import Organisation
from letterbook.domain.party import Case, Contact, Party, PartyKind
from letterbook.domain.references import PartyRef
from letterbook.domain.rows import Money, NoValue, Rows, Value
from letterbook.domain.statement import (
    NotReckonable,
    balance_of,
    invoice_rows,
    outstanding_total,
    payment_rows,
    statement_rows,
)
from letterbook.domain.subjects import RegardedRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class VariableSources:
    """What a message concerns, as far as variables are filled from it; `client` is on whose behalf it is.

    `subject` is the one thing that it regards, `subjects` all that its rows and sums are made of. `today` is the day that it bears.
    `transactions` are a statement that was made for it; otherwise it is made of all subjects.
    """

    organisation: Organisation
    party: Party
    contact: Contact | None = None
    case: Case | None = None
    client: PartyRef | None = None
    viewer: Viewer
    sender_role: str = ""
    today: date
    subject: RegardedRecord | None = None
    subjects: tuple[RegardedRecord, ...] = ()
    transactions: Rows | None = None
    correspondence_number: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordVariable:
    """`meaning` and `origin` are said to people. What only `says_who_we_are` is not asked for in the form of a message.

    `value` raises NotReckonable for what the record holds and cannot be made of it.
    """

    name: str
    meaning: str
    example: Value
    origin: str
    usage: str = "{{ %s }}"
    says_who_we_are: bool = False
    value: Callable[[VariableSources], Value | None]

    @property
    def written(self) -> str:
        """How a template writes it: a date, an amount and rows with their filter."""
        return self.usage % self.name

    @property
    def shown_example(self) -> str:
        """The example in a line: of rows, their columns."""
        if isinstance(self.example, Rows):
            return f"a table: {', '.join(self.example.names)}"
        return ", ".join(str(self.example).splitlines())


_PARTY, _CONTACT, _CASE, _SUBJECT = "from the party", "from the contact", "from the case", "from what it is about"
_SETTINGS, _DATED, _PRICED, _LISTED = "from the settings", "{{ %s | date }}", "{{ %s | money }}", "{{ %s | table }}"
_CURRENCY = "GBP"
_EXAMPLES = (
    RegardedRecord(
        type="invoice", id="10412", date=date(2026, 9, 1), due_date=date(2026, 9, 30), amount=Decimal("840.00"),
        outstanding=Decimal("410.50"),status="overdue",
    ),
    RegardedRecord(
        type="payment", id="P-2206", date=date(2026, 9, 18), amount=Decimal("429.50"), status="paid",
    ),
    RegardedRecord(
        type="invoice", id="10433", date=date(2026, 10, 1), due_date=date(2026, 10, 31), amount=Decimal("840.00"),
        outstanding=Decimal("840.00"), status="overdue",
    ),
)  # fmt: skip


# What makes rows of records, for examples in any currency.
_ROWS: dict[str, Callable[[Iterable[RegardedRecord], str], Rows]] = {
    "invoices": invoice_rows,
    "payments": payment_rows,
    "transactions": statement_rows,
}


def _amount(money: Money | None, sources: VariableSources) -> Value | None:
    return f"{money.amount:f}" if money and money.currency == sources.organisation.currency else money


def _subject_amount(amount: Decimal | None, sources: VariableSources) -> Value | None:
    currency = (sources.subject and sources.subject.currency) or sources.organisation.currency
    return None if amount is None else _amount(Money(amount, currency), sources)


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


# What the firm says of itself, with what it is, an example, and where it is told.
_FIRM: dict[str, tuple[str, str, Callable[[Organisation], str]]] = {
    "firm_name": ("the firm's name", "Letterbook", lambda firm: firm.name),
    "firm_address": ("the firm's address", "1 High Street, London", lambda firm: firm.address),
    "firm_registration": (
        "what the law wants named of the firm",
        "Registered in England no. 0123456",
        lambda firm: firm.letterhead.registration,
    ),
    "firm_email": ("the firm's email address", "post@firm.example", lambda firm: firm.letterhead.email),
    "firm_phone": ("the firm's telephone number", "+44 20 7946 0000", lambda firm: firm.letterhead.phone),
}


def _said_of_firm(told: Callable[[Organisation], str], sources: VariableSources) -> str:
    return told(sources.organisation)


RECORD_VARIABLES: tuple[RecordVariable, ...] = (
    RecordVariable(
        name="party_name",
        meaning="whom it is written to",
        example="Castlegate Finance",
        origin=_PARTY,
        value=lambda sources: sources.party.name,
    ),
    RecordVariable(
        name="account_number",
        meaning="the party's account number",
        example="A-1042",
        origin=_PARTY,
        value=lambda sources: sources.party.account_number,
    ),
    RecordVariable(
        name="party_address",
        meaning="the party's postal address, line by line",
        example="Castle House\n12 Mill Lane\nLeeds\nLS1 4AP",
        origin=_PARTY,
        value=lambda sources: sources.party.address,
    ),
    RecordVariable(
        name="party_email",
        meaning="the party's email address",
        example="post@castlegate.example",
        origin=_PARTY,
        value=lambda sources: sources.party.email,
    ),
    RecordVariable(
        name="contact_name",
        meaning="who reads it there",
        example="Tom Reed",
        origin=_CONTACT,
        value=lambda sources: sources.contact.name if sources.contact else None,
    ),
    RecordVariable(
        name="contact_role",
        meaning="what they are there",
        example="Head of complaints",
        origin=_CONTACT,
        value=lambda sources: sources.contact.role if sources.contact else None,
    ),
    RecordVariable(
        name="client_name",
        meaning="on whose behalf it is written",
        example="Priya Nair",
        origin=_CASE,
        value=lambda sources: sources.client.name if sources.client else None,
    ),
    RecordVariable(
        name="case_reference",
        meaning="the case's number",
        example="CASE-77",
        origin=_CASE,
        value=lambda sources: sources.case.reference if sources.case else None,
    ),
    RecordVariable(
        name="case_title",
        meaning="the case's title",
        example="Irresponsible lending",
        origin=_CASE,
        value=lambda sources: sources.case.title if sources.case else None,
    ),
    RecordVariable(
        name="subject_label",
        meaning="what it is about, as its own system calls it",
        example="Invoice 10412",
        origin=_SUBJECT,
        value=lambda sources: sources.subject.label if sources.subject else None,
    ),
    RecordVariable(
        name="subject_number",
        meaning="its number",
        example="10412",
        origin=_SUBJECT,
        value=lambda sources: sources.subject.id if sources.subject else None,
    ),
    RecordVariable(
        name="subject_date",
        meaning="its date",
        example="2026-09-01",
        origin=_SUBJECT,
        usage=_DATED,
        value=lambda sources: _day(sources.subject.date) if sources.subject else None,
    ),
    RecordVariable(
        name="subject_due_date",
        meaning="when it is due",
        example="2026-09-30",
        origin=_SUBJECT,
        usage=_DATED,
        value=lambda sources: _day(sources.subject.due_date) if sources.subject else None,
    ),
    RecordVariable(
        name="subject_amount",
        meaning="its amount",
        example="840.00",
        origin=_SUBJECT,
        usage=_PRICED,
        value=lambda sources: _subject_amount(sources.subject.amount, sources) if sources.subject else None,
    ),
    RecordVariable(
        name="subject_outstanding",
        meaning="what of it is not paid yet",
        example="410.50",
        origin=_SUBJECT,
        usage=_PRICED,
        value=lambda sources: _subject_amount(sources.subject.outstanding, sources) if sources.subject else None,
    ),
    RecordVariable(
        name="subject_status",
        meaning="how it stands, in the words of its own system",
        example="overdue",
        origin=_SUBJECT,
        value=lambda sources: sources.subject.status if sources.subject else None,
    ),
    RecordVariable(
        name="subject_link",
        meaning="its address in its own system",
        example="https://billing.example/invoices/10412",
        origin=_SUBJECT,
        value=lambda sources: sources.subject.url if sources.subject else None,
    ),
    RecordVariable(
        name="invoices",
        meaning="the invoices that it is about",
        example=_ROWS["invoices"](_EXAMPLES, _CURRENCY),
        origin=_SUBJECT,
        usage=_LISTED,
        value=lambda sources: invoice_rows(sources.subjects, sources.organisation.currency),
    ),
    RecordVariable(
        name="payments",
        meaning="the payments that it is about",
        example=_ROWS["payments"](_EXAMPLES, _CURRENCY),
        origin=_SUBJECT,
        usage=_LISTED,
        value=lambda sources: payment_rows(sources.subjects, sources.organisation.currency),
    ),
    RecordVariable(
        name="transactions",
        meaning="a statement of account: what was charged and paid, with the balance after each",
        example=_ROWS["transactions"](_EXAMPLES, _CURRENCY),
        origin=_SUBJECT,
        usage=_LISTED,
        value=lambda sources: (
            sources.transactions
            if sources.transactions is not None
            else statement_rows(sources.subjects, sources.organisation.currency)
        ),
    ),
    RecordVariable(
        name="total",
        meaning="what is outstanding on these invoices in all",
        example="1250.50",
        origin=_SUBJECT,
        usage=_PRICED,
        value=lambda sources: _amount(outstanding_total(sources.subjects, sources.organisation.currency), sources),
    ),
    RecordVariable(
        name="balance",
        meaning="what the account comes to: charges less payments",
        example="1250.50",
        origin=_SUBJECT,
        usage=_PRICED,
        value=lambda sources: _amount(balance_of(sources.subjects, sources.organisation.currency), sources),
    ),
    *(
        RecordVariable(
            name=name,
            meaning=meaning,
            example=example,
            origin=_SETTINGS,
            says_who_we_are=True,
            value=partial(_said_of_firm, told),
        )
        for name, (meaning, example, told) in _FIRM.items()
    ),
    RecordVariable(
        name="sender_name",
        meaning="the user who writes it",
        example="Jane Marsh",
        origin="your name",
        says_who_we_are=True,
        value=lambda sources: sources.viewer.name,
    ),
    RecordVariable(
        name="sender_role",
        meaning="what that user is at the firm",
        example="Solicitor",
        origin="your job title",
        says_who_we_are=True,
        value=lambda sources: sources.sender_role,
    ),
    RecordVariable(
        name="today",
        meaning="the day that it is written, or is to go",
        example="2026-11-20",
        origin="the day",
        usage=_DATED,
        says_who_we_are=True,
        value=lambda sources: sources.today.isoformat(),
    ),
    RecordVariable(
        name="correspondence_number",
        meaning="the number of the correspondence",
        example="A-1042/C001",
        origin="from the correspondence",
        value=lambda sources: sources.correspondence_number,
    ),
    RecordVariable(
        name="link",
        meaning="a signed address that is the recipient's own, where the message carries one",
        example="https://letters.example/verify/example",
        origin="made for the message",
        value=lambda sources: sources.link,
    ),
)
BY_NAME = {variable.name: variable for variable in RECORD_VARIABLES}
# Those that nobody types.
ROW_VARIABLES = frozenset(_ROWS)
EXAMPLES: dict[str, Value] = {variable.name: variable.example for variable in RECORD_VARIABLES}


def examples_in(organisation: Organisation) -> dict[str, Value]:
    """The examples, with what the firm says of itself, and the amounts of rows in its currency."""
    own = {name: said for name, (_, _, told) in _FIRM.items() if (said := told(organisation))}
    return EXAMPLES | own | {name: made(_EXAMPLES, organisation.currency) for name, made in _ROWS.items()}


def example_party(now: datetime) -> Party:
    """Whom the examples are about."""
    told = {name: str(example) for name, example in EXAMPLES.items()}
    return Party(
        id="example",
        kind=PartyKind.CREDITOR,
        name=told["party_name"],
        account_number=told["account_number"],
        address=told["party_address"],
        created_at=now,
    )


def known_values(sources: VariableSources) -> dict[str, Value | NoValue]:
    """By name, what can be filled in; a gap for what the record lacks stays one. NoValue is a gap of which the reason is known."""
    values = {variable.name: _value(variable, sources) for variable in RECORD_VARIABLES}
    return {name: value for name, value in values.items() if value}


def _value(variable: RecordVariable, sources: VariableSources) -> Value | NoValue | None:
    try:
        return variable.value(sources)
    except NotReckonable as wrong:
        return NoValue(str(wrong))
