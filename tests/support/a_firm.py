"""A firm with one of everything, for tests that go everywhere."""

from dataclasses import dataclass

from letterbook.domain.access import Grant, SavedView
from letterbook.domain.communication import Direction
from letterbook.domain.party import PartyKind
from letterbook.domain.recipients import Suppression
from letterbook.domain.references import Regarding
from letterbook.domain.status import Status
from tests.support.api_client import ADMIN, expect_created
from tests.support.aws import WorldForTests
from tests.support.builders import NOW, deed, ref
from tests.support.correspondence import a_type, begun
from tests.support.steps import (
    a_case,
    a_contact,
    a_document,
    a_party,
    a_template,
    a_thread,
    an_email,
    entered,
    make_documents,
    send,
)


@dataclass(frozen=True, kw_only=True)
class Firm:
    """The ids of what there is."""

    party: str
    bank: str
    contact: str
    case: str
    thread: str
    document: str
    todo: str
    sent: str
    failed: str
    draft: str
    note: str
    letter: str
    export: str

    @property
    def entries(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in ("sent", "failed", "draft", "note", "letter")}

    @property
    def path(self) -> dict[str, str]:
        """What stands in a path, by the names that parts of paths have."""
        return {
            "communication_id": self.draft,
            "party_id": self.party,
            "contact_id": self.contact,
            "case_id": self.case,
            "document_id": self.document,
            "thread_id": self.thread,
            "todo_id": self.todo,
            "provider": "ses",
            "user": "user-1",
            "subject_type": "invoice",
            "subject_id": "RE-1",
            "n": "1",
            "key": "s78-initial",
            "account": "A-1",
            "number": "C001",
            "export_id": self.export,
        }


def a_firm(world: WorldForTests, agent: str) -> Firm:
    """Everything of it is granted to the agent."""
    priya, bank = (
        a_party(world, account_number="A-1"),
        a_party(world, PartyKind.CREDITOR, name="Northmoor Bank", email="team@bank.example"),
    )
    case = a_case(world, priya, creditors=(bank,), title="Debt")
    contact, thread = a_contact(world, priya), a_thread(world, priya)
    a_type(world)
    begun(world, priya)
    make_documents(world)
    a_template(world)
    a_template(world, body="We write again about **{{ agreement }}**.")
    regarding = Regarding(type="invoice", id="RE-1")
    sent = send(world, an_email(priya, thread_id=thread.id, case_id=case.id, regarding=regarding))
    note = {"channel": "note", "body": "Rang."}
    letter = {"channel": "manual", "subject": "Notice", "body": "Dear"}
    draft = {"channel": "email", "subject": "Hello", "body": "Dear", "send_now": False}
    made = [
        expect_created(ADMIN.post("/v1/communications", {"party_id": priya.id, **one}))["id"]
        for one in (note, letter, draft)
    ]
    failed = entered(world, 5, status=Status.FAILED, party=ref(priya))
    entered(
        world, 6, status=Status.RECEIVED, direction=Direction.INBOUND, sender="priya@mailbox.example", party=ref(priya)
    )
    world.addresses.suppress(
        Suppression(address="old@mailbox.example", code="5.1.1", at=NOW, communication_id=failed.id, party_id=priya.id),
        deed(priya.id),
    )
    world.saved_views.save(SavedView(user="user-1", name="Failed", query="group=failed", created_at=NOW), None)
    for one in (Grant(user=agent, party_id=priya.id), Grant(user=agent, case_id=case.id)):
        world.grants.save(one, deed(priya.id))
    return Firm(
        party=priya.id,
        bank=bank.id,
        contact=contact.id,
        case=case.id,
        thread=thread.id,
        document=a_document(world, party_id=priya.id).id,
        todo=expect_created(ADMIN.post("/v1/todos", {"title": "Ring", "party_id": priya.id}))["id"],
        sent=sent.id,
        failed=failed.id,
        note=made[0],
        letter=made[1],
        draft=made[2],
        export=expect_created(ADMIN.post("/v1/exports", {"format": "zip", "ids": [sent.id]}))["id"],
    )
