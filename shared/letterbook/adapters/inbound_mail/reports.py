"""Reports of mail servers and mail programs (RFC 3464, 6533, 8098), and what they give back of the mail that they are about."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from letterbook.adapters.inbound_mail.bounces import bounce_of
from letterbook.adapters.inbound_mail.fields import first_id_of, text_of
from letterbook.adapters.inbound_mail.mailboxes import mailboxes_of
from letterbook.adapters.inbound_mail.mime import Part, parse
from letterbook.adapters.inbound_mail.participants import sender_of
from letterbook.domain.mail_reports import MailReport, ReportedAction, ReportedRecipient
from letterbook.domain.mail_servers import is_daemon

_DELIVERY = frozenset({"message/delivery-status", "message/global-delivery-status"})
_DISPOSITION = frozenset({"message/disposition-notification", "message/global-disposition-notification"})
_RETURNED = frozenset(
    {"message/rfc822", "message/global", "message/rfc822-headers", "message/global-headers", "text/rfc822-headers"}
)
MAX_RECIPIENTS = 300
_MAX_REPORT, _MAX_RETURNED, _MAX_DIAGNOSTIC = 128 * 1024, 256 * 1024, 500
# Each names whom the fields after it are about.
_FIRST = ("final-recipient", "original-recipient")
_GROUPS = re.compile(rb"\n[ \t\r]*\n")
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
_ENHANCED = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?!\.?\d)")
_REPLY = re.compile(r"(?<![\d.])[245][0-5]\d(?!\.?\d)")
_WORD = re.compile(r"[a-z-]+")
# RFC 6533, 3: a character of an address in an ASCII field, such as \x{E4}.
_ENCODED_CHARACTER = re.compile(r"\\x\{([0-9A-Fa-f]{2,6})\}")
_ACTIONS = {"2": ReportedAction.DELIVERED, "4": ReportedAction.DELAYED, "5": ReportedAction.FAILED}
# RFC 8098, 3.2.6.2; all other dispositions say of nothing that it arrived.
_DISPOSITIONS = {"displayed": ReportedAction.DISPLAYED, "deleted": ReportedAction.DELETED}
_Fields = list[tuple[str, bytes]]


def report_of(part: Part, text: str) -> MailReport | None:
    """What a mail reports of another; None for what is no report. `text` is what the mail says to people.

    Anybody can quote a report or pass one on: where the form is not that of a report, its sender must be that of one.
    """
    leaves = list(part.leaves())
    by_server = is_by_server(part)
    if part.media_type == "multipart/report" or by_server:
        about = _returned(leaves)
        for kind, read in ((_DELIVERY, _delivery), (_DISPOSITION, _disposition)):
            found = [one for one in leaves if one.media_type in kind]
            if found:
                return read(part, found, about)
    return bounce_of(part, text, _returned(leaves), by_server=by_server)


def is_by_server(part: Part) -> bool:
    """Whether a mail server wrote it, as it says."""
    return is_daemon(sender_of(part).mailbox, answerable=not has_null_return_path(part))


def has_null_return_path(part: Part) -> bool:
    """Whether nothing shall come back for it (RFC 5321, 4.5.5)."""
    return b"".join(part.value("return-path")[:1000].split()) == b"<>"


def _delivery(_part: Part, found: Sequence[Part], about: MailReport) -> MailReport:
    named = (one for part in found for fields in _groups(part) if (one := _recipient(fields)) and one.address)
    recipients = list(islice(named, MAX_RECIPIENTS + 1))
    cut = len(recipients) > MAX_RECIPIENTS or any(len(part.content()) > _MAX_REPORT for part in found)
    return MailReport(
        recipients=tuple(recipients[:MAX_RECIPIENTS]), message_id=about.message_id, subject=about.subject, cut=cut
    )


def _disposition(part: Part, found: Sequence[Part], about: MailReport) -> MailReport | None:
    """What a reader's program did; None where that says nothing of what arrived."""
    fields = [field for group in islice(_groups(found[0]), MAX_RECIPIENTS) for field in group]
    kind, _, modifiers = text_of(_value(fields, "disposition")).lower().rpartition(";")[2].partition("/")
    action = _DISPOSITIONS.get(kind.strip())
    if action is None or "error" in modifiers or "failure" in modifiers:
        return None
    final = _address(_value(fields, "final-recipient"))
    recipient = ReportedRecipient(
        address=_address(_value(fields, "original-recipient")) or final or sender_of(part).mailbox.address,
        action=action,
        final_address=final,
    )
    original = first_id_of(_value(fields, "original-message-id"))
    return MailReport(recipients=(recipient,), message_id=original or about.message_id, subject=about.subject)


