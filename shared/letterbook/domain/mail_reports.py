"""What a mail server or a mail program reports of a mail that we sent: that it failed, waits, arrived, or was opened."""

import re
from dataclasses import dataclass
from enum import StrEnum

from letterbook.domain.failures import FailureCode
from letterbook.domain.receipts import DeliveryOutcome

_F = FailureCode
# RFC 3463, 3; 5.1.10 and 5.7.x also RFC 7505, 7372. None of them, but those of `_GONE`, says that there is no such address.
_BY_CODE = {
    "1.1": _F.INVALID_ADDRESS,
    "1.2": _F.UNREACHABLE,
    "1.3": _F.INVALID_ADDRESS,
    "1.6": _F.INVALID_ADDRESS,
    "1.7": _F.CONFIG,
    "1.8": _F.CONFIG,
    "1.10": _F.INVALID_ADDRESS,
    "2.1": _F.INVALID_ADDRESS,
    "2.2": _F.MAILBOX_FULL,
    "2.3": _F.TOO_LARGE,
    "3.4": _F.TOO_LARGE,
    "4.7": _F.EXPIRED,
}
_BY_SUBJECT = {"2": _F.UNREACHABLE, "3": _F.UNREACHABLE, "4": _F.UNREACHABLE, "6": _F.CONTENT, "7": _F.BLOCKED}
_GONE = frozenset({"1.1", "1.3", "1.6", "1.10", "2.1"})
# RFC 5321, 4.2.3. That a mailbox is "unavailable" (550) may have any reason.
_BY_SMTP = {
    "421": _F.UNREACHABLE,
    "450": _F.UNREACHABLE,
    "451": _F.UNREACHABLE,
    "452": _F.MAILBOX_FULL,
    "552": _F.MAILBOX_FULL,
}
_ENHANCED = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?!\.?\d)")
_SMTP = re.compile(r"(?<![\d.#])([245][0-5]\d)(?!\.?\d)")
_MOST_READ = 1000
# What servers say, in the order in which it counts: that there is no such address is believed where nothing else may be meant.
_WORDS: tuple[tuple[FailureCode, tuple[str, ...]], ...] = (
    (
        _F.BLOCKED,
        (
            r"\bspam|block(ed|list)|black ?list|\brbl\b|dnsbl|reputation|polic(y|ies)|\bspf\b|dkim|dmarc|grey ?list",
            r"access denied|relay(ing)?( access| is)? (not|denied|prohibited|refused)|unable to relay|authentication required",
            r"sender (address |domain )?(rejected|denied|verif)|not (permitted|allowed|authori[sz]ed)",
        ),
    ),
    (
        _F.MAILBOX_FULL,
        (
            r"(mailbox|inbox|account|quota|storage)( \S+){0,4} (is )?(over|full|exceed)|full mailbox",
            r"over ?quota|quota exceed|exceeded storage",
        ),
    ),
    (_F.TOO_LARGE, (r"too (large|big)|size (limit )?exceed|exceed\S* (\S+ ){0,5}size|message size",)),
    (_F.CONTENT, (r"virus|malware|attachment|content (rejected|refused|not)",)),
    (_F.UNREACHABLE, (r"(host|domain|server|mx)( \S+){0,4} not found|name (service|server) error|unroute?able",)),
    (
        _F.INVALID_ADDRESS,
        (
            r"(user|recipient|mailbox|address|account|addressee)( \S+){0,6} (does not|doesn['\u2019]?t) exist",
            r"(user|recipient|mailbox|address|account)\S*( \S+){0,6} ?(not|wasn['\u2019]?t|couldn['\u2019]?t be) ?found",
            r"unknown (local )?(user|recipient|mailbox|address|account|addressee)|recipientnotfound|not listed in",
            r"(user|recipient|mailbox|address|addressee|local[- ]part)( is| was)? unknown",
            r"no such (user|recipient|mailbox|address|account|person)|no (mailbox|one) (here )?by that name",
            r"not (a )?(valid|known) (user|recipient|mailbox|address)|invalid (user|recipient|mailbox|address)",
            r"(account|mailbox)( \S+){0,3} (disabled|discontinued|closed|deactivated|inactive)|bad destination mailbox",
            r"no longer (exists?|in use|valid|active)|user doesn['\u2019]?t have an? ",
        ),
    ),
    (_F.EXPIRED, (r"expired|too long in (the )?queue|retry time(out| limit)|timed? ?out for too long|giving up",)),
    (
        _F.UNREACHABLE,
        (
            r"timed? ?out|connection (refused|reset|lost|dropped)|no route|unreachable|all relevant mx|try again",
            r"couldn['\u2019]?t (connect|find any host)",
        ),
    ),
)
# Compiled when the first report is read: few functions read any.
_BY_WORDS = tuple((code, "|".join(words)) for code, words in _WORDS)


