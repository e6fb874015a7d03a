"""Correspondence to test with: a type, a letter that was begun, one that is made."""

from typing import Any

from letterbook.domain.correspondence import Attaches, Correspondence, CorrespondenceDraft, CorrespondenceType
from letterbook.domain.party import Party
from letterbook.domain.references import Regarding
from letterbook.domain.subjects import RegardedRecord
from letterbook.domain.templates import Variable
from letterbook.ports import IdempotencyKey
from letterbook.use_cases.correspondence.create import create_correspondence
from letterbook.use_cases.correspondence.types import put_type
from letterbook.use_cases.directory.subjects import put_subject
from letterbook.use_cases.reading.correspondence import read_correspondence
from tests.support import builders
from tests.support.aws import WorldForTests
from tests.support.steps import a_document, a_party, a_template, make_documents

FIELDS: dict[str, Any] = {
    "properties": {
        "invoices": {"type": "array", "items": {"type": "string"}, "x-subjects": "invoice", "title": "Invoices"},
        "pay_by": {"type": "string", "format": "date", "title": "To be paid by"},
        "note": {"type": "string", "x-multiline": True},
    },
    "required": ["pay_by"],
    "examples": [{"pay_by": "2026-12-18"}],
}


_VARIABLES = (Variable(name="pay_by", example="2026-12-18"), Variable(name="note", required=False))


def a_letter_template(world: WorldForTests, body: str = "Please pay by {{ pay_by | date }}. {{ note }}") -> None:
    a_template(
        world, key="notice", channels=("post", "manual"), subject="Your account", body=body, variables=_VARIABLES
    )


def a_type(world: WorldForTests, *, fields: dict[str, Any] = FIELDS, **changes: Any) -> CorrespondenceType:
    """A notice of an open account, with its template."""
    a_letter_template(world)
    named = {"key": "notice", "name": "Notice", "template": "notice", "category": "notice"}
    made = {**named, "fields": fields, "created_at": world.now(), "created_by": builders.JANE, **changes}
    return put_type(world, builders.viewer(), CorrespondenceType(**made))


def a_copying_type(world: WorldForTests) -> CorrespondenceType:
    """What sends the PDFs of the invoices that are chosen."""
    a_template(world, key="copies", channels=("post",), subject="Copies", body="As you asked.", variables=())
    fields = {"properties": {"invoices": FIELDS["properties"]["invoices"]}, "required": ["invoices"]}
    return a_type(
        world, key="copies", name="Copies", template="copies", fields=fields, attaches=Attaches.SUBJECT_DOCUMENTS
    )


def a_customer(world: WorldForTests, account: str | None = "12345", **changes: Any) -> Party:
    return a_party(world, account_number=account, address="1 High Street\nLeeds", **changes)


def an_invoice(world: WorldForTests, party: Party, number: str, *, pdf: bytes | None = None) -> RegardedRecord:
    document = a_document(world, pdf, party_id=party.id, name=f"{number}.pdf") if pdf else None
    told = RegardedRecord(type="invoice", id=number, party_id=party.id, document_id=document.id if document else None)
    return put_subject(world, builders.viewer(), None, told)[0]


def asked(
    party: Party, *, type_: str = "notice", regarding: tuple[Regarding, ...] = (), **content: Any
) -> CorrespondenceDraft:
    given = content or {"pay_by": "2026-12-18"}
    return CorrespondenceDraft(type=type_, party_id=party.id, content=given, regarding=regarding)


def begun(world: WorldForTests, party: Party, key: IdempotencyKey | None = None, **wanted: Any) -> Correspondence:
    return create_correspondence(world, builders.viewer(), asked(party, **wanted), key)[0]


def made(world: WorldForTests, party: Party, **wanted: Any) -> Correspondence:
    """With its PDF."""
    one = begun(world, party, **wanted)
    make_documents(world)
    return standing(world, one)


def standing(world: WorldForTests, one: Correspondence) -> Correspondence:
    found = world.correspondence.get(one.account, one.ordinal)
    assert found
    return found


def read(world: WorldForTests, number: str = "12345/C001") -> Correspondence:
    return read_correspondence(world, builders.viewer(), *number.rsplit("/", 1))
