"""What the ids in a record of what happened are called: people read names."""

from collections.abc import Mapping, Sequence

from letterbook.domain.access import Permission, Viewer
from letterbook.domain.history import AuditEvent
from letterbook.domain.ids import Kind, ids_in, is_id
from letterbook.ports import ActivityItem, World
from letterbook.use_cases.directory.related_records import visible_parties
from letterbook.use_cases.support.access import sees_case


def names_of(world: World, viewer: Viewer, happened: Sequence[ActivityItem]) -> Mapping[str, str]:
    """By id, the parties and cases that what was done to parties and cases tells of, as far as the viewer sees them; and the users.

    At most a request for each of the three kinds. Raises Forbidden.
    """
    viewer.require(Permission.READ)
    events = [one.row for one in happened if isinstance(one.row, AuditEvent)]
    ids = sorted({id_ for event in events for text in (event.note, *event.was.values()) for id_ in ids_in(text)})
    parties = [one for one in ids if is_id(Kind.PARTY, one)]
    case_ids = [one for one in ids if is_id(Kind.CASE, one)]
    names = {one: party.name for one, party in (visible_parties(world, viewer, parties) if parties else {}).items()}
    cases = world.cases.several(case_ids) if case_ids else ()
    names |= {one.id: one.reference for one in cases if sees_case(viewer, one)}
    users = world.users.all() if any(event.grantee for event in events) else ()
    return names | {one.id: one.name for one in users}
