"""Events that a vendor posts many at a time, as a JSON array: each becomes a message of a queue."""

import json
from collections.abc import Mapping
from typing import Any

from letterbook.adapters.providers.event_values import cut
from letterbook.domain.errors import Malformed

# An event is a kilobyte. A queue takes 256 KiB, and quotes what it takes.
_LONGEST = 100_000


def events_in(body: bytes, needed: Mapping[str, Any]) -> tuple[str, ...]:
    """Each as it came; of one that no queue would take the beginnings of what is `needed`, and how long it was.

    `needed` is a shape, see event_values.cut. Raises Malformed for what is no array of objects.
    """
    try:
        posted = json.loads(body)
    except (ValueError, RecursionError):
        raise Malformed("This is no JSON.") from None
    if not isinstance(posted, list) or not all(isinstance(one, dict) for one in posted):
        raise Malformed("Events are an array of objects.")
    try:
        return tuple(_quoted(one, needed) for one in posted)
    except (ValueError, RecursionError):
        raise Malformed("This is nested too deeply.") from None


def _quoted(event: dict[str, Any], needed: Mapping[str, Any]) -> str:
    raw = json.dumps(event)
    return raw if len(raw) <= _LONGEST else json.dumps({**cut(event, needed), "cut_from_characters": len(raw)})
