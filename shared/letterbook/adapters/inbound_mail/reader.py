"""Reads mail as it came in (RFC 5322, RFC 2045 to 2049).

Everything in it was written by a stranger, so nothing is taken for granted: what cannot be read is left out or replaced, and no
mail makes this fail. The original is kept beside what is made of it.
"""

from __future__ import annotations

import html
import mimetypes
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import default
from typing import Any, TypeVar

from letterbook.adapters.inbound_mail.fields import text_of
from letterbook.adapters.inbound_mail.mime import Part, parse
from letterbook.adapters.inbound_mail.participants import addressees_of, author_of, original_sender_of, reply_to_of
from letterbook.adapters.inbound_mail.reports import is_by_server, report_of
from letterbook.adapters.incoming_html import clean, without_tags
from letterbook.domain.automatic_mail import is_automatic
from letterbook.domain.inbound_email import InboundEmail, InboundFile
from letterbook.domain.receipts import Signal
from letterbook.domain.visible import name_of, unturned

T = TypeVar("T")

_MAX_TEXT = 1024 * 1024
_MAX_PARTS, _MAX_DEPTH, _MAX_ENCLOSED = 500, 20, 50
_MAX_NAME, _MAX_LINE, _MAX_REFERENCES = 200, 998, 20
# What Python's parser is known to raise on fields and parts that nobody should have written.
_UNREADABLE = (ValueError, LookupError, TypeError, AttributeError, RecursionError, AssertionError)
_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_IDS = re.compile(r"<([^<>\s]{1,250})>")
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,60}/[a-z0-9][a-z0-9!#$&^_.+-]{0,60}")
_ANY_TAG = re.compile(r"<[^<>]{0,500}>")


def read(raw: bytes, at: datetime) -> InboundEmail:
    """Never raises, whatever the bytes are."""
    message = _or(lambda: message_from_bytes(raw, policy=default), EmailMessage(policy=default))
    plain, rich = (_decoded(_body(message, kind)) for kind in ("plain", "html"))
    too_long = max(len(plain), len(rich)) > _MAX_TEXT
    rich = rich[:_MAX_TEXT]
    cleaned = clean(rich) if rich.strip() else None
    unmarked = without_tags(cleaned) if cleaned else html.unescape(_ANY_TAG.sub(" ", rich))
    text = _text(plain if plain.strip() else unmarked)
    part, bounds = parse(raw)
    author, addressees = author_of(part), addressees_of(part)
    report = report_of(part, text)
    if addressees.cut:
        bounds.leave("recipients")
    enclosed, left_out = _enclosed(message)
    signals = frozenset(_signals(message))
    if report or _came_by_itself(part):
        signals |= {Signal.AUTO_REPLY}
    if too_long or bounds.unread or (rich.strip() and cleaned is None):
        signals |= {Signal.TRUNCATED}
    if Signal.INFECTED in signals:
        enclosed, left_out = (), len(enclosed) + left_out
    return InboundEmail(
        at=at,
        raw=raw,
        sender=author.mailbox.address,
        sender_name=author.mailbox.name,
        sender_field=author.field,
        sender_others=author.mailbox.others,
        original_sender=original_sender_of(part),
        from_daemon=is_by_server(part),
        reply_to=reply_to_of(part),
        to=addressees.to,
        cc=addressees.cc,
        addressed=addressees.all,
        handed_over_for=addressees.handed_over_for,
        subject=_line(_field(message, "Subject"), _MAX_LINE),
        text=text,
        html=cleaned,
        message_id=next(iter(_ids(message, "Message-ID")), ""),
        in_reply_to=_ids(message, "In-Reply-To"),
        references=_ids(message, "References"),
        enclosed=enclosed,
        left_out=left_out,
        unread=tuple(bounds.unread),
        report=report,
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


def _text(text: str) -> str:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").encode(errors="replace").decode()
    return unturned(_CONTROLS.sub("", lines))[:_MAX_TEXT]


def _ids(message: Message[Any, Any], field: str) -> tuple[str, ...]:
    return tuple(_IDS.findall(_field(message, field))[-_MAX_REFERENCES:])


def _came_by_itself(part: Part) -> bool:
    fields: dict[str, list[str]] = {}
    for name, value in part.fields:
        fields.setdefault(name, []).append(text_of(value[:_MAX_LINE]))
    return is_automatic(fields, part.media_type)


def _signals(message: Message[Any, Any]) -> Iterator[Signal]:
    """The topmost of each field counts: Amazon SES writes its own above whatever the sender made up."""
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


def _leaves(message: Message[Any, Any], depth: int = 0) -> Iterator[Message[Any, Any]]:
    """The parts that have content. A mail inside the mail is one of them, and is not looked into."""
    if message.get_content_maintype() != "multipart" or depth == _MAX_DEPTH:
        yield message
        return
    payload: Any = message.get_payload()
    for part in payload if isinstance(payload, list) else ():
        yield from _leaves(part, depth + 1)


def _body(message: EmailMessage, kind: str) -> Message[Any, Any] | None:
    return _or(lambda: message.get_body((kind,)), None)


def _enclosed(message: EmailMessage) -> tuple[tuple[InboundFile, ...], int]:
    """The files that came with it, and how many more there are."""
    bodies = [_body(message, "plain"), _body(message, "html")]
    found: list[InboundFile] = []
    left_out = 0
    for place, part in enumerate(_leaves(message)):
        if place == _MAX_PARTS:
            left_out += 1
            break
        if any(part is body for body in bodies):
            continue
        content = _bytes(part)
        if not content:
            continue
        if len(found) == _MAX_ENCLOSED:
            left_out += 1
            continue
        found.append(_file(part, content, len(found) + 1))
    return tuple(found), left_out


def _file(part: Message[Any, Any], content: bytes, number: int) -> InboundFile:
    media_type = _or(part.get_content_type, "").lower()
    if not _MEDIA_TYPE.fullmatch(media_type):
        media_type = "application/octet-stream"
    given = _line(_or(lambda: part.get_filename() or "", ""), _MAX_LINE).replace("\\", "/").rpartition("/")[2]
    suffix = ".eml" if media_type == "message/rfc822" else mimetypes.guess_extension(media_type) or ""
    name = given.strip(" .") or f"attachment-{number}{suffix}"
    return InboundFile(name=name[-_MAX_NAME:], media_type=media_type, content=content)


def _bytes(part: Message[Any, Any]) -> bytes:
    payload = _or(lambda: part.get_payload(decode=True), None)
    if isinstance(payload, bytes):
        return payload
    inner: Any = part.get_payload()
    return _or(lambda: b"".join(one.as_bytes() for one in inner), b"") if isinstance(inner, list) else b""


def _decoded(part: Message[Any, Any] | None) -> str:
    if part is None:
        return ""
    payload = _or(lambda: part.get_payload(decode=True), None)
    content = payload if isinstance(payload, bytes) else b""
    charset = _or(lambda: part.get_content_charset() or "utf-8", "utf-8")
    return _or(lambda: content.decode(charset, "replace"), content.decode("utf-8", "replace"))
