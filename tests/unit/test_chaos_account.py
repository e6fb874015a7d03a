"""The arithmetic of `make chaos`: a table that says "none lost" can be believed."""

from collections.abc import Collection, Mapping, Sequence

import pytest
from hypothesis import given, strategies as st

from letterbook.domain.status import STATUSES, Status, StatusGroup
from tests.chaos.account import Entry, Row, account, account_received, shown, total

S = Status


def accounted(
    entries: Sequence[Entry],
    mails: Sequence[str] = (),
    *,
    accepted: Mapping[str, Collection[str]] | None = None,
    struck: Collection[str] = (),
    faults: int = 1,
) -> Row:
    """Of entries that were accepted as they stand."""
    told = accepted if accepted is not None else {one.order: {one.id} for one in entries}
    return account("s", accepted=told, entries=entries, mails=mails, struck=struck, faults=faults, seconds=1)


def entry(status: Status, *, id_: str = "com_1", order: str = "a", whole: bool = True) -> Entry:
    return Entry(id=id_, order=order, status=status, whole=whole)


def test_one_mail_delivered_holds() -> None:
    row = accounted([entry(S.DELIVERED)], ["a"])
    assert row.holds
    assert (row.accepted, row.sent, row.delivered) == (1, 1, 1)


def test_two_mails_for_one_order_are_doubled() -> None:
    row = accounted([entry(S.DELIVERED)], ["a", "a"])
    assert row.doubled == 1
    assert not row.holds


def test_two_mails_of_two_entries_for_one_order_are_doubled() -> None:
    row = accounted([entry(S.DELIVERED), entry(S.DELIVERED, id_="com_2")], ["a", "a"], accepted={"a": {"com_1"}})
    assert row.doubled == 1


def test_two_ids_answered_to_one_order_are_doubled() -> None:
    row = accounted(
        [entry(S.DELIVERED), entry(S.FAILED, id_="com_2")], ["a"], accepted={"a": {"com_1", "com_2"}}, struck={"com_2"}
    )
    assert row.doubled == 1
    assert not row.holds


def test_what_was_accepted_and_is_not_in_the_log_is_lost() -> None:
    row = accounted([], accepted={"a": {"com_1"}})
    assert row.lost == 1
    assert not row.holds


def test_what_was_accepted_is_lost_even_where_another_entry_says_the_same() -> None:
    assert accounted([entry(S.DELIVERED, id_="com_2")], ["a"], accepted={"a": {"com_1"}}).lost == 1


def test_a_mail_that_nobody_recorded_is_lost() -> None:
    assert accounted([], ["a"], accepted={}).lost == 1


@pytest.mark.parametrize("status", [S.SENT, S.DELIVERED])
def test_what_says_that_it_went_and_did_not_is_lost(status: Status) -> None:
    assert accounted([entry(status)], struck={"com_1"}).lost == 1


@pytest.mark.parametrize("status", [S.SCHEDULED, S.QUEUED, S.SENDING])
def test_what_is_not_at_an_end_is_stuck(status: Status) -> None:
    assert accounted([entry(status)], struck={"com_1"}).stuck == 1


def test_what_was_taken_and_not_heard_of_is_stuck() -> None:
    assert accounted([entry(S.SENT)], ["a"]).stuck == 1


def test_unconfirmed_is_honest_where_its_own_call_was_broken() -> None:
    row = accounted([entry(S.UNCONFIRMED)], struck={"com_1"})
    assert row.holds
    assert row.unconfirmed == 1


def test_unconfirmed_for_no_reason_is_unexplained() -> None:
    assert accounted([entry(S.UNCONFIRMED)], struck={"com_2"}).unexplained == 1


def test_unconfirmed_although_the_provider_told_of_it_is_stuck() -> None:
    assert accounted([entry(S.UNCONFIRMED)], ["a"], struck={"com_1"}).stuck == 1


def test_failed_for_no_reason_is_unexplained() -> None:
    assert accounted([entry(S.FAILED)]).unexplained == 1


def test_failed_where_it_was_broken_is_seen_by_a_person() -> None:
    row = accounted([entry(S.REJECTED)], struck={"com_1"})
    assert row.holds
    assert row.failed == 1


def test_failed_although_the_provider_took_it_is_unexplained() -> None:
    assert accounted([entry(S.FAILED)], ["a"], struck={"com_1"}).unexplained == 1


def test_a_broken_history_is_unexplained() -> None:
    assert accounted([entry(S.DELIVERED, whole=False)], ["a"]).unexplained == 1


def test_the_last_attempt_speaks_for_an_order() -> None:
    row = accounted(
        [entry(S.DELIVERED, id_="com_2"), entry(S.REJECTED)], ["a"], accepted={"a": {"com_1"}}, struck={"com_1"}
    )
    assert row.holds
    assert (row.delivered, row.failed) == (1, 0)


def test_where_nothing_was_broken_nothing_is_proven() -> None:
    assert not accounted([entry(S.DELIVERED)], ["a"], faults=0).holds
    assert not accounted([]).holds


@given(st.sampled_from(Status), st.integers(0, 3), st.booleans(), st.booleans())
def test_only_one_mail_or_an_end_that_a_person_sees_can_hold(
    status: Status, mails: int, whole: bool, struck: bool
) -> None:
    row = accounted([entry(status, whole=whole)], ["a"] * mails, struck={"com_1"} if struck else ())
    went = mails == 1 and status is S.DELIVERED
    seen = (
        mails == 0
        and struck
        and STATUSES[status].group in (StatusGroup.FAILED, StatusGroup.MANUAL, StatusGroup.SKIPPED, StatusGroup.CLOSED)
    )
    assert row.holds == (whole and (went or seen))


def received(put: Sequence[str], *entries: Entry) -> Row:
    return account_received("s", put=put, entries=entries, faults=1, seconds=1)


def test_a_mail_that_came_in_is_one_entry() -> None:
    row = received(["a"], entry(S.RECEIVED))
    assert row.holds
    assert (row.accepted, row.delivered) == (1, 1)
    assert received(["a"]).lost == 1
    assert received(["a"], entry(S.RECEIVED), entry(S.RECEIVED, id_="com_2")).doubled == 1
    assert received(["a"], entry(S.DELIVERED)).unexplained == 1
    assert received(["a"], entry(S.RECEIVED), entry(S.RECEIVED, order="b")).unexplained == 1


def test_the_last_line_adds_up() -> None:
    rows = [accounted([entry(S.DELIVERED)], ["a"]), accounted([entry(S.QUEUED)])]
    assert (total(rows, 9).accepted, total(rows, 9).stuck, total(rows, 9).seconds) == (2, 1, 9)
    assert [line.split()[0] for line in shown(rows, 9).splitlines()[2:4]] == ["s", "s"]
    assert shown(rows, 9).splitlines()[-1].split()[-1] == "9"
