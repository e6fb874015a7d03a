"""Identifiers: a prefix that names the kind, and a ULID whose time is when the thing happened, so ids sort by time.

A ULID (ulid/spec) is 48 bits of milliseconds since 1970 and 80 random ones, in 26 characters of Crockford's base 32.
"""

import hashlib
import re
import secrets
import uuid
from datetime import UTC, datetime, timedelta
from enum import StrEnum


class Kind(StrEnum):
    """What an id names; the value is its prefix."""

    COMMUNICATION = "com"
    PARTY = "pty"
    CONTACT = "con"
    CASE = "cas"
    DOCUMENT = "doc"
    THREAD = "thr"
    TODO = "tdo"
    EXPORT = "exp"


_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_TIME, _RANDOM = 10, 16


class _AsPython(dict[int, int]):
    """Our digits as `int` reads them: a list asks hundreds of ids for their time. What is none of ours is none of its either."""

    def __missing__(self, _: int) -> int:
        return ord("?")


_AS_PYTHON = _AsPython(str.maketrans(_DIGITS, "0123456789abcdefghijklmnopqrstuv"))
# 26 characters hold 130 bits: the first has only three.
_ULID = "[0-7][0-9A-HJKMNP-TV-Z]{25}"
_ANY = re.compile(rf"\b(?:{'|'.join(Kind)})_{_ULID}\b", re.ASCII)
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_LAST = (datetime.max.replace(tzinfo=UTC) - _EPOCH) // _MILLISECOND


def new_id(kind: Kind, at: datetime) -> str:
    """A fresh id whose time part is `at`, to the millisecond."""
    return f"{kind}_{_time_part(at)}{_encoded(secrets.randbits(80), _RANDOM)}"


def id_from(kind: Kind, at: datetime, seed: bytes) -> str:
    """The id of what came at `at` and is known by `seed`: the same however often it comes."""
    return f"{kind}_{_time_part(at)}{_encoded(int.from_bytes(hashlib.sha256(seed).digest()[:10]), _RANDOM)}"


def pattern_of(kind: Kind) -> str:
    """A regular expression for whole ids of a kind."""
    return f"{kind}_{_ULID}"


def is_id(kind: Kind, value: str) -> bool:
    return re.fullmatch(pattern_of(kind), value, re.ASCII) is not None


def ids_in(text: str) -> list[str]:
    """Every id of ours that stands in a text, in order."""
    return _ANY.findall(text)


def message_id_of(communication_id: str, sender: str) -> str:
    """The Message-ID that a message of ours gets, for providers that leave it as it is (RFC 5322, 3.6.4)."""
    return f"{communication_id}@{sender.rpartition('@')[2]}"


def uuid_of(value: str) -> str:
    """The same 128 bits as a UUID is written, for those who take no other ids: `of_uuid` makes the id of them again."""
    return str(uuid.UUID(int=_decoded(value.partition("_")[2])))


def of_uuid(kind: Kind, value: str) -> str | None:
    """The id whose UUID that is, in either case; None for what is written in another way."""
    if not _UUID.fullmatch(value):
        return None
    return f"{kind}_{_encoded(uuid.UUID(value).int, _TIME + _RANDOM)}"


def time_of(value: str) -> datetime:
    """The moment an id carries; the calendar's last for one that somebody made up beyond it."""
    milliseconds = _decoded(value.partition("_")[2][:_TIME])
    return _EPOCH + min(milliseconds, _LAST) * _MILLISECOND


def first_id(kind: Kind, at: datetime) -> str:
    """The smallest id that anything of that moment can have."""
    return f"{kind}_{_time_part(at)}{_DIGITS[0] * _RANDOM}"


def last_id(kind: Kind, at: datetime) -> str:
    """The largest id that anything of that moment can have."""
    return f"{kind}_{_time_part(at)}{_DIGITS[-1] * _RANDOM}"


def _time_part(at: datetime) -> str:
    return _encoded((at - _EPOCH) // _MILLISECOND, _TIME)


def _encoded(number: int, length: int) -> str:
    return "".join(_DIGITS[number >> 5 * place & 31] for place in reversed(range(length)))


def _decoded(digits: str) -> int:
    """Raises ValueError for what is none of our digits."""
    return int(digits.translate(_AS_PYTHON), 32)
