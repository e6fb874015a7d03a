"""What was put right: by a later attempt, or by somebody who says so. It is in no list of what failed, and in every other."""

from typing import Any

import pytest

from letterbook.domain.access import Grant
from letterbook.domain.receipts import DeliveryOutcome, RecipientUpdate
from letterbook.use_cases.indexing.index import index_communication
from tests.support.api_client import ADMIN, email, expect_created
from tests.support.aws import WorldForTests
from tests.support.builders import BOUNCED, MAILBOX_FULL, deed
from tests.support.lambda_client import Caller
from tests.support.steps import carry_out_orders, deliver_queue, standing, tell

DELIVERED = RecipientUpdate(fact=DeliveryOutcome.DELIVERED)
AGENT = Caller(user="agent", role="agent")
LIST = "/v1/communications"


def one(of: Any, verb: str = "") -> str:
    return f"{LIST}/{of['id']}{verb}"


def heard(world: WorldForTests, made: Any, news: RecipientUpdate) -> Any:
    deliver_queue(world)
    tell(world, standing(world, made["id"]), news)
    world.clock.pass_(minutes=5)
    return made


def failed(world: WorldForTests, party: Any, **changes: Any) -> Any:
    return heard(world, expect_created(ADMIN.post(LIST, email(party, **changes))), BOUNCED)


def said_again(world: WorldForTests, of: Any, news: RecipientUpdate, **body: Any) -> Any:
    answer = ADMIN.post(one(of, "/resend"), body)
    assert answer.status == 202, answer.text
    return heard(world, answer.json, news)


def ids(**filters: str) -> list[str]:
    return [row["id"] for row in ADMIN.get(LIST, **filters).json["items"]]


def test_a_later_attempt_to_a_corrected_address_settles_the_first(world: WorldForTests, party: Any) -> None:
    first = failed(world, party)
    assert ids(group="failed") == [first["id"]]
    second = said_again(world, first, DELIVERED, to=["right@mailbox.example"])
    told = ADMIN.get(one(first)).json
    assert (told["status"], told["settled_by"], told["seen_to"]) == ("failed", second["id"], None)
    assert [row["event"] for row in told["history"]][-1] == "settled"
    assert [(each["id"], each["settled_by"]) for each in told["attempts"]] == [
        (first["id"], second["id"]),
        (second["id"], None),
    ]
    assert ids(group="failed") == ids(group="failed", show_ignored="true") == []
    assert ids(party_id=party["id"]) == [second["id"], first["id"]]
    assert ids(status="failed") == ids(settled="true") == ids(group="failed", settled="true") == [first["id"]]
    assert ids(settled="false") == [second["id"]]
    assert ADMIN.get("/v1/todos").json["items"] == []
    [done] = ADMIN.get("/v1/todos", status="done").json["items"]
    assert (done["communication_id"], done["done_by"]) == (first["id"], "attempt 2, delivered 10:05")


def test_no_number_counts_what_was_settled(world: WorldForTests, party: Any) -> None:
    first = failed(world, party)
    assert counted(world, first) == {"failed": 1}
    second = said_again(world, first, DELIVERED)
    assert counted(world, first, second) == {"closed": 1, "successful": 1}


def counted(world: WorldForTests, *made: Any) -> dict[str, int]:
    for each in made:
        index_communication(world, each["id"])
    found = ADMIN.get("/v1/stats", days="30").json["items"]
    return {each["status_group"]: each["count"] for each in found}


def test_of_two_that_failed_the_later_one_is_looked_for(world: WorldForTests, party: Any) -> None:
    first = failed(world, party)
    second = said_again(world, first, MAILBOX_FULL)
    assert ids(group="failed") == [second["id"]]
    assert ADMIN.get(one(first)).json["overtaken_by"] == second["id"]
    assert [each["communication_id"] for each in ADMIN.get("/v1/todos").json["items"]] == [second["id"]]


def test_what_is_too_old_is_settled_by_what_was_begun_from_its_draft(world: WorldForTests, party: Any) -> None:
    first = failed(world, party)
    world.clock.pass_(days=61)
    refused = ADMIN.post(one(first, "/resend"))
    assert (refused.status, refused.json["code"]) == (409, "too_old")
    draft = expect_created(ADMIN.post(LIST, refused.json["draft"]))
    assert (draft["status"], draft["attempt"], draft["resend_of"]) == ("draft", 1, None)
    assert [each["id"] for each in ADMIN.get(one(first)).json["attempts"]] == [first["id"]]
    # Its own page tells what it is to say again.
    assert attempts_of(draft) == [(first["id"], 1), (draft["id"], 2)]
    ADMIN.patch(one(draft), {"subject": "Once more"})
    assert ids(group="failed") == [first["id"]]
    sent = ADMIN.post(one(draft, "/send")).json
    assert (sent["id"], sent["attempt"], sent["resend_of"]) == (draft["id"], 2, first["id"])
    assert [each["id"] for each in ADMIN.get(one(first)).json["attempts"]] == [first["id"], draft["id"]]
    heard(world, sent, DELIVERED)
    assert ADMIN.get(one(first)).json["settled_by"] == draft["id"]
    assert ids(group="failed") == []


