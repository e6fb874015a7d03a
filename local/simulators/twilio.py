"""Twilio on one machine: takes messages as its API does, posts signed status callbacks, and what comes in.

    POST /2010-04-01/Accounts/{sid}/Messages.json        a form: To, From or MessagingServiceSid, Body, StatusCallback
    GET  /2010-04-01/Accounts/{sid}/Messages.json        To, From, DateSent, DateSent>, DateSent<, PageSize; next_page_uri
    GET  /2010-04-01/Accounts/{sid}/Messages/{sid}.json
    GET  /2010-04-01/Accounts/{sid}/Messages/{sid}/Media/{sid}
    POST /_sim/inbound                                   {"from", "to", "body", "media": [{"media_type", "content": base64}]}

The account owns one number. Who answers STOP there gets nothing more from it until START, and is told so by Twilio itself
(Advanced Opt-Out); these confirmations are no messages of ours, so they are not shown.
"""

import base64
import binascii
import hashlib
import hmac
import json
import re
import secrets
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from typing import Any
from urllib.parse import urlencode, urlsplit

import requests
from flask import Flask, Response, jsonify, request

from local.simulators.fates import Fate, of_number
from local.simulators.vendor import Step, Vendor, application, hang_up

NUMBER = "+447400199999"
CREDENTIALS = {"account_sid": "AC0123456789abcdef0123456789abcdef", "auth_token": "5f0c9e3ab7d24c18a6e05d9137fb28c4"}

_API = "/2010-04-01/Accounts"
_E164, _NAME = re.compile(r"\+[1-9]\d{6,14}", re.ASCII), re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 &+_-]{1,11}", re.ASCII)
_SERVICE = re.compile(r"MG[0-9a-f]{32}")
_MOST_TEXT, _MOST_PAGE, _MOST_MEDIA = 1600, 1000, 10
_ENDS: dict[str, tuple[str, int | None]] = {
    "01": ("undelivered", 30003),
    "02": ("undelivered", 30005),
    "11": ("undelivered", 30007),
}
_FINAL = ("delivered", "undelivered", "failed")
_SAYS = {
    20003: "Authenticate",
    20404: "The requested resource was not found",
    20429: "Too Many Requests",
    20503: "Service unavailable",
    21211: "Invalid 'To' Phone Number",
    21266: "'To' and 'From' number cannot be the same",
    21602: "Message body is required.",
    21603: "A 'From' phone number is required.",
    21604: "A 'To' phone number is required.",
    21606: "The 'From' phone number provided is not a valid message-capable Twilio phone number",
    21609: "The 'StatusCallback' URL is not a valid URL.",
    21610: "Attempt to send to unsubscribed recipient",
    21617: "The concatenated message body exceeds the 1600 character limit",
    21705: "The Messaging Service Sid is invalid.",
}
_STOP = ("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT")
_START, _HELP = ("START", "YES", "UNSTOP"), ("HELP", "INFO")


def simulator(vendor: Vendor) -> Flask:
    app = application(vendor)
    _checks_credentials(app, vendor)
    _takes_messages(app, vendor)
    _tells_of_messages(app, vendor)
    _hands_texts_over(app, vendor)
    return app


def _checks_credentials(app: Flask, vendor: Vendor) -> None:
    @app.before_request
    def knows_us() -> tuple[Response, int] | None:
        if not request.path.startswith(f"{_API}/"):
            return None
        account = vendor.credentials["account_sid"]
        wanted = base64.b64encode(f"{account}:{vendor.credentials['auth_token']}".encode()).decode()
        if not hmac.compare_digest(request.headers.get("Authorization", "").encode(), f"Basic {wanted}".encode()):
            return _error(401, 20003)
        return None if request.path.startswith(f"{_API}/{account}/") else _error(404, 20404)


