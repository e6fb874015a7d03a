"""A message that waits for what it brings: an upload that is on its way, the PDF of what it regards."""

from typing import Any

import pytest

from letterbook.use_cases.delivery.sweep import sweep
from tests.support.api_client import ADMIN, expect_created
from tests.support.aws import WorldForTests, client
from tests.support.failing import after_a_while
from tests.support.pdfs import a_pdf, words_of
from tests.support.steps import a_document, deliver_queue, make_documents

INVOICE = {"type": "invoice", "id": "2025-00123"}
PDF = a_pdf()


def email(party: Any, **changes: Any) -> dict[str, Any]:
    return {"channel": "email", "party_id": party["id"], "subject": "Your invoice", "body": "Dear Sir,", **changes}


def with_pdf(party: Any, **changes: Any) -> dict[str, Any]:
    """It shall bring the PDF of an invoice that no system has told of yet."""
    return email(party, regarding=INVOICE, attach_regarding=True, collect=True, **changes)


def put_in(document_id: str) -> None:
    client("s3").put_object(Bucket="vault", Key=f"staging/{document_id}", Body=PDF)


def told_of(party: Any, document_id: str) -> None:
    """The billing system tells of the invoice."""
    body = {"party_id": party["id"], "document_id": document_id}
    assert ADMIN.put("/v1/subjects/invoice/2025-00123", body).status in (200, 201)


def page_of(entry: Any) -> Any:
    return ADMIN.get(f"/v1/communications/{entry['id']}").json


@pytest.fixture
def on_its_way(world: WorldForTests, party: Any) -> str:
    """A document that was announced and is not uploaded yet."""
    return a_document(world, PDF, uploaded=False, party_id=party["id"]).id


@pytest.mark.covers("F1")
def test_it_waits_for_an_upload_and_goes_by_itself(world: WorldForTests, party: Any, on_its_way: str) -> None:
    answer = ADMIN.post("/v1/communications", email(party, attachments=[on_its_way], collect=True))
    assert (answer.status, answer.json["status"], answer.json["status_group"]) == (202, "collecting", "in_progress")
    assert answer.json["awaits"] == ["Letter of authority.pdf"]
    after_a_while(world, minutes=3)
    assert world.fakes.email.taken == []
    put_in(on_its_way)
    after_a_while(world, minutes=5)
    [parcel] = world.fakes.email.taken
    assert [content for _, content in parcel.attachments] == [PDF]
    assert page_of(answer.json)["awaits"] == []


def test_without_collecting_what_is_not_uploaded_is_refused(party: Any, on_its_way: str) -> None:
    refused = ADMIN.post("/v1/communications", email(party, attachments=[on_its_way]))
    assert (refused.status, refused.places) == (422, [("attachments.0", "not_uploaded")])


def test_it_goes_as_soon_as_another_system_tells_of_the_pdf(world: WorldForTests, party: Any) -> None:
    made = expect_created(ADMIN.post("/v1/communications", with_pdf(party)))
    assert (made["status"], made["awaits"]) == ("collecting", ["the PDF of invoice 2025-00123"])
    make_documents(world)
    assert page_of(made)["status"] == "collecting"
    told_of(party, a_document(world, PDF, party_id=party["id"]).id)
    make_documents(world)
    deliver_queue(world)
    assert page_of(made)["status"] == "sent"
    [parcel] = world.fakes.email.taken
    assert [content for _, content in parcel.attachments] == [PDF]


def test_what_is_told_of_already_is_attached_at_once(world: WorldForTests, party: Any) -> None:
    document = a_document(world, PDF, party_id=party["id"])
    told_of(party, document.id)
    made = expect_created(ADMIN.post("/v1/communications", email(party, regarding=INVOICE, attach_regarding=True)))
    assert (made["status"], [one["id"] for one in made["attachments"]]) == ("queued", [document.id])


