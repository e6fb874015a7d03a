"""SendGrid v3: sends mail, reads its Event Webhook, takes in what its Inbound Parse posts.

Sources: Twilio SendGrid's OpenAPI files (`tsg_mail_v3`, `tsg_webhooks_v3`), its documents "Mail Send", "Event Webhook Reference",
"Event Webhook Security Features" and "Inbound Parse Webhook", and the tests of its Python library.
Our id is a custom argument: it comes back in every event. Message-IDs stay ours.
"""

import base64
import hashlib
import json
import re
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any, NamedTuple

from letterbook.adapters.providers.account import Account, CredentialField
from letterbook.adapters.providers.ecdsa_signature import prove
from letterbook.adapters.providers.event_values import address, moment, word, words
from letterbook.adapters.providers.machine_opens import is_machine
from letterbook.adapters.providers.mime_headers import headers
from letterbook.adapters.providers.mime_message import file_name_of, media_type_of
from letterbook.adapters.providers.posted_events import events_in
from letterbook.adapters.providers.spec import ProviderSpec
from letterbook.adapters.providers.vendor_http import VendorAnswer, call
from letterbook.domain.channels import Channel
from letterbook.domain.errors import Malformed, Permanent, ProviderError, Throttled, Transient
from letterbook.domain.failures import FailureCode, FailureText
from letterbook.domain.ids import Kind, is_id
from letterbook.domain.inbound_email import Verdicts
from letterbook.domain.receipts import DeliveryOutcome, Receipt, RecipientUpdate, Signal
from letterbook.domain.visible import name_of, unturned
from letterbook.ports import OutboundMessage, WebhookContent, WebhookRequest

NAME = "sendgrid"
# The custom argument that carries our id, at the top of every event.
TAG = "communication_id"
# "The total size of your email, including attachments, must be less than 30MB."
_MOST_BYTES = 30_000_000
# What we need of an event that is too long to be kept whole.
_NEEDED = dict.fromkeys((
    "email", "timestamp", "event", "sg_event_id", "sg_message_id", TAG, "type", "status", "reason", "response",
    "bounce_classification", "useragent", "sg_machine_open",
))  # fmt: skip
_SIGNED = "x-twilio-email-event-webhook"
# `{@bank.example : pass, @other.example : fail}`
_DKIM = re.compile(r"@([^\s:,{}@]{1,253})\s{0,3}:\s{0,3}([a-z]{1,20})")
_SPAM_SCORE = 5.0  # SpamAssassin's own
# Longer than any of its ids.
_LONGEST_ID = 320
_F = FailureCode
_News = tuple[RecipientUpdate, ...]


class _Word(NamedTuple):
    """What one of SendGrid's words means to us, and to people."""

    fact: DeliveryOutcome
    code: FailureCode
    reason: str
    advice: str


_FIX, _LATER, _OTHER = (
    "Correct the address, then send again.",
    "Try again later, or use another channel.",
    "Use another channel.",
)
_CHANGE, _ADMIN = "Change the text or the attachments, then send again.", "Tell your administrator."
_LISTED = "Check the address. Where it is right, have it taken off SendGrid's list of bounces."
_AGAIN = "Use another channel. Where they want email again, have them taken off SendGrid's list."
_HARD, _SOFT, _NO = DeliveryOutcome.HARD_BOUNCE, DeliveryOutcome.SOFT_BOUNCE, DeliveryOutcome.REFUSED

