"""The HTTP contract, operation by operation, through the functions as API Gateway calls them."""

import json
import re
from typing import Any

import pytest

from letterbook.contracts.operations import OPERATIONS
from tests.acting import a_document, deliver_queue
from tests.cloud import WorldForTests, client, make_people
from tests.lambdas import Answer, Caller

ADMIN = Caller()
PARTY = {"kind": "client", "name": "Priya Raman", "email": "priya@mailbox.example", "mobile": "+44 7700 900127"}
NOWHERE = "pty_01JD4QK8V3M2N7R5T9W1X3Y5Z7"


def created(answer: Answer) -> Any:
    assert answer.status in (201, 202), answer.text
    return answer.json


@pytest.fixture
def party(world: WorldForTests) -> Any:
    return created(ADMIN.post("/v1/parties", PARTY))


def email(party: Any, **changes: Any) -> dict[str, Any]:
    return {"channel": "email", "party_id": party["id"], "subject": "Hello", "body": "Dear **Sir**,", **changes}


# ---- communications


@pytest.mark.covers("A2", "A9", "D1", "D7", "D8")
def test_composing_answers_202_with_the_entry_where_it_is_and_which_version(party: Any) -> None:
    answer = ADMIN.post("/v1/communications", email(party))
    assert answer.status == 202
    entry = answer.json
    assert answer.headers["Location"] == f"/v1/communications/{entry['id']}"
    assert answer.headers["ETag"] == '"1"'
    assert (entry["status"], entry["status_group"], entry["status_label"]) == ("queued", "in_progress", "Queued")
    assert entry["party"] == {"id": party["id"], "kind": "client", "name": "Priya Raman"}
    assert (entry["from"], entry["to"], entry["cc"], entry["bcc"]) == (
        "legal@firm.example",
        ["priya@mailbox.example"],
        [],
        [],
    )
    assert entry["recipients"] == [{"address": "priya@mailbox.example", "role": "to", "status": "queued"}]
    assert entry["created_by"] == {"id": "user-1", "name": "Jane Marsh", "role": "admin"}
    assert entry["occurred_at"] == entry["created_at"] == "2026-11-20T10:00:00Z"
    assert entry["resendable_until"] == "2027-01-19T10:00:00Z"
    assert entry["decision"]["action"] == "send"
    assert [row["rule"] for row in entry["decision"]["trace"]][:2] == ["may_send", "contact_hold"]


# API.md, "The entry": every field, so that none is ever lost.
ENTRY = {
    "id", "channel", "direction", "status", "status_group", "status_label", "delivery_basis", "party", "contact", "case",
    "regarding", "category", "client", "thread_id", "from", "to", "cc", "bcc", "recipients", "subject", "preview", "template",
    "attachments", "provider", "provider_reference", "attempt", "resend_of", "fallback_of", "changes", "hints",
    "resendable_until", "occurred_at", "created_at", "scheduled_for", "sent_at", "delivered_at", "opened_at", "failed_at",
    "failure", "decision", "sms", "response_minutes", "restricted", "ignored", "created_by", "content_sha256", "version",
}  # fmt: skip


@pytest.mark.covers("B8")
def test_an_entry_has_every_field_of_the_contract(party: Any) -> None:
    entry = created(ADMIN.post("/v1/communications", email(party)))
    assert ENTRY | {"retention"} <= set(entry)
    [row] = ADMIN.get("/v1/communications").json["items"]
    assert set(row) == ENTRY
    assert "trace" not in row["decision"]
    page = ADMIN.get(f"/v1/communications/{entry['id']}").json
    assert set(entry) | {"body", "history", "attempts"} == set(page)
    assert page["body"]["text"] == "Dear Sir,"
    assert "<strong>Sir</strong>" in page["body"]["html"]
    assert [row["event"] for row in page["history"]] == ["accepted"]
    assert [one["id"] for one in page["attempts"]] == [entry["id"]]


@pytest.mark.covers("A13")
def test_a_failure_is_told_in_words_with_advice(world: WorldForTests, party: Any) -> None:
    from letterbook.domain.errors import Permanent
    from letterbook.domain.failures import FailureCode

    world.fakes.email.next.append(Permanent("MessageRejected", FailureCode.CONTENT))
    entry = created(ADMIN.post("/v1/communications", email(party)))
    deliver_queue(world)
    assert ADMIN.get(f"/v1/communications/{entry['id']}").json["failure"] == {
        "code": "content",
        "reason": "The content was refused.",
        "provider_code": "MessageRejected",
        "permanent": True,
        "advice": "Change the text or the attachments, then send again.",
    }


