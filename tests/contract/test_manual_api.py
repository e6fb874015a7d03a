"""Delivered by hand: a document to print, a TODO, and somebody's word that it was done."""

from typing import Any

import pytest

from letterbook.domain.errors import Unavailable
from letterbook.domain.letter import TypesettingFailed
from letterbook.domain.templates import Variable
from tests.support.api_client import ADMIN, expect_created
from tests.support.aws import WorldForTests
from tests.support.failing import fails_once
from tests.support.lambda_client import Caller
from tests.support.pdfs import a_pdf, kept, words_of
from tests.support.steps import a_document, a_template, assert_nothing_happened, make_documents


def by_hand(party: Any, **changes: Any) -> dict[str, Any]:
    body = {"channel": "manual", "party_id": party["id"], "subject": "Final notice", "body": "Dear **Sir**,"}
    return {name: value for name, value in {**body, **changes}.items() if value is not None}


def made_ready(world: WorldForTests, entry: Any) -> Any:
    """The entry once its document is made."""
    make_documents(world)
    return ADMIN.get(f"/v1/communications/{entry['id']}").json


@pytest.mark.covers("E6", "D7")
def test_it_waits_for_somebody_with_a_letter_and_a_todo(world: WorldForTests, party: Any) -> None:
    answer = ADMIN.post("/v1/communications", by_hand(party, address="1 High Street\nLeeds <LS1>"))
    assert (answer.status, answer.json["status"], answer.json["decision"]["action"]) == (202, "generating", "manual")
    assert (answer.json["attachments"], ADMIN.get("/v1/todos").json["items"]) == ([], [])
    made = made_ready(world, answer.json)
    assert (made["status"], made["status_group"]) == ("manual_pending", "manual")
    words = words_of(made)
    for said in ("Priya Raman", "1 High Street", "Leeds <LS1>", "Final notice", "Sir", "20 November 2026"):
        assert said in words
    assert ADMIN.get(f"/v1/documents/{made['attachments'][0]['id']}").status == 302
    [todo] = ADMIN.get("/v1/todos").json["items"]
    assert (todo["title"], todo["communication_id"]) == ("Deliver by hand to Priya Raman: Final notice", made["id"])
    assert world.queued("email") == []
    assert [one["event"] for one in made["history"]] == ["accepted", "to do by hand"]


def test_nothing_is_declared_of_a_letter_that_is_not_there_yet(party: Any) -> None:
    made = expect_created(ADMIN.post("/v1/communications", by_hand(party)))
    refused = ADMIN.post(f"/v1/communications/{made['id']}/deliver", {"reason": "Handed over"})
    assert (refused.status, refused.json["code"]) == (409, "not_deliverable")
    assert "being prepared" in refused.json["detail"]


def test_a_letter_that_says_nothing_is_refused(world: WorldForTests, party: Any) -> None:
    """It would be taken for a document that is sent as it is, and there is none."""
    variables = (Variable(name="x", example="a"),)
    a_template(world, key="blank", channels=("manual",), subject="S", body="{{ x }}", variables=variables)
    empty = by_hand(party, subject=None, body=None, template={"key": "blank", "variables": {"x": ""}})
    for asked in (by_hand(party, body="[page break]"), empty):
        refused = ADMIN.post("/v1/communications", asked)
        assert (refused.status, refused.places) == (422, [("body", "required")])
    assert world.queued("render") == []


def test_what_is_attached_is_named_below_the_letter(world: WorldForTests, party: Any) -> None:
    document = a_document(world, party_id=party["id"], name="Your contract.pdf")
    made = made_ready(
        world, expect_created(ADMIN.post("/v1/communications", by_hand(party, attachments=[document.id])))
    )
    assert [one["name"] for one in made["attachments"]] == ["Letter.pdf", "Your contract.pdf"]
    assert "Your contract.pdf" in words_of(made)


def test_who_gets_a_copy_is_named_on_the_letter(world: WorldForTests, party: Any) -> None:
    copies = ["Castlegate Finance", "Tom Reed, <Head> of *Complaints*"]
    letter = by_hand(party, copies=copies, address="1 High Street")
    made = made_ready(world, expect_created(ADMIN.post("/v1/communications", letter)))
    assert "Copy to" in words_of(made)
    assert all(one in words_of(made) for one in copies)
    assert [one["role"] for one in made["recipients"]] == ["to"], "a copy is the firm's to send"


