"""Entries are taken away: what is ordered is what its orderer sees, it is made once, whole, and given to nobody else."""

import hashlib
from dataclasses import replace
from typing import Any

import pytest

from letterbook.domain import exports as limits
from letterbook.domain.access import Grant
from letterbook.domain.communication import Communication
from letterbook.domain.exports import KEPT
from letterbook.domain.party import Party
from letterbook.use_cases.exports import make_export as making, order_export as ordering
from tests.support.api_client import ADMIN, NOWHERE, email, expect_created
from tests.support.aws import WorldForTests, client
from tests.support.builders import deed, mail
from tests.support.exports import fetched, folders, index_of
from tests.support.lambda_client import Answer, Caller
from tests.support.steps import a_document, come_in, make_exports

FILES = [("Statement.pdf", "application/pdf", b"%PDF statement"), ("statement.PDF", "application/pdf", b"%PDF other")]
PATH = "/v1/exports"
AGENT = Caller(user="agent", role="agent")


@pytest.fixture
def came(world: WorldForTests, priya: Party) -> Communication:
    return come_in(world, mail("Here it is.", html="<p>Here <b>it</b> is.</p>", files=FILES, Subject="My statement"))


def order(who: Caller = ADMIN, **asked: Any) -> Answer:
    return who.post(PATH, {"format": "zip", **asked})


def taken(world: WorldForTests, who: Caller = ADMIN, **asked: Any) -> dict[str, bytes]:
    """What is in the file that somebody orders."""
    ordered = expect_created(order(who, **asked))
    make_exports(world)
    done = who.get(f"{PATH}/{ordered['id']}").json
    assert (done["status"], done["progress"], done["code"]) == ("done", 100, None)
    return fetched(done["url"])


@pytest.mark.covers("M1")
def test_an_entry_comes_in_a_folder_with_its_message_and_its_documents(
    world: WorldForTests, came: Communication
) -> None:
    found = taken(world, ids=[came.id])
    [folder] = folders(found)
    assert folder.endswith(f"({came.id})")
    inside = {name.partition("/")[2]: content for name, content in found.items() if "/" in name}
    assert set(inside) == {"Message.txt", "Message.html", "Statement.pdf", "statement (2).PDF"}
    assert (inside["Statement.pdf"], inside["statement (2).PDF"]) == (b"%PDF statement", b"%PDF other")
    assert b"Here it is." in inside["Message.txt"]
    assert b"Content-Security-Policy" in inside["Message.html"]


def test_the_index_names_each_file_with_its_digest_and_what_has_no_document(
    world: WorldForTests, came: Communication, party: Any
) -> None:
    bare = expect_created(ADMIN.post("/v1/communications", email(party, send_now=False)))["id"]
    found = taken(world, ids=[came.id, bare])
    listed = index_of(found)
    assert {one["file"]: one["sha256"] for one in listed} == {
        name: hashlib.sha256(content).hexdigest() for name, content in found.items() if "/" in name
    }
    assert [one["document"] for one in listed if one["document"]] == ["Statement.pdf", "statement.PDF"]
    assert {one["status"] for one in listed if one["entry"] == bare} == {"draft"}


def test_an_order_is_followed_to_its_end(world: WorldForTests, came: Communication) -> None:
    answer = order(ids=[came.id])
    assert answer.status == 202
    ordered = answer.json
    assert (ordered["status"], ordered["progress"], ordered["rows"], ordered["url"]) == ("queued", 0, 0, None)
    waiting = ADMIN.get(answer.headers["Location"]).json
    assert (waiting["code"], waiting["url"]) == ("not_done", None)
    make_exports(world)
    done = ADMIN.get(answer.headers["Location"]).json
    assert (done["status"], done["progress"], done["rows"]) == ("done", 100, 1)
    assert done["bytes"] == client("s3").head_object(Bucket="vault", Key=f"exports/{done['id']}/1.zip")["ContentLength"]
    assert [one["id"] for one in ADMIN.get(PATH).json["items"]] == [done["id"]]
    world.clock.pass_(days=KEPT.days)
    assert ADMIN.get(answer.headers["Location"]).status == 404
    assert ADMIN.get(PATH).json["items"] == []


