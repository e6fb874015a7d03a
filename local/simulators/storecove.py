"""Storecove on one machine: takes e-invoices as its API does, keeps its events in a queue, and shows what proves that one arrived.

    POST   /discovery/receives                           documentTypes, network, metaScheme, scheme, identifier
    POST   /document_submissions                         legalEntityId, idempotencyGuid, routing, document, attachments
    GET    /document_submissions/{guid}/evidence/sending 404 until it was delivered
    GET    /webhook_instances/                           the oldest event, until it is deleted; 204 where there is none
    DELETE /webhook_instances/{guid}
    PUT    /_sim/push                                    {"on"}: events are posted, too, with the header that our secret holds
    POST   /_sim/events                                  {"number", "event", "details"}: what the buyer says of one later

A key that it has already is refused like a document that is wrong: 422, a list of what is wrong with which field.
"""

import base64
import binascii
import hmac
import json
import re
import secrets
import threading
import time
import uuid
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from xml.etree.ElementTree import Element, ParseError, tostring

import requests
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring
from flask import Flask, Response, jsonify, request

from local.simulators.fates import Fate, of_invoice
from local.simulators.vendor import Step, Vendor, application, hang_up

CREDENTIALS = {
    "api_key": "HX0c9e3ab7d24c18a6e05d9137fb28c4",
    "legal_entity": "123456",
    "webhook_secret": "hooks-5f0c9e3ab7d24c18a6e05d91",
}

_NAMESPACE = "urn:oasis:names:specification:ubl:schema:xsd:"
_ROOTS = {f"{{{_NAMESPACE}{name}-2}}{name}": name for name in ("Invoice", "CreditNote")}
_NUMBER = f"{{{_NAMESPACE}CommonBasicComponents-2}}ID"
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)
_DOCUMENT_TYPES = ("invoice", "creditnote", "invoice_response")
_MOST_ATTACHMENTS, _LARGEST_ATTACHMENT = 10, 10 * 1024 * 1024
_GOOD_FOR = timedelta(minutes=10)
# Its own names of schemes, with what Peppol calls them.
_SCHEMES = {
    "BE:EN": "0208",
    "BE:VAT": "9925",
    "DE:LWID": "0204",
    "DE:VAT": "9930",
    "DK:DIGST": "0184",
    "ES:VAT": "9920",
    "FI:OVT": "0037",
    "FR:SIRENE": "0002",
    "FR:SIRET": "0009",
    "FR:VAT": "9957",
    "GLN": "0088",
    "IT:CF": "0210",
    "IT:IVA": "0211",
    "NL:KVK": "0106",
    "NL:OINO": "0190",
    "NL:VAT": "9944",
    "NO:ORG": "0192",
    "SE:ORGNR": "0007",
    "SG:UEN": "0195",
}
_INVALID = "[BR-CO-15]-Invoice total amount with VAT must be the sum without VAT and of VAT."
# What becomes of one that it took: its words, and what is said with them.
_FATES: dict[Fate, tuple[tuple[str, str], ...]] = {
    Fate.DEFERRED: (("cleared", ""), ("succeeded", "")),
    Fate.BOUNCE: (("succeeded", ""), ("rejected", "Purchase order 4711 is closed.")),
}
_SUCCESS = (("succeeded", ""),)
# One that has the key is being taken while the same comes a second time.
_taking = threading.Lock()

Faults = list[tuple[str, str]]


def simulator(vendor: Vendor) -> Flask:
    app = application(vendor)
    _queue(vendor).mkdir(parents=True, exist_ok=True)
    _checks_credentials(app, vendor)
    _discovers(app, vendor)
    _takes_documents(app, vendor)
    _tells_events(app, vendor)
    _shows_evidence(app, vendor)
    return app


def _checks_credentials(app: Flask, vendor: Vendor) -> None:
    @app.before_request
    def knows_us() -> tuple[str, int] | None:
        if request.path.startswith(("/_sim/", "/files/")):
            return None
        wanted = f"Bearer {vendor.credentials['api_key']}"
        given = request.headers.get("Authorization", "")
        return None if hmac.compare_digest(given.encode(), wanted.encode()) else ("", 401)


def _discovers(app: Flask, vendor: Vendor) -> None:
    @app.post("/discovery/receives")
    def receives() -> Any:
        if refused := _unwilling(vendor, vendor.mode, "discovery"):
            return refused
        asked = _posted()
        types = asked.get("documentTypes")
        rules = (
            ("documentTypes", isinstance(types, list) and types and all(one in _DOCUMENT_TYPES for one in types)),
            ("network", asked.get("network", "peppol") == "peppol"),
            ("metaScheme", asked.get("metaScheme", "iso6523-actorid-upis") == "iso6523-actorid-upis"),
            ("scheme", asked.get("scheme") in _SCHEMES),
            ("identifier", bool(asked.get("identifier"))),
        )
        if wrong := [(field, "is not valid") for field, right in rules if not right]:
            return _refusal(wrong)
        known = _is_registered(asked["scheme"], asked["identifier"])
        return jsonify({"code": "OK" if known else "NOK", "email": None})


