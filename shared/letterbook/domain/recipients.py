"""Whom a message goes to, and whether an address is one that a channel can reach.

The two libraries are imported where they are used: reading and following messages never needs them.
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from unicodedata import normalize

from letterbook.domain.post import PostalAddress

# Amazon SES takes no more recipients in one message (SES API reference, Destination).
MAX_RECIPIENTS = 50
# Mail knows no longer ones (RFC 5321, 4.5.3.1); what is longer is compared as it is. Quotes and backslashes are beside it.
_LONGEST_LOCAL, _LONGEST_DOMAIN = 2 * 64 + 2, 255
# What needs no quotes (RFC 5322, 3.2.3; RFC 6532, 3.2), and what a backslash does within them.
_DOT_ATOM = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """An address that nobody is to be written to at: it bounced hard, or is suppressed. `party_id` is whose message told us.

    Of a postal one `corrected` is where its mail goes now, by the post.

    What was heard of it last counts: its last bounce (`at`) and the last delivery there, both by the provider's time, and the last
    time that a person said it is right. Each is a maximum, so words may come in any order and any number of times.
    """

    address: str
    code: str
    at: datetime
    communication_id: str
    party_id: str
    released_at: datetime | None = None
    delivered_at: datetime | None = None
    corrected: PostalAddress | None = None

    @property
    def stands(self) -> bool:
        """Of a bounce and a delivery of the same moment the delivery counts: what takes something in is there."""
        return all(right is None or right < self.at for right in (self.released_at, self.delivered_at))

    def joined(self, other: "Suppression") -> "Suppression":
        """What is known of an address by two words of it."""
        last = max(self, other, key=lambda one: (one.at, one.communication_id, one.code, str(one.corrected)))
        return last.delivered(self.delivered_at, other.delivered_at).released(self.released_at, other.released_at)

    def delivered(self, *at: datetime | None) -> "Suppression":
        return replace(self, delivered_at=_last(self.delivered_at, *at))

    def released(self, *at: datetime | None) -> "Suppression":
        return replace(self, released_at=_last(self.released_at, *at))


def _last(*times: datetime | None) -> datetime | None:
    return max((time for time in times if time is not None), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachedAddress:
    """That something arrived at an address, by the provider's time."""

    address: str
    at: datetime


class BadAddress(ValueError):
    """An address that cannot be used. `code` is stable; the message is for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def email_address(value: str) -> str:
    """The address as it is stored: domain in lower case, local part as given. Raises BadAddress.

    All of it is ASCII, an international domain in punycode: Amazon SES has no SMTPUTF8, and names it so in its events.
    """
    from email_validator import EmailNotValidError, validate_email

    try:
        checked = validate_email(value, check_deliverability=False, strict=True)
    except EmailNotValidError as wrong:
        raise BadAddress("invalid_email", f"This is not an email address: {wrong}") from wrong
    if checked.ascii_email is None:
        raise BadAddress("invalid_email", "The part before the @ must be plain ASCII.")
    return checked.ascii_email


def folded(address: str) -> str:
    """As it is compared and looked up: all spellings that are certainly one mailbox's are one.

    A name and brackets around it, blanks, needless quotes before the @, a dot after the domain and the form of an international
    domain tell nothing. Only ASCII letters lose their case: more would make letters of other alphabets equal to ours, and a
    stranger's mailbox would be taken for somebody's we know. In a domain they do where they stay what they are.
    """
    if "\n" in address.strip():
        return _folded_lines(address)
    local, at, domain = _bare(address).rpartition("@")
    whole = f"{_unquoted(local)}@{_punycode(domain)}" if at else domain
    return whole.encode(errors="replace").lower().decode()


def _folded_lines(address: str) -> str:
    """Those of an envelope: neither case nor stops nor blanks tell two apart."""
    lines = (" ".join(re.sub(r"[.,;]", " ", line).split()) for line in address.casefold().splitlines())
    return " / ".join(line for line in lines if line)


def _bare(address: str) -> str:
    text = address.strip()
    start = text.rfind("<")
    within = text[start + 1 :].rstrip(">").strip() if start >= 0 and text.endswith(">") else ""
    return within if "@" in within else text


def _unquoted(local: str) -> str:
    """Quotes that enclose what needs none mean the same as none (RFC 5321, 4.1.2)."""
    if len(local) > _LONGEST_LOCAL or not (len(local) > 2 and local[0] == local[-1] == '"'):
        return local
    within = _ESCAPE.sub(r"\1", local[1:-1])
    return within if _DOT_ATOM.fullmatch(within) else local


def _punycode(domain: str) -> str:
    """In ASCII, as the DNS and Amazon SES have it (RFC 5891, 4); as it is where it has no such form.

    A letter that would become one of ASCII is none: with a Kelvin sign for its K a bank's domain is nobody's.
    """
    if domain[-1:] == "." and domain[-2:-1].isalnum():
        domain = domain[:-1]
    if domain.isascii() or len(domain) > _LONGEST_DOMAIN:
        return domain
    import idna

    lower = [one.lower() for one in domain]
    if any(normalize("NFC", after).isascii() != one.isascii() for one, after in zip(domain, lower, strict=True)):
        return domain
    labels = normalize("NFC", "".join(lower)).split(".")
    try:
        return ".".join(one if one.isascii() else idna.alabel(one).decode() for one in labels)
    except UnicodeError:
        return domain


def same_address(one: str, other: str) -> bool:
    """Whether two addresses mean the same recipient."""
    return folded(one) == folded(other)
