"""What Twilio posts, proved to be theirs: a form, or JSON whose digest stands in the address.

Sources: Twilio "Webhooks security" (X-Twilio-Signature, bodySHA256, shared keys). The signature is made of the address and of all
fields, also those that nobody documented; it has no time in it, so a repetition is known by what it says.
"""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from urllib.parse import parse_qs

from letterbook.adapters.providers.account import Account
from letterbook.adapters.providers.posted_form import form_of
from letterbook.domain.errors import Malformed, Unauthenticated
from letterbook.ports import WebhookContent, WebhookRequest

# Our id, in the query of the address for callbacks.
COMMUNICATION = "communication_id"
_NOTHING_TO_SAY = ("text/xml", '<?xml version="1.0" encoding="UTF-8"?><Response/>')
_FORM, _DIGEST, _SIGNATURE, _SETTINGS = (
    "application/x-www-form-urlencoded",
    "bodySHA256",
    "x-twilio-signature",
    "x-twilio-webhooks-signature-settings",
)
_SHA256 = "HMAC_SHA256"
_HOST = re.compile(r"(https?)://([^/?#]*?)(?::([0-9]+))?(?=[/?#]|$)")
_PORTS = {"https": "443", "http": "80"}
# A message has some forty. A queue takes 256 KiB, in which JSON stands within JSON.
_MOST_VALUES, _LONGEST_VALUE, _LONGEST = 500, 8_000, 60_000
_KNOWN = re.compile(
    r"MessageSid|SmsSid|MessageStatus|SmsStatus|ErrorCode|RawDlrDoneDate|From|To|Body|OptOutType|NumMedia|Media(Url|ContentType)[0-9]"
)
# Any byte is a character of it, and the other way round.
_BYTES = "latin-1"

Fields = Mapping[str, Sequence[bytes]]


def take_status(account: Account, request: WebhookRequest) -> WebhookContent:
    """What became of a message of ours; what came in too, where that was told to be posted here."""
    form = _proved(account, request)
    status = form.get("MessageStatus") or form.get("SmsStatus")
    if not status:
        raise Malformed("This is no status of a message.")
    if status in ("receiving", "received"):
        return WebhookContent(messages=(_kept(form),), answer=_NOTHING_TO_SAY)
    return WebhookContent(events=(_kept(form, _asked(request.query, COMMUNICATION)),))


def take_text(account: Account, request: WebhookRequest) -> WebhookContent:
    """A message that came in."""
    form = _proved(account, request)
    if not (form.get("From") and form.get("To")):
        raise Malformed("This is no message.")
    return WebhookContent(messages=(_kept(form),), answer=_NOTHING_TO_SAY)


def _proved(account: Account, request: WebhookRequest) -> Mapping[str, str]:
    """The last value of each field. Raises Unauthenticated, Malformed, Unavailable."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    fields = form_of(request) if kind == _FORM else None
    signature = request.headers.get(_SIGNATURE, "")
    if not signature:
        raise Unauthenticated("This is not signed.")
    if fields is None and not _is_digest_of(request.query, request.body):
        raise Unauthenticated("The signature is not right.")
    address = f"{account.webhook_url}{f'/{request.path}' if request.path else ''}"
    url = f"{address}?{request.query}" if request.query else address
    settings = request.headers.get(_SETTINGS)
    if not account.prove(lambda held: is_signed(held, settings, signature, url, fields or {})):
        raise Unauthenticated("The signature is not right.")
    form = (
        _of_json(request.body)
        if fields is None
        else {_text(n.encode(_BYTES)): _text(every[-1]) for n, every in fields.items()}
    )
    if not (form.get("MessageSid") or form.get("SmsSid")):
        raise Malformed("This is about no message.")
    return form


def is_signed(held: Mapping[str, str], settings: str | None, signature: str, url: str, fields: Fields) -> bool:
    """Whether the account's secret made that signature. `fields` as they came: a name has a byte in each character.

    Which secret and algorithm is pinned by our configuration: what a header says can only be what stands there.
    """
    if settings is None:
        secret, algorithm = held.get("auth_token", ""), "sha1"
    else:
        told = dict(part.strip().partition("=")[::2] for part in settings.split(","))
        if told.get("algorithm") != _SHA256 or told.get("key") != held.get("shared_key_id"):
            return False
        secret, algorithm = held.get("shared_key_secret", ""), "sha256"
    return bool(secret) and _matches(secret, algorithm, signature, url, fields)


def _matches(secret: str, algorithm: str, signature: str, url: str, fields: Fields) -> bool:
    """With and without the port: who signs is not of one mind. Each is compared in constant time."""
    said = b"".join(name.encode(_BYTES) + value for name in sorted(fields) for value in sorted(set(fields[name])))
    given = signature.encode(errors="replace")
    found = False
    for form in _with_and_without_port(url):
        made = hmac.new(secret.encode(), form.encode(errors="replace") + said, algorithm)
        found |= hmac.compare_digest(base64.b64encode(made.digest()), given)
    return found


def _with_and_without_port(url: str) -> tuple[str, str]:
    found = _HOST.match(url)
    if not found:
        return url, url
    scheme, host, port = found.groups()
    rest = url[found.end() :]
    return f"{scheme}://{host}{rest}", f"{scheme}://{host}:{port or _PORTS[scheme]}{rest}"


def _is_digest_of(query: str, body: bytes) -> bool:
    told = _asked(query, _DIGEST).lower().encode(errors="replace")
    return hmac.compare_digest(hashlib.sha256(body).hexdigest().encode(), told)


def _asked(query: str, name: str) -> str:
    """A value of the query; empty where there is none. Raises Malformed."""
    try:
        return parse_qs(query, max_num_fields=_MOST_VALUES).get(name, [""])[-1]
    except ValueError:
        raise Malformed("The address cannot be read.") from None


def _of_json(body: bytes) -> Mapping[str, str]:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        raise Malformed("This is no JSON.") from None
    if not isinstance(told, dict):
        raise Malformed("This is no message.")
    return {name: value for name, value in told.items() if isinstance(value, str)}


def _text(value: bytes) -> str:
    return value.decode(errors="replace")


def _kept(form: Mapping[str, str], ours: str | None = None) -> str:
    """As it is read later: the form, when it came, and our id. What no queue would take is cut."""
    values = {name: value[:_LONGEST_VALUE] for name, value in form.items()}
    told = {COMMUNICATION: ours[:100]} if ours else {}
    raw = {**told, "arrived_at": datetime.now(UTC).isoformat(), "form": values}
    made = json.dumps(raw)
    if len(made) <= _LONGEST:
        return made
    cut = {name: value[:4_000] for name, value in values.items() if _KNOWN.fullmatch(name)}
    return json.dumps({**raw, "form": cut, "cut_from_characters": len(made)})
