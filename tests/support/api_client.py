"""What tests of the contract ask with."""

from typing import Any

from tests.support.aws import WorldForTests
from tests.support.builders import MAILBOX_FULL
from tests.support.lambda_client import Answer, Caller
from tests.support.steps import deliver_queue, standing, tell

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


def call(party: Any, **changes: Any) -> dict[str, Any]:
    return {"channel": "phone", "direction": "outbound", "party_id": party["id"], **changes}


def meeting(party: Any, **changes: Any) -> dict[str, Any]:
    day = {"meeting_date": "2026-11-19", "start_time": "14:00", "end_time": "14:45"}
    return {"channel": "meeting", "party_id": party["id"], "subject": "Review", **day, **changes}


def letter(party: Any, **changes: Any) -> dict[str, Any]:
    came = {"direction": "inbound", "from": "Barclays, Leicester", "occurred_at": "2026-11-17T09:00:00Z"}
    return {
        "channel": "post",
        "party_id": party["id"],
        "subject": "Your request",
        "body": "We enclose",
        **came,
        **changes,
    }


def a_failed_email(world: WorldForTests, party: Any, **changes: Any) -> str:
    """The id of one that came back a minute ago."""
    made = expect_created(ADMIN.post("/v1/communications", email(party, **changes)))
    deliver_queue(world)
    tell(world, standing(world, made["id"]), MAILBOX_FULL)
    world.clock.pass_(minutes=1)
    return str(made["id"])
