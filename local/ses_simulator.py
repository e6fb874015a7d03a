"""Amazon SES on one machine: takes mail as SES v2 does, keeps all of it, and tells of it as SES would.

MiniStack's own SES drops attachments, headers and tags and emits no events. This one knows the mailbox simulator's addresses,
with labels (SES developer guide, "Using the mailbox simulator"); every other address takes what it is sent. Events go to the topics
that the configuration set names, as AWS would publish them.

    GET  /messages               what was sent: JSON, newest first, with headers, parts and attachments; `?to=` narrows it, as
                                 does `?communication_id=`, by the tag of that name
    GET  /messages/{id}/raw      the MIME as it was sent
    POST /messages/{id}/open     the recipient opens it
    POST /messages/{id}/reply    the recipient answers: {"text": "...", "from": "...", "subject": "..."}, all but the text optional
    POST /inbound                a mail comes in, as MIME; what its receiver found: ?dmarc=FAIL&dkim=&spf=&spam=&virus=, else PASS
"""

import base64
import json
import threading
import time
import uuid
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from flask import Flask, Response, abort, jsonify, request

from local.aws import client
from local.environment import ACCOUNT, REGION, LocalEnvironment
from local.inbound_simulator import answer, receive, with_verdicts

_SIMULATOR = "simulator.amazonses.com"
# What the mailbox simulator's addresses make of a message, after it was accepted.
_DELIVERY, _BOUNCE, _COMPLAINT, _REPLY, _SUPPRESSED = "Delivery", "Bounce", "Complaint", "Reply", "Suppressed"
_FATES = {
    "success": (_DELIVERY,),
    "bounce": (_BOUNCE,),
    "complaint": (_DELIVERY, _COMPLAINT),
    "ooto": (_DELIVERY, _REPLY),
    "suppressionlist": (_SUPPRESSED,),
}
# A mail program that somebody reads with; what a proxy or a scanner calls itself is a machine's opening.
_READER = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Thunderbird/140.5.0"
_PAUSE_SECONDS = 0.3
_PATIENCE_SECONDS = 300
_EVENT_NAMES = {"DeliveryDelay": "DELIVERY_DELAY", "Rendering Failure": "RENDERING_FAILURE"}


