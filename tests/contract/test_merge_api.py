"""Merging two records of one party over the API: what it answers, and where an old id leads."""

from typing import Any

import pytest

from tests.support.api_client import ADMIN
from tests.support.aws import WorldForTests
from tests.support.lambda_client import Caller

WHY = "The same person, entered twice"


def a_party(**changes: Any) -> dict[str, Any]:
    made = ADMIN.post("/v1/parties", {"kind": "client", "name": "Ann Other", **changes})
    assert made.status == 201
    return dict(made.json)


@pytest.fixture
def two(world: WorldForTests) -> tuple[str, str]:
    gone = a_party(name="A. Other", email="a@work.example")
    return gone["id"], a_party(email="ann@home.example")["id"]


def merge(gone: str, into: str, by: Caller = ADMIN, **changes: Any) -> Any:
    return by.post(f"/v1/parties/{gone}/merge", {"into": into, "reason": WHY, **changes})


def test_the_answer_is_the_record_that_remains(two: tuple[str, str]) -> None:
    gone, into = two
    done = merge(gone, into)
    assert (done.status, done.json["id"], done.json["name"], done.json["moving"]) == (200, into, "Ann Other", False)
    again = merge(gone, into)
    assert (again.status, again.json) == (200, done.json)


@pytest.mark.parametrize("tail", ["", "/contacts", "/preferences", "/response-times"])
def test_an_old_address_leads_to_the_new_one(two: tuple[str, str], tail: str) -> None:
    gone, into = two
    merge(gone, into)
    answer = ADMIN.get(f"/v1/parties/{gone}{tail}")
    assert (answer.status, answer.headers["Location"]) == (301, f"/v1/parties/{into}{tail}")
    assert answer.json["code"] == "party_merged"
    assert ADMIN.get(answer.headers["Location"]).status == 200


@pytest.mark.parametrize(
    "path", ["communications", "threads", "todos", "cases", "documents", "activity", "timeline", "overview"]
)
def test_a_list_of_the_old_id_leads_to_that_of_the_new_one(two: tuple[str, str], path: str) -> None:
    gone, into = two
    merge(gone, into)
    answer = ADMIN.get(f"/v1/{path}", party_id=gone, limit=5)
    assert (answer.status, answer.headers["Location"]) == (301, f"/v1/{path}?party_id={into}&limit=5")


def test_what_is_written_to_the_old_address_is_not_done(two: tuple[str, str]) -> None:
    gone, into = two
    merge(gone, into)
    answer = ADMIN.patch(f"/v1/parties/{gone}", {"name": "Somebody"})
    assert (answer.status, answer.headers["Location"]) == (301, f"/v1/parties/{into}")
    assert ADMIN.get(f"/v1/parties/{into}").json["name"] == "Ann Other"


def test_a_body_with_the_old_id_means_the_new_one_or_is_refused(two: tuple[str, str]) -> None:
    gone, into = two
    merge(gone, into)
    note = ADMIN.post("/v1/communications", {"channel": "note", "party_id": gone, "body": "She called"})
    assert (note.status, note.json["party"]["id"]) == (201, into)
    file = {"name": "a.pdf", "media_type": "application/pdf", "bytes": 5}
    refused = ADMIN.post("/v1/documents", {**file, "party_id": gone})
    assert (refused.status, refused.json["code"], into in refused.json["detail"]) == (409, "party_merged", True)
    assert "Location" not in refused.headers


def test_who_does_not_see_the_one_that_remains_is_told_of_neither(two: tuple[str, str]) -> None:
    gone, into = two
    merge(gone, into)
    stranger = Caller(user="stranger", role="agent")
    answer = stranger.get(f"/v1/parties/{gone}")
    assert (answer.status, into in answer.text) == (404, False)
    assert merge(gone, into, stranger).status == 404


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"into": "self"}, 422, "same_party"),
        ({"into": "pty_01ARZ3NDEKTSV4RRFFQ69G5FAV"}, 422, "unknown_party"),
        ({"into": "other"}, 422, "other_kind"),
        ({"into": "x"}, 422, None),
        ({"reason": ""}, 422, None),
        ({"reason": None}, 422, None),
    ],
)
def test_what_cannot_be_merged_is_said(
    two: tuple[str, str], body: dict[str, Any], status: int, code: str | None
) -> None:
    gone, into = two
    other = a_party(kind="creditor", name="Bank")["id"]
    wanted = {"into": into, "reason": WHY, **body}
    wanted["into"] = {"self": gone, "other": other}.get(wanted["into"], wanted["into"])
    answer = ADMIN.post(f"/v1/parties/{gone}/merge", wanted)
    assert answer.status == status
    assert code in (None, answer.json["errors"][0]["code"])
    assert ADMIN.get(f"/v1/parties/{gone}").status == 200
