"""The header fields of a message, exactly as they go over the wire.

Python's `email` decodes whatever looks like an encoded word (RFC 2047) in a field that it is given, and then writes what it found:
a subject of `=?utf-8?q?Hi=0D=0ABcc=3A_...?=` becomes a field of its own. So these fields are made here, and handed over finished.
"""

import re
from collections.abc import Iterator
from email.header import Header
from email.policy import Policy
from email.utils import quote

from letterbook.domain.visible import name_of, unturned
from letterbook.ports import OutboundMessage

_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_LOOKS_ENCODED = "=?"
# An id cannot be folded: a longer one, of somebody else's making, is left out.
_LONGEST_ID = 900
# RFC 5322, 2.1.1: what a line should have at most, and what it must not exceed; 2.2.3: it is folded before a blank.
_WANTED, _MOST, _FOLD = 78, 998, "\r\n"
_PIECES = re.compile(" *[^ ]+")


class Field(str):
    """A field's value, folded and encoded. `email` takes an object with a `name` and a `fold` for one that is made already."""

    name: str

    def __new__(cls, name: str, value: str) -> "Field":
        field = super().__new__(cls, value)
        field.name = name
        return field

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


def headers(parcel: OutboundMessage) -> Iterator[Field]:
    """Blind copies are in none of them. Raises ValueError for a value with a line break."""
    yield Field("From", _mailbox(parcel.sender_name, parcel.sender))
    yield Field("To", _addresses(parcel.to))
    if parcel.cc:
        yield Field("Cc", _addresses(parcel.cc))
    if parcel.reply_to:
        yield Field("Reply-To", _addresses(parcel.reply_to))
    yield Field("Message-ID", _ids((parcel.message_id,)))
    if parcel.answers:
        yield from (
            Field(name, ids)
            for name, ids in (("In-Reply-To", _ids(parcel.answers[-1:])), ("References", _ids(parcel.answers)))
            if ids
        )
    yield Field("Subject", _encoded(unturned(parcel.rendered.subject), "Subject"))


def _addresses(addresses: tuple[str, ...]) -> str:
    """One a line, so that no line is longer than RFC 5322 allows."""
    return ",\r\n ".join(_one_line(address) for address in addresses)


def _ids(message_ids: tuple[str, ...]) -> str:
    """One a line, as of addresses."""
    return "\r\n ".join(f"<{_one_line(one)}>" for one in message_ids if len(one) < _LONGEST_ID)


def _mailbox(name: str, address: str) -> str:
    name = name_of(name)
    if not name:
        return _one_line(address)
    plain = name.isascii() and _LOOKS_ENCODED not in name
    shown = f'"{quote(_one_line(name))}"' if plain else _encoded(name, "From")
    return f"{shown} <{_one_line(address)}>"


def _encoded(text: str, name: str) -> str:
    """As it is where that is plain ASCII, folded at its own blanks; else as encoded words, between which a blank is none."""
    text = _one_line(text)
    if text.isascii() and _LOOKS_ENCODED not in text and text == text.strip():
        folded = _folded(text, len(f"{name}: "))
        if all(len(line) <= _MOST for line in f"{name}: {folded}".split(_FOLD)):
            return folded
    return Header(text, "utf-8", header_name=name).encode(linesep=_FOLD)


def _folded(text: str, begun: int) -> str:
    """Folded only where that keeps a line as short as it should be: a word that is longer stays beside the one before it."""
    written: list[str] = []
    used = begun
    for piece in _PIECES.findall(text):
        helps = used + len(piece) > _WANTED and len(piece) <= _WANTED
        if written and (helps or used + len(piece) > _MOST):
            written.append(_FOLD)
            used = 0
        written.append(piece)
        used += len(piece)
    return "".join(written)


def _one_line(text: str) -> str:
    if _BREAKS.search(text):
        raise ValueError("a header field holds no line break and no other control character")
    return text
