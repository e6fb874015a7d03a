"""The whole record, on the real template: logged, threaded, found, counted."""

from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any

import requests
from pypdf import PdfReader

from tests.support.firm import Firm, eventually
from tests.support.local_cloud import python


def found(firm: Firm, q: str, number: int, **filters: Any) -> list[Any]:
    """The index follows within seconds."""
    items: list[Any] = []

    def as_many() -> bool:
        items[:] = firm.admin.get("/v1/communications", q=q, **filters)["items"]
        return len(items) == number

    eventually(as_many)
    return items


def test_what_is_said_is_found_within_seconds_and_not_when_it_is_gone(firm: Firm) -> None:
    admin = firm.admin
    party = admin.party()["id"]
    note = {"channel": "note", "party_id": party, "body": "The quixotic tribunal sits in Penzance."}
    made = admin.post("/v1/communications", note)
    [hit] = found(firm, "quixotic tribunal penz", 1)
    assert hit["id"] == made["id"]
    assert admin.get("/v1/communications", q="quixotic", party_id=party)["items"] == [hit]
    assert admin.ask("DELETE", f"/v1/communications/{made['id']}").status_code == 204
    found(firm, "quixotic", 0)


def test_many_who_write_into_a_thread_at_once(firm: Firm) -> None:
    admin = firm.admin
    party = admin.party()["id"]
    thread = admin.post("/v1/threads", {"party_id": party, "subject": "Arrears"})
    note = {"channel": "note", "party_id": party, "body": "x", "thread_id": thread["id"]}
    about = {"regarding": {"type": "invoice", "id": f"at-once-{thread['id']}"}}
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: admin.post("/v1/communications", note | about), range(12)))
    assert admin.get(f"/v1/threads/{thread['id']}")["messages"] == 12
    rows = admin.get("/v1/overview", party_id=party)["items"]
    [row] = [one for one in rows if one["regarding"]["id"] == about["regarding"]["id"]]
    assert row["attempts"] == 12


def test_a_letter_that_is_answered(firm: Firm) -> None:
    admin = firm.admin
    party = admin.party()["id"]
    letter = {"channel": "post", "direction": "inbound", "party_id": party, "from": "A", "body": "Please answer"}
    came = admin.post("/v1/communications", letter | {"occurred_at": "2026-11-02T09:00:00Z"})
    call = {"channel": "phone", "direction": "outbound", "party_id": party, "occurred_at": "2026-11-02T10:30:00Z"}
    admin.post("/v1/communications", call)
    eventually(lambda: admin.get(f"/v1/communications/{came['id']}")["response_minutes"] == 90)
    assert admin.get(f"/v1/parties/{party}/response-times")["count"] == 1


def test_a_bounce_is_something_to_do(firm: Firm) -> None:
    admin = firm.admin
    made = admin.email(admin.party(), to=["bounce@simulator.amazonses.com"])
    admin.follow(made, "failed")
    titles = [
        one["title"] for one in admin.get("/v1/todos", limit=200)["items"] if one["communication_id"] == made["id"]
    ]
    assert len(titles) == 1


def test_the_index_is_made_again(firm: Firm) -> None:
    """`make reindex`, as whoever looks after it types it."""
    done = python("local.reindex", "local")
    assert done.returncode == 0, done.stderr
    assert "indexed anew" in done.stdout


def test_an_email_is_answered_and_the_answer_stands_in_its_thread(firm: Firm) -> None:
    admin = firm.admin
    party = admin.party()["id"]
    message = {
        "channel": "email",
        "party_id": party,
        "to": ["anna@mailbox.example"],
        "subject": "Your review",
        "body": "?",
    }
    asked = admin.post("/v1/communications", message)
    admin.watch(asked, lambda page: page["status"] == "delivered")
    [mail] = firm.mail_of(asked["id"])
    requests.post(f"{firm.endpoints['ses_url']}/messages/{mail['message_id']}/reply", json={"text": "Yes"}, timeout=10)
    came = eventually(lambda: admin.get("/v1/communications", party_id=party, direction="inbound")["items"])
    answer = admin.get(f"/v1/communications/{came[0]['id']}")
    assert (answer["status"], answer["from"], answer["in_reply_to"]) == (
        "received",
        "anna@mailbox.example",
        asked["id"],
    )
    assert answer["body"]["text"].strip() == "Yes"
    thread = admin.get(f"/v1/threads/{answer['thread_id']}")
    assert (thread["messages"], thread["subject"], thread["kind"]) == (2, "Your review", "email")
    assert any(one["communication_id"] == answer["id"] for one in admin.get("/v1/todos", party_id=party)["items"])


