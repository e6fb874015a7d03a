"""Many at once: each is checked and told of, made through a queue, and made once."""

import json
from dataclasses import replace
from typing import Any

import pytest

from letterbook.adapters.serialization import from_json
from letterbook.domain.bulk import RECEIVES
from letterbook.ports import BulkOrder
from letterbook.use_cases.messages import accept as accepting
from letterbook.use_cases.messages.bulk import execute_bulk_order
from tests.support.api_client import ADMIN, NOWHERE, a_failed_email, email, expect_created
from tests.support.aws import WorldForTests, client, rows
from tests.support.builders import MAILBOX_FULL
from tests.support.failing import Died, fails_once
from tests.support.lambda_client import Caller, invoke, sample
from tests.support.steps import carry_out_orders, deliver_queue, standing, tell


@pytest.mark.covers("G6")
def test_many_are_sent_again_and_each_is_told_of(world: WorldForTests, party: Any) -> None:
    first, second = a_failed_email(world, party), a_failed_email(world, party)
    draft = expect_created(ADMIN.post("/v1/communications", email(party, send_now=False)))["id"]
    unknown = NOWHERE.replace("pty", "com")
    answer = ADMIN.post("/v1/communications/resend", {"ids": [first, second, draft, unknown]})
    assert answer.status == 202
    assert answer.json["accepted"] == [first, second]
    assert [(one["id"], one["code"]) for one in answer.json["refused"]] == [
        (draft, "not_resendable"),
        (unknown, "not_found"),
    ]
    carry_out_orders(world)
    again = [one for one in ADMIN.get("/v1/communications").json["items"] if one["resend_of"]]
    assert {one["resend_of"] for one in again} == {first, second}
    assert {one["created_by"]["id"] for one in again} == {"user-1"}


def test_an_order_that_comes_twice_is_carried_out_once(world: WorldForTests, party: Any) -> None:
    first = a_failed_email(world, party)
    ADMIN.post("/v1/communications/resend", {"ids": [first]})
    [order] = carry_out_orders(world)
    deliver_queue(world)
    [again] = [one for one in ADMIN.get("/v1/communications").json["items"] if one["resend_of"]]
    tell(world, standing(world, again["id"]), MAILBOX_FULL)
    execute_bulk_order(world, order)
    assert rows("communications") == 2


def test_one_key_orders_once(world: WorldForTests, party: Any) -> None:
    first = a_failed_email(world, party)
    answers = [ADMIN.post("/v1/communications/resend", {"ids": [first]}, Idempotency_Key="k") for _ in range(2)]
    assert [(one.status, one.json["accepted"]) for one in answers] == [(202, [first])] * 2
    assert answers[1].headers["Idempotent-Replay"] == "true"
    other = ADMIN.post("/v1/communications/resend", {"ids": [NOWHERE.replace("pty", "com")]}, Idempotency_Key="k")
    assert (other.status, other.json["code"]) == (422, "idempotency_key_reused")
    assert len(carry_out_orders(world)) == 1
    assert rows("communications") == 2


def test_of_several_attempts_only_the_last_is_sent_again(world: WorldForTests, party: Any) -> None:
    first = a_failed_email(world, party)
    second = ADMIN.post(f"/v1/communications/{first}/resend").json["id"]
    deliver_queue(world)
    tell(world, standing(world, second), MAILBOX_FULL)
    answer = ADMIN.post("/v1/communications/resend", {"filter": {"group": "failed"}}).json
    # The second stands in the place of the first by now, and is the only one that failed.
    assert (answer["accepted"], answer["refused"]) == ([second], [])
    carry_out_orders(world)
    assert rows("communications") == 3
    deliver_queue(world)
    ADMIN.post("/v1/communications/resend", {"ids": [first]})
    carry_out_orders(world)
    assert rows("communications") == 3


def test_one_that_cannot_be_done_holds_up_no_other(world: WorldForTests, party: Any) -> None:
    ids = [a_failed_email(world, party) for _ in range(3)]
    ADMIN.post("/v1/communications/resend", {"ids": ids})
    [order] = world.queued("bulk")
    content = standing(world, ids[0]).content
    client("s3").delete_object(Bucket="vault", Key=content.key, VersionId=content.object_version)
    event = sample("bulk/resend.json")
    event["Records"][0]["body"] = json.dumps(order)
    for _ in range(2):
        assert len(invoke("bulk", event)["batchItemFailures"]) == 1
    assert rows("communications") == 5


