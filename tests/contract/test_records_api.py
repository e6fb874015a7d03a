"""Calls, meetings, notes, and what came in or went out elsewhere: logged, amended, taken away."""

import json
from typing import Any

import pytest

from tests.support.api_client import ADMIN, call, email, expect_created, letter, meeting
from tests.support.aws import WorldForTests
from tests.support.lambda_client import Caller

AGENT = Caller(role="agent", user="user-7")


@pytest.mark.covers("A2", "A6", "K1", "K2")
def test_a_call(party: Any) -> None:
    answer = ADMIN.post(
        "/v1/communications",
        call(
            party,
            from_phone="+44 20 7946 0958",
            to_phone="+447700900127",
            duration_minutes=12,
            outcome="Will pay on Friday",
            requires_followup=True,
            followup_date="2026-11-27",
            followup_notes="Ask whether it came",
        ),
    )
    assert answer.status == 201
    entry = answer.json
    assert (entry["status"], entry["status_group"], entry["subject"]) == ("logged", "logged", "Phone Call")
    assert entry["phone"]["outcome"] == "Will pay on Friday"
    assert entry["decision"] is None
    [todo] = ADMIN.get("/v1/todos", party_id=party["id"]).json["items"]
    assert (todo["title"], todo["due_date"], todo["communication_id"], todo["status"]) == (
        "Ask whether it came",
        "2026-11-27",
        entry["id"],
        "open",
    )
    done = ADMIN.patch(f"/v1/todos/{todo['id']}", {"status": "done"}, If_Match=f'"{todo["version"]}"')
    assert done.json["status"] == "done"
    assert ADMIN.get("/v1/todos", party_id=party["id"]).json["items"] == []
    assert ADMIN.patch(f"/v1/todos/{todo['id']}", {"status": "open"}).json["status"] == "open"


FOLLOWED: list[dict[str, Any]] = [
    {"followup_date": "2026-11-27"},
    {"followup_notes": "Ask whether it came"},
    {"followup_date": "2026-11-27", "followup_notes": "Ask whether it came", "requires_followup": None},
    {"requires_followup": True},
]


@pytest.mark.parametrize("said", FOLLOWED)
def test_the_date_or_the_words_of_a_follow_up_are_the_follow_up(party: Any, said: dict[str, Any]) -> None:
    """Said at once or later, with or without the flag; it ends when somebody says that there is none."""
    at_once = expect_created(ADMIN.post("/v1/communications", call(party, **said)))
    plain = expect_created(ADMIN.post("/v1/communications", call(party)))
    assert plain["phone"]["requires_followup"] is False
    later = ADMIN.patch(f"/v1/communications/{plain['id']}", said).json
    todos = ADMIN.get("/v1/todos", party_id=party["id"]).json["items"]
    assert {one["communication_id"] for one in todos} == {at_once["id"], later["id"]}
    assert {one["due_date"] for one in todos} == {said.get("followup_date")}
    for one in (at_once, later):
        assert one["phone"]["requires_followup"] is True
        over = ADMIN.patch(f"/v1/communications/{one['id']}", {"requires_followup": False}).json["phone"]
        assert (over["requires_followup"], over["followup_date"], over["followup_notes"]) == (False, None, None)
    assert ADMIN.get("/v1/todos", party_id=party["id"]).json["items"] == []


@pytest.mark.covers("A2", "K3")
def test_a_meeting_stands_where_it_began_in_the_organisations_zone(world: WorldForTests, party: Any) -> None:
    summer = expect_created(ADMIN.post("/v1/communications", meeting(party, meeting_date="2026-07-01")))
    assert (summer["occurred_at"], summer["created_at"]) == ("2026-07-01T13:00:00Z", "2026-11-20T10:00:00Z")
    assert summer["meeting"]["duration_minutes"] == 45
    assert summer["meeting"]["start_time"] == "14:00"
    winter = expect_created(
        ADMIN.post("/v1/communications", meeting(party, attendees="Ann", action_items=["Write", "Call"]))
    )
    assert winter["occurred_at"] == "2026-11-19T14:00:00Z"
    assert (winter["meeting"]["attendees"], winter["meeting"]["action_items"]) == (["Ann"], ["Write", "Call"])
    assert [one["id"] for one in ADMIN.get("/v1/communications").json["items"]] == [winter["id"], summer["id"]]


