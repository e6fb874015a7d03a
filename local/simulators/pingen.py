"""Pingen on one machine: takes letters as its API does, reads the address in the window, posts signed webhooks.

    POST  /auth/access-tokens                            a form: grant_type, client_id, client_secret, scope
    GET   /file-upload                                   where a file is put, and the signature of that
    PUT   /files/{name}                                  the PDF, without a bearer
    POST  /organisations/{id}/deliveries/letters         Idempotency-Key: the same key is answered again, and makes no other letter
    GET   /organisations/{id}/deliveries/letters         filter[file_original_name], sort, page[number], page[limit]
    GET   /organisations/{id}/deliveries/letters/{id}
    GET   /organisations/{id}/deliveries/letters/{id}/events
    PATCH /organisations/{id}/deliveries/letters/{id}/cancel
    POST  /organisations/{id}/deliveries/letters/price-calculator

A word in a line of the address says what becomes of a letter (fates.py). Every letter that arrives is told to have, whatever the
product. One that nobody pays for (`Unpaid`) waits until it is cancelled.
"""

import hashlib
import hmac
import json
import re
import secrets
import threading
from typing import Any

from flask import Flask, Response, request

from local.simulators.fates import Fate, of_lines
from local.simulators.pingen_checks import CHOICES, fault, looked_into, price
from local.simulators.pingen_posts import COURSE, COURSES, EVENTS, letters_path, new_id, resource_of, steps_of, written
from local.simulators.vendor import Vendor, application, hang_up, now

CREDENTIALS = {
    "client_id": "letterbook-local",
    "client_secret": "q7Zt2mV9xK4bN8sR1wY6cF3hJ5dL0pGa",
    "organisation_id": "0c2d9a84-5b7e-4f31-9a68-3e1f7b5d2c90",
    "webhook_signing_key": "e3b7c1a95d2f4806b8d4f1c7a2e69035",
}

_LETTERS = letters_path(CREDENTIALS)
_SECONDS = 43_200
_OPEN = ("validating", "valid", "submitted", "accepted", "processing", "awaiting_credits", "action_required")


def simulator(vendor: Vendor) -> Flask:
    app = application(vendor)
    tokens: set[str] = set()
    _gives_tokens(app, vendor, tokens)
    _takes_files(app, vendor)
    _takes_letters(app, vendor)
    _cancels_and_prices(app, vendor)
    _tells_of_letters(app, vendor)
    return app


# ---- who asks


def _gives_tokens(app: Flask, vendor: Vendor, tokens: set[str]) -> None:
    @app.post("/auth/access-tokens")
    def token() -> Any:
        held, form = vendor.credentials, request.form
        if form.get("grant_type") != "client_credentials":
            return _error(400, "unsupported_grant_type", "The authorization grant type is not supported")
        if (form.get("client_id"), form.get("client_secret")) != (held["client_id"], held["client_secret"]):
            return _error(401, "invalid_client", "Client authentication failed")
        made = secrets.token_urlsafe(48)
        tokens.add(made)
        return _json({"token_type": "Bearer", "expires_in": _SECONDS, "access_token": made}, kind="application/json")

    @app.before_request
    def knows_us() -> Response | None:
        path = request.path
        if not path.startswith(("/organisations/", "/file-upload")):
            return None
        if request.headers.get("Authorization", "").removeprefix("Bearer ") not in tokens:
            return _error(401, "access_denied", "The resource owner or authorization server denied the request.")
        if path != "/file-upload" and not f"{path}/".startswith(f"{_LETTERS}/"):
            return _error(404, "not_found", "The resource was not found.")
        if request.method == "POST" and not request.content_type.startswith("application/vnd.api+json"):
            return _error(415, "unsupported_media_type", "Unsupported media type")
        return None


def _json(body: Any, status: int = 200, kind: str = "application/vnd.api+json", **headers: str) -> Response:
    return Response(json.dumps(body), status, mimetype=kind, headers={"X-Request-ID": secrets.token_hex(16), **headers})


