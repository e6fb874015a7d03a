"""Subjects: each party's own, whatever others call by the same type and id."""

from typing import Any

import pytest

from letterbook.adapters.dynamodb.tables.directory import DirectoryItem
from letterbook.adapters.serialization import to_json
from letterbook.domain.access import Grant
from letterbook.domain.subjects import RegardedRecord
from tests.support.api_client import ADMIN, email, expect_created
from tests.support.aws import WorldForTests
from tests.support.builders import deed
from tests.support.lambda_client import Answer, Caller

AGENT = Caller(user="user-9", role="agent")
PATH = "/v1/subjects/invoice/"
BARE = {"type": "invoice", "id": "7", "label": "Invoice 7", "url": None}


@pytest.fixture
def ann(world: WorldForTests) -> Any:
    """Somebody whom the agent does not see."""
    return expect_created(ADMIN.post("/v1/parties", {"kind": "client", "name": "Ann"}))


@pytest.fixture
def agent(world: WorldForTests, party: Any) -> Caller:
    world.grants.save(Grant(user=AGENT.user, party_id=party["id"]), deed())
    return AGENT


def told(party: Any, **changes: Any) -> dict[str, Any]:
    return {"party_id": party["id"], "label": f"Invoice of {party['name']}", "url": "https://erp.example/7", **changes}


def about(party: Any, number: str = "7", **changes: Any) -> Any:
    """What an entry is said to be about."""
    body = email(party, regarding={"type": "invoice", "id": number}, **changes)
    return expect_created(ADMIN.post("/v1/communications", body))["regarding"]


def seen(answer: Answer, number: str) -> tuple[int, str]:
    return answer.status, answer.text.replace(number, "N")


@pytest.mark.parametrize("if_match", [{}, {"If_Match": '"1"'}, {"If_Match": '"0"'}])
def test_a_number_of_a_hidden_party_is_not_told_from_a_free_one(
    party: Any, ann: Any, agent: Caller, if_match: dict[str, str]
) -> None:
    ADMIN.put(PATH + "taken", told(ann))
    for ask in (
        lambda number: agent.get(PATH + number),
        lambda number: agent.get(PATH + number, party_id=ann["id"]),
        lambda number: agent.put(PATH + number, told(ann), **if_match),
        lambda number: agent.put(PATH + number, {"label": "x"}, **if_match),
        lambda number: agent.put(PATH + number, told(party), **if_match),
        lambda number: agent.get(PATH + number),
    ):
        assert seen(ask("taken"), "taken") == seen(ask("vacant"), "vacant")


def test_a_number_of_a_hidden_party_is_not_joined(party: Any, ann: Any, agent: Caller) -> None:
    ADMIN.put(PATH + "7", told(ann, amount="10"))
    assert agent.put(PATH + "7", told(party, amount="20")).status == 201
    assert agent.get(PATH + "7").json["amount"] == "20"
    assert ADMIN.get(PATH + "7").json["amount"] == "10"
    assert ADMIN.get(PATH + "7", party_id=party["id"]).json["amount"] == "20"
    assert agent.put(PATH + "7", told(party, amount="30"), If_Match='"1"').json["version"] == 2
    assert ADMIN.get(PATH + "7", party_id=ann["id"]).json["amount"] == "10"


def test_a_subject_lends_its_name_to_entries_of_its_own_party_only(party: Any, ann: Any) -> None:
    ADMIN.put(PATH + "7", told(ann))
    assert about(ann)["label"] == "Invoice of Ann"
    assert about(party) == BARE
    ADMIN.put(PATH + "8", {"label": "Of nobody"})
    assert about(party, "8")["label"] == "Invoice 8"


def test_a_subject_lends_its_name_to_what_is_written_on_its_partys_behalf(
    world: WorldForTests, party: Any, ann: Any
) -> None:
    bank = expect_created(ADMIN.post("/v1/parties", {"kind": "creditor", "name": "Bank", "email": "a@bank.example"}))
    for_john, for_ann = a_case(party, bank), a_case(ann, bank)
    ADMIN.put(PATH + "7", told(ann))
    assert about(bank, case_id=for_ann["id"])["label"] == "Invoice of Ann"
    assert about(bank, case_id=for_john["id"]) == BARE
    assert about(bank) == BARE
    world.subjects.save(RegardedRecord(type="invoice", id="7", party_id=bank["id"], label="Agreement"), None)
    assert about(bank, case_id=for_ann["id"])["label"] == "Invoice of Ann"
    assert about(bank, case_id=for_john["id"])["label"] == about(bank)["label"] == "Agreement"


