"""The library through the API, the console, and `make templates`."""

import re
from typing import Any

import pytest

from letterbook.domain.library import place_of
from letterbook.domain.templates import Template
from local.templates import told
from tests.support.api_client import ADMIN, TEMPLATE
from tests.support.aws import WorldForTests
from tests.support.console_client import ConsoleClient, words
from tests.support.fakes.sessions import SessionsForTests
from tests.support.lambda_client import Caller, invoke

PATH = "/v1/library"


def english(world: WorldForTests) -> set[str]:
    """The places of all that a firm that writes English is offered."""
    return {
        place_of(one) for one in world.shipped_library.items if not isinstance(one, Template) or one.language == "en"
    }


def by_key(answer: Any) -> dict[tuple[str, str], Any]:
    return {(one["kind"], one["key"]): one for one in answer.json["items"]}


@pytest.mark.covers("I1", "I2")
def test_it_is_installed_by_one_request_and_templates_and_types_are_there(world: WorldForTests) -> None:
    before = ADMIN.get(PATH)
    assert {one["state"] for one in before.json["items"]} == {"new"}
    assert len(before.json["items"]) == len(english(world))
    done = ADMIN.post(PATH)
    assert (done.status, {(one["state"], one["written"]) for one in done.json["items"]}) == (200, {("current", True)})
    letter = ADMIN.get("/v1/templates/final-notice").json
    assert (letter["version"], letter["category"], letter["created_by"]["name"]) == (1, "final_notice", "Jane Marsh")
    assert "final-notice" in {one["key"] for one in ADMIN.get("/v1/correspondence-types").json["items"]}
    again = ADMIN.post(PATH)
    assert {(one["state"], one["written"]) for one in again.json["items"]} == {("current", False)}
    assert ADMIN.get("/v1/templates/final-notice").json == letter


def test_what_the_firm_wrote_is_told_and_left(world: WorldForTests) -> None:
    ADMIN.put("/v1/templates/dsar-initial", TEMPLATE)
    assert by_key(ADMIN.get(PATH))["template", "dsar-initial"]["state"] == "own"
    own = by_key(ADMIN.post(PATH))["template", "dsar-initial"]
    assert own == {
        "kind": "template",
        "key": "dsar-initial",
        "language": "en",
        "category": "dsar",
        "state": "own",
        "version": 1,
        "written": False,
    }
    assert ADMIN.get("/v1/templates/dsar-initial").json["body"] == TEMPLATE["body"]


@pytest.mark.covers("I2")
def test_the_page_of_templates_says_what_is_new_what_is_own_and_installs_with_one_press(
    world: WorldForTests, jane: ConsoleClient
) -> None:
    ADMIN.put("/v1/templates/dsar-initial", TEMPLATE)
    page = jane.get("/templates")
    new = len(english(world)) - 1
    assert f"Install {new}" in words(page.text)
    assert "New: to be installed" in words(page.text)
    own = words(page.text.partition("Your own: left as they are")[2].partition("</ul>")[0])
    assert own == "DSAR initial"
    done = jane.post("/templates/library")
    shown = jane.follow(done)
    assert f"{new} installed." in words(shown.text)
    assert "to be installed" not in shown.text
    assert not re.search("<button[^>]*>Install", shown.text)
    again = jane.follow(jane.post("/templates/library"))
    assert "Nothing was to be done: all of it is there." in words(again.text)


def test_who_may_not_change_templates_sees_the_list_alone(world: WorldForTests, tokens: SessionsForTests) -> None:
    agent = tokens.let_in("user-7", "agent")
    assert 'id="library"' not in agent.get("/templates").text
    assert agent.post("/templates/library").status == 403
    assert Caller(user="user-7", role="agent").post(PATH).status == 403
    assert ADMIN.get("/v1/templates").json["items"] == []


def test_whoever_runs_letterbook_installs_it_without_an_account(world: WorldForTests) -> None:
    """`make templates` invokes the function itself; a request of the API reaches nothing of this."""
    ADMIN.put("/v1/templates/dsar-initial", TEMPLATE)
    count = len(english(world))
    first = told(invoke("command", {"order": "install library"})["items"])
    assert first == [
        f"{count - 1} installed, 0 updated, of {count}",
        "left as they are, because the firm wrote them: dsar-initial (en)",
    ]
    assert ADMIN.get("/v1/templates/final-notice").json["created_by"]["role"] == "system"
    assert told(invoke("command", {"order": "install library"})["items"])[0] == f"0 installed, 0 updated, of {count}"


def test_a_body_that_looks_like_the_order_is_none(world: WorldForTests) -> None:
    answer = Caller(user="user-7", role="agent").post(PATH, {"order": "install library"})
    assert answer.status == 403
    assert ADMIN.get("/v1/templates").json["items"] == []
