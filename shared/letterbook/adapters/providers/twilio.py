"""Twilio: sends text messages, reads its status callbacks and what comes in, is asked afterwards, keeps the files of an MMS.

Sources: Twilio "Messages resource", "Outbound message status in status callbacks", "Messaging webhooks", "Webhooks security",
"Error and warning dictionary", "Twilio support for opt-out keywords", "Advanced Opt-Out", "Media subresource".
Our id stands in the query of the address that each message names for its callbacks.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlencode, urljoin

from letterbook.adapters.providers.account import Account, CredentialField
from letterbook.adapters.providers.spec import ProviderSpec
from letterbook.adapters.providers.twilio_errors import EVENT_ERRORS, FAILURES, error_of
from letterbook.adapters.providers.twilio_webhooks import COMMUNICATION, take_status, take_text
from letterbook.adapters.providers.vendor_http import VendorAnswer, call
from letterbook.domain.channels import Channel
from letterbook.domain.errors import Ambiguous, Permanent, ProviderError, Transient
from letterbook.domain.failures import FailureCode
from letterbook.domain.ids import Kind, is_id
from letterbook.domain.inbound_text import InboundMedia, InboundText, Keyword
from letterbook.domain.receipts import DeliveryOutcome, Receipt, RecipientUpdate
from letterbook.ports import LookUp, OutboundMessage

NAME = "twilio"
_D = DeliveryOutcome

_SID = re.compile(r"(?:SM|MM)[0-9a-f]{32}", re.ASCII)
_NUMBER = re.compile(r"\+[1-9][0-9]{1,14}", re.ASCII)
_SERVICE = re.compile(r"MG[0-9a-f]{32}", re.ASCII)
# What may stand in an event: their ids, and words of theirs.
_ID, _WORD, _CODE = re.compile(r"[A-Za-z0-9]{2,64}"), re.compile(r"[a-z_-]{1,40}"), re.compile(r"[0-9]{1,6}")

# What became of a message ("Message status values"). The first are not called back, but answered when we ask.
_FACTS: dict[str, DeliveryOutcome] = {
    **dict.fromkeys(("accepted", "scheduled", "queued", "sending", "sent"), _D.ACCEPTED),
    **dict.fromkeys(("delivered", "partially_delivered", "read"), _D.DELIVERED),
}
_FAILED, _CAME_IN = frozenset({"failed", "undelivered", "canceled"}), frozenset({"receiving", "received"})

# Without Advanced Opt-Out nobody tells what it took a message for. A bare YES, which ends a STOP too, is more often an answer.
_KEYWORDS = {
    **dict.fromkeys(
        ("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"),
        Keyword.STOP,
    ),
    **dict.fromkeys(("START", "UNSTOP"), Keyword.START),
    **dict.fromkeys(("HELP", "INFO"), Keyword.HELP),
}
_MOST_MEDIA, _MOST_TEXT, _MOST_ADDRESS = 10, 4_000, 2_000


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
            headers = {**_headers(held), "content-type": "application/x-www-form-urlencoded"}
            return call("POST", _address(held, "Messages.json"), headers=headers, body=body, error_of=error_of)

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


def _address(held: Mapping[str, str], what: str) -> str:
    return f"{held['base_url'].rstrip('/')}/2010-04-01/Accounts/{held['account_sid']}/{what}"


def _headers(held: Mapping[str, str]) -> dict[str, str]:
    """With an API key where there is one: it can be withdrawn alone."""
    from urllib3.util import make_headers

    key = held.get("api_key_sid")
    user, secret = (key, held["api_key_secret"]) if key else (held["account_sid"], held["auth_token"])
    return {**make_headers(basic_auth=f"{user}:{secret}"), "accept": "application/json"}


# ---- what became of it


def read(raw: str) -> Receipt | None:
    """The receipt that an event is, as it was posted or as it is answered; None for one of a message that came in.

    Raises ValueError for what is no such event.
    """
    try:
        told = json.loads(raw)
        return _answered(told, raw) if "sid" in told else _posted(told["form"], told, raw)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError) as missing:
        raise ValueError("not a Twilio event") from missing


def _posted(form: Mapping[str, Any], told: Mapping[str, Any], raw: str) -> Receipt | None:
    arrived = _arrived(told)
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
    if not (isinstance(sid, str) and _ID.fullmatch(sid) and isinstance(status, str) and _WORD.fullmatch(status)):
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


def _arrived(told: Mapping[str, Any]) -> datetime:
    """When it was posted to us. Raises ValueError."""
    at = datetime.fromisoformat(told["arrived_at"])
    if at.tzinfo is None:
        raise ValueError("a time without a zone")
    return at.astimezone(UTC)


def _done(form: Mapping[str, Any], arrived: datetime) -> datetime:
    """When the carrier had done with it, to the minute, where it says so; nothing is done after we heard of it."""
    try:
        return min(datetime.strptime(form["RawDlrDoneDate"], "%y%m%d%H%M").replace(tzinfo=UTC), arrived)
    except (KeyError, TypeError, ValueError):
        return arrived


# ---- what came in


def read_text(raw: str) -> InboundText:
    """Raises ValueError for what is no message."""
    try:
        told = json.loads(raw)
        form, at = told["form"], _arrived(told)
        reference = form.get("MessageSid") or form["SmsSid"]
        sender, recipient, text = form["From"], form["To"], form.get("Body", "")
        if not all(isinstance(one, str) for one in (reference, sender, recipient, text)):
            raise ValueError("not a Twilio message")
        if not _ID.fullmatch(reference):
            raise ValueError("not a Twilio message")
        keyword = _keyword(form.get("OptOutType"), text)
        return InboundText(
            provider=NAME,
            reference=reference,
            sender=sender[:100],
            recipient=recipient[:100],
            text=text[:_MOST_TEXT].encode(errors="replace").decode(),
            at=at,
            media=_media(form),
            keyword=keyword,
            # What it acts on it answers itself, as its service is set up.
            answered=keyword is not None,
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError) as missing:
        raise ValueError("not a Twilio message") from missing


def _keyword(told: object, text: str) -> Keyword | None:
    if isinstance(told, str) and told.lower() in {*Keyword}:
        return Keyword(told.lower())
    return _KEYWORDS.get(text.strip().upper()) if len(text) < 60 else None


def _media(form: Mapping[str, Any]) -> tuple[InboundMedia, ...]:
    told = form.get("NumMedia", "0")
    count = int(told) if isinstance(told, str) and re.fullmatch(r"[0-9]{1,3}", told) else 0
    found = [(form.get(f"MediaUrl{n}"), form.get(f"MediaContentType{n}")) for n in range(min(count, _MOST_MEDIA))]
    return tuple(
        InboundMedia(url=url, media_type=kind[:100] if isinstance(kind, str) else "")
        for url, kind in found
        if isinstance(url, str) and len(url) <= _MOST_ADDRESS
    )


# ---- what it knows of a message that nothing was heard of

# We wrote down when we began to hand it over; clocks differ a little. What was not sent within the hour is found by its sid alone.
_BEFORE, _AFTER = timedelta(minutes=5), timedelta(hours=1)
_PAGE, _MOST_PAGES, _MOST_PAGE_BYTES = 100, 5, 2 * 1024 * 1024
_KEPT = ("sid", "to", "status", "error_code", "date_sent", "date_updated")


def ask(account: Account, question: LookUp) -> Sequence[Receipt]:
    """Raises Transient, Permanent."""
    try:
        return account.call(lambda held: _found(held, question))
    except Ambiguous as failed:
        # Nothing depends on a question.
        raise Transient(failed.provider_code) from failed


def _found(held: Mapping[str, str], question: LookUp) -> Sequence[Receipt]:
    if question.reference:
        if not _SID.fullmatch(question.reference):
            return ()
        messages = [_get(held, _address(held, f"Messages/{question.reference}.json"))]
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
    answer = call("GET", address, headers=_headers(held), error_of=error_of, at_most=_MOST_PAGE_BYTES)
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
    page = f"{_address(held, 'Messages.json')}?{urlencode(asked)}"
    for _ in range(_MOST_PAGES):
        told = _get(held, page)
        listed, following = told.get("messages"), told.get("next_page_uri")
        found += [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
        if not isinstance(following, str) or not following:
            return found
        page = urljoin(f"{held['base_url'].rstrip('/')}/", following)
        # Our credentials go nowhere else.
        if not page.startswith(_address(held, "Messages")):
            raise Ambiguous("a page elsewhere")
    raise Ambiguous("too many pages")


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _is_alike(message: Mapping[str, Any], question: LookUp) -> bool:
    """It went to the same number, says the same, and is none that came in. Who it is from a messaging service may choose."""
    body = message.get("body")
    return (
        message.get("to") in question.to
        and isinstance(body, str)
        and body.strip() == question.text.strip()
        and message.get("direction") != "inbound"
    )


# ---- the files of an MMS

_URL = re.compile(r"(https?)://([A-Za-z0-9.-]{1,253}(?::[0-9]{1,5})?)(/[!-~]*)?", re.ASCII)
# Where it keeps them, by its own word: its address, then a host of its own for content.
_OWN, _CONTENT = re.compile(r"(?:[a-z0-9-]+\.){1,4}twilio\.com"), re.compile(r"(?:media|mms)\.twiliocdn\.com")
_STORE, _STORE_FOLDER = "s3-external-1.amazonaws.com", "/media.twiliocdn.com/"


class _Elsewhere(Permanent):
    """It lies at another address."""


def media(account: Account, url: str, at_most: int) -> tuple[str, bytes]:
    """See ports.Providers. Our credentials go to Twilio's API alone, and where that leads to is followed once."""

    def fetch(held: Mapping[str, str]) -> VendorAnswer:
        if not _is_own(url, held):
            raise ValueError("not an address of Twilio's")
        try:
            return call("GET", url, headers={**_headers(held), "accept": "*/*"}, error_of=_media_error, at_most=at_most)
        except _Elsewhere as moved:
            there = urljoin(url, moved.provider_code)
        if not (_is_own(there, held) or _is_content(there)):
            raise ValueError("not an address of Twilio's")
        return call("GET", there, headers={"accept": "*/*"}, at_most=at_most)

    try:
        answer = account.call(fetch)
    except Ambiguous as failed:
        if failed.provider_code == "answer too long":
            raise ValueError("too large") from failed
        raise Transient(failed.provider_code) from failed
    return answer.headers.get("content-type", ""), answer.body


def _media_error(answer: VendorAnswer) -> ProviderError | None:
    if answer.status in (301, 302, 303, 307, 308) and answer.headers.get("location"):
        return _Elsewhere(answer.headers["location"][:_MOST_ADDRESS])
    return error_of(answer)


def _is_own(url: str, held: Mapping[str, str]) -> bool:
    found, base = _URL.fullmatch(url), _URL.match(held["base_url"])
    if not found or "\\" in url or "@" in url:
        return False
    if base and (found[1], found[2].lower()) == (base[1], base[2].lower()):
        return True
    return found[1] == "https" and bool(_OWN.fullmatch(found[2].lower()))


def _is_content(url: str) -> bool:
    found = _URL.fullmatch(url)
    if not found or found[1] != "https" or "\\" in url or "@" in url:
        return False
    host, path = found[2].lower(), found[3] or "/"
    return bool(_CONTENT.fullmatch(host)) or (host == _STORE and path.startswith(_STORE_FOLDER) and ".." not in path)


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
    read_text=read_text,
    media=media,
)
