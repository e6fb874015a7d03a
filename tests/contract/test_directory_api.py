"""Parties, contacts, preferences, cases, documents, grants and users, as API Gateway calls the functions."""

import re
from typing import Any

import pytest

from letterbook.domain.access import Grant
from letterbook.domain.ids import Kind, new_id
from tests.support.api_client import ADMIN, NOWHERE, PARTY, email, expect_created
from tests.support.aws import WorldForTests, client, make_people
from tests.support.builders import NOW, deed
from tests.support.lambda_client import Caller
from tests.support.steps import a_document

DOCUMENT = {"name": "a.pdf", "media_type": "application/pdf", "bytes": 4}

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
    bank = expect_created(
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
    first = expect_created(ADMIN.post(base, {"name": "A", "email": "a@one.example"}))
    world.clock.pass_(seconds=1)
    second = expect_created(ADMIN.post(base, {"name": "B", "primary": True, "phone": "+44 20 7946 0958"}))
    assert [one["name"] for one in ADMIN.get(base).json["items"]] == ["B", "A"]
    assert ADMIN.get(f"{base}/{first['id']}").json == first
    assert second["phone"] == "+442079460958"
    changed = ADMIN.patch(f"{base}/{first['id']}", {"role": "Director"}, If_Match='"1"')
    assert (changed.json["role"], changed.json["version"]) == ("Director", 2)
    assert ADMIN.delete(f"{base}/{first['id']}").status == 204
    assert ADMIN.get(f"{base}/{first['id']}").status == 404
    assert ADMIN.delete(f"{base}/{first['id']}").status == 404
    assert ADMIN.get("/v1/parties", q="a@one.example").json["items"] == []


@pytest.mark.parametrize(
    "changes",
    [
        {"name": " ".join("abcdefghijklmnopqrstuvwxyz" * 3)},
        {"name": "\u3300" * 200},
        {"account_number": "\u0390" * 200},
        {"name": " ".join(f"w{n}" for n in range(45))},
    ],
)
def test_names_that_fold_into_long_or_many_words(world: WorldForTests, changes: dict[str, str]) -> None:
    party = expect_created(ADMIN.post("/v1/parties", PARTY | changes))
    renamed = ADMIN.patch(f"/v1/parties/{party['id']}", {"name": " ".join(f"v{n}" for n in range(45))})
    assert renamed.status == 200
    for words in changes.values():
        assert ADMIN.get("/v1/parties", q=words).status == 200


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+10:00", "9999-12-31T23:59:59-10:00"])
def test_times_beyond_the_calendar(world: WorldForTests, party: Any, at: str) -> None:
    refused = ADMIN.put(f"/v1/parties/{party['id']}/preferences", {"opt_outs": [{"channel": "sms", "at": at}]})
    assert (refused.status, refused.places) == (422, [("opt_outs.0.at", "out_of_range")])
    assert ADMIN.get("/v1/communications", **{"from": at}).status == 422


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
    assert ADMIN.put(path, {}).json == {**wanted, "version": 3}
    changes: dict[str, Any] = {"preferred": "sms", "skip": [], "hold": None}
    for name, value in changes.items():
        assert ADMIN.put(path, {name: value}).json["opt_outs"] == wanted["opt_outs"]
    nothing: dict[str, Any] = {"preferred": None, "opt_outs": [], "skip": [], "hold": None}
    assert ADMIN.put(path, nothing).json == {**nothing, "version": 7}


# ---- cases, documents, grants, users


def test_cases(world: WorldForTests, party: Any) -> None:
    case = expect_created(ADMIN.post("/v1/cases", {"reference": "DC-1", "party_ids": [party["id"]]}))
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
    document = expect_created(ADMIN.post("/v1/documents", body))
    assert f"staging/{document['id']}" in document["upload_url"]
    assert "content-length" in document["upload_url"]
    assert ADMIN.get(f"/v1/documents/{document['id']}").json["type"] == "/problems/not-uploaded"
    client("s3").put_object(Bucket="vault", Key=f"staging/{document['id']}", Body=b"%PDF")
    answer = ADMIN.get(f"/v1/documents/{document['id']}")
    assert answer.status == 302
    assert "response-content-disposition=attachment" in answer.headers["Location"]
    [listed] = ADMIN.get("/v1/documents", party_id=party["id"]).json["items"]
    assert (listed["id"], listed["name"], listed["bytes"]) == (document["id"], body["name"], 4)
    entry = expect_created(ADMIN.post("/v1/communications", email(party, attachments=[document["id"]])))
    assert entry["attachments"][0]["sha256"]
    assert "versionId" in ADMIN.get(f"/v1/documents/{document['id']}").headers["Location"]


def test_documents_that_no_message_took_up_are_gone_after_their_time(world: WorldForTests, party: Any) -> None:
    staged, kept = a_document(world, party_id=party["id"]), a_document(world, party_id=party["id"])
    expect_created(ADMIN.post("/v1/communications", email(party, attachments=[kept.id])))
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
    refused = ADMIN.post("/v1/documents", DOCUMENT | changes)
    assert (refused.status, refused.places) == (422, [place])


def test_a_list_of_documents_holds_none_of_another_case(world: WorldForTests, party: Any) -> None:
    """A bank is on two cases; who sees it through one of them does not see what belongs to the other."""
    bank = expect_created(ADMIN.post("/v1/parties", {"kind": "creditor", "name": "Barclays"}))
    johns, anns = (
        expect_created(ADMIN.post("/v1/cases", {"reference": name, "creditor_ids": [bank["id"]]}))
        for name in ("J", "A")
    )
    files = []
    for case in (johns, anns):
        world.clock.pass_(seconds=1)
        document = ADMIN.post("/v1/documents", DOCUMENT | {"party_id": bank["id"], "case_id": case["id"]})
        files.append(expect_created(document)["id"])
    world.grants.save(Grant(user="user-7", case_id=johns["id"]), deed())
    agent = Caller(user="user-7", role="agent")
    assert [one["id"] for one in agent.get("/v1/documents", party_id=bank["id"]).json["items"]] == files[:1]
    assert [one["id"] for one in ADMIN.get("/v1/documents", party_id=bank["id"]).json["items"]] == files[::-1]


@pytest.mark.parametrize("sides", [{"party_ids": 30, "creditor_ids": 11}, {"creditor_ids": 41}])
def test_a_case_of_too_many_parties(world: WorldForTests, sides: dict[str, int]) -> None:
    ids = iter(str(new_id(Kind.PARTY, NOW)) for _ in range(100))
    body = {"reference": "X"} | {name: [next(ids) for _ in range(count)] for name, count in sides.items()}
    refused = ADMIN.post("/v1/cases", body)
    assert refused.status == 422
    assert refused.places[0][1] == "too_long"


def test_everything_listed_comes_in_pages(world: WorldForTests, party: Any) -> None:
    base = f"/v1/parties/{party['id']}/contacts"
    made = []
    for name in ("A", "B", "C"):
        world.clock.pass_(seconds=1)
        made.append(expect_created(ADMIN.post(base, {"name": name}))["id"])
    for user in ("a", "b", "c"):
        world.grants.save(Grant(user=user, party_id=party["id"]), deed())
    assert [one["id"] for one in every(base)] == made[::-1]
    assert [one["user"] for one in every("/v1/grants")] == ["a", "b", "c"]


def every(path: str) -> list[Any]:
    """All of a list, two at a time."""
    items, cursor = [], ""
    while True:
        page = ADMIN.get(path, limit=2, **({"cursor": cursor} if cursor else {})).json
        assert len(page["items"]) <= 2
        items += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return items


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
    party = expect_created(agent.post("/v1/parties", PARTY))
    case = expect_created(agent.post("/v1/cases", {"reference": "DC-9", "party_ids": [party["id"]]}))
    assert agent.get(f"/v1/parties/{party['id']}").status == 200
    assert agent.get(f"/v1/cases/{case['id']}").status == 200
    assert expect_created(agent.post("/v1/communications", email(party)))["status"] == "queued"


def test_a_party_has_one_primary_contact(party: Any) -> None:
    base = f"/v1/parties/{party['id']}/contacts"
    first, second, third = (expect_created(ADMIN.post(base, {"name": name, "primary": True})) for name in "ABC")
    assert [one["name"] for one in ADMIN.get(base).json["items"] if one["primary"]] == ["C"]
    assert ADMIN.patch(f"{base}/{first['id']}", {"primary": True}).json["primary"] is True
    assert {one["name"] for one in ADMIN.get(base).json["items"] if one["primary"]} == {"A"}
    assert second["primary"] is third["primary"] is True


def test_who_names_no_version_amends_whatever_there_is(
    world: WorldForTests, party: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else saves between our reading and our saving: their change is kept, and ours is made to it."""
    path, saves = f"/v1/parties/{party['id']}", world.parties.save
    faster = [{"location": "Leeds"}]

    def overtaken(after: Any, before: Any, deed: Any, **more: Any) -> None:
        if faster:
            monkeypatch.setattr(world.parties, "save", saves)
            ADMIN.patch(path, faster.pop())
        saves(after, before, deed, **more)

    monkeypatch.setattr(world.parties, "save", overtaken)
    assert ADMIN.patch(path, {"name": "Priya Sharma"}).status == 200
    kept = ADMIN.get(path).json
    assert (kept["name"], kept["location"], kept["version"]) == ("Priya Sharma", "Leeds", 3)
    assert ADMIN.patch(path, {"name": "X"}, If_Match='"2"').status == 412


def test_a_document_is_of_a_party_on_its_case(party: Any) -> None:
    case = expect_created(ADMIN.post("/v1/cases", {"reference": "X"}))
    refused = ADMIN.post("/v1/documents", DOCUMENT | {"party_id": party["id"], "case_id": case["id"]})
    assert refused.places == [("party_id", "not_on_case")]
