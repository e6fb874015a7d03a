"""Twilio: sends text messages, reads its status callbacks, is asked afterwards, hands over what comes in.

Sources: Twilio "Messages resource", "Outbound message status in status callbacks", "Message resource: read multiple messages".
Our id stands in the query of the address that each message names for its callbacks.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any
from urllib.parse import urlencode, urljoin

from letterbook.adapters.providers.account import Account, CredentialField
from letterbook.adapters.providers.event_values import arrived_at
from letterbook.adapters.providers.spec import ProviderSpec
from letterbook.adapters.providers.twilio_api import EVENT_ERRORS, FAILURES, ID, address_of, error_of, headers_of
from letterbook.adapters.providers.twilio_texts import media, text_of
from letterbook.adapters.providers.twilio_webhooks import COMMUNICATION, take_status, take_text
from letterbook.adapters.providers.vendor_http import VendorAnswer, call, only_asked
from letterbook.domain.channels import Channel
from letterbook.domain.errors import Ambiguous, Permanent
from letterbook.domain.failures import FailureCode
from letterbook.domain.ids import Kind, is_id
from letterbook.domain.receipts import DeliveryOutcome, Receipt, RecipientUpdate
from letterbook.ports import LookUp, OutboundMessage

NAME = "twilio"
_D = DeliveryOutcome

_SID = re.compile(r"(?:SM|MM)[0-9a-f]{32}", re.ASCII)
_NUMBER = re.compile(r"\+[1-9][0-9]{1,14}", re.ASCII)
_SERVICE = re.compile(r"MG[0-9a-f]{32}", re.ASCII)
# What may stand in an event beside their ids: words and numbers of theirs.
_WORD, _CODE = re.compile(r"[a-z_-]{1,40}"), re.compile(r"[0-9]{1,6}")

# What became of a message ("Message status values"). The first are not called back, but answered when we ask.
_FACTS: dict[str, DeliveryOutcome] = {
    **dict.fromkeys(("accepted", "scheduled", "queued", "sending", "sent"), _D.ACCEPTED),
    **dict.fromkeys(("delivered", "partially_delivered", "read"), _D.DELIVERED),
}
_FAILED, _CAME_IN = frozenset({"failed", "undelivered", "canceled"}), frozenset({"receiving", "received"})


class Twilio:
    """See ports.Provider."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def send(self, parcel: OutboundMessage) -> str:
        callback = f"{self._account.webhook_url}?{urlencode({COMMUNICATION: parcel.communication_id})}"

        def create(held: Mapping[str, str]) -> VendorAnswer:
            fields = {
                "To": parcel.to[0],
                "Body": parcel.rendered.text,
                "StatusCallback": callback,
                **_sender(parcel.sender, held),
            }
            try:
                body = urlencode(fields).encode()
            except UnicodeEncodeError as defect:
                # Certainly not taken: nobody was called yet.
                raise Permanent("unwritable text", FailureCode.CONTENT) from defect
            headers = {**headers_of(held), "content-type": "application/x-www-form-urlencoded"}
            return call("POST", address_of(held, "Messages.json"), headers=headers, body=body, error_of=error_of)

        told = self._account.call(create).json()
        sid = told.get("sid") if isinstance(told, dict) else None
        if not isinstance(sid, str) or not _SID.fullmatch(sid):
            raise Ambiguous("no sid in the answer")
        return sid


def _sender(sender: str, held: Mapping[str, str]) -> dict[str, str]:
    """A number or a name is who it is from, within our messaging service where we have one ("Send a message with a service")."""
    if _SERVICE.fullmatch(sender):
        return {"MessagingServiceSid": sender}
    service = held.get("messaging_service_sid", "")
    return {"From": sender, **({"MessagingServiceSid": service} if service else {})}


# ---- what became of it


def read(raw: str) -> Receipt | None:
    """The receipt that an event is, as it was posted or as it is answered; None for one of a message that came in.

    Raises ValueError for what is no such event.
    """
    try:
        told = json.loads(raw)
        return _answered(told, raw) if "sid" in told else _posted(told["form"], told, raw)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError, OverflowError) as missing:
        raise ValueError("not a Twilio event") from missing