@pytest.mark.covers("A3", "K4")
def test_a_note_is_outbound_and_ours(party: Any) -> None:
    note = expect_created(
        ADMIN.post("/v1/communications", {"channel": "note", "party_id": party["id"], "body": "Be kind."})
    )
    assert (note["direction"], note["status"], note["preview"]) == ("outbound", "logged", "Be kind.")


@pytest.mark.covers("A1", "A3", "L3")
def test_what_came_in_elsewhere_has_its_own_time_and_documents(world: WorldForTests, party: Any) -> None:
    from tests.support.steps import a_document

    document = a_document(world, party_id=party["id"])
    entry = expect_created(ADMIN.post("/v1/communications", letter(party, document_id=document.id)))
    assert (entry["status"], entry["direction"], entry["from"]) == ("received", "inbound", "Barclays, Leicester")
    assert (entry["occurred_at"], entry["created_at"]) == ("2026-11-17T09:00:00Z", "2026-11-20T10:00:00Z")
    assert [one["id"] for one in entry["attachments"]] == [document.id]
    opened = ADMIN.get(f"/v1/communications/{entry['id']}").json
    assert opened["body"]["text"] == "We enclose"
    assert [row["event"] for row in opened["history"]] == ["logged"]


@pytest.mark.covers("A2")
@pytest.mark.parametrize(
    "body",
    [
        {"channel": "email", "to": ["a@b.example"], "subject": "x", "body": "y", "occurred_at": "2026-11-17T09:00:00Z"},
        {"channel": "sms", "to": ["+447700900127"], "body": "y", "occurred_at": "2026-11-17T09:00:00Z"},
        {"channel": "post", "address": "1 High Street\nLeeds", "body": "y", "occurred_at": "2026-11-17T09:00:00Z"},
        {"channel": "manual", "subject": "By hand", "occurred_at": "2026-11-17T09:00:00Z"},
        {
            "channel": "einvoice",
            "network": "peppol",
            "receiver": {"scheme": "0208", "id": "0123456789"},
            "subject": "Invoice 7",
            "occurred_at": "2026-11-17T09:00:00Z",
        },
    ],
)
def test_what_went_out_elsewhere_is_logged_and_never_sent(
    world: WorldForTests, party: Any, body: dict[str, Any]
) -> None:
    entry = expect_created(ADMIN.post("/v1/communications", body | {"party_id": party["id"]}))
    assert (entry["status"], entry["direction"], entry["channel"]) == ("logged", "outbound", body["channel"])
    assert world.queued("email") == world.queued("sms") == []
    refused = ADMIN.patch(f"/v1/communications/{entry['id']}", {"subject": "z"})
    assert (refused.status, refused.json["code"]) == (409, "immutable")
    assert ADMIN.delete(f"/v1/communications/{entry['id']}").status == 409


