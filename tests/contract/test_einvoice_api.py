"""E-invoices over the API: composed, previewed, refused, read."""

from typing import Any

import pytest

from tests.support.api_client import ADMIN, expect_created
from tests.support.aws import WorldForTests
from tests.support.einvoice_entries import BUYER, MOULIN, a_buyer, a_file, an_einvoice
from tests.support.einvoices import Line, Sample, ubl
from tests.support.factur_x import factur_x

COMMUNICATIONS, PREVIEW = "/v1/communications", "/v1/communications/preview"


@pytest.fixture
def moulin(world: WorldForTests) -> Any:
    return a_buyer()


def post(body: dict[str, Any], client_: Any = ADMIN, **headers: str) -> Any:
    return client_.post(COMMUNICATIONS, body, **headers)


@pytest.mark.covers("A11")
def test_an_einvoice_is_accepted_and_regards_itself(world: WorldForTests, moulin: Any) -> None:
    answer = post(an_einvoice(world, moulin))
    assert answer.status == 202
    entry = answer.json
    assert (entry["channel"], entry["status"], entry["subject"], entry["category"]) == (
        "einvoice", "queued", "Invoice 2026-0042", "invoice",
    )  # fmt: skip
    assert entry["to"] == ["0208:0987654394"]
    assert entry["regarding"] == {"type": "invoice", "id": "2026-0042", "label": "Invoice 2026-0042", "url": None}
    assert entry["einvoice"] == {
        "network": "peppol", "receiver": BUYER, "kind": "invoice", "number": "2026-0042", "amount": "121.00",
        "currency": "EUR", "due_on": "2026-12-30",
    }  # fmt: skip
    assert [one["name"] for one in entry["attachments"]] == ["invoice.xml"]


def test_its_text_is_the_invoice_as_people_read_it(world: WorldForTests, moulin: Any) -> None:
    made = expect_created(post(an_einvoice(world, moulin)))
    body = ADMIN.get(f"{COMMUNICATIONS}/{made['id']}").json["body"]
    for words in ("2026-0042", "Atelier Nord", "Moulin & Fils", "30 Dec 2026", "Advice", "€121.00", "Thank you."):
        assert words in body["text"]
    assert body["html"] is None


@pytest.mark.covers("A11")
def test_its_number_amount_and_due_date_become_the_subject_that_it_regards(world: WorldForTests, moulin: Any) -> None:
    expect_created(post(an_einvoice(world, moulin)))
    subject = ADMIN.get("/v1/subjects/invoice/2026-0042").json
    assert subject["party_id"] == moulin["id"]
    assert (subject["amount"], subject["outstanding"], subject["currency"]) == ("121.00", "121.00", "EUR")
    assert (subject["date"], subject["due_date"]) == ("2026-11-30", "2026-12-30")


def test_what_another_system_told_of_it_stays(world: WorldForTests, moulin: Any) -> None:
    told = {"party_id": moulin["id"], "label": "Rent", "amount": "120.00", "currency": "EUR", "status": "open"}
    expect_created(ADMIN.put("/v1/subjects/invoice/2026-0042", told))
    made = expect_created(post(an_einvoice(world, moulin)))
    assert made["regarding"]["label"] == "Rent"
    subject = ADMIN.get("/v1/subjects/invoice/2026-0042").json
    assert (subject["label"], subject["amount"], subject["status"]) == ("Rent", "120.00", "open")
    assert (subject["outstanding"], subject["due_date"]) == (None, "2026-12-30")


def test_what_is_regarded_besides_is_as_the_caller_says(world: WorldForTests, moulin: Any) -> None:
    made = expect_created(post(an_einvoice(world, moulin, regarding={"type": "contract", "id": "7"}, category="rent")))
    assert (made["regarding"]["type"], made["category"]) == ("contract", "rent")


def test_a_credit_note_is_one(world: WorldForTests, moulin: Any) -> None:
    made = expect_created(post(an_einvoice(world, moulin, Sample(credit_note=True))))
    assert (made["subject"], made["regarding"]["type"], made["einvoice"]["kind"]) == (
        "Credit note 2026-0042", "credit_note", "credit_note",
    )  # fmt: skip