@pytest.mark.covers("D3")
def test_a_draft_answers_201_and_is_sent_by_its_own_address(party: Any) -> None:
    answer = ADMIN.post("/v1/communications", email(party, send_now=False))
    assert (answer.status, answer.json["status"]) == (201, "draft")
    sent = ADMIN.post(f"/v1/communications/{answer.json['id']}/send")
    assert (sent.status, sent.json["status"]) == (202, "queued")
    assert ADMIN.post(f"/v1/communications/{answer.json['id']}/send").status == 409


def test_cancelling(party: Any) -> None:
    entry = created(ADMIN.post("/v1/communications", email(party)))
    assert ADMIN.post(f"/v1/communications/{entry['id']}/cancel").json["status"] == "cancelled"
    refused = ADMIN.post(f"/v1/communications/{entry['id']}/cancel")
    assert (refused.status, refused.json["type"]) == (409, "/problems/too-late")


def test_preview(party: Any) -> None:
    shown = ADMIN.post("/v1/communications/preview", {"channel": "sms", "party_id": party["id"], "body": "€" * 81})
    assert shown.status == 200
    assert shown.json["segments"] == 2
    assert shown.json["rendered"] == {"subject": "", "text": "€" * 81, "html": None}
    assert shown.json["recipients"] == [{"address": "+447700900127", "role": "to"}]
    assert (shown.json["missing_variables"], shown.json["cost_class"]) == ([], "per_segment")
    assert ADMIN.get("/v1/communications").json["items"] == []


def test_times_may_be_given_in_any_zone_and_come_in_utc(party: Any) -> None:
    entry = created(ADMIN.post("/v1/communications", email(party, send_at="2026-11-21T09:00:00+01:00")))
    assert (entry["status"], entry["scheduled_for"]) == ("scheduled", "2026-11-21T08:00:00Z")
    assert entry["decision"]["scheduled_for"] == "2026-11-21T08:00:00Z"


# ---- lists and cursors


