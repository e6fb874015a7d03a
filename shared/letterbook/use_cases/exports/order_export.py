"""Orders a file of entries: named, or all that a filter means. What is ordered is settled now; it is made behind a queue."""

import logging
from collections.abc import Sequence

from letterbook.domain.access import Permission, Viewer
from letterbook.domain.communication import Entry
from letterbook.domain.errors import FieldError, Invalid
from letterbook.domain.exports import AVAILABLE, LOOK_AGAIN, MOST_BYTES, MOST_ENTRIES, Export, ExportFormat
from letterbook.domain.filters import Filters
from letterbook.domain.history import EXPORT_ORDERED, AuditEvent
from letterbook.domain.ids import Kind, new_id
from letterbook.ports import IdempotencyKey, World
from letterbook.use_cases.exports.read_export import read_export
from letterbook.use_cases.reading.every_entry import every_entry
from letterbook.use_cases.support.access import actor_of
from letterbook.use_cases.support.idempotency import idempotently

logger = logging.getLogger(__name__)


def order_export(
    world: World, viewer: Viewer, format_: ExportFormat, asked: Sequence[str] | Filters, key: IdempotencyKey | None
) -> tuple[Export, bool]:
    """The export as it stands, and whether the key had ordered it before.

    It will hold what the viewer sees now, as far as they still see it when it is made: whoever sees entries may take them away.
    Raises Forbidden; Invalid for ids that are not there, and for nothing or too much at once.
    """
    viewer.require(Permission.READ)

    def make() -> Export:
        entries = entries_to_take(world, viewer, format_, asked)
        now = world.now()
        export = Export(
            id=new_id(Kind.EXPORT, now),
            format=format_,
            user=viewer.id,
            name=viewer.name,
            role=viewer.role,
            rights=tuple(sorted(viewer.rights)),
            ordered_at=now,
            entries=len(entries),
            look_at=now + LOOK_AGAIN,
        )
        world.exports.order(export, [one.id for one in entries], _deed(viewer, export, entries), key)
        _enqueue(world, export)
        return export

    export, replayed = idempotently(world, key, Export, make, lambda made: read_export(world, viewer, made.id))
    return (read_export(world, viewer, export.id) if replayed else export), replayed


def entries_to_take(
    world: World, viewer: Viewer, format_: ExportFormat, asked: Sequence[str] | Filters
) -> Sequence[Entry]:
    """What an order would be of: at least one entry, and no more than fits. Raises as ordering does; writes nothing."""
    viewer.require(Permission.READ)
    if format_ not in AVAILABLE:
        words = "This is no format that can be made yet: ask for zip."
        raise Invalid(words, FieldError("format", "not_available", words))
    if isinstance(asked, Filters):
        field, entries = "filter", list(every_entry(world, viewer, asked, MOST_ENTRIES))
    else:
        field, entries = "ids", _named(world, viewer, asked)
    if not entries:
        raise Invalid("There is nothing to take away.", FieldError(field, "no_match", "No entry matches."))
    if sum(document.bytes for entry in entries for document in entry.attachments) > MOST_BYTES:
        fault = FieldError(field, "too_large", f"Their documents come to more than {MOST_BYTES // 1_000_000_000} GB.")
        raise Invalid("Name fewer: so much is not made at once.", fault)
    return entries


def _named(world: World, viewer: Viewer, ids: Sequence[str]) -> list[Entry]:
    """Raises Invalid where one is not there, or not the viewer's to see: nothing is left out without a word."""
    found = world.communications.entries(set(ids), now=True)
    entries = {one: entry for one, entry in found.items() if viewer.sees(entry.ownership)}
    faults = [
        FieldError(f"ids.{place}", "unknown_communication", "There is no such communication.")
        for place, one in enumerate(ids)
        if one not in entries
    ]
    if faults:
        raise Invalid("Not all of them are there.", *faults)
    return [entries[one] for one in dict.fromkeys(ids)]


def _deed(viewer: Viewer, export: Export, entries: Sequence[Entry]) -> AuditEvent:
    """Who took what away. It stands with the party or the case where all of it is of one."""
    parties = {one.party.id for one in entries}
    cases = {one.case.id if one.case else None for one in entries}
    return AuditEvent(
        about=export.id,
        at=export.ordered_at,
        actor=actor_of(viewer),
        event=EXPORT_ORDERED,
        note=f"{len(entries)} as {export.format.upper()}",
        party_id=parties.pop() if len(parties) == 1 else None,
        case_id=cases.pop() if len(cases) == 1 else None,
    )


def _enqueue(world: World, export: Export) -> None:
    """Never raises: it is ordered, and what does not reach the queue the sweep finds."""
    logger.info("export ordered", extra={"export_id": export.id, "entries": export.entries})
    try:
        world.queues.enqueue_export(export.id)
    except Exception:
        logger.exception("ordered, not set going: left to the sweep", extra={"export_id": export.id})
