"""What the record fills into templates by itself: one tuple, and what is said of it."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from console.presenters.compose import source_of
from letterbook.domain.organisation import LetterheadSetting, Organisation
from letterbook.domain.party import Case, CaseKind, Contact, Party, PartyKind
from letterbook.domain.record_variables import EXAMPLES, RECORD_VARIABLES, VariableSources, known_values
from letterbook.domain.references import PartyRef
from letterbook.domain.rows import Money, NoValue, Rows
from letterbook.domain.subjects import RegardedRecord
from letterbook.domain.templates import Variable, values_for
from tests.support.builders import NOW, template, viewer

DOCS = Path(__file__).parents[2] / "docs" / "templates.md"
LINE = re.compile(r"^\| `(\{\{ .+? \}\})` \| (.+) \| (.+) \| (.+) \|$", re.MULTILINE)
INVOICE = RegardedRecord(
    type="invoice",
    id="7",
    label="Invoice 7",
    url="https://b.example/7",
    date=date(2026, 9, 1),
    due_date=date(2026, 9, 30),
    amount=Decimal("840"),
    outstanding=Decimal("410.50"),
    status="overdue",
)
EVERYTHING = VariableSources(
    organisation=Organisation(
        name="The Firm",
        address="2 Low Road",
        letterhead=LetterheadSetting(registration="Registered in England", phone="+44 20", email="post@firm.example"),
    ),
    party=Party(
        id="pty_1",
        kind=PartyKind.CREDITOR,
        name="Northmoor",
        account_number="AC-7",
        address="1 Moor\nLeeds",
        email="n@moor.example",
        created_at=NOW,
    ),
    contact=Contact(id="cnt_1", party_id="pty_1", name="Ben", role="Head", created_at=NOW),
    case=Case(id="cas_1", kind=CaseKind.CASE, reference="C-1", title="Lending", created_at=NOW),
    client=PartyRef(id="pty_2", name="Priya", kind=PartyKind.CLIENT),
    viewer=viewer(),
    sender_role="Solicitor",
    today=date(2026, 11, 20),
    subject=INVOICE,
    subjects=(
        INVOICE,
        RegardedRecord(type="payment", id="P1", amount=Decimal(100), date=date(2026, 9, 3), status="paid"),
    ),
    correspondence_number="AC-7/C001",
    link="https://firm.example/verify/1",
)


def test_each_is_taken_from_its_place() -> None:
    values = known_values(EVERYTHING)
    assert {name: value for name, value in values.items() if isinstance(value, str)} == {
        "party_name": "Northmoor",
        "account_number": "AC-7",
        "party_address": "1 Moor\nLeeds",
        "party_email": "n@moor.example",
        "contact_name": "Ben",
        "contact_role": "Head",
        "client_name": "Priya",
        "case_reference": "C-1",
        "case_title": "Lending",
        "subject_label": "Invoice 7",
        "subject_number": "7",
        "subject_date": "2026-09-01",
        "subject_due_date": "2026-09-30",
        "subject_amount": "840",
        "subject_outstanding": "410.50",
        "subject_status": "overdue",
        "subject_link": "https://b.example/7",
        "total": "410.50",
        "balance": "740",
        "firm_name": "The Firm",
        "firm_address": "2 Low Road",
        "firm_registration": "Registered in England",
        "firm_email": "post@firm.example",
        "firm_phone": "+44 20",
        "sender_name": EVERYTHING.viewer.name,
        "sender_role": "Solicitor",
        "today": "2026-11-20",
        "correspondence_number": "AC-7/C001",
        "link": "https://firm.example/verify/1",
    }
    rows = {name: len(value.rows) for name, value in values.items() if isinstance(value, Rows)}
    assert rows == {"invoices": 1, "payments": 1, "transactions": 2}
    assert {*values} == {one.name for one in RECORD_VARIABLES}


def test_what_the_record_lacks_is_not_filled_in() -> None:
    party = replace(EVERYTHING.party, account_number=None, address=None, email=None)
    organisation = Organisation(name="The Firm")
    bare = VariableSources(organisation=organisation, party=party, viewer=EVERYTHING.viewer, today=EVERYTHING.today)
    assert set(known_values(bare)) == {"party_name", "sender_name", "firm_name", "today"}


def test_an_amount_of_another_currency_names_it() -> None:
    euros = replace(INVOICE, currency="EUR")
    values = known_values(replace(EVERYTHING, subject=euros, subjects=(euros,)))
    assert (values["subject_amount"], values["total"]) == (Money(Decimal(840), "EUR"), Money(Decimal("410.50"), "EUR"))


def test_a_sum_that_cannot_be_made_says_why() -> None:
    both = (INVOICE, replace(INVOICE, id="8", currency="EUR"))
    values = known_values(replace(EVERYTHING, subjects=both))
    assert values["total"] == NoValue("Amounts in several currencies have no sum: EUR, GBP.")
    untold = known_values(replace(EVERYTHING, subjects=(replace(INVOICE, outstanding=None),)))
    assert untold["total"] == NoValue("Invoice 7 tells no outstanding amount.")


def test_the_page_on_templates_says_the_same() -> None:
    told = LINE.findall(DOCS.read_text().replace(r"\|", "|"))
    assert told == [(one.written, one.meaning, one.origin, one.shown_example) for one in RECORD_VARIABLES]


def test_each_has_a_name_of_its_own_and_an_example() -> None:
    assert len(EXAMPLES) == len(RECORD_VARIABLES)
    assert all(EXAMPLES.values())


def test_whoever_writes_is_told_where_a_value_comes_from() -> None:
    told = {one.name: source_of(one.name, known=True) for one in RECORD_VARIABLES}
    assert told["account_number"] == "from the party"
    assert told["client_name"] == "from the case"
    assert told["invoices"] == "from what it is about"
    assert told["sender_name"] == "your name"
    assert source_of("amount", known=False) == ""


def test_what_cannot_be_reckoned_stays_a_gap_though_it_may_be_left_out() -> None:
    """A statement that lacks its rows because there are two currencies must not say that nothing was charged."""
    made = template(variables=(Variable(name="balance", required=False), Variable(name="note", required=False)))
    assert values_for(made, {}, {"balance": NoValue("Two currencies.")}) == {"note": ""}
    assert values_for(made, {"balance": "12.00"}, {"balance": NoValue("Two currencies.")}) == {
        "note": "",
        "balance": "12.00",
    }
    assert values_for(made, {}, {}) == {"balance": "", "note": ""}
