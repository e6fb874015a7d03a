"""What Pingen posts of a letter: each event signed, with the letter as its API shows it, at that moment."""

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

import requests

from local.simulators.fates import Fate
from local.simulators.vendor import Step, Vendor, now

_FINAL = ("delivered", "undeliverable", "invalid", "unprintable", "cancelled")
# What happens, by the event's code: the category that it is posted under, the status that the letter then has, Pingen's words.
EVENTS = {
    "transferred_to_distributor": ("sent", "sent", "Handed over to the post"),
    "rerouted": ("issues", "sent", "Rerouted"),
    "delivered": ("delivered", "delivered", "Delivered"),
    "undeliverable": ("undeliverable", "undeliverable", "Addressee has moved"),
    "file_not_readable": ("issues", "unprintable", "File not readable"),
    "file_not_a4_portrait": ("issues", "invalid", "File is not A4 portrait"),
    "file_too_many_pages": ("issues", "invalid", "Page limit exceeded"),
    "waiting_for_funds": ("issues", "awaiting_credits", "Waiting for funds"),
    "cancellation_completed": ("issues", "cancelled", "Cancelled"),
}
COURSES = {
    Fate.DEFERRED: ("transferred_to_distributor", "rerouted", "delivered"),
    Fate.BOUNCE: ("transferred_to_distributor", "undeliverable"),
    Fate.BLOCKED: ("file_not_readable",),
    Fate.UNPAID: ("waiting_for_funds",),
}
COURSE = ("transferred_to_distributor", "delivered")
_CORRECTED = {"name": "", "street": "Quay Street", "number": "27", "zip": "KT1 1AB", "city": "Kingston"}


def steps_of(vendor: Vendor, own: str, course: tuple[str, ...]) -> list[Step]:
    """The same event has the same id, however often it is posted."""
    return [(code, partial(_tell, vendor, own, code, new_id(), new_id())) for code in course]


def _tell(vendor: Vendor, own: str, code: str, post_id: str, event_id: str) -> requests.Response:
    category, status, says = EVENTS[code]
    letter = vendor.find(own)
    if letter is None or (letter["status"] == "cancelled" and code != "cancellation_completed"):
        gone = requests.Response()
        gone.status_code = 200
        return gone
    if letter["status"] not in _FINAL and code not in letter["codes"]:
        vendor.amend(own, status=status, codes=[*letter["codes"], code], updated=now())
    letter = vendor.find(own) or letter
    body = json.dumps(_posted(vendor, letter, category, code, says, post_id, event_id)).replace("/", "\\/").encode()
    signature = hmac.new(vendor.credentials["webhook_signing_key"].encode(), body, hashlib.sha256).hexdigest()
    headers = {"Content-Type": "application/json", "Signature": signature}
    return requests.post(vendor.webhook(), data=body, headers=headers, timeout=30)


def _posted(
    vendor: Vendor, letter: dict[str, Any], category: str, code: str, says: str, post_id: str, event_id: str
) -> dict[str, Any]:
    """As it is since July 2026: the letter stands there under two names, and its event is included twice."""
    organisation = {"type": "organisations", "id": vendor.credentials["organisation_id"]}
    named = {"data": {"type": "letters", "id": letter["reference"]}}
    attributes: dict[str, Any] = {"url": vendor.webhook(), "created_at": written()}
    if category in ("issues", "undeliverable"):
        attributes["reason"] = says
    if category == "undeliverable":
        attributes["corrected_address"] = _CORRECTED
    event = {"code": code, "name": says, "producer": "Pingen", "location": "", "has_image": False, "data": []}
    dated = {**event, "emitted_at": written(), "created_at": written(), "updated_at": written()}
    return {
        "data": {
            "type": f"webhook_{category}",
            "id": post_id,
            "attributes": attributes,
            "relationships": {
                "organisation": {"data": organisation},
                "letter": named,
                "deliverable": named,
                "event": {"data": {"type": "deliverables_events", "id": event_id}},
            },
        },
        "included": [
            {**organisation, "attributes": {"name": "Letterbook, on one machine"}},
            resource_of(vendor, letter),
            {"type": "letters_events", "id": event_id, "attributes": dated},
            {"type": "deliverables_events", "id": event_id, "attributes": dated},
        ],
    }


def resource_of(vendor: Vendor, one: dict[str, Any]) -> dict[str, Any]:
    """A letter, as its API shows it."""
    told, priced = one["request"], one["status"] not in ("validating", "invalid", "unprintable")
    return {
        "type": "letters",
        "id": one["reference"],
        "attributes": {
            "status": one["status"],
            "file_original_name": told["file_original_name"],
            "file_pages": one["pages"],
            "address": one["to"][0] or None,
            "address_position": told["address_position"],
            "country": "GB",
            "delivery_product": told.get("delivery_product"),
            "print_mode": told.get("print_mode"),
            "print_spectrum": told.get("print_spectrum"),
            "price_currency": "GBP" if priced else None,
            "price_value": one["price"] if priced else None,
            "paper_types": ["normal"],
            "fonts": [],
            "source": "api",
            "tracking_number": None,
            "sender_address": None,
            "submitted_at": None,
            "created_at": written(one["at"]),
            "updated_at": written(one["updated"]),
        },
        "links": {"self": f"{vendor.url}{letters_path(vendor.credentials)}/{one['reference']}"},
    }


def letters_path(credentials: Mapping[str, str]) -> str:
    return f"/organisations/{credentials['organisation_id']}/deliveries/letters"


def new_id() -> str:
    raw = secrets.token_hex(16)
    return f"{raw[:8]}-{raw[8:12]}-4{raw[13:16]}-a{raw[17:20]}-{raw[20:]}"


def written(told: str | None = None) -> str:
    """As Pingen writes times."""
    at = datetime.fromisoformat(told) if told else datetime.now(UTC)
    return at.strftime("%Y-%m-%dT%H:%M:%S%z")