class SentMail:
    """What was sent, one JSON file and one MIME file a message."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def keep(self, sent: dict[str, Any], raw: bytes) -> None:
        stem = self._folder / sent["message_id"]
        stem.with_suffix(".eml").write_bytes(raw)
        stem.with_suffix(".json").write_text(json.dumps(sent))

    def find(self, message_id: str) -> tuple[dict[str, Any], bytes]:
        stem = self._folder / Path(message_id).name
        try:
            return json.loads(stem.with_suffix(".json").read_text()), stem.with_suffix(".eml").read_bytes()
        except FileNotFoundError:
            abort(404)

    def newest_first(self) -> list[dict[str, Any]]:
        kept = [json.loads(file.read_text()) for file in self._folder.glob("*.json")]
        return sorted(kept, key=lambda one: str(one["sent_at"]), reverse=True)


def simulator(place: LocalEnvironment) -> Flask:
    app = Flask(__name__, static_folder=None)
    mailroom = SentMail(place.home / "mail")
    publisher = Publisher(place)

    @app.post("/v2/email/outbound-emails")
    def send_email() -> Response | tuple[Response, int]:
        body = request.get_json(force=True)
        raw = base64.b64decode(body["Content"]["Raw"]["Data"])
        destination = body.get("Destination", {})
        recipients = [one for kind in ("To", "Cc", "Bcc") for one in destination.get(f"{kind}Addresses", [])]
        if not recipients:
            return jsonify({"message": "No recipients"}), 400
        sent = {
            "message_id": f"{uuid.uuid4().hex[:16]}-{uuid.uuid4()}-000000",
            "sent_at": _now(),
            "from": body.get("FromEmailAddress"),
            "destination": {kind.lower(): destination.get(f"{kind}Addresses", []) for kind in ("To", "Cc", "Bcc")},
            "recipients": recipients,
            "tags": {tag["Name"]: [tag["Value"]] for tag in body.get("EmailTags", [])},
            "configuration_set": body.get("ConfigurationSetName"),
        }
        mailroom.keep(sent, raw)
        threading.Thread(target=publisher.tell, args=(sent, raw), daemon=True).start()
        return jsonify({"MessageId": sent["message_id"]})

    @app.get("/messages")
    def messages() -> Response:
        to, entry = request.args.get("to"), request.args.get("communication_id")
        wanted = [
            sent["message_id"]
            for sent in mailroom.newest_first()
            if to in (None, *sent["recipients"]) and entry in (None, *sent["tags"].get("communication_id", []))
        ]
        return jsonify({"messages": [described(*mailroom.find(one)) for one in wanted]})

    @app.get("/messages/<message_id>/raw")
    def raw_message(message_id: str) -> Response:
        return Response(mailroom.find(message_id)[1], mimetype="message/rfc822")

    @app.post("/messages/<message_id>/open")
    def open_message(message_id: str) -> tuple[str, int]:
        sent, raw = mailroom.find(message_id)
        seen = {"timestamp": _now(), "userAgent": _READER, "ipAddress": "192.0.2.1"}
        publisher.publish(sent, raw, "Open", {"open": seen})
        return "", 204

    @app.post("/messages/<message_id>/reply")
    def reply(message_id: str) -> Response:
        sent, raw = mailroom.find(message_id)
        return jsonify({"key": receive(place, with_verdicts(answer(sent, raw, request.get_json(force=True)), {}))})

    @app.post("/inbound")
    def inbound() -> Response:
        return jsonify({"key": receive(place, with_verdicts(request.get_data(), request.args))})

    return app


class Publisher:
    """Publishes SES event records (SES developer guide, "Contents of event data") to the topics of the configuration set."""

    def __init__(self, place: LocalEnvironment) -> None:
        self._place = place

    def tell(self, sent: dict[str, Any], raw: bytes) -> None:
        """Accepted, and then what becomes of it at each recipient."""
        self.publish(sent, raw, "Send", {"send": {}})
        fates: dict[tuple[str, ...], list[str]] = {}
        for address in sent["recipients"]:
            fates.setdefault(_fate(address), []).append(address)
        for fate, addresses in fates.items():
            for event in fate:
                time.sleep(_PAUSE_SECONDS)
                self._happen(sent, raw, event, addresses)

    def publish(self, sent: dict[str, Any], raw: bytes, event: str, body: dict[str, Any]) -> None:
        """Where the local cloud is stopped meanwhile, once it is back: Amazon's events outlive what hears them."""
        record = json.dumps({"eventType": event, "mail": _mail(sent, raw), **body})
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while True:
            try:
                return self._publish(sent["configuration_set"], event, record)
            except (BotoCoreError, ClientError):
                if time.monotonic() > deadline:
                    raise
                time.sleep(1)

    def _publish(self, configuration_set: str | None, event: str, record: str) -> None:
        for topic in self._topics(configuration_set, event):
            client(self._place, "sns").publish(
                TopicArn=topic, Message=record, Subject="Amazon SES Email Event Notification"
            )

    def _happen(self, sent: dict[str, Any], raw: bytes, event: str, addresses: list[str]) -> None:
        at, feedback = _now(), f"{uuid.uuid4()}-000000"
        bounced = {"timestamp": at, "feedbackId": feedback, "reportingMTA": f"dns; {_SIMULATOR}"}
        match event:
            case "Delivery":
                body = {
                    "timestamp": at,
                    "processingTimeMillis": int(_PAUSE_SECONDS * 1000),
                    "recipients": addresses,
                    "smtpResponse": "250 2.6.0 Message received",
                    "reportingMTA": _SIMULATOR,
                }
                self.publish(sent, raw, "Delivery", {"delivery": body})
            case "Bounce":
                hit = [
                    {
                        "emailAddress": one,
                        "action": "failed",
                        "status": "5.1.1",
                        "diagnosticCode": "smtp; 550 5.1.1 user unknown",
                    }
                    for one in addresses
                ]
                body = {**bounced, "bounceType": "Permanent", "bounceSubType": "General", "bouncedRecipients": hit}
                self.publish(sent, raw, "Bounce", {"bounce": body})
            case "Reply":
                hit = [{"emailAddress": one} for one in addresses]
                body = {**bounced, "bounceType": "Transient", "bounceSubType": "General", "bouncedRecipients": hit}
                self.publish(sent, raw, "Bounce", {"bounce": body})
            case "Suppressed":
                hit = [
                    {
                        "emailAddress": one,
                        "action": "failed",
                        "status": "5.1.1",
                        "diagnosticCode": "Amazon SES has suppressed sending to this address",
                    }
                    for one in addresses
                ]
                body = {**bounced, "bounceType": "Permanent", "bounceSubType": "Suppressed", "bouncedRecipients": hit}
                self.publish(sent, raw, "Bounce", {"bounce": body})
            case "Complaint":
                body = {
                    "timestamp": at,
                    "feedbackId": feedback,
                    "complaintSubType": None,
                    "complainedRecipients": [{"emailAddress": one} for one in addresses],
                    "complaintFeedbackType": "abuse",
                    "arrivalDate": at,
                }
                self.publish(sent, raw, "Complaint", {"complaint": body})

    def _topics(self, configuration_set: str | None, event: str) -> list[str]:
        if configuration_set is None:
            return []
        answer = client(self._place, "sesv2").get_configuration_set_event_destinations(
            ConfigurationSetName=configuration_set
        )
        name = _EVENT_NAMES.get(event, event.upper())
        return [
            one["SnsDestination"]["TopicArn"]
            for one in answer["EventDestinations"]
            if one.get("Enabled") and name in one["MatchingEventTypes"] and "SnsDestination" in one
        ]


