"""Reports of mail servers that are written for people alone, as servers wrote them before RFC 3464, and some do still.

They have no form that a program could read: each server has its words, which are looked for in what a server wrote. Whom it is
about is an address that begins a line or stands behind the words before it; what follows it until the next is about it.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from letterbook.adapters.inbound_mail.addresses import addresses_in
from letterbook.adapters.inbound_mail.fields import first_id_of, text_of
from letterbook.adapters.inbound_mail.mailboxes import mailboxes_of
from letterbook.adapters.inbound_mail.mime import Part
from letterbook.adapters.inbound_mail.participants import sender_of
from letterbook.domain.mail_reports import MailReport, ReportedAction, ReportedRecipient

_MAX_TEXT, _MAX_LINES, _MAX_RECIPIENTS, _MAX_DIAGNOSTIC, _MAX_HEAD = 64 * 1024, 1000, 300, 500, 3000
# The words of each server, looked for in the beginning of what it wrote.
_MARKS = {
    "qmail": r"this is the (\S{0,40} )?(qmail-send program|program at)|i'm afraid i wasn't able to deliver your message",
    "Exim": r"this message was created automatically by mail delivery software",
    "Postfix": r"this is the (postfix|mail system at|[\w.-]{1,40} (postfix|mail system))|your message could not be delivered",
    "Sendmail": r"following addresses had (permanent|transient|delivery)|transcript of session follows|warning message only",
    "Exchange": (
        r"delivery has failed to these recipients|delivery to (these|the following) recipients"
        r"|did not reach (some or all of )?the (intended|following) recipient"
        r"|following recipient\(?s\)? (cannot|could not) be reached"
        r"|your message (couldn.t|could not|can.t|wasn.t) be delivered|there is a problem with the recipient's e-?mail system"
    ),
    "Gmail": (
        r"delivery to the following recipients? (failed|has been delayed)|your message wasn.t delivered to"
        r"|there was a (temporary )?problem delivering your message|message not delivered|message blocked|delivery incomplete"
    ),
    "Yahoo, AOL": r"unable to deliver your message to the following|had delivery problems|your mail to the following recipients",
    "Domino": r"(was|could) not (be )?delivered to:",
    "IMail, InterMail": r"unknown user:|undeliverable to |message was undeliverable|undelivered message to",
    "IronPort, Courier, smail, MDaemon": (
        r"following message to .{1,320} was undeliverable|delivery status notification from|failed addresses follow"
        r"|delivery errors!|message could not be delivered|cannot be delivered to the following|has not (yet )?been delivered"
        r"|undeliverable (mail|message|address)|delivery attempts? (has|have) failed|mail could not be delivered"
    ),
}
_MARK = re.compile("|".join(_MARKS.values()), re.IGNORECASE)
# Of a mail that a server wrote: what its subject begins with, in the words of Outlook's languages too.
_SUBJECT = re.compile(
    r"undeliver(able|ed)|delivery (status notification|failure|failed|has failed|problem|error|report)|failure notice"
    r"|returned mail|mail (delivery|system error)|message (delivery|undeliver)|non ?delivery|unzustellbar|non remis"
    r"|échec de (la )?remise|no se puede entregar|no entregado|non recapitabile|mancato recapito|onbestelbaar|niedostarczal"
    r"|não é possível entregar|kan inte levereras|kan ikke leveres|nedoručitelné|недоставленн|не удалось доставить"
    r"|warning: (message|could not send)|delayed mail|delivery delayed|nachricht (nicht|konnte nicht)|配信不能|未传递|傳送失敗",
    re.IGNORECASE,
)
_STILL_TRIED = re.compile(
    r"warning message only|not need to (re-?send|retry)|will (continue|keep|be) (to be |to |on )?(try|retr|attempt)|will retry"
    r"|still (trying|being)|not yet been delivered|not been delivered( \S+){1,12} after more than|\(delay(ed)?\)|delivery delayed"
    r"|has been delayed|delayed mail|delivery incomplete|temporary problem",
    re.IGNORECASE,
)
_GIVEN_UP = re.compile(
    r"permanent (fatal )?error|permanent failure|fail(ed|ure) permanently|giv(en|ing) up|i've given up|\(failure\)",
    re.IGNORECASE,
)
# Behind these lines stands what came back, which may say anything.
_RETURNED = re.compile(
    r"^[ \t>|*]*(-{2,80}.{0,20}(copy of (the|your) message|original message|message header|unsent message|undelivered message"
    r"|below this line|returned (mail|message)|the header of the original|message follows)|original message (headers?|follows)"
    r"|(this|below) is a copy of (the|your) message|the (original|first \d+ lines of the) message follows)",
    re.IGNORECASE | re.MULTILINE,
)
_HEADER = re.compile(r"^[ \t>|]*(message-id|subject)[ \t]*:[ \t]*(\S.{0,998})$", re.IGNORECASE | re.MULTILINE)
# What may stand on a line before whom it is about.
_BEFORE = re.compile(
    r"^(to|recipient( address)?|failed (address|recipient)|unknown user|undeliverable to|user|address|original recipient"
    r"|final recipient|e-?mail|an:?|.{0,60}delivering your message to"
    r"|(your )?message (wasn.t|was not|could not be|couldn.t be) delivered to"
    r"|delivery (to|for)|the following message to|.{0,40}deliver(ed)? (it )?to|rcpt to)\b[\s:;,-]{0,10}",
    re.IGNORECASE,
)
_CODE = re.compile(r"(?<![\d.])[245](\.\d{1,3}\.\d{1,3}|[0-5]\d)(?!\.?\d)")
_ENHANCED = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?!\.?\d)")
_REPLY = re.compile(r"(?<![\d.#])[45][0-5]\d(?!\.?\d)")
_QUOTED = re.compile(r"^[ \t]*>(?!>>)", re.MULTILINE)


def bounce_of(part: Part, text: str, about: MailReport, *, by_server: bool) -> MailReport | None:
    """What a mail without a report's form reports; None where it is no report. `about` is known of the mail that it is about."""
    failed = [one.address for value in part.values("x-failed-recipients")[:20] for one in mailboxes_of(value)[0]]
    subject = part.text("subject")[:200]
    text = text[:_MAX_TEXT]
    head = text[:_MAX_HEAD]
    is_report = part.media_type == "multipart/report" and "feedback" not in part.content_type.all.get("report-type", "")
    if not failed and not is_report and not (by_server and (_MARK.search(_unquoted(head)) or _SUBJECT.search(subject))):
        return None
    back = _RETURNED.search(text)
    told = text[: back.start()] if back else text
    waits = bool(_STILL_TRIED.search(f"{subject}\n{told[:_MAX_HEAD]}")) and not _GIVEN_UP.search(told[:_MAX_HEAD])
    action = ReportedAction.DELAYED if waits else ReportedAction.FAILED
    ours = {one.address for name in ("to", "cc") for one in mailboxes_of(part.value(name))[0]}
    ours.add(sender_of(part).mailbox.address)
    said = _said(told, ours)
    whom = list(dict.fromkeys(failed)) or list(said) or _named(told, ours)
    return replace(
        _with_headers(about, text[back.start() :] if back else text),
        recipients=tuple(_recipient(one, action, said.get(one, "") or told) for one in whom[:_MAX_RECIPIENTS]),
        cut=len(whom) > _MAX_RECIPIENTS,
    )