def _is_registered(scheme: str, identifier: str) -> bool:
    return not (scheme == "GLN" and identifier.startswith("99"))


def _unwilling(vendor: Vendor, fate: Fate | None, key: str) -> Any:
    if fate is Fate.BROKEN:
        return "", 503
    if fate is Fate.THROTTLED and vendor.asks_to_wait(key):
        return "", 429, {"Retry-After": "1"}
    return None


def _posted() -> dict[str, Any]:
    told: Any = request.get_json(force=True, silent=True)
    return told if isinstance(told, dict) else {}


def _refusal(faults: Faults) -> tuple[Response, int]:
    return jsonify([{"source": field, "details": details} for field, details in faults]), 422


# ---- what it takes


def _takes_documents(app: Flask, vendor: Vendor) -> None:
    @app.post("/document_submissions")
    def submit() -> Any:
        asked = _posted()
        document = _document(asked)
        number = _number(document)
        fate = vendor.mode or of_invoice(number)
        if refused := _unwilling(vendor, fate, str(asked.get("idempotencyGuid"))):
            return refused
        with _taking:
            faults = _faults(vendor, asked, document)
            if not faults and fate is Fate.BLOCKED:
                faults = [("cac:LegalMonetaryTotal", _INVALID)]
            if faults or document is None:
                return _refusal(faults)
            sent = _kept(vendor, asked, document)
        if fate is Fate.MUTE:
            vendor.amend(sent["reference"], delivered=_now())
        vendor.happen(sent["reference"], _steps(vendor, sent, fate), fate)
        if fate is Fate.AMBIGUOUS:
            hang_up()
        if fate is Fate.GARBLED:
            return Response('{"guid": "', mimetype="application/json")
        return jsonify({"guid": sent["reference"]})


def _document(asked: dict[str, Any]) -> Element | None:
    """None for what is no UBL that can be read."""
    try:
        return fromstring(base64.b64decode(asked["document"]["rawDocumentData"]["document"], validate=True))
    except (KeyError, TypeError, ValueError, binascii.Error, ParseError, DefusedXmlException):
        return None


def _number(document: Element | None) -> str:
    return "" if document is None else (document.findtext(_NUMBER) or "").strip()


def _faults(vendor: Vendor, asked: dict[str, Any], document: Element | None) -> Faults:
    """What it refuses a submission for, field by field."""
    key = str(asked.get("idempotencyGuid"))
    routing = asked.get("routing") or {}
    addresses = routing.get("eIdentifiers") or []
    raw = (asked.get("document") or {}).get("rawDocumentData") or {}
    rules = (
        ("legalEntityId", "is unknown", str(asked.get("legalEntityId")) == vendor.credentials["legal_entity"]),
        ("legalEntityId", "is no number", isinstance(asked.get("legalEntityId"), int)),
        ("idempotencyGuid", "must be 36 characters long", _GUID.fullmatch(key) is not None),
        ("idempotencyGuid", "was used before", not any(one["key"] == key for one in vendor.newest_first())),
        ("routing.eIdentifiers", "must not be empty", bool(addresses or routing.get("emails"))),
        ("routing.eIdentifiers.scheme", "is unknown", all(one.get("scheme") in _SCHEMES for one in addresses)),
        ("routing", "no receiver found", all(_is_registered(one["scheme"], one["id"]) for one in addresses)),
        ("document.documentType", "is unknown", (asked.get("document") or {}).get("documentType") == "invoice"),
        ("document.rawDocumentData.parse", "must be true", raw.get("parse") is True),
        ("document.rawDocumentData.parseStrategy", "is unknown", raw.get("parseStrategy") == "ubl"),
        ("document.rawDocumentData.document", "cannot be parsed", document is not None and document.tag in _ROOTS),
        ("cbc:ID", "is missing", bool(_number(document))),
        ("attachments", "are up to 10 PDFs of up to 10 MB", _are_attachments(asked.get("attachments") or [])),
    )
    return [(field, details) for field, details, right in rules if not right][:1]


def _are_attachments(files: list[Any]) -> bool:
    return len(files) <= _MOST_ATTACHMENTS and all(
        one.get("mimeType") == "application/pdf" and len(one.get("document", "")) <= _LARGEST_ATTACHMENT
        for one in files
    )


def _kept(vendor: Vendor, asked: dict[str, Any], document: Element) -> dict[str, Any]:
    """Sent as it is understood: in other bytes than it came in."""
    to = [f"{_SCHEMES[one['scheme']]}:{one['id']}" for one in asked["routing"]["eIdentifiers"]]
    sent = {
        "reference": str(uuid.uuid4()),
        "communication_id": _ours(asked["idempotencyGuid"]),
        "key": asked["idempotencyGuid"],
        "to": to,
        "from": str(asked["legalEntityId"]),
        "subject": _number(document),
        "text": tostring(document, encoding="unicode"),
        "attachments": [one.get("filename") for one in asked.get("attachments") or []],
        "delivered": None,
    }
    vendor.keep(sent)
    return sent


