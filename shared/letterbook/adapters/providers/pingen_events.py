"""What Pingen tells of a letter: posted, signed over every byte of it; or answered, when it is asked.

Sources: Pingen API v2 ("Webhooks"), the posts in its clients' own tests. Since July 2026 a post names the letter as `deliverable`
too, and includes its event twice, by one id.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from letterbook.adapters.providers.account import Account
from letterbook.adapters.providers.event_values import cut, part, word, words
from letterbook.adapters.providers.pingen_api import ID
from letterbook.adapters.providers.pingen_words import CODES, DELIVERED, SENT, STATUSES, UNDELIVERABLE, Meaning
from letterbook.domain.errors import Malformed, Unauthenticated
from letterbook.domain.ids import Kind, is_id
from letterbook.domain.post import PostalAddress, Price
from letterbook.domain.receipts import Receipt, RecipientUpdate, Signal
from letterbook.ports import WebhookContent, WebhookRequest

SIGNING_KEY = "webhook_signing_key"

# An SQS message holds 256 KB, in which JSON stands within JSON; a post has some three.
_MOST_EVENT_BYTES, _MOST_INCLUDED = 96 * 1024, 50
_KINDS = {"webhook_sent": SENT, "webhook_delivered": DELIVERED, "webhook_undeliverable": UNDELIVERABLE}
_ISSUES = "webhook_issues"
# Written out, a number of a few characters may fill the memory: 1e-999999999.
_MOST_MONEY, _LONGEST_MONEY, _MOST_DECIMALS = Decimal(1_000_000), 16, 10

# ---- posted

_LETTER = ("status", "file_original_name", "price_value", "price_currency", "updated_at")
_NAMED: dict[str, Any] = {"data": {"type": None, "id": None}}
_READ: dict[str, Any] = {
    "type": None,
    "id": None,
    "attributes": {
        **dict.fromkeys(("reason", "created_at")),
        "corrected_address": dict.fromkeys(("name", "street", "number", "zip", "city")),
    },
    "relationships": {"letter": _NAMED, "deliverable": _NAMED, "event": _NAMED},
}
_INCLUDED: dict[str, Any] = {"type": None, "id": None, "attributes": dict.fromkeys((*_LETTER, "code"))}


def take(account: Account, request: WebhookRequest) -> WebhookContent:
    """Raises Unauthenticated, Malformed, Unavailable."""
    signature = request.headers.get("signature", "")
    if not account.prove(lambda held: is_signed(held.get(SIGNING_KEY, ""), request.body, signature)):
        raise Unauthenticated("This is not signed, or the signature is not right.")
    try:
        text = request.body.decode()
        posted = json.loads(text)
    except (ValueError, RecursionError):
        raise Malformed("This is no JSON.") from None
    if not (isinstance(posted, dict) and word(part(posted, "data").get("type"))):
        raise Malformed("This is no event.")
    if len(request.body) > _MOST_EVENT_BYTES:
        # Larger than any that Pingen makes, and than a queue takes.
        included = [cut(one, _INCLUDED) for one in _included(posted)]
        text = json.dumps({"data": cut(part(posted, "data"), _READ), "included": included, "cut": True})
    return WebhookContent(events=(text,))


def is_signed(key: str, body: bytes, signature: str) -> bool:
    """Whether the signature is the HMAC-SHA256 of the body as it came, in hex."""
    proper = hmac.new(key.encode(), body, hashlib.sha256).hexdigest()
    return bool(key) and hmac.compare_digest(proper.encode(), signature.encode(errors="replace"))


# ---- answered


def answered(letter: Mapping[str, Any], events: Sequence[Mapping[str, Any]]) -> str:
    """A letter and its events as `read` takes them, and as they are kept."""
    attributes = part(letter, "attributes")
    codes = [word(part(one, "attributes").get("code")) for one in events]
    return json.dumps(
        {
            "letter": {"id": letter.get("id"), **{name: attributes.get(name) for name in _LETTER}},
            "codes": [code for code in codes if code][:_MOST_INCLUDED],
        }
    )


# ---- read


def read(provider: str, raw: str) -> Receipt | None:
    """The receipt of that provider that an event is, as it was posted or answered; None for what is of no letter.

    Raises ValueError for what is no such event.
    """
    try:
        told = json.loads(raw, parse_float=Decimal)
        return _answered(provider, told, raw) if "letter" in told else _posted(provider, told, raw)
    except (KeyError, TypeError, AttributeError, ArithmeticError, RecursionError) as missing:
        raise ValueError("not a Pingen event") from missing


def _posted(provider: str, told: Mapping[str, Any], raw: str) -> Receipt | None:
    data = told["data"]
    kind, named, own = word(data["type"]), part(data, "relationships"), word(data["id"], 64)
    if not (kind and ID.fullmatch(own)):
        raise ValueError("not a Pingen event")
    about = part(part(named, "deliverable"), "data") or part(part(named, "letter"), "data")
    reference = word(about.get("id"), 64)
    if about.get("type") != "letters" or not ID.fullmatch(reference):
        # Emails, e-bills and subscriptions are told of in the same way.
        return None
    included = _included(told)
    letter = next((part(one, "attributes") for one in included if _is(one, "letters", reference)), {})
    event_id = part(part(named, "event"), "data").get("id")
    code = next((code for one in included if _is(one, "_events", event_id) and (code := _code(one))), "")
    event, meaning, means = _meaning(kind, code, word(letter.get("status")))
    attributes = part(data, "attributes")
    note = meaning.words if meaning else words(attributes.get("reason"), 200)
    return _receipt(
        provider,
        raw,
        event=event,
        at=_moment(attributes["created_at"]),
        digest=own,
        letter=letter,
        reference=reference,
        meaning=meaning,
        provider_code=means,
        note=note,
        corrected=_address(part(attributes, "corrected_address")),
    )


def _meaning(kind: str, code: str, status: str) -> tuple[str, Meaning | None, str]:
    """What happened, what that means, and the word of Pingen's that it stands under.

    The kind of a post is true; the letter beside it may be one step behind, so of an issue its event's code counts first.
    """
    if kind != _ISSUES:
        word_for = kind.removeprefix("webhook_")
        return word_for, _KINDS.get(kind), word_for
    if code in CODES:
        return code, CODES[code], code
    known = STATUSES.get(status)
    return code or "issue", known if known and known.is_trouble else None, status


def _answered(provider: str, told: Mapping[str, Any], raw: str) -> Receipt:
    letter, codes = told["letter"], told["codes"]
    reference, status = word(letter["id"], 64), word(letter["status"])
    if not (ID.fullmatch(reference) and status and isinstance(codes, list)):
        raise ValueError("not a Pingen event")
    meaning, means = STATUSES.get(status), status
    if meaning and meaning.is_trouble:
        # The events say why.
        for code in codes:
            known = CODES.get(code) if isinstance(code, str) else None
            if known and (known.fact, known.signal) == (meaning.fact, meaning.signal):
                meaning, means = known, code
    price = _price(letter)
    return _receipt(
        provider,
        raw,
        event=status,
        at=_moment(letter["updated_at"]),
        digest=f"{reference} {status} {means} {price}",
        letter=letter,
        reference=reference,
        meaning=meaning,
        provider_code=means,
        note=meaning.words if meaning else "",
        corrected=None,
    )


def _receipt(
    provider: str,
    raw: str,
    *,
    event: str,
    at: datetime,
    digest: str,
    letter: Mapping[str, Any],
    reference: str,
    meaning: Meaning | None,
    provider_code: str,
    note: str,
    corrected: PostalAddress | None,
) -> Receipt:
    ours = word(letter.get("file_original_name"), 100).removesuffix(".pdf")
    return Receipt(
        provider=provider,
        event="delayed" if meaning and meaning.signal is Signal.DELAYED else event,
        at=at,
        raw=raw,
        digest=hashlib.sha256(digest.encode()).hexdigest(),
        communication_id=ours if is_id(Kind.COMMUNICATION, ours) else None,
        reference=reference,
        news=_news(meaning, provider_code) if meaning else (),
        price=_price(letter),
        note=note,
        corrected_address=corrected,
    )


def _news(meaning: Meaning, provider_code: str) -> tuple[RecipientUpdate, ...]:
    """A letter is one recipient's."""
    if meaning.fact is None and meaning.signal is None:
        return ()
    failing = meaning.reason is not None or meaning.signal is not None
    return (
        RecipientUpdate(
            fact=meaning.fact,
            code=meaning.reason,
            provider_code=provider_code if failing else "",
            signal=meaning.signal,
        ),
    )


