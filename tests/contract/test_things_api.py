"""The overview as the API answers it: every filter of the log, words, and what regards nothing; and what was opened."""

from typing import Any

import pytest

from letterbook.domain.access import Grant
from letterbook.domain.party import Case, Party
from letterbook.domain.references import Regarding
from letterbook.use_cases.indexing.index import index_communication
from tests.support import builders
from tests.support.api_client import ADMIN, expect_created
from tests.support.aws import WorldForTests
from tests.support.lambda_client import Caller
from tests.support.steps import delivered_to

NOTE = {"channel": "note"}


def noted(world: WorldForTests, party: Party, body: str, **more: Any) -> str:
    world.clock.pass_(seconds=1)
    made = expect_created(ADMIN.post("/v1/communications", NOTE | {"party_id": party.id, "body": body, **more}))
    index_communication(world, made["id"])
    return str(made["id"])


def overview(**query: str) -> list[tuple[str | None, int, str]]:
    """Of each row what it regards, how many there are, and the latest."""
    answer = ADMIN.get("/v1/overview", **query)
    assert answer.status == 200, answer.text
    return [
        (
            one["regarding"] and f"{one['regarding']['type']}:{one['regarding']['id']}",
            one["attempts"],
            one["latest"]["id"],
        )
        for one in answer.json["items"]
    ]


@pytest.mark.covers("B6")
def test_what_regards_nothing_stands_under_its_case_and_what_has_none_under_its_party(
    world: WorldForTests, priya: Party, bank: Party, matter: Case
) -> None:
    about = noted(world, priya, "One", regarding={"type": "invoice", "id": "7"})
    noted(world, priya, "Two", case_id=matter.id)
    of_case = noted(world, bank, "Three", case_id=matter.id)
    of_party = noted(world, priya, "Four")
    assert overview() == [(None, 1, of_party), (None, 2, of_case), ("invoice:7", 1, about)]
    rows = ADMIN.get("/v1/overview").json["items"]
    assert [one["case"] and one["case"]["reference"] for one in rows] == [None, matter.reference, None]
    assert overview(case_id=matter.id) == [(None, 2, of_case)]
    assert overview(regarding="none") == [(None, 1, of_party), (None, 2, of_case)]
    assert overview(subject_type="invoice") == [("invoice:7", 1, about)]
    assert overview(client_id=priya.id, channel="email") == []


def test_the_overview_finds_things_by_words_said_about_them(world: WorldForTests, priya: Party, matter: Case) -> None:
    invoice = {"type": "invoice", "id": "2025-00123"}
    noted(world, priya, "They dispute the meter reading", regarding=invoice)
    latest = noted(world, priya, "Sent again", regarding=invoice)
    of_case = noted(world, priya, "The meter was changed", case_id=matter.id)
    noted(world, priya, "Nothing of the kind")
    assert overview(q="meter") == [(None, 1, of_case), ("invoice:2025-00123", 2, latest)]
    assert overview(q="meter dispute") == [("invoice:2025-00123", 2, latest)]
    assert overview(q="meter", subject_type="invoice") == [("invoice:2025-00123", 2, latest)]
    assert overview(q="zwingli") == []


def test_a_search_in_the_overview_names_no_thing_twice_however_it_is_paged(world: WorldForTests, priya: Party) -> None:
    for number in range(9):
        noted(world, priya, "The meter", regarding={"type": "invoice", "id": str(number % 3)})
    found: list[str] = []
    on: dict[str, str] | None = {}
    while on is not None:
        page = ADMIN.get("/v1/overview", q="meter", limit=2, **on).json
        found += [one["regarding"]["id"] for one in page["items"]]
        on = {"cursor": page["next_cursor"]} if page["next_cursor"] else None
    assert found == ["2", "1", "0"]


def test_nobody_learns_of_what_they_do_not_see_by_a_row(
    world: WorldForTests, priya: Party, bank: Party, people: dict[str, str]
) -> None:
    seen = noted(world, bank, "Meter")
    noted(world, priya, "Meter")
    noted(world, bank, "Meter, but restricted", restricted=True)
    world.grants.save(Grant(user=people["agent"], party_id=bank.id), builders.deed())
    agent = Caller(user=people["agent"], role="agent")
    for query in ({}, {"q": "meter"}):
        rows = agent.get("/v1/overview", **query).json["items"]
        assert [(one["attempts"], one["latest"]["id"]) for one in rows] == [(1, seen)]


def test_what_was_opened_is_told_from_what_was_not(world: WorldForTests, priya: Party) -> None:
    opened = delivered_to(world, priya, 1, opened_at=builders.NOW)
    closed = delivered_to(world, priya, 2)
    assert [one["id"] for one in ADMIN.get("/v1/communications", opened="true").json["items"]] == [opened.id]
    assert [one["id"] for one in ADMIN.get("/v1/communications", opened="false").json["items"]] == [closed.id]
    assert len(ADMIN.get("/v1/communications").json["items"]) == 2
    assert ADMIN.get("/v1/communications", opened="perhaps").status == 422


def test_the_log_tells_what_regards_nothing(world: WorldForTests, priya: Party) -> None:
    delivered_to(world, priya, 1, regarding=Regarding(type="invoice", id="7"))
    loose = delivered_to(world, priya, 2)
    assert [one["id"] for one in ADMIN.get("/v1/communications", regarding="none").json["items"]] == [loose.id]
    assert len(ADMIN.get("/v1/communications", regarding="none,invoice:7").json["items"]) == 2
