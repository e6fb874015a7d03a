"""How some entries stand at this moment, by their ids: for a page that shows them already."""

from collections.abc import Iterable, Sequence

from letterbook.domain.access import Permission, Viewer
from letterbook.domain.communication import Entry
from letterbook.ports import World
from letterbook.use_cases.reading.present_decisions import with_present_decisions


def current_entries(world: World, viewer: Viewer, communication_ids: Iterable[str]) -> Sequence[Entry]:
    """Those that there are and that the viewer may see. Raises Forbidden."""
    viewer.require(Permission.READ)
    ids = list(dict.fromkeys(communication_ids))
    entries = world.communications.entries(ids, now=True) if ids else {}
    seen = [entries[one] for one in ids if one in entries and viewer.sees(entries[one].ownership)]
    return with_present_decisions(world, seen)
