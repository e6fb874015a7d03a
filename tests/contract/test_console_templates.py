"""Variables of templates that nobody fills in, and versions that are restored: through the API and the console."""

import re
from typing import Any

import pytest

from tests.support import builders
from tests.support.api_client import ADMIN, TEMPLATE
from tests.support.aws import WorldForTests
from tests.support.console_client import TEMPLATE_FORM, ConsoleClient, words
from tests.support.fakes.sessions import SessionsForTests
from tests.support.lambda_client import Answer
from tests.support.steps import a_template

PATH = "/v1/templates/dsar-initial"
MISTYPED = [
    ("Dear {{ party_nmae }},", "body", "party_nmae", "party_name"),
    ("Dear {{ party.nmae }},", "body", "party.nmae", "party_name"),
    ("Dear {{ party.name }},", "body", "party.name", "party_name"),
    ("{% if case_refrence %}x{% endif %}", "body", "case_refrence", "case_reference"),
    ("About {{ whaat }} and {{ what }}", "body", "whaat", "what"),
    ("{{ sender_names | upper }}", "body", "sender_names", "sender_name"),
]


@pytest.mark.parametrize(("source", "field", "name", "meant"), MISTYPED)
def test_a_mistyped_variable_is_answered_with_the_one_that_is_meant(
    world: WorldForTests, jane: ConsoleClient, source: str, field: str, name: str, meant: str
) -> None:
    refused = ADMIN.put(PATH, TEMPLATE | {"body": source})
    assert (refused.status, refused.places) == (422, [(field, "unknown_variable")])
    assert f"there is no {name}. Did you mean {meant}?" in refused.json["errors"][0]["message"].replace(
        "There", "there"
    )
    shown = jane.post("/templates/new", {**TEMPLATE_FORM, "body": source})
    assert shown.status == 422
    assert 'href="#f-body"' in shown.text
    assert f"Did you mean {meant}?" in words(shown.text)
    assert source.split()[0] in words(shown.text)
    assert ADMIN.get(PATH).status == 404


def test_one_in_the_subject_too(world: WorldForTests) -> None:
    assert ADMIN.put(PATH, TEMPLATE | {"subject": "For {{ client_nam }}"}).places == [("subject", "unknown_variable")]


def test_what_is_declared_is_meant(world: WorldForTests) -> None:
    declared = [{"name": "party_names"}, {"name": "what"}]
    assert ADMIN.put(PATH, TEMPLATE | {"body": "{{ party_names }}", "variables": declared}).status == 201
    numbered = TEMPLATE | {"body": "{{ line_1 }} {{ line_2 }}", "variables": [{"name": "line_1"}, {"name": "what"}]}
    assert ADMIN.put("/v1/templates/lines", numbered).status == 201


def test_the_api_takes_a_new_variable_as_it_did(world: WorldForTests) -> None:
    made = ADMIN.put(PATH, TEMPLATE | {"body": "At {{ rate }} of {{ what }}."})
    assert (made.status, [one["name"] for one in made.json["variables"]]) == (201, ["what"])


def test_what_a_version_before_had_is_not_asked_about(world: WorldForTests) -> None:
    world.templates.save(builders.template(key="dsar-initial", body="{{ clientname }}", subject="S", variables=()))
    assert ADMIN.put(PATH, TEMPLATE | {"body": "{{ clientname }} and more {{ what }}"}).status == 200


# ---- a new one is confirmed


def confirmation(answer: Answer) -> str:
    found = re.search(r'<div class="decision ask-new".*?</button></div>', answer.text, re.DOTALL)
    return words(found[0]) if found else ""


def test_a_variable_that_every_author_must_fill_in_is_confirmed(world: WorldForTests, jane: ConsoleClient) -> None:
    form = {**TEMPLATE_FORM, "body": "At {{ rate }} and {{ firm }} of {{ what }}."}
    asked = jane.post("/templates/new", form)
    assert asked.status == 422
    assert "everybody who writes with it must" in confirmation(asked)
    assert "firm or did you mean firm_name ?" in confirmation(asked)
    assert "to put right" not in asked.text
    assert "At {{ rate }}" in asked.text
    assert ADMIN.get(PATH).status == 404
    still = jane.post("/templates/new", {**form, "confirmed": "rate"})
    assert still.status == 422
    saved = jane.post("/templates/new", {**form, "confirmed": ["rate", "firm"]})
    assert saved.status == 303
    made = ADMIN.get(PATH).json
    assert [(one["name"], one["required"]) for one in made["variables"]] == [
        ("what", True),
        ("firm", True),
        ("rate", True),
    ]
    again = jane.post("/templates/dsar-initial/edit", {**form, "version": "1"})
    assert again.status == 303


def test_declared_variables_are_not_asked_about(jane: ConsoleClient) -> None:
    form = {**TEMPLATE_FORM, "body": "At {{ rate }}.", "variables.1.name": "rate", "variables.1.required": "on"}
    assert jane.post("/templates/new", form).status == 303


# ---- restoring


def versions(jane: ConsoleClient) -> str:
    page = jane.get("/templates/dsar-initial?language=en").text
    found = re.search(r'<ol class="ledger ruled">.*?</ol>', page, re.DOTALL)
    assert found
    return words(found[0])


def test_a_version_is_restored_with_one_click(world: WorldForTests, jane: ConsoleClient) -> None:
    for body in ("First {{ what }}", "Second {{ what }}", "Third {{ what }}"):
        assert ADMIN.put(PATH, TEMPLATE | {"body": body}).status in (200, 201)
    page = jane.get("/templates/dsar-initial?language=en").text
    [_, action] = re.findall(r'<form method="post" action="([^"]+restore[^"]+)"', page)
    done = jane.post(action.replace("&amp;", "&"), {})
    assert done.status == 303
    assert "Version 1 is restored, as version 4." in jane.follow(done).text
    latest = ADMIN.get(PATH).json
    assert (latest["version"], latest["body"], latest["restored_from"]) == (4, "First {{ what }}", 1)
    assert "Version 4 Jane Marsh, restored from version 1" in versions(jane)
    assert ADMIN.get(PATH, version=3).json["body"] == "Third {{ what }}"
    changed = ADMIN.put(PATH, TEMPLATE | {"body": "Fifth {{ what }}"})
    assert changed.json["restored_from"] is None


@pytest.mark.parametrize(
    "query", ["", "?version=1", "?language=en", "?language=en&version=9", "?language=fr&version=1"]
)
def test_what_is_not_there_is_not_restored(world: WorldForTests, jane: ConsoleClient, query: str) -> None:
    a_template(world, key="dsar-initial")
    assert jane.post(f"/templates/dsar-initial/restore{query}", {}).status == 404


def test_a_version_that_cannot_be_used_any_more_stays_where_it_is(world: WorldForTests, jane: ConsoleClient) -> None:
    world.templates.save(builders.template(key="dsar-initial", body="{% for a in b %}x{% endfor %}", variables=()))
    a_template(world, key="dsar-initial", body="Now", variables=())
    refused = jane.post("/templates/dsar-initial/restore?language=en&version=1", {})
    assert refused.status == 409
    assert "Version 1 cannot be used any more" in words(refused.text)
    assert ADMIN.get(PATH).json["version"] == 2


def test_who_only_reads_is_offered_nothing(world: WorldForTests, tokens: SessionsForTests) -> None:
    a_template(world, key="dsar-initial")
    a_template(world, key="dsar-initial")
    agent: Any = tokens.let_in("user-7", "agent")
    assert "restore" not in agent.get("/templates/dsar-initial").text
