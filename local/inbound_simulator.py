"""Mail that comes in on one machine: put where Amazon SES would leave it (SES developer guide, "Deliver to S3 bucket")."""

import uuid
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