def test_pages_are_followed_by_cursors(world: WorldForTests, party: Any) -> None:
    made = []
    for _ in range(5):
        world.clock.pass_(seconds=1)
        made.append(created(ADMIN.post("/v1/communications", email(party)))["id"])
    got, cursor = [], None
    while True:
        page = ADMIN.get("/v1/communications", limit=2, **({"cursor": cursor} if cursor else {})).json
        got += [one["id"] for one in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert got == made[::-1]


def test_a_cursor_belongs_to_its_filters(world: WorldForTests, party: Any) -> None:
    for _ in range(3):
        world.clock.pass_(seconds=1)
        ADMIN.post("/v1/communications", email(party))
    cursor = ADMIN.get("/v1/communications", limit=1, channel="email").json["next_cursor"]
    assert ADMIN.get("/v1/communications", limit=2, channel="email", cursor=cursor).status == 200
    for other in ({"channel": "sms"}, {}, {"channel": "email", "status": "queued"}):
        refused = ADMIN.get("/v1/communications", cursor=cursor, **other)
        assert (refused.status, refused.places) == (422, [("cursor", "invalid_cursor")])
    assert ADMIN.get("/v1/parties", cursor=cursor).places == [("cursor", "invalid_cursor")]


@pytest.mark.parametrize("cursor", ["x", "AAAA", "é", "null", "a" * 100, "Y29tXzAxSkQ0UUs4VjNNMk43UjVUOVcxWDNZNVo3"])
def test_a_forged_cursor(world: WorldForTests, cursor: str) -> None:
    refused = ADMIN.get("/v1/communications", cursor=cursor)
    assert (refused.status, refused.places) == (422, [("cursor", "invalid_cursor")])


def test_several_values_of_a_filter(party: Any) -> None:
    entry = created(ADMIN.post("/v1/communications", email(party)))
    for query in ("channel=email,sms", "channel=sms&channel=email", f"party_id={NOWHERE},{party['id']}"):
        assert [one["id"] for one in ADMIN.ask("GET", "/v1/communications", query=query).json["items"]] == [entry["id"]]


# ---- parties, contacts, preferences


@pytest.mark.covers("A4")
def test_a_party(world: WorldForTests, party: Any) -> None:
    assert re.fullmatch(r"pty_[0-9A-HJKMNP-TV-Z]{26}", party["id"])
    assert (party["mobile"], party["version"]) == ("+447700900127", 1)
    read = ADMIN.get(f"/v1/parties/{party['id']}")
    assert read.json == party
    assert read.headers["ETag"] == '"1"'


def test_amending_a_party(party: Any) -> None:
    path = f"/v1/parties/{party['id']}"
    changed = ADMIN.patch(path, {"name": "Priya Sharma", "mobile": None}, If_Match='"1"')
    assert (changed.status, changed.json["name"], changed.json["mobile"], changed.json["version"]) == (
        200,
        "Priya Sharma",
        None,
        2,
    )
    assert changed.json["email"] == party["email"]
    assert ADMIN.patch(path, {"name": "X"}, If_Match='"1"').status == 412
    assert ADMIN.patch(path, {"name": "X"}).status == 200
    assert ADMIN.patch(path, {"name": None}).places == [("name", "required")]
    assert ADMIN.patch(path, {"email": "nobody"}).places == [("email", "invalid_email")]
    assert ADMIN.patch(path, {"name": "X"}, If_Match="3").places == [("If-Match", "invalid_format")]


def test_parties_are_found_by_words_number_and_address(world: WorldForTests, party: Any) -> None:
    world.clock.pass_(seconds=1)
    bank = created(
        ADMIN.post(
            "/v1/parties",
            {"kind": "creditor", "name": "Crédit Northmoor & Co", "account_number": "AC-7", "email": "x@bank.example"},
        )
    )
    ADMIN.post(f"/v1/parties/{bank['id']}/contacts", {"name": "Team", "email": "team@bank.example"})

    def found(**query: str) -> list[str]:
        return [one["id"] for one in ADMIN.get("/v1/parties", **query).json["items"]]

    for words in ("credit", "NORTH", "north cred", "ac-7", "x@bank.example", "team@bank.example", "co"):
        assert found(q=words) == [bank["id"]], words
    for words in ("moor", "credit raman", "nobody", "&"):
        assert found(q=words) == [], words
    assert found() == [bank["id"], party["id"]]
    assert found(kind="client") == [party["id"]]
    assert found(q="northmoor", kind="client") == []


def test_a_renamed_party_is_found_by_its_new_name_only(party: Any) -> None:
    ADMIN.patch(f"/v1/parties/{party['id']}", {"name": "Priya Sharma"})
    assert ADMIN.get("/v1/parties", q="raman").json["items"] == []
    assert len(ADMIN.get("/v1/parties", q="sharma").json["items"]) == 1


@pytest.mark.covers("A4")
def test_contacts(world: WorldForTests, party: Any) -> None:
    base = f"/v1/parties/{party['id']}/contacts"
    first = created(ADMIN.post(base, {"name": "A", "email": "a@one.example"}))
    world.clock.pass_(seconds=1)
    second = created(ADMIN.post(base, {"name": "B", "primary": True, "phone": "+44 20 7946 0958"}))
    assert [one["name"] for one in ADMIN.get(base).json["items"]] == ["B", "A"]
    assert ADMIN.get(f"{base}/{first['id']}").json == first
    assert second["phone"] == "+442079460958"
    changed = ADMIN.patch(f"{base}/{first['id']}", {"role": "Director"}, If_Match='"1"')
    assert (changed.json["role"], changed.json["version"]) == ("Director", 2)
    assert ADMIN.delete(f"{base}/{first['id']}").status == 204
    assert ADMIN.get(f"{base}/{first['id']}").status == 404
    assert ADMIN.delete(f"{base}/{first['id']}").status == 404
    assert ADMIN.get("/v1/parties", q="a@one.example").json["items"] == []


@pytest.mark.covers("H1", "H3")
def test_preferences(party: Any) -> None:
    path = f"/v1/parties/{party['id']}/preferences"
    assert ADMIN.get(path).json == {"preferred": None, "opt_outs": [], "skip": [], "hold": None, "version": 0}
    wanted = {
        "preferred": "email",
        "opt_outs": [{"channel": "sms", "category": None, "source": "stop_keyword", "at": "2026-11-01T00:00:00Z"}],
        "skip": ["invoice"],
        "hold": {"kind": "breathing_space", "until": "2027-01-15", "reason": "Moratorium"},
    }
    put = ADMIN.put(path, wanted)
    assert put.status == 200
    assert {**wanted, "version": 1} == put.json == ADMIN.get(path).json
    assert ADMIN.put(path, put.json).json["version"] == 2
    assert ADMIN.put(path, put.json).status == 412
    assert ADMIN.put(path, {}, If_Match='"1"').status == 412
    assert ADMIN.put(path, {"opt_outs": [{"channel": "pigeon"}]}).places == [("opt_outs.0.channel", "not_one_of")]
    assert ADMIN.put(path, {}).json == {"preferred": None, "opt_outs": [], "skip": [], "hold": None, "version": 3}


# ---- cases, documents, grants, users


def test_cases(world: WorldForTests, party: Any) -> None:
    case = created(ADMIN.post("/v1/cases", {"reference": "DC-1", "party_ids": [party["id"]]}))
    assert (case["kind"], case["status"], case["party_ids"], case["creditor_ids"]) == (
        "case",
        "open",
        [party["id"]],
        [],
    )
    assert ADMIN.get(f"/v1/cases/{case['id']}").json == case
    assert [one["id"] for one in ADMIN.get("/v1/cases").json["items"]] == [case["id"]]
    assert [one["id"] for one in ADMIN.get("/v1/cases", party_id=party["id"]).json["items"]] == [case["id"]]
    closed = ADMIN.patch(f"/v1/cases/{case['id']}", {"status": "closed", "party_ids": []}, If_Match='"1"')
    assert (closed.json["status"], closed.json["party_ids"]) == ("closed", [])
    assert ADMIN.get("/v1/cases", party_id=party["id"]).json["items"] == []
    assert ADMIN.post("/v1/cases", {"reference": "X", "party_ids": [NOWHERE]}).places == [
        ("party_ids.0", "unknown_party")
    ]
    assert ADMIN.post("/v1/cases", {"reference": ""}).places == [("reference", "too_short")]


@pytest.mark.covers("A7", "B15")
def test_documents(world: WorldForTests, party: Any) -> None:
    body = {"name": "Letter of authority.pdf", "media_type": "application/pdf", "bytes": 4, "party_id": party["id"]}
    document = created(ADMIN.post("/v1/documents", body))
    assert f"staging/{document['id']}" in document["upload_url"]
    assert "content-length" in document["upload_url"]
    assert ADMIN.get(f"/v1/documents/{document['id']}").json["type"] == "/problems/not-uploaded"
    client("s3").put_object(Bucket="vault", Key=f"staging/{document['id']}", Body=b"%PDF")
    answer = ADMIN.get(f"/v1/documents/{document['id']}")
    assert answer.status == 302
    assert "response-content-disposition=attachment" in answer.headers["Location"]
    [listed] = ADMIN.get("/v1/documents", party_id=party["id"]).json["items"]
    assert (listed["id"], listed["name"], listed["bytes"]) == (document["id"], body["name"], 4)
    entry = created(ADMIN.post("/v1/communications", email(party, attachments=[document["id"]])))
    assert entry["attachments"][0]["sha256"]
    assert "versionId" in ADMIN.get(f"/v1/documents/{document['id']}").headers["Location"]


def test_documents_that_no_message_took_up_are_gone_after_their_time(world: WorldForTests, party: Any) -> None:
    staged, kept = a_document(world, party_id=party["id"]), a_document(world, party_id=party["id"])
    created(ADMIN.post("/v1/communications", email(party, attachments=[kept.id])))
    world.clock.pass_(days=30)
    assert [one["id"] for one in ADMIN.get("/v1/documents", party_id=party["id"]).json["items"]] == [kept.id]
    assert ADMIN.get(f"/v1/documents/{staged.id}").status == 404
    assert ADMIN.get(f"/v1/documents/{kept.id}").status == 302


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"bytes": 0}, ("bytes", "out_of_range")),
        ({"bytes": 19 * 1024 * 1024}, ("bytes", "out_of_range")),
        ({"media_type": "pdf"}, ("media_type", "invalid_format")),
        ({"media_type": "text/html\r\nX: y"}, ("media_type", "invalid_format")),
        ({"name": "a\nb"}, ("name", "control_character")),
        ({"party_id": NOWHERE}, ("party_id", "unknown_party")),
        ({"case_id": NOWHERE}, ("case_id", "invalid_id")),
    ],
)
def test_documents_that_cannot_be(world: WorldForTests, changes: dict[str, Any], place: tuple[str, str]) -> None:
    body = {"name": "a.pdf", "media_type": "application/pdf", "bytes": 4, **changes}
    refused = ADMIN.post("/v1/documents", body)
    assert (refused.status, refused.places) == (422, [place])


