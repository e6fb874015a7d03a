"""Filing what came in elsewhere, over the API: what is asked, what is answered, and what is refused."""

from typing import Any

import pytest

from letterbook.domain.communication import Communication
from tests.support.api_client import ADMIN, PARTY, email, expect_created
from tests.support.aws import WorldForTests
from tests.support.builders import mail
from tests.support.lambda_client import Caller
from tests.support.steps import come_in


@pytest.fixture
def other(party: Any) -> Any:
    return expect_created(ADMIN.post("/v1/parties", PARTY | {"name": "John Doe"}))


@pytest.fixture
def came(world: WorldForTests, other: Any) -> Communication:
    """From an address that two have."""
    return come_in(world, mail())


def test_it_says_whose_an_ambiguous_mail_is(came: Communication, party: Any, other: Any) -> None:
    path = f"/v1/communications/{came.id}"
    found = ADMIN.get(path).json
    assert (found["hints"], found["candidates"]) == (["ambiguous_sender"], [party["id"], other["id"]])
    done = ADMIN.post(f"{path}/refile", {"party_id": other["id"], "reason": "He signed it"})
    assert done.status == 200
    assert (done.json["party"]["id"], done.json["client"]["id"]) == (other["id"], other["id"])
    assert (done.json["hints"], done.json["candidates"], done.json["case"]) == ([], [], None)
    after = ADMIN.get(path).json
    assert (after["history"][-1]["event"], after["history"][-1]["note"]) == ("filed", "He signed it")
    assert after["history_intact"]
    assert ADMIN.post(f"{path}/refile", {"party_id": other["id"], "reason": "He signed it"}).json == done.json


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"party_id": None}, "party_id"),
        ({"party_id": "cas_01JD4QK8V3M2N7R5T9W1X3Y5Z7"}, "party_id"),
        ({"party_id": "pty_01JD4QK8V3M2N7R5T9W1X3Y5Z7"}, "party_id"),
        ({"case_id": "cas_01JD4QK8V3M2N7R5T9W1X3Y5Z7"}, "case_id"),
        ({"thread_id": "thr_01JD4QK8V3M2N7R5T9W1X3Y5Z7"}, "thread_id"),
        ({"reason": ""}, "reason"),
        ({"reason": None}, "reason"),
        ({"subject": "Other words"}, "subject"),
    ],
)
def test_what_is_wrong_is_named_and_changes_nothing(
    came: Communication, other: Any, change: dict[str, Any], place: str
) -> None:
    path = f"/v1/communications/{came.id}"
    before = ADMIN.get(path).json
    asked = {"party_id": other["id"], "reason": "His", **change}
    refused = ADMIN.post(f"{path}/refile", asked)
    assert (refused.status, [one[0] for one in refused.places]) == (422, [place])
    assert ADMIN.get(path).json == before


def test_what_was_sent_stays_where_it_is(party: Any, other: Any) -> None:
    made = expect_created(ADMIN.post("/v1/communications", email(party)))
    refused = ADMIN.post(f"/v1/communications/{made['id']}/refile", {"party_id": other["id"], "reason": "His"})
    assert (refused.status, refused.json["code"]) == (409, "not_refilable")


def test_what_is_not_seen_is_not_there(came: Communication, other: Any) -> None:
    stranger = Caller(user="user-9", role="agent")
    asked = {"party_id": other["id"], "reason": "His"}
    assert stranger.post(f"/v1/communications/{came.id}/refile", asked).status == 404


def test_an_address_in_use_is_refused_by_its_field(party: Any) -> None:
    agent = Caller(user="user-9", role="agent")
    body = PARTY | {"name": "Eve", "mobile": None}
    refused = agent.post("/v1/parties", body)
    assert (refused.status, refused.places) == (422, [("email", "address_in_use")])
    assert "Priya" not in refused.text
    assert party["id"] not in refused.text
