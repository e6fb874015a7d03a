"""Holds and opt-outs: added by who may change the party, weakened by who may override them, changed where they are named."""

from typing import Any

import pytest

from letterbook.domain.access import Grant
from tests.support.api_client import ADMIN
from tests.support.aws import WorldForTests
from tests.support.builders import deed
from tests.support.lambda_client import Answer, Caller

AGENT, LEAD = Caller(user="user-7", role="agent"), Caller(user="user-8", role="lead")
STOP = {"channel": "sms", "category": None, "source": "stop_keyword", "at": "2026-11-01T00:00:00Z"}
COMPLAINT = {"channel": "email", "category": "reminder", "source": "complaint", "at": "2026-11-02T00:00:00Z"}
HELD = {"kind": "breathing_space", "until": "2027-01-15", "reason": "Moratorium"}
STANDING = {"preferred": "post", "opt_outs": [STOP, COMPLAINT], "skip": ["invoice"], "hold": HELD}


@pytest.fixture
def path(world: WorldForTests, party: Any) -> str:
    """The preferences of a protected party, which the agent was granted."""
    world.grants.save(Grant(user="user-7", party_id=party["id"]), deed(party["id"]))
    where = f"/v1/parties/{party['id']}/preferences"
    assert ADMIN.put(where, STANDING).status == 200
    return where


def opt_out(**changes: Any) -> dict[str, Any]:
    return {**STOP, **changes}


WEAKER: dict[str, tuple[dict[str, Any], str]] = {
    "the hold ended": ({"hold": None}, "hold"),
    "a day earlier": ({"hold": {**HELD, "until": "2027-01-14"}}, "hold"),
    "over already": ({"hold": {**HELD, "until": "2026-11-19"}}, "hold"),
    "another kind and shorter": ({"hold": {"kind": "dispute", "until": "2026-12-01"}}, "hold"),
    "no opt-outs": ({"opt_outs": []}, "opt_outs"),
    "one of two left out": ({"opt_outs": [STOP]}, "opt_outs"),
    "one category of all": ({"opt_outs": [opt_out(category="reminder"), COMPLAINT]}, "opt_outs"),
    "noted by hand instead": ({"opt_outs": [opt_out(source="manual"), COMPLAINT]}, "opt_outs"),
    "another source": ({"opt_outs": [opt_out(source="unsubscribe"), COMPLAINT]}, "opt_outs"),
    "another channel": ({"opt_outs": [opt_out(channel="email"), COMPLAINT]}, "opt_outs"),
    "forged": (
        {"opt_outs": [STOP, COMPLAINT, {"channel": "post", "source": "unsubscribe"}]},
        "opt_outs.2.source",
    ),
}


@pytest.mark.parametrize("who", [AGENT, LEAD], ids=["agent", "lead"])
@pytest.mark.parametrize("case", WEAKER)
def test_what_weakens_it_needs_the_right_to_override(path: str, case: str, who: Caller) -> None:
    body, field = WEAKER[case]
    refused = who.put(path, body)
    assert (refused.status, refused.json["code"]) == (403, "forbidden")
    assert (field, "protected") in refused.places
    assert ADMIN.get(path).json == {**STANDING, "version": 1}
    assert ADMIN.put(path, body).status == 200


@pytest.mark.parametrize(
    "body",
    [
        {"hold": {**HELD, "until": "2027-01-16"}},
        {"hold": {"kind": "solicitor", "reason": "Smith LLP"}},
        {"hold": {**HELD, "reason": "Extended by the court"}},
        {"opt_outs": [COMPLAINT, STOP]},
        {"opt_outs": [STOP, COMPLAINT, {"channel": "phone"}]},
        {"opt_outs": [{"channel": "sms", "source": "stop_keyword"}, COMPLAINT]},
        {"preferred": None, "skip": []},
    ],
)
def test_what_protects_as_much_or_more_does_not(path: str, body: Any) -> None:
    assert AGENT.put(path, body).status == 200


def test_what_was_told_to_a_colleague_was_given_by_the_party_too(path: str) -> None:
    told = {"channel": "phone", "category": None, "source": "manual", "at": "2026-11-20T10:00:00Z"}
    assert AGENT.put(path, {"opt_outs": [STOP, COMPLAINT, told]}).status == 200
    assert AGENT.put(path, {"opt_outs": [STOP, COMPLAINT]}).status == 403


def test_a_hold_that_is_over_protects_nobody(world: WorldForTests, path: str) -> None:
    world.clock.pass_(days=60)
    assert AGENT.put(path, {"hold": None}).status == 200


@pytest.mark.parametrize(
    ("named", "value"),
    [("preferred", "email"), ("skip", ["reminder"]), ("hold", None), ("opt_outs", [STOP]), ("preferred", None)],
)
def test_a_put_changes_what_it_names(path: str, named: str, value: Any) -> None:
    assert ADMIN.put(path, {named: value}).json == {**STANDING, named: value, "version": 2}


@pytest.mark.parametrize("how", ["body", "header"])
def test_a_version_guards_against_another_writer(path: str, how: str) -> None:
    def put(version: int) -> Answer:
        if how == "body":
            return ADMIN.put(path, {"preferred": "sms", "version": version})
        return ADMIN.put(path, {"preferred": "sms"}, If_Match=f'"{version}"')

    assert put(1).status == 200
    assert put(1).status == 412
    assert put(2).status == 200


def test_one_that_stands_keeps_its_time(path: str) -> None:
    assert ADMIN.put(path, {"opt_outs": [opt_out(at="2031-01-01T00:00:00Z")]}).json["opt_outs"] == [STOP]