def _ours(guid: str) -> str:
    """Our id, of which the key is the 128 bits (ulid/spec)."""
    number, digits = uuid.UUID(guid).int, "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    return "com_" + "".join(digits[number >> 5 * place & 31] for place in reversed(range(26)))


# ---- what it tells


def _steps(vendor: Vendor, sent: dict[str, Any], fate: Fate) -> list[Step]:
    return [(event, partial(_tell, vendor, sent, event, details)) for event, details in _FATES.get(fate, _SUCCESS)]


def _tell(vendor: Vendor, sent: dict[str, Any], event: str, details: str) -> requests.Response | None:
    """Into the queue, once however often it is tried; and posted, where that is on."""
    if event == "succeeded":
        vendor.amend(sent["reference"], delivered=_now())
    told = {
        "event_type": "document_submission",
        "event": event,
        "details": details,
        "guid": sent["reference"],
        "idempotencyGuid": sent["key"],
        "tenant_id": "firm",
        "legal_entity_id": int(sent["from"]),
    }
    body = json.dumps(told)
    guid = str(uuid.uuid5(uuid.UUID(sent["reference"]), body))
    if not list(_queue(vendor).glob(f"*_{guid}")):
        (_queue(vendor) / f"{time.time_ns():020}_{guid}").write_text(body)
    if not _pushes(vendor).exists():
        return None
    headers = {"X-Letterbook-Secret": vendor.credentials["webhook_secret"], "Content-Type": "application/json"}
    return requests.post(vendor.webhook(), data=body, headers=headers, timeout=30)


def _queue(vendor: Vendor) -> Any:
    return vendor.folder / "queue"


def _pushes(vendor: Vendor) -> Any:
    return vendor.folder / "push"


def _tells_events(app: Flask, vendor: Vendor) -> None:
    @app.get("/webhook_instances/")
    def oldest() -> Any:
        kept = sorted(_queue(vendor).iterdir())
        if not kept:
            return "", 204
        return jsonify({"guid": kept[0].name.partition("_")[2], "body": kept[0].read_text()})

    @app.delete("/webhook_instances/<guid>")
    def acknowledge(guid: str) -> Any:
        found = [one for one in _queue(vendor).iterdir() if one.name.endswith(f"_{guid}")]
        for one in found:
            one.unlink(missing_ok=True)
        return "", 200 if found else 404

    @app.put("/_sim/push")
    def push() -> Any:
        on = bool(_posted().get("on"))
        if on:
            _pushes(vendor).touch()
        else:
            _pushes(vendor).unlink(missing_ok=True)
        return jsonify({"on": on})

    @app.post("/_sim/events")
    def happens() -> Any:
        asked = _posted()
        sent = next((one for one in vendor.newest_first() if one["subject"] == asked.get("number")), None)
        event = asked.get("event")
        if sent is None or not isinstance(event, str):
            return jsonify({"message": "number is of an invoice that it took, event a word"}), 400
        _tell(vendor, sent, event, str(asked.get("details") or ""))
        vendor.amend(sent["reference"], event)
        return jsonify({"reference": sent["reference"]})


# ---- what proves it


def _shows_evidence(app: Flask, vendor: Vendor) -> None:
    @app.get("/document_submissions/<guid>/evidence/sending")
    def evidence(guid: str) -> Any:
        sent = vendor.find(guid)
        if sent is None or not sent["delivered"]:
            return "", 404
        until = datetime.now(UTC) + _GOOD_FOR
        token = secrets.token_hex(16)
        vendor.amend(guid, token=token, until=until.isoformat())
        return jsonify(
            {
                "network": "peppol",
                "sender": sent["from"],
                "receiver": sent["to"][0],
                "evidence": {
                    "message_id": f"{guid}@storecove.example",
                    "transmission_id": str(uuid.uuid5(uuid.UUID(guid), "transmission")),
                    "timestamp": sent["delivered"],
                    "receiving_accesspoint": "CN=PBE000001,O=Access point,C=BE",
                    "xml": f'<Receipt xmlns="urn:example:as4"><RefToMessageId>{guid}</RefToMessageId></Receipt>',
                },
                "documents": [
                    {
                        "document": f"{vendor.url}/files/{guid}/{token}",
                        "mime_type": "application/xml",
                        "expires_at": until.isoformat(),
                    }
                ],
            }
        )

    @app.get("/files/<guid>/<token>")
    def delivered(guid: str, token: str) -> Any:
        sent = vendor.find(guid)
        if sent is None or "Authorization" in request.headers:
            return "", 400
        if sent.get("token") != token or datetime.fromisoformat(sent["until"]) < datetime.now(UTC):
            return "", 403
        return Response(sent["text"], mimetype="application/xml")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