def _recipient(address: str, action: ReportedAction, said: str) -> ReportedRecipient:
    diagnostic = _diagnostic(address, said)
    status = _ENHANCED.search(diagnostic) or _REPLY.search(diagnostic)
    return ReportedRecipient(
        address=address,
        action=action,
        final_address=address,
        status=status[0] if status else "",
        diagnostic=diagnostic,
    )


def _said(told: str, ours: set[str]) -> dict[str, str]:
    """By each address that a line is about what follows it; the lines of one address are joined."""
    found: dict[str, list[str]] = {}
    current = ""
    for line in told.splitlines()[:_MAX_LINES]:
        address = _address(line[:500], ours)
        if address and len(found) < _MAX_RECIPIENTS:
            current = address
            found.setdefault(address, [])
        if current:
            found[current].append(line)
    return {address: "\n".join(lines) for address, lines in found.items()}


def _address(line: str, ours: set[str]) -> str:
    """The address that a line is about; empty for one that only mentions one."""
    bare = line.strip(" \t|*-\u2022")
    begin = _BEFORE.sub("", bare, count=1)
    first = begin.split(maxsplit=1)[:1]
    for one in addresses_in(first[0]) if first and "@" in first[0] and not first[0].startswith(("...", ">>>")) else ():
        return "" if one in ours else one
    return ""


def _named(told: str, ours: set[str]) -> list[str]:
    """Where no line is about one: the first that is named at all."""
    found = (one for line in told.splitlines()[:_MAX_LINES] if "@" in line for one in addresses_in(line[:1000]))
    return [one for one in [next((each for each in found if each not in ours), "")] if one]


def _diagnostic(address: str, said: str) -> str:
    """What another server said: the line that has its code, with the next; else the first lines."""
    lines = [one.strip(" \t<>|*") for one in said.splitlines() if one.strip(" \t<>|*-")]
    with_code = next((place for place, one in enumerate(lines) if _CODE.search(one.replace(address, ""))), None)
    chosen = lines[:4] if with_code is None else lines[with_code : with_code + 3]
    words = " ".join(" ".join(chosen).split())
    return words.removeprefix(address).lstrip("> :")[:_MAX_DIAGNOSTIC].strip()


def _with_headers(about: MailReport, text: str) -> MailReport:
    """With what the text gives back of the mail, where nothing else did."""
    message_id, subject = about.message_id, about.subject
    for name, value in _headers(text):
        if name == "message-id" and not message_id:
            message_id = first_id_of(value.encode(errors="replace"))
        if name == "subject" and not subject:
            subject = text_of(value.encode(errors="replace"))
    return replace(about, message_id=message_id, subject=subject)


def _headers(text: str) -> Iterator[tuple[str, str]]:
    return ((found[1].lower(), found[2].strip()) for found in _HEADER.finditer(text))


def _unquoted(text: str) -> str:
    """Without the lines that somebody quoted."""
    return "\n".join(line for line in text.splitlines() if not _QUOTED.match(line))
