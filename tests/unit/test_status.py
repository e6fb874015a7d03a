"""The transition table: every edge that is there, and every edge that is not."""

import itertools

import pytest

from letterbook.domain.communication import Failure
from letterbook.domain.failures import FailureCode
from letterbook.domain.status import (
    CANCELLABLE,
    COLOURS,
    FINAL,
    PREDECESSORS,
    STATUSES,
    QuickFilter,
    Status,
    StatusGroup,
    can_transition,
    group_of,
    quick_filter_of,
)
from letterbook.domain.transitions import IllegalTransition, transitioned
from tests.support.builders import NOW, communication

# The table of statuses, written out once more by hand: the test must not read what it tests.
EDGES = {
    "draft": "collecting generating scheduled queued skipped cancelled manual_pending",
    "collecting": "generating scheduled queued failed skipped cancelled manual_pending",
    "generating": "scheduled queued failed skipped cancelled manual_pending",
    "scheduled": "queued skipped cancelled manual_pending",
    "queued": "sending failed rejected skipped cancelled manual_pending",
    "sending": "sent delivered failed rejected unconfirmed queued",
    "unconfirmed": "sent delivered failed rejected",
    "sent": "delivered failed rejected",
    "delivered": "failed",
    # Decision 0003: evidence that the provider took it after all.
    "rejected": "delivered failed",
    "manual_pending": "delivered cancelled",
    # Decision 0003: where it was to go by another channel, and there is none after all.
    "skipped": "failed",
    # After a soft bounce only.
    "failed": "delivered",
}
ALLOWED = {(Status(one), Status(other)) for one, others in EDGES.items() for other in others.split()}
FORBIDDEN = set(itertools.product(Status, Status)) - ALLOWED


@pytest.mark.parametrize(("status", "to"), sorted(ALLOWED))
@pytest.mark.covers("F1", "F2")
def test_every_edge_of_the_table_can_be_gone(status: Status, to: Status) -> None:
    assert can_transition(status, to, soft=True)
    failure = Failure(code=FailureCode.MAILBOX_FULL, permanent=False) if status is Status.FAILED else None
    change = transitioned(communication(status, failure=failure), to, at=NOW, event="test")
    assert change.after.entry.status is to


@pytest.mark.parametrize(("status", "to"), sorted(FORBIDDEN))
def test_no_other_edge_can(status: Status, to: Status) -> None:
    assert not can_transition(status, to, soft=True)
    with pytest.raises(IllegalTransition):
        transitioned(communication(status), to, at=NOW, event="test")


def test_a_hard_failure_is_never_delivered_afterwards() -> None:
    assert not can_transition(Status.FAILED, Status.DELIVERED, soft=False)


def test_predecessors_are_the_edges_read_backwards() -> None:
    assert {(one, to) for to, befores in PREDECESSORS.items() for one in befores} == ALLOWED


def test_final_is_what_leads_nowhere_but_to_another_end() -> None:
    final = "delivered failed rejected skipped cancelled received logged"
    assert {Status(one) for one in final.split()} == FINAL


def test_what_has_not_begun_to_be_sent_can_be_cancelled() -> None:
    assert {
        Status(one) for one in ["draft", "collecting", "generating", "scheduled", "queued", "manual_pending"]
    } == CANCELLABLE


@pytest.mark.covers("F11")
def test_groups() -> None:
    groups = {
        StatusGroup.SUCCESSFUL: "delivered",
        StatusGroup.SKIPPED: "skipped",
        StatusGroup.IN_PROGRESS: "collecting generating scheduled queued sending sent",
        StatusGroup.FAILED: "failed rejected unconfirmed",
        StatusGroup.DRAFT: "draft",
        StatusGroup.CLOSED: "cancelled",
        StatusGroup.MANUAL: "manual_pending",
        StatusGroup.LOGGED: "received logged",
    }
    assert {group: {s for s in Status if group_of(s) is group} for group in StatusGroup} == {
        group: {Status(one) for one in names.split()} for group, names in groups.items()
    }


@pytest.mark.covers("F11")
def test_colours() -> None:
    """Successful and skipped green, on the way blue, failed red, to be done by hand amber, the rest grey."""
    expected = {
        "green": "delivered skipped",
        "blue": "collecting generating scheduled queued sending sent",
        "red": "failed rejected unconfirmed",
        "amber": "manual_pending",
        "grey": "draft cancelled received logged",
    }
    assert {colour: {s for s in Status if COLOURS[group_of(s)] == colour} for colour in expected} == {
        colour: {Status(one) for one in names.split()} for colour, names in expected.items()
    }


@pytest.mark.covers("C7")
def test_quick_filters() -> None:
    quick = {
        QuickFilter.FAILED: "failed rejected unconfirmed",
        QuickFilter.NOT_SENT: "draft scheduled queued sending manual_pending cancelled",
        QuickFilter.COMPLETED: "delivered skipped",
    }
    assert {one: {s for s in Status if quick_filter_of(s) is one} for one in QuickFilter} == {
        one: {Status(name) for name in names.split()} for one, names in quick.items()
    }


def test_sent_is_the_end_where_no_receipt_will_come() -> None:
    assert group_of(Status.SENT, receipts=False) is StatusGroup.SUCCESSFUL
    assert quick_filter_of(Status.SENT, receipts=False) is QuickFilter.COMPLETED


def test_every_status_stands_in_the_table() -> None:
    assert set(STATUSES) == set(Status)