def _error(status: int, code: str, detail: str, pointer: str | None = None, **headers: str) -> Response:
    said = {"code": code, "title": detail, "detail": detail, "source": {"pointer": pointer, "parameter": None}}
    return _json({"errors": [said]}, status, **headers)


# ---- files


def _takes_files(app: Flask, vendor: Vendor) -> None:
    @app.get("/file-upload")
    def place() -> Any:
        name = secrets.token_hex(16)
        url = f"{vendor.url}/files/{name}?expires=3600"
        attributes = {"url": url, "url_signature": _signed(vendor, url), "expires_at": written()}
        return _json({"data": {"id": new_id(), "type": "file_uploads", "attributes": attributes}})

    @app.put("/files/<name>")
    def put(name: str) -> Any:
        if "Authorization" in request.headers or not name.isalnum():
            return Response("<Error><Code>InvalidArgument</Code></Error>", 400, mimetype="application/xml")
        _file(vendor, name).write_bytes(request.get_data())
        return Response(status=200)


def _signed(vendor: Vendor, url: str) -> str:
    return hmac.new(vendor.credentials["client_secret"].encode(), url.encode(), hashlib.sha256).hexdigest()


def _file(vendor: Vendor, name: str) -> Any:
    return vendor.folder / f"{name}.pdf"


# ---- letters


def _takes_letters(app: Flask, vendor: Vendor) -> None:
    one_at_a_time = threading.Lock()

    @app.post(_LETTERS)
    def create() -> Any:
        told = _attributes(request.get_json(force=True, silent=True), "letters")
        key = request.headers.get("Idempotency-Key", "")
        with one_at_a_time:
            known = next((one for one in vendor.newest_first() if key and one["key"] == key), None)
            if known:
                return _json({"data": resource_of(vendor, known)}, 201, **{"Idempotent-Replayed": "true"})
            wrong = _refused(vendor, told)
            if wrong:
                return wrong
            letter = _letter(told, _file(vendor, _name_of(told["file_url"])).read_bytes(), key)
            fate = vendor.mode or of_lines(letter["lines"])
            wrong = _not_taken(vendor, fate, key or letter["reference"])
            if wrong:
                return wrong
            course = letter["course"] or COURSES.get(fate, COURSE)
            if fate is Fate.MUTE:
                # Of this one nobody hears: it is as it ends.
                letter |= {"status": EVENTS[course[-1]][1], "codes": [*letter["codes"], *course]}
            vendor.keep(letter)
        vendor.happen(letter["reference"], steps_of(vendor, letter["reference"], course), fate)
        if fate is Fate.AMBIGUOUS:
            hang_up()
        if fate is Fate.GARBLED:
            return Response('{"data": {"id": "', 201, mimetype="application/vnd.api+json")
        return _json({"data": resource_of(vendor, {**letter, "status": "validating"})}, 201)


def _refused(vendor: Vendor, told: dict[str, Any]) -> Response | None:
    """Also where the file is none that was put here."""
    wrong = fault(told)
    if wrong is None and told["file_url_signature"] != _signed(vendor, told["file_url"]):
        wrong = ("file_url_signature", "The signature is not right.")
    if wrong is None and not _file(vendor, _name_of(told["file_url"])).exists():
        wrong = ("file_url", "There is no file.")
    return _error(422, "validation_error", wrong[1], f"/data/attributes/{wrong[0]}") if wrong else None


def _name_of(url: str) -> str:
    found = re.search(r"/files/([0-9a-f]{32})\?", url)
    return found[1] if found else "none"


def _not_taken(vendor: Vendor, fate: Fate, key: str) -> Response | None:
    """What is answered to those who are refused by the script."""
    if fate is Fate.BROKEN:
        return _error(503, "service_unavailable", "The service is unavailable.")
    if fate is Fate.INVALID:
        return _error(422, "validation_error", "The address cannot be read.", "/data/attributes/address")
    if fate is Fate.THROTTLED and vendor.asks_to_wait(key):
        return _error(429, "too_many_requests", "Too many requests", **{"Retry-After": "1"})
    return None