@pytest.mark.parametrize("copies", [["x"] * 11, ["two\nlines"], [""], "x" * 2000])
def test_copies_that_no_letter_names_are_refused(party: Any, copies: Any) -> None:
    refused = ADMIN.post("/v1/communications", by_hand(party, copies=copies))
    assert refused.status == 422
    assert {place.partition(".")[0] for place, _ in refused.places} == {"copies"}


def test_an_email_has_recipients_of_copies_instead(party: Any) -> None:
    refused = ADMIN.post("/v1/communications", by_hand(party, channel="email", copies=["Castlegate Finance"]))
    assert (refused.status, [place for place, _ in refused.places]) == (422, ["copies"])


def test_a_letter_that_goes_nowhere_is_not_made(world: WorldForTests, party: Any) -> None:
    assert ADMIN.patch(f"/v1/parties/{party['id']}", {"payment_method": "direct_debit"}).status == 200
    made = expect_created(ADMIN.post("/v1/communications", by_hand(party, category="invoice")))
    assert (made["status"], made["attachments"], world.queued("render")) == ("skipped", [], [])


def test_a_character_that_no_font_has_is_named(world: WorldForTests, party: Any) -> None:
    made = made_ready(
        world, expect_created(ADMIN.post("/v1/communications", by_hand(party, body="Dear \U00013080,\n\nyours")))
    )
    assert (made["status"], made["missing_characters"], made["hints"]) == (
        "manual_pending",
        ["\U00013080"],
        ["missing_characters"],
    )


@pytest.mark.covers("E6")
def test_somebody_declares_it_delivered_and_the_todo_is_done(world: WorldForTests, party: Any) -> None:
    made = made_ready(world, expect_created(ADMIN.post("/v1/communications", by_hand(party))))
    world.clock.pass_(hours=2)
    path = f"/v1/communications/{made['id']}"
    told = {"reason": "Handed over", "details": "At the office", "delivered_at": "2026-11-20T11:00:00Z"}
    done = ADMIN.post(f"{path}/deliver", told)
    assert done.status == 200
    assert (done.json["status"], done.json["delivery_basis"]) == ("delivered", "declared")
    assert done.json["delivered_at"] == "2026-11-20T11:00:00Z"
    assert done.json["audit"] == {"reason": "Handed over", "details": "At the office"}
    assert ADMIN.get("/v1/todos").json["items"] == []
    last = ADMIN.get(path).json["history"][-1]
    assert (last["event"], last["note"], last["actor"]["id"]) == (
        "declared delivered",
        "Handed over: At the office",
        "user-1",
    )
    assert ADMIN.post(f"{path}/deliver", told).json["code"] == "not_deliverable"


def as_it_is(world: WorldForTests, party: Any, content: bytes, **changes: Any) -> Any:
    """A letter that somebody else wrote, to be sent as it is."""
    document = a_document(world, content, party_id=party["id"], **changes)
    return ADMIN.post("/v1/communications", by_hand(party, subject=None, body=None, document_id=document.id))


def test_a_letter_that_is_there_already_is_sent_as_it_is(world: WorldForTests, party: Any) -> None:
    content = a_pdf(3)
    made = made_ready(world, expect_created(as_it_is(world, party, content)))
    assert (made["status"], [one["name"] for one in made["attachments"]]) == (
        "manual_pending",
        ["Letter of authority.pdf"],
    )
    assert kept(made["attachments"][0]["id"]) == content


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"MZ\x90 a program", "it is no PDF."),
        (b"%PDF-1.7\nand then nothing", "it is damaged, and cannot be opened."),
        (a_pdf(password="secret"), "it is encrypted."),
        (a_pdf(0), "it has no pages."),
        (a_pdf(501), "it has 501 pages, and a letter at most 500."),
    ],
    ids=["none", "damaged", "encrypted", "empty", "too long"],
)
def test_what_cannot_be_sent_as_a_letter_fails_and_somebody_sees_to_it(
    world: WorldForTests, party: Any, content: bytes, why: str
) -> None:
    made = made_ready(world, expect_created(as_it_is(world, party, content)))
    assert (made["status"], made["failure"]["code"]) == ("failed", "invalid_document")
    assert made["failure"]["reason"] == f"The file cannot be sent as a letter: {why}"
    [todo] = ADMIN.get("/v1/todos").json["items"]
    assert todo["communication_id"] == made["id"]
    assert world.queued("render") == []


