"""Where a page shows the beginning of something alone, it says so, and how to come to the rest."""

import pytest

from tests.support.aws import WorldForTests
from tests.support.console_client import ConsoleClient, words
from tests.support.steps import a_case, a_party


@pytest.mark.parametrize(("number", "told"), [(10, False), (11, True)])
def test_a_party_page_says_that_there_are_older_cases(
    world: WorldForTests, jane: ConsoleClient, number: int, told: bool
) -> None:
    party = a_party(world)
    for n in range(number):
        a_case(world, party, reference=f"C-{n}")
    assert ("These are the newest 10 cases." in words(jane.get(f"/parties/{party.id}").text)) is told


@pytest.mark.parametrize(("number", "told"), [(12, False), (13, True)])
def test_whoever_looks_for_a_common_name_is_told_that_more_have_it(
    world: WorldForTests, jane: ConsoleClient, number: int, told: bool
) -> None:
    for n in range(number):
        a_party(world, name=f"Raman {n}", email=f"raman{n}@raman.example", mobile=None)
    page = words(jane.get("/communications/filter?party=Raman").text)
    assert ("These are the first 12 of that name: write more of it." in page) is told


def test_whoever_chooses_a_party_by_a_common_name_is_told_that_more_have_it(
    world: WorldForTests, jane: ConsoleClient
) -> None:
    for n in range(31):
        a_party(world, name=f"Raman {n}", email=f"raman{n}@raman.example", mobile=None)
    page = words(jane.get("/compose?words=Raman").text)
    assert "These are the first 30 parties of that name: write more of it." in page
