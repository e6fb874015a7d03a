"""Whatever is put into any parameter of any operation: it is refused as its caller's, and never becomes a defect of ours."""

from collections.abc import Iterator
from typing import Any

import pytest

from letterbook.contracts.operation import NoBody, Operation
from letterbook.contracts.operations import OPERATIONS
from tests.support import key_limits
from tests.support.a_firm import Firm, a_firm
from tests.support.api_client import ADMIN, TEMPLATE
from tests.support.aws import WorldForTests
from tests.support.lambda_client import Answer

LONG = 5_000
TEXTS = (
    "",
    "\u3000",
    "x" * LONG,
    "²",
    "٣",
    "9" * LONG,
    "-1",
    "1e999",
    "\0",
    "\u2028",
    "ΐ" * 200,
    "9999-12-31T23:59:00Z",
    "9999-12-31",
    "0001-01-01T00:00:00+14:00",
    "2026-02-30",
    "com_7ZZZZZZZZZZZZZZZZZZZZZZZZZ",
)
# What is not text besides, in a body.
VALUES: tuple[Any, ...] = (
    *TEXTS,
    None,
    True,
    -1,
    10**400,
    1e308,
    [],
    [[]],
    {},
    {"": ""},
    ["x"] * 600,
    {"x": {"x": "x" * LONG}},
)


@pytest.fixture
def there(world: WorldForTests, people: dict[str, str]) -> Iterator[Firm]:
    made = a_firm(world, people["agent"])
    with key_limits.kept():
        yield made


def good_body(operation: Operation[Any, Any], firm: Firm) -> dict[str, Any]:
    """What the operation takes, with what it needs at least."""
    message = {"channel": "email", "party_id": firm.party, "subject": "Hello", "body": "Dear"}
    bodies: dict[str, dict[str, Any]] = {
        "compose": {**message, "send_now": False},
        "preview": message,
        "resendMany": {"ids": [firm.sent]},
        "sendMany": {"ids": [firm.draft]},
        "deliver": {"reason": "Handed over"},
        "startThread": {"party_id": firm.party, "subject": "Payments", "kind": "general"},
        "putSubject": {"party_id": firm.party, "label": "Invoice 1"},
        "makeTodo": {"title": "Ring", "party_id": firm.party},
        "saveView": {"name": "Failed", "query": "group=failed"},
        "removeView": {"name": "None"},
        "createParty": {"kind": "client", "name": "Otto Own"},
        "createContact": {"name": "Disclosures"},
        "createCase": {"reference": "DC-2"},
        "announceDocument": {"name": "a.pdf", "media_type": "application/pdf", "bytes": 5},
        "putGrant": {"user": "user-9", "party_id": firm.party},
        "removeGrant": {"user": "user-9", "party_id": firm.bank},
        "releaseAddress": {"address": "nobody@mailbox.example"},
        "setJobTitle": {"job_title": "Solicitor"},
        "putTemplate": TEMPLATE,
        "putCorrespondenceType": {"name": "Notice", "template": "notice", "fields": {}},
        "createCorrespondence": {"type": "notice", "party_id": firm.party, "content": {"pay_by": "2026-12-18"}},
        "voidCorrespondence": {"reason": "Wrong type"},
        "orderExport": {"format": "zip", "ids": [firm.sent]},
        "testProvider": {"to": "somebody@mailbox.example"},
    }
    return bodies.get(operation.name, {})


def address(operation: Operation[Any, Any], firm: Firm, **changed: str) -> str:
    return operation.path.format(**{**firm.path, **changed})


def assert_refused(answer: Answer, at: object) -> None:
    """Or taken: nobody here says what is bad."""
    assert answer.status < 500, (at, answer.text)
    if answer.status == 422:
        assert answer.json["errors"], (at, answer.text)


def test_every_field_of_every_body(there: Firm) -> None:
    # By its first operation: what two take alike is read alike.
    by_body = {one.body: one for one in reversed(OPERATIONS) if one.body is not NoBody}
    for operation in by_body.values():
        good, where = good_body(operation, there), address(operation, there)
        for name, field in operation.body.model_fields.items():
            place = field.alias or name
            for value in VALUES:
                answer = ADMIN.ask(operation.method, where, {**good, place: value})
                assert_refused(answer, (operation.name, place, repr(value)[:40]))


def test_every_parameter_of_every_query(there: Firm) -> None:
    for operation in OPERATIONS:
        where = address(operation, there)
        for name, field in operation.query.model_fields.items():
            for value in TEXTS:
                answer = ADMIN.ask("GET", where, query={field.alias or name: value})
                assert_refused(answer, (operation.name, name, value[:40]))
                assert answer.status in (200, 400, 404, 422), (operation.name, name, value[:40])


def test_every_part_of_every_path(there: Firm) -> None:
    for operation in OPERATIONS:
        good = good_body(operation, there) if operation.body is not NoBody else None
        for name in operation.parameters:
            for value in ("%E3%80%80", "x" * LONG, "%C2%B2", "9" * LONG, "%00", "%FF", "%ED%A0%80", "com_7" + "Z" * 25):
                answer = ADMIN.ask(operation.method, address(operation, there, **{name: value}), good)
                assert_refused(answer, (operation.name, name, value[:40]))


def test_every_header(there: Firm) -> None:
    for operation in (one for one in OPERATIONS if one.amends or one.creates):
        header = "If-Match" if operation.amends else "Idempotency-Key"
        for value in (*TEXTS, '"²"', '"٣"', f'"{"9" * LONG}"', '"-1"', 'W/"1"', '"1", "2"'):
            answer = ADMIN.ask(
                operation.method, address(operation, there), good_body(operation, there), headers={header: value}
            )
            assert_refused(answer, (operation.name, value[:40]))
            if operation.amends:
                assert answer.places == [("If-Match", "invalid_format")], (operation.name, value[:40])


def test_a_query_that_is_none(there: Firm) -> None:
    for operation in (one for one in OPERATIONS if one.method == "GET"):
        for raw in ("%FF", "from=%ED%A0%80", "q=%00", "&" * LONG, "=" * LONG, "x" * LONG):
            assert_refused(ADMIN.ask("GET", address(operation, there), query=raw), (operation.name, raw[:40]))


def test_a_body_that_is_none(there: Firm) -> None:
    for operation in (one for one in OPERATIONS if one.body is not NoBody):
        for raw in ('{"name": ' + "9" * LONG + "}", '{"name": ' + "[" * LONG, '{"a": 1e999999}', "\ufeff{}", "null"):
            answer = ADMIN.ask(operation.method, address(operation, there), raw=raw)
            assert answer.status in (400, 422), (operation.name, raw[:40], answer.text)
