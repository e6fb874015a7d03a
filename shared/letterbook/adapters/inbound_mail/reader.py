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
from letterbook.adapters.inbound_mail.fields import text_of
from letterbook.adapters.inbound_mail.mime import Part, parse
from letterbook.adapters.inbound_mail.participants import addressees_of, author_of, original_sender_of, reply_to_of
from letterbook.adapters.inbound_mail.reports import is_by_server, report_of
from letterbook.domain.automatic_mail import is_automatic
from letterbook.domain.inbound_email import InboundEmail
from letterbook.domain.receipts import Signal
from letterbook.domain.visible import name_of

T = TypeVar("T")

_MAX_NAME, _MAX_LINE, _MAX_REFERENCES = 200, 998, 20
# What Python's parser is known to raise on fields and parts that nobody should have written.
_UNREADABLE = (ValueError, LookupError, TypeError, AttributeError, RecursionError, AssertionError)
_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_IDS = re.compile(r"<([^<>\s]{1,250})>")


def read(raw: bytes, at: datetime) -> InboundEmail:
    """Never raises, whatever the bytes are."""
    message = _or(lambda: message_from_bytes(raw, policy=default), EmailMessage(policy=default))
    part, bounds = parse(raw)
    content = content_of(part)
    author, addressees = author_of(part), addressees_of(part)
    report = report_of(part, content.text)
    if addressees.cut:
        bounds.leave("recipients")
    unread = (*bounds.unread, *content.unread)
    signals = frozenset(_signals(message))
    if report or _came_by_itself(part):
        signals |= {Signal.AUTO_REPLY}
    if unread:
        signals |= {Signal.TRUNCATED}
    enclosed, left_out = content.files, content.left_out
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
        text=content.text,
        html=content.html,
        message_id=next(iter(_ids(message, "Message-ID")), ""),
        in_reply_to=_ids(message, "In-Reply-To"),
        references=_ids(message, "References"),
        enclosed=enclosed,
        left_out=left_out,
        unread=unread,
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
