"""AWS End User Messaging SMS on one machine: takes SendTextMessage as its API does, tells what became of it over EventBridge.

Nobody but AWS may put it on a bus: PutEvents refuses a `source` that begins with `aws.`. So what the bus would do is done
here: the rules are asked which want the event, and it is handed to the targets of these.

    POST /      AWS JSON 1.0, `X-Amz-Target: PinpointSMSVoiceV2.SendTextMessage`

The API has no test account: the configuration set and the origination identity of CREDENTIALS are the only ones it has, beside
senders that are chosen for one message.
"""

import json
import re
import time
import uuid
from functools import partial
from typing import Any

from flask import Flask, Response, request

from local.aws import client
from local.environment import ACCOUNT, REGION
from local.simulators.fates import Fate, of_number
from local.simulators.vendor import Step, Vendor, application, hang_up, now

CREDENTIALS = {"configuration_set": "letterbook", "origination_identity": ""}

_TARGET = "PinpointSMSVoiceV2.SendTextMessage"
_SIGNED = re.compile(r"AWS4-HMAC-SHA256 Credential=[^/]+/\d{8}/[a-z0-9-]+/sms-voice/aws4_request, ")
_NUMBER = re.compile(r"\+?[1-9][0-9]{1,18}")
_IDENTITY = re.compile(r"[A-Za-z0-9_:/+-]{1,256}")
_MOST_TEXT, _MOST_CONTEXT, _SHORTEST, _LONGEST = 1600, 5, 5, 259_200
_WANTED = ("DestinationPhoneNumber", "MessageBody")
_TYPES = ("TRANSACTIONAL", "PROMOTIONAL")
# After it was queued and sent; the last one is final.
_ENDS = {"01": "TEXT_UNREACHABLE", "02": "TEXT_INVALID", "11": "TEXT_CARRIER_BLOCKED"}
_SAYS = {
    "TEXT_QUEUED": "Message has been queued",
    "TEXT_SENT": "Message has been sent to the carrier",
    "TEXT_DELIVERED": "Message has been delivered to the recipient",
    "TEXT_UNREACHABLE": "Recipient's device is currently unreachable or unavailable",
    "TEXT_INVALID": "The destination phone number is not valid",
    "TEXT_CARRIER_BLOCKED": "The carrier blocked delivery of this message",
}


def simulator(vendor: Vendor) -> Flask:
    app = application(vendor)

    @app.post("/")
    def send_text_message() -> Response:
        body: Any = request.get_json(force=True, silent=True)
        refused = _refusal(vendor, body)
        if refused:
            return refused
        fate, digits = of_number(body["DestinationPhoneNumber"])
        fate = vendor.mode or fate
        if fate is Fate.BROKEN:
            return Response("<html>503 Service Unavailable</html>", 503, mimetype="text/html")
        if fate is Fate.THROTTLED and vendor.asks_to_wait(_key(body)):
            return _error(400, "ThrottlingException", "Rate exceeded")
        if fate is Fate.INVALID:
            return _error(400, "ValidationException", "The number is not valid", reason="INVALID_PARAMETER")
        if fate is Fate.DROPPED:
            return _error(400, "ConflictException", "Opted out", reason="DESTINATION_PHONE_NUMBER_OPTED_OUT")
        reference = str(uuid.uuid4())
        vendor.keep(_kept(reference, body))
        names = [
            "TEXT_QUEUED",
            "TEXT_SENT",
            _ENDS.get(digits, "TEXT_DELIVERED") if fate in _FAILING else "TEXT_DELIVERED",
        ]
        vendor.happen(reference, _steps(vendor, reference, body, names), fate)
        if fate is Fate.AMBIGUOUS:
            hang_up()
        if fate is Fate.GARBLED:
            return _answer(200, '{"MessageId": "' + reference[:8])
        return _answer(200, json.dumps({"MessageId": reference}))

    return app


_FAILING = (Fate.BOUNCE, Fate.BLOCKED)


