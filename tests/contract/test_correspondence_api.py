"""Correspondence and its types through the API, as a billing system would use them."""

import hashlib
import re
from typing import Any
from urllib.parse import urlsplit

import pytest

from letterbook.domain.communication import ContentRef
from tests.support.api_client import ADMIN, expect_created
from tests.support.aws import WorldForTests, client
from tests.support.correspondence import FIELDS, a_letter_template, a_type
from tests.support.lambda_client import Answer
from tests.support.steps import deliver_queue, make_documents

TYPE = {
    "name": "Notice",
    "template": "notice",
    "category": "notice",
    "attaches": "letter",
    "fields": FIELDS,
}
HERE = "/v1/correspondence/12345/C001"


@pytest.fixture
def customer(world: WorldForTests) -> Any:
    a_type(world)
    whom = {"kind": "customer", "name": "Priya Raman", "email": "priya@mailbox.example", "account_number": "12345"}
    return expect_created(ADMIN.post("/v1/parties", whom))


def begin(customer: Any, **changes: Any) -> Answer:
    asked = {"type": "notice", "party_id": customer["id"], "content": {"pay_by": "2026-12-18"}}
    return ADMIN.post("/v1/correspondence", {**asked, **changes})


# ---- types


@pytest.mark.covers("J1")
def test_a_type_is_put_read_and_kept_in_every_version(world: WorldForTests) -> None:
    a_letter_template(world)
    first = ADMIN.put("/v1/correspondence-types/notice", TYPE)
    second = ADMIN.put("/v1/correspondence-types/notice", {**TYPE, "name": "Last notice"})
    assert (first.status, second.status, second.json["version"]) == (201, 200, 2)
    assert ADMIN.get("/v1/correspondence-types/notice").json["name"] == "Last notice"
    assert ADMIN.get("/v1/correspondence-types/notice", version="1").json["name"] == "Notice"
    assert [one["key"] for one in ADMIN.get("/v1/correspondence-types").json["items"]] == ["notice"]
    stale = ADMIN.put("/v1/correspondence-types/notice", TYPE, **{"If-Match": '"1"'})
    assert stale.status == 412


@pytest.mark.covers("J1")
@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"template": None}, "template"),
        ({"template": "none-such"}, "template"),
        ({"message": "none-such"}, "message"),
        ({"message": "notice"}, "message"),
        ({"attaches": "everything"}, "attaches"),
        ({"fields": {"properties": {"a": {"type": "object"}}}}, "fields.properties.a.type"),
        ({"fields": {"properties": {"a": {"type": "string", "pattern": "(a+)+$"}}}}, "fields.properties.a"),
        ({"fields": {"properties": {"a": {"type": "number", "minimum": float("nan")}}}}, "fields"),
        ({"fields": {"properties": {"a": {"type": "number", "maximum": float("inf")}}}}, "fields"),
        ({"fields": {"properties": {"a": {"type": "string", "title": "\x00"}}}}, "fields.properties.a.title"),
        ({"fields": {"properties": {}, "additionalProperties": True}}, "fields.additionalProperties"),
        ({"fields": {"properties": {}, "required": ["b"]}}, "fields.required"),
        ({"fields": {"$ref": "https://elsewhere.example/schema"}}, "fields"),
        ({"fields": {**FIELDS, "examples": [{"pay_by": "soon"}]}}, "fields.examples.0.pay_by"),
        ({"fields": {"properties": {"a": {"type": "string", "description": "x" * 70_000}}}}, "fields"),
    ],
)
def test_a_type_that_no_form_can_be_made_of_is_refused_at_its_place(
    world: WorldForTests, changes: dict[str, Any], place: str
) -> None:
    a_letter_template(world)
    answer = ADMIN.put("/v1/correspondence-types/notice", {**TYPE, **changes})
    assert answer.status == 422, answer.text
    assert place in [one["field"] for one in answer.json["errors"]]
    assert ADMIN.get("/v1/correspondence-types").json["items"] == []


# ---- the life of one


@pytest.mark.covers("J3", "J4")
def test_it_is_begun_made_and_downloaded(world: WorldForTests, customer: Any) -> None:
    answer = begin(customer)
    assert (answer.status, answer.headers["Location"], answer.json["status"]) == (201, HERE, "generating")
    assert ADMIN.get(f"{HERE}/pdf").json["code"] == "not_ready"
    make_documents(world)
    ready = ADMIN.get(HERE).json
    assert (ready["number"], ready["status"], ready["type"]) == ("12345/C001", "ready", "notice")
    [version] = ready["versions"]
    found = ADMIN.get(f"{HERE}/pdf", version="1")
    assert found.status == 302
    key = urlsplit(found.headers["Location"]).path.lstrip("/").removeprefix("vault/")
    body = client("s3").get_object(Bucket="vault", Key=key)["Body"].read()
    assert hashlib.sha256(body).hexdigest() == version["sha256"]
    assert ADMIN.get(f"{HERE}/pdf", version="9").status == 404
    assert ADMIN.get("/v1/documents", party_id=customer["id"]).json["items"][0]["id"] == version["document_id"]


