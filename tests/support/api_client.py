"""What tests of the contract ask with."""

from typing import Any

from tests.support.lambda_client import Answer, Caller

ADMIN = Caller()
PARTY = {"kind": "client", "name": "Priya Raman", "email": "priya@mailbox.example", "mobile": "+44 7700 900127"}
NOWHERE = "pty_01JD4QK8V3M2N7R5T9W1X3Y5Z7"

TEMPLATE = {
    "category": "dsar",
    "language": "en",
    "channels": ["email"],
    "subject": "About {{ what }}",
    "body": "We write about {{ what }}.",
    "variables": [{"name": "what", "required": True, "example": "this"}],
}


def expect_created(answer: Answer) -> Any:
    assert answer.status in (201, 202), answer.text
    return answer.json


def email(party: Any, **changes: Any) -> dict[str, Any]:
    return {"channel": "email", "party_id": party["id"], "subject": "Hello", "body": "Dear **Sir**,", **changes}
