"""What is restricted, moved, or taken away leaves no trace: no count, no preview, no title, no number, no cursor tells of it."""

import base64
from typing import Any

import pytest

from letterbook.adapters.dynamodb.tables.history import HistoryItem
from letterbook.domain.access import Grant
from letterbook.use_cases.indexing.index import index_communication
from tests.support.api_client import ADMIN, call, email, expect_created
from tests.support.aws import WorldForTests
from tests.support.builders import deed
from tests.support.failing import overtaken
from tests.support.lambda_client import Caller
from tests.support.steps import a_document, deliver_queue

LEAD, AGENT = Caller(user="user-8", role="lead"), Caller(user="user-7", role="agent")
INVOICE = {"type": "invoice", "id": "7"}


def a_thread(party: Any, **changes: Any) -> Any:
    return expect_created(ADMIN.post("/v1/threads", {"party_id": party["id"], "subject": "Arrears", **changes}))


def thread_now(thread: Any) -> tuple[int, str]:
    now = ADMIN.get(f"/v1/threads/{thread['id']}").json
    return now["messages"], now["preview"]


def logged(world: WorldForTests, body: dict[str, Any]) -> Any:
    world.clock.pass_(seconds=1)
    return expect_created(ADMIN.post("/v1/communications", body))


def amended(entry: Any, **changes: Any) -> Any:
    answer = ADMIN.patch(f"/v1/communications/{entry['id']}", changes)
    assert answer.status == 200, answer.text
    return answer.json


def grant(world: WorldForTests, party: Any) -> None:
    world.grants.save(Grant(user="user-7", party_id=party["id"]), deed())


def a_bank() -> Any:
    return expect_created(
        ADMIN.post("/v1/parties", {"kind": "creditor", "name": "Barclays", "email": "legal@bank.example"})
    )


def a_case(client: Any, *creditors: Any, **changes: Any) -> Any:
    ids = [one["id"] for one in creditors]
    body = {"reference": "X", "party_ids": [client["id"]], "creditor_ids": ids, **changes}
    return expect_created(ADMIN.post("/v1/cases", body))


# ---- amended


@pytest.mark.covers("M2", "M3")
def test_what_becomes_restricted_leaves_thread_overview_and_todos(world: WorldForTests, party: Any) -> None:
    thread = a_thread(party)
    older = logged(world, call(party, body="Older", thread_id=thread["id"], regarding=INVOICE))
    secret = {"requires_followup": True, "followup_notes": "Secret", "body": "Secret"}
    newer = logged(world, call(party, thread_id=thread["id"], regarding=INVOICE, **secret))
    assert thread_now(thread) == (2, "Secret")
    amended(newer, restricted=True)
    assert thread_now(thread) == (1, "Older")
    [row] = LEAD.get("/v1/overview").json["items"]
    assert (row["attempts"], row["latest"]["id"]) == (1, older["id"])
    assert LEAD.get("/v1/todos").json["items"] == []
    assert len(ADMIN.get("/v1/todos").json["items"]) == 1
    amended(newer, restricted=False)
    assert thread_now(thread) == (2, "Secret")
    assert ADMIN.delete(f"/v1/communications/{newer['id']}").status == 204
    assert thread_now(thread) == (1, "Older")


def test_what_moves_to_another_thread_and_thing_is_counted_there(world: WorldForTests, party: Any) -> None:
    first, second = a_thread(party), a_thread(party)
    note = logged(world, call(party, body="Here", thread_id=first["id"], regarding=INVOICE))
    amended(note, thread_id=second["id"], regarding={"type": "invoice", "id": "8"})
    assert (thread_now(first), thread_now(second)) == ((0, ""), (1, "Here"))
    [row] = ADMIN.get("/v1/overview").json["items"]
    assert (row["regarding"]["id"], row["attempts"]) == ("8", 1)
    assert ADMIN.delete(f"/v1/communications/{note['id']}").status == 204
    assert thread_now(second) == (0, "")
    assert ADMIN.get("/v1/overview").json["items"] == []