BAD: list[tuple[str, dict[str, Any], list[tuple[str, str]]]] = [
    ("phone", {"direction": None}, [("direction", "required")]),
    ("phone", {"outcome": "x" * 101}, [("outcome", "too_long")]),
    ("phone", {"from_phone": "12"}, [("from_phone", "invalid_phone")]),
    ("phone", {"duration_minutes": -1}, [("duration_minutes", "out_of_range")]),
    ("phone", {"requires_followup": False, "followup_date": "2026-12-01"}, [("followup_date", "no_followup")]),
    ("phone", {"requires_followup": False, "followup_notes": "Ask"}, [("followup_notes", "no_followup")]),
    ("phone", {"cc": ["a@b.example"]}, [("cc", "not_for_channel")]),
    ("phone", {"occurred_at": "2026-11-20T10:30:00Z"}, [("occurred_at", "in_the_future")]),
    ("phone", {"send_now": False}, [("send_now", "not_sent")]),
    ("meeting", {"subject": None}, [("subject", "required")]),
    ("meeting", {"meeting_date": None}, [("meeting_date", "required")]),
    ("meeting", {"end_time": "13:00"}, [("end_time", "ends_before_start")]),
    ("meeting", {"duration_minutes": 30}, [("duration_minutes", "duration_mismatch")]),
    ("meeting", {"start_time": "2pm"}, [("start_time", "invalid_time")]),
    ("meeting", {"location_type": "pub"}, [("location_type", "not_one_of")]),
    ("meeting", {"meeting_date": "2026-11-21"}, [("meeting_date", "in_the_future")]),
    ("post", {"from": None}, [("from", "required")]),
    ("post", {"occurred_at": None}, [("occurred_at", "required")]),
    ("post", {"subject": None, "body": None}, [("body", "required")]),
    ("post", {"direction": "outbound", "occurred_at": None}, [("from", "not_for_channel")]),
    ("post", {"template": {"key": "x"}}, [("template", "not_for_channel")]),
    ("post", {"occurred_at": "1989-01-01T00:00:00Z"}, [("occurred_at", "out_of_range")]),
]


@pytest.mark.parametrize(("kind", "changes", "places"), BAD, ids=[f"{row[0]} {json.dumps(row[1])}" for row in BAD])
def test_records_that_cannot_be(
    world: WorldForTests, party: Any, kind: str, changes: dict[str, Any], places: list[tuple[str, str]]
) -> None:
    good = {"phone": call, "meeting": meeting, "post": letter}[kind](party)
    body = {name: value for name, value in (good | changes).items() if value is not None}
    refused = ADMIN.post("/v1/communications", body)
    assert (refused.status, refused.places) == (422, places)
    assert ADMIN.get("/v1/communications").json["items"] == []


@pytest.mark.covers("M3")
def test_what_was_logged_by_hand_is_amended_and_its_versions_are_kept(world: WorldForTests, party: Any) -> None:
    made = expect_created(ADMIN.post("/v1/communications", meeting(party, body="They will pay.")))
    path = f"/v1/communications/{made['id']}"
    world.clock.pass_(minutes=5)
    amended = ADMIN.patch(path, {"end_time": "15:00", "body": "They will not pay."}, If_Match='"1"')
    assert amended.status == 200
    assert (amended.json["meeting"]["duration_minutes"], amended.json["version"]) == (60, 2)
    assert (amended.json["occurred_at"], amended.json["created_at"]) == (made["occurred_at"], made["created_at"])
    opened = ADMIN.get(path).json
    assert opened["body"]["text"] == "They will not pay."
    [_, row] = opened["history"]
    assert row["event"] == "amended"
    assert json.loads(row["was"]["body"]) == "They will pay."
    assert json.loads(row["was"]["meeting"])["end_time"] == "14:45:00"
    assert set(row["was"]) == {"body", "meeting"}
    assert ADMIN.patch(path, {"outcome": "x"}, If_Match='"1"').status == 412
    assert ADMIN.patch(path, {"end_time": "13:00"}).places == [("end_time", "ends_before_start")]
    assert ADMIN.patch(path, {"to": ["a@b.example"]}).places == [("to", "not_for_channel")]
    assert ADMIN.patch(path, {"party_id": party["id"]}).places == [("party_id", "unknown_field")]


@pytest.mark.covers("M3")
def test_what_was_logged_by_hand_is_taken_away_and_kept_in_the_history(world: WorldForTests, party: Any) -> None:
    made = expect_created(ADMIN.post("/v1/communications", call(party, requires_followup=True)))
    path = f"/v1/communications/{made['id']}"
    assert Caller(role="auditor").delete(path).status == 403
    assert ADMIN.delete(path).status == 204
    assert ADMIN.get(path).status == ADMIN.delete(path).status == ADMIN.patch(path, {"outcome": "x"}).status == 404
    assert ADMIN.get("/v1/communications").json["items"] == []
    assert ADMIN.get("/v1/todos").json["items"] == []
    assert [row.event for row in world.communications.history(made["id"])] == ["logged", "deleted"]
    audit = Caller(role="auditor").get("/v1/activity", party_id=party["id"]).json["items"]
    assert [row["event"] for row in audit if row["communication_id"]] == ["deleted", "logged"]