@pytest.mark.covers("G6")
def test_drafts_are_sent_by_a_filter(world: WorldForTests, party: Any) -> None:
    for subject in ("One", "Two", "Three"):
        category = "dsar" if subject != "Three" else "general"
        expect_created(
            ADMIN.post("/v1/communications", email(party, subject=subject, send_now=False, category=category))
        )
    answer = ADMIN.post("/v1/communications/send", {"filter": {"status": "draft", "category": ["dsar"]}})
    assert (answer.status, len(answer.json["accepted"]), answer.json["refused"]) == (202, 2, [])
    orders = carry_out_orders(world)
    deliver_queue(world)
    assert sorted(parcel.rendered.subject for parcel in world.fakes.email.taken) == ["One", "Two"]
    for order in orders:
        execute_bulk_order(world, order)
    deliver_queue(world)
    assert len(world.fakes.email.taken) == 2
    assert ADMIN.get("/v1/todos").json["items"] == []


def test_what_is_refused_when_its_turn_comes_becomes_a_todo_of_who_ordered_it(world: WorldForTests, party: Any) -> None:
    first = a_failed_email(world, party)
    ADMIN.patch(f"/v1/todos/tdo_{first[4:]}", {"status": "done"})
    ADMIN.post("/v1/communications/resend", {"ids": [first]})
    ADMIN.put(f"/v1/parties/{party['id']}/preferences", {"hold": {"kind": "dispute", "reason": "They say so"}})
    for order in carry_out_orders(world):
        execute_bulk_order(world, order)
    [todo] = ADMIN.get("/v1/todos").json["items"]
    assert todo["title"] == "Not sent to Priya Raman: Priya Raman disputes the matter: They say so"
    assert (todo["assignee"], todo["communication_id"]) == ("user-1", first)


def refused_draft(world: WorldForTests, party: Any) -> tuple[str, BulkOrder]:
    """A draft whose party asked not to be written to between the order and its turn."""
    draft = expect_created(ADMIN.post("/v1/communications", email(party, send_now=False)))["id"]
    assert ADMIN.post("/v1/communications/send", {"ids": [draft]}).json["accepted"] == [draft]
    hold(party, {"kind": "dispute", "reason": "They say so"})
    [order] = carry_out_orders(world)
    [todo] = ADMIN.get("/v1/todos").json["items"]
    assert todo["communication_id"] == draft
    return draft, order


def hold(party: Any, of: Any) -> None:
    assert ADMIN.put(f"/v1/parties/{party['id']}/preferences", {"hold": of}).status == 200


def todos(status: str = "open") -> list[Any]:
    items: list[Any] = ADMIN.get("/v1/todos", status=status).json["items"]
    return items


@pytest.mark.parametrize("end", ["send", "send in bulk", "cancel", "delete"])
def test_the_todo_of_a_draft_that_was_refused_is_done_once_it_is_a_draft_no_more(
    world: WorldForTests, party: Any, end: str
) -> None:
    draft, _ = refused_draft(world, party)
    path = f"/v1/communications/{draft}"
    assert ADMIN.patch(path, {"subject": "In other words"}).status == 200
    assert len(todos()) == 1
    if end.startswith("send"):
        hold(party, None)
    if end == "send in bulk":
        ADMIN.post("/v1/communications/send", {"ids": [draft]})
        carry_out_orders(world)
    else:
        answer = ADMIN.delete(path) if end == "delete" else ADMIN.post(f"{path}/{end}")
        assert answer.status in (200, 202, 204)
    assert todos() == []
    assert len(todos("done")) == (0 if end == "delete" else 1)


@pytest.mark.parametrize("verb", ["send", "resend"])
def test_an_order_that_comes_again_opens_no_todo_that_was_done(world: WorldForTests, party: Any, verb: str) -> None:
    if verb == "send":
        _, order = refused_draft(world, party)
    else:
        first = a_failed_email(world, party)
        ADMIN.patch(f"/v1/todos/tdo_{first[4:]}", {"status": "done"})
        ADMIN.post("/v1/communications/resend", {"ids": [first]})
        hold(party, {"kind": "dispute", "reason": "They say so"})
        [order] = carry_out_orders(world)
    [todo] = todos()
    ADMIN.patch(f"/v1/todos/{todo['id']}", {"status": "done"})
    execute_bulk_order(world, order)
    assert todos() == []
    # What is ordered anew, and refused anew, is told anew.
    execute_bulk_order(world, replace(order, batch="another"))
    assert [one["id"] for one in todos()] == [todo["id"]]