def test_what_says_that_it_is_no_pdf_is_refused_at_once(world: WorldForTests, party: Any) -> None:
    refused = as_it_is(world, party, b"PK", name="Letter.docx", media_type="application/msword")
    assert (refused.status, refused.places) == (422, [("document_id", "not_a_pdf")])
    assert_nothing_happened(world)


def test_it_can_be_cancelled_and_then_there_is_nothing_to_do(party: Any) -> None:
    made = expect_created(ADMIN.post("/v1/communications", by_hand(party)))
    assert ADMIN.post(f"/v1/communications/{made['id']}/cancel").json["status"] == "cancelled"
    assert ADMIN.get("/v1/todos").json["items"] == []
    assert ADMIN.post(f"/v1/communications/{made['id']}/deliver", {"reason": "x"}).status == 409


@pytest.mark.parametrize(
    ("body", "field"), [({}, "reason"), ({"reason": "x", "delivered_at": "2026-12-24T10:00:00Z"}, "delivered_at")]
)
def test_what_is_declared_is_looked_at(world: WorldForTests, party: Any, body: dict[str, str], field: str) -> None:
    made = made_ready(world, expect_created(ADMIN.post("/v1/communications", by_hand(party))))
    refused = ADMIN.post(f"/v1/communications/{made['id']}/deliver", body)
    assert (refused.status, [place for place, _ in refused.places]) == (422, [field])


def test_who_may_not_send_declares_nothing(party: Any) -> None:
    made = expect_created(ADMIN.post("/v1/communications", by_hand(party)))
    path = f"/v1/communications/{made['id']}/deliver"
    assert Caller(role="auditor").post(path, {"reason": "x"}).status == 403
    assert Caller(user="user-7", role="agent").post(path, {"reason": "x"}).status == 404


def test_a_hold_binds_what_is_delivered_by_hand_too(party: Any) -> None:
    hold = {"hold": {"kind": "solicitor", "reason": "Smith LLP"}}
    assert ADMIN.put(f"/v1/parties/{party['id']}/preferences", hold).status == 200
    assert ADMIN.post("/v1/communications", by_hand(party)).json["code"] == "contact_hold"


# ---- before it is sent


def test_a_preview_says_how_many_pages_it_makes(party: Any) -> None:
    shown = ADMIN.post("/v1/communications/preview", by_hand(party, body="One\n\n[page break]\n\nTwo")).json
    assert shown["letter"] == {"pages": 2, "missing_characters": []}


def test_a_preview_names_what_no_font_has(party: Any) -> None:
    shown = ADMIN.post("/v1/communications/preview", by_hand(party, body="Dear \U00013080")).json
    assert shown["letter"]["missing_characters"] == ["\U00013080"]


def test_what_goes_by_email_has_no_pages(party: Any) -> None:
    shown = ADMIN.post("/v1/communications/preview", by_hand(party, channel="email")).json
    assert shown["letter"] is None


@pytest.mark.parametrize(
    ("failed", "told"),
    [
        (Unavailable("Letters cannot be shown at the moment."), "Letters cannot be shown at the moment."),
        (TypesettingFailed("it has 501 pages."), "No letter can be made of it: it has 501 pages."),
    ],
)
def test_a_preview_goes_on_without_its_pages(
    world: WorldForTests, party: Any, monkeypatch: pytest.MonkeyPatch, failed: Exception, told: str
) -> None:
    fails_once(monkeypatch, world.typesetter, "pdf", failed)
    shown = ADMIN.post("/v1/communications/preview", by_hand(party))
    assert (shown.status, shown.json["letter"], shown.json["warnings"]) == (200, None, [told])
    assert shown.json["decision"]["action"] == "manual"