def test_the_preview_of_a_thread_follows_its_newest_entry(world: WorldForTests, party: Any) -> None:
    thread = a_thread(party)
    note = logged(world, call(party, body="First", thread_id=thread["id"]))
    amended(note, body="Second")
    assert thread_now(thread) == (1, "Second")


def test_what_is_cancelled_was_not_said(world: WorldForTests, party: Any) -> None:
    thread = a_thread(party)
    later = {"send_at": "2026-11-25T10:00:00Z", "thread_id": thread["id"], "regarding": INVOICE}
    made = logged(world, email(party, **later))
    assert thread_now(thread)[0] == 1
    assert ADMIN.post(f"/v1/communications/{made['id']}/cancel").status == 200
    assert thread_now(thread) == (0, "")
    assert ADMIN.get("/v1/overview").json["items"] == []


def test_what_an_amendment_leaves_alone_is_not_asked_about_again(world: WorldForTests, party: Any) -> None:
    contact = expect_created(ADMIN.post(f"/v1/parties/{party['id']}/contacts", {"name": "Anna"}))
    first = logged(world, call(party))
    note = logged(world, call(party, contact_id=contact["id"], in_reply_to=first["id"]))
    assert ADMIN.delete(f"/v1/communications/{first['id']}").status == 204
    assert ADMIN.delete(f"/v1/parties/{party['id']}/contacts/{contact['id']}").status == 204
    kept = amended(note, outcome="Agreed")
    assert kept["contact"]["name"] == "Anna"
    assert kept["in_reply_to"] is None
    assert ADMIN.get(f"/v1/communications/{note['id']}").json["in_reply_to"] is None


def test_earlier_versions_are_read_by_who_might_have_read_them(world: WorldForTests, party: Any) -> None:
    note = logged(world, {"channel": "note", "party_id": party["id"], "body": "Privileged", "restricted": True})
    amended(note, restricted=False, body="Redacted")
    path = f"/v1/communications/{note['id']}"
    assert "Privileged" not in LEAD.get(path).text
    assert "Privileged" not in LEAD.get("/v1/activity", party_id=party["id"]).text
    assert LEAD.get(f"{path}/versions/1").status == 404
    assert LEAD.get(f"{path}/versions/2").json["text"] == "Redacted"
    assert ADMIN.get(f"{path}/versions/1").json["text"] == "Privileged"
    assert ADMIN.get(path).json["history"][1]["was"]["body"] == '"Privileged"'
    assert ADMIN.get(f"{path}/versions/3").status == 404


@pytest.mark.covers("M6")
def test_a_history_that_somebody_changed_says_so(world: WorldForTests, party: Any) -> None:
    made = expect_created(ADMIN.post("/v1/communications", email(party)))
    deliver_queue(world)
    path = f"/v1/communications/{made['id']}"
    assert ADMIN.get(path).json["history_intact"] is True
    row = HistoryItem.get(made["id"], "000003")
    row.row = (row.row or "").replace('"taken"', '"refused"')
    row.save()
    assert ADMIN.get(path).json["history_intact"] is False


def test_long_texts_are_amended_and_kept(world: WorldForTests, party: Any) -> None:
    note = logged(world, {"channel": "note", "party_id": party["id"], "body": "ж" * 90_000})
    amended(note, body="short")
    page = ADMIN.get(f"/v1/communications/{note['id']}")
    assert len(page.text) < 20_000
    assert len(ADMIN.get(f"/v1/communications/{note['id']}/versions/1").json["text"]) == 90_000


# ---- creditors: who sees them does not see all of their cases


def test_a_thread_is_seen_by_whoever_sees_its_entries(world: WorldForTests, party: Any) -> None:
    bank = a_bank()
    case = a_case(party, bank)
    thread = a_thread(bank)
    refused = ADMIN.post("/v1/communications", call(bank, case_id=case["id"], thread_id=thread["id"]))
    assert refused.places == [("thread_id", "thread_of_another_case")]
    asked = logged(world, call(bank, thread_id=thread["id"]))
    answer = logged(world, call(bank, case_id=case["id"], in_reply_to=asked["id"]))
    assert answer["thread_id"] is None
    assert thread_now(thread)[0] == 1


