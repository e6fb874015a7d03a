"""Identifiers: a prefix that names the kind, and a ULID whose time is when the thing happened, so ids sort by time."""

import re
from datetime import UTC, datetime
from enum import StrEnum

from ulid import ULID


class Kind(StrEnum):
    """What an id names; the value is its prefix (API.md, Conventions)."""

    COMMUNICATION = "com"
    PARTY = "pty"
    CONTACT = "con"
    CASE = "cas"
    DOCUMENT = "doc"


# Crockford's base 32; the first character of a 128-bit number is 0-7 (ulid/spec).
_ULID = "[0-7][0-9A-HJKMNP-TV-Z]{25}"
_SMALLEST, _LARGEST = "0" * 16, "Z" * 16


def new_id(kind: Kind, at: datetime) -> str:
    """A fresh id whose time part is `at`, to the millisecond."""
    return f"{kind}_{ULID.from_datetime(at)}"


def pattern_of(kind: Kind) -> str:
    """A regular expression for whole ids of a kind."""
    return f"{kind}_{_ULID}"


def is_id(kind: Kind, value: str) -> bool:
    return re.fullmatch(pattern_of(kind), value, re.ASCII) is not None


def time_of(value: str) -> datetime:
    """The moment an id carries."""
    return ULID.from_str(value.partition("_")[2]).datetime.astimezone(UTC)


def first_id(kind: Kind, at: datetime) -> str:
    """The smallest id that anything of that moment can have."""
    return f"{kind}_{str(ULID.from_datetime(at))[:10]}{_SMALLEST}"


def last_id(kind: Kind, at: datetime) -> str:
    """The largest id that anything of that moment can have."""
    return f"{kind}_{str(ULID.from_datetime(at))[:10]}{_LARGEST}"