@pytest.mark.parametrize(
    "changes", [{"restricted": True}, {"party_id": "another"}], ids=["restricted", "another party"]
)
def test_what_not_everybody_sees_who_sees_the_first_is_no_attempt_of_it(
    world: WorldForTests, party: Any, changes: Any
) -> None:
    first = failed(world, party)
    other = expect_created(ADMIN.post("/v1/parties", {"kind": "client", "name": "Ann Other", "email": "a@b.example"}))
    changes = {"party_id": other["id"]} if "party_id" in changes else changes
    made = expect_created(ADMIN.post(LIST, email(party, resend_of=first["id"]) | changes))
    assert (made["attempt"], made["resend_of"]) == (1, None)
    heard(world, made, DELIVERED)
    assert ADMIN.get(one(first)).json["settled_by"] is None


def attempts_of(of: Any, by: Caller = ADMIN) -> list[tuple[str, int]]:
    return [(each["id"], each["attempt"]) for each in by.get(one(of)).json["attempts"]]


def drafted(party: Any, of: Any, **changes: Any) -> Any:
    return expect_created(ADMIN.post(LIST, email(party, resend_of=of["id"], send_now=False, **changes)))


def test_a_draft_blocks_no_other_attempt(world: WorldForTests, party: Any) -> None:
    first = failed(world, party)
    draft = drafted(party, first)
    answer = ADMIN.post(f"{LIST}/resend", {"ids": [first["id"]]}).json
    assert (answer["accepted"], answer["refused"]) == ([first["id"]], [])
    carry_out_orders(world)
    [second] = [row for row in ADMIN.get(LIST).json["items"] if row["resend_of"] == first["id"]]
    heard(world, second, MAILBOX_FULL)
    sent = ADMIN.post(one(draft, "/send")).json
    assert (sent["attempt"], sent["resend_of"]) == (3, first["id"])
    heard(world, sent, DELIVERED)
    told = ADMIN.get(one(first)).json
    assert [each["id"] for each in told["attempts"]] == [first["id"], second["id"], draft["id"]]
    assert [ADMIN.get(one(each)).json["settled_by"] for each in (first, second)] == [draft["id"]] * 2


@pytest.mark.parametrize("change", ["case", "restricted"])
def test_a_draft_is_an_attempt_as_it_is_when_it_is_sent(world: WorldForTests, party: Any, change: str) -> None:
    first = failed(world, party)
    draft = drafted(party, first)
    case = expect_created(ADMIN.post("/v1/cases", {"reference": "C-1", "party_ids": [party["id"]]}))
    change_to = {"case_id": case["id"]} if change == "case" else {"restricted": True}
    assert ADMIN.patch(one(draft), change_to).status == 200
    assert attempts_of(draft) == [(draft["id"], 1)]
    sent = ADMIN.post(one(draft, "/send")).json
    assert (sent["attempt"], sent["resend_of"]) == (1, None)
    heard(world, sent, DELIVERED)
    told = ADMIN.get(one(first)).json
    assert (told["settled_by"], [each["id"] for each in told["attempts"]]) == (None, [first["id"]])


def test_a_draft_that_comes_to_be_with_the_first_is_its_attempt(world: WorldForTests, party: Any) -> None:
    case = expect_created(ADMIN.post("/v1/cases", {"reference": "C-1", "party_ids": [party["id"]]}))
    first = failed(world, party, case_id=case["id"])
    draft = drafted(party, first)
    assert ADMIN.patch(one(draft), {"case_id": case["id"]}).status == 200
    sent = ADMIN.post(one(draft, "/send")).json
    assert (sent["attempt"], sent["resend_of"]) == (2, first["id"])


@pytest.mark.parametrize("verb", ["/cancel", ""])
def test_a_draft_that_is_never_sent_leaves_no_trace_among_the_attempts(
    world: WorldForTests, party: Any, verb: str
) -> None:
    first = failed(world, party)
    draft = drafted(party, first)
    assert (ADMIN.post(one(draft, verb)) if verb else ADMIN.delete(one(draft))).status in (200, 204)
    assert [each["id"] for each in ADMIN.get(one(first)).json["attempts"]] == [first["id"]]
    again = ADMIN.post(one(first, "/resend")).json
    assert (again["attempt"], again["resend_of"]) == (2, first["id"])


def test_a_draft_goes_although_what_it_says_again_is_seen_no_more(world: WorldForTests, party: Any) -> None:
    hidden = failed(world, party, restricted=True)
    draft = drafted(party, hidden)
    world.grants.save(Grant(user="agent", party_id=party["id"]), deed(party["id"]))
    assert attempts_of(draft, AGENT) == [(draft["id"], 1)]
    answer = AGENT.post(one(draft, "/send"))
    assert (answer.status, answer.json["attempt"], answer.json["resend_of"]) == (202, 1, None)


