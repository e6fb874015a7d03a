"""Mail that comes in, on the real template: what it becomes, with the rights of the function that takes it in."""

import uuid
from typing import Any

import requests

from local.environment import REGION
from tests.support.firm import Firm, eventually


def comes_in(firm: Firm, raw: str, **verdicts: str) -> None:
    arrived = requests.post(
        f"{firm.endpoints['ses_url']}/inbound", raw.replace("\n", "\r\n").encode(), params=verdicts, timeout=10
    )
    arrived.raise_for_status()


def came(firm: Firm, subject: str) -> Any:
    """The entry that a mail of that subject becomes."""
    found: list[Any] = []

    def there() -> bool:
        listed = firm.admin.get("/v1/communications", direction="inbound")["items"]
        found[:] = [one for one in listed if one["subject"] == subject]
        return bool(found)

    eventually(there)
    return firm.admin.get(f"/v1/communications/{found[0]['id']}")


def test_a_report_by_mail_fails_the_message_it_is_about(firm: Firm) -> None:
    admin = firm.admin
    address = f"{uuid.uuid4().hex}@mailbox.example"
    sent = admin.follow(admin.email(admin.party(email=address)), "delivered")
    subject = f"Undelivered {uuid.uuid4().hex}"
    comes_in(
        firm,
        f"""From: Mail Delivery System <MAILER-DAEMON@mx.mailbox.example>
Subject: {subject}
Return-Path: <>
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.mailbox.example

Final-Recipient: rfc822; {address}
Action: failed
Status: 5.1.1

--b
Content-Type: text/rfc822-headers

Message-ID: <{sent["provider_reference"]}@{REGION}.amazonses.com>

--b--
""",
    )
    failed = admin.follow(sent, "failed")
    assert failed["failure"]["code"] == "invalid_address"
    report = came(firm, subject)
    assert (report["in_reply_to"], report["party"]["id"]) == (sent["id"], sent["party"]["id"])
    eventually(lambda: address in [one["address"] for one in admin.get("/v1/quarantine")["items"]])


def test_who_claims_our_address_is_believed_where_our_domain_vouches_for_it(firm: Firm) -> None:
    [sender, *_] = [one for one in firm.admin.get("/v1/settings")["senders"] if one["channel"] == "email"]
    jane = f"{uuid.uuid4().hex}@mailbox.example"
    passed, failed = (f"Letter {uuid.uuid4().hex}" for _ in range(2))
    mail = f"From: 'Jane' via Legal <{sender['address']}>\nReply-To: Jane <{jane}>\nSubject: {{}}\n\nMy debts.\n"
    comes_in(firm, mail.format(passed))
    comes_in(firm, mail.format(failed), dmarc="FAIL")
    true, forged = came(firm, passed), came(firm, failed)
    assert (true["from"], true["party"]["name"], true["hints"]) == (jane, "Jane", [])
    assert (forged["party"]["name"], forged["reply_to"]) == ("Unknown sender", jane)
    assert "forged" in forged["hints"]
