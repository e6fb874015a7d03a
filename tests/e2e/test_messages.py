"""Compose, send, follow, find: on the real template, with IAM enforced, through every function."""

import base64
import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from typing import Any

import pytest
import requests
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from tests.support.firm import Firm, eventually
from tests.support.local_cloud import HOME

# What a post without a signature is answered.
DOORS = {"sendgrid": 401, "mailgun": 401, "twilio": 401, "carrier-pigeon": 404}
PDF = b"%PDF-1.7 a letter of authority"


def test_the_seeded_firm_is_there(firm: Firm) -> None:
    assert len(firm.admin.get("/v1/parties")["items"]) == 10
    assert {one["role"] for one in firm.endpoints["users"]} == {"admin", "lead", "agent", "auditor"}
    kinds = {one["kind"] for one in firm.admin.get("/v1/parties")["items"]}
    assert kinds == {"client", "creditor", "customer"}


def test_an_email_by_template_with_an_attachment_is_followed_to_the_end(firm: Firm) -> None:
    admin = firm.admin
    [castlegate] = admin.get("/v1/parties", q="castlegate")["items"]
    [case] = [one for one in admin.get("/v1/cases")["items"] if one["reference"] == "DC-2026-00390"]
    document = admin.post(
        "/v1/documents",
        {"name": "Letter of authority.pdf", "media_type": "application/pdf", "bytes": len(PDF), "case_id": case["id"]},
    )
    put = requests.put(document["upload_url"], data=PDF, headers={"Content-Type": "application/pdf"}, timeout=10)
    assert put.status_code == 200
    body = {
        "channel": "email",
        "party_id": castlegate["id"],
        "case_id": case["id"],
        "to": ["success+e2e@simulator.amazonses.com"],
        "cc": ["copy@mailbox.example"],
        "bcc": ["blind@mailbox.example"],
        "template": {
            "key": "s78-initial",
            "variables": {"agreement_number": "CF <b>4471</b>", "agreement_date": "14 March 2019"},
        },
        "attachments": [document["id"]],
    }
    shown = admin.post("/v1/communications/preview", body)
    assert (shown["decision"]["action"], shown["missing_variables"]) == ("send", [])
    entry = admin.post("/v1/communications", body)
    page = admin.watch(entry, lambda page: all(one["status"] == "delivered" for one in page["recipients"]))
    assert (page["status"], page["status_group"], page["delivery_basis"]) == ("delivered", "successful", "receipt")
    assert [row["event"] for row in page["history"]][:2] == ["accepted", "claimed"]
    assert {"taken", "Send", "Delivery"} <= {row["event"] for row in page["history"]}
    assert page["client"]["name"] == "Priya Raman"
    [mail] = firm.mail_of(entry["id"])
    assert mail["subject"] == "Section 78 request: agreement CF <b>4471</b>"
    assert (mail["text"] or "").replace("\r\n", "\n").strip() == page["body"]["text"].strip()
    assert "CF &lt;b&gt;4471&lt;/b&gt;" in mail["html"]
    assert mail["configuration_set"] == firm.endpoints["stack"]
    [attached] = mail["attachments"]
    assert (attached["name"], base64.b64decode(attached["content"])) == ("Letter of authority.pdf", PDF)
    assert "blind@mailbox.example" not in str(mail["headers"])
    assert mail["destination"]["bcc"] == ["blind@mailbox.example"]
    download = requests.get(admin.ask("GET", f"/v1/documents/{document['id']}").headers["Location"], timeout=10)
    assert download.content == PDF


def test_an_upload_of_another_length_is_turned_away_by_its_signature(firm: Firm) -> None:
    document = firm.admin.post("/v1/documents", {"name": "a.pdf", "media_type": "application/pdf", "bytes": 4})
    for content, media_type in ((b"longer than four", "application/pdf"), (b"four", "text/html")):
        put = requests.put(document["upload_url"], data=content, headers={"Content-Type": media_type}, timeout=10)
        assert put.status_code == 403


