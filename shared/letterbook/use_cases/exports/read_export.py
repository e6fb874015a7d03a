"""Reads exports: each is its orderer's alone, and its file is given out as long as they see all that is in it."""

from collections.abc import Sequence

from letterbook.domain.access import Permission, Viewer
from letterbook.domain.errors import Conflict, NotFound
from letterbook.domain.exports import Export, ExportStatus
from letterbook.ports import World

_NOT_YOURS_ANY_MORE = "Something in it is not there any more, or not yours to see. Order it again."


def read_export(world: World, viewer: Viewer, export_id: str) -> Export:
    """Raises Forbidden, NotFound: also for another's, and for one that has expired."""
    viewer.require(Permission.READ)
    export = world.exports.get(export_id)
    if export is None or export.user != viewer.id:
        raise NotFound("There is no such export, or it has expired.")
    return export


def list_exports(world: World, viewer: Viewer) -> Sequence[Export]:
    """The viewer's own, the newest first. Raises Forbidden."""
    viewer.require(Permission.READ)
    return world.exports.of_user(viewer.id)


def export_url(world: World, viewer: Viewer, export: Export) -> str:
    """Where the file can be fetched for minutes.

    Raises Conflict: `not_done`; `out_of_sight` where an entry in it is gone since, or out of the viewer's sight: a file that was
    made for somebody does not outlive their right to it.
    """
    if export.status is not ExportStatus.DONE:
        raise Conflict("It is not made yet.", code="not_done")
    ids = [one for one in world.exports.entry_ids(export.id) if one not in export.left_out]
    entries = world.communications.entries(ids)
    if not all(one in entries and viewer.sees(entries[one].ownership) for one in ids):
        raise Conflict(_NOT_YOURS_ANY_MORE, code="out_of_sight")
    return world.export_files.url(export.file, f"Letterbook {export.ordered_at:%Y-%m-%d %H%M}.zip")
