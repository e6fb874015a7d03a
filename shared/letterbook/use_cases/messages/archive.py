"""Entries to take away: a ZIP with their texts and their documents, made where downloads lie, for as long as uploads do there."""

import hashlib
import io
import logging
import zipfile
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from letterbook.domain.access import Permission, Viewer
from letterbook.domain.archive import (
    CONTENTS,
    HTML,
    TEXT,
    Missing,
    contents,
    different,
    folder_of,
    page_of,
    safe_name,
    text_of,
)
from letterbook.domain.communication import Attachment, Entry
from letterbook.domain.errors import NotFound
from letterbook.domain.ids import Kind, new_id
from letterbook.domain.party import Document
from letterbook.ports import World
from letterbook.use_cases.directory.documents import opener
from letterbook.use_cases.reading.texts import read_texts

logger = logging.getLogger(__name__)

# What a function makes within its memory and its 30 seconds; texts have a size of their own, 1 MB at most.
MOST_ENTRIES, MOST_BYTES = 100, 40_000_000
_AT_ONCE = 8
_TOO_MUCH = f"an archive holds {MOST_BYTES // 1_000_000} MB of documents"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivePlan:
    """What goes into an archive: entries, and of each the documents that the viewer may open; and what is left out."""

    entries: Sequence[Entry]
    documents: Sequence[tuple[Entry, Attachment]]
    missing: Sequence[Missing]

    @property
    def bytes(self) -> int:
        return sum(one.bytes for _, one in self.documents)


def plan_archive(world: World, viewer: Viewer, entries: Sequence[Entry]) -> ArchivePlan:
    """Of entries that the viewer sees, the first so many, and of their documents as many as fit. Raises Forbidden, NotFound."""
    viewer.require(Permission.READ)
    seen = [one for one in entries if viewer.sees(one.ownership)]
    if not seen:
        raise NotFound("There is nothing to download.")
    taken = seen[:MOST_ENTRIES]
    missing = [
        Missing(one.subject or one.preview, f"an archive holds {MOST_ENTRIES} entries") for one in seen[MOST_ENTRIES:]
    ]
    open_ids = _open_to(world, viewer, {one.id for entry in taken for one in entry.attachments})
    documents: list[tuple[Entry, Attachment]] = []
    room = MOST_BYTES
    for entry in taken:
        for attachment in entry.attachments:
            if attachment.id not in open_ids:
                missing.append(Missing(attachment.name, "it is not open to you"))
            elif attachment.bytes > room:
                missing.append(Missing(attachment.name, _TOO_MUCH))
            else:
                documents.append((entry, attachment))
                room -= attachment.bytes
    return ArchivePlan(entries=taken, documents=documents, missing=missing)


def _open_to(world: World, viewer: Viewer, document_ids: Collection[str]) -> frozenset[str]:
    """Those that the viewer may open. Each document is asked for once, however many entries have it, and several at once."""
    may_open = opener(world, viewer)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        found = [*pool.map(world.documents.get, document_ids)]
    return frozenset(one.id for one in found if one and may_open(one))


def make_archive(world: World, viewer: Viewer, plan: ArchivePlan) -> str:
    """Where the archive can be fetched for minutes. Raises Forbidden, CorruptContent."""
    packed = _packed(world, viewer, plan)
    now = world.now()
    # It is no document of anybody's: nothing refers to it but the address that is handed out.
    parcel = Document(
        id=new_id(Kind.DOCUMENT, now),
        name=f"Letterbook {now:%Y-%m-%d}.zip",
        media_type="application/zip",
        bytes=len(packed),
        created_by=viewer.id,
        created_at=now,
    )
    staged = world.content_store.stage(parcel, packed)
    logger.info("archive made", extra={"entries": len(plan.entries), "bytes": len(packed)})
    return world.content_store.download_url(replace(parcel, staged_version=staged.object_version))


def _packed(world: World, viewer: Viewer, plan: ArchivePlan) -> bytes:
    zone = world.settings.current().zone
    texts = read_texts(world, viewer, plan.entries)
    entries = [one for one in plan.entries if one.id in texts]
    folders = dict(zip((one.id for one in entries), different(folder_of(one, zone) for one in entries), strict=True))
    of_entry = {one.id: [file for entry, file in plan.documents if entry.id == one.id] for one in entries}
    written: list[tuple[str, str]] = []
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive, ThreadPoolExecutor(_AT_ONCE) as pool:

        def write(path: str, content: bytes) -> None:
            archive.writestr(path, content)
            written.append((path, hashlib.sha256(content).hexdigest()))

        for entry in entries:
            rendered = texts[entry.id]
            files = of_entry[entry.id]
            names = different([TEXT, *([HTML] if rendered.html else []), *(safe_name(one.name) for one in files)])
            parts = [text_of(entry, rendered, zone).encode(), *([page_of(rendered.html)] if rendered.html else [])]
            fetched: Iterator[bytes] = pool.map(world.content_store.attachment, files)
            for name, content in zip(names, (*parts, *fetched), strict=True):
                write(f"{folders[entry.id]}/{name}", content)
        archive.writestr(CONTENTS, contents(world.settings.current().name, world.now(), zone, written, plan.missing))
    return packed.getvalue()
