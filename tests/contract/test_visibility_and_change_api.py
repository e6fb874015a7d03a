"""What a lesser role writes decides neither what they see, nor what others see; and an answer is given again to who may see it."""

from typing import Any

import pytest

from letterbook.domain.access import Grant
from tests.support.api_client import ADMIN, email, expect_created
from tests.support.aws import WorldForTests
from tests.support.builders import deed
from tests.support.changing import Things
from tests.support.lambda_client import Caller

AGENT = Caller(user="user-7", role="agent")


def a_creditor(name: str = "Barclays") -> Any:
    return expect_created(ADMIN.post("/v1/parties", {"kind": "creditor", "name": name, "email": "legal@bank.example"}))


def a_case(reference: str, **sides: Any) -> Any:
    return expect_created(ADMIN.post("/v1/cases", {"reference": reference, **sides}))


def grant(world: WorldForTests, **target: Any) -> Grant:
    made = Grant(user="user-7", **target)
    world.grants.save(made, deed(made.target))
    return made


@pytest.fixture
def bank(world: WorldForTests) -> Any:
    return a_creditor()


@pytest.fixture
def matter(world: WorldForTests, party: Any, bank: Any) -> Any:
    """A case that the agent was granted, of a client and a creditor that they see by nothing else."""
    made = a_case("DC-1", party_ids=[party["id"]], creditor_ids=[bank["id"]])
    grant(world, case_id=made["id"])
    return made


def test_a_creditor_that_is_seen_through_a_case_is_written_to_and_not_changed(matter: Any, bank: Any) -> None:
    """Its mail goes where it went before, for the whole firm."""
    here = f"/v1/parties/{bank['id']}"
    for answer in (
        AGENT.patch(here, {"email": "mine@elsewhere.example"}),
        AGENT.put(f"{here}/preferences", {"hold": {"kind": "dispute"}}),
        AGENT.post(f"{here}/contacts", {"name": "Eve", "email": "mine@elsewhere.example", "primary": True}),
        AGENT.put("/v1/subjects/loan/7", {"party_id": bank["id"], "label": "Paid"}),
    ):
        assert (answer.status, answer.json["code"]) == (403, "forbidden")
    made = expect_created(AGENT.post("/v1/communications", email(bank, case_id=matter["id"])))
    assert made["to"] == ["legal@bank.example"]


@pytest.mark.parametrize("channel", ["email", "note"])
def test_it_is_written_to_in_that_case_and_in_no_other(
    world: WorldForTests, party: Any, matter: Any, bank: Any, channel: str
) -> None:
    other = a_case("DC-2", party_ids=[party["id"]])
    grant(world, case_id=other["id"])
    body = email(bank) if channel == "email" else {"channel": "note", "party_id": bank["id"], "body": "x"}
    elsewhere = AGENT.post("/v1/communications", body | {"case_id": other["id"]})
    assert (elsewhere.status, elsewhere.places) == (422, [("case_id", "not_on_case")])


@pytest.mark.parametrize("side", ["party_ids", "creditor_ids"])
def test_nobody_puts_on_a_case_whom_they_see_through_another(matter: Any, party: Any, bank: Any, side: str) -> None:
    """They would see them from then on, whatever became of the first case."""
    whom = party if side == "party_ids" else bank
    refused = AGENT.post("/v1/cases", {"reference": "DC-9", side: [whom["id"]]})
    assert (refused.status, refused.places) == (403, [(side, "forbidden")])


@pytest.mark.parametrize(
    "change", ["another client", "no client", "no creditor", "another order", "a client as creditor"]
)
def test_who_was_granted_a_case_does_not_hand_it_to_others(
    world: WorldForTests, matter: Any, party: Any, bank: Any, change: str
) -> None:
    own = expect_created(AGENT.post("/v1/parties", {"kind": "client", "name": "Their own"}))
    sides = {
        "another client": {"party_ids": [own["id"], party["id"]]},
        "no client": {"party_ids": []},
        "no creditor": {"creditor_ids": []},
        "another order": {"party_ids": [own["id"]]},
        "a client as creditor": {"creditor_ids": [bank["id"], party["id"]]},
    }
    path = f"/v1/cases/{matter['id']}"
    assert AGENT.patch(path, sides[change]).status == 403
    assert ADMIN.get(path).json == matter
    assert AGENT.patch(path, {"creditor_ids": [bank["id"]], "party_ids": [party["id"], own["id"]]}).status == 200