def _refusal(vendor: Vendor, body: Any) -> Response | None:
    """What AWS itself says of a request that is not right; None for one that is."""
    if not _SIGNED.match(request.headers.get("Authorization", "")):
        return _error(403, "MissingAuthenticationTokenException", "Missing Authentication Token")
    if request.headers.get("X-Amz-Target") != _TARGET:
        return _error(400, "UnknownOperationException", "Unknown operation")
    if not isinstance(body, dict) or any(not isinstance(body.get(one), str) for one in _WANTED):
        return _error(400, "ValidationException", "A field is missing", reason="MISSING_PARAMETER")
    if body.get("ConfigurationSetName") not in (None, vendor.credentials["configuration_set"]):
        return _error(400, "ResourceNotFoundException", "No such configuration set")
    right = (
        _NUMBER.fullmatch(body["DestinationPhoneNumber"])
        and _IDENTITY.fullmatch(str(body.get("OriginationIdentity", "pool")))
        and 1 <= len(body["MessageBody"]) <= _MOST_TEXT
        and body.get("MessageType", _TYPES[0]) in _TYPES
        and _SHORTEST <= body.get("TimeToLive", _LONGEST) <= _LONGEST
        and len(body.get("Context", {})) <= _MOST_CONTEXT
        and all(isinstance(one, str) for one in body.get("Context", {}).values())
    )
    return None if right else _error(400, "ValidationException", "A field is wrong", reason="FIELD_VALIDATION_FAILED")


def _steps(vendor: Vendor, reference: str, body: dict[str, Any], names: list[str]) -> list[Step]:
    return [(name, partial(_tell, vendor, reference, body, name, final=name == names[-1])) for name in names]


def _tell(vendor: Vendor, reference: str, body: dict[str, Any], name: str, *, final: bool) -> None:
    event = _event(reference, body, name, final=final)
    events, queues = client(vendor.place, "events"), client(vendor.place, "sqs")
    for rule in events.list_rules()["Rules"]:
        pattern = rule.get("EventPattern", "")
        if pattern and events.test_event_pattern(EventPattern=pattern, Event=event)["Result"]:
            for target in events.list_targets_by_rule(Rule=rule["Name"])["Targets"]:
                queue = queues.get_queue_url(QueueName=target["Arn"].rpartition(":")[2])["QueueUrl"]
                queues.send_message(QueueUrl=queue, MessageBody=event)


def _event(reference: str, body: dict[str, Any], name: str, *, final: bool) -> str:
    """As a bus hands it to the targets of its rules."""
    at = int(time.time() * 1000)
    detail = {
        "eventType": name,
        "eventVersion": "1.0",
        "eventTimestamp": at,
        "isFinal": final,
        "originationPhoneNumber": body.get("OriginationIdentity"),
        "isoCountryCode": "GB",
        "messageId": reference,
        "messageRequestTimestamp": at,
        "messageEncoding": "GSM",
        "messageType": body.get("MessageType", _TYPES[0]),
        "messageStatus": name.removeprefix("TEXT_"),
        "messageStatusDescription": _SAYS[name],
        "context": body.get("Context", {}),
        "totalMessageParts": 1,
        "totalMessagePrice": 0.04,
        "totalCarrierFee": 0.0,
    }
    return json.dumps(
        {
            "version": "0",
            "id": str(uuid.uuid4()),
            "detail-type": "Text Message Delivery Status Updated",
            "source": "aws.sms-voice",
            "account": ACCOUNT,
            "time": now(),
            "region": REGION,
            "resources": [f"arn:aws:sms-voice:{REGION}:{ACCOUNT}:configuration-set/{CREDENTIALS['configuration_set']}"],
            "detail": detail,
        }
    )


def _kept(reference: str, body: dict[str, Any]) -> dict[str, Any]:
    return {
        "reference": reference,
        "communication_id": body.get("Context", {}).get("communication_id"),
        "to": [body["DestinationPhoneNumber"]],
        "from": body.get("OriginationIdentity"),
        "subject": None,
        "text": body["MessageBody"],
        "attachments": [],
        "at": now(),
    }


def _key(body: dict[str, Any]) -> str:
    return str(body.get("Context", {}).get("communication_id") or body["DestinationPhoneNumber"])


def _error(status: int, name: str, message: str, **details: str) -> Response:
    told = {"__type": name, "Message": message, **{key.capitalize(): value for key, value in details.items()}}
    return _answer(status, json.dumps(told))


def _answer(status: int, body: str) -> Response:
    return Response(body, status, content_type="application/x-amz-json-1.0")
