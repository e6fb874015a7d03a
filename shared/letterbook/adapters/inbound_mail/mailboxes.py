"""Mailboxes: addresses and the names that stand with them, read where the grammar of RFC 5322 (3.4) refuses them too.

What stands in angle brackets is the address, whatever stands before it. Without brackets it is looked for in the words, then in
what is quoted, encoded (RFC 2047) or a comment, in this order, so that nobody who wrote an address is dropped. All other addresses
are `others`: a name may be there to look like somebody else's.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from letterbook.adapters.inbound_mail.address_pieces import Kind, pieces_of
from letterbook.adapters.inbound_mail.addresses import BRACKETS, addresses_in, addresses_in_angle, runs_replaced
from letterbook.adapters.inbound_mail.charsets import decoded
from letterbook.adapters.inbound_mail.fields import seen_line, text_of, unfolded
from letterbook.domain.inbound_email import Mailbox

# More than any letter is addressed to; and what a field may be long before anything is looked for in it.
MAX_MAILBOXES, MAX_FIELD_BYTES = 300, 64 * 1024
_MAX_NAME, _MAX_OTHERS = 200, 20
_ENCODED_WORD = re.compile(r"=\?[^?\s]{1,80}\?[BQbq]\?[^?]{0,2000}\?=")
_MAILTO = "mailto"
_EMPTY_BRACKETS = re.compile(f"[{BRACKETS}<>]\\s*[{BRACKETS}<>]")
_QUOTES = "'\"`\u2018\u2019\u201a\u201b\u201c\u201d\u201e"


@dataclass(slots=True)
class _Candidate:
    """Pieces that may be one mailbox."""

    pieces: list[tuple[Kind, str]] = field(default_factory=list)

    def of(self, *kinds: Kind) -> Iterator[str]:
        return (text for kind, text in self.pieces if kind in kinds)

    @property
    def in_angles(self) -> list[str]:
        return [one for text in self.of(Kind.ANGLE) for one in addresses_in_angle(text)[:1]]

    @property
    def bare(self) -> list[str]:
        """The addresses in its words, and then those in what is quoted."""
        words = _ENCODED_WORD.sub(" ", "".join(self.of(Kind.WORDS)))
        return [one for text in (words, *self.of(Kind.QUOTED)) for one in addresses_in(text)]

    @property
    def is_blank(self) -> bool:
        return not any(text.strip() for _, text in self.pieces)

    @property
    def words(self) -> str:
        """What is no address by its place, decoded."""
        return text_of("".join(text for kind, text in self._named()).encode(errors="replace"))

    @property
    def comment(self) -> str:
        return text_of(" ".join(self.of(Kind.COMMENT)).encode(errors="replace"))

    def _named(self) -> Iterator[tuple[Kind, str]]:
        for kind, text in self.pieces:
            if kind is Kind.ANGLE:
                yield kind, " " if addresses_in_angle(text) or not text.strip() else f"<{text}>"
            elif kind is not Kind.COMMENT:
                yield kind, text


def mailboxes_of(value: bytes, limit: int = MAX_MAILBOXES) -> tuple[list[Mailbox], int]:
    """The mailboxes of a field, and how many a limit cut. What has no address is left out."""
    raw = unfolded(value[:MAX_FIELD_BYTES])
    # An address of other bytes than UTF-8 is none (RFC 6532, 3.1); a name may be of any.
    international = _is_unicode(raw)
    found: list[Mailbox] = []
    cut = max(value[MAX_FIELD_BYTES:].count(b"@"), 1) if len(value) > MAX_FIELD_BYTES else 0
    for candidate in _candidates(decoded(raw)):
        if len(found) >= limit:
            cut += any("@" in text for _, text in candidate.pieces)
        else:
            found += (one for one in _mailboxes(candidate) if international or one.address.isascii())
    return found[:limit], cut + max(len(found) - limit, 0)


def name_alone(value: bytes) -> str:
    """What a field says that names no address: a name, perhaps, before brackets that hold none."""
    text = text_of(value[:MAX_FIELD_BYTES])
    name = text.partition("<")[0]
    return shown(name if name.strip() else text)


def shown(text: str) -> str:
    """A name on one line, with only what is seen of it, and without the quotes around it."""
    name = " ".join(seen_line(text).split())
    while len(name) > 1 and name[0] in _QUOTES and name[-1] in _QUOTES:
        name = name[1:-1].strip()
    return name[:_MAX_NAME].strip()


def _candidates(text: str) -> Iterator[_Candidate]:
    """A comma in a name that nobody quoted divides no mailbox: `Doe, Jane <jane@mailbox.example>` is one."""
    waiting = _Candidate()
    for candidate, end in _divided(text):
        if candidate.is_blank:
            continue
        if candidate.in_angles:
            yield _Candidate([*waiting.pieces, *candidate.pieces])
            waiting = _Candidate()
        elif candidate.bare or end == ";":
            yield from (one for one in (waiting, candidate) if one.pieces)
            waiting = _Candidate()
        else:
            waiting.pieces += [*candidate.pieces, (Kind.WORDS, ", ")]
    if waiting.pieces:
        yield waiting


def _divided(text: str) -> Iterator[tuple[_Candidate, str]]:
    """Candidates, each with what ends it: a comma, a semicolon, or nothing. The label of a group is no part of any."""
    last_end = text.rfind(";")
    current, label_at = _Candidate(), 0
    for kind, piece, at in pieces_of(text):
        if kind is Kind.END:
            yield current, piece
            current, label_at = _Candidate(), 0
        elif kind is Kind.COLON:
            label = "".join(one for _, one in current.pieces[label_at:])
            # What holds an address is there to be seen.
            if at < last_end and "@" not in text_of(label.encode(errors="replace")):
                del current.pieces[label_at:]
            elif label.lower().endswith(_MAILTO):
                current.pieces[-1] = (Kind.WORDS, current.pieces[-1][1][: -len(_MAILTO)])
            else:
                current.pieces.append((Kind.WORDS, piece))
            label_at = len(current.pieces)
        elif kind is Kind.ANGLE and "=?" in piece:
            current.pieces.append((kind, text_of(piece.encode(errors="replace"))))
        else:
            current.pieces.append((kind, piece))
    yield current, ""


def _mailboxes(candidate: _Candidate) -> list[Mailbox]:
    """One, but for addresses that stand side by side with nothing else."""
    words, comment = candidate.words, candidate.comment
    in_angles, bare = candidate.in_angles, candidate.bare
    if not in_angles and len(bare) > 1 and not _without(bare, words).strip():
        return [Mailbox(address=one) for one in bare]
    named = [*addresses_in(words), *addresses_in(comment)]
    address = next(iter((*reversed(in_angles), *bare, *named)), "")
    if not address:
        return []
    name = shown(words if in_angles else _without([address], words))
    named += [one for text in candidate.of(Kind.ANGLE) for one in addresses_in_angle(text)]
    others = dict.fromkeys(one for one in (*in_angles, *named, *_within(address)) if one.lower() != address.lower())
    return [
        Mailbox(
            address=address,
            name=name or shown(_without([address], comment)),
            others=tuple(others)[:_MAX_OTHERS],
        )
    ]


def _within(address: str) -> list[str]:
    """Addresses that a quoted local part spells: `"ann@bank.example"@evil.example` is of evil.example."""
    return addresses_in(address.rpartition("@")[0].strip('"'))


def _without(addresses: list[str], words: str) -> str:
    """Words from which bare addresses were taken, with the brackets that they stood in; all, where one is all over them."""
    known = frozenset(addresses)
    rest = runs_replaced(words, lambda run: run if known.isdisjoint(addresses_in(run)) else " ")
    if rest == words:
        return words if known.isdisjoint(addresses_in(words)) else ""
    return _EMPTY_BRACKETS.sub(" ", rest).strip(" ,;:<>\"'")


def _is_unicode(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True