def _included(told: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    listed = told.get("included")
    return [one for one in listed[:_MOST_INCLUDED] if isinstance(one, dict)] if isinstance(listed, list) else []


def _is(one: Mapping[str, Any], kind: str, own: object) -> bool:
    return word(one.get("type")).endswith(kind) and isinstance(own, str) and one.get("id") == own


def _code(one: Mapping[str, Any]) -> str:
    return word(part(one, "attributes").get("code"))


def _moment(value: object) -> datetime:
    """Such as 2024-04-26T09:54:38+0200. Raises ValueError."""
    at = datetime.fromisoformat(word(value))
    if at.tzinfo is None or not 2000 <= at.year < 2100:
        raise ValueError("no time")
    return at.astimezone(UTC)


def _price(letter: Mapping[str, Any]) -> Price | None:
    value, currency = letter.get("price_value"), word(letter.get("price_currency"), 3)
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    if not (len(currency) == 3 and currency.isascii() and currency.isupper()):
        return None
    amount = Decimal(value)
    readable = (
        0 <= amount < _MOST_MONEY and len(str(amount)) <= _LONGEST_MONEY and abs(_exponent(amount)) <= _MOST_DECIMALS
    )
    return Price(amount=amount, currency=currency) if readable else None


def _exponent(amount: Decimal) -> int:
    exponent = amount.as_tuple().exponent
    return exponent if isinstance(exponent, int) else _MOST_DECIMALS + 1


def _address(told: Mapping[str, Any]) -> PostalAddress | None:
    """Where the recipient is now, as the post knows it; it names no country, because it is the letter's."""
    known = {name: words(told.get(name), 100).strip() for name in ("name", "street", "number", "zip", "city")}
    if not (known["city"] or known["street"]):
        return None
    return PostalAddress(
        name=known["name"],
        street=known["street"],
        number=known["number"],
        postal_code=known["zip"],
        town=known["city"],
    )
