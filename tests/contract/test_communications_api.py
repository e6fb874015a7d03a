"""Composing, reading and listing, as API Gateway calls the functions."""

from typing import Any

import pytest

from tests.support.api_client import ADMIN, NOWHERE, email, expect_created
from tests.support.aws import WorldForTests
from tests.support.steps import deliver_queue

# ---- communications


@pytest.mark.covers("A2", "A9", "D1", "D7", "D8")
def test_composing_answers_202_with_the_entry_where_it_is_and_which_version(party: Any) -> None:
    answer = ADMIN.post("/v1/communications", email(party))
    assert answer.status == 202
    entry = answer.json
    assert answer.headers["Location"] == f"/v1/communications/{entry['id']}"
    assert answer.headers["ETag"] == '"1"'
    assert (entry["status"], entry["status_group"], entry["status_label"]) == ("queued", "in_progress", "Queued")
    assert entry["party"] == {"id": party["id"], "kind": "client", "name": "Priya Raman"}
    assert (entry["from"], entry["to"], entry["cc"], entry["bcc"]) == (
        "legal@firm.example",
        ["priya@mailbox.example"],
        [],
        [],
    )
    assert entry["recipients"] == [{"address": "priya@mailbox.example", "role": "to", "status": "queued"}]
    assert entry["created_by"] == {"id": "user-1", "name": "Jane Marsh", "role": "admin"}
    assert entry["occurred_at"] == entry["created_at"] == "2026-11-20T10:00:00Z"
    assert entry["resendable_until"] == "2027-01-19T10:00:00Z"
    assert entry["decision"]["action"] == "send"
    assert [row["rule"] for row in entry["decision"]["trace"]][:2] == ["may_send", "contact_hold"]


# The contract of an entry: every field, so that none is ever lost.
ENTRY = {
    "id", "channel", "direction", "status", "status_group", "status_label", "delivery_basis", "party", "contact", "case",
    "regarding", "category", "client", "thread_id", "from", "to", "cc", "bcc", "recipients", "subject", "preview", "template",
    "attachments", "provider", "provider_reference", "phone", "meeting", "attempt", "resend_of", "fallback_of", "changes", "hints",
    "resendable_until", "occurred_at", "created_at", "scheduled_for", "sent_at", "delivered_at", "opened_at", "failed_at",
    "failure", "decision", "sms", "response_minutes", "restricted", "ignored", "ignored_by",
    "settled_by", "overtaken_by", "seen_to", "created_by", "content_sha256", "version", "price", "word",
}  # fmt: skip


@pytest.mark.covers("B8")
def test_an_entry_has_every_field_of_the_contract(party: Any) -> None:
    entry = expect_created(ADMIN.post("/v1/communications", email(party)))
    assert ENTRY | {"retention"} <= set(entry)
    [row] = ADMIN.get("/v1/communications").json["items"]
    assert set(row) == ENTRY
    assert "trace" not in row["decision"]
    page = ADMIN.get(f"/v1/communications/{entry['id']}").json
    assert set(entry) | {"body", "history", "history_intact", "attempts", "search_cut"} == set(page)
    assert page["body"]["text"] == "Dear Sir,"
    assert "<strong>Sir</strong>" in page["body"]["html"]
    assert [row["event"] for row in page["history"]] == ["accepted"]
    assert [one["id"] for one in page["attempts"]] == [entry["id"]]


@pytest.mark.covers("A13")
def test_a_failure_is_told_in_words_with_advice(world: WorldForTests, party: Any) -> None:
    from letterbook.domain.errors import Permanent
    from letterbook.domain.failures import FailureCode

    world.fakes.email.next.append(Permanent("MessageRejected", FailureCode.CONTENT))
    entry = expect_created(ADMIN.post("/v1/communications", email(party)))
    deliver_queue(world)
    assert ADMIN.get(f"/v1/communications/{entry['id']}").json["failure"] == {
        "code": "content",
        "reason": "Amazon SES refused the message for its content.",
        "provider_code": "MessageRejected",
        "permanent": True,
        "advice": "Change the text or the attachments, then send again.",
    }


