"""Mail that came in, and how we know what it answers.

What an answer belongs to is told by the token in the address that our message asks answers to, which only its recipients have. The
id of a message is no secret: it stands in whatever was forwarded. It counts for who took part in that message. The subject alone
tells nothing.
"""

import hashlib
import json
import re
from dataclasses import dataclass, field
from datetime import datetime

from letterbook.domain.ids import Kind, is_id
from letterbook.domain.mail_reports import MailReport
from letterbook.domain.receipts import Signal
from letterbook.domain.signed_address import PATTERN, is_token, token_of

_REPLY = "reply"
# Who took it in for us found something against it.
DOUBTS = frozenset({Signal.FORGED, Signal.INFECTED, Signal.SPAM})
# reply+<the id without its prefix>-<token>: 49 characters of the 64 that RFC 5321 (4.5.3.1.1) allows before the @.
_ADDRESS = re.compile(rf"{_REPLY}\+([0-9a-z]{{26}})-({PATTERN})@(.+)", re.ASCII | re.IGNORECASE)
_OURS = re.compile(r"com_([0-9A-Z]{26})@.+", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundFile:
    """A file that came with a mail. `content_id` is what its HTML calls it by, without angle brackets."""

    name: str
    media_type: str
    content: bytes
    content_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """An address, with the name that stands with it.

    `others` are further addresses that stand in the same mailbox, in its name too: `a@x.example <b@y.example>` is b's, and a
    another. The domain is in lower case, and an international one in ASCII (IDNA 2008, non-transitional).
    """

    address: str
    name: str = ""
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdicts:
    """What the server that took a mail in for us found (RFC 8601). Each result is its word, in lower case, or empty.

    `dmarc_domain` is the domain that DMARC was asked of; `dkim_domains` are those that signed, and whose signature holds.
    """

    dmarc: str = ""
    dmarc_domain: str = ""
    spf: str = ""
    dkim: str = ""
    dkim_domains: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundEmail:
    """An email as it came in at `at`; `raw` is all of it. Everything in it was written by a stranger.

    `sender` is the first address of From; where there is none, of Sender, Reply-To or Return-Path, in that order; empty where
    nobody is named; `sender_field` is the name of that field in lower case. `sender_others` are other addresses that it names.
    `original_sender` is who a list or a group says wrote it, before it wrote itself into From. `from_daemon`: by a mail server.
    `message_id`, `in_reply_to` and `references` are without their angle brackets. `html` is cleaned. `signals` is what is worth
    knowing of it. `addressed` are all addresses that it was sent to, as far as it says; `handed_over_for` those of them whom the
    server took it in for. `left_out` counts files that are only in `raw`; `unread` says what else is, in plain words.
    `dated` is when it was written, by its own word.
    """

    at: datetime
    raw: bytes
    sender: str
    sender_name: str = ""
    sender_field: str = "from"
    sender_others: tuple[str, ...] = ()
    original_sender: Mailbox | None = None
    from_daemon: bool = False
    reply_to: tuple[Mailbox, ...] = ()
    verdicts: Verdicts = Verdicts()
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    addressed: tuple[str, ...] = ()
    handed_over_for: tuple[str, ...] = ()
    subject: str = ""
    text: str = ""
    html: str | None = None
    message_id: str = ""
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    enclosed: tuple[InboundFile, ...] = ()
    left_out: int = 0
    unread: tuple[str, ...] = ()
    report: MailReport | None = None
    dated: datetime | None = None
    signals: frozenset[Signal] = field(default_factory=frozenset)

    @property
    def doubtful(self) -> bool:
        """Whether it may not be from whom it says."""
        return not self.signals.isdisjoint(DOUBTS)

    @property
    def fingerprint(self) -> str:
        """SHA-256 in hex over what it says, by which copies of one mail are known: not over how they came."""
        files = [[one.name, hashlib.sha256(one.content).hexdigest()] for one in self.enclosed]
        said = [self.message_id, self.sender, self.subject, " ".join(self.text.split()), self.html or "", files]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()

    @property
    def answers(self) -> tuple[str, ...]:
        """The ids of messages that it answers, the nearest first."""
        return tuple(dict.fromkeys((*self.in_reply_to, *reversed(self.references))))


def reply_address(communication_id: str, domain: str, secret: bytes) -> str:
    """Where answers to a communication shall go."""
    name = communication_id.partition("_")[2]
    return f"{_REPLY}+{name.lower()}-{token_of(_REPLY, name, secret)}@{domain}"


def replied_to(address: str, domain: str, secret: bytes) -> str | None:
    """The communication whose reply address it is; None for any other, and for one that somebody made up."""
    found = _ADDRESS.fullmatch(address)
    if found is None or found[3].lower() != domain.lower():
        return None
    name = found[1].upper()
    genuine = is_token(found[2], _REPLY, name, secret)
    communication_id = f"{Kind.COMMUNICATION}_{name}"
    return communication_id if genuine and is_id(Kind.COMMUNICATION, communication_id) else None


def strip_reply_token(address: str) -> str:
    """As it may be shown: whoever knows the token can answer."""
    found = _ADDRESS.fullmatch(address)
    return f"{_REPLY}@{found[3]}" if found else address


def communication_id_in(message_id: str) -> str | None:
    """The communication of ours that has this Message-ID. Nobody can guess one, and anybody may have been shown one."""
    found = _OURS.fullmatch(message_id)
    communication_id = f"{Kind.COMMUNICATION}_{found[1].upper()}" if found else ""
    return communication_id if is_id(Kind.COMMUNICATION, communication_id) else None