# By `type` and `bounce_classification` of a bounce. Where nothing speaks against the address, it stays usable.
_BOUNCES = {
    "bounce/Invalid Address": _Word(_HARD, _F.INVALID_ADDRESS, "Their mail server says that there is no such address.", _FIX),
    "bounce/Mailbox Full": _Word(_SOFT, _F.MAILBOX_FULL, "The recipient's mailbox is full.", _LATER),
    "bounce/Mailbox Unavailable": _Word(_SOFT, _F.UNREACHABLE, "The recipient's mailbox is closed for now.", _LATER),
    "bounce/Technical": _Word(_SOFT, _F.UNREACHABLE, "Their mail server could not be spoken to.", _LATER),
    "bounce/Content": _Word(_SOFT, _F.CONTENT, "Their mail server refused the content.", _CHANGE),
    "bounce/Reputation": _Word(_SOFT, _F.BLOCKED, "Their mail server does not trust where it came from.", _OTHER),
    "bounce/Frequency or Volume Too High": _Word(_SOFT, _F.BLOCKED, "Their mail server takes no more from us for now.", _LATER),
    "bounce/Unclassified": _Word(_HARD, _F.UNKNOWN, "Their mail server refused it for good.", _OTHER),
    "blocked/Content": _Word(_SOFT, _F.CONTENT, "Their mail server blocks the content.", _CHANGE),
    "blocked": _Word(_SOFT, _F.BLOCKED, "Their mail server blocks our messages.", "Use another channel, and ask to be unblocked."),
    "expired": _Word(_SOFT, _F.EXPIRED, "Their mail server did not take it for days.", "Send again, or use another channel."),
}  # fmt: skip
# By `reason` of what was not even tried, as it begins.
_DROPS = {
    "dropped/Bounced Address": _Word(_NO, _F.INVALID_ADDRESS, "It bounced before, and SendGrid did not try again.", _LISTED),
    "dropped/Unsubscribed Address": _Word(_NO, _F.OPTED_OUT, "The recipient unsubscribed, and SendGrid did not try.", _AGAIN),
    "dropped/Spam Reporting Address": _Word(_NO, _F.OPTED_OUT, "The recipient once reported a message as spam.", _AGAIN),
    "dropped/Invalid SMTPAPI": _Word(_NO, _F.CONFIG, "SendGrid could not read the request.", _ADMIN),
    "dropped/Invalid": _Word(_NO, _F.INVALID_ADDRESS, "SendGrid takes this for no address.", _FIX),
    "dropped/Spam Content": _Word(_NO, _F.CONTENT, "SendGrid took the content for spam.", _CHANGE),
    "dropped/Recipient List over Package Quota": _Word(_NO, _F.CONFIG, "Our account has used up what it may send.", _ADMIN),
    "dropped": _Word(_NO, _F.UNKNOWN, "SendGrid did not try to deliver it.", _OTHER),
}  # fmt: skip
# By the status that answers our call, and the part of it that was wrong.
_REFUSALS = {
    "400/recipient": _Word(_NO, _F.INVALID_ADDRESS, "SendGrid takes this for no address.", _FIX),
    "400/sender": _Word(_NO, _F.CONFIG, "SendGrid does not take our sender.", _ADMIN),
    "400/content": _Word(_NO, _F.CONTENT, "SendGrid does not take the subject, the text or a file.", _CHANGE),
    "400": _Word(_NO, _F.UNKNOWN, "SendGrid does not take the message.", _ADMIN),
    "401": _Word(_NO, _F.CONFIG, "SendGrid does not know our API key.", _ADMIN),
    "401/credits": _Word(_NO, _F.CONFIG, "Our account has used up what it may send.", _ADMIN),
    "403": _Word(_NO, _F.CONFIG, "Our API key may not send, or the sender is not verified.", _ADMIN),
    **dict.fromkeys(("404", "405"), _Word(_NO, _F.CONFIG, "SendGrid does not know what we called.", _ADMIN)),
    "413": _Word(_NO, _F.TOO_LARGE, "The message is too large for SendGrid.", "Send smaller or fewer attachments."),
    "503": _Word(_NO, _F.PROVIDER_OUTAGE, "SendGrid takes nothing at the moment.", _LATER),
}  # fmt: skip
_WORDS = {**_BOUNCES, **_DROPS, **_REFUSALS}
# Which part of the request an error's `field` names, once its places are left out: `personalizations.to.email`.
_PARTS = (
    (re.compile(r"personalizations\.(?:to|cc|bcc)"), "recipient"),
    (re.compile(r"from|reply_to"), "sender"),
    (re.compile(r"subject|content|attachments|personalizations\.subject|headers"), "content"),
)