def _takes_messages(app: Flask, vendor: Vendor) -> None:
    @app.post(f"{_API}/<_>/Messages.json")
    def create(_: str) -> Any:
        form = request.form.to_dict()
        fate, digits = of_number(form.get("To", ""))
        fate = vendor.mode or fate
        wrong = _fault(vendor, form) or {Fate.INVALID: 21211, Fate.DROPPED: 21610}.get(fate)
        if wrong:
            return _error(400, wrong)
        if fate is Fate.BROKEN:
            return _error(503, 20503)
        if fate is Fate.THROTTLED and vendor.asks_to_wait(_key(form)):
            return *_error(429, 20429), {"Retry-After": "1"}
        sent = _kept(vendor, form, fate, digits)
        vendor.happen(sent["reference"], _steps(vendor, sent), fate)
        if fate is Fate.AMBIGUOUS:
            hang_up()
        if fate is Fate.GARBLED:
            return Response('{"sid": "SM', 201, mimetype="application/json")
        return jsonify(_resource(vendor, sent)), 201


def _key(form: dict[str, str]) -> str:
    """The same message, when it is sent again."""
    return hashlib.sha256(json.dumps(form, sort_keys=True).encode()).hexdigest()


def _fault(vendor: Vendor, form: dict[str, str]) -> int | None:
    """The code of what Twilio refuses a message for."""
    to, sender, service = form.get("To", ""), form.get("From", ""), form.get("MessagingServiceSid", "")
    rules = (
        (21604, not to),
        (21603, not (sender or service)),
        (21602, not form.get("Body")),
        (21211, not _E164.fullmatch(to)),
        (21617, len(form.get("Body", "")) > _MOST_TEXT),
        (21266, sender == to),
        (21606, bool(sender) and sender != NUMBER and not _NAME.fullmatch(sender)),
        (21705, bool(service) and not _SERVICE.fullmatch(service)),
        (21609, "StatusCallback" in form and not _is_address(form["StatusCallback"])),
        (21610, (sender, to) in _stopped(vendor)),
    )
    return next((code for code, broken in rules if broken), None)


