"""What happened: the activity of a case and of a party, and the timeline of what matters most."""

from typing import Any

import pytest

from tests.support.api_client import ADMIN, call, email, expect_created, letter, meeting
from tests.support.aws import WorldForTests
from tests.support.lambda_client import Caller
from tests.support.steps import deliver_queue


def every(path: str, **query: Any) -> list[Any]:
    """All of a list, three at a time."""
    items: list[Any] = []
    cursor: dict[str, str] = {}
    while True:
        page = ADMIN.get(path, limit=3, **query, **cursor).json
        items += page["items"]
        if page["next_cursor"] is None:
            return items
        cursor = {"cursor": page["next_cursor"]}


@pytest.mark.covers("B11", "M6")
def test_everything_that_happened_in_a_case_by_whom(world: WorldForTests, party: Any) -> None:
    case = expect_created(ADMIN.post("/v1/cases", {"reference": "X", "party_ids": [party["id"]]}))
    sent = expect_created(ADMIN.post("/v1/communications", email(party, case_id=case["id"])))
    world.clock.pass_(seconds=1)
    deliver_queue(world)
    world.clock.pass_(seconds=1)
    note = {"channel": "note", "party_id": party["id"], "case_id": case["id"], "body": "x"}
    noted = expect_created(ADMIN.post("/v1/communications", note))
    expect_created(ADMIN.post("/v1/communications", email(party)))
    rows = every("/v1/activity", case_id=case["id"])
    assert [(row["communication_id"], row["event"]) for row in rows] == [
        (noted["id"], "logged"),
        (sent["id"], "taken"),
        (sent["id"], "claimed"),
        (sent["id"], "accepted"),
        (None, "case opened"),
    ]
    assert [row["actor"]["id"] for row in rows] == ["user-1", "ses", "letterbook", "user-1", "user-1"]
    assert len(every("/v1/activity", party_id=party["id"])) == 7


@pytest.mark.covers("B11", "M6")
def test_what_was_done_to_a_party_by_whom(world: WorldForTests, party: Any) -> None:
    """Their data, contacts, preferences, cases, and who was let see them."""
    path = f"/v1/parties/{party['id']}"

    def then(answer: Any) -> Any:
        assert answer.status < 300, answer.text
        world.clock.pass_(seconds=1)
        return answer.json if answer.text else None

    world.clock.pass_(seconds=1)
    then(ADMIN.patch(path, {"location": "Leeds"}))
    contact = then(ADMIN.post(f"{path}/contacts", {"name": "Anna"}))
    then(ADMIN.patch(f"{path}/contacts/{contact['id']}", {"role": "Accounts"}))
    then(ADMIN.delete(f"{path}/contacts/{contact['id']}"))
    then(ADMIN.put(f"{path}/preferences", {"hold": {"kind": "dispute", "reason": "They say so"}}))
    case = then(ADMIN.post("/v1/cases", {"reference": "X", "party_ids": [party["id"]]}))
    then(ADMIN.patch(f"/v1/cases/{case['id']}", {"status": "closed"}))
    rows = every("/v1/activity", party_id=party["id"])
    assert [(row["event"], row["about"]) for row in rows] == [
        ("case amended", case["id"]),
        ("case opened", case["id"]),
        ("preferences set", party["id"]),
        ("contact removed", contact["id"]),
        ("contact amended", contact["id"]),
        ("contact added", contact["id"]),
        ("party amended", party["id"]),
        ("party entered", party["id"]),
    ]
    assert (rows[0]["changed"], rows[0]["was"]) == (["status"], {"status": '"open"'})
    assert (rows[6]["changed"], rows[6]["was"]) == (["location"], {"location": "null"})
    assert {row["actor"]["id"] for row in rows} == {"user-1"}
    assert all(row["communication_id"] is None for row in rows)


@pytest.mark.parametrize(
    "query", [{}, {"party_id": "pty_01JD4QK8V3M2N7R5T9W1X3Y5Z7", "case_id": "cas_01JD4QK8V3M2N7R5T9W1X3Y5Z7"}]
)
def test_activity_is_of_one_thing(world: WorldForTests, query: dict[str, str]) -> None:
    assert ADMIN.get("/v1/activity", **query).places == [("case_id", "required")]
    assert ADMIN.get("/v1/timeline").places == [("party_id", "required")]
    assert ADMIN.get("/v1/activity", case_id="cas_01JD4QK8V3M2N7R5T9W1X3Y5Z7").status == 404


