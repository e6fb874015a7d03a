"""What people are on letters: said by themselves, and by an administrator for everybody."""

import pytest

from letterbook.domain.actors import Actor
from letterbook.domain.letter import Signature
from letterbook.use_cases.support.signatures import signature_of
from tests.support.api_client import ADMIN
from tests.support.aws import WorldForTests
from tests.support.lambda_client import Caller

AGENT = Caller(user="user-7", role="agent")


def test_everybody_says_what_they_are_on_letters(world: WorldForTests) -> None:
    told = AGENT.put("/v1/users/user-7/job-title", {"job_title": " Trainee solicitor "})
    assert (told.status, told.json) == (200, {"user": "user-7", "job_title": "Trainee solicitor"})
    assert AGENT.get("/v1/me").json["job_title"] == "Trainee solicitor"
    assert signature_of(world, Actor(id="user-7", name="Tom Reed", role="agent")) == Signature(
        name="Tom Reed", role="Trainee solicitor"
    )


def test_who_has_said_nothing_signs_with_their_name_alone(world: WorldForTests) -> None:
    assert AGENT.get("/v1/me").json["job_title"] == ""
    assert signature_of(world, Actor(id="user-7", name="Tom Reed", role="agent")).role == ""


def test_what_was_said_is_taken_back(world: WorldForTests) -> None:
    AGENT.put("/v1/users/user-7/job-title", {"job_title": "Clerk"})
    assert AGENT.put("/v1/users/user-7/job-title", {"job_title": ""}).status == 200
    assert AGENT.get("/v1/me").json["job_title"] == ""
    assert not world.job_titles.all()


def test_an_administrator_says_it_for_everybody(world: WorldForTests, people: dict[str, str]) -> None:
    agent = people["agent"]
    assert ADMIN.put(f"/v1/users/{agent}/job-title", {"job_title": "Partner"}).status == 200
    listed = {one["id"]: one["job_title"] for one in ADMIN.get("/v1/users").json["items"]}
    assert listed == {**dict.fromkeys(people.values(), ""), agent: "Partner"}


def test_nobody_else_does(world: WorldForTests, people: dict[str, str]) -> None:
    refused = AGENT.put(f"/v1/users/{people['admin']}/job-title", {"job_title": "Clerk"})
    assert (refused.status, refused.json["code"]) == (403, "forbidden")
    assert not world.job_titles.all()


def test_a_user_who_is_not_there_is_nothing(world: WorldForTests, people: dict[str, str]) -> None:
    assert ADMIN.put("/v1/users/nobody/job-title", {"job_title": "Clerk"}).status == 404


@pytest.mark.parametrize("title", ["x" * 201, "Two\nlines", None, 7])
def test_what_stands_on_no_line_of_a_letter_is_no_job_title(world: WorldForTests, title: object) -> None:
    refused = AGENT.put("/v1/users/user-7/job-title", {"job_title": title})
    assert (refused.status, [one["field"] for one in refused.json["errors"]]) in [(422, ["job_title"])]
    assert not world.job_titles.all()
