"""Delivered by hand: a document to print, a TODO, and somebody's word that it was done."""

from typing import Any

import pytest

from tests.support.api_client import ADMIN, expect_created
from tests.support.aws import WorldForTests, client
from tests.support.lambda_client import Caller
from tests.support.steps import a_document


def by_hand(party: Any, **changes: Any) -> dict[str, Any]:
    body = {"channel": "manual", "party_id": party["id"], "subject": "Final notice", "body": "Dear **Sir**,"}
    return {name: value for name, value in {**body, **changes}.items() if value is not None}


def printed(world: WorldForTests, entry: Any) -> str:
    [letter] = [one for one in entry["attachments"] if one["name"] == "Letter.html"]
    body: bytes = client("s3").get_object(Bucket="vault", Key=f"documents/{letter['id']}")["Body"].read()
    return body.decode()


@pytest.mark.covers("E6", "D7")
def test_it_waits_for_somebody_with_a_letter_and_a_todo(world: WorldForTests, party: Any) -> None:
    made = expect_created(ADMIN.post("/v1/communications", by_hand(party, address="1 High Street\nLeeds <LS1>")))
    assert (made["status"], made["status_group"], made["decision"]["action"]) == ("manual_pending", "manual", "manual")
    letter = printed(world, made)
    assert "Priya Raman\n1 High Street\nLeeds &lt;LS1&gt;" in letter
    assert "<strong>Sir</strong>" in letter
    assert "20 November 2026" in letter
    assert ADMIN.get(f"/v1/documents/{made['attachments'][0]['id']}").status == 302
    [todo] = ADMIN.get("/v1/todos").json["items"]
    assert (todo["title"], todo["communication_id"]) == ("Deliver by hand to Priya Raman: Final notice", made["id"])
    assert world.queued("email") == []


@pytest.mark.covers("E6")
def test_somebody_declares_it_delivered_and_the_todo_is_done(world: WorldForTests, party: Any) -> None:
    made = expect_created(ADMIN.post("/v1/communications", by_hand(party)))
    world.clock.pass_(hours=2)
    path = f"/v1/communications/{made['id']}"
    told = {"reason": "Handed over", "details": "At the office", "delivered_at": "2026-11-20T11:00:00Z"}
    done = ADMIN.post(f"{path}/deliver", told)
    assert done.status == 200
    assert (done.json["status"], done.json["delivery_basis"]) == ("delivered", "declared")
    assert done.json["delivered_at"] == "2026-11-20T11:00:00Z"
    assert done.json["audit"] == {"reason": "Handed over", "details": "At the office"}
    assert ADMIN.get("/v1/todos").json["items"] == []
    last = ADMIN.get(path).json["history"][-1]
    assert (last["event"], last["note"], last["actor"]["id"]) == (
        "declared delivered",
        "Handed over: At the office",
        "user-1",
    )
    assert ADMIN.post(f"{path}/deliver", told).json["code"] == "not_deliverable"


def test_a_letter_that_is_there_already_needs_no_words(world: WorldForTests, party: Any) -> None:
    document = a_document(world, party_id=party["id"])
    body = by_hand(party, subject=None, body=None, document_id=document.id)
    made = expect_created(ADMIN.post("/v1/communications", body))
    assert [one["id"] for one in made["attachments"]] == [document.id]


def test_it_can_be_cancelled_and_then_there_is_nothing_to_do(party: Any) -> None:
    made = expect_created(ADMIN.post("/v1/communications", by_hand(party)))
    assert ADMIN.post(f"/v1/communications/{made['id']}/cancel").json["status"] == "cancelled"
    assert ADMIN.get("/v1/todos").json["items"] == []
    assert ADMIN.post(f"/v1/communications/{made['id']}/deliver", {"reason": "x"}).status == 409


@pytest.mark.parametrize(
    ("body", "field"), [({}, "reason"), ({"reason": "x", "delivered_at": "2026-12-24T10:00:00Z"}, "delivered_at")]
)
def test_what_is_declared_is_looked_at(party: Any, body: dict[str, str], field: str) -> None:
    made = expect_created(ADMIN.post("/v1/communications", by_hand(party)))
    refused = ADMIN.post(f"/v1/communications/{made['id']}/deliver", body)
    assert (refused.status, [place for place, _ in refused.places]) == (422, [field])


def test_who_may_not_send_declares_nothing(party: Any) -> None:
    made = expect_created(ADMIN.post("/v1/communications", by_hand(party)))
    path = f"/v1/communications/{made['id']}/deliver"
    assert Caller(role="auditor").post(path, {"reason": "x"}).status == 403
    assert Caller(user="user-7", role="agent").post(path, {"reason": "x"}).status == 404


def test_a_hold_binds_what_is_delivered_by_hand_too(party: Any) -> None:
    hold = {"hold": {"kind": "solicitor", "reason": "Smith LLP"}}
    assert ADMIN.put(f"/v1/parties/{party['id']}/preferences", hold).status == 200
    assert ADMIN.post("/v1/communications", by_hand(party)).json["code"] == "contact_hold"
