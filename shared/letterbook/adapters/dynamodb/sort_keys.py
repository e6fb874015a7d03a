"""Sorted keys: times, and the ends of spans. DynamoDB's BETWEEN includes both its ends; ours leave the upper one out."""

from datetime import datetime

# Sorts behind everything that an id or a clue can hold.
LAST = "~"
# Keys hold 1,024 bytes (DynamoDB, Constraints).
_CLUE_BYTES = 400


def just_before(key: str) -> str:
    """The end of a span that holds all that sorts before `key`, and not `key` itself."""
    return f"{key[:-1]}{chr(ord(key[-1]) - 1)}{LAST}"


def stamp(at: datetime) -> str:
    """A time that sorts as text: UTC, milliseconds, always as long."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03}Z"


def clue(text: str) -> str:
    """Without case, and short enough for a key: folding may make three letters of one."""
    return text.casefold().encode()[:_CLUE_BYTES].decode(errors="ignore")