def _posted(form: Mapping[str, Any], told: Mapping[str, Any], raw: str) -> Receipt | None:
    arrived = arrived_at(told)
    sid, status = form.get("MessageSid") or form.get("SmsSid"), form.get("MessageStatus") or form.get("SmsStatus")
    return _receipt(
        raw, sid, status, form.get("ErrorCode"), form.get("To"), _done(form, arrived), told.get(COMMUNICATION)
    )


def _answered(told: Mapping[str, Any], raw: str) -> Receipt | None:
    at = parsedate_to_datetime(told["date_updated"]).astimezone(UTC)
    return _receipt(raw, told["sid"], told["status"], told.get("error_code"), told.get("to"), at, None)


def _receipt(
    raw: str, sid: object, status: object, error: object, to: object, at: datetime, ours: object
) -> Receipt | None:
    if not (isinstance(sid, str) and ID.fullmatch(sid) and isinstance(status, str) and _WORD.fullmatch(status)):
        raise ValueError("not a Twilio event")
    if status in _CAME_IN:
        return None
    code = str(error) if type(error) in (str, int) and _CODE.fullmatch(str(error)) else ""
    return Receipt(
        provider=NAME,
        event=status,
        at=at,
        raw=raw,
        digest=hashlib.sha256(f"{sid} {status} {code}".encode()).hexdigest(),
        communication_id=ours if isinstance(ours, str) and is_id(Kind.COMMUNICATION, ours) else None,
        reference=sid,
        news=_news(status, code, to if isinstance(to, str) and _NUMBER.fullmatch(to) else None),
        opened=status == "read",
    )


def _news(status: str, code: str, recipient: str | None) -> tuple[RecipientUpdate, ...]:
    """What is not known says nothing, and is kept."""
    if status in _FAILED:
        named = status if status == "canceled" or code in ("", "0") else code
        fact, reason = EVENT_ERRORS.get(named, (_D.SOFT_BOUNCE, FailureCode.UNKNOWN))
        return (RecipientUpdate(recipient=recipient, fact=fact, code=reason, provider_code=named),)
    heard = _FACTS.get(status)
    return (RecipientUpdate(recipient=recipient, fact=heard),) if heard else ()


def _done(form: Mapping[str, Any], arrived: datetime) -> datetime:
    """When the carrier had done with it, to the minute, where it says so; nothing is done after we heard of it."""
    try:
        return min(datetime.strptime(form["RawDlrDoneDate"], "%y%m%d%H%M").replace(tzinfo=UTC), arrived)
    except (KeyError, TypeError, ValueError):
        return arrived


# ---- what it knows of a message that nothing was heard of

# We wrote down when we began to hand it over, and waited for less than a minute; clocks differ a little. It may be sent later on.
_BEFORE, _WAITED, _AFTER = timedelta(minutes=1), timedelta(minutes=2), timedelta(hours=1)
_PAGE, _MOST_PAGES, _MOST_PAGE_BYTES = 100, 5, 2 * 1024 * 1024
_KEPT = ("sid", "to", "status", "error_code", "date_sent", "date_updated")


def ask(account: Account, question: LookUp) -> Sequence[Receipt]:
    """Raises Transient, Permanent."""
    with only_asked():
        return account.call(lambda held: _found(held, question))


def _found(held: Mapping[str, str], question: LookUp) -> Sequence[Receipt]:
    if question.reference:
        if not _SID.fullmatch(question.reference):
            return ()
        messages = [_get(held, address_of(held, f"Messages/{question.reference}.json"))]
    else:
        messages = [one for one in _listed(held, question) if _is_alike(one, question)]
    if len(messages) != 1:
        # Of several that are alike nobody knows which is ours.
        return ()
    try:
        receipt = read(json.dumps({name: messages[0].get(name) for name in _KEPT}))
    except ValueError:
        return ()
    return (receipt,) if receipt else ()