def _cancels_and_prices(app: Flask, vendor: Vendor) -> None:
    @app.patch(f"{_LETTERS}/<own>/cancel")
    def cancel(own: str) -> Any:
        letter = vendor.find(own)
        if letter is None:
            return _error(404, "not_found", "The resource was not found.")
        if letter["status"] not in _OPEN:
            return _error(409, "conflict", "The letter cannot be cancelled any more.")
        vendor.happen(own, steps_of(vendor, own, ("cancellation_completed",)), Fate.SUCCESS)
        return Response(status=202)

    @app.post(f"{_LETTERS}/price-calculator")
    def price_of() -> Any:
        told = _attributes(request.get_json(force=True, silent=True), "letter_price_calculator")
        if not all(told.get(name) in values for name, values in CHOICES.items() if name != "address_position"):
            return _error(422, "validation_error", "The selected value is invalid.", "/data/attributes")
        sheets = max(1, len(told.get("paper_types") or ()))
        cost = price(told, sheets)
        return _json(
            {
                "data": {
                    "id": new_id(),
                    "type": "letter_price_calculator",
                    "attributes": {"currency": "GBP", "price": cost},
                }
            }
        )


def _attributes(told: Any, kind: str) -> dict[str, Any]:
    data = told.get("data") if isinstance(told, dict) else None
    found = data.get("attributes") if isinstance(data, dict) and data.get("type") == kind else None
    return found if isinstance(found, dict) else {}


def _letter(told: dict[str, Any], pdf: bytes, key: str) -> dict[str, Any]:
    name = told["file_original_name"]
    pages, lines, text, course = looked_into(pdf)
    recipient = (told.get("meta_data") or {}).get("recipient") or {}
    return {
        "reference": new_id(),
        "communication_id": name.removesuffix(".pdf") if name.startswith("com_") else None,
        "to": ["\n".join(lines)],
        "from": None,
        "subject": None,
        "text": text,
        "attachments": [
            {
                "name": name,
                "media_type": "application/pdf",
                "bytes": len(pdf),
                "sha256": hashlib.sha256(pdf).hexdigest(),
            }
        ],
        "at": now(),
        "updated": now(),
        "key": key,
        "lines": [*lines, *(str(one) for one in recipient.values())],
        "course": course,
        "codes": ["created"],
        "status": "validating",
        "pages": pages,
        "price": price(told, -(-pages // 2) if told.get("print_mode") == "duplex" else pages),
        "request": told,
    }


# ---- what it tells when it is asked


def _tells_of_letters(app: Flask, vendor: Vendor) -> None:
    @app.get(_LETTERS)
    def some() -> Any:
        wanted = request.args.get("filter[file_original_name]")
        number, limit = (int(request.args.get(f"page[{name}]", 1)) for name in ("number", "limit"))
        found = [one for one in vendor.newest_first() if wanted in (None, one["request"]["file_original_name"])]
        if not request.args.get("sort", "").startswith("-"):
            found.reverse()
        shown = found[(number - 1) * limit : number * limit]
        return _json({"data": [resource_of(vendor, one) for one in shown], "meta": {"total": len(found)}})

    @app.get(f"{_LETTERS}/<own>")
    def one_letter(own: str) -> Any:
        found = vendor.find(own)
        return (
            _json({"data": resource_of(vendor, found)})
            if found
            else _error(404, "not_found", "The resource was not found.")
        )

    @app.get(f"{_LETTERS}/<own>/events")
    def events(own: str) -> Any:
        found = vendor.find(own)
        if found is None:
            return _error(404, "not_found", "The resource was not found.")
        listed = [
            {"type": "letters_events", "id": new_id(), "attributes": {"code": code, "emitted_at": written()}}
            for code in found["codes"]
        ]
        return _json({"data": listed, "meta": {"total": len(listed)}})
