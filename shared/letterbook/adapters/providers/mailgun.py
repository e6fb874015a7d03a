"""Mailgun: sends raw MIME, reads its webhooks and events, is asked by its Events API, takes mail in by its routes.

Sources: Mailgun API reference ("Send an email in MIME format", "Events") and user manual ("Webhooks", "Securing webhooks", "Event
structure"). In MIME our Message-ID stays as it is, and is what Mailgun answers.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from letterbook.adapters.providers.account import Account, CredentialField
from letterbook.adapters.providers.event_values import (
    address,
    cut,
    message_id as id_in,
    moment,
    part,
    whole,
    word,
    words,
)
from letterbook.adapters.providers.machine_opens import is_machine
from letterbook.adapters.providers.mailgun_api import (
    CORRECT,
    ERROR_TEXTS,
    OUR_ACCOUNT,
    TOO_LARGE,
    address_of,
    credentials_of,
    error_of,
)
from letterbook.adapters.providers.mailgun_routes import SIGNING_KEY, mail_of
from letterbook.adapters.providers.mime_message import mime
from letterbook.adapters.providers.signed_stamp import prove
from letterbook.adapters.providers.spec import ProviderSpec
from letterbook.adapters.providers.vendor_http import call, only_asked
from letterbook.domain.channels import Channel
from letterbook.domain.errors import Ambiguous, Malformed, Permanent
from letterbook.domain.failures import FailureCode, FailureText
from letterbook.domain.ids import Kind, is_id, message_id_of
from letterbook.domain.mail_reports import ReportedAction, ReportedRecipient, outcome_of
from letterbook.domain.receipts import DeliveryOutcome, Receipt, RecipientUpdate, Signal
from letterbook.ports import LookUp, OutboundMessage, WebhookContent, WebhookRequest

NAME = "mailgun"
# The variable that carries our id; it comes back in every event.
VARIABLE = "communication_id"
_F, _D = FailureCode, DeliveryOutcome

# "Mailgun supports maximum messages size of 25MB."
_MOST_BYTES = 25 * 1024 * 1024
# An SQS message holds 256 KB, in which JSON stands within JSON.
_MOST_EVENT_BYTES = 96 * 1024
# An event is written down a little after it happened. Of one message there are a few for each recipient.
_BEFORE, _PAGE, _MOST_PAGES, _MOST_PAGE_BYTES = timedelta(minutes=5), 100, 5, 4 * 1024 * 1024
_OWN_ID = re.compile(r"\d{14}\.[0-9a-f.]{1,64}@[^\s<>@]{1,255}", re.ASCII)
_ENHANCED = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?!\.?\d)")

_ALLOWED, _OTHERWISE = "Use another channel that they allow.", "Send again later, or use another channel."
# Why it failed for good, where Mailgun itself has a word for that. What other servers said is read by their own words.
_REASONS: dict[str, tuple[DeliveryOutcome, FailureCode, str, str]] = {
    "suppress-bounce": (_D.REFUSED, _F.INVALID_ADDRESS, "Mail to this address came back before.", CORRECT),
    "suppress-unsubscribe": (_D.REFUSED, _F.OPTED_OUT, "The recipient unsubscribed.", _ALLOWED),
    "suppress-complaint": (_D.REFUSED, _F.OPTED_OUT, "The recipient reported mail of ours as spam.", _ALLOWED),
    "old": (_D.SOFT_BOUNCE, _F.EXPIRED, "Mailgun tried for hours, and nobody took it.", _OTHERWISE),
    "espblock": (_D.SOFT_BOUNCE, _F.BLOCKED, "The recipient's provider blocks mail from Mailgun.", _OTHERWISE),
    "no mx": (_D.SOFT_BOUNCE, _F.UNREACHABLE, "The domain of the address takes no mail.", CORRECT),
    "no answer": (_D.SOFT_BOUNCE, _F.UNREACHABLE, "The recipient's mail server did not answer.", _OTHERWISE),
}
_BY_NUMBER = {
    498: "no mx",
    499: "no answer",
    602: "old",
    605: "suppress-bounce",
    606: "suppress-unsubscribe",
    607: "suppress-complaint",
}
# It took the message and then refused it: for what is ours, by these words, else for what is written in it.
_REJECTED = "rejected"
_OURS = re.compile(r"sandbox|authori[sz]ed|disabled|account|domain|limit", re.IGNORECASE)
_FAILURES = {
    **ERROR_TEXTS,
    **{code: FailureText(reason, advice) for code, (_, _, reason, advice) in _REASONS.items()},
    _REJECTED: FailureText("Mailgun took it, and then refused to send it.", OUR_ACCOUNT),
}


class Mailgun:
    """See ports.Provider."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def send(self, parcel: OutboundMessage) -> str:
        try:
            raw = mime(parcel)
            body, media_type = _form(parcel, raw)
        except Exception as defect:
            # Certainly not taken: nobody was called yet.
            raise Permanent(type(defect).__name__, _F.CONTENT) from defect
        if len(raw) > _MOST_BYTES:
            raise Permanent(TOO_LARGE, _F.TOO_LARGE)
        answer = self._account.call(
            lambda held: call(
                "POST",
                address_of(held, "messages.mime"),
                headers={**credentials_of(held), "content-type": media_type},
                body=body,
                error_of=error_of,
            )
        )
        told = answer.json()
        given = id_in(told.get("id")) if isinstance(told, dict) else None
        if given is None:
            raise Ambiguous("no id in the answer")
        return given