def test_what_is_put_over_an_upload_is_not_what_goes(firm: Firm) -> None:
    admin, second = firm.admin, PDF.replace(b"letter", b"lettre")
    document = admin.post("/v1/documents", {"name": "a.pdf", "media_type": "application/pdf", "bytes": len(PDF)})

    def put(content: bytes) -> int:
        headers = {"Content-Type": "application/pdf"}
        return requests.put(document["upload_url"], data=content, headers=headers, timeout=10).status_code

    def downloaded() -> bytes:
        location = admin.ask("GET", f"/v1/documents/{document['id']}").headers["Location"]
        return requests.get(location, timeout=10).content

    assert (put(PDF), put(second)) == (200, 200)
    assert downloaded() == PDF
    body = {"channel": "email", "party_id": admin.party()["id"], "to": ["success@simulator.amazonses.com"]}
    body |= {"subject": "Two", "body": "versions", "attachments": [document["id"]]}
    looked_at = admin.post("/v1/communications/preview", body)["attachments"]
    assert looked_at == [{"id": document["id"], "sha256": sha256(PDF).hexdigest()}]
    assert put(second) == 200
    other = [{"id": document["id"], "sha256": sha256(second).hexdigest()}]
    refused = admin.ask("POST", "/v1/communications", body | {"attachments": other})
    assert (refused.status_code, refused.json()["code"]) == (409, "document_changed")
    entry = admin.post("/v1/communications", body | {"attachments": looked_at})
    admin.follow(entry, "delivered")
    [mail] = firm.mail_of(entry["id"])
    assert [base64.b64decode(one["content"]) for one in mail["attachments"]] == [PDF]
    assert downloaded() == PDF


def test_opening_is_told_beside_the_status(firm: Firm) -> None:
    entry = firm.admin.email(firm.admin.party())
    firm.admin.follow(entry, "delivered")
    [mail] = firm.mail_of(entry["id"])
    requests.post(f"{firm.endpoints['ses_url']}/messages/{mail['message_id']}/open", timeout=10).raise_for_status()
    page = firm.admin.watch(entry, lambda page: page["opened_at"] is not None)
    assert (page["status"], page["status_label"]) == ("delivered", "Opened")


def test_the_mailbox_simulators_addresses(firm: Firm) -> None:
    admin = firm.admin
    party = admin.party()
    names = ("success", "bounce", "ooto", "suppressionlist")
    sent = {name: admin.email(party, to=[f"{name}+label@simulator.amazonses.com"]) for name in names}
    assert admin.follow(sent["success"], "delivered")["failure"] is None
    bounced = admin.follow(sent["bounce"], "failed")["failure"]
    assert (bounced["code"], bounced["permanent"], bounced["provider_code"]) == ("invalid_address", True, "5.1.1")
    assert bounced["advice"]
    replied = admin.watch(sent["ooto"], lambda page: "auto_reply" in page["hints"] and page["status"] == "delivered")
    assert replied["failure"] is None
    assert admin.follow(sent["suppressionlist"], "rejected")["failure"]["code"] == "invalid_address"


def test_a_complaint_opts_out_and_the_next_message_is_skipped(firm: Firm) -> None:
    admin = firm.admin
    party = admin.party(email="complaint+somebody@simulator.amazonses.com")
    entry = admin.email(party)
    # Its delivery and the complaint are two events, which come in any order.
    admin.watch(entry, lambda page: "complaint" in page["hints"] and page["status"] == "delivered")
    [opt_out] = eventually(lambda: admin.get(f"/v1/parties/{party['id']}/preferences")["opt_outs"])
    assert (opt_out["channel"], opt_out["source"]) == ("email", "complaint")
    assert admin.email(party)["status"] == "skipped"


def test_sms_are_sent_and_their_delivery_logs_followed(firm: Firm) -> None:
    admin = firm.admin
    party = admin.party(mobile="+447700900141")
    sms = {"channel": "sms", "party_id": party["id"], "urgent": True, "urgent_reason": "A test at any hour"}
    good = admin.post("/v1/communications", {**sms, "body": "Your review is on Tuesday: 10 €"})
    switched_off = admin.post("/v1/communications", {**sms, "body": "Hello?", "to": "+447700900190"})
    assert admin.follow(good, "delivered")["sms"] == {"characters": 31, "encoding": "gsm7", "segments": 1}
    failed = admin.follow(switched_off, "failed")["failure"]
    assert (failed["code"], failed["permanent"]) == ("unreachable", False)
    kept = requests.get(f"{firm.endpoints['aws_url']}/_ministack/sns/sms-messages", timeout=10).text
    assert "Your review is on Tuesday" in kept