def test_without_collecting_there_must_be_a_pdf(party: Any) -> None:
    body = email(party, regarding=INVOICE, attach_regarding=True)
    for path in ("/v1/communications", "/v1/communications/preview"):
        refused = ADMIN.post(path, body)
        assert (refused.status, refused.places) == (422, [("attach_regarding", "no_document")])


def test_what_regards_nothing_has_no_pdf_to_wait_for(party: Any) -> None:
    refused = ADMIN.post("/v1/communications", email(party, attach_regarding=True))
    assert (refused.status, refused.places) == (422, [("regarding", "required")])


def test_the_pdf_of_another_party_is_never_attached(world: WorldForTests, party: Any) -> None:
    other = expect_created(ADMIN.post("/v1/parties", {"kind": "client", "name": "Somebody else"}))
    told_of(party, a_document(world, PDF, party_id=other["id"]).id)
    made = expect_created(ADMIN.post("/v1/communications", with_pdf(party)))
    assert (made["status"], made["attachments"]) == ("collecting", [])


def test_a_letter_waits_too_and_names_what_came(world: WorldForTests, party: Any) -> None:
    made = expect_created(ADMIN.post("/v1/communications", with_pdf(party, channel="manual")))
    told_of(party, a_document(world, PDF, party_id=party["id"], name="Invoice 123.pdf").id)
    make_documents(world)
    there = page_of(made)
    assert (there["status"], [one["name"] for one in there["attachments"]]) == (
        "manual_pending",
        ["Letter.pdf", "Invoice 123.pdf"],
    )
    assert "Invoice 123.pdf" in words_of(there)
    assert [one["event"] for one in there["history"]] == ["accepted", "collected", "to do by hand"]


@pytest.mark.covers("B1")
def test_lists_leave_it_out_and_count_it(party: Any) -> None:
    made = expect_created(ADMIN.post("/v1/communications", with_pdf(party)))
    listed = ADMIN.get("/v1/communications", party_id=party["id"]).json
    assert (listed["items"], listed["hidden"]) == ([], 1)
    assert page_of(made)["status"] == "collecting"


def test_after_an_hour_somebody_is_asked_and_that_is_done_when_it_comes(world: WorldForTests, party: Any) -> None:
    made = expect_created(ADMIN.post("/v1/communications", with_pdf(party)))
    for _ in range(4):
        world.clock.pass_(minutes=30)
        sweep(world)
        make_documents(world)
    [todo] = ADMIN.get("/v1/todos").json["items"]
    assert todo["communication_id"] == made["id"]
    assert todo["title"] == "Bring the PDF of invoice 2025-00123 (Email to Priya Raman: Your invoice)"
    assert page_of(made)["hints"] == ["data_missing"]
    told_of(party, a_document(world, PDF, party_id=party["id"]).id)
    make_documents(world)
    assert (ADMIN.get("/v1/todos").json["items"], page_of(made)["hints"]) == ([], [])


def test_after_a_week_it_fails_in_words(world: WorldForTests, party: Any) -> None:
    made = expect_created(ADMIN.post("/v1/communications", with_pdf(party)))
    for _ in range(8):
        world.clock.pass_(days=1)
        sweep(world)
        make_documents(world)
    failed = page_of(made)
    assert (failed["status"], failed["failure"]["code"]) == ("failed", "invalid_document")
    assert failed["failure"]["reason"] == "For a week it waited for the PDF of invoice 2025-00123."
    [todo] = ADMIN.get("/v1/todos").json["items"]
    assert todo["title"].startswith("Not delivered to Priya Raman: For a week it waited")


def test_it_can_be_cancelled_while_it_waits(world: WorldForTests, party: Any) -> None:
    made = expect_created(ADMIN.post("/v1/communications", with_pdf(party)))
    assert ADMIN.post(f"/v1/communications/{made['id']}/cancel").json["status"] == "cancelled"
    told_of(party, a_document(world, PDF, party_id=party["id"]).id)
    make_documents(world)
    after_a_while(world)
    assert (page_of(made)["status"], world.fakes.email.taken) == ("cancelled", [])