@pytest.mark.covers("B10", "B12")
def test_the_major_events_of_a_party_a_contact_and_a_project(world: WorldForTests, party: Any) -> None:
    contact = expect_created(ADMIN.post(f"/v1/parties/{party['id']}/contacts", {"name": "A"}))
    project = expect_created(ADMIN.post("/v1/cases", {"reference": "P", "kind": "project", "party_ids": [party["id"]]}))
    sent = expect_created(ADMIN.post("/v1/communications", email(party, contact_id=contact["id"], to=["a@b.example"])))
    deliver_queue(world)
    spoken = expect_created(
        ADMIN.post("/v1/communications", call(party, case_id=project["id"], occurred_at="2026-11-19T10:00:00Z"))
    )
    met = expect_created(ADMIN.post("/v1/communications", meeting(party, meeting_date="2026-11-18")))
    came = expect_created(ADMIN.post("/v1/communications", letter(party)))
    expect_created(ADMIN.post("/v1/communications", {"channel": "note", "party_id": party["id"], "body": "x"}))
    expect_created(ADMIN.post("/v1/communications", email(party, send_now=False)))

    def major(**query: str) -> list[str]:
        return [one["id"] for one in ADMIN.get("/v1/timeline", **query).json["items"]]

    assert major(party_id=party["id"]) == [sent["id"], spoken["id"], met["id"], came["id"]]
    assert major(party_id=party["id"], contact_id=contact["id"]) == [sent["id"]]
    assert major(case_id=project["id"]) == [spoken["id"]]
    assert Caller(user="user-9", role="agent").get("/v1/timeline", party_id=party["id"]).status == 404


def test_subjects(party: Any) -> None:
    path = "/v1/subjects/invoice/2025-00123"
    assert ADMIN.get(path).status == 404
    told = {
        "party_id": party["id"],
        "label": "Invoice 2025-00123",
        "url": "https://erp.firm.example/invoices/2025-00123",
        "date": "2026-10-01",
        "due_date": "2026-10-31",
        "amount": "1234.50",
        "outstanding": 34.5,
        "currency": "GBP",
        "status": "overdue",
    }
    made = ADMIN.put(path, told)
    assert made.status == 201
    assert (made.json["amount"], made.json["outstanding"], made.json["version"]) == ("1234.50", "34.5", 1)
    entry = expect_created(
        ADMIN.post("/v1/communications", email(party, regarding={"type": "invoice", "id": "2025-00123"}))
    )
    assert entry["regarding"] == {
        "type": "invoice",
        "id": "2025-00123",
        "label": "Invoice 2025-00123",
        "url": "https://erp.firm.example/invoices/2025-00123",
    }
    again = ADMIN.put(path, told | {"outstanding": "0"}, If_Match='"1"')
    assert (again.status, again.json["version"]) == (200, 2)
    assert ADMIN.put(path, told, If_Match='"1"').status == 412
    assert ADMIN.put(path, {"url": "javascript:alert(1)"}).places == [("url", "invalid_format")]
    assert ADMIN.put(path, {"amount": "1e400"}).status == 422
    expect_created(ADMIN.post("/v1/communications", email(party, regarding={"type": "payment", "id": "P/7 a"})))
    assert ADMIN.get("/v1/subjects/payment/P%2F7%20a").json["id"] == "P/7 a"


def test_todos(world: WorldForTests, party: Any) -> None:
    late = expect_created(
        ADMIN.post("/v1/todos", {"title": "Later", "party_id": party["id"], "due_date": "2026-12-01"})
    )
    some_day = expect_created(ADMIN.post("/v1/todos", {"title": "Some day", "party_id": party["id"]}))
    soon = expect_created(ADMIN.post("/v1/todos", {"title": "Soon", "party_id": party["id"], "due_date": "2026-11-21"}))
    assert [one["title"] for one in every("/v1/todos")] == ["Soon", "Later", "Some day"]
    ADMIN.patch(f"/v1/todos/{soon['id']}", {"status": "done"})
    ADMIN.patch(f"/v1/todos/{some_day['id']}", {"due_date": "2026-11-25"})
    assert [one["id"] for one in every("/v1/todos", party_id=party["id"])] == [some_day["id"], late["id"]]
    assert [one["id"] for one in every("/v1/todos", status="done")] == [soon["id"]]
    assert ADMIN.post("/v1/todos", {"title": "x"}).places == [("party_id", "unknown_party")]


@pytest.mark.covers("F5")
def test_a_failure_makes_a_todo_for_the_author(world: WorldForTests, party: Any) -> None:
    from letterbook.domain.errors import Permanent
    from letterbook.domain.failures import FailureCode

    world.fakes.email.next.append(Permanent("MessageRejected", FailureCode.CONTENT))
    entry = expect_created(ADMIN.post("/v1/communications", email(party)))
    deliver_queue(world)
    [todo] = ADMIN.get("/v1/todos").json["items"]
    assert (todo["communication_id"], todo["assignee"]) == (entry["id"], "user-1")
    assert todo["title"] == "Not delivered to Priya Raman: Amazon SES refused the message for its content."
