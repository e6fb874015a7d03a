"""The editor of templates: what is offered, how it reads on each channel, where it is wrong. And what the API says of the same."""

import re
from dataclasses import replace
from typing import Any

import pytest

from letterbook.domain.record_variables import RECORD_VARIABLES
from tests.support.api_client import ADMIN, TEMPLATE
from tests.support.aws import WorldForTests
from tests.support.console_client import TEMPLATE_FORM, ConsoleClient, words
from tests.support.steps import a_template

PATH = "/v1/templates/dsar-initial"
EVERYWHERE = {**TEMPLATE_FORM, "channels": ["email", "sms", "manual"]}


def looked(jane: ConsoleClient, **changes: Any) -> str:
    return jane.post("/templates/new", {**EVERYWHERE, "do": "look", **changes}).text


def part(page: str, id_: str) -> str:
    found = re.search(rf'<div id="{id_}"[^>]*>(.*?)</div>', page, re.DOTALL)
    return words(found[1]) if found else ""


@pytest.mark.covers("I3")
def test_every_variable_of_the_record_is_offered_with_its_meaning(jane: ConsoleClient) -> None:
    page = words(jane.get("/templates/new").text)
    for one in RECORD_VARIABLES:
        assert one.written in page
        assert one.meaning in page


def test_those_of_the_template_itself_are_offered_too(jane: ConsoleClient) -> None:
    assert '<code data-insert="what">{{ what }}</code>' in looked(jane)


@pytest.mark.covers("I3")
def test_every_channel_is_shown_with_the_examples(jane: ConsoleClient) -> None:
    body = "Dear {{ party_name }},\n\n**We** write about {{ what }}.\n\n{{ invoices | table }}"
    page = looked(jane, body=body)
    assert re.findall(r'<h3 class="label">(.*?)</h3>', page) == ["Email", "SMS", "By hand"]
    assert "<strong>We</strong> write about your data" in page
    assert "characters, " in words(page)
    assert re.search(r'<img class="sheet" src="data:image/png;base64,', page)
    assert page.count("Castlegate Finance") >= 2
    assert "<th" in page


def test_the_firm_is_called_by_its_own_name_in_examples(world: WorldForTests, jane: ConsoleClient) -> None:
    settings = world.settings.latest()
    world.settings.save(replace(settings, name="Otto & Partners", version=settings.version + 1))
    page = looked(jane, body="Yours, {{ firm_name }}, {{ firm_phone }}")
    assert "Otto &amp; Partners, +44 20 7946 0000" in page


@pytest.mark.covers("I3")
def test_what_was_saved_is_shown_on_every_channel(jane: ConsoleClient) -> None:
    saved = jane.post("/templates/new", {**EVERYWHERE, "body": "Dear {{ party_name }},\n\n{{ what }}."})
    assert saved.status == 303
    page = jane.follow(saved).text
    assert re.findall(r'<h3 class="label">(.*?)</h3>', page) == ["Email", "SMS", "By hand"]


def test_while_one_writes_what_is_not_filled_in_is_no_fault(jane: ConsoleClient) -> None:
    page = looked(jane, key="", subject="", category="")
    assert "We write about your data" in words(page)
    assert "(no subject yet)" in words(page)
    assert "to put right" not in words(page)


def test_a_wrong_line_is_shown_with_what_is_wrong_beside_it(jane: ConsoleClient) -> None:
    page = looked(jane, body="Dear all,\r\n\r\n{{ total | currency }} is due.")
    shown = part(page, "f-body-lines")
    assert 'data-line="3"' in page
    assert shown.startswith("Go to line 3 {{ total | currency }} is due.")
    assert "Did you mean money? Write {{ total | money }}." in shown
    assert "data-none" in page


def test_saving_shows_it_too_and_leads_to_the_text(jane: ConsoleClient) -> None:
    refused = jane.post("/templates/new", {**EVERYWHERE, "body": "a\n{{ party.name }}\n{{ client.name }}"})
    assert refused.status == 422
    assert 'href="#f-body"' in refused.text
    assert "Write {{ party_name }}." in part(refused.text, "f-body-lines")


@pytest.mark.parametrize(("version", "since"), [(1, 3), (3, 1), (2, 3)])
def test_any_two_versions_are_compared(world: WorldForTests, jane: ConsoleClient, version: int, since: int) -> None:
    for body in ("One", "Two", "Three"):
        a_template(world, key="dsar-initial", body=body, variables=())
    page = jane.get(f"/templates/dsar-initial?language=en&version={version}&since={since}").text
    bodies = ["", "One", "Two", "Three"]
    shown = re.search(r'<div class="diff">(.*?)</div>', page, re.DOTALL)
    assert shown
    assert f"Taken away: {bodies[since]} Added: {bodies[version]}" in words(shown[1])


# ---- the API


def fault(body: str, **more: Any) -> dict[str, Any]:
    refused = ADMIN.put(PATH, TEMPLATE | {"body": body} | more)
    assert refused.status == 422, refused.text
    one: dict[str, Any] = refused.json["errors"][0]
    return one


@pytest.mark.covers("I3")
@pytest.mark.parametrize(
    ("body", "code", "line"),
    [
        ("Dear\n{{ party.name }}", "unknown_variable", 2),
        ("Dear\n\n{{ partyname }}", "unknown_variable", 3),
        ("{% if what %}\nx", "template_syntax", 1),
        ("a\n{{ total | currency }}", "template_syntax", 2),
        ("a\nb {{ invoices }}", "template_syntax", 2),
        ("a\n\n{{ party_name | date }}", "template_fails", 3),
    ],
)
def test_an_error_names_its_line_in_words_and_for_programs(
    world: WorldForTests, body: str, code: str, line: int
) -> None:
    told = fault(body)
    assert (told["field"], told["code"], told["line"]) == ("body", code, line)
    assert told["message"].startswith(f"Line {line}: ")


def test_the_one_line_of_a_subject_is_not_named_in_words(world: WorldForTests) -> None:
    told = fault("x", subject="{{ party.name }}")
    assert (told["field"], told["line"]) == ("subject", 1)
    assert told["message"] == "There is no party.name. Did you mean party_name? Write {{ party_name }}."
    assert fault("x", subject="{{ invoices | table }}")["message"] == "A subject is one line, and holds no table."


def test_an_error_that_is_of_no_line_has_none(world: WorldForTests) -> None:
    assert "line" not in fault("  ")