def test_a_draft_may_wait_too_once_it_is_sent(world: WorldForTests, party: Any, on_its_way: str) -> None:
    body = email(party, attachments=[on_its_way], collect=True, send_now=False)
    draft = expect_created(ADMIN.post("/v1/communications", body))
    assert (draft["status"], draft["attachments"]) == ("draft", [])
    assert ADMIN.post(f"/v1/communications/{draft['id']}/send").json["status"] == "collecting"
    put_in(on_its_way)
    after_a_while(world)
    assert page_of(draft)["status"] == "sent"


def test_another_file_than_was_looked_at_never_goes(world: WorldForTests, party: Any, on_its_way: str) -> None:
    looked_at = {"id": on_its_way, "sha256": "0" * 64}
    made = expect_created(ADMIN.post("/v1/communications", email(party, attachments=[looked_at], collect=True)))
    put_in(on_its_way)
    after_a_while(world)
    assert (page_of(made)["status"], page_of(made)["failure"]["code"]) == ("failed", "invalid_document")
    assert world.fakes.email.taken == []


def test_a_preview_says_what_would_go_although_something_is_missing(party: Any, on_its_way: str) -> None:
    shown = ADMIN.post("/v1/communications/preview", with_pdf(party, attachments=[on_its_way]))
    assert (shown.status, shown.json["attachments"], shown.json["decision"]["action"]) == (200, [], "send")


@pytest.mark.parametrize("field", ["collect", "attach_regarding"])
def test_a_text_message_brings_nothing(party: Any, field: str) -> None:
    body = {"channel": "sms", "party_id": party["id"], "body": "?", "regarding": INVOICE, field: True}
    assert ADMIN.post("/v1/communications", body).places == [(field, "not_for_channel")]


def test_what_comes_outside_the_hours_of_the_channel_waits_for_them(world: WorldForTests, party: Any) -> None:
    ADMIN.put("/v1/settings", {"quiet_hours": {"email": {"start": "09:00", "end": "17:00"}}})
    made = expect_created(ADMIN.post("/v1/communications", with_pdf(party)))
    world.clock.pass_(hours=10)
    told_of(party, a_document(world, PDF, party_id=party["id"]).id)
    make_documents(world)
    deliver_queue(world)
    there = page_of(made)
    assert (there["status"], there["scheduled_for"], world.fakes.email.taken) == (
        "scheduled",
        "2026-11-23T09:00:00Z",
        [],
    )
    world.clock.pass_(hours=62)
    after_a_while(world)
    assert (page_of(made)["status"], len(world.fakes.email.taken)) == ("sent", 1)


def test_a_letter_that_waited_bears_the_date_of_the_day_that_it_goes(world: WorldForTests, party: Any) -> None:
    made = expect_created(ADMIN.post("/v1/communications", with_pdf(party, channel="manual")))
    world.clock.pass_(days=5)
    told_of(party, a_document(world, PDF, party_id=party["id"]).id)
    make_documents(world)
    assert "25 November 2026" in words_of(page_of(made))


def test_a_letter_that_waited_is_not_written_to_who_was_put_on_hold_since(world: WorldForTests, party: Any) -> None:
    made = expect_created(ADMIN.post("/v1/communications", with_pdf(party, channel="manual")))
    hold = {"hold": {"kind": "solicitor", "reason": "Smith LLP"}}
    assert ADMIN.put(f"/v1/parties/{party['id']}/preferences", hold).status == 200
    told_of(party, a_document(world, PDF, party_id=party["id"]).id)
    make_documents(world)
    there = page_of(made)
    assert (there["status"], there["decision"]["rule"], there["awaits"]) == ("skipped", "contact_hold", [])
    assert ADMIN.get("/v1/todos").json["items"] == []