class SendGrid:
    """See ports.Provider."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def send(self, parcel: OutboundMessage) -> str:
        """The reference is empty where it took the message and named none: its events carry our id."""
        try:
            body = json.dumps(request_of(parcel), ensure_ascii=False).encode()
        except Exception as defect:
            # Certainly not taken: nobody was called yet.
            raise Permanent(type(defect).__name__, _F.CONTENT) from defect
        if len(body) >= _MOST_BYTES:
            raise Permanent("413", _F.TOO_LARGE)
        answer = self._account.call(lambda held: _posted(held, body))
        return word(answer.headers.get("x-message-id", "").strip(), _LONGEST_ID)


def _posted(held: Mapping[str, str], body: bytes) -> VendorAnswer:
    said = {"Authorization": f"Bearer {held['api_key'].strip()}", "Content-Type": "application/json"}
    return call("POST", f"{held['base_url']}/v3/mail/send", headers=said, body=body, error_of=error_of)


def request_of(parcel: OutboundMessage) -> dict[str, Any]:
    """Of POST /v3/mail/send. Raises ValueError for a subject or an address with a line break.

    Nothing is added to what we say: no links of SendGrid's in it, no footer; that it was opened is told, as SES tells it.
    """
    fields = {one.name: " ".join(one.split()) for one in headers(parcel)}
    contents = [("text/plain", parcel.rendered.text), ("text/html", parcel.rendered.html)]
    name = name_of(parcel.sender_name)
    request: dict[str, Any] = {
        "personalizations": [_addressees(parcel)],
        "from": {"email": parcel.sender, **({"name": name} if name else {})},
        "subject": unturned(parcel.rendered.subject),
        "content": [{"type": kind, "value": text} for kind, text in contents if text],
        "headers": {name: fields[name] for name in ("Message-ID", "In-Reply-To", "References") if name in fields},
        "custom_args": {TAG: parcel.communication_id},
        "tracking_settings": {
            "open_tracking": {"enable": True},
            "click_tracking": {"enable": False, "enable_text": False},
            "subscription_tracking": {"enable": False},
            "ganalytics": {"enable": False},
        },
    }
    if parcel.reply_to:
        request["reply_to_list"] = [{"email": one} for one in _once(parcel.reply_to, set())]
    if parcel.attachments:
        request["attachments"] = [
            {
                "content": base64.b64encode(content).decode(),
                "type": media_type_of(attachment).partition(";")[0].strip(),
                "filename": file_name_of(attachment),
            }
            for attachment, content in parcel.attachments
        ]
    return request


def _addressees(parcel: OutboundMessage) -> dict[str, list[dict[str, str]]]:
    """An address may stand in all of them together once only, however it is spelled: where it is seen first."""
    taken: set[str] = set()
    named = {name: _once(of, taken) for name, of in (("to", parcel.to), ("cc", parcel.cc), ("bcc", parcel.bcc))}
    return {name: [{"email": one} for one in those] for name, those in named.items() if those}


def _once(addresses: Iterable[str], taken: set[str]) -> list[str]:
    found = []
    for one in addresses:
        if one.casefold() not in taken:
            taken.add(one.casefold())
            found.append(one)
    return found


def error_of(answer: VendorAnswer) -> ProviderError | None:
    """What SendGrid's own words make of an answer that is no success."""
    if answer.status == 429:
        return _throttled(answer)
    errors = _errors(answer)
    if answer.status == 503 and errors:
        # Its own word that the service is not there. Without one, somebody between may have said so after it was handed on.
        return Transient("503")
    if answer.status == 401 and any("credits" in str(one.get("message")).lower() for one in errors):
        return _refused("401/credits")
    if answer.status == 400:
        parts = (_part(one.get("field")) for one in errors)
        return _refused(next((f"400/{part}" for part in parts if part), "400"))
    return _refused(str(answer.status)) if answer.status in (403, 404, 405, 413) else None


def _errors(answer: VendorAnswer) -> list[dict[str, Any]]:
    try:
        said = json.loads(answer.body)
    except (ValueError, RecursionError):
        return []
    errors = said.get("errors") if isinstance(said, dict) else None
    return [one for one in errors if isinstance(one, dict)] if isinstance(errors, list) else []