def test_what_is_written_for_another_client_after_all_bears_the_name_no_more(party: Any, ann: Any) -> None:
    bank = expect_created(ADMIN.post("/v1/parties", {"kind": "creditor", "name": "Bank"}))
    for_john, for_ann = a_case(party, bank), a_case(ann, bank)
    ADMIN.put(PATH + "7", told(ann))
    note = {"channel": "note", "party_id": bank["id"], "body": "x", "regarding": {"type": "invoice", "id": "7"}}
    made = expect_created(ADMIN.post("/v1/communications", note | {"case_id": for_ann["id"]}))
    assert made["regarding"]["label"] == "Invoice of Ann"
    moved = ADMIN.patch(f"/v1/communications/{made['id']}", {"case_id": for_john["id"]})
    assert moved.json["regarding"] == BARE


def test_who_sees_both_moves_a_subject_from_one_party_to_another(party: Any, ann: Any, agent: Caller) -> None:
    ADMIN.put(PATH + "7", told(ann))
    moved = ADMIN.put(PATH + "7", told(party), If_Match='"1"')
    assert (moved.status, moved.json["version"], moved.json["party_id"]) == (200, 2, party["id"])
    assert ADMIN.get(PATH + "7", party_id=ann["id"]).status == 404
    assert agent.get(PATH + "7").json["party_id"] == party["id"]
    assert (about(ann), about(party)["url"]) == (BARE, "https://erp.example/7")
    assert ADMIN.put(PATH + "7", told(ann), If_Match='"1"').status == 412


def test_of_several_parties_the_one_is_read_that_was_told_of_first(
    world: WorldForTests, party: Any, ann: Any, agent: Caller
) -> None:
    """Whoever tells of the same number later changes nothing for who reads it."""
    agent.put(PATH + "7", told(party))
    world.subjects.save(RegardedRecord(type="invoice", id="7", party_id=ann["id"], ordinal=2), None)
    assert ADMIN.get(PATH + "7").json["party_id"] == party["id"]
    ADMIN.put(PATH + "7", told(party, label="Again"))
    assert ADMIN.get(PATH + "7").json["label"] == "Again"
    assert ADMIN.get(PATH + "7", party_id=ann["id"]).json["version"] == 1


def test_what_was_told_before_each_party_had_its_own_is_still_theirs(
    world: WorldForTests, party: Any, ann: Any, agent: Caller
) -> None:
    old = RegardedRecord(type="invoice", id="7", party_id=ann["id"], label="Invoice of Ann", version=4)
    DirectoryItem("subject#invoice:7", "subject", data=to_json(old), version=4).save()
    assert ADMIN.get(PATH + "7").json["version"] == 4
    assert (about(ann)["label"], about(party)) == ("Invoice of Ann", BARE)
    assert agent.put(PATH + "7", told(party)).json["version"] == 1
    assert ADMIN.put(PATH + "7", told(ann, label="Again"), If_Match='"4"').json["version"] == 5
    parties = {one.party_id: one.label for one in world.subjects.named("invoice", "7")}
    assert parties == {ann["id"]: "Again", party["id"]: "Invoice of Priya Raman"}


def a_case(client: Any, creditor: Any) -> Any:
    body = {"reference": "R", "party_ids": [client["id"]], "creditor_ids": [creditor["id"]]}
    return expect_created(ADMIN.post("/v1/cases", body))


def test_subjects_are_found_by_words_by_who_sees_their_party(agent: Caller, party: Any, ann: Any) -> None:
    for of, label in ((party, "Roof repairs"), (ann, "Roof terrace")):
        ADMIN.put(f"{PATH}{of['id'][-4:]}", told(of, label=label))
    ids = [one["label"] for one in ADMIN.get("/v1/subjects", q="roof").json["items"]]
    assert sorted(ids) == ["Roof repairs", "Roof terrace"]
    assert [one["label"] for one in agent.get("/v1/subjects", q="roof").json["items"]] == ["Roof repairs"]
    assert agent.get("/v1/subjects", q="terrace").json == {"items": [], "next_cursor": None}
    assert ADMIN.get("/v1/subjects").places == [("q", "required")]