def test_a_draft_cannot_be_said_again(world: WorldForTests, party: Any) -> None:
    unsaid = expect_created(ADMIN.post(LIST, email(party, send_now=False)))
    made = expect_created(ADMIN.post(LIST, email(party, resend_of=unsaid["id"])))
    assert (made["attempt"], made["resend_of"]) == (1, None)


@pytest.mark.parametrize("send_now", [True, False])
def test_what_is_not_there_cannot_be_said_again(party: Any, send_now: bool) -> None:
    answer = ADMIN.post(LIST, email(party, resend_of="com_01ARZ3NDEKTSV4RRFFQ69G5FAV", send_now=send_now))
    assert (answer.status, answer.json["errors"][0]["field"]) == (422, "resend_of")


def test_somebody_says_that_they_saw_to_it(world: WorldForTests, party: Any) -> None:
    made = failed(world, party)
    for body in ({}, {"note": "  "}, {"note": "x" * 501}):
        assert ADMIN.post(one(made, "/seen-to"), body).status == 422
    answer = ADMIN.post(one(made, "/seen-to"), {"note": "telephoned her"})
    assert (answer.status, answer.json["status"]) == (200, "failed")
    assert answer.json["seen_to"] == {
        "by": {"id": "user-1", "name": "Jane Marsh", "role": "admin"},
        "at": "2026-11-20T10:05:00Z",
        "note": "telephoned her",
    }
    assert ids(group="failed") == ADMIN.get("/v1/todos").json["items"] == []
    assert ids() == [made["id"]]
    assert ADMIN.delete(one(made, "/seen-to")).json["seen_to"] is None
    assert ids(group="failed") == [made["id"]]
    assert len(ADMIN.get("/v1/todos").json["items"]) == 1


def test_only_what_failed_is_seen_to(world: WorldForTests, party: Any) -> None:
    made = heard(world, expect_created(ADMIN.post(LIST, email(party))), DELIVERED)
    answer = ADMIN.post(one(made, "/seen-to"), {"note": "x"})
    assert (answer.status, answer.json["code"]) == (409, "not_failed")


def test_an_agent_sees_to_what_they_see_and_an_auditor_to_nothing(world: WorldForTests, party: Any) -> None:
    made = failed(world, party)
    assert AGENT.post(one(made, "/seen-to"), {"note": "x"}).status == 404
    assert Caller(user="auditor", role="auditor").post(one(made, "/seen-to"), {"note": "x"}).status == 403
    world.grants.save(Grant(user="agent", party_id=party["id"]), deed(party["id"]))
    assert AGENT.post(one(made, "/seen-to"), {"note": "x"}).status == 200


def test_what_was_ignored_is_done_and_says_by_whom(world: WorldForTests, party: Any) -> None:
    made = failed(world, party)
    assert ADMIN.post(one(made, "/ignore")).json["ignored_by"]["name"] == "Jane Marsh"
    assert ids(group="failed") == ADMIN.get("/v1/todos").json["items"] == []
    assert ids(group="failed", show_ignored="true") == ids(case_id="none") == ids() == [made["id"]]
    timeline = ADMIN.get("/v1/timeline", party_id=party["id"]).json["items"]
    assert [(row["id"], row["ignored"]) for row in timeline] == [(made["id"], True)]
    assert ADMIN.post(one(made, "/unignore")).json["ignored_by"] is None
    assert len(ADMIN.get("/v1/todos").json["items"]) == 1


def test_many_at_once_leave_out_what_was_settled_and_say_so(world: WorldForTests, party: Any) -> None:
    settled, alone = failed(world, party), failed(world, party)
    said_again(world, settled, DELIVERED)
    by_filter = ADMIN.post(f"{LIST}/resend", {"filter": {"group": "failed"}}).json
    assert (by_filter["accepted"], by_filter["refused"]) == ([alone["id"]], [])
    [refused] = ADMIN.post(f"{LIST}/resend", {"ids": [settled["id"]]}).json["refused"]
    assert (refused["id"], refused["code"]) == (settled["id"], "already_sent_again")
    assert "second copy" in refused["detail"]
    carry_out_orders(world)
    heard(world, ADMIN.get(LIST).json["items"][0], DELIVERED)
    assert ids(group="failed") == []


def test_what_regards_one_thing_stands_by_its_latest_attempt(world: WorldForTests, party: Any) -> None:
    first = failed(world, party, regarding={"type": "invoice", "id": "7"})
    second = said_again(world, first, DELIVERED)
    assert ADMIN.get("/v1/overview", group="failed").json["items"] == []
    [row] = ADMIN.get("/v1/overview").json["items"]
    assert row["latest"]["id"] == second["id"]
