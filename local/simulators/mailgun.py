"""Mailgun on one machine: takes MIME as its Messages API does, posts signed webhooks, tells its events, hands mail over by a route.

    POST /v3/{domain}/messages.mime      multipart/form-data: `to` (any number of times) and the file `message`
    GET  /v3/{domain}/events             `message-id` `recipient` `event` `begin` `end` `ascending` `limit`, then `paging.next`
    GET  /v3/domains/{domain}/messages/{key}   a stored mail, as JSON with `body-mime`
    POST /_sim/inbound                   MIME that comes in: ?spf=Fail&dkim=&spam=Yes&signer=&recipient=, else Pass, signed by the
                                         domain it is from, to whom it says

Mail that comes in larger than our door takes is stored, and its place is posted, as by a route with `store(notify=)`.
"""

import base64
import hashlib
import hmac
import json
import re
import secrets
import time
import uuid
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import default
from email.utils import formatdate, getaddresses
from functools import partial
from typing import Any

import requests
from flask import Flask, Response, jsonify, request

from local.simulators.fates import Fate, of_address, of_request
from local.simulators.vendor import Step, Vendor, application, hang_up

CREDENTIALS = {
    "api_key": "key-0123456789abcdef0123456789abcdef",
    "domain": "mg.tolworthy.example",
    "signing_key": "0123456789abcdef0123456789abcdef-01234567-89abcdef",
}
_MOST_BYTES, _MOST_RECIPIENTS, _MOST_OPTIONS = 25 * 1024 * 1024, 1000, 16 * 1024
# What is larger does not fit through our door with the rest of its form.
_MOST_POSTED = 900 * 1024
_ADDRESS = re.compile(r"[^\s<>@,;]{1,64}@[^\s<>@,;]+\.[^\s<>@,;]+")
_OPTIONS = re.compile(
    r"(?:o:(?:tag|dkim|deliverytime|testmode|tracking|tracking-clicks|tracking-opens|require-tls|skip-verification)|[hvt]:.+)"
)
_READER = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Thunderbird/140.5.0"
_PERMANENT = {"event": "failed", "severity": "permanent", "log-level": "error"}
_DELIVERED = {
    "event": "delivered",
    "delivery-status": {"code": 250, "message": "OK", "description": "", "attempt-no": 1},
}
_BOUNCE = {
    **_PERMANENT,
    "reason": "bounce",
    "delivery-status": {
        "code": 550,
        "enhanced-code": "5.1.1",
        "message": "5.1.1 The email account that you tried to reach does not exist.",
        "description": "",
        "bounce-type": "hard",
        "attempt-no": 1,
    },
}
# What becomes of a message at one recipient, after it was accepted ("Event types").
_FATES: dict[Fate, tuple[dict[str, Any], ...]] = {
    Fate.DEFERRED: (
        {
            "event": "failed",
            "severity": "temporary",
            "reason": "generic",
            "log-level": "warn",
            "delivery-status": {
                "code": 421,
                "enhanced-code": "4.3.2",
                "message": "4.3.2 Too busy, come back later",
                "description": "",
                "retry-seconds": 600,
                "attempt-no": 1,
            },
        },
        _DELIVERED,
    ),
    Fate.BOUNCE: (_BOUNCE,),
    Fate.BLOCKED: (
        {
            **_PERMANENT,
            "reason": "bounce",
            "delivery-status": {
                "code": 554,
                "enhanced-code": "5.7.1",
                "message": "5.7.1 Message blocked by our spam policy",
                "description": "",
                "attempt-no": 1,
            },
        },
    ),
    Fate.DROPPED: (
        {
            **_PERMANENT,
            "reason": "suppress-unsubscribe",
            "delivery-status": {
                "code": 606,
                "message": "",
                "description": "Not delivering to unsubscribed address",
                "attempt-no": 1,
            },
        },
    ),
    Fate.COMPLAINT: (_DELIVERED, {"event": "complained", "log-level": "warn"}),
    Fate.UNSUBSCRIBE: (_DELIVERED, {"event": "unsubscribed", "client-info": {"user-agent": _READER, "bot": ""}}),
    Fate.LATE: (_DELIVERED, {**_BOUNCE, "flags": {"is-delayed-bounce": True}}),
}


