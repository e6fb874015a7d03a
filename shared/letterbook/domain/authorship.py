"""Who wrote a mail, as far as that is known: nobody writes as somebody else, and nobody's letter is dropped.

The address in From's brackets is who wrote. What stands beside it may name another, and then it counts as forged unless DMARC
(RFC 7489) speaks for the address and the other is nobody whom we know. A list or a group that had to rewrite From to an address of
the firm says who wrote in X-Original-From or Reply-To; that is believed where the firm's own domain vouches for the rewriting, or
our token places the mail.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from letterbook.domain.communication import Communication, Direction
from letterbook.domain.inbound_email import DOUBTS, InboundEmail, Mailbox, Verdicts
from letterbook.domain.receipts import Signal
from letterbook.domain.recipients import same_address

# As Google Groups and Mailman write it: 'Jane Marsh' via Legal.
_VIA = re.compile(r"\s+via\s+", re.IGNORECASE)
_QUOTES = "'\"\u2018\u2019\u201c\u201d "


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """`address` is empty where nobody can be believed to have written it: then a person says whose it is."""

    address: str = ""
    name: str = ""
    forged: bool = False


def author_of(
    mail: InboundEmail, *, is_ours: Callable[[str], bool], is_known: Callable[[str], bool], by_token: bool
) -> Author | None:
    """None for what the firm wrote itself. `by_token`: our token places it. `is_known`: a party, or the firm, has the address."""
    forged = Signal.FORGED in mail.signals
    if not mail.sender:
        return Author(name=mail.sender_name, forged=forged)
    if is_ours(mail.sender):
        return _behind_list(mail, is_ours, by_token=by_token)
    others = [one for one in mail.sender_others if not same_address(one, mail.sender)]
    if others and (not passed_dmarc(mail.verdicts, mail.sender) or any(is_known(one) for one in others)):
        forged = True
    if mail.sender_field != "from" and not vouches_for(mail.verdicts, mail.sender):
        forged = True
    # A name that names another address is no name of theirs.
    return Author(address=mail.sender, name="" if others else mail.sender_name, forged=forged)


def _behind_list(mail: InboundEmail, is_ours: Callable[[str], bool], *, by_token: bool) -> Author | None:
    said = [one for one in (mail.original_sender, *mail.reply_to) if one and one.address and not is_ours(one.address)]
    if not said:
        return Author(address=mail.sender, name=mail.sender_name) if by_token else None
    if not by_token and not vouches_for(mail.verdicts, mail.sender):
        return Author(name=mail.sender_name, forged=True)
    return Author(address=said[0].address, name=_name_behind(mail.sender_name, said[0]))


def _name_behind(name: str, mailbox: Mailbox) -> str:
    before = _VIA.split(name)
    return mailbox.name or (before[0].strip(_QUOTES) if len(before) > 1 else "")


def passed_dmarc(verdicts: Verdicts, address: str) -> bool:
    asked = verdicts.dmarc_domain
    return verdicts.dmarc == "pass" and (not asked or same_organisation(asked, _domain(address)))


def vouches_for(verdicts: Verdicts, address: str) -> bool:
    """Whether the domain of an address stands by a mail: its DMARC passed, or a signature of it holds."""
    signed = any(same_organisation(one, _domain(address)) for one in verdicts.dkim_domains)
    return passed_dmarc(verdicts, address) or signed


def same_organisation(one: str, other: str) -> bool:
    """Whether one domain is the other, or a part of it (as RFC 7489, 3.1, relaxed, without a list of public suffixes)."""
    one, other = one.lower().strip("."), other.lower().strip(".")
    return bool(one and other) and (one == other or one.endswith(f".{other}") or other.endswith(f".{one}"))


def asked_elsewhere(sender: str, reply_to: Iterable[str]) -> bool:
    """Whether some answers would go to another organisation than the mail came from."""
    return any(not same_organisation(_domain(sender), _domain(one)) for one in reply_to)


def answered_at(came_in: Communication) -> tuple[str, ...]:
    """Where an answer to what came in goes: where its sender wants it, unless the sender may not be who it says."""
    entry = came_in.entry
    asked = came_in.reply_to if entry.direction is Direction.INBOUND and not entry.signals & DOUBTS else None
    return tuple(asked.split(", ")) if asked else ()


def _domain(address: str) -> str:
    return address.rpartition("@")[2]
