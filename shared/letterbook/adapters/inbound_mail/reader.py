"""Reads mail as it came in (RFC 5322, RFC 2045 to 2049).

Everything in it was written by a stranger, so nothing is taken for granted: what cannot be read is left out or replaced, and no
mail makes this fail. The original is kept beside what is made of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import default
from typing import Any, TypeVar

from letterbook.adapters.inbound_mail.content import content_of
from letterbook.adapters.inbound_mail.mime import parse
from letterbook.domain.inbound_email import InboundEmail
from letterbook.domain.receipts import Signal
from letterbook.domain.visible import name_of

T = TypeVar("T")

_MAX_NAME, _MAX_LINE, _MAX_ADDRESSES, _MAX_REFERENCES = 200, 998, 50, 20
# What Python's parser is known to raise on fields and parts that nobody should have written.
_UNREADABLE = (ValueError, LookupError, TypeError, AttributeError, RecursionError, AssertionError)
_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_ADDRESS = re.compile(r"[^\s@<>\"(),:;\\\x00-\x1f\x7f]{1,64}@[^\s@<>\"(),:;\\\x00-\x1f\x7f]{1,255}")
_IDS = re.compile(r"<([^<>\s]{1,250})>")
_FOR = re.compile(r"\bfor\s+<?([^\s<>;]+)>?")
# RFC 3834, 5; and what was used before it.
_BULK = frozenset({"auto_reply", "bulk", "junk", "list"})
_AUTOMATIC_FIELDS = ("X-Autoreply", "X-Autorespond", "List-Id")


def read(raw: bytes, at: datetime) -> InboundEmail:
    """Never raises, whatever the bytes are."""
    message = _or(lambda: message_from_bytes(raw, policy=default), EmailMessage(policy=default))
    mail, bounds = parse(raw)
    content = content_of(mail)
    senders = _mailboxes(message, "From") or _mailboxes(message, "Sender")
    sender_name, sender = senders[0] if senders else ("", "")
    to, cc = (tuple(address for _, address in _mailboxes(message, field)) for field in ("To", "Cc"))
    signals = frozenset(_signals(message))
    unread = (*bounds.unread, *content.unread)
    if unread:
        signals |= {Signal.TRUNCATED}
    enclosed, left_out = content.files, content.left_out
    if Signal.INFECTED in signals:
        enclosed, left_out = (), len(enclosed) + left_out
    return InboundEmail(
        at=at,
        raw=raw,
        sender=sender,
        sender_name=sender_name,
        to=to,
        cc=cc,
        addressed=tuple(dict.fromkeys((*to, *cc, *_envelope(message)))),
        subject=_line(_field(message, "Subject"), _MAX_LINE),
        text=content.text,
        html=content.html,
        message_id=next(iter(_ids(message, "Message-ID")), ""),
        in_reply_to=_ids(message, "In-Reply-To"),
        references=_ids(message, "References"),
        enclosed=enclosed,
        left_out=left_out,
        unread=unread,
        signals=signals,
    )


def _or(read: Callable[[], T], otherwise: T) -> T:
    try:
        return read()
    except _UNREADABLE:
        return otherwise


def _field(message: Message[Any, Any], name: str) -> str:
    return _or(lambda: str(message.get(name) or ""), "")


def _line(text: str, longest: int) -> str:
    """On one line, and only what is seen of it: it names somebody or something."""
    return name_of(_BREAKS.sub(" ", text[: 4 * longest].encode(errors="replace").decode()))[:longest].strip()


def _mailboxes(message: Message[Any, Any], field: str) -> list[tuple[str, str]]:
    """Names and addresses; what is no address is left out."""
    none: list[tuple[str, str]] = []
    found = _or(lambda: [(one.display_name, one.addr_spec) for one in message[field].addresses], none)
    # What is no ASCII came as raw bytes, which the parser hands on as they are: UTF-8 where it is an address at all (RFC 6532).
    sound = ((name, _sound(address)) for name, address in found[:_MAX_ADDRESSES])
    return [
        (_line(name or "", _MAX_NAME), address.rpartition("@")[0] + "@" + address.rpartition("@")[2].lower())
        for name, address in sound
        if _ADDRESS.fullmatch(address)
    ]


def _sound(address: str) -> str:
    """Empty for bytes that are no text."""
    try:
        return address.encode("utf-8", "surrogateescape").decode()
    except UnicodeError:
        return ""


def _ids(message: Message[Any, Any], field: str) -> tuple[str, ...]:
    return tuple(_IDS.findall(_field(message, field))[-_MAX_REFERENCES:])


def _envelope(message: Message[Any, Any]) -> Iterator[str]:
    """Whom the mail was handed over for; the topmost `Received` is that of who took it in for us."""
    received = _FOR.search(_field(message, "Received"))
    if received and _ADDRESS.fullmatch(received[1]):
        yield received[1]
    for field in ("Delivered-To", "X-Original-To"):
        yield from (address for address in [_field(message, field).strip()] if _ADDRESS.fullmatch(address))


def _signals(message: Message[Any, Any]) -> Iterator[Signal]:
    """The topmost of each field counts: Amazon SES writes its own above whatever the sender made up."""
    submitted = _field(message, "Auto-Submitted").partition(";")[0].strip().lower()
    if (
        submitted not in ("", "no")
        or _field(message, "Precedence").strip().lower() in _BULK
        or any(message.get(field) is not None for field in _AUTOMATIC_FIELDS)
        or _field(message, "Return-Path").strip() == "<>"
        or _or(message.get_content_type, "") == "multipart/report"
    ):
        yield Signal.AUTO_REPLY
    if _field(message, "X-SES-Spam-Verdict").strip().upper() == "FAIL":
        yield Signal.SPAM
    if _field(message, "X-SES-Virus-Verdict").strip().upper() == "FAIL":
        yield Signal.INFECTED
    if _forged(_field(message, "Authentication-Results").lower()):
        yield Signal.FORGED


def _forged(results: str) -> bool:
    """Whether the sender's domain disowns it, or says nothing and no other check speaks for it (RFC 8601, 7489)."""
    if not results.lstrip().startswith("amazonses.com"):
        return False
    if "dmarc=fail" in results:
        return True
    vouched = "dmarc=pass" in results or "dkim=pass" in results
    return not vouched and ("spf=fail" in results or "dkim=fail" in results)