@pytest.mark.parametrize("dies_at", ["put", "save"])
def test_whoever_dies_while_a_refusal_is_told_leaves_one_todo_all_the_same(
    world: WorldForTests, party: Any, monkeypatch: pytest.MonkeyPatch, dies_at: str
) -> None:
    draft = expect_created(ADMIN.post("/v1/communications", email(party, send_now=False)))["id"]
    ADMIN.post("/v1/communications/send", {"ids": [draft]})
    hold(party, {"kind": "dispute", "reason": "They say so"})
    fails_once(monkeypatch, world.idempotency if dies_at == "put" else world.todos, dies_at, Died())
    [sent] = world.queued("bulk")
    order = from_json(BulkOrder, json.dumps(sent))
    with pytest.raises(Died):
        execute_bulk_order(world, order)
    made = todos()
    assert len(made) == (1 if dies_at == "put" else 0)
    for one in made:
        ADMIN.patch(f"/v1/todos/{one['id']}", {"status": "done"})
    execute_bulk_order(world, order)
    assert len(todos()) == (0 if dies_at == "put" else 1)


def test_a_draft_that_went_before_its_order_was_given_up_asks_nothing(
    world: WorldForTests, party: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = expect_created(ADMIN.post("/v1/communications", email(party, send_now=False)))["id"]
    ADMIN.post("/v1/communications/send", {"ids": [draft]})
    order = from_json(BulkOrder, json.dumps(world.queued("bulk")[0]))
    fails_once(monkeypatch, accepting, "enqueue", OSError("the queue is away"))
    with pytest.raises(OSError, match="away"):
        execute_bulk_order(world, order, RECEIVES)
    assert ADMIN.get(f"/v1/communications/{draft}").json["status"] == "queued"
    assert todos() == []


def test_it_is_done_by_the_rights_and_the_sight_of_who_ordered_it(world: WorldForTests, party: Any) -> None:
    first = a_failed_email(world, party)
    agent = Caller(user="user-7", role="agent")
    answer = agent.post("/v1/communications/resend", {"ids": [first]})
    assert [(one["id"], one["code"]) for one in answer.json["refused"]] == [(first, "not_found")]
    assert Caller(role="auditor").post("/v1/communications/resend", {"ids": [first]}).status == 403
    order = BulkOrder(
        verb="resend",
        batch="b",
        ids=(first,),
        user="user-7",
        name="A",
        role="agent",
        rights=tuple(agent.get("/v1/me").json["rights"]),
    )
    execute_bulk_order(world, order)
    assert rows("communications") == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "ids"),
        ({"ids": [], "filter": None}, "ids"),
        ({"ids": ["com_01JD4QK8V3M2N7R5T9W1X3Y5Z7"], "filter": {"status": "draft"}}, "ids"),
        ({"ids": ["com_01JD4QK8V3M2N7R5T9W1X3Y5Z7"] * 501}, "ids"),
        ({"filter": {}}, "filter"),
        ({"filter": {"status": [], "q": "", "group": "all", "show_ignored": True}}, "filter"),
        ({"filter": {"color": "red"}}, "filter.color"),
        ({"filter": {"status": "lost"}}, "filter.status"),
        ({"filter": {"limit": "5"}}, "filter.limit"),
    ],
)
def test_what_is_no_order_is_refused(world: WorldForTests, body: dict[str, Any], field: str) -> None:
    refused = ADMIN.post("/v1/communications/resend", body)
    assert (refused.status, refused.places[0][0]) == (422, field)
    assert world.queued("bulk") == []


def test_more_than_five_hundred_are_refused_as_a_whole(
    world: WorldForTests, party: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("letterbook.use_cases.messages.bulk.MOST", 2)
    for _ in range(3):
        expect_created(ADMIN.post("/v1/communications", email(party, send_now=False)))
    refused = ADMIN.post("/v1/communications/send", {"filter": {"status": "draft"}})
    assert (refused.status, refused.places) == (422, [("filter", "too_many")])
    assert world.queued("bulk") == []


def test_the_function_takes_the_queue(world: WorldForTests) -> None:
    assert invoke("bulk", sample("bulk/resend.json")) == {"batchItemFailures": []}
