"""Attachments as they were looked at: what a preview answers is what is sent, or nothing is."""

from hashlib import sha256
from typing import Any

import pytest

from tests.support.api_client import ADMIN, email, expect_created
from tests.support.aws import WorldForTests
from tests.support.builders import BOUNCED
from tests.support.lambda_client import Answer
from tests.support.steps import a_document, assert_nothing_happened, deliver_queue, standing, tell

CONTENT = b"%PDF of authority"
DIGEST, OTHER = sha256(CONTENT).hexdigest(), sha256(b"other").hexdigest()
PATH = "/v1/communications"


@pytest.fixture
def document(world: WorldForTests) -> Any:
    return a_document(world, CONTENT)


def as_seen(document: Any, digest: str = DIGEST) -> dict[str, str]:
    return {"id": document.id, "sha256": digest}


def assert_changed(answer: Answer, field: str = "attachments.0") -> None:
    assert (answer.status, answer.json["type"]) == (409, "/problems/document-changed"), answer.text
    assert answer.places == [(field, "document_changed")]


@pytest.mark.parametrize("looked_at_before", [True, False])
def test_what_a_preview_answers_is_sent(
    world: WorldForTests, party: Any, document: Any, looked_at_before: bool
) -> None:
    attachments: Any = [as_seen(document)]
    if looked_at_before:
        attachments = ADMIN.post(f"{PATH}/preview", email(party, attachments=[document.id])).json["attachments"]
        assert attachments == [as_seen(document)]
    entry = expect_created(ADMIN.post(PATH, email(party, attachments=attachments)))
    assert [one["sha256"] for one in entry["attachments"]] == [DIGEST]
    deliver_queue(world)
    assert [content for _, content in world.fakes.email.taken[0].attachments] == [CONTENT]


def test_other_content_than_was_looked_at_is_refused_and_nothing_written(
    world: WorldForTests, party: Any, document: Any
) -> None:
    good = a_document(world)
    body = email(party, attachments=[good.id, as_seen(document, OTHER)])
    assert_changed(ADMIN.post(f"{PATH}/preview", body), "attachments.1")
    assert_changed(ADMIN.post(PATH, body), "attachments.1")
    assert_changed(ADMIN.post(PATH, body | {"send_now": False}), "attachments.1")
    assert_nothing_happened(world)
    note = {"channel": "note", "party_id": party["id"], "body": "x", "attachments": [as_seen(document, OTHER)]}
    assert_changed(ADMIN.post(PATH, note))
    assert_nothing_happened(world)


def test_a_draft_keeps_what_was_looked_at(party: Any, document: Any) -> None:
    draft = expect_created(ADMIN.post(PATH, email(party, attachments=[as_seen(document)], send_now=False)))
    path = f"{PATH}/{draft['id']}"
    assert ADMIN.patch(path, {"subject": "Other"}).status == 200
    assert_changed(ADMIN.patch(path, {"attachments": [as_seen(document, OTHER)]}))
    assert ADMIN.get(path).json["subject"] == "Other"
    assert ADMIN.patch(path, {"attachments": [document.id]}).json["attachments"][0]["sha256"] == DIGEST
    assert ADMIN.post(f"{path}/send").status == 202


def test_what_was_looked_at_is_sent_again_too(world: WorldForTests, party: Any, document: Any) -> None:
    entry = expect_created(ADMIN.post(PATH, email(party, attachments=[as_seen(document)])))
    deliver_queue(world)
    tell(world, standing(world, entry["id"]), BOUNCED)
    again = expect_created(ADMIN.post(f"{PATH}/{entry['id']}/resend"))
    assert again["attachments"] == entry["attachments"]


def test_an_amended_record_says_nothing_of_digests(party: Any, document: Any) -> None:
    note = {"channel": "note", "party_id": party["id"], "body": "x", "attachments": [document.id]}
    made = expect_created(ADMIN.post(PATH, note))
    path = f"{PATH}/{made['id']}"
    assert ADMIN.patch(path, {"body": "y", "attachments": [as_seen(document)]}).status == 200
    assert [sorted(row["was"]) for row in ADMIN.get(path).json["history"]] == [[], ["body"]]


@pytest.mark.parametrize(
    ("attachments", "place"),
    [
        ([{"id": "doc_1", "sha256": DIGEST}], ("attachments.0.id", "invalid_id")),
        ([{"sha256": DIGEST}], ("attachments.0.id", "required")),
        (lambda doc: [as_seen(doc, DIGEST.upper())], ("attachments.0.sha256", "invalid_format")),
        (lambda doc: [as_seen(doc, DIGEST[:-1])], ("attachments.0.sha256", "invalid_format")),
        (lambda doc: [as_seen(doc, DIGEST + "\n")], ("attachments.0.sha256", "invalid_format")),
        (lambda doc: [{"id": doc.id}], ("attachments.0.sha256", "required")),
        (lambda doc: [{"id": doc.id, "sha256": None}], ("attachments.0.sha256", "wrong_type")),
        (lambda doc: [as_seen(doc) | {"name": "x"}], ("attachments.0.name", "unknown_field")),
        (lambda doc: [as_seen(doc), as_seen(doc, OTHER)], ("attachments.1.sha256", "differs")),
        (["nonsense"], ("attachments.0", "invalid_id")),
        ([7], ("attachments.0", "wrong_type")),
    ],
)
def test_attachments_that_are_none(
    world: WorldForTests, party: Any, document: Any, attachments: Any, place: tuple[str, str]
) -> None:
    asked = attachments(document) if callable(attachments) else attachments
    for path in (PATH, f"{PATH}/preview"):
        refused = ADMIN.post(path, email(party, attachments=asked))
        assert (refused.status, refused.places) == (422, [place])
    assert_nothing_happened(world)