def test_an_sms_for_a_saturday_goes_on_a_working_day_and_the_preview_says_so(firm: Firm) -> None:
    admin = firm.admin
    now = datetime.now(UTC)
    saturday = (now + timedelta(days=(5 - now.weekday()) % 7 or 7)).replace(hour=12, minute=0, second=0, microsecond=0)
    body = {
        "channel": "sms",
        "party_id": admin.party(mobile="+447700900142")["id"],
        "body": "Hello",
        "send_at": saturday.isoformat(),
    }
    shown = admin.post("/v1/communications/preview", body)["decision"]
    entry = admin.post("/v1/communications", body)
    assert entry["status"] == "scheduled"
    assert entry["scheduled_for"] == entry["decision"]["scheduled_for"] == shown["scheduled_for"]
    assert (shown["action"], shown["rule"]) == ("schedule", "quiet_hours")
    goes = datetime.fromisoformat(entry["scheduled_for"])
    assert goes > saturday
    assert goes.weekday() < 5
    assert admin.post(f"/v1/communications/{entry['id']}/cancel")["status"] == "cancelled"


def test_what_is_scheduled_goes_by_itself(firm: Firm) -> None:
    at = datetime.now(UTC) + timedelta(seconds=5)
    entry = firm.admin.email(firm.admin.party(), send_at=at.isoformat())
    assert entry["status"] == "scheduled"
    page = firm.admin.follow(entry, "delivered")
    assert "released" in [row["event"] for row in page["history"]]
    assert datetime.fromisoformat(page["sent_at"]) >= at.replace(microsecond=0)


def test_fifty_messages_delivered_twice_and_at_once_go_out_fifty_times(firm: Firm) -> None:
    admin = firm.admin
    party = admin.party()
    queue = firm.physical("EmailQueue")
    # Each that asks at once starts a process of the command function: that is not what is at once here.
    with ThreadPoolExecutor(3) as pool:
        made = list(pool.map(lambda _: admin.email(party), range(50)))
        sqs = firm.aws("sqs")
        list(
            pool.map(
                lambda one: sqs.send_message(QueueUrl=queue, MessageBody=f'{{"communication_id": "{one["id"]}"}}'), made
            )
        )
    for one in made:
        admin.follow(one, "delivered", seconds=180)
    sent = [one["tags"]["communication_id"][0] for one in firm.mail()]
    assert sorted(one for one in sent if one in {entry["id"] for entry in made}) == sorted(
        entry["id"] for entry in made
    )


def test_what_never_reached_its_queue_is_found_by_the_sweep_within_two_minutes(firm: Firm) -> None:
    admin = firm.admin
    party = admin.party()
    functions, mapping = firm.aws("lambda"), firm.physical("DispatchEmail")
    functions.update_event_source_mapping(UUID=mapping, Enabled=False)
    try:
        time.sleep(3)
        entry = admin.email(party)
        accepted = time.monotonic()
        firm.aws("sqs").purge_queue(QueueUrl=firm.physical("EmailQueue"))
    finally:
        functions.update_event_source_mapping(UUID=mapping, Enabled=True)
    page = admin.watch(entry, lambda page: "queued again" in [row["event"] for row in page["history"]], seconds=150)
    assert time.monotonic() - accepted < 125
    assert page["status"] in ("queued", "sending", "sent", "delivered")
    admin.follow(entry, "delivered")
    assert len(firm.mail_of(entry["id"])) == 1


def test_idempotency_over_http(firm: Firm) -> None:
    body = {"channel": "email", "party_id": firm.admin.party()["id"], "subject": "Once", "body": "Only."}

    def ask(_: int) -> requests.Response:
        return firm.admin.ask("POST", "/v1/communications", body, headers={"Idempotency-Key": "e2e-once"})

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(ask, range(4)))
    assert {one.status_code for one in answers} == {202}
    assert len({one.json()["id"] for one in answers}) == 1
    assert sum("Idempotent-Replay" in one.headers for one in answers) == 3
    assert len({one.text for one in answers}) == 1


def test_the_lists_find_it(firm: Firm) -> None:
    admin = firm.admin
    john, bank = admin.party(name="John Smith"), admin.party(kind="creditor", name="A Bank", email="bank@bank.example")
    case = admin.post("/v1/cases", {"reference": "E2E-1", "party_ids": [john["id"]], "creditor_ids": [bank["id"]]})
    entry = admin.email(bank, case_id=case["id"], category="dsar")

    def listed(query: dict[str, str]) -> Any:
        return admin.get("/v1/communications", **query)["items"]

    for query in (
        {"party_id": bank["id"]},
        {"client_id": john["id"]},
        {"case_id": case["id"]},
        {"party_id": bank["id"], "recipient": "creditor", "channel": "email,sms", "category": "dsar"},
        {"client_id": john["id"], "from": datetime.now(UTC).date().isoformat()},
    ):
        found = eventually(partial(listed, query), seconds=10)
        assert [one["id"] for one in found] == [entry["id"]], query
    assert admin.get("/v1/communications", client_id=john["id"], case_id="none")["items"] == []