def _form(parcel: OutboundMessage, raw: bytes) -> tuple[bytes, str]:
    """The whole envelope is in `to`, blind copies too; what recipients read of it stands in the MIME. Its media type comes second.

    Openings are looked for and links left alone, as the house has it with its first provider.
    """
    from urllib3.filepost import choose_boundary, encode_multipart_formdata

    boundary = choose_boundary()
    while boundary.encode() in raw:
        boundary = choose_boundary()
    return encode_multipart_formdata(
        [
            *(("to", one) for one in dict.fromkeys((*parcel.to, *parcel.cc, *parcel.bcc))),
            (f"v:{VARIABLE}", parcel.communication_id),
            ("o:tracking-opens", "yes"),
            ("o:tracking-clicks", "no"),
            ("message", ("message.eml", raw, "message/rfc822")),
        ],
        boundary,
    )


def message_id(reference: str) -> str:
    """What Mailgun knows a mail by is its Message-ID: ours, or the one that it gave."""
    return reference


def reference(message_id: str) -> str | None:
    """None for ids that are not of its own making; ours tell themselves what they are of."""
    return message_id if _OWN_ID.fullmatch(message_id) else None


# ---- what it posts of messages of ours


def _events(account: Account, request: WebhookRequest) -> WebhookContent:
    try:
        text = request.body.decode()
        posted = json.loads(text)
    except (ValueError, RecursionError):
        raise Malformed("This is no JSON.") from None
    posted = posted if isinstance(posted, dict) else {}
    event = part(posted, "event-data")
    told = cut(event, _READ)
    prove(account, SIGNING_KEY, part(posted, "signature"), json.dumps(told, sort_keys=True).encode())
    if not word(event.get("event")):
        raise Malformed("This is no event.")
    if len(request.body) > _MOST_EVENT_BYTES:
        # Larger than any that Mailgun makes, and than a queue takes.
        text = json.dumps({"cut": True, "event-data": told})
    return WebhookContent(events=(text,))


# What is read of an event.
_READ: dict[str, Any] = {
    **dict.fromkeys(("event", "id", "timestamp", "recipient", "severity", "reason")),
    "message": {"headers": {"message-id": None}},
    "user-variables": {VARIABLE: None},
    "flags": dict.fromkeys(("is-routed", "is-delayed-bounce")),
    "delivery-status": dict.fromkeys(("code", "enhanced-code", "message", "description")),
    "client-info": dict.fromkeys(("bot", "user-agent")),
    "reject": {"reason": None},
}