def test_a_filter_means_what_it_means_in_the_list(world: WorldForTests, came: Communication, party: Any) -> None:
    expect_created(ADMIN.post("/v1/communications", email(party, send_now=False)))
    assert len(folders(taken(world, filter={"direction": "inbound"}))) == 1
    assert len(folders(taken(world, filter={}))) == 2


def test_one_key_orders_once(world: WorldForTests, came: Communication) -> None:
    body = {"format": "zip", "ids": [came.id]}
    first, second = (ADMIN.post(PATH, body, Idempotency_Key="k") for _ in range(2))
    assert first.json["id"] == second.json["id"]
    assert second.headers["Idempotent-Replay"] == "true"
    other = ADMIN.post(PATH, {"format": "zip", "filter": {}}, Idempotency_Key="k")
    assert (other.status, other.json["code"]) == (422, "idempotency_key_reused")
    assert len(world.queued("export")) == 1


@pytest.mark.parametrize(
    ("asked", "place"),
    [
        ({"format": "csv", "filter": {}}, ("format", "not_available")),
        ({"format": "pdf", "filter": {}}, ("format", "not_available")),
        ({"format": "doc", "filter": {}}, ("format", "not_one_of")),
        ({"filter": {"color": "red"}}, ("filter.color", "extra_forbidden")),
        ({"filter": {"channel": "pigeon"}}, ("filter.channel", "enum")),
        ({"filter": {"limit": "3"}}, ("filter.limit", "extra_forbidden")),
        ({"filter": {"status": "failed"}}, ("filter", "no_match")),
        ({}, ("ids", "required")),
        ({"ids": [NOWHERE.replace("pty", "com")]}, ("ids.0", "unknown_communication")),
        ({"ids": [NOWHERE]}, ("ids.0", "invalid_id")),
    ],
)
def test_what_is_no_order_is_refused_with_its_field_and_orders_nothing(
    world: WorldForTests, came: Communication, asked: dict[str, Any], place: tuple[str, str]
) -> None:
    answer = order(**asked)
    assert (answer.status, answer.places) == (422, [place])
    assert (ADMIN.get(PATH).json["items"], world.queued("export")) == ([], [])


def test_too_many_and_too_much_are_refused_before_anything_is_made(
    world: WorldForTests, came: Communication, monkeypatch: pytest.MonkeyPatch
) -> None:
    come_in(world, mail("Another.", Subject="Another"), "mail/2")
    monkeypatch.setattr(ordering, "MOST_ENTRIES", 1)
    assert order(filter={}).places == [("filter", "too_many")]
    monkeypatch.setattr(ordering, "MOST_BYTES", 20)
    assert order(ids=[came.id]).places == [("ids", "too_large")]


def test_what_became_too_much_meanwhile_fails_in_words(
    world: WorldForTests, came: Communication, monkeypatch: pytest.MonkeyPatch
) -> None:
    ordered = expect_created(order(ids=[came.id]))
    monkeypatch.setattr(making, "MOST_BYTES", 20)
    make_exports(world)
    failed = ADMIN.get(f"{PATH}/{ordered['id']}").json
    assert (failed["status"], failed["code"], failed["url"]) == ("failed", "too_large", None)
    assert failed["detail"] == limits.ExportFailure.TOO_LARGE.words


# ---- who sees what


def test_it_is_nobodys_but_the_orderers(world: WorldForTests, came: Communication) -> None:
    ordered = expect_created(order(ids=[came.id]))
    make_exports(world)
    lead = Caller(user="lead", role="lead")
    assert lead.get(f"{PATH}/{ordered['id']}").status == 404
    assert lead.get(PATH).json["items"] == []


def test_who_only_reads_takes_away_what_they_read(world: WorldForTests, came: Communication) -> None:
    assert folders(taken(world, Caller(user="auditor", role="auditor"), ids=[came.id]))


def test_a_filter_takes_what_the_orderer_sees(world: WorldForTests, came: Communication, priya: Party) -> None:
    restricted = email({"id": priya.id}, send_now=False, restricted=True)
    expect_created(ADMIN.post("/v1/communications", restricted))
    world.grants.save(Grant(user="agent", party_id=priya.id), deed(priya.id))
    assert len(folders(taken(world, AGENT, filter={}))) == 1
    assert len(folders(taken(world, filter={}))) == 2


