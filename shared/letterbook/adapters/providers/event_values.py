"""Values of what a vendor posts, each as it may be used: anything else in their place is as if it were not there."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

# A key of a table has 2,048 bytes; the longest line of a header is shorter (RFC 5322, 2.1.1).
_LONGEST_ID = 998
# RFC 5321, 4.5.3.1, with room for what is wrong.
_LONGEST_ADDRESS = 320
# The year 2100: no event is from then.
_END_OF_TIME = 4_102_444_800


def part(values: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """An object within another."""
    found = values.get(name)
    return found if isinstance(found, dict) else {}


def word(value: object, longest: int = 60) -> str:
    """One of a vendor's own words; empty where it is none, or is longer."""
    return value if isinstance(value, str) and len(value) <= longest and value.isprintable() else ""


def words(value: object, longest: int = 1_000) -> str:
    """The beginning of what somebody wrote, without what cannot be stored."""
    text = value[:longest] if isinstance(value, str) else ""
    return text.encode(errors="replace").decode().replace("\x00", "")


def whole(value: object) -> int:
    """A small number, such as a reply of a server; 0 where it is none."""
    return value if type(value) is int and 0 <= value < 10_000 else 0


def address(value: object) -> str | None:
    found = word(value, _LONGEST_ADDRESS).strip()
    return found if "@" in found else None


def message_id(value: object) -> str | None:
    """Without its angle brackets."""
    found = word(value, _LONGEST_ID).strip("<> ")
    return found if found and len(found.encode()) <= _LONGEST_ID else None


def moment(value: object) -> datetime:
    """Of seconds since 1970. Raises ValueError."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < _END_OF_TIME:
        raise ValueError("no time")
    return datetime.fromtimestamp(value, UTC)


def arrived_at(told: Mapping[str, Any]) -> datetime:
    """When it came to us, of an event that was kept with that. Raises ValueError, KeyError, TypeError."""
    at = datetime.fromisoformat(told["arrived_at"])
    if at.tzinfo is None:
        raise ValueError("a time without a zone")
    return at.astimezone(UTC)


def cut(values: Mapping[str, Any], shape: Mapping[str, Any]) -> dict[str, Any]:
    """Only what `shape` names, and of that the beginning: objects by the shape of each, single values by None."""
    return {
        name: cut(part(values, name), within) if within is not None else _single(values[name])
        for name, within in shape.items()
        if name in values
    }


def _single(value: object) -> object:
    return words(value) if isinstance(value, str) else value if isinstance(value, (int, float)) else None