# ---- what is refused


NEGATIVE = Sample(lines=(Line(price=-Line().price),))


def test_a_file_that_breaks_rules_is_refused_with_each_rules_number(world: WorldForTests, moulin: Any) -> None:
    body = an_einvoice(world, moulin, NEGATIVE)
    refused = post(body)
    assert refused.status == 422
    assert ("document_id", "br-27") in refused.places
    assert any("BR-27" in one["message"] for one in refused.json["errors"])
    assert ADMIN.get(COMMUNICATIONS).json["items"] == []
    assert ADMIN.get("/v1/subjects/invoice/2026-0042").status == 404


def test_what_cannot_even_be_shown_is_told_with_every_other_fault(world: WorldForTests, moulin: Any) -> None:
    file = ubl(NEGATIVE).replace(b"<cbc:ID>2026-0042</cbc:ID>", b"").replace(b"2026-11-30", b"soon")
    refused = post({**an_einvoice(world, moulin), "document_id": a_file(world, file, moulin)})
    codes = [code for _, code in refused.places]
    assert {"br-02", "br-27", "peppol-en16931-f001"} <= {*codes}
    # The date is there, and is named once.
    assert len([one for one in refused.json["errors"] if "cbc:IssueDate" in one["message"]]) == 1


def test_a_pdf_is_none_of_peppols_and_that_is_told_once(world: WorldForTests, moulin: Any) -> None:
    document = a_file(world, factur_x(), moulin, "application/pdf")
    refused = post({**an_einvoice(world, moulin), "document_id": document})
    assert refused.places == [("document_id", "peppol-en16931-r004")]


def test_preview_tells_the_same_and_refuses_nothing(world: WorldForTests, moulin: Any) -> None:
    shown = ADMIN.post(PREVIEW, an_einvoice(world, moulin, NEGATIVE))
    assert shown.status == 200
    assert (shown.json["decision"]["action"], shown.json["decision"]["rule"]) == ("refuse", "document")
    assert ("document_id", "br-27") in [(one["field"], one["code"]) for one in shown.json["errors"]]
    assert shown.json["einvoice"]["number"] == "2026-0042"


def test_preview_of_one_that_may_go_shows_it(world: WorldForTests, moulin: Any) -> None:
    shown = ADMIN.post(PREVIEW, an_einvoice(world, moulin)).json
    assert (shown["decision"]["action"], shown["errors"]) == ("send", [])
    assert [row["rule"] for row in shown["decision"]["trace"]][-2:] == ["document", "sent_before"]
    assert "€121.00" in shown["rendered"]["text"]
    assert ADMIN.get("/v1/subjects/invoice/2026-0042").status == 404


BOMB = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><Invoice>&b;</Invoice>'
OUTSIDE = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><Invoice>&a;</Invoice>'


@pytest.mark.parametrize(
    "content",
    [
        BOMB, OUTSIDE, b"", b"\x00\xff", b"<Invoice", b"<Invoice/>", b"{}", b"\x89PNG\r\n", b"%PDF-1.7\n%%EOF",
        ubl().replace(b"Invoice-2", b"Invoice-3"), b"<a>" * 10_000,
    ],
)  # fmt: skip
def test_what_is_no_einvoice_is_refused_in_words(world: WorldForTests, moulin: Any, content: bytes) -> None:
    body = {**an_einvoice(world, moulin), "document_id": a_file(world, content or b" ", moulin)}
    refused, shown = post(body), ADMIN.post(PREVIEW, body)
    assert refused.status == 422
    assert {one["field"] for one in refused.json["errors"]} == {"document_id"}
    assert all(one["message"][:1].isupper() for one in refused.json["errors"])
    assert (shown.status, shown.json["decision"]["action"]) == (200, "refuse")