# ---- the door


@pytest.mark.parametrize(
    "header", [{}, {"Authorization": ""}, {"Authorization": "Bearer x"}, {"Authorization": "Bearer a.b.c"}]
)
def test_without_a_token_nobody_comes_in(firm: Firm, header: dict[str, str]) -> None:
    for method in ("GET", "POST"):
        answer = requests.request(method, firm.endpoints["api_url"] + "/v1/communications", headers=header, timeout=30)
        assert answer.status_code == 401


def test_tokens_that_were_changed_are_of_another_pool_or_no_id_tokens(firm: Firm) -> None:
    good = firm.token("agent")
    head, claims, signature = good.split(".")
    decoded = base64.urlsafe_b64decode(claims + "==").decode().replace('"agent"', '"admin"')
    forged = base64.urlsafe_b64encode(decoded.encode()).decode().rstrip("=")
    pool = firm.aws("cognito-idp").create_user_pool(PoolName="another")["UserPool"]["Id"]
    client = firm.aws("cognito-idp").create_user_pool_client(
        UserPoolId=pool, ClientName="c", ExplicitAuthFlows=["USER_PASSWORD_AUTH"]
    )
    firm.aws("cognito-idp").admin_create_user(UserPoolId=pool, Username="eve")
    firm.aws("cognito-idp").admin_set_user_password(
        UserPoolId=pool, Username="eve", Password="Passw0rd-1234", Permanent=True
    )
    other = firm.aws("cognito-idp").initiate_auth(
        ClientId=client["UserPoolClient"]["ClientId"],
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "eve", "PASSWORD": "Passw0rd-1234"},
    )["AuthenticationResult"]["IdToken"]
    for token in (f"{head}.{forged}.{signature}", good[:-4] + "AAAA", other, firm.token("agent", "AccessToken")):
        answer = requests.get(
            firm.endpoints["api_url"] + "/v1/me", headers={"Authorization": f"Bearer {token}"}, timeout=30
        )
        assert answer.status_code == 401, answer.text


def test_an_expired_token_is_none(firm: Firm) -> None:
    """Signed with the pool's own key, which lies beside the local cloud: only its time tells it from a good one."""
    head, claims, _ = firm.token("agent").split(".")
    keys = [serialization.load_pem_private_key(one.read_bytes(), None) for one in (HOME / "state").rglob("*.pem")]

    def answer(expires: int) -> set[int]:
        changed = json.loads(base64.urlsafe_b64decode(claims + "==")) | {"exp": expires}
        told = f"{head}.{base64.urlsafe_b64encode(json.dumps(changed).encode()).decode().rstrip('=')}"
        signed = [
            base64.urlsafe_b64encode(key.sign(told.encode(), padding.PKCS1v15(), hashes.SHA256())).decode().rstrip("=")
            for key in keys
            if isinstance(key, rsa.RSAPrivateKey)
        ]
        return {
            requests.get(
                firm.endpoints["api_url"] + "/v1/me", headers={"Authorization": f"Bearer {told}.{one}"}, timeout=30
            ).status_code
            for one in signed
        }

    assert 200 in answer(int(time.time()) + 60)
    assert answer(int(time.time()) - 60) == {401}


def test_roles_over_http(firm: Firm) -> None:
    assert firm.user("auditor").ask("POST", "/v1/parties", {"kind": "client", "name": "X"}).status_code == 403
    agent = firm.user("agent")
    seen = {one["name"] for one in agent.get("/v1/parties")["items"]}
    assert "Priya Raman" in seen
    assert "Thomas Ashby" not in seen
    [ashby] = firm.admin.get("/v1/parties", q="ashby")["items"]
    assert agent.ask("GET", f"/v1/parties/{ashby['id']}").status_code == 404
    assert len(agent.get("/v1/communications")["items"]) < len(firm.admin.get("/v1/communications")["items"])


def test_the_console_and_the_webhooks_have_their_doors(firm: Firm) -> None:
    front = requests.get(firm.endpoints["console_url"], timeout=30)
    assert (front.status_code, front.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    nowhere = requests.get(firm.endpoints["console_url"] + "/nothing", timeout=30, allow_redirects=False)
    assert (nowhere.status_code, nowhere.headers["Location"]) == (303, "/sign-in?next=%2Fnothing")
    asked = {name: requests.post(f"{firm.endpoints['webhook_url']}/{name}", json=[], timeout=30) for name in DOORS}
    assert {name: answer.status_code for name, answer in asked.items()} == DOORS