def _part(field: object) -> str | None:
    named = re.sub(r"\.\d{1,9}", "", field) if isinstance(field, str) and len(field) < 1_000 else ""
    return next((part for pattern, part in _PARTS if pattern.match(named)), None)


def _refused(code: str) -> Permanent:
    return Permanent(code, _REFUSALS[code].code)


def _throttled(answer: VendorAnswer) -> Throttled | None:
    """Where it only says when it counts anew (seconds since 1970), until then."""
    reset = answer.headers.get("x-ratelimit-reset", "")
    if "retry-after" in answer.headers or not (reset.isascii() and reset.isdigit() and len(reset) < 12):
        return None
    return Throttled("429", after=timedelta(seconds=min(max(int(reset) - int(time.time()), 0), 3_600)))


def events(account: Account, request: WebhookRequest) -> WebhookContent:
    """The Event Webhook: an array, of many messages. Raises Unauthenticated, Malformed, Unavailable."""
    _prove(account, request, "webhook_public_key")
    return WebhookContent(events=events_in(request.body, _NEEDED))


def _prove(account: Account, request: WebhookRequest, *keys: str) -> None:
    said = request.headers
    prove(account, keys, said.get(f"{_SIGNED}-signature", ""), said.get(f"{_SIGNED}-timestamp", ""), request.body)


def inbound(account: Account, request: WebhookRequest) -> WebhookContent:
    """Inbound Parse, where it posts the raw message. Raises Unauthenticated, Malformed, Unavailable."""
    # Whoever sends, or reads events, must not wait for it.
    from letterbook.adapters.inbound_mail.vendor_mail import as_received
    from letterbook.adapters.providers.posted_form import form_of

    _prove(account, request, "inbound_public_key", "webhook_public_key")
    form = form_of(request)
    raw = next(iter(form.get("email", ())), b"")
    if not raw.strip():
        raise Malformed("There is no message in it. Inbound Parse has to post the raw, full MIME message.")
    told = {name.lower(): values[0].decode(errors="replace") for name, values in form.items()}
    verdicts = verdicts_of(told.get("spf", ""), told.get("dkim", ""))
    spam = _number(told.get("spam_score", "")) >= _SPAM_SCORE
    return WebhookContent(mail=(as_received(raw, verdicts, _envelope(told.get("envelope", "")), spam=spam),))


def verdicts_of(spf: str, dkim: str) -> Verdicts:
    """What SendGrid found of who sent it. It asks no DMARC."""
    results = _DKIM.findall(dkim[:4_000].lower())
    passed = frozenset(domain for domain, result in results if result == "pass")
    word = "pass" if passed else results[0][1] if results else ""
    return Verdicts(spf=spf.strip().lower()[:20], dkim=word, dkim_domains=passed)


def _envelope(told: str) -> list[str]:
    try:
        envelope = json.loads(told)
    except (ValueError, RecursionError):
        return []
    to = envelope.get("to") if isinstance(envelope, dict) else None
    return [one for one in to if isinstance(one, str)] if isinstance(to, list) else []


def _number(told: str) -> float:
    return float(told) if re.fullmatch(r"-?\d{1,5}(?:\.\d{1,5})?", told.strip(), re.ASCII) else 0.0


def read(raw: str) -> Receipt:
    """The receipt that an event is. Raises ValueError for what is none."""
    try:
        event = json.loads(raw)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(event, dict):
        raise ValueError("not an event")
    kind = word(event.get("event"))
    if not kind:
        raise ValueError("an event without a name")
    opening = kind in ("open", "click")
    machine = opening and (event.get("sg_machine_open") is True or is_machine(words(event.get("useragent"))))
    news = _NEWS[kind](event) if kind in _NEWS else ()
    own = event.get(TAG)
    return Receipt(
        provider=NAME,
        event=kind,
        at=moment(event.get("timestamp")),
        raw=raw,
        digest=hashlib.sha256((word(event.get("sg_event_id"), _LONGEST_ID) or raw).encode()).hexdigest(),
        communication_id=own if isinstance(own, str) and is_id(Kind.COMMUNICATION, own) else None,
        reference=word(event.get("sg_message_id"), _LONGEST_ID).partition(".")[0] or None,
        news=(*news, RecipientUpdate(signal=Signal.MACHINE_OPEN)) if machine else news,
        opened=opening and not machine,
    )