@pytest.mark.covers("J2")
@pytest.mark.parametrize(
    ("content", "place"),
    [
        ({"pay_by": "2026-12-18", "invoices": ["x" * 3_000]}, "content.invoices.0"),
        ({"pay_by": "2026-12-18", "invoices": ["1\n2"]}, "content.invoices.0"),
        ({"pay_by": "2026-12-18", "invoices": [""]}, "content.invoices.0"),
    ],
)
def test_what_can_be_the_id_of_nothing_is_refused_before_anybody_looks_for_it(
    customer: Any, content: dict[str, Any], place: str
) -> None:
    answer = begin(customer, content=content)
    assert answer.status == 422, answer.text
    assert [(one["field"], one["code"]) for one in answer.json["errors"]] == [(place, "invalid_id")]


@pytest.mark.covers("J2")
@pytest.mark.parametrize(("kind", "given"), [("string", "spring"), ("integer", 5)])
def test_a_period_of_something_else_than_dates_is_refused_at_its_field(
    world: WorldForTests, customer: Any, kind: str, given: object
) -> None:
    a_type(world, fields={"properties": {"period_start": {"type": kind}}})
    answer = begin(customer, content={"period_start": given})
    assert answer.status == 422, answer.text
    assert [(one["field"], one["code"]) for one in answer.json["errors"]] == [("content.period_start", "invalid_date")]


@pytest.mark.covers("J5")
def test_a_document_that_is_not_there_is_told_of_where_it_was_asked_for(world: WorldForTests, customer: Any) -> None:
    begin(customer)
    make_documents(world)
    answer = ADMIN.post(f"{HERE}/email", {"documents": ["doc_01JD4QK8V3M2N7R5T9W1X3Y5Z7"]})
    assert answer.status == 422
    assert [(one["field"], one["code"]) for one in answer.json["errors"]] == [("documents.0", "unknown_document")]


@pytest.mark.covers("J5", "J6", "J8")
def test_it_is_emailed_recreated_posted_and_delivered(world: WorldForTests, customer: Any) -> None:
    begin(customer)
    make_documents(world)
    emailed = ADMIN.post(f"{HERE}/email")
    assert (emailed.status, emailed.json["status"], len(emailed.json["communications"])) == (202, "emailed", 1)
    again = ADMIN.post(f"{HERE}/email")
    assert (again.status, again.headers.get("Idempotent-Replay")) == (202, "true")
    entry = ADMIN.get(f"/v1/communications/{emailed.json['communications'][0]}").json
    assert [one["sha256"] for one in entry["attachments"]] == [emailed.json["versions"][0]["sha256"]]
    deliver_queue(world)
    assert ADMIN.get(HERE).json["status"] == "emailed"
    assert ADMIN.post(f"{HERE}/recreate").json["status"] == "generating"
    assert ADMIN.post(f"{HERE}/email").json["code"] == "not_ready"
    make_documents(world)
    assert [one["version"] for one in ADMIN.get(HERE).json["versions"]] == [1, 2]
    posted = ADMIN.post(f"{HERE}/post", {"address": "1 High Street\nLeeds"})
    assert (posted.status, posted.json["status"]) == (202, "posted")
    assert ADMIN.post(f"{HERE}/deliver", {"reason": "Handed over"}).json["code"] == "not_ready"
    make_documents(world)
    done = ADMIN.post(f"{HERE}/deliver", {"reason": "Handed over"})
    assert (done.status, done.json["status"], done.json["audit"]) == (200, "delivered", {"reason": "Handed over"})
    told = [one["event"] for one in ADMIN.get("/v1/activity", party_id=customer["id"]).json["items"]]
    wanted = [
        "delivered by hand",
        "posted",
        "PDF made",
        "PDF ordered again",
        "emailed",
        "PDF made",
        "correspondence begun",
    ]
    assert sorted(one for one in told if one in wanted) == sorted(wanted)


@pytest.mark.covers("J3")
def test_what_is_void_keeps_its_number_and_is_sent_no_more(world: WorldForTests, customer: Any) -> None:
    begin(customer)
    make_documents(world)
    assert ADMIN.post(f"{HERE}/void", {}).status == 422
    assert ADMIN.post(f"{HERE}/void", {"reason": "Wrong type"}).json["void_reason"] == "Wrong type"
    for verb in ("email", "recreate", "post", "deliver"):
        answer = ADMIN.post(f"{HERE}/{verb}")
        assert (answer.status, answer.json["code"]) == (409, "void"), verb
    assert begin(customer).json["number"] == "12345/C002"