@pytest.mark.covers("L4")
def test_minutes_of_a_creditor_are_those_of_one_case(world: WorldForTests, party: Any) -> None:
    bank, other = a_bank(), expect_created(ADMIN.post("/v1/parties", {"kind": "client", "name": "Ann"}))
    first, second = a_case(party, bank), a_case(other, bank)
    letter = {"channel": "post", "direction": "inbound", "from": "Barclays", "body": "Pay", "party_id": bank["id"]}
    came = logged(world, letter | {"case_id": first["id"], "occurred_at": "2026-11-20T09:00:00Z"})
    spoke = logged(world, call(bank, case_id=second["id"], direction="outbound", occurred_at="2026-11-20T09:17:00Z"))
    for one in (came, spoke):
        index_communication(world, one["id"])
    assert ADMIN.get(f"/v1/communications/{came['id']}").json["response_minutes"] is None
    right = logged(world, call(bank, case_id=first["id"], direction="outbound", occurred_at="2026-11-20T09:30:00Z"))
    index_communication(world, right["id"])
    assert ADMIN.get(f"/v1/communications/{came['id']}").json["response_minutes"] == 30


def test_restricted_entries_count_in_no_number(world: WorldForTests, party: Any) -> None:
    letter = {"channel": "post", "direction": "inbound", "from": "A", "body": "x", "party_id": party["id"]}
    came = logged(world, letter | {"occurred_at": "2026-11-20T09:00:00Z", "restricted": True})
    spoke = logged(world, call(party, direction="outbound", occurred_at="2026-11-20T09:30:00Z"))
    for one in (came, spoke):
        index_communication(world, one["id"])
    assert LEAD.get(f"/v1/parties/{party['id']}/response-times").json["count"] == 0


def test_a_subject_out_of_sight_lends_nobody_its_label(world: WorldForTests, party: Any) -> None:
    other = expect_created(ADMIN.post("/v1/parties", {"kind": "client", "name": "Ann"}))
    told = {"party_id": other["id"], "label": "Secret", "url": "https://erp.example/secret"}
    ADMIN.put("/v1/subjects/invoice/7", told)
    grant(world, party)
    note = expect_created(AGENT.post("/v1/communications", call(party, regarding=INVOICE)))
    assert (note["regarding"]["label"], note["regarding"]["url"]) == ("Invoice 7", None)


# ---- TODOs and cursors


def test_a_todo_is_seen_with_what_it_is_about(world: WorldForTests, party: Any) -> None:
    note = logged(world, call(party))
    todo = expect_created(ADMIN.post("/v1/todos", {"title": "Secret", "communication_id": note["id"]}))
    assert len(LEAD.get("/v1/todos").json["items"]) == 1
    amended(note, restricted=True)
    assert LEAD.get("/v1/todos").json["items"] == []
    assert LEAD.get(f"/v1/todos/{todo['id']}").status == 404
    other = expect_created(ADMIN.post("/v1/parties", {"kind": "client", "name": "Ann"}))
    body = {"title": "x", "party_id": other["id"], "communication_id": note["id"]}
    assert ADMIN.post("/v1/todos", body).places == [("party_id", "party_of_another")]


def test_a_follow_up_that_was_done_stays_done_until_it_changes(world: WorldForTests, party: Any) -> None:
    made = logged(world, call(party, requires_followup=True, followup_date="2026-12-01"))
    [todo] = ADMIN.get("/v1/todos").json["items"]
    assert ADMIN.patch(f"/v1/todos/{todo['id']}", {"status": "done"}).status == 200
    amended(made, outcome="Agreed")
    assert ADMIN.get("/v1/todos").json["items"] == []
    amended(made, followup_date="2026-12-02")
    assert len(ADMIN.get("/v1/todos").json["items"]) == 1
    amended(made, requires_followup=False, followup_date=None)
    assert ADMIN.get("/v1/todos").json["items"] == []