def read(raw: str) -> Receipt | None:
    """The receipt that an event is, as it was posted or as the Events API has it; None for what is of no message of ours.

    Raises ValueError for what is no such event.
    """
    try:
        posted = json.loads(raw)
        return _receipt(posted.get("event-data", posted), raw)
    except (KeyError, TypeError, AttributeError, RecursionError) as missing:
        raise ValueError("not a Mailgun event") from missing


def _receipt(event: dict[str, Any], raw: str) -> Receipt | None:
    name, at = word(event["event"]), moment(event["timestamp"])
    if not name:
        raise ValueError("not a Mailgun event")
    ours = word(part(event, "user-variables").get(VARIABLE))
    communication_id = ours if is_id(Kind.COMMUNICATION, ours) else None
    given = id_in(part(part(event, "message"), "headers").get("message-id"))
    # What came in by a route is told of like what was sent.
    came_in = name == "stored" or part(event, "flags").get("is-routed") is True
    if came_in or not (communication_id or given):
        return None
    recipient = address(event.get("recipient"))
    told = _EVENTS.get(name)
    # Without a recipient it would be about each of them.
    news = told(event, recipient) if told and (recipient or told is _rejected) else ()
    signals = {one.signal for one in news}
    return Receipt(
        provider=NAME,
        event="delayed" if Signal.DELAYED in signals else name,
        at=at,
        raw=raw,
        digest=_digest(event, raw),
        communication_id=communication_id,
        reference=given,
        news=news,
        opened=told is _opened and recipient is not None and Signal.MACHINE_OPEN not in signals,
    )


def _digest(event: Mapping[str, Any], raw: str) -> str:
    """An id of Mailgun's is one event's only for a day ("Event structure")."""
    own = word(event.get("id"), 200)
    known = f"{own} {float(event['timestamp'])!r}" if own else raw
    return hashlib.sha256(known.encode(errors="replace")).hexdigest()


_News = tuple[RecipientUpdate, ...]


def _accepted(_: Mapping[str, Any], recipient: str | None) -> _News:
    return (RecipientUpdate(recipient=recipient, fact=_D.ACCEPTED),)


def _delivered(_: Mapping[str, Any], recipient: str | None) -> _News:
    return (RecipientUpdate(recipient=recipient, fact=_D.DELIVERED),)


def _rejected(event: Mapping[str, Any], recipient: str | None) -> _News:
    code = _F.CONFIG if _OURS.search(words(part(event, "reject").get("reason"))) else _F.CONTENT
    return (RecipientUpdate(recipient=recipient, fact=_D.REFUSED, code=code, provider_code=_REJECTED),)


def _failed(event: Mapping[str, Any], recipient: str | None) -> _News:
    status, severity, reason = part(event, "delivery-status"), event.get("severity"), word(event.get("reason"))
    number, said = whole(status.get("code")), f"{words(status.get('message'))} {words(status.get('description'))}"
    enhanced = _ENHANCED.search(f"{word(status.get('enhanced-code'))} {said}")
    code = enhanced[0] if enhanced else str(number) if 200 <= number < 600 else reason
    if severity == "temporary":
        return (RecipientUpdate(recipient=recipient, signal=Signal.DELAYED, provider_code=code),)
    if severity != "permanent":
        return ()
    own = reason if reason in _REASONS else _BY_NUMBER.get(number, "")
    if own:
        fact, why = _REASONS[own][:2]
    else:
        failed = ReportedAction.FAILED
        fact, why = outcome_of(ReportedRecipient(address=recipient or "", action=failed, status=code, diagnostic=said))
    if part(event, "flags").get("is-delayed-bounce") is True:
        # It was taken first, and then came back: that outweighs the delivery.
        fact = _D.HARD_BOUNCE
    return (RecipientUpdate(recipient=recipient, fact=fact, code=why, provider_code=own or code),)


