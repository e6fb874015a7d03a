"""SendGrid on one machine: takes JSON as Mail Send does, posts signed arrays of events, hands mail over by Inbound Parse.

    POST /v3/mail/send      what is wrong is answered in SendGrid's own words
    POST /_sim/inbound      MIME that comes in: ?spf=fail&dkim=&spam=FAIL&recipient=, else pass, to whom it says

The key pair that signs is made at the first start. `webhook_public_key` is what we check with; `signing_private_key` (PEM, PKCS #8)
stands beside it so that anybody here can sign as SendGrid would: at SendGrid nobody ever sees that one.
"""

import base64
import json
import os
import re
import secrets
import time
from collections.abc import Iterator, Mapping
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import getaddresses
from functools import partial
from typing import Any

import requests
from cryptography.hazmat.primitives import serialization as keys
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from flask import Flask, Response, jsonify, request

from local.environment import LocalEnvironment
from local.simulators.fates import Fate, of_address, of_request
from local.simulators.vendor import Step, Vendor, application, hang_up

CREDENTIALS = {"api_key": "SG.Xq3-tolworthy-local-01.5f3c9a71e0d24b86a2c40e7db9118f6c"}
_MOST_BYTES, _MOST_RECIPIENTS = 30_000_000, 1000
_ADDRESS = re.compile(r"[\x21-\x7e]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_FIELDS = frozenset({
    "personalizations", "from", "reply_to", "reply_to_list", "subject", "content", "attachments", "template_id", "headers",
    "categories", "custom_args", "send_at", "batch_id", "asm", "ip_pool_name", "mail_settings", "tracking_settings",
})  # fmt: skip
_OF_ONE = frozenset({
    "to", "cc", "bcc", "from", "subject", "headers", "substitutions", "dynamic_template_data", "custom_args", "send_at",
})  # fmt: skip
_RESERVED = frozenset({
    "x-sg-id", "x-sg-eid", "received", "dkim-signature", "content-type", "content-transfer-encoding", "to", "from", "subject",
    "reply-to", "cc", "bcc",
})  # fmt: skip
_SMTP_ID = "<{}@geopod-ismtpd-7.simulator.example>"
_BOUNCE = {
    "event": "bounce",
    "type": "bounce",
    "status": "5.1.1",
    "bounce_classification": "Invalid Address",
    "reason": "550 5.1.1 The email account that you tried to reach does not exist.",
    "ip": "192.0.2.80",
    "tls": 1,
}
_PROCESSED = {"event": "processed"}
_DELIVERED = {"event": "delivered", "response": "250 2.0.0 OK", "ip": "192.0.2.80", "tls": 1}
# What becomes of a message at one recipient ("Event Webhook Reference").
_FATES: dict[Fate, tuple[dict[str, Any], ...]] = {
    Fate.DEFERRED: (
        _PROCESSED,
        {"event": "deferred", "response": "421 4.7.0 Try again later", "attempt": "1", "ip": "192.0.2.80"},
        _DELIVERED,
    ),
    Fate.BOUNCE: (_PROCESSED, _BOUNCE),
    Fate.BLOCKED: (
        _PROCESSED,
        {
            **_BOUNCE,
            "type": "blocked",
            "status": "5.7.1",
            "bounce_classification": "Reputation",
            "reason": "550 5.7.1 Message blocked by our policy",
        },
    ),
    Fate.DROPPED: ({"event": "dropped", "reason": "Unsubscribed Address"},),
    Fate.COMPLAINT: (_PROCESSED, _DELIVERED, {"event": "spamreport"}),
    Fate.UNSUBSCRIBE: (_PROCESSED, _DELIVERED, {"event": "unsubscribe"}),
    Fate.LATE: (_PROCESSED, _DELIVERED, _BOUNCE),
    Fate.MUTE: (),
}


def credentials(place: LocalEnvironment) -> dict[str, str]:
    """With the key pair, which is made by whoever asks first."""
    private = _private_key(place)
    public = private.public_key().public_bytes(keys.Encoding.DER, keys.PublicFormat.SubjectPublicKeyInfo)
    pem = private.private_bytes(keys.Encoding.PEM, keys.PrivateFormat.PKCS8, keys.NoEncryption())
    return {
        **CREDENTIALS,
        "webhook_public_key": base64.b64encode(public).decode(),
        "signing_private_key": pem.decode(),
    }