def _told(fact: DeliveryOutcome | None = None, signal: Signal | None = None) -> Callable[[dict[str, Any]], _News]:
    return lambda event: (RecipientUpdate(recipient=_recipient(event), fact=fact, signal=signal),)


def _deferred(event: dict[str, Any]) -> _News:
    said, at = " ".join(words(event.get("response"), 200).split()), _recipient(event)
    return (RecipientUpdate(recipient=at, fact=DeliveryOutcome.ACCEPTED, signal=Signal.DELAYED, provider_code=said),)


def _bounced(event: dict[str, Any]) -> _News:
    kind, said = word(event.get("type")), word(event.get("bounce_classification"))
    if kind in ("blocked", "expired"):
        return _failed(event, f"{kind}/{said}" if f"{kind}/{said}" in _BOUNCES else kind)
    return _failed(event, _bounce(said, word(event.get("status"))))


def _bounce(said: str, status: str) -> str:
    """The enhanced status (RFC 3463) where SendGrid has no class for it, and where it tells more."""
    if status[1:] == ".2.2":
        return "bounce/Mailbox Full"
    if f"bounce/{said}" in _BOUNCES and said != "Unclassified":
        return f"bounce/{said}"
    return "bounce/Invalid Address" if status[1:4] == ".1." else "bounce/Unclassified"


def _dropped(event: dict[str, Any]) -> _News:
    said = f"dropped/{words(event.get('reason'))}".lower()
    return _failed(event, next(code for code in _DROPS if said.startswith(code.lower())))


def _failed(event: dict[str, Any], code: str) -> _News:
    means = _WORDS[code]
    return (RecipientUpdate(recipient=_recipient(event), fact=means.fact, code=means.code, provider_code=code),)


_NEWS: dict[str, Callable[[dict[str, Any]], _News]] = {
    "processed": _told(DeliveryOutcome.ACCEPTED),
    "deferred": _deferred,
    "delivered": _told(DeliveryOutcome.DELIVERED),
    "bounce": _bounced,
    "dropped": _dropped,
    "spamreport": _told(signal=Signal.COMPLAINT),
    "unsubscribe": _told(signal=Signal.UNSUBSCRIBE),
    "group_unsubscribe": _told(signal=Signal.UNSUBSCRIBE),
    "group_resubscribe": _told(signal=Signal.RESUBSCRIBE),
}


def _recipient(event: dict[str, Any]) -> str:
    """Raises ValueError: what names nobody would be about everybody."""
    if (named := address(event.get("email"))) is None:
        raise ValueError("an event of nobody")
    return named


_KEY = r"MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE[A-Za-z0-9+/]{86}=="

_CREDENTIALS = (
    CredentialField(
        name="api_key", label="API key", pattern=r"SG\.[\w-]{16,64}\.[\w-]{16,128}", hidden=True,
        hint="Settings, API Keys; it needs the right Mail Send and no other",
    ),
    CredentialField(
        name="webhook_public_key", label="Verification key of the Event Webhook", pattern=_KEY,
        hint="Settings, Mail Settings, Event Webhooks, Security features, Signed Event Webhook",
    ),
    CredentialField(
        name="inbound_public_key", label="Public key of Inbound Parse's security policy", pattern=f"(?:{_KEY})?", default="",
        hint="only where mail comes in by SendGrid; left out, it is the same as the Event Webhook's",
    ),
    CredentialField(
        name="base_url", label="Address of the API", pattern=r"https://api(?:\.eu)?\.sendgrid\.com",
        hint="https://api.eu.sendgrid.com for a subuser in the European Union", default="https://api.sendgrid.com",
    ),
)  # fmt: skip
SPEC = ProviderSpec(
    name=NAME,
    label="SendGrid",
    channel=Channel.EMAIL,
    make=SendGrid,
    read=read,
    failures={code: FailureText(one.reason, one.advice) for code, one in _WORDS.items()},
    credentials=_CREDENTIALS,
    webhooks={"": events, "inbound": inbound},
)
