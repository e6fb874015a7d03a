"""Writes entries into a ZIP: of each a folder with its message and its documents, and at the end an index of all of them.

Nothing but one document is in memory at a time. Python's own zipfile writes to a stream that cannot go back (decision 34).
"""

import hashlib
from collections.abc import Sequence
from typing import IO, Self
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from letterbook.domain.access import Viewer
from letterbook.domain.archive import (
    HTML,
    INDEX,
    TEXT,
    IndexRow,
    different,
    folder_of,
    index_of,
    page_of,
    safe_name,
    text_of,
)
from letterbook.domain.communication import Attachment, Communication, Entry
from letterbook.domain.errors import CorruptContent, NotFound
from letterbook.ports import World
from letterbook.use_cases.directory.documents import opener
from letterbook.use_cases.reading.read import get_visible

_GONE = "The entry is not there any more, or not yours to see."
_SPOILT = "What is kept is not what was kept: tell your administrator."
_CLOSED = "It is not open to you."


class EntryZip:
    """A ZIP that is being written to a stream; `document_bytes` is how much of it were documents before they were packed."""

    def __init__(self, world: World, viewer: Viewer, out: IO[bytes]) -> None:
        self._world = world
        self._viewer = viewer
        self._zone = world.settings.current().zone
        self._may_open = opener(world, viewer)
        self._zip = ZipFile(out, "w", ZIP_DEFLATED)
        self._rows: list[IndexRow] = []
        self.document_bytes = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Ends it with its index; one that failed is left as it is, for nobody to read."""
        try:
            if kind is None:
                self._write(INDEX, index_of(self._rows, self._zone))
                self._zip.close()
        finally:
            # Else zipfile writes an end to it whenever it is collected: to a stream that was given up, or is closed.
            self._zip.fp = None

    def add(self, communication_id: str) -> bool:
        """Whether the viewer sees it, so that it is in it. What of it is not in it is named in the index, with why."""
        try:
            communication = get_visible(self._world, self._viewer, communication_id)
        except NotFound:
            self._rows.append(IndexRow(entry_id=communication_id, note=_GONE))
            return False
        entry = communication.entry
        documents = entry.attachments
        message = self._message(communication)
        names = different([TEXT, HTML, *(safe_name(one.name) for one in documents)])
        for name, content in message:
            self._keep(entry, name, content)
        for name, document in zip(names[2:], documents, strict=True):
            self._add_document(entry, name, document)
        return True

    def _message(self, communication: Communication) -> Sequence[tuple[str, bytes]]:
        entry = communication.entry
        try:
            rendered = self._world.content_store.content(communication.content).rendered
        except CorruptContent:
            self._rows.append(IndexRow(entry_id=entry.id, entry=entry, note=_SPOILT))
            return ()
        text = (TEXT, text_of(entry, rendered, self._zone).encode(errors="replace"))
        return (text, (HTML, page_of(rendered.html))) if rendered.html else (text,)

    def _add_document(self, entry: Entry, name: str, document: Attachment) -> None:
        kept = self._world.documents.get(document.id)
        why = ""
        if kept is None or not self._may_open(kept):
            why = _CLOSED
        else:
            try:
                content = self._world.content_store.attachment(document)
            except CorruptContent:
                why = _SPOILT
        if why:
            self._rows.append(IndexRow(entry_id=entry.id, entry=entry, document=document.name, note=why))
            return
        self.document_bytes += len(content)
        self._keep(entry, name, content, document)

    def _keep(self, entry: Entry, name: str, content: bytes, document: Attachment | None = None) -> None:
        path = f"{folder_of(entry, self._zone)}/{name}"
        self._write(path, content)
        self._rows.append(
            IndexRow(
                entry_id=entry.id,
                entry=entry,
                document=document.name if document else "",
                file=path,
                sha256=hashlib.sha256(content).hexdigest(),
            )
        )

    def _write(self, path: str, content: bytes) -> None:
        # The firm's own clock: a ZIP says no zone with its times.
        info = ZipInfo(path, date_time=self._world.now().astimezone(self._zone).timetuple()[:6])
        info.compress_type = ZIP_DEFLATED
        info.external_attr = 0o644 << 16
        self._zip.writestr(info, content)
