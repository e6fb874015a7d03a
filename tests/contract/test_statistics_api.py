"""Numbers and saved views, as API Gateway calls the functions; and the function that follows the log."""

from typing import Any

import pytest

from letterbook.use_cases.indexing.index import index_communication
from tests.support.api_client import ADMIN, NOWHERE, call, email, expect_created, letter
from tests.support.aws import WorldForTests
from tests.support.lambda_client import Caller, invoke, sample


def changes(*communication_ids: str) -> dict[str, Any]:
    """A batch of the stream: so many entries changed, one after the other."""
    [record, *_] = sample("indexer/changes.json")["Records"]
    return {
        "Records": [
            {**record, "dynamodb": {**record["dynamodb"], "Keys": {"id": {"S": one}}, "SequenceNumber": str(place)}}
            for place, one in enumerate(communication_ids)
        ]
    }


def test_the_stream_is_followed(world: WorldForTests, party: Any) -> None:
    entry = expect_created(ADMIN.post("/v1/communications", email(party, subject="Tribunal")))
    assert ADMIN.get("/v1/communications", q="tribunal").json["items"] == []
    assert invoke("indexer", changes(entry["id"], NOWHERE.replace("pty", "com"), entry["id"])) == {
        "batchItemFailures": []
    }
    [hit] = ADMIN.get("/v1/communications", q="tribunal", channel="email", party_id=party["id"]).json["items"]
    assert hit["id"] == entry["id"]


def test_what_cannot_be_published_holds_back_nothing_before_it(
    world: WorldForTests, party: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The stream goes on from the first that failed; what stands before it is done, whatever order it first came in."""
    good, bad = (expect_created(ADMIN.post("/v1/communications", email(party)))["id"] for _ in range(2))
    works = world.content_store.content
    monkeypatch.setattr(world.content_store, "content", lambda ref: 1 / 0 if bad in ref.key else works(ref))
    assert invoke("indexer", changes(bad, good, bad)) == {"batchItemFailures": [{"itemIdentifier": "2"}]}
    assert world.search.indexed(good) is not None
    assert invoke("indexer", changes(bad, good)) == {"batchItemFailures": [{"itemIdentifier": "0"}]}


def test_a_month_is_published_anew(world: WorldForTests, party: Any) -> None:
    expect_created(ADMIN.post("/v1/communications", email(party, subject="Tribunal")))
    expect_created(ADMIN.post("/v1/communications", call(party, occurred_at="2026-09-20T09:45:00Z", body="Tribunal")))
    assert invoke("indexer", {"month": "2026-11"}) == {"next": {"month": "2026-10", "below": None}}
    assert invoke("indexer", {"month": "2026-10"}) == {"next": {"month": "2026-09", "below": None}}
    assert invoke("indexer", {"month": "2026-09"}) == {"next": None}
    assert len(ADMIN.get("/v1/communications", q="tribunal").json["items"]) == 2


@pytest.mark.parametrize("q", ["the", "!"])
def test_words_that_find_nothing_are_said(world: WorldForTests, q: str) -> None:
    refused = ADMIN.get("/v1/communications", q=f"and {q} of" if q == "!" else "of a")
    assert (refused.status, refused.places) == (422, [("q", "no_words")])


def test_stats(world: WorldForTests, party: Any) -> None:
    entry = expect_created(ADMIN.post("/v1/communications", email(party)))
    index_communication(world, entry["id"])
    answer = ADMIN.get("/v1/stats", days=7).json
    assert answer == {
        "days": 7,
        "complete": True,
        "items": [{"day": "2026-11-20", "channel": "email", "status_group": "in_progress", "count": 1}],
    }
    assert ADMIN.get("/v1/stats", days=0).places == [("days", "out_of_range")]


def test_response_times(world: WorldForTests, party: Any) -> None:
    path = f"/v1/parties/{party['id']}/response-times"
    assert ADMIN.get(path).json == {"count": 0, "median": None, "p90": None, "by_month": []}
    came = expect_created(ADMIN.post("/v1/communications", letter(party, occurred_at="2026-11-20T09:00:00Z")))
    said = expect_created(ADMIN.post("/v1/communications", call(party, occurred_at="2026-11-20T09:45:00Z")))
    for one in (came, said):
        index_communication(world, one["id"])
    assert ADMIN.get(f"/v1/communications/{came['id']}").json["response_minutes"] == 45
    assert ADMIN.get(path).json == {
        "count": 1,
        "median": 45.0,
        "p90": 45,
        "by_month": [{"month": "2026-11", "count": 1, "median": 45.0, "p90": 45}],
    }
    assert Caller(user="user-9", role="agent").get(path).status == 404


def test_saved_views_are_ones_own(world: WorldForTests) -> None:
    saved = ADMIN.post("/v1/views", {"name": "Failed emails", "query": "group=failed&channel=email"})
    assert saved.status == 201
    assert [one["name"] for one in ADMIN.get("/v1/views").json["items"]] == ["Failed emails"]
    assert ADMIN.post("/v1/views", {"name": "Failed emails", "query": "group=failed"}).status == 201
    assert [one["query"] for one in ADMIN.get("/v1/views").json["items"]] == ["group=failed"]
    other = Caller(user="user-9", role="agent")
    assert other.get("/v1/views").json["items"] == []
    assert other.delete("/v1/views", {"name": "Failed emails"}).status == 404
    assert ADMIN.post("/v1/views", {"name": "x", "query": "<script>"}).places == [("query", "invalid_format")]
    assert ADMIN.delete("/v1/views", {"name": "Failed emails"}).status == 204
    assert ADMIN.get("/v1/views").json["items"] == []