def simulator(vendor: Vendor) -> Flask:
    app = application(vendor)
    _checks_credentials(app, vendor)
    _takes_messages(app, vendor)
    _tells_events(app, vendor)
    _hands_mail_over(app, vendor)
    return app


def _checks_credentials(app: Flask, vendor: Vendor) -> None:
    @app.before_request
    def knows_us() -> tuple[Response, int] | tuple[str, int] | None:
        if not request.path.startswith("/v3/"):
            return None
        wanted = base64.b64encode(f"api:{vendor.credentials['api_key']}".encode()).decode()
        if request.headers.get("Authorization") != f"Basic {wanted}":
            return "Forbidden", 401
        named = request.path.removeprefix("/v3/").removeprefix("domains/").partition("/")[0]
        return None if named == vendor.credentials["domain"] else _error(404, f"Domain not found: {named}")


def _takes_messages(app: Flask, vendor: Vendor) -> None:
    @app.post("/v3/<_>/messages.mime")
    def send(_: str) -> Any:
        wrong = _fault()
        if wrong:
            return _error(400, wrong)
        fates = {one: of_address(one) for one in _recipients()}
        whole = vendor.mode or of_request([*fates.values()])
        raw, ours = request.files["message"].read(), request.form.get("v:communication_id")
        refused = _refused(vendor, whole, ours or hashlib.sha256(raw).hexdigest())
        if refused:
            return refused
        sent = _kept(vendor, raw, [*fates], ours)
        vendor.happen(
            sent["reference"],
            _steps(vendor, sent, fates),
            Fate.TWICE if Fate.TWICE in fates.values() else Fate.SUCCESS,
        )
        if whole is Fate.AMBIGUOUS:
            hang_up()
        if whole is Fate.GARBLED:
            return Response('{"id": "<', mimetype="application/json")
        return jsonify({"id": f"<{sent['reference']}>", "message": "Queued. Thank you."})


def _refused(vendor: Vendor, fate: Fate | None, key: str) -> Any:
    if fate is Fate.INVALID or not all(_ADDRESS.fullmatch(one) for one in _recipients()):
        return _error(400, "'to' parameter is not a valid address. please check documentation")
    if fate is Fate.BROKEN:
        return _error(503, "Service unavailable. Please try again later")
    if fate is Fate.THROTTLED and vendor.asks_to_wait(key):
        return *_error(429, "Too many requests"), {"Retry-After": "1"}
    return None


def _tells_events(app: Flask, vendor: Vendor) -> None:
    here = f"{vendor.url}/v3/{vendor.credentials['domain']}/events"

    @app.get("/v3/<_>/events")
    @app.get("/v3/<_>/events/<page>")
    def events(_: str, page: str = "") -> Any:
        asked: dict[str, Any] = (
            json.loads(base64.urlsafe_b64decode(page)) if page else {**request.args.to_dict(), "skip": 0}
        )
        found = [one for one in _happened(vendor) if _is_asked(one, asked)]
        if asked.get("ascending", "no") != "yes":
            found.reverse()
        skip, limit = int(asked["skip"]), max(1, min(int(asked.get("limit") or 100), 300))
        items = found[skip : skip + limit]
        following, previous = (
            base64.urlsafe_b64encode(json.dumps({**asked, "skip": at}).encode()).decode()
            for at in (skip + len(items), max(0, skip - limit))
        )
        return jsonify({"items": items, "paging": {"next": f"{here}/{following}", "previous": f"{here}/{previous}"}})


