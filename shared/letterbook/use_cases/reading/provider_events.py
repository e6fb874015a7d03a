"""What the providers told us of an entry, as it came: kept for some weeks, for whoever doubts what was made of it."""

import json
from collections.abc import Sequence

from letterbook.domain.access import Permission, Viewer
from letterbook.ports import World
from letterbook.use_cases.reading.read import get_visible


def raw_events(world: World, viewer: Viewer, communication_id: str) -> Sequence[str]:
    """In no order, each as JSON set out to be read, or as it is where it is none. Raises Forbidden, NotFound."""
    viewer.require(Permission.READ)
    get_visible(world, viewer, communication_id)
    return [_set_out(one) for one in world.communications.raw_events(communication_id)]


def _set_out(raw: str) -> str:
    try:
        return json.dumps(json.loads(raw), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return raw