def _is_address(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in ("http", "https") and bool(parts.hostname) and "_" not in (parts.hostname or "")


def _error(status: int, code: int) -> tuple[Response, int]:
    body = {
        "code": code,
        "message": _SAYS[code],
        "more_info": f"https://www.twilio.com/docs/errors/{code}",
        "status": status,
    }
    return jsonify(body), status


def _kept(vendor: Vendor, form: dict[str, str], fate: Fate, digits: str) -> dict[str, Any]:
    ours = re.search(r"[?&]communication_id=([^&#]+)", form.get("StatusCallback", ""))
    end, error = _ENDS.get(digits, ("delivered", None))
    sent = {
        "reference": f"SM{secrets.token_hex(16)}",
        "communication_id": ours[1] if ours else None,
        "to": [form["To"]],
        "from": form.get("From") or form.get("MessagingServiceSid"),
        "subject": None,
        "text": form["Body"],
        "attachments": [],
        "callback": form.get("StatusCallback"),
        "service": form.get("MessagingServiceSid"),
        "created": datetime.now(UTC).isoformat(),
        "updated": datetime.now(UTC).isoformat(),
        # Of this one nobody hears: it is as it ends.
        "status": end if fate is Fate.MUTE else "queued",
        "end": [end, error],
    }
    vendor.keep(sent)
    return sent


# ---- what becomes of it


def _steps(vendor: Vendor, sent: dict[str, Any]) -> list[Step]:
    return [(status, partial(_tell, vendor, sent, status)) for status in ("sent", sent["end"][0])]


def _tell(vendor: Vendor, sent: dict[str, Any], status: str) -> requests.Response:
    now = vendor.find(sent["reference"])
    if now and now["status"] not in _FINAL:
        vendor.amend(sent["reference"], status=status, updated=datetime.now(UTC).isoformat())
    if not sent["callback"]:
        quiet = requests.Response()
        quiet.status_code = 200
        return quiet
    fields = {
        "SmsSid": sent["reference"],
        "SmsStatus": status,
        "MessageStatus": status,
        "To": sent["to"][0],
        "MessageSid": sent["reference"],
        "AccountSid": vendor.credentials["account_sid"],
        "From": sent["from"],
        "ApiVersion": "2010-04-01",
        **({"MessagingServiceSid": sent["service"]} if sent["service"] else {}),
        **({"RawDlrDoneDate": datetime.now(UTC).strftime("%y%m%d%H%M")} if status in _FINAL else {}),
        **({"ErrorCode": str(sent["end"][1])} if status == sent["end"][0] and sent["end"][1] else {}),
    }
    return _post(vendor, sent["callback"], fields)


def _post(vendor: Vendor, url: str, fields: dict[str, str]) -> requests.Response:
    said = url.partition("#")[0] + "".join(f"{name}{fields[name]}" for name in sorted(fields))
    signature = hmac.new(vendor.credentials["auth_token"].encode(), said.encode(), hashlib.sha1)
    headers = {
        "X-Twilio-Signature": base64.b64encode(signature.digest()).decode(),
        "I-Twilio-Idempotency-Token": secrets.token_hex(16),
    }
    return requests.post(url, data=fields, headers=headers, timeout=30)


# ---- what it tells when it is asked


def _tells_of_messages(app: Flask, vendor: Vendor) -> None:
    @app.get(f"{_API}/<_>/Messages/<sid>.json")
    def one_message(_: str, sid: str) -> Any:
        found = vendor.find(sid)
        return jsonify(_resource(vendor, found)) if found else _error(404, 20404)

    @app.get(f"{_API}/<_>/Messages.json")
    def some_messages(_: str) -> Any:
        asked = request.args.to_dict()
        size = max(1, min(_number(asked.get("PageSize"), 50), _MOST_PAGE))
        page = _number(asked.get("Page"), 0)
        found = [one for one in vendor.newest_first() if _is_asked(one, asked)]
        shown = found[page * size : (page + 1) * size]

        def at(number: int) -> str:
            return (
                f"{request.path}?{urlencode({**asked, 'PageSize': size, 'Page': number, 'PageToken': f'PA{number}'})}"
            )

        return jsonify(
            {
                "messages": [_resource(vendor, one) for one in shown],
                "page": page,
                "page_size": size,
                "start": page * size,
                "end": page * size + max(0, len(shown) - 1),
                "uri": request.full_path,
                "first_page_uri": at(0),
                "next_page_uri": at(page + 1) if len(found) > (page + 1) * size else None,
                "previous_page_uri": at(page - 1) if page else None,
            }
        )


def _number(told: str | None, otherwise: int) -> int:
    return int(told) if told and told.isascii() and told.isdigit() else otherwise


def _is_asked(one: dict[str, Any], asked: dict[str, str]) -> bool:
    sent = datetime.fromisoformat(one["created"])
    day = _moment(asked.get("DateSent"))
    since, until = _moment(asked.get("DateSent>")), _moment(asked.get("DateSent<"))
    return (
        asked.get("To") in (None, one["to"][0])
        and asked.get("From") in (None, one["from"])
        and (day is None or day <= sent < day + timedelta(days=1))
        and (since is None or sent >= since)
        and (until is None or sent <= until)
    )


def _moment(told: str | None) -> datetime | None:
    """Of a day, or of a time, in UTC."""
    try:
        at = datetime.fromisoformat(told or "")
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _resource(vendor: Vendor, one: dict[str, Any]) -> dict[str, Any]:
    """A message, as its API shows it."""
    account, sid = vendor.credentials["account_sid"], one["reference"]
    made, changed = (format_datetime(datetime.fromisoformat(one[name])) for name in ("created", "updated"))
    end, error = one["end"]
    return {
        "account_sid": account,
        "api_version": "2010-04-01",
        "body": one["text"],
        "date_created": made,
        "date_sent": made if one["status"] != "queued" else None,
        "date_updated": changed,
        "direction": "outbound-api",
        "error_code": error if one["status"] == end else None,
        "error_message": None,
        "from": one["from"],
        "messaging_service_sid": one["service"],
        "num_media": "0",
        "num_segments": "0" if one["service"] else "1",
        "price": None,
        "price_unit": "USD",
        "sid": sid,
        "status": one["status"],
        "subresource_uris": {"media": f"{_API}/{account}/Messages/{sid}/Media.json"},
        "to": one["to"][0],
        "uri": f"{_API}/{account}/Messages/{sid}.json",
    }


# ---- what comes in


def _hands_texts_over(app: Flask, vendor: Vendor) -> None:
    @app.post("/_sim/inbound")
    def inbound() -> Any:
        told: Any = request.get_json(force=True, silent=True)
        fields = _incoming(vendor, told) if isinstance(told, dict) else None
        if fields is None:
            return jsonify({"message": "from, to and body are texts, media a list of media_type and content"}), 400
        taken = vendor.deliver(lambda: _post(vendor, vendor.webhook("inbound"), fields))
        return jsonify({"taken": taken, "reference": fields["MessageSid"]}), 200 if taken else 502

    @app.get(f"{_API}/<_>/Messages/<message>/Media/<sid>")
    def content(_: str, message: str, sid: str) -> Any:
        file = vendor.folder / f"{message}-{sid}.media"
        if not (message.isalnum() and sid.isalnum() and file.exists()):
            return _error(404, 20404)
        kind, _line, raw = file.read_bytes().partition(b"\n")
        return Response(raw, content_type=kind.decode())


def _incoming(vendor: Vendor, told: dict[str, Any]) -> dict[str, str] | None:
    """The fields that are posted; None for what is no message."""
    sender, to, body = told.get("from"), told.get("to", NUMBER), told.get("body", "")
    files = told.get("media") or []
    if not (sender and all(isinstance(one, str) for one in (sender, to, body)) and isinstance(files, list)):
        return None
    sid = f"{'MM' if files else 'SM'}{secrets.token_hex(16)}"
    fields = {
        "ToCountry": "GB",
        "SmsMessageSid": sid,
        "NumMedia": str(len(files)),
        "SmsSid": sid,
        "SmsStatus": "received",
        "FromCity": "",
        "FromCountry": "GB",
        "Body": body,
        "To": to,
        "NumSegments": "1",
        "MessageSid": sid,
        "AccountSid": vendor.credentials["account_sid"],
        "From": sender,
        "ApiVersion": "2010-04-01",
    }
    for place, one in enumerate(files[:_MOST_MEDIA]):
        try:
            kind, content = str(one["media_type"]), base64.b64decode(one["content"], validate=True)
        except (TypeError, KeyError, ValueError, binascii.Error):
            return None
        name = f"ME{secrets.token_hex(16)}"
        (vendor.folder / f"{sid}-{name}.media").write_bytes(kind.encode() + b"\n" + content)
        fields[f"MediaContentType{place}"] = kind
        fields[f"MediaUrl{place}"] = (
            f"{vendor.url}{_API}/{vendor.credentials['account_sid']}/Messages/{sid}/Media/{name}"
        )
    acted = _act_on(vendor, to, sender, body.strip().upper())
    return {**fields, **({"OptOutType": acted} if acted else {})}


def _act_on(vendor: Vendor, ours: str, theirs: str, word: str) -> str | None:
    """What Twilio took it for, where it acted on it: a YES is an answer, but from who had stopped."""
    stopped = _stopped(vendor)
    if word in _STOP:
        _stop(vendor, stopped | {(ours, theirs)})
        return "STOP"
    if word in _START and (word != "YES" or (ours, theirs) in stopped):
        _stop(vendor, stopped - {(ours, theirs)})
        return "START"
    return "HELP" if word in _HELP else None


def _stopped(vendor: Vendor) -> set[tuple[str, str]]:
    """Our numbers, each with who wants nothing more from it."""
    try:
        return {(ours, theirs) for ours, theirs in json.loads((vendor.folder / "stopped").read_text())}
    except FileNotFoundError:
        return set()


def _stop(vendor: Vendor, pairs: set[tuple[str, str]]) -> None:
    (vendor.folder / "stopped").write_text(json.dumps(sorted(pairs)))
