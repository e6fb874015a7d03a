"""Reads mail as it came in (RFC 5322, RFC 2045 to 2049).

Everything in it was written by a stranger, so nothing is taken for granted: what cannot be read is left out or replaced, and no
mail makes this fail. The original is kept beside what is made of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from letterbook.adapters.inbound_mail.content import content_of
from letterbook.adapters.inbound_mail.fields import first_id_of, ids_of, seen_line, text_of
from letterbook.adapters.inbound_mail.mime import Part, parse
from letterbook.adapters.inbound_mail.participants import addressees_of, original_sender_of, reply_to_of, sender_of
from letterbook.adapters.inbound_mail.reports import is_by_server, report_of
from letterbook.adapters.inbound_mail.verdicts import is_forged, verdicts_of
from letterbook.domain.automatic_mail import is_automatic
from letterbook.domain.inbound_email import InboundEmail
from letterbook.domain.receipts import Signal

_MAX_LINE = 998


def read(raw: bytes, at: datetime) -> InboundEmail:
    """Never raises, whatever the bytes are."""
    part, bounds = parse(raw)
    content = content_of(part)
    sender, addressees = sender_of(part), addressees_of(part)
    report = report_of(part, content.text)
    if addressees.cut:
        bounds.leave("recipients")
    if report and report.cut:
        bounds.leave("recipients of the report")
    unread = (*bounds.unread, *content.unread)
    verdicts = verdicts_of(part)
    signals = frozenset(_signals(part))
    if is_forged(verdicts, sender.mailbox.address):
        signals |= {Signal.FORGED}
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
        sender=sender.mailbox.address,
        sender_name=sender.mailbox.name,
        sender_field=sender.field,
        sender_others=sender.mailbox.others,
        original_sender=original_sender_of(part),
        from_daemon=is_by_server(part),
        reply_to=reply_to_of(part),
        verdicts=verdicts,
        to=addressees.to,
        cc=addressees.cc,
        addressed=addressees.all,
        handed_over_for=addressees.handed_over_for,
        subject=seen_line(part.text("subject")[: 4 * _MAX_LINE])[:_MAX_LINE].strip(),
        text=content.text,
        html=content.html,
        message_id=first_id_of(part.value("message-id")),
        in_reply_to=ids_of(part.value("in-reply-to")),
        references=ids_of(part.value("references")),
        enclosed=enclosed,
        left_out=left_out,
        unread=unread,
        report=report,
        dated=_dated(part.text("date")),
        signals=signals,
    )


def _dated(text: str) -> datetime | None:
    """In UTC; None for what is no date (RFC 5322, 3.3)."""
    try:
        found = parsedate_to_datetime(text[:_MAX_LINE])
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, TypeError, OverflowError):
        return None


def _came_by_itself(part: Part) -> bool:
    fields: dict[str, list[str]] = {}
    for name, value in part.fields:
        fields.setdefault(name, []).append(text_of(value[:_MAX_LINE]))
    return is_automatic(fields, part.media_type)


def _signals(part: Part) -> Iterator[Signal]:
    """The topmost of each field counts: Amazon SES writes its own above whatever the sender made up."""
    if part.text("x-ses-spam-verdict").upper() == "FAIL":
        yield Signal.SPAM
    if part.text("x-ses-virus-verdict").upper() == "FAIL":
        yield Signal.INFECTED
