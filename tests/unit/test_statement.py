"""What a party owes and paid, as rows: the balance is the sum, whatever the order, and no amount is made up."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import given, strategies as st

from letterbook.domain.rows import Money, Rows
from letterbook.domain.statement import (
    NotReckonable,
    balance_of,
    invoice_rows,
    outstanding_total,
    payment_rows,
    statement_rows,
)
from letterbook.domain.subjects import RegardedRecord

DAY = date(2026, 9, 1)
pounds = st.decimals(min_value="0.01", max_value="100000", places=2)
records = st.lists(
    st.builds(
        RegardedRecord,
        type=st.sampled_from(["invoice", "payment", "credit_note", "contract"]),
        id=st.from_regex(r"[0-9]{1,6}", fullmatch=True),
        date=st.none() | st.dates(DAY, DAY + timedelta(days=90)),
        amount=pounds,
        status=st.sampled_from([None, "paid", "issued", "failed", "Cancelled"]),
    ),
    max_size=30,
).map(tuple)


def invoice(number: str, amount: str, *, day: int = 1, **more: Any) -> RegardedRecord:
    made = RegardedRecord(type="invoice", id=number, date=date(2026, 9, day), amount=Decimal(amount))
    return replace(made, **more)


def payment(number: str, amount: str, *, day: int = 1, **more: Any) -> RegardedRecord:
    return replace(invoice(number, amount, day=day, **more), type="payment")


def amounts(rows: Rows, column: str) -> list[str | None]:
    place = rows.names.index(column)
    cells = (row[place] for row in (*rows.rows, *rows.totals))
    return [str(one.amount) if isinstance(one, Money) else None for one in cells]


def last_balance(rows: Rows) -> Decimal:
    cell = rows.rows[-1][-1] if rows else Money(Decimal(0), "GBP")
    assert isinstance(cell, Money)
    return cell.amount


def expected(subjects: Sequence[RegardedRecord]) -> Decimal:
    total = Decimal(0)
    for one in subjects:
        cancelled = one.status == "Cancelled" or (one.status == "failed" and one.type == "payment")
        sign = {"invoice": 1, "payment": -1, "credit_note": -1}.get(one.type, 0)
        total += 0 if cancelled else sign * (one.amount or 0)
    return total


@given(records)
def test_the_balance_is_the_sum(subjects: tuple[RegardedRecord, ...]) -> None:
    rows = statement_rows(subjects, "GBP")
    assert last_balance(rows) == expected(subjects)
    assert (balance_of(subjects, "GBP") or Money(Decimal(0), "GBP")).amount == expected(subjects)


@given(records, st.dates(DAY, DAY + timedelta(days=90)))
def test_what_is_brought_forward_loses_nothing(subjects: tuple[RegardedRecord, ...], since: date) -> None:
    assert last_balance(statement_rows(subjects, "GBP", since=since)) == expected(subjects)


@given(records)
def test_each_balance_is_the_one_before_with_what_moved(subjects: tuple[RegardedRecord, ...]) -> None:
    balance = Decimal(0)
    for _, _, charge, paid, after in statement_rows(subjects, "GBP").rows:
        assert isinstance(after, Money)
        balance += charge.amount if isinstance(charge, Money) else Decimal(0)
        balance -= paid.amount if isinstance(paid, Money) else Decimal(0)
        assert after.amount == balance


@given(records, st.randoms(use_true_random=False))
def test_in_whatever_order_they_are_told_of(subjects: tuple[RegardedRecord, ...], chance: Random) -> None:
    shuffled = list(subjects)
    chance.shuffle(shuffled)
    assert statement_rows(shuffled, "GBP").totals == statement_rows(subjects, "GBP").totals
    days = [row[0] for row in statement_rows(shuffled, "GBP").rows]
    assert days == sorted(days, key=lambda day: day if isinstance(day, date) else date.max)


def test_on_one_day_charges_come_first() -> None:
    rows = statement_rows((payment("P1", "10", day=3), invoice("I1", "30", day=3)), "GBP")
    assert [row[0] for row in rows.rows] == [date(2026, 9, 3)] * 2
    assert amounts(rows, "charge") == ["30", None, "30"]
    assert amounts(rows, "payment") == [None, "10", "10"]
    assert amounts(rows, "balance") == ["30", "20", "20"]


def test_a_statement_of_some_days_begins_with_what_was_before() -> None:
    told = (
        invoice("I1", "30", day=1),
        payment("P1", "10", day=2),
        invoice("I2", "5", day=10),
        invoice("I3", "7", day=20),
    )
    rows = statement_rows(told, "GBP", since=date(2026, 9, 5), until=date(2026, 9, 15))
    assert amounts(rows, "balance") == ["20", "25", "25"]
    assert amounts(rows, "charge") == [None, "5", "5"]


@pytest.mark.parametrize("amount", ["12", "-12"])
def test_a_credit_note_takes_off_however_its_sign_is_written(amount: str) -> None:
    note = replace(invoice("C1", amount, day=2), type="credit_note")
    assert last_balance(statement_rows((invoice("I1", "30"), note), "GBP")) == Decimal(18)


def test_a_record_without_a_currency_is_of_the_firms() -> None:
    rows = invoice_rows((invoice("I1", "30"), invoice("I2", "5", currency="EUR")), "EUR")
    assert rows.totals[0][3] == Money(Decimal(35), "EUR")


def test_each_currency_has_a_sum_of_its_own() -> None:
    rows = invoice_rows((invoice("I1", "30"), invoice("I2", "5", currency="EUR"), invoice("I3", "2")), "GBP")
    assert [row[3] for row in rows.totals] == [Money(Decimal(32), "GBP"), Money(Decimal(5), "EUR")]


def test_what_one_invoice_does_not_tell_has_no_sum() -> None:
    rows = invoice_rows((invoice("I1", "30", outstanding=Decimal(30)), invoice("I2", "5")), "GBP")
    assert (amounts(rows, "amount")[-1], amounts(rows, "outstanding")[-1]) == ("35", None)


def test_payments_that_failed_are_listed_as_such() -> None:
    rows = payment_rows((payment("P2", "10", day=4, status="failed"), payment("P1", "10", status="paid")), "GBP")
    assert [(row[0], row[3]) for row in rows.rows] == [("P1", "paid"), ("P2", "failed")]


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ((invoice("1", "5"), invoice("2", "5", currency="USD")), "several currencies have no sum: GBP, USD"),
        ((replace(invoice("1", "5"), amount=None),), "Invoice 1 tells no amount"),
        ((replace(invoice("1", "5"), amount=None, label="Bill of May"),), "Bill of May tells no amount"),
    ],
)
def test_what_cannot_be_reckoned_is_said(told: tuple[RegardedRecord, ...], why: str) -> None:
    with pytest.raises(NotReckonable, match=why):
        statement_rows(told, "GBP")
    with pytest.raises(NotReckonable, match=why):
        balance_of(told, "GBP")


def test_without_invoices_there_is_no_total() -> None:
    assert outstanding_total((payment("P1", "10"),), "GBP") is None
    assert not invoice_rows((), "GBP")
