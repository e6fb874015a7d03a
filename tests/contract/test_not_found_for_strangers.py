"""Every GET there is, asked by somebody who was granted nothing, over a world in which everything exists: nothing is there."""

from collections.abc import Iterator
from typing import Any

import pytest

from letterbook.contracts.operations import OPERATIONS
from letterbook.domain.access import Grant
from letterbook.domain.recipients import Suppression
from letterbook.use_cases.indexing.index import index_communication
from tests.support.api_client import ADMIN, TEMPLATE, email, expect_created
from tests.support.aws import WorldForTests, cloud
from tests.support.builders import NOW, deed
from tests.support.correspondence import a_type
from tests.support.lambda_client import Answer, Caller
from tests.support.steps import a_document, deliver_queue, make_documents

GETS = [operation for operation in OPERATIONS if operation.method == "GET"]
# What everybody who works here may read: it is about nobody.
PUBLIC = {
    "readMe",
    "readOpenapi",
    "listTemplates",
    "readTemplate",
    "readSettings",
    "listProviders",
    "listCorrespondenceTypes",
    "readCorrespondenceType",
    "readLibrary",
}
# Lists that hold none of the things: rights, users, numbers, one's own.
OF_NOTHING = {"listGrants", "listUsers", "listViews", "listExports", "readExport", "stats", "responseTimes"}
SECRET = "Zwingli"


@pytest.fixture(scope="module")
def world(aws: None) -> Iterator[WorldForTests]:
    """One for all of them: nothing that is asked here changes anything."""
    with pytest.MonkeyPatch.context() as patch, cloud(patch) as made:
        yield made


@pytest.fixture(scope="module")
def things(world: WorldForTests) -> dict[str, str]:
    """One of everything, each named so that it is found wherever it shows; by the names of path parameters and filters."""
    party = expect_created(
        ADMIN.post(
            "/v1/parties",
            {
                "kind": "client",
                "name": SECRET,
                "email": f"{SECRET}@mailbox.example",
                "location": SECRET,
                "account_number": "12345",
            },
        )
    )
    case = expect_created(ADMIN.post("/v1/cases", {"reference": SECRET, "party_ids": [party["id"]]}))
    contact = expect_created(ADMIN.post(f"/v1/parties/{party['id']}/contacts", {"name": SECRET}))
    ADMIN.put("/v1/subjects/invoice/7", {"party_id": party["id"], "label": SECRET})
    thread = expect_created(
        ADMIN.post("/v1/threads", {"party_id": party["id"], "case_id": case["id"], "subject": SECRET})
    )
    about = {"case_id": case["id"], "contact_id": contact["id"], "regarding": {"type": "invoice", "id": "7"}}
    entry = expect_created(
        ADMIN.post("/v1/communications", email(party, subject=SECRET, body=SECRET, thread_id=thread["id"], **about))
    )
    deliver_queue(world)
    todo = expect_created(ADMIN.post("/v1/todos", {"title": SECRET, "communication_id": entry["id"]}))
    ADMIN.put(f"/v1/parties/{party['id']}/preferences", {"hold": {"kind": "dispute", "reason": SECRET}})
    ADMIN.put("/v1/templates/x", TEMPLATE)
    index_communication(world, entry["id"])
    export = ADMIN.post("/v1/exports", {"format": "zip", "ids": [entry["id"]]}).json
    dead = f"{SECRET}@gone.example"
    found = Suppression(address=dead, code="x", at=NOW, communication_id=entry["id"], party_id=party["id"])
    world.addresses.suppress(found, deed(party["id"]))
    a_type(world, key="x", name="Notice")
    notice = {"type": "x", "party_id": party["id"], "content": {"pay_by": "2026-12-18"}}
    expect_created(ADMIN.post("/v1/correspondence", notice))
    make_documents(world)
    return {
        "account": "12345",
        "number": "C001",
        "communication_id": entry["id"],
        "party_id": party["id"],
        "client_id": party["id"],
        "contact_id": contact["id"],
        "case_id": case["id"],
        "thread_id": thread["id"],
        "todo_id": todo["id"],
        "export_id": export["id"],
        "n": "1",
        "document_id": a_document(world, party_id=party["id"], name=SECRET).id,
        "subject_type": "invoice",
        "subject_id": "7",
        "regarding": "invoice:7",
        "location": SECRET,
        "key": "x",
        "q": SECRET,
    }


def asked(who: Caller, operation: Any, things: dict[str, str]) -> list[Answer]:
    """An operation without filters, and by each of its filters that names one of the things."""
    path = operation.path.format(**things)
    names = [field.alias or name for name, field in operation.query.model_fields.items()]
    return [who.get(path), *(who.get(path, **{name: things[name]}) for name in names if name in things)]


@pytest.mark.covers("M2")
@pytest.mark.parametrize("operation", GETS, ids=[one.name for one in GETS])
def test_a_stranger_finds_nothing(things: dict[str, str], operation: Any) -> None:
    stranger = Caller(user="user-9", role="agent")
    for answer in asked(stranger, operation, things):
        assert SECRET not in answer.text
        assert things["communication_id"] not in answer.text
        if operation.name not in PUBLIC and answer.status == 200:
            assert answer.json["items"] == []


@pytest.mark.parametrize(
    "operation", [one for one in GETS if one.name not in PUBLIC | OF_NOTHING], ids=lambda one: one.name
)
def test_somebody_who_may_finds_it(things: dict[str, str], operation: Any) -> None:
    """The other test would pass if nothing were ever found."""
    found = [answer for answer in asked(ADMIN, operation, things) if answer.status in (200, 302, 409)]
    told = (SECRET, things["communication_id"])
    assert any(answer.status != 200 or any(one in answer.text for one in told) for answer in found), operation.name


@pytest.fixture(scope="module")
def hidden(world: WorldForTests, things: dict[str, str]) -> dict[str, str]:
    """An entry that few may read, with its TODO. Its agent sees the party, the case and everything about them, but for this."""
    world.grants.save(Grant(user="user-7", party_id=things["party_id"]), deed())
    body = email(
        {"id": things["party_id"]},
        subject="Melanchthon",
        body="Melanchthon",
        restricted=True,
        case_id=things["case_id"],
        thread_id=things["thread_id"],
        contact_id=things["contact_id"],
        regarding={"type": "invoice", "id": "7"},
    )
    ADMIN.put(f"/v1/parties/{things['party_id']}/preferences", {"hold": None})
    entry = expect_created(ADMIN.post("/v1/communications", body))
    todo = expect_created(ADMIN.post("/v1/todos", {"title": "Melanchthon", "communication_id": entry["id"]}))
    index_communication(world, entry["id"])
    return {"communication_id": entry["id"], "todo_id": todo["id"]}


@pytest.mark.covers("M2")
@pytest.mark.parametrize(
    "who", [Caller(user="user-7", role="agent"), Caller(user="user-8", role="lead")], ids=["agent", "lead"]
)
@pytest.mark.parametrize("operation", GETS, ids=[one.name for one in GETS])
def test_a_restricted_entry_is_nowhere_for_who_may_not_read_it(
    things: dict[str, str], hidden: dict[str, str], operation: Any, who: Caller
) -> None:
    for answer in asked(who, operation, things | {"q": "Melanchthon"}):
        assert "Melanchthon" not in answer.text
        assert hidden["communication_id"] not in answer.text
    assert "Melanchthon" not in who.get(operation.path.format(**things | hidden)).text


def test_a_restricted_entry_is_found_by_who_may_read_it(hidden: dict[str, str]) -> None:
    assert "Melanchthon" in ADMIN.get("/v1/communications", q="melanchthon").text