def _private_key(place: LocalEnvironment) -> ec.EllipticCurvePrivateKey:
    file = place.home / "simulators" / "sendgrid.pem"
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        made = ec.generate_private_key(ec.SECP256R1())
        fresh = file.with_suffix(f".{os.getpid()}")
        pem = made.private_bytes(keys.Encoding.PEM, keys.PrivateFormat.PKCS8, keys.NoEncryption())
        place.keep(fresh, pem.decode())
        try:
            # Several may start at once: whoever is second takes the first one's.
            os.link(fresh, file)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    found = keys.load_pem_private_key(file.read_bytes(), None)
    assert isinstance(found, ec.EllipticCurvePrivateKey)  # noqa: S101 - nobody writes another one there
    return found


def simulator(vendor: Vendor) -> Flask:
    app = application(vendor)

    @app.post("/v3/mail/send")
    def send() -> Any:
        if request.headers.get("Authorization") != f"Bearer {vendor.credentials['api_key']}":
            return _errors(401, ("The provided authorization grant is invalid, expired, or revoked", None))
        if (request.content_length or 0) >= _MOST_BYTES:
            return _errors(413, ("The request payload is too large", None))
        asked = request.get_json(force=True, silent=True)
        if not isinstance(asked, dict):
            return _errors(400, ("Bad Request", None))
        wrong = list(_faults(asked))
        if wrong:
            return _errors(400, *wrong)
        return _taken(vendor, asked)

    @app.post("/_sim/inbound")
    def inbound() -> tuple[Response, int]:
        parts = _parse(request.get_data(), request.args)
        prepared = requests.Request("POST", vendor.webhook("inbound"), files=parts).prepare()
        body = prepared.body if isinstance(prepared.body, bytes) else b""
        told = {"Content-Type": prepared.headers["Content-Type"]}
        vendor.happen("", [("inbound", lambda: _post(vendor, "inbound", body, told))], Fate.SUCCESS)
        return jsonify({}), 202

    return app


def _taken(vendor: Vendor, asked: dict[str, Any]) -> Any:
    recipients = list(_recipients(asked))
    fates = {one: of_address(one) for one in recipients}
    whole = vendor.mode or of_request([*fates.values()])
    ours = {**asked.get("custom_args", {}), **asked["personalizations"][0].get("custom_args", {})}
    if whole is Fate.BROKEN:
        return _errors(503, ("The service is not available", None))
    if whole is Fate.THROTTLED and vendor.asks_to_wait(ours.get("communication_id") or json.dumps(recipients)):
        answer, status = _errors(429, ("too many requests", None))
        answer.headers.extend({"Retry-After": "1", "X-RateLimit-Limit": "600", "X-RateLimit-Remaining": "0"})
        return answer, status
    if whole is Fate.INVALID:
        return _errors(400, ("Does not contain a valid address.", "personalizations.0.to.0.email"))
    reference = secrets.token_urlsafe(16)
    vendor.keep(_shown(asked, reference, ours.get("communication_id")))
    for one in recipients:
        fate = Fate.MUTE if fates[one] is Fate.MUTE else Fate.TWICE if fates[one] is Fate.TWICE else Fate.SUCCESS
        vendor.happen(reference, list(_steps(vendor, reference, one, fates[one], ours)), fate)
    if whole is Fate.AMBIGUOUS:
        hang_up()
    return Response(status=202, headers={} if whole is Fate.GARBLED else {"X-Message-Id": reference})


def _errors(status: int, *wrong: tuple[str, str | None]) -> tuple[Response, int]:
    return jsonify({"errors": [{"message": what, "field": where, "help": None} for what, where in wrong]}), status


def _recipients(asked: dict[str, Any]) -> Iterator[str]:
    for one in asked["personalizations"]:
        yield from (each["email"] for kind in ("to", "cc", "bcc") for each in one.get(kind, []))