def _hands_mail_over(app: Flask, vendor: Vendor) -> None:
    @app.get("/v3/domains/<_>/messages/<key>")
    def stored(_: str, key: str) -> Any:
        file = vendor.folder / f"{key}.eml"
        if not key.isalnum() or not file.exists():
            return _error(404, "Message not found")
        return jsonify({"body-mime": file.read_bytes().decode(errors="replace")})

    @app.post("/_sim/inbound")
    def inbound() -> Any:
        raw = _as_received(request.get_data(), request.args.to_dict())
        parsed = message_from_bytes(raw, policy=default)
        named = [str(value) for name in ("To", "Cc", "Bcc") for value in parsed.get_all(name, [])]
        to = ", ".join(one for _, one in getaddresses(named) if one)
        fields = {
            "recipient": request.args.get("recipient") or to,
            "sender": _sender(parsed),
            "from": str(parsed["From"] or ""),
            "subject": str(parsed["Subject"] or ""),
        }
        files = {"body-mime": (None, raw)}
        if len(raw) > _MOST_POSTED:
            key, files = uuid.uuid4().hex, {}
            (vendor.folder / f"{key}.eml").write_bytes(raw)
            fields["message-url"] = f"{vendor.url}/v3/domains/{vendor.credentials['domain']}/messages/{key}"
        taken = vendor.deliver(
            lambda: requests.post(
                vendor.webhook("inbound/mime"), data={**fields, **_stamp(vendor)}, files=files or None, timeout=30
            )
        )
        return jsonify({"taken": taken}), 200 if taken else 502


def _recipients() -> list[str]:
    """Whom the request is for, each once."""
    return list(dict.fromkeys(one for _, one in getaddresses(request.form.getlist("to"))))


def _error(status: int, message: str) -> tuple[Response, int]:
    return jsonify({"message": message}), status


def _fault() -> str:
    """What Mailgun refuses a request for; empty for nothing."""
    if request.mimetype != "multipart/form-data":
        return "Need multipart/form-data"
    message = request.files.get("message")
    if not request.form.getlist("to"):
        return "'to' parameter is missing"
    if message is None:
        return "message parameter is missing"
    unknown = [name for name in request.form if name != "to" and not _OPTIONS.fullmatch(name)]
    if unknown:
        return f"Unsupported parameter: {unknown[0]}"
    if sum(len(name) + len(value) for name, value in request.form.items(multi=True) if name != "to") > _MOST_OPTIONS:
        return "Send options (parameters starting with o:, h:, v:, or t:) are limited to 16 kB total"
    if len(_recipients()) > _MOST_RECIPIENTS:
        return "Too many recipients"
    raw = message.read()
    message.seek(0)
    if len(raw) > _MOST_BYTES:
        return "Message too big"
    parsed = message_from_bytes(raw, policy=default)
    if not parsed["From"] or not getaddresses([str(parsed["From"])])[0][1]:
        return "'from' parameter is missing or not a valid address"
    return "" if parsed["To"] or parsed["Cc"] or parsed["Bcc"] else "MIME message has no recipient header"


def _kept(vendor: Vendor, raw: bytes, to: list[str], ours: str | None) -> dict[str, Any]:
    """As Mailgun does, the Message-ID that it has stays."""
    parsed = message_from_bytes(raw, policy=default)
    assert isinstance(parsed, EmailMessage)  # noqa: S101 - the policy makes it one
    own = f"{time.strftime('%Y%m%d%H%M%S', time.gmtime())}.{secrets.token_hex(8)}@{vendor.credentials['domain']}"
    text = parsed.get_body(("plain",))
    sent = {
        "reference": str(parsed["Message-ID"] or own).strip("<> "),
        "communication_id": ours,
        "to": to,
        "from": str(parsed["From"]),
        "subject": str(parsed["Subject"] or ""),
        "text": text.get_content() if text else None,
        "attachments": [
            {
                "name": one.get_filename(),
                "media_type": one.get_content_type(),
                "bytes": len(one.get_payload(decode=True) or b""),
            }
            for one in parsed.iter_attachments()
        ],
        "headers": {"to": str(parsed["To"] or ""), "cc": str(parsed["Cc"] or "")},
        "size": len(raw),
        "log": [],
    }
    vendor.keep(sent)
    return sent


