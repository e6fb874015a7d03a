"""What holds for every request: its form, its media type, its Idempotency-Key."""

import base64
import json
from typing import Any

import pytest

from letterbook.contracts.users import MeView
from letterbook.domain.errors import ConcurrentUpdate
from tests.support.api_client import ADMIN, PARTY, email, expect_created
from tests.support.aws import WorldForTests

# ---- the form of requests


def test_addresses_and_methods_that_are_not_there(world: WorldForTests) -> None:
    assert ADMIN.get("/v1/nothing").json["type"] == "/problems/not-found"
    assert ADMIN.get("/v1/parties/cas_01JD4QK8V3M2N7R5T9W1X3Y5Z7").status == 404
    assert ADMIN.get("/v1/parties/%2e%2e").status == 404
    assert ADMIN.get(f"/v1/communications/{'x' * 3000}").status == 404
    refused = ADMIN.delete("/v1/parties")
    assert (refused.status, refused.headers["Allow"]) == (405, "POST, GET")


@pytest.mark.parametrize("raw", ["", "{", "nonsense", '{"name": "\\ud800"}'])
def test_what_is_not_json(world: WorldForTests, raw: str) -> None:
    refused = ADMIN.ask("POST", "/v1/parties", raw=raw)
    assert (refused.status, refused.places) == (400, [("", "invalid_json")])


def test_bytes_that_are_no_text(world: WorldForTests) -> None:
    """The gateway hands over in base64 what it takes for binary."""
    binary = base64.b64encode(b"\xff\xfe{}").decode()
    refused = ADMIN.ask("POST", "/v1/parties", raw=binary, base64_=True)
    assert (refused.status, refused.places) == (400, [("", "invalid_json")])
    picture = ADMIN.ask("POST", "/v1/parties", raw=binary, base64_=True, headers={"Content-Type": "image/png"})
    assert picture.status == 415
    text = base64.b64encode(json.dumps(PARTY).encode()).decode()
    assert ADMIN.ask("POST", "/v1/parties", raw=text, base64_=True).status == 201


@pytest.mark.parametrize(
    "media_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
def test_other_media_types(world: WorldForTests, media_type: str) -> None:
    refused = ADMIN.ask("POST", "/v1/parties", PARTY, headers={"Content-Type": media_type})
    assert refused.status == 415


@pytest.mark.parametrize(
    "media_type", ["application/json", "application/json; charset=utf-8", "application/merge-patch+json"]
)
def test_json_by_any_name(world: WorldForTests, media_type: str) -> None:
    assert ADMIN.ask("POST", "/v1/parties", PARTY, headers={"Content-Type": media_type}).status == 201


def test_a_body_that_is_too_large(world: WorldForTests, party: Any) -> None:
    assert ADMIN.post("/v1/communications", email(party, body="x" * (5 * 1024 * 1024))).status == 413
    refused = ADMIN.post("/v1/communications", email(party, body="x" * (1024 * 1024 + 1)))
    assert (refused.status, refused.places) == (413, [("body", "too_large")])


COMBINATIONS: list[tuple[dict[str, Any], list[tuple[str, str]]]] = [
    ({"subject": None}, [("subject", "required")]),
    ({"body": "  "}, [("body", "required")]),
    ({"template": {"key": "x"}}, [("subject", "not_with_template"), ("body", "not_with_template")]),
    ({"urgent": True}, [("urgent_reason", "required")]),
    ({"channel": "sms"}, [("subject", "not_for_channel")]),
    ({"channel": "sms", "subject": None, "cc": ["a@b.example"]}, [("cc", "not_for_channel")]),
    ({"channel": "sms", "subject": None, "to": ["+447700900001", "+447700900002"]}, [("to", "too_many_recipients")]),
    ({"channel": "sms", "subject": None, "urgent_reason": "x"}, [("urgent_reason", "not_urgent")]),
    ({"channel": "sms", "subject": None, "urgent": True}, [("urgent_reason", "required")]),
    ({"direction": "inbound"}, [("occurred_at", "required"), ("from", "required")]),
    ({"subject": "a\r\nBcc: all@firm.example"}, [("subject", "control_character")]),
    ({"to": ["a@b.example\r\nBcc: all@firm.example"]}, [("to.0", "control_character")]),
    ({"reply_to": "a@b.example\nX: y"}, [("reply_to", "control_character")]),
    ({"from": "legal@firm.example\n"}, []),
    ({"metadata": {str(n): "x" for n in range(21)}}, [("metadata", "too_long")]),
    ({"metadata": {"a": "x" * 501}}, [("metadata.a", "too_long")]),
    ({"attachments": "doc_1"}, [("attachments.0", "invalid_id")]),
    ({"regarding": {"type": "Invoice", "id": "1"}}, [("regarding.type", "invalid_format")]),
    ({"send_at": "2026-11-20T09:59:59Z"}, [("send_at", "in_the_past")]),
]


@pytest.mark.parametrize(("changes", "places"), COMBINATIONS, ids=[json.dumps(row[0])[:60] for row in COMBINATIONS])
def test_fields_that_do_not_go_together(party: Any, changes: dict[str, Any], places: list[tuple[str, str]]) -> None:
    answer = ADMIN.post(
        "/v1/communications", {key: value for key, value in email(party, **changes).items() if value is not None}
    )
    if not places:
        assert answer.status == 202
        return
    assert (answer.status, answer.places) == (422, places)
    assert ADMIN.get("/v1/communications").json["items"] == []


def test_an_address_may_stand_without_brackets(party: Any) -> None:
    assert expect_created(ADMIN.post("/v1/communications", email(party, to="x@one.example")))["to"] == ["x@one.example"]


# ---- idempotency

# where · what · what makes it something else
CREATIONS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("/v1/parties", PARTY, {"name": "B"}),
    ("/v1/cases", {"reference": "DC-1"}, {"reference": "DC-2"}),
    ("/v1/documents", {"name": "a.pdf", "media_type": "application/pdf", "bytes": 1}, {"bytes": 2}),
    ("/v1/parties/{party}/contacts", {"name": "A"}, {"name": "B"}),
    ("/v1/communications", {"channel": "email", "party_id": "{party}", "subject": "x", "body": "y"}, {"body": "z"}),
]


