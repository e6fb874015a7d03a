"""The activity of a case or a party: everything that happened, by whom, in audit detail; and the timeline of what matters most."""

from collections.abc import Mapping, Sequence

from letterbook.domain.access import Permission, Viewer
from letterbook.domain.communication import Entry
from letterbook.domain.filters import Filters
from letterbook.domain.history import EXPORT_ORDERED, AuditEvent, HistoryRow
from letterbook.domain.status import Status, StatusGroup
from letterbook.ports import ActivityItem, ActivityScope, Page, World
from letterbook.use_cases.reading.list_communications import list_communications
from letterbook.use_cases.reading.pages import read_until_full
from letterbook.use_cases.reading.search import EntryPage
from letterbook.use_cases.support.access import visible_case, visible_party


def activity(
    world: World, viewer: Viewer, scope: ActivityScope, *, limit: int, after: str | None
) -> Page[ActivityItem]:
    """Newest first. A page may be short, where it holds what the viewer may not see, and still have one behind it.

    Raises Forbidden, NotFound.
    """
    viewer.require(Permission.READ)
    if scope.case_id:
        visible_case(world, viewer, scope.case_id)
    if scope.party_id:
        visible_party(world, viewer, scope.party_id)
    return read_until_full(
        lambda on: world.communications.activity(scope, after=on, limit=limit),
        lambda happened: _seen(world, viewer, scope, happened),
        lambda one: one.place,
        limit=limit,
        after=after,
    )


def entries_of(world: World, viewer: Viewer, items: Sequence[ActivityItem]) -> Mapping[str, Entry]:
    """The entries that some of the activity is about, by id: those that there are and that the viewer sees. Raises Forbidden."""
    viewer.require(Permission.READ)
    ids = {one.about for one in items if isinstance(one.row, HistoryRow)}
    entries = world.communications.entries(ids) if ids else {}
    return {one: entry for one, entry in entries.items() if viewer.sees(entry.ownership)}


def timeline(world: World, viewer: Viewer, filters: Filters, *, limit: int, after: str | None) -> EntryPage:
    """The major events of a party, contact or case, newest first.

    Major is what reached the other side or came from it, what was agreed, and what failed: messages that were sent or failed, what
    was received, calls and meetings. Drafts, notes, and what was skipped, cancelled or still waits are not.
    """
    if filters.concerning:
        visible_party(world, viewer, filters.concerning)
    for case_id in filters.cases:
        visible_case(world, viewer, case_id)
    page = read_until_full(
        lambda on: _majors(world, viewer, filters, limit=limit, after=on), lambda entries: entries, lambda one: one.id,
        limit=limit, after=after,
    )  # fmt: skip
    return EntryPage(items=page.items, after=page.after)


def _majors(world: World, viewer: Viewer, filters: Filters, *, limit: int, after: str | None) -> Page[Entry]:
    listed = list_communications(world, viewer, filters, limit=limit, after=after)
    return Page(items=[one for one in listed.items if is_major(one)], after=listed.after)


def is_major(entry: Entry) -> bool:
    if entry.group is StatusGroup.LOGGED:
        return not entry.channel.spec.is_internal
    return entry.group in (StatusGroup.SUCCESSFUL, StatusGroup.FAILED) or entry.status is Status.SENT


def _seen(world: World, viewer: Viewer, scope: ActivityScope, happened: Sequence[ActivityItem]) -> list[ActivityItem]:
    """What the viewer may see of it.

    What became of a communication is seen with it; of a deleted one by who may read the audit. What was done to a party is seen by
    who was granted it: not by who sees a creditor only through a case.
    """
    ids = {one.about for one in happened if isinstance(one.row, HistoryRow)}
    entries = world.communications.entries(ids) if ids else {}
    seen = {one for one, entry in entries.items() if viewer.sees(entry.ownership)}
    audits = viewer.sight is None and viewer.may(Permission.READ_AUDIT)
    gone = ids - set(entries) if audits else set()
    whole = scope.case_id is not None or viewer.granted_party(scope.party_id or "")
    told = {False: whole, True: audits}
    return [
        one
        for one in happened
        if (told[one.row.event == EXPORT_ORDERED] if isinstance(one.row, AuditEvent) else one.about in seen | gone)
    ]
