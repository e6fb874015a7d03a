"""What Storecove tells of documents, whether it is posted to us or taken from its queue: it is the same.

Source: Storecove API v2 ("Webhooks"). An event has no time and no id of its own: it is known by all that it says, and its time is
when it came.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from letterbook.adapters.providers.account import Account
from letterbook.adapters.providers.event_values import arrived_at, cut, word, words
from letterbook.adapters.providers.storecove_api import CORRECT, said, sentence
from letterbook.domain.errors import Malformed, Unauthenticated
from letterbook.domain.failures import FailureCode, FailureText
from letterbook.domain.ids import Kind, of_uuid
from letterbook.domain.receipts import DeliveryOutcome, Receipt, RecipientUpdate
from letterbook.ports import WebhookContent, WebhookRequest

# Storecove sends a header of ours with what it posts; how it would sign by itself is not known.
HEADER, SECRET = "x-letterbook-secret", "webhook_secret"
_OF_DOCUMENTS = "document_submission"
_F, _D = FailureCode, DeliveryOutcome
# A queue takes 256 KiB, in which JSON stands within JSON.
_LONGEST = 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Meaning:
    """Of an event: a fact, or that the buyer saw it; `note` are the words that stand in the history."""

    fact: DeliveryOutcome | None = None
    code: FailureCode | None = None
    note: str
    advice: str = ""

    @property
    def opened(self) -> bool:
        return self.fact is None


_ASK = "Ask the buyer, correct what is wrong, then send it again under a new number."
_EVENTS: Mapping[str, _Meaning] = {
    "cleared": _Meaning(fact=_D.ACCEPTED, note="The tax authority cleared the invoice"),
    "succeeded": _Meaning(fact=_D.DELIVERED, note="The buyer's access point took the invoice"),
    "acknowledged": _Meaning(note="The buyer received the invoice"),
    "in_process": _Meaning(note="The buyer is working on the invoice"),
    "under_query": _Meaning(note="The buyer has the invoice under query"),
    "accepted": _Meaning(note="The buyer accepted the invoice"),
    "paid": _Meaning(note="The buyer says that the invoice is paid"),
    "rejected": _Meaning(
        fact=_D.HARD_BOUNCE, code=_F.RECIPIENT_REJECTED, note="The buyer rejected the invoice", advice=_ASK
    ),
    "no_action_taken": _Meaning(
        fact=_D.SOFT_BOUNCE,
        code=_F.NO_ROUTE,
        note="Storecove found no way to this address",
        advice="Use another channel.",
    ),
    "failed": _Meaning(
        fact=_D.SOFT_BOUNCE, code=_F.UNKNOWN, note="Storecove could not deliver the invoice", advice=CORRECT
    ),
}
EVENT_TEXTS = {name: FailureText(f"{one.note}.", one.advice) for name, one in _EVENTS.items() if one.code}


def take_event(account: Account, request: WebhookRequest) -> WebhookContent:
    """The header is compared in constant time. Raises Unauthenticated, Malformed, Unavailable."""
    given = request.headers.get(HEADER, "").encode(errors="replace")
    if not given:
        raise Unauthenticated("This has no secret of ours.")
    if not account.prove(lambda held: _is_secret(held.get(SECRET, ""), given)):
        raise Unauthenticated("The secret is not right.")
    try:
        event = json.loads(request.body)
    except (ValueError, RecursionError):
        raise Malformed("This is no JSON.") from None
    if not isinstance(event, dict) or not word(event.get("event_type")):
        raise Malformed("This is no event.")
    return WebhookContent(events=(kept(event),))


def _is_secret(secret: str, given: bytes) -> bool:
    return bool(secret) and hmac.compare_digest(secret.encode(), given)


def kept(event: object) -> str:
    """As it is read later: the event, and when it came. Of what no queue would take only what is read is kept."""
    raw = {"arrived_at": datetime.now(UTC).isoformat(), "event": event}
    try:
        made = json.dumps(raw)
    except (ValueError, RecursionError):
        raise Malformed("This is nested too deeply.") from None
    if len(made) <= _LONGEST:
        return made
    told = cut(event, _READ) if isinstance(event, dict) else words(event)
    return json.dumps({**raw, "event": told, "cut_from_characters": len(made)})


_READ: Mapping[str, Any] = dict.fromkeys(("event_type", "event", "details", "guid", "idempotencyGuid"))


def receipt_of(provider: str, raw: str) -> Receipt | None:
    """None for what is of no document of ours. Raises ValueError for what is no event of theirs."""
    try:
        told = json.loads(raw)
        event, at = told["event"], arrived_at(told)
        kind, name, digest = word(event["event_type"]), word(event.get("event")), _digest(event)
    except (KeyError, TypeError, AttributeError, RecursionError) as missing:
        raise ValueError("not an event of Storecove") from missing
    if not kind or (kind == _OF_DOCUMENTS and not name):
        raise ValueError("not an event of Storecove")
    ours = of_uuid(Kind.COMMUNICATION, word(event.get("idempotencyGuid")))
    reference = word(event.get("guid"), 100) or None
    if kind != _OF_DOCUMENTS or not (ours or reference):
        return None
    meaning = _EVENTS.get(name)
    note = sentence(": ".join(one for one in (meaning.note, said(event.get("details"))) if one)) if meaning else ""
    return Receipt(
        provider=provider,
        event=name,
        at=at,
        raw=raw,
        digest=digest,
        communication_id=ours,
        reference=reference,
        news=(_news(name, meaning, note),) if meaning and meaning.fact else (),
        opened=bool(meaning and meaning.opened),
        note=note,
    )


def _news(name: str, meaning: _Meaning, note: str) -> RecipientUpdate:
    if not meaning.code:
        return RecipientUpdate(fact=meaning.fact)
    text = FailureText(note, meaning.advice)
    return RecipientUpdate(fact=meaning.fact, code=meaning.code, provider_code=name, text=text)


def _digest(event: Mapping[str, Any]) -> str:
    """The same of an event that is posted and stands in the queue, too."""
    told = json.dumps([event.get(one) for one in _READ], sort_keys=True)
    return hashlib.sha256(told.encode(errors="replace")).hexdigest()