def test_a_bounce_is_corrected_and_sent_again(firm: Firm) -> None:
    admin = firm.admin
    party = admin.party()["id"]
    address = f"bounce+{party}@simulator.amazonses.com"
    assert admin.ask("PATCH", f"/v1/parties/{party}", {"email": address}).ok
    body = {"channel": "email", "party_id": party, "subject": "Your review", "body": "?"}
    made = admin.post("/v1/communications", body)
    admin.watch(made, lambda page: page["status"] == "failed")
    eventually(lambda: address in {one["address"] for one in admin.get("/v1/quarantine", limit=200)["items"]})
    assert admin.ask("POST", "/v1/communications", {**body, "to": [address]}).status_code == 422
    assert admin.ask("PATCH", f"/v1/parties/{party}", {"email": "anna@mailbox.example"}).ok
    again = admin.post(f"/v1/communications/{made['id']}/resend", {})
    page = admin.watch(again, lambda page: page["status"] == "delivered")
    assert [one["id"] for one in page["attempts"]] == [made["id"], again["id"]]
    assert admin.ask("DELETE", "/v1/quarantine", {"address": address}).status_code == 204


def test_drafts_are_sent_by_a_filter(firm: Firm) -> None:
    admin = firm.admin
    party = admin.party()["id"]
    draft = {"channel": "email", "party_id": party, "subject": "x", "body": "?", "send_now": False}
    drafts = [admin.post("/v1/communications", draft | {"to": ["anna@mailbox.example"]}) for _ in range(3)]
    chosen = {"filter": {"party_id": party, "status": "draft"}}
    answer = admin.post("/v1/communications/send", chosen)
    assert sorted(answer["accepted"]) == sorted(one["id"] for one in drafts)
    for one in drafts:
        admin.watch(one, lambda page: page["status"] == "delivered")


def test_a_letter_is_delivered_by_hand(firm: Firm) -> None:
    admin = firm.admin
    party = admin.party()["id"]
    made = admin.post(
        "/v1/communications", {"channel": "manual", "party_id": party, "subject": "Notice", "body": "Dear"}
    )
    assert made["status"] == "generating"
    there = admin.watch(made, lambda page: page["status"] == "manual_pending")
    link = admin.ask("GET", f"/v1/documents/{there['attachments'][0]['id']}").headers["Location"]
    [page] = PdfReader(BytesIO(requests.get(link, timeout=10).content)).pages
    assert "Notice" in page.extract_text()
    assert any(one["communication_id"] == made["id"] for one in admin.get("/v1/todos", party_id=party)["items"])
    assert admin.post(f"/v1/communications/{made['id']}/deliver", {"reason": "Handed over"})["status"] == "delivered"


def test_whom_no_email_reaches_is_written_to_by_hand(firm: Firm) -> None:
    admin = firm.admin
    party = admin.party()["id"]
    assert admin.ask("PATCH", f"/v1/parties/{party}", {"email": None}).ok
    body = {"channel": "email", "party_id": party, "subject": "Your review", "body": "?"}
    assert admin.post("/v1/communications/preview", body)["channel"] == "manual"
    made = admin.post("/v1/communications", body)
    assert (made["channel"], made["status"]) == ("manual", "generating")
    assert admin.get(f"/v1/communications/{made['fallback_of']}")["decision"]["action"] == "fallback"


def test_what_failed_falls_back_where_the_settings_say_so(firm: Firm) -> None:
    admin = firm.admin
    party = admin.party()["id"]
    order = {"default": ["manual"]}
    firm.set_up(fallback={"order": order, "after_failure": True})
    try:
        address = f"bounce+{party}@simulator.amazonses.com"
        assert admin.ask("PATCH", f"/v1/parties/{party}", {"email": address}).ok
        body = {"channel": "email", "party_id": party, "subject": "Your review", "body": "?"}
        made = admin.post("/v1/communications", body)
        eventually(lambda: len(admin.get(f"/v1/communications/{made['id']}")["attempts"]) == 2)
        last = admin.get(f"/v1/communications/{made['id']}")["attempts"][-1]
        assert (last["channel"], last["fallback_of"]) == ("manual", made["id"])
        admin.watch(last, lambda page: page["status"] == "manual_pending")
    finally:
        admin.put("/v1/settings", {"fallback": {"order": order, "after_failure": False}})
