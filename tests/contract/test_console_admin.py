"""Templates, settings and people, as those who manage them get them."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from letterbook.domain.access import Grant
from letterbook.domain.channels import Channel
from letterbook.domain.organisation import SkipRule
from tests.support import builders
from tests.support.aws import Requests, WorldForTests
from tests.support.builders import NOW
from tests.support.console_client import TEMPLATE_FORM, ConsoleClient, words
from tests.support.crawler import settings_form
from tests.support.fakes.sessions import SessionsForTests
from tests.support.steps import a_case, a_party, a_template

HOSTILE = "<script>alert(1)</script>"
CLEAN = re.compile(r"<style|\sstyle=|\son\w+=|<script(?! type=\"module\" src=\"/static/)")


# ---- templates


@pytest.mark.covers("I2")
def test_a_template_is_written_and_written_again(jane: ConsoleClient) -> None:
    made = jane.post("/templates/new", TEMPLATE_FORM)
    assert made.headers["Location"] == "/templates/dsar-initial?language=en"
    text = words(jane.follow(made).text)
    assert "Saved as version 1." in text
    assert "We write about your data." in text
    form = {**TEMPLATE_FORM, "body": "We ask for {{ what }}.\n\nYours faithfully", "version": "1"}
    assert "Saved as version 2." in jane.follow(jane.post("/templates/dsar-initial/edit", form)).text
    page = jane.get("/templates/dsar-initial").text
    assert re.search(r"<del>.*We write about \{\{ what \}\}\.</del>", page)
    assert re.search(r"<ins>.*We ask for \{\{ what \}\}\.</ins>", page)
    old = words(jane.get("/templates/dsar-initial?version=1").text)
    assert "We write about your data." in old
    assert "What was changed" not in old
    assert jane.get("/templates/dsar-initial?version=9").status == 404
    assert "DSAR initial" in words(jane.get("/templates").text)


def test_a_preview_saves_nothing(jane: ConsoleClient) -> None:
    answer = jane.post("/templates/new", {**TEMPLATE_FORM, "do": "preview"})
    assert answer.status == 200
    assert "We write about your data." in words(answer.text)
    assert 'value="what"' in answer.text
    assert jane.get("/templates/dsar-initial").status == 404


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"body": "Dear {{ what"}, "f-body"),
        ({"body": "{% for a in b %}{% endfor %}"}, "f-body"),
        ({"body": ""}, "f-body"),
        ({"subject": ""}, "f-subject"),
        ({"key": "DSAR"}, "f-key"),
        ({"key": "new"}, "f-key"),
        ({"category": "A b"}, "f-category"),
        ({"channels": []}, "f-channels"),
        ({"variables.0.name": "a b"}, "f-variables-0-name"),
        ({"variables.1.name": "what"}, "f-variables-1-name"),
    ],
)
def test_what_is_wrong_with_a_template_stands_at_its_field(jane: ConsoleClient, changes: Any, field: str) -> None:
    answer = jane.post("/templates/new", {**TEMPLATE_FORM, **changes})
    assert answer.status == 422
    assert f'href="#{field}"' in answer.text
    assert f'id="{field}"' in answer.text
    assert f'id="{field}-wrong"' in answer.text
    assert "String should" not in answer.text


def test_everything_that_is_wrong_is_said_at_once(jane: ConsoleClient) -> None:
    page = jane.post("/templates/new", {**TEMPLATE_FORM, "key": "", "category": "", "body": ""}).text
    assert all(f'href="#f-{name}"' in page for name in ("key", "category", "body"))


def test_a_name_that_is_taken_is_not_taken_again(world: WorldForTests, jane: ConsoleClient) -> None:
    a_template(world, key="dsar-initial")
    answer = jane.post("/templates/new", TEMPLATE_FORM)
    assert answer.status == 422
    assert "change that one" in answer.text


def test_nobodys_version_is_overlooked(world: WorldForTests, jane: ConsoleClient) -> None:
    a_template(world, key="dsar-initial")
    a_template(world, key="dsar-initial", body="Theirs, about {{ agreement }}.")
    answer = jane.post("/templates/dsar-initial/edit", {**TEMPLATE_FORM, "version": "1"})
    assert answer.status == 422
    assert "Jane Marsh saved version 2 while you were writing." in words(answer.text)
    assert "We write about {{ what }}." in answer.text
    assert 'name="version" value="2"' in answer.text
    assert jane.post("/templates/dsar-initial/edit", {**TEMPLATE_FORM, "version": "2"}).status == 303


def test_who_may_not_write_templates_reads_them(world: WorldForTests, tokens: SessionsForTests) -> None:
    a_template(world)
    agent = tokens.let_in("user-7", "agent")
    assert "/templates/new" not in agent.get("/templates").text
    assert "/edit" not in agent.get("/templates/s78-initial").text
    for path in ("/templates/new", "/templates/s78-initial/edit"):
        assert agent.get(path).status == agent.post(path, TEMPLATE_FORM).status == 403


def test_a_template_asks_little(world: WorldForTests, jane: ConsoleClient) -> None:
    """The list: the templates, and for who may install it what the library compares: these, the types and the languages."""
    a_template(world)
    jane.get("/templates")
    for path, most in (("/templates", 4), ("/templates/s78-initial", 3)):
        with Requests() as requests:
            jane.get(path)
        assert len(requests.names) <= most, path


def test_what_stands_in_a_template_stays_words(world: WorldForTests, jane: ConsoleClient) -> None:
    a_template(world, subject=HOSTILE + "{{ agreement }}", body=HOSTILE)
    a_template(world, subject=HOSTILE, body=HOSTILE + "\n\nmore")
    for path in ("/templates", "/templates/s78-initial", "/templates/s78-initial/edit"):
        page = jane.get(path).text
        assert HOSTILE not in page
        assert not CLEAN.search(page), path


# ---- settings


def test_settings_that_nobody_changed_stay_as_they_are(world: WorldForTests, jane: ConsoleClient) -> None:
    before = world.settings.latest()
    done = jane.post("/settings", settings_form(jane.get("/settings").text))
    assert done.status == 303, words(done.text)
    after = world.settings.latest()
    assert replace(after, version=before.version, updated_at=before.updated_at) == before
    assert after.version == before.version + 1


def test_settings_are_changed(world: WorldForTests, jane: ConsoleClient) -> None:
    form = settings_form(jane.get("/settings").text) | {
        "name": f"The New Firm {HOSTILE}",
        "closing_days": "2026-12-24\r\n2026-12-31",
        "quiet_hours.email": "on",
        "quiet_hours.email.start": "08:00",
        "quiet_hours.email.end": "20:00",
        "quiet_hours.email.days": ["mon", "sat"],
        "skip_rules.1.payment_method": "card",
        "skip_rules.1.category": "reminder",
        "languages": ["en", "fr"],
        "resend_days": "30",
    }
    page = jane.follow(jane.post("/settings", form)).text
    assert "It is in force everywhere within a minute." in page
    assert HOSTILE not in page
    now = world.settings.latest()
    assert [f"{one:%d}" for one in now.closing_days] == ["24", "31"]
    assert now.quiet_hours["email"].days == ("mon", "sat")
    assert now.skip_rules[1] == SkipRule(payment_method="card", category="reminder")
    assert (now.languages, now.resend_days) == (("en", "fr"), 30)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "f-name"),
        ({"time_zone": "Mars/Olympus"}, "f-time_zone"),
        ({"country": "XX"}, "f-country"),
        ({"resend_days": "many"}, "f-resend_days"),
        ({"resend_days": "9999"}, "f-resend_days"),
        ({"office_hours.end": "08:00"}, "f-office_hours-end"),
        ({"senders.0.address": "nobody"}, "f-senders-0-address"),
        ({"skip_rules.0.category": "In Voice"}, "f-skip_rules-0-category"),
    ],
)
def test_what_is_wrong_with_the_settings_stands_at_its_field(
    world: WorldForTests, jane: ConsoleClient, changes: Any, field: str
) -> None:
    answer = jane.post("/settings", settings_form(jane.get("/settings").text) | changes)
    assert answer.status == 422
    assert f'href="#{field}"' in answer.text
    assert f'id="{field}-wrong"' in answer.text
    shown = settings_form(answer.text)
    assert all(shown[name] == [value] for name, value in changes.items())
    assert world.settings.latest().version == 1


def test_who_saves_after_somebody_else_loses_nothing(world: WorldForTests, jane: ConsoleClient) -> None:
    form = settings_form(jane.get("/settings").text)
    world.settings.save(replace(world.settings.latest(), name="Their name", version=2))
    answer = jane.post("/settings", form | {"name": "My name"})
    assert answer.status == 412
    text = words(answer.text)
    assert "Somebody else saved the settings while you were changing them." in text
    assert "Name Their name My name Take theirs" in text
    assert "Saved meanwhile:" not in text
    assert 'value="My name"' in answer.text
    assert world.settings.latest().name == "Their name"
    theirs = jane.post("/settings", settings_form(answer.text) | {"take": "name"})
    assert 'value="Their name"' in theirs.text
    assert "Name Their name My name theirs is taken" in words(theirs.text)
    assert jane.post("/settings", settings_form(answer.text)).status == 303
    assert world.settings.latest().name == "My name"


def test_each_setting_that_others_changed_has_a_name_of_its_own(world: WorldForTests, jane: ConsoleClient) -> None:
    form = settings_form(jane.get("/settings").text)
    fallback = replace(world.settings.latest().fallback, after_failure=True, order={"invoice": (Channel.SMS,)})
    world.settings.save(replace(world.settings.latest(), fallback=fallback, version=2))
    text = jane.post("/settings", form | {"name": "My name"}).text
    names = re.findall(r'<tr><th scope="row">([^<]+)</th>', text)
    assert sorted(names) == ["After a failure", "Falling back"]


def test_settings_are_for_who_may_change_them(tokens: SessionsForTests) -> None:
    for role in ("lead", "agent", "auditor"):
        somebody = tokens.let_in(f"user-of-{role}", role)
        assert somebody.get("/settings").status == (200 if role == "auditor" else 403)
        assert somebody.post("/settings", {"name": "Mine"}).status == 403


def test_an_auditor_reads_settings_rules_and_grants_and_finds_nothing_to_press(
    world: WorldForTests, tokens: SessionsForTests, people: dict[str, str]
) -> None:
    priya = builders.party()
    world.grants.save(Grant(user=people["agent"], party_id=priya.id), builders.deed())
    auditor = tokens.let_in("user-of-auditor", "auditor")
    settings = auditor.get("/settings").text
    assert "Office hours" in words(settings)
    assert "09:00 to 17:00" in words(settings)
    here = f"/people/{people['agent']}"
    assert f'href="{here}"' in auditor.get("/people").text
    assert "One that is not there any more" in words(auditor.get(here).text)
    for text in (settings, auditor.get(here).text, auditor.get("/people").text, auditor.get("/templates").text):
        inside = text.partition("<main")[2].partition("</main>")[0]
        assert "<form" not in inside
        assert "<button" not in inside


# ---- people


@pytest.mark.covers("M2")
def test_what_was_granted_to_whom(world: WorldForTests, jane: ConsoleClient, people: dict[str, str]) -> None:
    text = words(jane.get("/people").text)
    assert "Agent agent Agent Nothing yet" in text
    priya = a_party(world)
    case = a_case(world, priya, title="Raman and Northmoor")
    here = f"/people/{people['agent']}"
    assert "sees no party and no case" in jane.get(here).text
    jane.post(f"{here}/grant", {"name": "priya raman"})
    done = jane.post(f"{here}/grant", {"name": case.reference, "restricted": "yes"})
    text = words(jane.follow(done).text)
    assert "Priya Raman Client" in text
    assert f"{case.reference} Raman and Northmoor Case, restricted entries too" in text
    assert "2 grants" in jane.get("/people").text
    kept = {one.target: one.restricted for one in world.grants.of_user(people["agent"])}
    assert kept == {priya.id: False, case.id: True}
    jane.post(f"{here}/revoke", {"target": priya.id})
    assert [one.target for one in world.grants.of_user(people["agent"])] == [case.id]
    assert jane.post(f"{here}/revoke", {"target": priya.id}).status == 404


def test_a_case_that_two_hundred_are_newer_than_is_found(
    world: WorldForTests, jane: ConsoleClient, people: dict[str, str]
) -> None:
    priya = a_party(world)
    old = a_case(world, priya, created_at=NOW - timedelta(days=1), reference="DC-OLD")
    for number in range(201):
        a_case(world, priya, reference=f"DC-{number}")
    jane.post(f"/people/{people['agent']}/grant", {"name": "dc-old"})
    assert [one.target for one in world.grants.of_user(people["agent"])] == [old.id]


def test_of_several_one_is_asked_for(world: WorldForTests, jane: ConsoleClient, people: dict[str, str]) -> None:
    a_party(world)
    other = a_party(world, name="Priya Rao")
    here = f"/people/{people['agent']}/grant"
    asked = jane.post(here, {"name": "priya", "restricted": "yes"})
    assert asked.status == 422
    assert "Which one?" in asked.text
    assert re.search(r'name="restricted" value="yes" checked', asked.text)
    assert jane.post(here, {"name": "priya", "target": other.id}).status == 303
    for wrong in ("", "Nobody", HOSTILE):
        answer = jane.post(here, {"name": wrong})
        assert answer.status == 422
        assert 'href="#f-name"' in answer.text
        assert HOSTILE not in answer.text


def test_people_are_changed_by_admins_and_leads_and_read_by_auditors(
    tokens: SessionsForTests, people: dict[str, str]
) -> None:
    here = f"/people/{people['agent']}"
    assert tokens.let_in("user-2", "lead").get(here).status == 200
    for role in ("agent", "auditor"):
        somebody = tokens.let_in(f"user-of-{role}", role)
        for path in ("/people", here):
            assert somebody.get(path).status == (200 if role == "auditor" else 403)
        assert somebody.post(f"{here}/grant", {"name": "x"}).status == 403
        assert somebody.post(f"{here}/revoke", {"target": builders.party().id}).status == 403


def test_nobody_is_no_user(world: WorldForTests, jane: ConsoleClient) -> None:
    assert jane.get("/people/nobody").status == jane.post("/people/nobody/grant", {"name": "x"}).status == 404
    assert jane.post("/people/nobody/revoke", {"target": builders.party().id}).status == 404
    assert world.grants.of_user("nobody") == []


def test_a_grant_of_what_is_gone_is_told_of(world: WorldForTests, jane: ConsoleClient, people: dict[str, str]) -> None:
    grant = Grant(user=people["agent"], party_id=builders.party().id)
    world.grants.save(grant, builders.deed())
    assert "One that is not there any more" in jane.get(f"/people/{people['agent']}").text


def test_the_country_changes_alone_and_takes_its_subdivision_with_it(world: WorldForTests, jane: ConsoleClient) -> None:
    assert jane.post("/settings", settings_form(jane.get("/settings").text) | {"country": "DE"}).status == 303
    now = world.settings.latest()
    assert (now.country, now.subdivision) == ("DE", None)
    bavaria = settings_form(jane.get("/settings").text) | {"subdivision": "BY"}
    assert jane.post("/settings", bavaria).status == 303
    assert world.settings.latest().subdivision == "BY"


def test_ways_and_how_long_entries_are_kept(world: WorldForTests, jane: ConsoleClient) -> None:
    form = settings_form(jane.get("/settings").text) | {
        "fallback.1.category": "invoice",
        "fallback.1.order": "email, manual",
        "after_failure": "on",
        "retention": "7",
    }
    assert jane.post("/settings", form).status == 303
    now = world.settings.latest()
    assert now.fallback.order["invoice"] == ("email", "manual")
    assert (now.fallback.after_failure, now.retention.years) == (True, 7)
    shown = settings_form(jane.get("/settings").text)
    assert (shown["retention"], shown["after_failure"]) == (["7"], ["on"])


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"fallback.0.order": "email, pigeon"}, "f-fallback-0-order"),
        ({"fallback.1.category": "In Voice", "fallback.1.order": "email"}, "f-fallback-1-category"),
        ({"retention": "2"}, "f-retention"),
    ],
)
def test_what_is_wrong_with_the_ways_stands_at_its_field(jane: ConsoleClient, changes: Any, field: str) -> None:
    answer = jane.post("/settings", settings_form(jane.get("/settings").text) | changes)
    assert answer.status == 422
    assert f'href="#{field}"' in answer.text
    assert f'id="{field}-wrong"' in answer.text
