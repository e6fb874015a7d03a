"""Mail that comes in on one machine: put where Amazon SES would leave it (SES developer guide, "Deliver to S3 bucket")."""

import re
import uuid
from collections.abc import Mapping
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from typing import Any

from local.aws import client
from local.environment import REGION, LocalEnvironment


def receive(place: LocalEnvironment, raw: bytes) -> str:
    """The key under which it lies in the bucket."""
    key = f"mail/{uuid.uuid4().hex}"
    client(place, "s3").put_object(Bucket=place.outputs()["InboundBucket"], Key=key, Body=raw)
    return key


_DOMAIN = re.compile(rb"@([A-Za-z0-9.-]+)")
_FROM = re.compile(rb"^From:(.*(?:\r?\n[ \t].*)*)", re.IGNORECASE | re.MULTILINE)


def with_verdicts(raw: bytes, asked: Mapping[str, str]) -> bytes:
    """As Amazon SES hands it over: what it found stands above all that the sender wrote (developer guide, "Receiving email").

    `asked` are `dmarc`, `dkim`, `spf`, `spam`, `virus`; each is PASS where it is left out.
    """
    found = {name: asked.get(name, "PASS") for name in ("dmarc", "dkim", "spf", "spam", "virus")}
    sender = _FROM.search(raw)
    domains = _DOMAIN.findall(sender[1]) if sender else []
    domain = domains[-1].decode().lower() if domains else "unknown.invalid"
    # Where DMARC does not pass, the signature that does is that of somebody who passed it on.
    signer = domain if found["dmarc"].upper() == "PASS" else "relay.invalid"
    results = [
        f"spf={found['spf'].lower()} client-ip=192.0.2.25; envelope-from=bounces@{domain}; helo=mx.{domain}",
        f"dkim={found['dkim'].lower()} header.i=@{signer}",
        f"dmarc={found['dmarc'].lower()} header.from={domain}",
    ]
    fields = [
        f"X-SES-Spam-Verdict: {found['spam'].upper()}",
        f"X-SES-Virus-Verdict: {found['virus'].upper()}",
        f"Authentication-Results: amazonses.com; {'; '.join(results)};",
    ]
    return "".join(f"{one}\r\n" for one in fields).encode() + raw


def answer(sent: dict[str, Any], raw: bytes, asked: dict[str, str]) -> bytes:
    """What a mail program makes of somebody's answer to a message (RFC 5322, 3.6.4)."""
    parsed = message_from_bytes(raw, policy=default)
    given = f"<{sent['message_id']}@{REGION}.amazonses.com>"
    made = EmailMessage(policy=SMTP)
    made["From"] = asked.get("from") or sent["recipients"][0]
    made["To"] = str(parsed["Reply-To"] or parsed["From"])
    made["Subject"] = asked.get("subject") or f"Re: {parsed['Subject']}"
    made["Message-ID"] = f"<{uuid.uuid4()}@mailbox.example>"
    made["In-Reply-To"] = given
    made["References"] = f"{parsed['References'] or ''} {given}".strip()
    made.set_content(asked.get("text") or "Thank you for your message.")
    return made.as_bytes()
