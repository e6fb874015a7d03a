"""What the functions log: JSON, with the communication's id, and nothing about anybody."""

import importlib
import json
import logging
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest

from letterbook.domain.errors import Ambiguous, Permanent, Transient
from letterbook.domain.failures import FailureCode
from tests.support.aws import WorldForTests
from tests.support.lambda_client import Caller, batch, envelope, invoke
from tests.support.sam_template import functions
from tests.support.steps import ses_event, standing

ADMIN = Caller()
SECRETS = ["Zebedee", "zebedee@mailbox.example", "Quixotic", "inkwell", "+447700900127", "Parkinson"]


def a_whole_day(world: WorldForTests) -> list[str]:
    """Sends, refuses, loses and follows messages, all about somebody whose name must not be seen; answers their ids."""
    party = ADMIN.post(
        "/v1/parties",
        {"kind": "client", "name": "Zebedee Parkinson", "email": "zebedee@mailbox.example", "mobile": "+447700900127"},
    ).json
    email = {"channel": "email", "party_id": party["id"], "subject": "Quixotic matter", "body": "the inkwell"}
    ids = []
    for answer in (
        None,
        Permanent("MessageRejected", FailureCode.CONTENT),
        Transient("Timeout"),
        Ambiguous("ReadTimeoutError"),
        ValueError("zebedee@mailbox.example"),
    ):
        made = ADMIN.post("/v1/communications", email).json
        ids.append(made["id"])
        if answer:
            world.fakes.email.next.append(answer)
        invoke("dispatch", batch({"communication_id": made["id"]}))
    ADMIN.post("/v1/communications", {"channel": "sms", "party_id": party["id"], "body": "the inkwell"})
    ADMIN.post("/v1/communications", {**email, "to": ["zebedee@@mailbox"]})
    ADMIN.get("/v1/parties", q="Zebedee")
    sent = standing(world, ids[0])
    for name in ("delivery", "complaint", "bounce-permanent", "open"):
        event = ses_event(name, sent).replace("disclosures@castlegate.example", "zebedee@mailbox.example")
        invoke("receipts", batch(envelope(event)))
    invoke("receipts", batch(envelope(json.dumps({"mail": {"destination": ["zebedee@mailbox.example"]}}))))
    world.clock.pass_(hours=1)
    invoke("sweep", {})
    return ids


class Book:
    """What the functions logged, line by line."""

    def __init__(self) -> None:
        self.stream = StringIO()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.stream.getvalue().splitlines()]


@pytest.fixture
def book() -> Iterator[Book]:
    for function in functions():
        importlib.import_module(f"{function}.handler")
    [handler] = logging.getLogger("letterbook").handlers
    assert isinstance(handler, logging.StreamHandler)
    written = Book()
    before = handler.setStream(written.stream)
    yield written
    handler.setStream(before)


def test_no_log_line_says_anything_about_anybody(world: WorldForTests, book: Book) -> None:
    ids = a_whole_day(world)
    assert len(book.lines) > 12
    for line in book.lines:
        told = json.dumps(line).casefold()
        assert not [secret for secret in SECRETS if secret.casefold() in told], line
    assert set(ids) <= {line.get("communication_id") for line in book.lines}


def test_an_error_says_what_kind_it_is_and_where_it_came_from(world: WorldForTests, book: Book) -> None:
    a_whole_day(world)
    [error] = [line for line in book.lines if line["message"] == "unforeseen provider error"]
    assert error["exception_name"] == "ValueError"
    assert error["stack_trace"]["frames"][-1]["function"] == "send"


def test_every_line_says_which_function_and_which_request(world: WorldForTests, book: Book) -> None:
    made = ADMIN.post("/v1/parties", {"kind": "client", "name": "X", "email": "x@mailbox.example"}).json
    email = {"channel": "email", "party_id": made["id"], "subject": "x", "body": "y"}
    sent = ADMIN.post("/v1/communications", email).json
    invoke("dispatch", batch({"communication_id": sent["id"]}))
    [line] = [line for line in book.lines if line["message"] == "taken"]
    assert (line["function_name"], line["communication_id"]) == ("dispatch", sent["id"])
    assert line["function_request_id"]
