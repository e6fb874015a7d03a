"""Who takes part in a mail: who wrote it, where answers go, whom it went to, and whom it was handed over for."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from letterbook.adapters.inbound_mail.fields import unfolded
from letterbook.adapters.inbound_mail.mailboxes import MAX_MAILBOXES, mailboxes_of, name_alone
from letterbook.adapters.inbound_mail.mime import Part
from letterbook.domain.inbound_email import Mailbox

# Where From names nobody, who handed it over, else who asks for answers, else whom failures are reported to.
_SENDERS = ("from", "sender", "reply-to", "return-path")
# Of lists and groups that write themselves into From: Mailman and Exchange, Google Groups, Gmail.
_ORIGINAL_SENDERS = ("x-original-from", "x-original-sender", "x-google-original-from")
# As servers write whom they took a mail in for: Postfix and qmail, Postfix before aliases, Exim and others. Some programs leave a
# copy its own Bcc (RFC 5322, 3.6.3).
_ENVELOPE = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "bcc")
_MAX_ENVELOPE, _MAX_RECEIVED = 20, 4096
_FOR = re.compile(rb"\bfor\s+(<[^<>]{1,320}>|[^\s<>;()]{1,320})", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedSender:
    """Who a mail says wrote it, and the field that says so, in lower case. Without any, the address is empty."""

    mailbox: Mailbox
    field: str = "from"


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressees:
    """Whom a mail went to, as far as it says; `cut` counts those whom a limit left out."""

    to: tuple[str, ...]
    cc: tuple[str, ...]
    handed_over_for: tuple[str, ...]
    cut: int

    @property
    def all(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.to, *self.cc, *self.handed_over_for)))


def sender_of(part: Part) -> StatedSender:
    """The first mailbox of the topmost From. All that its other fields and mailboxes name are its `others`."""
    alone = name_alone(part.value("from"))
    for name in _SENDERS:
        found = _mailboxes(part, name)
        if found:
            first, *rest = found
            named = (*first.others, *(one for each in rest for one in (each.address, *each.others)))
            others = tuple(dict.fromkeys(one for one in named if one != first.address))
            return StatedSender(
                mailbox=Mailbox(
                    address=first.address, name=first.name or ("" if name == "from" else alone), others=others
                ),
                field=name,
            )
    return StatedSender(mailbox=Mailbox(address="", name=alone))


def original_sender_of(part: Part) -> Mailbox | None:
    """Who wrote it before a list or a group wrote itself into From, as it says."""
    return next((one for name in _ORIGINAL_SENDERS for one in _mailboxes(part, name)), None)


def reply_to_of(part: Part) -> tuple[Mailbox, ...]:
    return tuple({one.address: one for one in reversed(_mailboxes(part, "reply-to"))}.values())[::-1]


def addressees_of(part: Part) -> Addressees:
    to, cut = _addresses(part, "to")
    cc, cut_too = _addresses(part, "cc")
    return Addressees(to=to, cc=cc, handed_over_for=tuple(dict.fromkeys(_envelope(part))), cut=cut + cut_too)


def _mailboxes(part: Part, name: str) -> list[Mailbox]:
    return [one for value in part.values(name)[:10] for one in mailboxes_of(value)[0]]


def _addresses(part: Part, name: str) -> tuple[tuple[str, ...], int]:
    """Of all fields of a name: there should be one, and more are a fault of many programs."""
    found: dict[str, None] = {}
    cut = 0
    for value in part.values(name):
        mailboxes, left = mailboxes_of(value, max(MAX_MAILBOXES - len(found), 0))
        found.update(dict.fromkeys(one.address for one in mailboxes))
        cut += left
    return tuple(found), cut


def _envelope(part: Part) -> Iterator[str]:
    """The topmost `Received` is that of who took it in for us."""
    received = _FOR.search(unfolded(part.value("received")[:_MAX_RECEIVED]))
    values = [received[1]] if received else []
    for name in _ENVELOPE:
        values += part.values(name)
    yield from (one.address for value in values[:_MAX_ENVELOPE] for one in mailboxes_of(value, _MAX_ENVELOPE)[0])