def described(sent: dict[str, Any], raw: bytes) -> dict[str, Any]:
    """A message as people and tests want to see it."""
    parsed = message_from_bytes(raw, policy=default)
    assert isinstance(parsed, EmailMessage)  # noqa: S101 - the policy makes it one
    text, html = parsed.get_body(("plain",)), parsed.get_body(("html",))
    return {
        **sent,
        "subject": str(parsed["Subject"]),
        "headers": [{"name": name, "value": str(value)} for name, value in parsed.items()],
        "text": text.get_content() if text else None,
        "html": html.get_content() if html else None,
        "parts": [part.get_content_type() for part in parsed.walk()],
        "attachments": [
            {
                "name": part.get_filename(),
                "media_type": part.get_content_type(),
                "bytes": len(part.get_payload(decode=True) or b""),
                "content": base64.b64encode(part.get_payload(decode=True) or b"").decode(),  # type: ignore[arg-type]
            }
            for part in parsed.iter_attachments()
        ],
    }


def _fate(address: str) -> tuple[str, ...]:
    local, _, domain = address.partition("@")
    return _FATES.get(local.partition("+")[0], (_DELIVERY,)) if domain.lower() == _SIMULATOR else (_DELIVERY,)


def _mail(sent: dict[str, Any], raw: bytes) -> dict[str, Any]:
    parsed = message_from_bytes(raw, policy=default)
    return {
        "timestamp": sent["sent_at"],
        "messageId": sent["message_id"],
        "source": sent["from"],
        "sourceArn": f"arn:aws:ses:{REGION}:{ACCOUNT}:identity/{str(sent['from']).rpartition('@')[2].rstrip('>')}",
        "sendingAccountId": ACCOUNT,
        "destination": sent["recipients"],
        "headersTruncated": False,
        "headers": [{"name": name, "value": str(value)} for name, value in parsed.items()],
        "commonHeaders": {
            "from": [str(parsed["From"])],
            "to": [str(parsed["To"])],
            "messageId": sent["message_id"],
            "subject": str(parsed["Subject"]),
        },
        "tags": {**sent["tags"], "ses:configuration-set": [sent["configuration_set"]]},
    }


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
