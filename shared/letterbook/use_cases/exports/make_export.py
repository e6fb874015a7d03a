"""Makes a file that was ordered: a ZIP of entries, entry by entry, in constant memory.

A worker claims the order for some minutes and tells how far it is, which renews its claim. Where it dies, nothing of the file is
there; the queue or the sweep brings the order again, and another worker begins it anew. What comes twice is done once.
"""

import logging
from datetime import timedelta

from letterbook.domain.errors import ConcurrentUpdate
from letterbook.domain.exports import MOST_BYTES, Export, ExportFailure
from letterbook.ports import World
from letterbook.use_cases.exports.zip_entries import EntryZip
from letterbook.use_cases.support.access import viewer_who_ordered

logger = logging.getLogger(__name__)

_TOLD_EACH = timedelta(seconds=2)


def make_export(world: World, export_id: str) -> None:
    """Makes the file, unless that was done, is being done, or was in vain too often. Raises what may go well another time."""
    ordered = world.exports.get(export_id)
    export = ordered.claimed(world.now()) if ordered else None
    if export is None:
        logger.info("nothing to make", extra={"export_id": export_id})
        return
    try:
        world.exports.save(export)
        if export.is_open:
            export = _made(world, export)
            world.exports.save(export)
    except ConcurrentUpdate:
        logger.info("another worker has it", extra={"export_id": export_id})
        return
    what = {"status": export.status.value, "entries": export.made, "bytes": export.bytes}
    logger.info("export ended", extra={"export_id": export_id, **what})


class _TooLarge(Exception):
    """Documents were added meanwhile: as a draft can be amended."""


def _made(world: World, export: Export) -> Export:
    """The export with its file, or failed for good. Raises ConcurrentUpdate where another worker took it over."""
    viewer = viewer_who_ordered(world, user=export.user, name=export.name, role=export.role, rights=export.rights)
    # Each try has a file of its own: a worker that was taken for dead writes over nothing that another has finished.
    file = f"{export.id}/{export.tries}.zip"
    left_out: list[str] = []
    told_at = world.now()
    try:
        with world.export_files.write(file) as out:
            with EntryZip(world, viewer, out) as archive:
                for place, communication_id in enumerate(world.exports.entry_ids(export.id), start=1):
                    if not archive.add(communication_id):
                        left_out.append(communication_id)
                    if archive.document_bytes > MOST_BYTES:
                        raise _TooLarge
                    now = world.now()
                    if now - told_at >= _TOLD_EACH:
                        export, told_at = export.advanced(place, now), now
                        world.exports.save(export)
            size = out.tell()
    except _TooLarge:
        return export.failed(ExportFailure.TOO_LARGE)
    if len(left_out) == export.entries:
        return export.failed(ExportFailure.NOTHING_LEFT)
    return export.done(file, size, tuple(left_out))