def _faults(asked: dict[str, Any]) -> Iterator[tuple[str, str | None]]:
    """What SendGrid finds wrong, in its words, with where."""
    yield from ((f"Additional property {name} is not allowed", name) for name in asked.keys() - _FIELDS)
    people = asked.get("personalizations")
    if not isinstance(people, list) or not 1 <= len(people) <= _MOST_RECIPIENTS:
        yield "The personalizations field is required and must have at least one personalization.", "personalizations"
        return
    seen: set[str] = set()
    for place, one in enumerate(people):
        yield from _faults_of_one(one, f"personalizations.{place}", seen)
    if len(seen) > _MOST_RECIPIENTS:
        yield "Cannot have more than 1000 recipients", "personalizations"
    yield from _faults_of_address(asked.get("from"), "from")
    yield from _faults_of_replies(asked)
    if not isinstance(asked.get("subject"), str) or not asked["subject"]:
        yield "The subject is required. You can get around this requirement if you use a template.", "subject"
    yield from _faults_of_content(asked.get("content"))
    yield from _faults_of_files(asked.get("attachments", []))
    yield from _faults_of_texts(asked)


def _faults_of_one(one: Any, where: str, seen: set[str]) -> Iterator[tuple[str, str | None]]:
    if not isinstance(one, dict) or not isinstance(one.get("to"), list) or not one["to"]:
        yield "The to array is required for all personalization objects, and must have at least one email object", where
        return
    yield from ((f"Additional property {name} is not allowed", f"{where}.{name}") for name in one.keys() - _OF_ONE)
    for kind in ("to", "cc", "bcc"):
        for place, each in enumerate(one.get(kind, [])):
            yield from _faults_of_address(each, f"{where}.{kind}.{place}")
            email = str(each.get("email")).casefold() if isinstance(each, dict) else ""
            if email in seen:
                yield f"Each email address in the personalization block should be unique ({email})", "personalizations"
            seen.add(email)
            if isinstance(each, dict) and set(";,") & set(str(each.get("name", ""))):
                yield "The name may not contain ; or ,", f"{where}.{kind}.{place}.name"


def _faults_of_address(one: Any, where: str) -> Iterator[tuple[str, str | None]]:
    if not isinstance(one, dict) or one.keys() - {"email", "name"} or not isinstance(one.get("name", ""), str):
        yield "Invalid type. Expected: an object with an email and a name", where
    elif not isinstance(one.get("email"), str) or not _ADDRESS.fullmatch(one["email"]):
        yield "Does not contain a valid address.", f"{where}.email"


def _faults_of_replies(asked: dict[str, Any]) -> Iterator[tuple[str, str | None]]:
    if "reply_to" in asked and "reply_to_list" in asked:
        yield "reply_to and reply_to_list may not be used together", "reply_to"
    replies = asked.get("reply_to_list", [asked["reply_to"]] if "reply_to" in asked else [])
    for place, one in enumerate(replies):
        yield from _faults_of_address(one, f"reply_to_list.{place}")
    if len({str(one) for one in replies}) != len(replies):
        yield "Each email address in reply_to_list should be unique", "reply_to_list"


def _faults_of_content(content: Any) -> Iterator[tuple[str, str | None]]:
    if not isinstance(content, list) or not content:
        yield "Unless a valid template_id is provided, the content parameter is required.", "content"
        return
    for place, one in enumerate(content):
        named = isinstance(one, dict) and one.keys() == {"type", "value"}
        if not named or not all(isinstance(each, str) and each for each in one.values()):
            yield "The content value must be a string at least one character in length.", f"content.{place}.value"
    kinds = [str(one.get("type")) for one in content if isinstance(one, dict)]
    if kinds != sorted(kinds, key=lambda one: {"text/plain": 0, "text/html": 1}.get(one, 2)):
        yield "If present, text/plain must be first, followed by text/html, followed by any other content.", "content"


def _faults_of_files(files: Any) -> Iterator[tuple[str, str | None]]:
    for place, one in enumerate(files if isinstance(files, list) else [None]):
        where = f"attachments.{place}"
        if not isinstance(one, dict) or not isinstance(one.get("filename"), str) or not one["filename"]:
            yield "The attachment filename is required", f"{where}.filename"
            continue
        try:
            if not base64.b64decode(str(one.get("content") or ""), validate=True):
                yield "The attachment content is required", f"{where}.content"
        except ValueError:
            yield "The attachment content must be base64 encoded.", f"{where}.content"
        if re.search(r"[;\r\n]", str(one.get("type", ""))) or re.search(r"[\r\n]", one["filename"]):
            yield "The attachment type and filename cannot contain ; or CRLF", f"{where}.type"


