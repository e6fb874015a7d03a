"""Who may do what, and what is not there for a stranger."""

import re
from typing import Any

import pytest

from letterbook.domain.access import Grant
from tests.support.api_client import ADMIN, NOWHERE, PARTY, TEMPLATE, email, expect_created
from tests.support.aws import WorldForTests
from tests.support.builders import deed
from tests.support.lambda_client import Caller
from tests.support.steps import a_document

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
    case = expect_created(ADMIN.post("/v1/cases", {"reference": "X", "party_ids": [party["id"]]}))
    document = a_document(world, party_id=party["id"])
    entry = expect_created(ADMIN.post("/v1/communications", email(party, send_now=False)))
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


def test_grants_are_the_users_own(world: WorldForTests, party: Any) -> None:
    world.grants.save(Grant(user="user-7", party_id=party["id"]), deed())
    path = f"/v1/parties/{party['id']}"
    assert Caller(user="user-7", role="agent").get(path).status == 200
    assert Caller(user="user-9", role="agent").get(path).status == 404


def test_a_stranger_reaches_nothing_by_naming_it_elsewhere(world: WorldForTests, party: Any) -> None:
    stranger = Caller(user="user-9", role="agent")
    case = expect_created(ADMIN.post("/v1/cases", {"reference": "X", "party_ids": [party["id"]]}))
    contact = expect_created(ADMIN.post(f"/v1/parties/{party['id']}/contacts", {"name": "A"}))
    named = stranger.post("/v1/cases", {"reference": "Y", "party_ids": [party["id"]], "creditor_ids": [NOWHERE]})
    assert named.places == [("party_ids.0", "unknown_party"), ("creditor_ids.0", "unknown_party")]
    document = {"name": "a", "media_type": "text/plain", "bytes": 1}
    assert stranger.post("/v1/documents", document | {"case_id": case["id"]}).places == [("case_id", "unknown_case")]
    assert stranger.put(f"/v1/parties/{party['id']}/preferences", {"preferred": "sms"}).status == 404
    assert stranger.delete(f"/v1/parties/{party['id']}/contacts/{contact['id']}").status == 404
    assert Caller(role="auditor").delete(f"/v1/parties/{party['id']}/contacts/{contact['id']}").status == 403
    assert ADMIN.get(f"/v1/parties/{party['id']}/contacts").json["items"] == [contact]


def test_a_creditors_own_documents_are_not_seen_through_a_case(world: WorldForTests) -> None:
    bank = expect_created(ADMIN.post("/v1/parties", {"kind": "creditor", "name": "Barclays"}))
    case = expect_created(ADMIN.post("/v1/cases", {"reference": "J", "creditor_ids": [bank["id"]]}))
    theirs = a_document(world, party_id=bank["id"])
    world.grants.save(Grant(user="user-7", case_id=case["id"]), deed())
    agent = Caller(user="user-7", role="agent")
    assert agent.get(f"/v1/documents/{theirs.id}").status == 404
    assert agent.get("/v1/documents", party_id=bank["id"]).json["items"] == []
    document = {"name": "a", "media_type": "text/plain", "bytes": 1, "party_id": bank["id"]}
    assert agent.post("/v1/documents", document).places == [("case_id", "out_of_sight")]
    assert agent.post("/v1/documents", document | {"case_id": case["id"]}).status == 201


def test_who_lost_the_grant_lost_what_they_uploaded(world: WorldForTests, party: Any) -> None:
    grant = Grant(user="user-7", party_id=party["id"])
    world.grants.save(grant, deed())
    agent = Caller(user="user-7", role="agent")
    document = {"name": "a", "media_type": "text/plain", "bytes": 1}
    filed = expect_created(agent.post("/v1/documents", document | {"party_id": party["id"]}))
    loose = expect_created(agent.post("/v1/documents", document))
    world.grants.remove(grant, deed())
    assert agent.get(f"/v1/documents/{filed['id']}").status == 404
    assert agent.get(f"/v1/documents/{loose['id']}").json["type"] == "/problems/not-uploaded"


@pytest.mark.parametrize("grantee", ["lead", "agent"])
def test_nobody_opens_to_anybody_what_they_may_not_read(people: dict[str, str], party: Any, grantee: str) -> None:
    lead = Caller(user=people["lead"], role="lead")
    grant = {"user": people[grantee], "party_id": party["id"]}
    assert lead.put("/v1/grants", {**grant, "restricted": True}).status == 403
    assert lead.put("/v1/grants", grant).status == 200
    assert ADMIN.put("/v1/grants", {**grant, "restricted": True}).status == 200
    assert lead.put("/v1/grants", {**grant, "restricted": True}).status == 403
    assert lead.delete("/v1/grants", grant).status == 204