def _steps(vendor: Vendor, sent: dict[str, Any], fates: dict[str, Fate]) -> list[Step]:
    """What becomes of it at each recipient, in the order in which it happens. All of it is told by the Events API from now on."""
    told = [(to, ({"event": "accepted"}, *_FATES.get(fate, (_DELIVERED,)))) for to, fate in fates.items()]
    in_order = [(to, bodies[place]) for place in range(3) for to, bodies in told if place < len(bodies)]
    log = [_event(sent, to, body, place) for place, (to, body) in enumerate(in_order)]
    vendor.amend(sent["reference"], log=log)
    silent = {to for to, fate in fates.items() if fate is Fate.MUTE}
    return [(str(one["event"]), partial(_post, vendor, one)) for one in log if one["recipient"] not in silent]


def _event(sent: dict[str, Any], to: str, body: dict[str, Any], place: int) -> dict[str, Any]:
    flags = {"is-routed": False, "is-authenticated": True, "is-test-mode": False, **body.get("flags", {})}
    return {
        "id": secrets.token_urlsafe(16),
        "timestamp": round(time.time() + place / 1000, 6),
        "log-level": "info",
        **body,
        "recipient": to,
        "recipient-domain": to.rpartition("@")[2],
        "envelope": {"sender": sent["from"], "targets": to, "transport": "smtp"},
        "flags": flags,
        "message": {
            "headers": {
                "to": sent["headers"]["to"],
                "from": sent["from"],
                "subject": sent["subject"],
                "message-id": sent["reference"],
            },
            "attachments": [],
            "size": sent["size"],
        },
        "tags": [],
        "campaigns": [],
        "user-variables": {"communication_id": sent["communication_id"]} if sent["communication_id"] else {},
    }


def _post(vendor: Vendor, event: dict[str, Any]) -> requests.Response:
    return requests.post(vendor.webhook(), json={"signature": _stamp(vendor), "event-data": event}, timeout=30)


def _stamp(vendor: Vendor) -> dict[str, str]:
    timestamp, token = str(int(time.time())), secrets.token_hex(25)
    key = vendor.credentials["signing_key"].encode()
    signature = hmac.new(key, f"{timestamp}{token}".encode(), hashlib.sha256).hexdigest()
    return {"timestamp": timestamp, "token": token, "signature": signature}


def _happened(vendor: Vendor) -> list[dict[str, Any]]:
    """Of all messages, the oldest first."""
    log = [event for one in vendor.newest_first() for event in one.get("log", [])]
    return sorted(log, key=lambda one: float(one["timestamp"]))


def _is_asked(event: dict[str, Any], asked: dict[str, Any]) -> bool:
    begin, end = (float(asked[name]) if asked.get(name) else None for name in ("begin", "end"))
    values = {
        "message-id": event["message"]["headers"]["message-id"],
        "recipient": event["recipient"],
        "event": event["event"],
    }
    return (
        all(asked.get(name) in (None, value) for name, value in values.items())
        and (begin is None or float(event["timestamp"]) >= begin)
        and (end is None or float(event["timestamp"]) <= end)
    )


def _as_received(raw: bytes, asked: dict[str, str]) -> bytes:
    """As Mailgun hands it over: what it found, then its trace, then all that the sender wrote. Whose signature holds has one."""
    parsed = message_from_bytes(raw, policy=default)
    found, signer = (
        asked.get("dkim", "Pass"),
        asked.get("signer") or _sender(parsed).rpartition("@")[2] or "unknown.invalid",
    )
    fields = [
        f"X-Mailgun-Dkim-Check-Result: {found}",
        f"X-Mailgun-Spf: {asked.get('spf', 'Pass')}",
        "X-Mailgun-Sscore: -0.1",
        f"X-Mailgun-Sflag: {asked.get('spam', 'No')}",
        "X-Mailgun-Incoming: Yes",
        f"Received: from mx.mailbox.example by mxa.mailgun.org with ESMTP id {secrets.token_hex(8)}; {formatdate()}",
    ]
    if found.lower() == "pass" and parsed["DKIM-Signature"] is None:
        fields.append(f"DKIM-Signature: v=1; a=rsa-sha256; d={signer}; s=s1; h=from:to:subject; bh=AA==; b=AA==")
    return "".join(f"{one}\r\n" for one in fields).encode() + raw


def _sender(parsed: Message) -> str:
    return next((one for _, one in getaddresses([str(parsed["From"] or "")])), "")
