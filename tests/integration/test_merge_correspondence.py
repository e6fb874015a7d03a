"""Correspondence of a record that was merged: it comes with its numbers, and the next number is nobody's."""

import pytest

from letterbook.use_cases.correspondence.void import void_correspondence
from letterbook.use_cases.reading.correspondence import read_correspondence
from tests.support.aws import WorldForTests
from tests.support.builders import agent, viewer
from tests.support.correspondence import a_customer, a_type, begun, made
from tests.support.merging import later, merged


@pytest.mark.covers("J3")
def test_letters_move_with_the_numbers_that_they_bear(world: WorldForTests) -> None:
    a_type(world)
    gone, into = a_customer(world, "A-77"), a_customer(world, "B-1")
    for party in (gone, gone, into):
        made(world, party)
    merged(world, gone, into)
    later(world)
    listed = world.correspondence.page(into.id, after=None, limit=10).items
    assert sorted(one.number for one in listed) == ["A-77/C001", "A-77/C002", "B-1/C001"]
    assert world.correspondence.page(gone.id, after=None, limit=10).items == []
    seen = read_correspondence(world, agent(into), "A-77", "C001")
    assert seen.party.id == into.id
    document = world.documents.get(seen.versions[0].document.id)
    assert document
    assert document.party_id == into.id


@pytest.mark.covers("J3")
@pytest.mark.parametrize("remaining", ["B-1", None])
def test_the_next_number_is_after_all_that_both_had(world: WorldForTests, remaining: str | None) -> None:
    """A record without an account number takes the other's, and goes on where that stood."""
    a_type(world)
    gone, into = a_customer(world, "A-77"), a_customer(world, remaining)
    for _ in range(3):
        begun(world, gone)
    void_correspondence(world, viewer(), "A-77", "C003", reason="Wrong")
    stands = merged(world, gone, into)
    later(world)
    assert begun(world, stands).number == f"{remaining or 'A-77'}/C004"
