"""What stands in the fields of a mail: words, parameters, ids (RFC 5322, 2047, 2231, 6532), read leniently and within bounds."""

import re

from letterbook.adapters.inbound_mail.parameters import Parameters, parameters_of
from letterbook.adapters.inbound_mail.words import MAX_FIELD_BYTES, seen_line, text_of, unfolded

__all__ = [
    "MAX_FIELD_BYTES",
    "Parameters",
    "first_id_of",
    "ids_of",
    "parameters_of",
    "seen_line",
    "text_of",
    "unfolded",
]

# The first of a conversation, and those nearest to its end.
MAX_IDS = 50
_MAX_ID = 500
_FIRST_BYTES, _LAST_BYTES = 2 * 1024, 48 * 1024
_ID = re.compile(rb"<([^<>]{1,998})>|\([^()]*+\)|([^\s<>,;()\"]{1,998})")
_UNSEEN = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")


def ids_of(value: bytes) -> tuple[str, ...]:
    """The ids in Message-ID, In-Reply-To or References (RFC 5322, 3.6.4), without angle brackets: the first, and the last fifty.

    What is in no angle brackets is an id where nothing else stands there but ids; words about a mail are none.
    """
    if len(value) > _FIRST_BYTES + _LAST_BYTES:
        value = value[:_FIRST_BYTES] + b" " + value[-_LAST_BYTES:]
    found = [one for one in _ID.finditer(value) if one[1] or one[2]]
    bare = [one[2] for one in found if one[2]]
    alone = all(b"@" in one for one in bare) or len(found) == 1
    ids = [_id(one[1] or one[2]) for one in found if one[1] or alone]
    kept = list(dict.fromkeys(one for one in ids if one and len(one) <= _MAX_ID))
    return tuple(kept if len(kept) <= MAX_IDS + 1 else [kept[0], *kept[-MAX_IDS:]])


def first_id_of(value: bytes) -> str:
    """The id of a field that has one; empty for what is none."""
    return next(iter(ids_of(value)), "")


def _id(raw: bytes) -> str:
    return _UNSEEN.sub("", raw.decode(errors="replace"))
