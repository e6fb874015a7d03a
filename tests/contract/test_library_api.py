"""Templates, settings and oneself, as API Gateway calls the functions."""

from typing import Any

import pytest

from letterbook.contracts.operations import OPERATIONS
from tests.support.api_client import ADMIN, TEMPLATE
from tests.support.aws import WorldForTests
from tests.support.lambda_client import Caller


@pytest.mark.covers("I1", "I2")
def test_templates_and_their_versions(world: WorldForTests) -> None:
    first = ADMIN.put("/v1/templates/dsar-initial", TEMPLATE)
    assert (first.status, first.json["version"], first.json["key"]) == (201, 1, "dsar-initial")
    second = ADMIN.put("/v1/templates/dsar-initial", TEMPLATE | {"body": "New: {{ what }}"})
    assert (second.status, second.json["version"]) == (200, 2)
    assert ADMIN.get("/v1/templates/dsar-initial").json == second.json
    assert ADMIN.get("/v1/templates/dsar-initial", version=1).json == first.json
    assert ADMIN.get("/v1/templates/dsar-initial", language="fr").status == 404
    assert ADMIN.get("/v1/templates/dsar-initial", version=3).status == 404
    assert [one["version"] for one in ADMIN.get("/v1/templates").json["items"]] == [2]
    assert ADMIN.get("/v1/templates", category="loc").json["items"] == []
    assert len(ADMIN.get("/v1/templates", category="dsar,loc", channel="email", language="en").json["items"]) == 1
    assert second.json["created_by"] == {"id": "user-1", "name": "Jane Marsh", "role": "admin"}


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"body": "{{ a }"}, ("body", "template_syntax")),
        ({"subject": "{% if %}"}, ("subject", "template_syntax")),
        ({"body": "{{ 1 / 0 }}"}, ("body", "template_syntax")),
        ({"body": "{{ a|truncate('x') }}"}, ("body", "template_fails")),
        ({"body": ""}, ("body", "too_short")),
        ({"body": "  "}, ("body", "template_empty")),
        ({"variables": [{"name": "a"}, {"name": "a"}]}, ("variables.1.name", "duplicate")),
        ({"subject": None}, ("subject", "required")),
        ({"subject": "a\nb"}, ("subject", "control_character")),
        ({"channels": []}, ("channels", "too_short")),
        ({"language": "english"}, ("language", "invalid_format")),
        ({"variables": [{"name": "a b"}]}, ("variables.0.name", "invalid_format")),
    ],
)
def test_templates_that_cannot_be(world: WorldForTests, changes: dict[str, Any], place: tuple[str, str]) -> None:
    refused = ADMIN.put("/v1/templates/dsar-initial", TEMPLATE | changes)
    assert (refused.status, refused.places) == (422, [place])
    assert ADMIN.get("/v1/templates").json["items"] == []


def test_settings(world: WorldForTests) -> None:
    before = ADMIN.get("/v1/settings")
    assert (before.json["time_zone"], before.json["country"], before.json["subdivision"]) == (
        "Europe/London",
        "GB",
        "ENG",
    )
    assert before.headers["ETag"] == '"1"'
    changed = ADMIN.put(
        "/v1/settings", {"name": "New", "office_hours": {"start": "08:30", "end": "18:00", "days": ["mon"]}}
    )
    assert changed.json["office_hours"] == {"start": "08:30", "end": "18:00", "days": ["mon"]}
    assert changed.json["senders"] == before.json["senders"]
    assert ADMIN.get("/v1/settings").json == changed.json
    assert ADMIN.put("/v1/settings", changed.json).json["version"] == 3
    assert ADMIN.put("/v1/settings", changed.json).status == 412
    moved = ADMIN.put("/v1/settings", {"country": "FR", "time_zone": "Europe/Paris"})
    assert (moved.json["country"], moved.json["subdivision"]) == ("FR", None)


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"time_zone": "Mars/Olympus"}, ("time_zone", "unknown_time_zone")),
        ({"time_zone": "../../etc/passwd"}, ("time_zone", "unknown_time_zone")),
        ({"time_zone": "localtime"}, ("time_zone", "unknown_time_zone")),
        ({"time_zone": ""}, ("time_zone", "unknown_time_zone")),
        ({"country": "XX"}, ("country", "unknown_country")),
        ({"country": "GB", "subdivision": "ZZZ"}, ("country", "unknown_country")),
        ({"country": "England"}, ("country", "invalid_format")),
        ({"office_hours": {"start": "17:00", "end": "09:00"}}, ("office_hours.end", "before_start")),
        ({"office_hours": {"days": []}}, ("office_hours.days", "too_short")),
        ({"office_hours": {"start": "nine"}}, ("office_hours.start", "invalid_time")),
        ({"office_hours": {"start": "09:00Z", "end": "17:00"}}, ("office_hours.start", "invalid_time")),
        ({"office_hours": {"end": "17:00:30"}}, ("office_hours.end", "invalid_time")),
        ({"senders": [{"channel": "email", "address": "x"}]}, ("senders.0.address", "invalid_email")),
        ({"senders": [{"channel": "sms", "address": "WAYTOOLONGSENDER"}]}, ("senders.0.address", "invalid_phone")),
        (
            {"senders": [{"channel": "email", "address": "a@b.example", "name": "x\r\ny"}]},
            ("senders.0.name", "control_character"),
        ),
        ({"languages": []}, ("languages", "too_short")),
        ({"stuck_after_minutes": 0}, ("stuck_after_minutes", "out_of_range")),
        ({"colour": "red"}, ("colour", "unknown_field")),
    ],
)
def test_settings_that_cannot_be(world: WorldForTests, body: dict[str, Any], place: tuple[str, str]) -> None:
    refused = ADMIN.put("/v1/settings", body)
    assert (refused.status, refused.places) == (422, [place])
    assert ADMIN.get("/v1/settings").json["version"] == 1


def test_me_and_the_description(world: WorldForTests) -> None:
    me = Caller(role="agent").get("/v1/me").json
    assert (me["id"], me["name"], me["role"]) == ("user-1", "Jane Marsh", "agent")
    assert me["rights"] == ["communications:read", "communications:resend", "communications:send", "records:write"]
    described = ADMIN.get("/v1/openapi.json")
    assert described.headers["Content-Type"] == "application/json"
    assert set(described.json["paths"]) == {one.path for one in OPERATIONS}
