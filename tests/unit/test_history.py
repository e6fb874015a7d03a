"""The chain of history rows: what was changed, taken out or moved is found."""

from dataclasses import replace
from typing import Any

from hypothesis import given, strategies as st

from letterbook.domain.communication import HashChain
from letterbook.domain.history import HistoryRow, first_broken_link
from letterbook.domain.receipts import DeliveryOutcome, RecipientUpdate
from letterbook.domain.status import Status
from letterbook.domain.transitions import created, receipt_applied, transitioned
from tests.support.builders import JANE, NOW, communication, later, receipt


def chain_of(rows: list[HistoryRow]) -> HashChain:
    """As the communication knows it."""
    return HashChain(length=len(rows), head=rows[-1].hash)


def a_life() -> list[HistoryRow]:
    accepted = created(communication(), at=NOW, actor=JANE, event="accepted")
    claimed = transitioned(accepted.after, Status.SENDING, at=later(seconds=1), event="claimed")
    sent = receipt_applied(
        claimed.after, receipt(RecipientUpdate(fact=DeliveryOutcome.ACCEPTED), event="taken"), at=later(seconds=2)
    )
    delivered = receipt_applied(
        sent.after, receipt(RecipientUpdate(fact=DeliveryOutcome.DELIVERED)), at=later(seconds=3)
    )
    return [accepted.row, claimed.row, sent.row, delivered.row]


def test_each_row_names_the_hash_of_the_one_before() -> None:
    rows = a_life()
    assert first_broken_link(rows, chain_of(rows)) is None
    assert [row.previous for row in rows] == ["", *(row.hash for row in rows[:-1])]
    assert [row.n for row in rows] == [1, 2, 3, 4]


FIELDS = ["note", "event", "code", "outcome", "at", "actor", "digest", "of", "content", "case_id", "restricted", "was"]


@given(st.integers(0, 3), st.sampled_from(FIELDS))
def test_a_changed_row_is_found(place: int, field: str) -> None:
    rows = a_life()
    chain = chain_of(rows)
    others: dict[str, Any] = {
        "was": {"body": "x"},
        "restricted": True,
        "at": later(days=1),
        "actor": replace(JANE, name="Somebody else"),
    }
    other = others.get(field, "something else")
    rows[place] = replace(rows[place], **{field: other})
    assert first_broken_link(rows, chain) in ({place, place + 1} if place < 3 else {3})


@given(st.integers(0, 3))
def test_a_missing_row_is_found(place: int) -> None:
    rows = a_life()
    chain = chain_of(rows)
    del rows[place]
    assert first_broken_link(rows, chain) == min(place, 2)


def test_rows_of_another_communication_are_found() -> None:
    rows = a_life()
    other = [replace(row, of="com_other") for row in rows]
    assert first_broken_link(other, chain_of(rows)) is not None


@given(st.permutations(range(4)))
def test_rows_out_of_order_are_found(order: list[int]) -> None:
    rows = a_life()
    assert (first_broken_link([rows[place] for place in order], chain_of(rows)) is None) == (order == [0, 1, 2, 3])