@pytest.mark.covers("D3")
def test_a_draft_answers_201_and_is_sent_by_its_own_address(party: Any) -> None:
    answer = ADMIN.post("/v1/communications", email(party, send_now=False))
    assert (answer.status, answer.json["status"]) == (201, "draft")
    sent = ADMIN.post(f"/v1/communications/{answer.json['id']}/send")
    assert (sent.status, sent.json["status"]) == (202, "queued")
    assert ADMIN.post(f"/v1/communications/{answer.json['id']}/send").status == 409


def test_cancelling(party: Any) -> None:
    entry = expect_created(ADMIN.post("/v1/communications", email(party)))
    assert ADMIN.post(f"/v1/communications/{entry['id']}/cancel").json["status"] == "cancelled"
    refused = ADMIN.post(f"/v1/communications/{entry['id']}/cancel")
    assert (refused.status, refused.json["type"]) == (409, "/problems/too-late")


def test_preview(party: Any) -> None:
    shown = ADMIN.post("/v1/communications/preview", {"channel": "sms", "party_id": party["id"], "body": "€" * 81})
    assert shown.status == 200
    assert shown.json["segments"] == 2
    assert shown.json["rendered"] == {"subject": "", "text": "€" * 81, "html": None}
    assert shown.json["recipients"] == [{"address": "+447700900127", "role": "to"}]
    assert (shown.json["missing_variables"], shown.json["cost_class"]) == ([], "per_segment")
    assert ADMIN.get("/v1/communications").json["items"] == []


def test_times_may_be_given_in_any_zone_and_come_in_utc(party: Any) -> None:
    entry = expect_created(ADMIN.post("/v1/communications", email(party, send_at="2026-11-21T09:00:00+01:00")))
    assert (entry["status"], entry["scheduled_for"]) == ("scheduled", "2026-11-21T08:00:00Z")
    assert entry["decision"]["scheduled_for"] == "2026-11-21T08:00:00Z"


# ---- lists and cursors


def test_pages_are_followed_by_cursors(world: WorldForTests, party: Any) -> None:
    made = []
    for _ in range(5):
        world.clock.pass_(seconds=1)
        made.append(expect_created(ADMIN.post("/v1/communications", email(party)))["id"])
    got, cursor = [], None
    while True:
        page = ADMIN.get("/v1/communications", limit=2, **({"cursor": cursor} if cursor else {})).json
        got += [one["id"] for one in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert got == made[::-1]


def test_a_cursor_belongs_to_its_filters(world: WorldForTests, party: Any) -> None:
    for _ in range(3):
        world.clock.pass_(seconds=1)
        ADMIN.post("/v1/communications", email(party))
    cursor = ADMIN.get("/v1/communications", limit=1, channel="email").json["next_cursor"]
    assert ADMIN.get("/v1/communications", limit=2, channel="email", cursor=cursor).status == 200
    for other in ({"channel": "sms"}, {}, {"channel": "email", "status": "queued"}):
        refused = ADMIN.get("/v1/communications", cursor=cursor, **other)
        assert (refused.status, refused.places) == (422, [("cursor", "invalid_cursor")])
    assert ADMIN.get("/v1/parties", cursor=cursor).places == [("cursor", "invalid_cursor")]


@pytest.mark.parametrize("cursor", ["x", "AAAA", "é", "null", "a" * 100, "Y29tXzAxSkQ0UUs4VjNNMk43UjVUOVcxWDNZNVo3"])
def test_a_forged_cursor(world: WorldForTests, cursor: str) -> None:
    refused = ADMIN.get("/v1/communications", cursor=cursor)
    assert (refused.status, refused.places) == (422, [("cursor", "invalid_cursor")])


def test_several_values_of_a_filter(party: Any) -> None:
    entry = expect_created(ADMIN.post("/v1/communications", email(party)))
    for query in ("channel=email,sms", "channel=sms&channel=email", f"party_id={NOWHERE},{party['id']}"):
        assert [one["id"] for one in ADMIN.ask("GET", "/v1/communications", query=query).json["items"]] == [entry["id"]]