def _faults_of_texts(asked: dict[str, Any]) -> Iterator[tuple[str, str | None]]:
    """Of headers and custom arguments, which are strings."""
    for name in ("headers", "custom_args"):
        told = asked.get(name, {})
        if not isinstance(told, dict) or not all(isinstance(one, str) for one in told.values()):
            yield f"The {name} must be an object of strings", name
    for one in asked.get("headers", {}):
        if one.lower() in _RESERVED:
            yield f"The header {one} is a reserved header", f"headers.{one}"
    if len(json.dumps(asked.get("custom_args", {}))) >= 10_000:
        yield "Custom arguments must be less than 10000 bytes", "custom_args"


def _shown(asked: dict[str, Any], reference: str, communication_id: str | None) -> dict[str, Any]:
    texts = {one["type"]: one["value"] for one in asked["content"]}
    return {
        "reference": reference,
        "communication_id": communication_id,
        "from": asked["from"]["email"],
        "to": [each["email"] for one in asked["personalizations"] for each in one["to"]],
        "subject": asked["subject"],
        "text": texts.get("text/plain", texts.get("text/html")),
        "attachments": [
            {
                "name": one["filename"],
                "media_type": one.get("type"),
                "bytes": len(base64.b64decode(one["content"])),
                "content": one["content"],
            }
            for one in asked.get("attachments", [])
        ],
        # Not shown: what the rest of it was.
        "request": {name: value for name, value in asked.items() if name != "attachments"},
    }


def _steps(vendor: Vendor, reference: str, recipient: str, fate: Fate, ours: dict[str, str]) -> Iterator[Step]:
    for place, event in enumerate(_FATES.get(fate, (_PROCESSED, _DELIVERED))):
        told = {
            "email": recipient,
            "timestamp": int(time.time()),
            "smtp-id": _SMTP_ID.format(reference),
            "sg_event_id": secrets.token_urlsafe(24),
            "sg_message_id": f"{reference}.recvd-6c8b7d9f5-{place}-1-67470A3C-1A.0",
            **ours,
            **event,
        }
        # It ends its arrays so; what is signed is what is posted.
        body = json.dumps([told], separators=(",", ":")).encode() + b"\r\n"
        yield str(event["event"]), partial(_post, vendor, "", body, {"Content-Type": "application/json"})


def _post(vendor: Vendor, path: str, body: bytes, headers: Mapping[str, str]) -> requests.Response:
    """Signed anew each time."""
    timestamp = str(int(time.time()))
    signature = _private_key(vendor.place).sign(timestamp.encode() + body, ec.ECDSA(SHA256()))
    signed = {
        "User-Agent": "SendGrid Event API",
        "X-Twilio-Email-Event-Webhook-Signature": base64.b64encode(signature).decode(),
        "X-Twilio-Email-Event-Webhook-Timestamp": timestamp,
    }
    return requests.post(vendor.webhook(path), data=body, headers={**headers, **signed}, timeout=30)


def _parse(raw: bytes, asked: Mapping[str, str]) -> dict[str, tuple[None, str | bytes]]:
    """The fields of Inbound Parse where it posts the raw message ("Raw Parameters")."""
    parsed = message_from_bytes(raw, policy=default)
    assert isinstance(parsed, EmailMessage)  # noqa: S101 - the policy makes it one
    named = [str(value) for name in ("To", "Cc") for value in parsed.get_all(name, [])]
    to = [asked["recipient"]] if "recipient" in asked else [address for _, address in getaddresses(named) if address]
    sender = next((address for _, address in getaddresses([str(parsed["From"] or "")])), "")
    domain = sender.rpartition("@")[2] or "unknown.invalid"
    spam = asked.get("spam", "PASS").upper() == "FAIL"
    envelope = {"to": to, "from": sender}
    texts = {
        "dkim": f"{{@{domain} : {asked.get('dkim', 'pass').lower()}}}",
        "SPF": asked.get("spf", "pass").lower(),
        "to": ", ".join(named),
        "from": str(parsed["From"] or ""),
        "subject": str(parsed["Subject"] or ""),
        "sender_ip": "192.0.2.25",
        "spam_report": "Spam detection software, running on the system",
        "spam_score": "9.1" if spam else "0.011",
        "envelope": json.dumps(envelope),
        "charsets": json.dumps({"to": "UTF-8", "subject": "UTF-8", "from": "UTF-8"}),
    }
    return {**{name: (None, value) for name, value in texts.items()}, "email": (None, raw)}