@pytest.mark.parametrize(("path", "body", "different"), CREATIONS, ids=[row[0] for row in CREATIONS])
def test_every_creation_can_be_repeated_safely(
    world: WorldForTests, party: Any, path: str, body: dict[str, Any], different: dict[str, Any]
) -> None:
    path = path.replace("{party}", party["id"])
    body = {
        name: value.replace("{party}", party["id"]) if isinstance(value, str) else value for name, value in body.items()
    }
    first = ADMIN.post(path, body, Idempotency_Key="k-1")
    world.clock.pass_(minutes=1)
    again = ADMIN.post(path, body, Idempotency_Key="k-1")
    assert first.status in (201, 202)
    assert "Idempotent-Replay" not in first.headers
    assert (again.status, again.headers["Idempotent-Replay"]) == (first.status, "true")
    ignored = {"upload_url"}  # signed anew, for the same document
    assert {k: v for k, v in again.json.items() if k not in ignored} == {
        k: v for k, v in first.json.items() if k not in ignored
    }
    other = ADMIN.post(path, body | different, Idempotency_Key="k-1")
    assert (other.status, other.json["type"]) == (422, "/problems/idempotency-key-reused")
    assert ADMIN.post(path, body, Idempotency_Key="k-2").json["id"] != first.json["id"]


@pytest.mark.parametrize("key", ["", "k" * 256])
def test_keys_that_cannot_be(world: WorldForTests, key: str) -> None:
    refused = ADMIN.post("/v1/parties", PARTY, Idempotency_Key=key)
    assert refused.status == 400
    assert refused.places[0][0] == "Idempotency-Key"
    assert ADMIN.get("/v1/parties").json["items"] == []


# ---- defects


def test_a_defect_of_ours_says_nothing_of_its_inside(world: WorldForTests, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(world.parties, "page", broken)
    answer = ADMIN.get("/v1/parties")
    assert (answer.status, answer.json["type"]) == (500, "/problems/internal")
    assert "secret detail" not in answer.text


def test_others_who_keep_writing_are_no_defect(
    world: WorldForTests, party: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = expect_created(ADMIN.post("/v1/communications", email(party, send_now=False)))

    def overtaken(*_: Any) -> None:
        raise ConcurrentUpdate

    monkeypatch.setattr(world.communications, "commit", overtaken)
    refused = ADMIN.post(f"/v1/communications/{draft['id']}/cancel")
    assert (refused.status, refused.json["type"]) == (409, "/problems/busy")
    assert refused.headers["Retry-After"] == "1"


def test_an_answer_that_cannot_be_written_is_a_problem_too(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unwritable(*_: Any, **__: Any) -> None:
        raise OverflowError("date value out of range")

    monkeypatch.setattr(MeView, "model_dump_json", unwritable)
    answer = ADMIN.get("/v1/me")
    assert (answer.status, answer.headers["Content-Type"]) == (500, "application/problem+json")


@pytest.mark.parametrize(
    "at",
    [
        "1800000000",
        "2026-12-01",
        "2026-12-01 10:00:00Z",
        "2026-12-01T10:00:00+0000",
        "2026-12-01T25:00:00Z",
        "2026-W47-5",
    ],
)
def test_times_are_those_of_rfc_3339(party: Any, at: str) -> None:
    refused = ADMIN.post("/v1/communications", email(party, send_at=at))
    assert (refused.status, refused.places) == (422, [("send_at", "invalid_time")])


@pytest.mark.parametrize("query", ["party_id=", "case_id=", "party_id=,", "channel=email,,sms", "recipient="])
def test_an_empty_filter_is_not_everything(party: Any, query: str) -> None:
    assert ADMIN.ask("GET", "/v1/communications", query=query).status == 422


def test_a_fault_names_the_field_and_nothing_of_our_inside(party: Any) -> None:
    refused = ADMIN.get("/v1/communications", group="x")
    assert refused.places == [("group.0", "not_one_of")]


def test_a_coded_body(world: WorldForTests) -> None:
    assert ADMIN.ask("POST", "/v1/parties", PARTY, headers={"Content-Encoding": "gzip"}).status == 415


def test_a_key_that_was_used_is_named(world: WorldForTests) -> None:
    ADMIN.post("/v1/parties", PARTY, Idempotency_Key="k")
    refused = ADMIN.post("/v1/parties", PARTY | {"name": "B"}, Idempotency_Key="k")
    assert refused.json["code"] == "idempotency_key_reused"
    assert refused.places == [("Idempotency-Key", "idempotency_key_reused")]