def test_documents_are_listed_by_owner(world: WorldForTests) -> None:
    assert ADMIN.get("/v1/documents").places == [("party_id", "required")]
    assert ADMIN.get("/v1/documents", party_id=NOWHERE).status == 404


def test_grants_and_users(world: WorldForTests, party: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    people = make_people(monkeypatch)
    assert {one["role"]: one["id"] for one in ADMIN.get("/v1/users").json["items"]} == people
    agent = Caller(user=people["agent"], role="agent")
    assert agent.get("/v1/parties").json["items"] == []
    grant = {"user": people["agent"], "party_id": party["id"], "case_id": None, "restricted": False}
    assert ADMIN.put("/v1/grants", {"user": people["agent"], "party_id": party["id"]}).json == grant
    assert [one["id"] for one in agent.get("/v1/parties").json["items"]] == [party["id"]]
    assert ADMIN.get("/v1/grants", user=people["agent"]).json["items"] == [grant]
    assert ADMIN.get("/v1/grants").json["items"] == [grant]
    assert ADMIN.delete("/v1/grants", {"user": people["agent"], "party_id": party["id"]}).status == 204
    assert agent.get(f"/v1/parties/{party['id']}").status == 404
    assert ADMIN.delete("/v1/grants", {"user": people["agent"], "party_id": party["id"]}).status == 404
    assert ADMIN.put("/v1/grants", {"user": "nobody", "party_id": party["id"]}).places == [("user", "unknown_user")]
    assert ADMIN.put("/v1/grants", {"user": people["agent"]}).places == [("party_id", "required")]


def test_an_agent_sees_what_they_enter_themselves(world: WorldForTests) -> None:
    agent = Caller(user="user-9", role="agent")
    party = created(agent.post("/v1/parties", PARTY))
    case = created(agent.post("/v1/cases", {"reference": "DC-9", "party_ids": [party["id"]]}))
    assert agent.get(f"/v1/parties/{party['id']}").status == 200
    assert agent.get(f"/v1/cases/{case['id']}").status == 200
    assert created(agent.post("/v1/communications", email(party)))["status"] == "queued"


# ---- templates and settings

TEMPLATE = {
    "category": "dsar",
    "language": "en",
    "channels": ["email"],
    "subject": "About {{ what }}",
    "body": "We write about {{ what }}.",
    "variables": [{"name": "what", "required": True, "example": "this"}],
}


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
        ({"body": "{{ 1 / 0 }}"}, ("body", "template_fails")),
        ({"body": "{{ ''.__class__ }}"}, ("body", "template_fails")),
        ({"body": ""}, ("body", "too_short")),
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
        ({"time_zone": ""}, ("time_zone", "unknown_time_zone")),
        ({"country": "XX"}, ("country", "unknown_country")),
        ({"country": "GB", "subdivision": "ZZZ"}, ("country", "unknown_country")),
        ({"country": "England"}, ("country", "invalid_format")),
        ({"office_hours": {"start": "17:00", "end": "09:00"}}, ("office_hours.end", "before_start")),
        ({"office_hours": {"days": []}}, ("office_hours.days", "too_short")),
        ({"office_hours": {"start": "nine"}}, ("office_hours.start", "wrong_type")),
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


# ---- who may


RIGHTS: list[tuple[str, str, str, Any]] = [
    ("auditor", "POST", "/v1/parties", PARTY),
    ("auditor", "POST", "/v1/cases", {"reference": "X"}),
    ("auditor", "POST", "/v1/documents", {"name": "a", "media_type": "text/plain", "bytes": 1}),
    ("auditor", "POST", "/v1/communications", {"channel": "email", "party_id": NOWHERE, "subject": "x", "body": "y"}),
    (
        "auditor",
        "POST",
        "/v1/communications/preview",
        {"channel": "email", "party_id": NOWHERE, "subject": "x", "body": "y"},
    ),
    ("auditor", "PUT", f"/v1/parties/{NOWHERE}/preferences", {}),
    ("agent", "PUT", "/v1/templates/x", TEMPLATE),
    ("agent", "PUT", "/v1/settings", {"name": "x"}),
    ("agent", "GET", "/v1/users", None),
    ("agent", "GET", "/v1/grants", None),
    ("agent", "PUT", "/v1/grants", {"user": "x", "party_id": NOWHERE}),
    ("lead", "PUT", "/v1/settings", {"name": "x"}),
    *[
        ("none", "GET", path, None)
        for path in ("/v1/communications", "/v1/parties", "/v1/cases", "/v1/templates", "/v1/settings", "/v1/users")
    ],
]


@pytest.mark.parametrize(("role", "method", "path", "body"), RIGHTS, ids=[" ".join(row[:3]) for row in RIGHTS])
def test_who_lacks_the_right_gets_403_and_changes_nothing(
    world: WorldForTests, role: str, method: str, path: str, body: Any
) -> None:
    refused = Caller(role=role).ask(method, path, body)
    assert (refused.status, refused.json["type"]) == (403, "/problems/forbidden")
    assert ADMIN.get("/v1/parties").json["items"] == ADMIN.get("/v1/cases").json["items"] == []
    assert ADMIN.get("/v1/settings").json["version"] == 1


def test_what_a_stranger_may_not_see_is_not_there(world: WorldForTests, party: Any) -> None:
    stranger = Caller(user="user-9", role="agent")
    case = created(ADMIN.post("/v1/cases", {"reference": "X", "party_ids": [party["id"]]}))
    document = a_document(world, party_id=party["id"])
    entry = created(ADMIN.post("/v1/communications", email(party, send_now=False)))
    things = [
        f"/v1/communications/{entry['id']}",
        f"/v1/parties/{party['id']}",
        f"/v1/cases/{case['id']}",
        f"/v1/documents/{document.id}",
    ]
    things += [f"/v1/parties/{party['id']}/{one}" for one in ("contacts", "preferences")]
    for path in things:
        hidden, missing = (
            stranger.get(path),
            stranger.get(re.sub(r"_[0-9A-Z]{26}", "_01JD4QK8V3M2N7R5T9W1X3Y5Z7", path)),
        )
        assert hidden.status == 404
        assert hidden.json == missing.json
    for path in ("/v1/communications", "/v1/parties", "/v1/cases"):
        assert stranger.get(path).json["items"] == []
    for path in (f"/v1/communications/{entry['id']}/send", f"/v1/communications/{entry['id']}/cancel"):
        assert stranger.post(path).status == 404
    assert stranger.patch(f"/v1/parties/{party['id']}", {"name": "X"}).status == 404
    assert stranger.post("/v1/communications", email(party)).places == [("party_id", "unknown_party")]
    assert stranger.post("/v1/communications", email(party, attachments=[document.id])).places == [
        ("party_id", "unknown_party"),
        ("attachments.0", "unknown_document"),
    ]


@pytest.mark.parametrize("claims", [{"token_use": "access"}, {"sub": ""}])
def test_only_an_id_token_says_who_somebody_is(world: WorldForTests, claims: dict[str, str]) -> None:
    assert Caller(claims=claims).get("/v1/me").status == 401


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
    ({"urgent": True}, [("urgent", "not_for_channel"), ("urgent_reason", "required")]),
    ({"channel": "sms"}, [("subject", "not_for_channel")]),
    ({"channel": "sms", "subject": None, "cc": ["a@b.example"]}, [("cc", "not_for_channel")]),
    ({"channel": "sms", "subject": None, "to": ["+447700900001", "+447700900002"]}, [("to", "too_many_recipients")]),
    ({"channel": "sms", "subject": None, "urgent": True}, [("urgent_reason", "required")]),
    ({"direction": "inbound"}, [("direction", "not_one_of")]),
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
    assert created(ADMIN.post("/v1/communications", email(party, to="x@one.example")))["to"] == ["x@one.example"]


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

    monkeypatch.setattr(world.directory, "party_page", broken)
    answer = ADMIN.get("/v1/parties")
    assert (answer.status, answer.json["type"]) == (500, "/problems/internal")
    assert "secret detail" not in answer.text