def _opened(event: Mapping[str, Any], recipient: str | None) -> _News:
    client = part(event, "client-info")
    machine = bool(word(client.get("bot"))) or is_machine(words(client.get("user-agent")))
    return (RecipientUpdate(recipient=recipient, signal=Signal.MACHINE_OPEN),) if machine else ()


def _complained(_: Mapping[str, Any], recipient: str | None) -> _News:
    return (RecipientUpdate(recipient=recipient, signal=Signal.COMPLAINT),)


def _unsubscribed(_: Mapping[str, Any], recipient: str | None) -> _News:
    return (RecipientUpdate(recipient=recipient, signal=Signal.UNSUBSCRIBE),)


_EVENTS: dict[str, Callable[[Mapping[str, Any], str | None], _News]] = {
    "accepted": _accepted,
    "delivered": _delivered,
    "rejected": _rejected,
    "failed": _failed,
    "opened": _opened,
    "clicked": _opened,
    "complained": _complained,
    "unsubscribed": _unsubscribed,
}


# ---- what it knows of a message that nothing was heard of


def ask(account: Account, question: LookUp) -> Sequence[Receipt]:
    """Its events of the message, the oldest first. Raises Transient, Permanent."""
    given = question.reference or message_id_of(question.communication_id, question.sender)
    begin = (question.sent_at - _BEFORE).timestamp()
    asked = urlencode({"message-id": given, "begin": f"{begin:.0f}", "ascending": "yes", "limit": _PAGE})
    with only_asked():
        return account.call(lambda held: _found(held, f"{address_of(held, 'events')}?{asked}", given))


def _found(held: Mapping[str, str], page: str, given: str) -> list[Receipt]:
    """Of a few pages. An empty one is the last: each names a next."""
    found: list[Receipt] = []
    for _ in range(_MOST_PAGES):
        told = call("GET", page, headers=credentials_of(held), error_of=error_of, at_most=_MOST_PAGE_BYTES).json()
        items = told.get("items") if isinstance(told, dict) else None
        events = [_as_told(one) for one in items] if isinstance(items, list) else []
        found += [one for one in events if one and one.reference == given]
        page = words(part(told, "paging").get("next"), 4_000) if events else ""
        # Our credentials go nowhere else.
        if not page.startswith(address_of(held, "events")):
            break
    return found


def _as_told(item: object) -> Receipt | None:
    try:
        return read(json.dumps(item))
    except ValueError:
        return None


SPEC = ProviderSpec(
    name=NAME,
    label="Mailgun",
    channel=Channel.EMAIL,
    credentials=(
        CredentialField(
            name="api_key",
            label="API key",
            pattern=r"[!-~]{20,200}",
            hint="Mailgun, Account settings, API security: a sending key of the domain is enough to send, not to look up.",
            hidden=True,
        ),
        CredentialField(
            name="domain",
            label="Sending domain",
            pattern=r"[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})+",
            hint="Mailgun, Sending, Domains: such as mg.firm.example.",
        ),
        CredentialField(
            name=SIGNING_KEY,
            label="HTTP webhook signing key",
            pattern=r"[!-~]{20,200}",
            hint="Mailgun, Account settings, API security. It is not the API key.",
            hidden=True,
        ),
        CredentialField(
            name="base_url",
            label="Region's address",
            pattern=r"https://api\.(?:eu\.)?mailgun\.net",
            hint="For a domain in the EU region https://api.eu.mailgun.net.",
            default="https://api.mailgun.net",
        ),
    ),
    make=Mailgun,
    read=read,
    failures=_FAILURES,
    message_id=message_id,
    reference=reference,
    webhooks={"": _events, "inbound": mail_of, "inbound/mime": mail_of},
    ask=ask,
)
