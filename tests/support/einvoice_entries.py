"""Parties that take e-invoices, and e-invoices on their way to them."""

from typing import Any

from tests.support.api_client import ADMIN, expect_created
from tests.support.aws import WorldForTests
from tests.support.einvoices import Sample, ubl
from tests.support.steps import a_document

XML = "application/xml"
# As a Sample's buyer.
BUYER = {"scheme": "0208", "id": "0987654394"}
MOULIN = {"kind": "customer", "name": "Moulin & Fils", "einvoice": BUYER}


def a_buyer(**changes: Any) -> Any:
    return expect_created(ADMIN.post("/v1/parties", {**MOULIN, **changes}))


def a_file(world: WorldForTests, content: bytes, party: Any, media_type: str = XML, **more: Any) -> str:
    name = "invoice.pdf" if media_type == "application/pdf" else "invoice.xml"
    return a_document(world, content, name=name, media_type=media_type, party_id=party["id"], **more).id


def an_einvoice(world: WorldForTests, party: Any, sample: Sample | None = None, **changes: Any) -> dict[str, Any]:
    """The body that sends it by Peppol."""
    document = a_file(world, ubl(sample), party)
    return {"channel": "einvoice", "party_id": party["id"], "document_id": document, "network": "peppol", **changes}