def test_a_file_that_is_not_uploaded_yet_is_told(world: WorldForTests, moulin: Any) -> None:
    body = {**an_einvoice(world, moulin), "document_id": a_file(world, ubl(), moulin, uploaded=False)}
    for path in (COMMUNICATIONS, PREVIEW):
        refused = ADMIN.post(path, body)
        assert (refused.status, refused.places) == (422, [("document_id", "not_uploaded")])


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"document_id": None}, ("document_id", "required")),
        ({"subject": "An invoice"}, ("subject", "not_for_channel")),
        ({"body": "See there"}, ("body", "not_for_channel")),
        ({"to": ["a@b.example"]}, ("to", "not_for_channel")),
        ({"network": "fax"}, ("network", "not_one_of")),
        ({"receiver": {"scheme": "0208", "id": "0987654395"}}, ("receiver.id", "invalid_number")),
        ({"receiver": {"scheme": "8800", "id": "0987654394"}}, ("receiver.scheme", "unknown_scheme")),
    ],
)
def test_fields_that_are_wrong_are_named(
    world: WorldForTests, moulin: Any, changes: dict[str, Any], place: tuple[str, str]
) -> None:
    refused = post({**an_einvoice(world, moulin), **changes})
    assert (refused.status, refused.places) == (422, [place])


def test_it_goes_to_whom_the_file_names_or_not_at_all(world: WorldForTests, moulin: Any) -> None:
    other = {"scheme": "0208", "id": "0123456749"}
    refused = post(an_einvoice(world, moulin, receiver=other))
    assert (refused.status, refused.places) == (422, [("receiver", "receiver_differs")])


def test_without_an_address_of_the_party_or_the_message_it_reaches_nobody(world: WorldForTests) -> None:
    nobody = a_buyer(einvoice=None)
    assert post(an_einvoice(world, nobody)).status == 202
    [entry] = [one for one in ADMIN.get(COMMUNICATIONS).json["items"] if one["channel"] == "einvoice"]
    assert (entry["status"], entry["decision"]["action"]) == ("skipped", "fallback")


def test_the_network_is_the_partys_where_nobody_names_one(world: WorldForTests) -> None:
    siret = {"scheme": "0009", "id": "73282932000074", "network": "chorus_pro"}
    town = a_buyer(einvoice=siret)
    body = an_einvoice(world, town)
    del body["network"]
    assert ADMIN.post(PREVIEW, body).json["einvoice"]["network"] == "chorus_pro"


# ---- once over its network


@pytest.mark.covers("G4")
def test_the_same_number_does_not_go_twice(world: WorldForTests, moulin: Any) -> None:
    first = expect_created(post(an_einvoice(world, moulin)))
    again = post(an_einvoice(world, moulin))
    assert (again.status, again.json["type"].rpartition("/")[2]) == (409, "sent-before")
    assert first["id"] in again.json["detail"]
    shown = ADMIN.post(PREVIEW, an_einvoice(world, moulin)).json
    assert (shown["decision"]["action"], shown["decision"]["rule"]) == ("refuse", "sent_before")


def test_another_seller_kind_or_network_has_numbers_of_its_own(world: WorldForTests, moulin: Any) -> None:
    expect_created(post(an_einvoice(world, moulin)))
    expect_created(post(an_einvoice(world, moulin, Sample(credit_note=True))))
    expect_created(post(an_einvoice(world, moulin, Sample(seller=("0208", "0202239951"), seller_vat="BE0202239951"))))


def test_what_was_cancelled_gives_its_number_back(world: WorldForTests, moulin: Any) -> None:
    first = expect_created(post(an_einvoice(world, moulin, send_at="2026-11-25T09:00:00Z")))
    assert post(an_einvoice(world, moulin)).status == 409
    assert ADMIN.post(f"{COMMUNICATIONS}/{first['id']}/cancel").status == 200
    expect_created(post(an_einvoice(world, moulin)))


def test_the_same_key_answers_the_same_entry(world: WorldForTests, moulin: Any) -> None:
    body = an_einvoice(world, moulin)
    first = ADMIN.post(COMMUNICATIONS, body, **{"Idempotency-Key": "one"})
    second = ADMIN.post(COMMUNICATIONS, body, **{"Idempotency-Key": "one"})
    assert (first.status, second.status, second.json["id"]) == (202, 202, first.json["id"])


# ---- drafts