def test_a_stale_version_changes_nothing(world: WorldForTests, customer: Any) -> None:
    begin(customer)
    make_documents(world)
    for verb, body in (("email", {"to": ["a@mailbox.example"]}), ("recreate", {}), ("void", {"reason": "x"})):
        answer = ADMIN.post(f"{HERE}/{verb}", body, **{"If-Match": '"1"'})
        assert (answer.status, answer.json["code"]) == (412, "outdated"), verb
    assert ADMIN.get(HERE).json["version"] == 2


def test_a_key_begins_one(customer: Any) -> None:
    asked = {"type": "notice", "party_id": customer["id"], "content": {"pay_by": "2026-12-18"}}
    answers = [ADMIN.post("/v1/correspondence", asked, **{"Idempotency-Key": "k"}) for _ in range(2)]
    assert [(one.json["number"], one.headers.get("Idempotent-Replay")) for one in answers] == [
        ("12345/C001", None),
        ("12345/C001", "true"),
    ]
    other = ADMIN.post("/v1/correspondence", {**asked, "content": {}}, **{"Idempotency-Key": "k"})
    assert (other.status, other.json["code"]) == (422, "idempotency_key_reused")


@pytest.mark.covers("J2")
@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"content": {"pay_by": "soon"}}, "content.pay_by"),
        ({"content": {"pay_by": "2026-12-18", "x": 1}}, "content.x"),
        ({"content": {"pay_by": "2026-12-18", "invoices": {"a": 1}}}, "content.invoices"),
        ({"content": {"pay_by": "2026-12-18", "note": "x" * 70_000}}, "content"),
        ({"type": "none-such"}, "type"),
        ({"regarding": [{"type": "invoice", "id": "9"}]}, "regarding.0"),
    ],
)
def test_bad_content_is_refused_at_its_place(customer: Any, changes: dict[str, Any], place: str) -> None:
    answer = begin(customer, **changes)
    assert answer.status == 422
    assert place in [one["field"] for one in answer.json["errors"]], answer.text
    assert ADMIN.get("/v1/correspondence").json["items"] == []


def test_hostile_content_stays_text(world: WorldForTests, customer: Any) -> None:
    """It makes neither a link, nor a table, nor a page, nor a variable."""
    hostile = "[a](https://evil.example)\n\n[page break]\n\n{{ party_name }} #let x = 1 | a | b |\n| - | - |"
    begin(customer, content={"pay_by": "2026-12-18", "note": hostile})
    make_documents(world)
    letter = world.content_store.content(_last_letter()).letter
    assert letter
    assert not re.search(r"link='|Table\(|PageBreak\(", repr(letter.blocks))


def _last_letter() -> ContentRef:
    """Where a letter lies in the content store."""
    found = client("s3").list_object_versions(Bucket="vault", Prefix="content/correspondence/")["Versions"][0]
    body = client("s3").get_object(Bucket="vault", Key=found["Key"], VersionId=found["VersionId"])["Body"].read()
    return ContentRef(key=found["Key"], object_version=found["VersionId"], sha256=hashlib.sha256(body).hexdigest())


@pytest.mark.covers("J3")
def test_lists_take_filters_and_cursors(world: WorldForTests, customer: Any) -> None:
    for _ in range(3):
        begin(customer)
        world.clock.pass_(minutes=1)
    make_documents(world)
    first = ADMIN.get("/v1/correspondence", party_id=customer["id"], limit="2").json
    rest = ADMIN.get("/v1/correspondence", party_id=customer["id"], limit="2", cursor=first["next_cursor"]).json
    assert [one["number"][-4:] for one in (*first["items"], *rest["items"])] == ["C003", "C002", "C001"]
    assert len(ADMIN.get("/v1/correspondence", status="ready", type="notice").json["items"]) == 3
    assert ADMIN.get("/v1/correspondence", status="void").json["items"] == []
    assert [one["number"] for one in ADMIN.get("/v1/correspondence", q="12345/c2").json["items"]] == ["12345/C002"]
    assert ADMIN.get("/v1/correspondence", to="2026-11-19").json["items"] == []


def test_a_number_that_does_not_exist_is_not_found(customer: Any) -> None:
    for where in ("/v1/correspondence/12345/C001", "/v1/correspondence/999/C001", "/v1/correspondence/12345/X1"):
        assert ADMIN.get(where).status == 404
        assert ADMIN.post(f"{where}/email").status == 404
