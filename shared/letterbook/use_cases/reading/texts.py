"""The whole texts of entries of one list, several fetched at once: each lies in the content store by itself."""

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor

from letterbook.domain.access import Viewer
from letterbook.domain.communication import Entry
from letterbook.domain.errors import NotFound
from letterbook.domain.templates import Rendered
from letterbook.ports import World
from letterbook.use_cases.reading.read import get_visible

# Two requests for each entry; a page of a thread waits for three rounds of them.
_AT_ONCE = 8


def read_texts(world: World, viewer: Viewer, entries: Iterable[Entry]) -> Mapping[str, Rendered]:
    """By the ids of the entries; without those that are gone by now, or out of sight. Raises Forbidden, CorruptContent."""

    def read_one(entry: Entry) -> tuple[str, Rendered | None]:
        try:
            communication = get_visible(world, viewer, entry.id)
        except NotFound:
            return entry.id, None
        return entry.id, world.content_store.content(communication.content).rendered

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return {found: text for found, text in pool.map(read_one, entries) if text}