def _get(held: Mapping[str, str], address: str) -> dict[str, Any]:
    answer = call("GET", address, headers=headers_of(held), error_of=error_of, at_most=_MOST_PAGE_BYTES)
    told = answer.json()
    if not isinstance(told, dict):
        raise Ambiguous("unreadable answer")
    return told


def _listed(held: Mapping[str, str], question: LookUp) -> list[dict[str, Any]]:
    """All that went to that number about then. Raises Ambiguous for more pages than are read: one there could be alike, too."""
    asked = {
        "To": question.to[0] if question.to else "",
        "DateSent>": _moment(question.sent_at - _BEFORE),
        "DateSent<": _moment(question.sent_at + _AFTER),
        "PageSize": str(_PAGE),
    }
    found: list[dict[str, Any]] = []
    page = f"{address_of(held, 'Messages.json')}?{urlencode(asked)}"
    for _ in range(_MOST_PAGES):
        told = _get(held, page)
        listed, following = told.get("messages"), told.get("next_page_uri")
        found += [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
        if not isinstance(following, str) or not following:
            return found
        page = urljoin(f"{held['base_url'].rstrip('/')}/", following)
        # Our credentials go nowhere else.
        if not page.startswith(address_of(held, "Messages")):
            raise Ambiguous("a page elsewhere")
    raise Ambiguous("too many pages")


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _is_alike(message: Mapping[str, Any], question: LookUp) -> bool:
    """It went to the same number, says the same, was made when ours was, and is none that came in.

    Who it is from a messaging service may choose.
    """
    body = message.get("body")
    try:
        made = parsedate_to_datetime(message["date_created"]).astimezone(UTC)
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError):
        return False
    return (
        question.sent_at - _BEFORE <= made <= question.sent_at + _WAITED
        and message.get("to") in question.to
        and isinstance(body, str)
        and body.strip() == question.text.strip()
        and message.get("direction") != "inbound"
    )


_OPTIONAL = "Leave it empty where you have none."

SPEC = ProviderSpec(
    name=NAME,
    label="Twilio",
    channel=Channel.SMS,
    credentials=(
        CredentialField(
            name="account_sid",
            label="Account SID",
            pattern=r"AC[0-9a-f]{32}",
            hint="Twilio Console, Account info.",
        ),
        CredentialField(
            name="auth_token",
            label="Auth token",
            pattern=r"[!-~]{20,100}",
            hint="Twilio Console, Account info. The primary one: it signs what Twilio posts.",
            hidden=True,
        ),
        CredentialField(
            name="api_key_sid",
            label="API key",
            pattern=r"SK[0-9a-f]{32}",
            hint=f"Twilio Console, API keys: calls are then made with it, and not with the auth token. {_OPTIONAL}",
            default="",
        ),
        CredentialField(
            name="api_key_secret",
            label="API key secret",
            pattern=r"[!-~]{20,100}",
            hint=f"It is shown once, when the key is made. {_OPTIONAL}",
            hidden=True,
            default="",
        ),
        CredentialField(
            name="messaging_service_sid",
            label="Messaging service",
            pattern=r"MG[0-9a-f]{32}",
            hint=f"Twilio Console, Messaging, Services. {_OPTIONAL}",
            default="",
        ),
        CredentialField(
            name="shared_key_id",
            label="Webhook shared key",
            pattern=r"[A-Za-z0-9_-]{1,100}",
            hint=f"The id of the key that signs webhooks with SHA-256. {_OPTIONAL}",
            default="",
        ),
        CredentialField(
            name="shared_key_secret",
            label="Webhook shared key secret",
            pattern=r"[!-~]{20,200}",
            hint=_OPTIONAL,
            hidden=True,
            default="",
        ),
        CredentialField(
            name="base_url",
            label="Region's address",
            pattern=r"https://api(?:\.[a-z0-9-]{1,20}){0,2}\.twilio\.com",
            hint="For an account in Ireland https://api.dublin.ie1.twilio.com.",
            default="https://api.twilio.com",
        ),
    ),
    make=Twilio,
    read=read,
    failures=FAILURES,
    webhooks={"": take_status, "inbound": take_text},
    ask=ask,
    read_text=partial(text_of, NAME),
    media=media,
)