def test_a_draft_is_amended_and_discarded(world: WorldForTests, party: Any) -> None:
    draft = expect_created(ADMIN.post("/v1/communications", email(party, send_now=False)))
    path = f"/v1/communications/{draft['id']}"
    amended = ADMIN.patch(path, {"subject": "Better", "cc": ["c@d.example"]})
    assert (amended.json["subject"], amended.json["cc"], amended.json["status"]) == ("Better", ["c@d.example"], "draft")
    assert ADMIN.patch(path, {"from_phone": "+447700900127"}).places == [("from_phone", "not_for_channel")]
    assert ADMIN.post(f"{path}/send").json["subject"] == "Better"
    assert ADMIN.patch(path, {"subject": "Too late"}).status == 409
    other = expect_created(ADMIN.post("/v1/communications", email(party, send_now=False)))
    assert ADMIN.delete(f"/v1/communications/{other['id']}").status == 204
    assert ADMIN.post(f"/v1/communications/{other['id']}/send").status == 404


@pytest.mark.covers("C8")
def test_what_is_ignored_is_left_out_only_where_what_waits_is_looked_for(world: WorldForTests, party: Any) -> None:
    world.fakes.email.next = []
    entry = expect_created(ADMIN.post("/v1/communications", email(party)))
    path = f"/v1/communications/{entry['id']}"
    assert AGENT.post(f"{path}/ignore").status == 403
    assert ADMIN.post(f"{path}/ignore").json["ignored"] is True
    assert ADMIN.get("/v1/communications", group="not_sent").json["items"] == []
    for filters in ({}, {"status": "queued"}, {"group": "not_sent", "show_ignored": "true"}):
        [row] = ADMIN.get("/v1/communications", **filters).json["items"]
        assert (row["ignored"], row["ignored_by"]["name"]) == (True, "Jane Marsh")
    assert ADMIN.post(f"{path}/unignore").json["ignored"] is False
    assert len(ADMIN.get("/v1/communications", group="not_sent").json["items"]) == 1
    assert [row["event"] for row in ADMIN.get(path).json["history"]] == ["accepted", "ignored", "unignored"]


@pytest.mark.covers("C8", "C11")
def test_by_location_and_subject_type(world: WorldForTests) -> None:
    leeds = expect_created(ADMIN.post("/v1/parties", {"kind": "client", "name": "A", "location": "Leeds"}))
    york = expect_created(ADMIN.post("/v1/parties", {"kind": "client", "name": "B", "location": "York"}))
    there = expect_created(ADMIN.post("/v1/communications", call(leeds, regarding={"type": "invoice", "id": "7"})))
    expect_created(ADMIN.post("/v1/communications", call(york, regarding={"type": "case", "id": "8"})))
    for filters in ({"location": "Leeds"}, {"subject_type": "invoice"}):
        assert [one["id"] for one in ADMIN.get("/v1/communications", **filters).json["items"]] == [there["id"]]


def test_a_draft_may_be_half_written_and_not_empty(party: Any) -> None:
    half = {"channel": "email", "party_id": party["id"], "send_now": False, "body": "Dear Priya,"}
    path = f"/v1/communications/{expect_created(ADMIN.post('/v1/communications', half))['id']}"
    assert ADMIN.post(f"{path}/send").places == [("subject", "required")]
    assert ADMIN.post("/v1/communications", half | {"send_now": True}).places == [("subject", "required")]
    empty = ADMIN.post("/v1/communications", half | {"body": None})
    assert empty.places == [("subject", "required"), ("body", "required")]
    assert ADMIN.patch(path, {"body": None}).status == 422
    assert ADMIN.patch(path, {"subject": "At last"}).status == 200
    assert ADMIN.post(f"{path}/send").status == 202
