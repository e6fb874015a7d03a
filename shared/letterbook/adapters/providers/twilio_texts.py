"""Text messages that come in by Twilio, and their files.

Sources: Twilio "Messaging webhooks", "Twilio support for opt-out keywords", "Advanced Opt-Out", "Media subresource".
"""

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin

from letterbook.adapters.providers.account import Account
from letterbook.adapters.providers.event_values import arrived_at
from letterbook.adapters.providers.twilio_api import ID, error_of, headers_of
from letterbook.adapters.providers.vendor_http import VendorAnswer, call
from letterbook.domain.errors import Ambiguous, Permanent, ProviderError, Transient
from letterbook.domain.inbound_text import InboundMedia, InboundText, Keyword

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


def text_of(provider: str, raw: str) -> InboundText:
    """Raises ValueError for what is no message."""
    try:
        told = json.loads(raw)
        form, at = told["form"], arrived_at(told)
        reference = form.get("MessageSid") or form["SmsSid"]
        sender, recipient, text = form["From"], form["To"], form.get("Body", "")
        if not all(isinstance(one, str) for one in (reference, sender, recipient, text)):
            raise ValueError("not a Twilio message")
        if not ID.fullmatch(reference):
            raise ValueError("not a Twilio message")
        keyword = _keyword(form.get("OptOutType"), text)
        return InboundText(
            provider=provider,
            reference=reference,
            sender=sender[:100],
            recipient=recipient[:100],
            text=text[:_MOST_TEXT].encode(errors="replace").decode(),
            at=at,
            media=_files(form),
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


def _files(form: Mapping[str, Any]) -> tuple[InboundMedia, ...]:
    told = form.get("NumMedia", "0")
    count = int(told) if isinstance(told, str) and re.fullmatch(r"[0-9]{1,3}", told) else 0
    found = [(form.get(f"MediaUrl{n}"), form.get(f"MediaContentType{n}")) for n in range(min(count, _MOST_MEDIA))]
    return tuple(
        InboundMedia(url=url, media_type=kind[:100] if isinstance(kind, str) else "")
        for url, kind in found
        if isinstance(url, str) and len(url) <= _MOST_ADDRESS
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
            return call(
                "GET", url, headers={**headers_of(held), "accept": "*/*"}, error_of=_media_error, at_most=at_most
            )
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