@pytest.mark.parametrize("kinds", [("creditor", "client"), ("client", "creditor")])
def test_whether_a_party_is_a_creditor_is_said_by_who_sees_everybody(
    world: WorldForTests, kinds: tuple[str, str]
) -> None:
    """To who was granted it a creditor's entries of other cases are hidden; a client's are not."""
    before, after = kinds
    whom = expect_created(ADMIN.post("/v1/parties", {"kind": before, "name": "Lowell"}))
    grant(world, party_id=whom["id"])
    path = f"/v1/parties/{whom['id']}"
    assert AGENT.patch(path, {"kind": after}).places == [("kind", "forbidden")]
    assert AGENT.patch(path, {"kind": before, "name": "Lowell Ltd"}).status == 200
    assert ADMIN.patch(path, {"kind": after}).status == 200


def test_a_subject_goes_from_one_party_to_another_by_who_may_change_both(world: WorldForTests, party: Any) -> None:
    own, path = a_creditor("Own"), "/v1/subjects/invoice/1"
    grant(world, party_id=own["id"])
    assert AGENT.put(path, {"party_id": own["id"]}).status == 201
    assert AGENT.put(path, {"party_id": party["id"]}).status == 422
    theirs = grant(world, party_id=party["id"])
    assert AGENT.put(path, {"party_id": party["id"]}).status == 200
    world.grants.remove(theirs, deed())
    # Of what is theirs nothing is told, and nothing taken: one's own of the same number is another.
    assert AGENT.put(path, {"party_id": own["id"]}).status == 201
    assert ADMIN.get(path, party_id=party["id"]).json["party_id"] == party["id"]


def test_who_was_shown_a_restricted_entry_does_not_show_it_to_others(world: WorldForTests, party: Any) -> None:
    grant(world, party_id=party["id"], restricted=True)
    note = {"channel": "note", "party_id": party["id"], "body": "In confidence", "restricted": True}
    path = f"/v1/communications/{expect_created(AGENT.post('/v1/communications', note))['id']}"
    assert AGENT.patch(path, {"restricted": False}).places == [("restricted", "forbidden")]
    assert AGENT.patch(path, {"body": "In strict confidence"}).status == 200
    assert ADMIN.patch(path, {"restricted": False}).status == 200


# ---- asked again with the same key


CREATIONS = {
    "party": lambda t: ("/v1/parties", {"kind": "client", "name": "Ann Other"}),
    "contact": lambda t: (f"/v1/parties/{t.party['id']}/contacts", {"name": "Ann Other"}),
    "case": lambda t: ("/v1/cases", {"reference": "DC-9", "party_ids": [t.party["id"]]}),
    "message": lambda t: ("/v1/communications", email(t.party, send_now=False)),
    "record": lambda t: ("/v1/communications", {"channel": "note", "party_id": t.party["id"], "body": "x"}),
    "resend": lambda t: (f"/v1/communications/{t.failed['id']}/resend", {}),
    "thread": lambda t: ("/v1/threads", {"party_id": t.party["id"], "subject": "Rent"}),
    "todo": lambda t: ("/v1/todos", {"party_id": t.party["id"], "title": "Call"}),
    "document": lambda t: (
        "/v1/documents", {"name": "a", "media_type": "text/plain", "bytes": 1, "party_id": t.party["id"]},
    ),
    "many": lambda t: ("/v1/communications/send", {"ids": [t.draft["id"]]}),
}  # fmt: skip


@pytest.mark.parametrize("what", CREATIONS)
def test_an_answer_is_given_again_to_who_may_see_it_now(world: WorldForTests, what: str) -> None:
    things = Things(world)
    things.let_see()
    path, body = CREATIONS[what](things)
    own = Caller(user="own", role="agent")
    first = own.post(path, body, Idempotency_Key="k")
    assert first.status in (201, 202), first.text
    again = own.post(path, body, Idempotency_Key="k")
    assert (again.status, again.headers["Idempotent-Replay"]) == (first.status, "true")
    for one in world.grants.of_user("own"):
        world.grants.remove(one, deed())
    lost = own.post(path, body, Idempotency_Key="k")
    assert (lost.status, lost.json["type"]) == (404, "/problems/not-found")
    assert "upload_url" not in lost.text


def test_what_was_restricted_since_is_not_answered_again(world: WorldForTests, party: Any) -> None:
    """As it stands, and not as it was when the key was kept."""
    grant(world, party_id=party["id"])
    body = {"channel": "note", "party_id": party["id"], "body": "x"}
    made = expect_created(AGENT.post("/v1/communications", body, Idempotency_Key="k"))
    assert ADMIN.patch(f"/v1/communications/{made['id']}", {"restricted": True}).status == 200
    assert AGENT.post("/v1/communications", body, Idempotency_Key="k").status == 404


def test_a_view_that_was_removed_is_not_answered_again(world: WorldForTests) -> None:
    body = {"name": "Mine", "query": "group=failed"}
    expect_created(AGENT.post("/v1/views", body, Idempotency_Key="k"))
    assert AGENT.delete("/v1/views", {"name": "Mine"}).status == 204
    assert AGENT.post("/v1/views", body, Idempotency_Key="k").status == 404