def test_what_is_out_of_sight_when_its_turn_comes_is_left_out_and_named(
    world: WorldForTests, came: Communication, priya: Party
) -> None:
    grant = Grant(user="agent", party_id=priya.id)
    world.grants.save(grant, deed(priya.id))
    hidden = expect_created(ADMIN.post("/v1/communications", email({"id": priya.id}, send_now=False)))
    ordered = expect_created(order(AGENT, filter={}))
    assert ADMIN.patch(f"/v1/communications/{hidden['id']}", {"restricted": True}).status == 200
    make_exports(world)
    done = AGENT.get(f"{PATH}/{ordered['id']}").json
    assert (done["status"], done["rows"]) == ("done", 1)
    found = fetched(done["url"])
    assert len(folders(found)) == 1
    [left] = [one for one in index_of(found) if not one["file"]]
    assert (left["entry"], left["party"]) == (hidden["id"], "")


def test_nothing_left_to_see_fails(world: WorldForTests, came: Communication, priya: Party) -> None:
    grant = Grant(user="agent", party_id=priya.id)
    world.grants.save(grant, deed(priya.id))
    ordered = expect_created(order(AGENT, ids=[came.id]))
    world.grants.remove(grant, deed(priya.id))
    make_exports(world)
    assert AGENT.get(f"{PATH}/{ordered['id']}").json["code"] == "nothing_left"


def test_a_file_does_not_outlive_the_right_to_it(world: WorldForTests, came: Communication, priya: Party) -> None:
    grant = Grant(user="agent", party_id=priya.id)
    world.grants.save(grant, deed(priya.id))
    ordered = expect_created(order(AGENT, ids=[came.id]))
    make_exports(world)
    assert AGENT.get(f"{PATH}/{ordered['id']}").json["url"]
    world.grants.remove(grant, deed(priya.id))
    withheld = AGENT.get(f"{PATH}/{ordered['id']}").json
    assert (withheld["url"], withheld["code"]) == (None, "out_of_sight")


def test_a_document_that_is_not_open_to_the_orderer_is_named_and_not_in_it(
    world: WorldForTests, priya: Party, bank: Party
) -> None:
    world.grants.save(Grant(user="agent", party_id=priya.id), deed(priya.id))
    theirs = a_document(world, party_id=bank.id, name="Bank only.pdf")
    note = {"channel": "note", "party_id": priya.id, "body": "See it.", "attachments": [theirs.id]}
    logged = expect_created(ADMIN.post("/v1/communications", note))["id"]
    found = taken(world, AGENT, ids=[logged])
    assert not [name for name in found if "Bank only" in name]
    [left] = [one for one in index_of(found) if one["document"]]
    assert (left["document"], left["file"], left["note"]) == ("Bank only.pdf", "", "It is not open to you.")


def test_a_spoilt_document_is_named_and_the_others_are_there(
    world: WorldForTests, came: Communication, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoilt = came.entry.attachments[0]
    kept = client("s3").put_object(Bucket="vault", Key=f"documents/{spoilt.id}", Body=b"%PDF changed!!!")
    pinned = replace(spoilt, object_version=kept["VersionId"])
    works = world.content_store.attachment
    monkeypatch.setattr(world.content_store, "attachment", lambda one: works(pinned if one.id == spoilt.id else one))
    found = taken(world, ids=[came.id])
    assert [name.partition("/")[2] for name in found if name.lower().endswith("pdf")] == ["statement (2).PDF"]
    [left] = [one for one in index_of(found) if not one["file"]]
    assert left["document"] == "Statement.pdf"
    assert "not what was kept" in left["note"]


# ---- who took it


@pytest.mark.covers("M6")
def test_that_it_was_taken_is_noted_for_who_may_read_the_audit(
    world: WorldForTests, came: Communication, priya: Party
) -> None:
    expect_created(order(ids=[came.id]))
    world.grants.save(Grant(user="agent", party_id=priya.id), deed(priya.id))
    told = {
        who.role: [
            one["note"]
            for one in who.get("/v1/activity", party_id=priya.id).json["items"]
            if one["event"] == "export ordered"
        ]
        for who in (ADMIN, Caller(user="auditor", role="auditor"), AGENT)
    }
    assert told == {"admin": ["1 as ZIP"], "auditor": ["1 as ZIP"], "agent": []}