def test_a_draft_may_break_rules_and_takes_no_number(world: WorldForTests, moulin: Any) -> None:
    draft = expect_created(post(an_einvoice(world, moulin, NEGATIVE, send_now=False)))
    assert (draft["status"], draft["einvoice"]["number"]) == ("draft", "2026-0042")
    refused = ADMIN.post(f"{COMMUNICATIONS}/{draft['id']}/send")
    assert (refused.status, ("document_id", "br-27") in refused.places) == (422, True)
    better = {"document_id": a_file(world, ubl(), moulin)}
    amended = ADMIN.patch(f"{COMMUNICATIONS}/{draft['id']}", better)
    assert (amended.status, [one["id"] for one in amended.json["attachments"]]) == (200, [better["document_id"]])
    assert ADMIN.post(f"{COMMUNICATIONS}/{draft['id']}/send").json["status"] == "queued"
    assert ADMIN.get("/v1/subjects/invoice/2026-0042").status == 200


def test_two_drafts_of_one_number_go_once(world: WorldForTests, moulin: Any) -> None:
    drafts = [expect_created(post(an_einvoice(world, moulin, send_now=False))) for _ in range(2)]
    answers = [ADMIN.post(f"{COMMUNICATIONS}/{one['id']}/send") for one in drafts]
    assert [one.status for one in answers] == [202, 409]


# ---- the party's address


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ({"scheme": "0208", "id": "0123456748"}, ("einvoice.id", "invalid_number")),
        ({"scheme": "0208", "id": "123"}, ("einvoice.id", "invalid_number")),
        ({"scheme": "1111", "id": "123"}, ("einvoice.scheme", "unknown_scheme")),
        ({"scheme": "0208"}, ("einvoice.id", "required")),
        ({"scheme": "0208", "id": "0123456749", "network": "fax"}, ("einvoice.network", "not_one_of")),
    ],
)
def test_an_address_that_nobody_can_have_is_refused(
    world: WorldForTests, address: dict[str, Any], place: tuple[str, str]
) -> None:
    refused = ADMIN.post("/v1/parties", {**MOULIN, "einvoice": address})
    assert (refused.status, refused.places) == (422, [place])


def test_an_address_has_its_network_where_that_is_told(world: WorldForTests) -> None:
    told = {"scheme": "0009", "id": "73282932000074", "network": "chorus_pro"}
    assert a_buyer(einvoice=told)["einvoice"] == told
    assert a_buyer()["einvoice"] == {**BUYER, "network": None}


# ---- what the networks know the firm by


def test_settings_know_the_firm_in_each_network(world: WorldForTests) -> None:
    nothing = {"peppol": {"legal_entity": ""}, "chorus_pro": {"technical_account": "", "service_code": ""}}
    assert ADMIN.get("/v1/settings").json["networks"] == nothing
    told = {"peppol": {"legal_entity": "4711"}, "chorus_pro": {"technical_account": "TECH_1@cpro.fr"}}
    saved = ADMIN.put("/v1/settings", {"networks": told})
    assert (saved.status, saved.json["networks"]["peppol"]) == (200, {"legal_entity": "4711"})
    again = ADMIN.put("/v1/settings", {"networks": {"chorus_pro": {"service_code": "S1", "technical_account": None}}})
    assert again.json["networks"] == {
        "peppol": {"legal_entity": "4711"}, "chorus_pro": {"technical_account": "", "service_code": "S1"},
    }  # fmt: skip
    assert ADMIN.put("/v1/settings", ADMIN.get("/v1/settings").json | {"updated_at": None}).status == 200


@pytest.mark.parametrize(
    ("networks", "place"),
    [
        ({"peppol": {"legal_entity": "one"}}, ("networks.peppol.legal_entity", "invalid_format")),
        ({"chorus_pro": {"password": "x"}}, ("networks.chorus_pro.password", "unknown_field")),
        ({"fax": {}}, ("networks.fax", "unknown_field")),
    ],
)
def test_settings_that_no_network_has_are_refused(
    world: WorldForTests, networks: dict[str, Any], place: tuple[str, str]
) -> None:
    refused = ADMIN.put("/v1/settings", {"networks": networks})
    assert (refused.status, refused.places) == (422, [place])
