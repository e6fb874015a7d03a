"""The parties and cases that belong to what a viewer sees: read together, for a page that names them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from letterbook.domain.access import Grant, Ownership, Permission, Viewer
from letterbook.domain.communication import Entry
from letterbook.domain.party import Case, Party
from letterbook.domain.subjects import RegardedRecord
from letterbook.domain.threads import Thread
from letterbook.domain.words import fold
from letterbook.ports import World
from letterbook.use_cases.directory.subjects import read_subject
from letterbook.use_cases.support.access import sees_case, sees_party, visible_cases


def visible_parties(world: World, viewer: Viewer, party_ids: Iterable[str]) -> Mapping[str, Party]:
    """Those that there are and that the viewer sees, by id, in the order of the ids. Raises Forbidden."""
    viewer.require(Permission.READ)
    ids = list(dict.fromkeys(party_ids))
    parties = _parties(world, ids)
    return {one: parties[one] for one in ids if one in parties and sees_party(world, viewer, one)}


def parties_of(world: World, viewer: Viewer, owners: Iterable[Ownership]) -> Mapping[str, Party]:
    """Whom entries, threads and to-dos are with, by id: who sees one of these may read its party's name. Raises Forbidden."""
    viewer.require(Permission.READ)
    return _parties(world, (one.party_id for one in owners if viewer.sees(one)))


def parties_on_case(world: World, viewer: Viewer, case: Case) -> Mapping[str, Party]:
    """Both sides of a case, by id: nobody where the viewer does not see the case. Raises Forbidden."""
    viewer.require(Permission.READ)
    return _parties(world, case.party_and_creditor_ids if sees_case(viewer, case) else ())


def party_and_case_of(world: World, viewer: Viewer, thread: Thread) -> tuple[Party | None, Case | None]:
    """Whom a thread is with and which case it belongs to: neither where the viewer does not see the thread. Raises Forbidden."""
    viewer.require(Permission.READ)
    if not viewer.sees(thread.owned):
        return None, None
    case = world.cases.get(thread.case_id) if thread.case_id else None
    return _parties(world, [thread.party_id]).get(thread.party_id), case


# So many of one name are told apart by their cases, by so many of them.
_MOST_EQUALS, _CASES_OF_EACH = 12, 2


def cases_of_equals(world: World, viewer: Viewer, parties: Sequence[Party]) -> Mapping[str, Sequence[Case]]:
    """The newest cases of each of those that are called as another of them is, by the party's id. Raises Forbidden.

    One request for each, and for nobody where all names differ.
    """
    viewer.require(Permission.READ)
    called = Counter(fold(one.name) for one in parties)
    equals = [one.id for one in parties if called[fold(one.name)] > 1][:_MOST_EQUALS]
    if viewer.sight is None:
        return {one: world.cases.page(one, below=None, limit=_CASES_OF_EACH).items for one in equals}
    seen = sorted(visible_cases(world, viewer) if equals else (), key=lambda case: case.id, reverse=True)
    return {one: [case for case in seen if one in case.party_and_creditor_ids][:_CASES_OF_EACH] for one in equals}


def candidates_of(world: World, viewer: Viewer, entry: Entry) -> Sequence[Party]:
    """The parties that an entry may be from, in the order in which they had the address.

    Who sees the entry sees all of them, and who does not sees none. Raises Forbidden.
    """
    viewer.require(Permission.READ)
    parties = _parties(world, entry.candidates if viewer.sees(entry.ownership) else ())
    return [parties[one] for one in entry.candidates if one in parties]


def read_subject_and_party(
    world: World, viewer: Viewer, type_: str, subject_id: str, parties: Sequence[str] = ()
) -> tuple[RegardedRecord, Party | None]:
    """A subject as `read_subject` chooses it, and whose it is. Raises Forbidden, NotFound."""
    subject = read_subject(world, viewer, type_, subject_id, parties)
    owner = subject.party_id
    return subject, _parties(world, [owner]).get(owner) if owner else None


def granted_records(
    world: World, viewer: Viewer, grants: Iterable[Grant]
) -> tuple[Mapping[str, Party], Mapping[str, Case]]:
    """What grants are of, by id: in a request for the parties and one for the cases. Raises Forbidden."""
    viewer.require_any(Permission.GRANTS, Permission.READ_AUDIT)
    granted = list(grants)
    case_ids = sorted({one.case_id for one in granted if one.case_id})
    cases = {one.id: one for one in world.cases.several(case_ids)} if case_ids else {}
    return _parties(world, (one.party_id for one in granted if one.party_id)), cases


def _parties(world: World, party_ids: Iterable[str]) -> dict[str, Party]:
    """In one request; in none where there is nobody to ask for."""
    ids = sorted(set(party_ids))
    return {one.id: one for one in world.parties.several(ids)} if ids else {}
