"""Every type of correspondence that comes along, from its form to the mail that carries it, with IAM enforced."""

import base64
from hashlib import sha256
from typing import Any

import pytest
import requests

from tests.support.firm import Firm, User, eventually

TYPES = (
    "welcome",
    "copy-invoices",
    "failed-payment",
    "overdue-account",
    "suspension-warning",
    "final-notice",
    "statement-of-account",
)
COPIES = {"E-1": b"%PDF-1.7 the first invoice", "E-2": b"%PDF-1.7 the second invoice"}


@pytest.fixture(scope="module")
def customer(firm: Firm) -> Any:
    """With two invoices, each with its PDF, and a payment that failed."""
    admin = firm.admin
    party = admin.party(
        kind="customer", name="Ada Ember", account_number="E2E-77", email="success+ada@simulator.amazonses.com",
        address="1 High Street\nLeeds LS1 1AA",
    )  # fmt: skip
    for number, pdf in COPIES.items():
        document = upload(admin, party["id"], f"{number}.pdf", pdf)
        told = {"date": "2026-10-01", "due_date": "2026-10-15", "amount": "120.00", "outstanding": "120.00"}
        admin.put(
            f"/v1/subjects/invoice/{number}",
            {"party_id": party["id"], "document_id": document, "currency": "GBP", **told},
        )
    paid = {"date": "2026-11-01", "amount": "120.00", "currency": "GBP", "status": "failed"}
    admin.put("/v1/subjects/payment/E-P1", {"party_id": party["id"], **paid})
    return party


def upload(admin: User, party_id: str, name: str, content: bytes) -> str:
    announced = {"name": name, "media_type": "application/pdf", "bytes": len(content), "party_id": party_id}
    document = admin.post("/v1/documents", announced)
    put = requests.put(document["upload_url"], data=content, headers={"Content-Type": "application/pdf"}, timeout=10)
    assert put.status_code == 200
    return str(document["id"])


def content_for(type_: Any) -> dict[str, Any]:
    """Its own example, about what the customer has."""
    own = {"invoice": list(COPIES), "payment": ["E-P1"]}
    fields = type_["fields"]["properties"]
    return {
        name: own[fields[name]["x-subjects"]] if "x-subjects" in fields[name] else value
        for name, value in type_["fields"]["examples"][0].items()
    }


@pytest.mark.covers("J1", "J4", "J5", "J7")
@pytest.mark.parametrize("key", TYPES)
def test_a_type_from_its_form_to_the_mail_with_the_right_files(firm: Firm, customer: Any, key: str) -> None:
    admin = firm.admin
    type_ = admin.get(f"/v1/correspondence-types/{key}")
    asked = {"type": key, "party_id": customer["id"], "content": content_for(type_)}
    begun = admin.post("/v1/correspondence", asked)
    here = f"/v1/correspondence/{begun['number']}"
    assert (begun["status"], begun["number"].split("/")[0]) == ("generating", "E2E-77")

    def made() -> Any:
        one = admin.get(here)
        assert one["status"] in ("generating", "ready"), one["failure"]
        return one if one["status"] == "ready" else None

    ready = eventually(made)
    found = admin.ask("GET", f"{here}/pdf")
    pdf = requests.get(found.headers["Location"], timeout=10).content
    assert (found.status_code, pdf[:5], sha256(pdf).hexdigest()) == (302, b"%PDF-", ready["versions"][0]["sha256"])

    sent = [admin.post(f"{here}/email") for _ in range(2)]
    assert sent[0]["communications"] == sent[1]["communications"]
    [entry] = sent[0]["communications"]
    [mail] = eventually(lambda: firm.mail_of(entry))
    files = [base64.b64decode(one["content"]) for one in mail["attachments"]]
    assert files == (list(COPIES.values()) if key == "copy-invoices" else [pdf])
    assert begun["number"] in mail["subject"]
    assert ("/verify/" in mail["text"]) == (key == "welcome")
    eventually(lambda: admin.get(f"/v1/communications/{entry}")["status"] == "delivered")
    assert admin.get(here)["status"] == "emailed"


@pytest.mark.covers("J3", "J6", "J8")
def test_it_is_found_recreated_posted_delivered_and_voided(firm: Firm, customer: Any) -> None:
    admin = firm.admin
    content = {"service": "your broadband connection"}
    number = admin.post("/v1/correspondence", {"type": "welcome", "party_id": customer["id"], "content": content})[
        "number"
    ]
    here = f"/v1/correspondence/{number}"
    eventually(lambda: admin.get(here)["status"] == "ready")
    assert [one["number"] for one in admin.get("/v1/correspondence", q=number)["items"]] == [number]
    admin.post(f"{here}/recreate")
    eventually(lambda: len(admin.get(here)["versions"]) == 2)
    posted = admin.post(f"{here}/post")
    [entry] = posted["communications"]
    eventually(lambda: admin.get(f"/v1/communications/{entry}")["status"] == "delivered")
    done = admin.post(f"{here}/deliver", {"reason": "Handed over"})
    assert done["status"] == "delivered"
    assert admin.get(f"/v1/communications/{entry}")["status"] == "delivered"
    assert eventually(lambda: admin.get("/v1/communications", q=number)["items"])
    assert admin.post(f"{here}/void", {"reason": "A test"})["status"] == "void"
    assert admin.ask("POST", f"{here}/email", {}).status_code == 409