def test_a_todo_can_lose_its_date(world: WorldForTests, party: Any) -> None:
    made = expect_created(ADMIN.post("/v1/todos", {"title": "x", "party_id": party["id"], "due_date": "2026-12-01"}))
    assert ADMIN.patch(f"/v1/todos/{made['id']}", {"due_date": None}).json["due_date"] is None


def test_cursors_tell_nothing_of_what_they_stand_for(world: WorldForTests, party: Any) -> None:
    for _ in range(3):
        expect_created(ADMIN.post("/v1/todos", {"title": "x", "party_id": party["id"], "due_date": "2026-12-01"}))
    cursor = ADMIN.get("/v1/todos", limit=1).json["next_cursor"]
    assert b"2026-12-01" not in base64.urlsafe_b64decode(cursor + "===")
    assert AGENT.get("/v1/todos", limit=1).json == {"items": [], "next_cursor": None}


def test_an_agents_page_begins_with_what_they_see(world: WorldForTests, party: Any) -> None:
    other = expect_created(ADMIN.post("/v1/parties", {"kind": "client", "name": "Ann"}))
    for _ in range(20):
        expect_created(ADMIN.post("/v1/todos", {"title": "x", "party_id": other["id"], "due_date": "2026-12-01"}))
    own = expect_created(ADMIN.post("/v1/todos", {"title": "y", "party_id": party["id"], "due_date": "2026-12-02"}))
    grant(world, party)
    assert [one["id"] for one in AGENT.get("/v1/todos", limit=2).json["items"]] == [own["id"]]


# ---- and besides


def test_the_document_of_a_record_that_is_gone_is_gone_too(world: WorldForTests, party: Any) -> None:
    document = a_document(world)
    made = expect_created(ADMIN.post("/v1/communications", call(party, attachments=[document.id])))
    assert ADMIN.get(f"/v1/documents/{document.id}").status == 302
    assert ADMIN.delete(f"/v1/communications/{made['id']}").status == 204
    assert LEAD.get(f"/v1/documents/{document.id}").status == 404


def test_the_timeline_of_a_client_holds_what_was_written_to_creditors_for_them(
    world: WorldForTests, party: Any
) -> None:
    bank = a_bank()
    case = a_case(party, bank)
    made = logged(world, call(bank, case_id=case["id"]))
    assert [one["id"] for one in ADMIN.get("/v1/timeline", party_id=party["id"]).json["items"]] == [made["id"]]


def test_a_view_is_saved_once_with_one_key(world: WorldForTests) -> None:
    view = {"name": "Mine", "query": "group=failed"}
    assert ADMIN.post("/v1/views", view, Idempotency_Key="k").status == 201
    assert ADMIN.post("/v1/views", view, Idempotency_Key="k").headers["Idempotent-Replay"] == "true"
    assert ADMIN.post("/v1/views", view | {"name": "Other"}, Idempotency_Key="k").status == 422


def test_an_overview_of_a_thing_that_others_write_about_more_often(
    world: WorldForTests, party: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("letterbook.use_cases.reading.overview.COUNTED", 3)
    other = expect_created(ADMIN.post("/v1/parties", {"kind": "client", "name": "Ann"}))
    own = logged(world, call(party, regarding=INVOICE))
    for _ in range(4):
        logged(world, call(other, regarding=INVOICE))
    grant(world, party)
    [row] = AGENT.get("/v1/overview").json["items"]
    assert (row["attempts"], row["latest"]["id"]) == (1, own["id"])


def test_what_happens_while_a_history_is_read_does_not_break_it(
    world: WorldForTests, party: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"/v1/communications/{expect_created(ADMIN.post('/v1/communications', email(party)))['id']}"
    overtaken(monkeypatch, world.communications, "history", lambda: deliver_queue(world))
    read = ADMIN.get(path).json
    assert (read["status"], read["history_intact"]) == ("sent", True)