def _recipient(fields: _Fields) -> ReportedRecipient | None:
    """Of the fields of one recipient; None where they are about the whole report (RFC 3464, 2.2)."""
    if not any(_value(fields, name) for name in (*_FIRST, "action")):
        return None
    final = _address(_value(fields, "final-recipient"))
    diagnostic = _without_type(text_of(_value(fields, "diagnostic-code")))[:_MAX_DIAGNOSTIC].strip()
    status = _status(text_of(_value(fields, "status")), diagnostic)
    return ReportedRecipient(
        address=_address(_value(fields, "original-recipient")) or final,
        action=_action(text_of(_value(fields, "action")), status),
        final_address=final,
        status=status,
        diagnostic=diagnostic,
    )


def _status(given: str, diagnostic: str) -> str:
    """Where its field says nothing, the code that the other server said."""
    found = _STATUS.search(given) or _ENHANCED.search(diagnostic) or _REPLY.search(diagnostic)
    return found[0] if found else ""


def _action(given: str, status: str) -> ReportedAction:
    word = _WORD.search(given.lower())
    try:
        return ReportedAction(word[0] if word else "")
    except ValueError:
        return _ACTIONS.get(status[:1], ReportedAction.FAILED)


def _address(value: bytes) -> str:
    """Of `rfc822; ann@bank.example` or, with characters that are no ASCII, `utf-8; ...` (RFC 6533, 3)."""
    words = _ENCODED_CHARACTER.sub(_character, _without_type(text_of(value[:1000])))
    found, _ = mailboxes_of(words.encode(errors="replace"), 1)
    return found[0].address if found else ""


def _character(found: re.Match[str]) -> str:
    code = int(found[1], 16)
    return chr(code) if 0x20 < code < 0xD800 or 0xE000 <= code <= 0x10FFFF else ""


def _without_type(value: str) -> str:
    """A value without the type before it, as `smtp;` or `rfc822;`."""
    kind, semicolon, rest = value.partition(";")
    return rest.strip() if semicolon and len(kind) < 40 and " " not in kind.strip() and "@" not in kind else value


def _groups(part: Part) -> Iterator[_Fields]:
    """The fields of a report in the groups that blank lines divide; a group of several recipients is several."""
    content = b"\n".join(part.content()[:_MAX_REPORT].splitlines())
    for block in _GROUPS.split(content)[: MAX_RECIPIENTS + 2]:
        group: _Fields = []
        for name, value in parse(block.lstrip(b"\n") + b"\n\n")[0].fields:
            if name in _FIRST and any(known == name for known, _ in group):
                yield group
                group = []
            group.append((name, value))
        yield group


def _value(fields: _Fields, name: str) -> bytes:
    return next((value for known, value in fields if known == name), b"")


def _returned(leaves: Sequence[Part]) -> MailReport:
    """What is known of the mail that a report is about, by what it gives back of it (RFC 6522, 3)."""
    for one in leaves:
        if one.media_type in _RETURNED:
            returned, _ = parse(one.content()[:_MAX_RETURNED].lstrip())
            message_id, subject = first_id_of(returned.value("message-id")), returned.text("subject")
            if message_id or subject:
                return MailReport(message_id=message_id, subject=subject[:998])
    return MailReport()