class ReportedAction(StrEnum):
    """What became of it, in the words of RFC 3464 (2.3.3); and of RFC 8098 (3.2.6) for what its reader's program did."""

    FAILED = "failed"
    DELAYED = "delayed"
    DELIVERED = "delivered"
    RELAYED = "relayed"
    EXPANDED = "expanded"
    DISPLAYED = "displayed"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedRecipient:
    """What is reported of one recipient.

    `address` is whom we wrote to, as far as the report says (Original-Recipient, else Final-Recipient); `final_address` who it came
    to in the end. `status` is an enhanced code of RFC 3463 such as `5.1.1`, or an SMTP code such as `550`, or empty; `diagnostic`
    what the other server said, on one line.
    """

    address: str
    action: ReportedAction
    final_address: str = ""
    status: str = ""
    diagnostic: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailReport:
    """A report of one mail. What is known of that mail: its Message-ID without angle brackets, and its subject; empty if unknown.

    Without `recipients` it is a report that does not say of whom; one that is `cut` names more than were read.
    """

    recipients: tuple[ReportedRecipient, ...] = ()
    message_id: str = ""
    subject: str = ""
    cut: bool = False


def outcome_of(one: ReportedRecipient) -> tuple[DeliveryOutcome, FailureCode]:
    """What a failure means.

    It is hard only where it certainly says that there is no such address: nobody is to write there again.
    """
    said = f"{one.status} {one.diagnostic}"[:_MOST_READ]
    diagnostic = one.diagnostic[:_MOST_READ]
    by_words = next((code for code, words in _BY_WORDS if re.search(words, diagnostic, re.IGNORECASE)), None)
    codes = [(found[1], f"{found[2]}.{found[3]}") for found in _ENHANCED.finditer(said)]
    kind, detail = next((each for each in codes if each[1] in _BY_CODE), codes[0] if codes else ("", ""))
    by_code, by_subject = _BY_CODE.get(detail), _BY_SUBJECT.get(detail.partition(".")[0])
    replies = _SMTP.findall(said)
    temporary = (kind or (replies[0][0] if replies else "")) == "4"
    gone = by_words is _F.INVALID_ADDRESS
    certain = gone if not (by_code or by_subject) else detail in _GONE and by_words in (_F.INVALID_ADDRESS, None)
    if certain and not temporary:
        return DeliveryOutcome.HARD_BOUNCE, _F.INVALID_ADDRESS
    told = (
        by_code,
        _F.UNREACHABLE if detail.startswith("4.") else None,
        by_words,
        by_subject,
        *(_BY_SMTP.get(reply) for reply in replies),
    )
    # That there is no such address is certain, or it is not said at all.
    uncertain = _F.UNREACHABLE if gone or by_code is _F.INVALID_ADDRESS else _F.UNKNOWN
    soft = next((code for code in told if code and code is not _F.INVALID_ADDRESS), uncertain)
    return DeliveryOutcome.SOFT_BOUNCE, soft
