"""Who is asking, and which parties and cases they may look up and change."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from letterbook.domain.access import Permission, Viewer, VisibleScope, permissions_of
from letterbook.domain.communication import Actor
from letterbook.domain.errors import Forbidden, NotFound, PartyMerged
from letterbook.domain.party import Case, Party
from letterbook.ports import World

if TYPE_CHECKING:
    from letterbook.domain.subjects import RegardedRecord


def viewer_of(world: World, *, user: str, name: str, groups: frozenset[str]) -> Viewer:
    """The viewer with what was granted to them; who may read everything, restricted or not, needs none."""
    role, rights = permissions_of(groups)
    needs = bool(rights) and not {Permission.READ_ALL, Permission.READ_RESTRICTED} <= rights
    grants = world.grants.of_user(user) if needs else ()
    sight = None if Permission.READ_ALL in rights else VisibleScope.of(grants)
    opened = frozenset(one.target for one in grants if one.restricted)
    return Viewer(id=user, name=name, role=role, rights=rights, sight=sight, unrestricted=opened)


def viewer_who_ordered(world: World, *, user: str, name: str, role: str, rights: Iterable[str]) -> Viewer:
    """Whoever ordered what is done later: with the rights that they had then, and what is granted to them by now."""
    held = frozenset(Permission(one) for one in rights)
    grants = world.grants.of_user(user)
    return Viewer(
        id=user,
        name=name,
        role=role,
        rights=held,
        sight=None if Permission.READ_ALL in held else VisibleScope.of(grants),
        unrestricted=frozenset(one.target for one in grants if one.restricted),
    )


def actor_of(viewer: Viewer) -> Actor:
    return Actor(id=viewer.id, name=viewer.name, role=viewer.role)


def sees_case(viewer: Viewer, case: Case) -> bool:
    return viewer.sees_case(case.id, case.client_id)


def sees_party(world: World, viewer: Viewer, party_id: str) -> bool:
    """A party is seen by its own grant, and whoever is on a case in sight: one must be able to write to them."""
    if viewer.granted_party(party_id):
        return True
    return any(party_id in case.party_and_creditor_ids for case in visible_cases(world, viewer))


def sees_subject(world: World, viewer: Viewer, subject: "RegardedRecord") -> bool:
    """A subject of nobody is seen by whoever sees everybody."""
    if viewer.sight is None:
        return True
    return subject.party_id is not None and sees_party(world, viewer, subject.party_id)


def visible_cases(world: World, viewer: Viewer) -> list[Case]:
    """The granted cases and those of granted parties. For who has few grants: it asks once for each granted party."""
    if viewer.sight is None:
        raise ValueError("asked for the cases of somebody who sees all")
    cases = {case.id: case for case in world.cases.several(viewer.sight.cases)}
    for party_id in viewer.sight.parties:
        cases |= {case.id: case for case in world.cases.of_party(party_id) if sees_case(viewer, case)}
    return list(cases.values())


def visible_party_ids(world: World, viewer: Viewer, cases: Iterable[Case] | None = None) -> frozenset[str] | None:
    """None for who sees everybody; `cases` are the visible ones, where they were read before."""
    if viewer.sight is None:
        return None
    on = visible_cases(world, viewer) if cases is None else cases
    return viewer.sight.parties.union(*(case.party_and_creditor_ids for case in on))


def visible_party(world: World, viewer: Viewer, party_id: str) -> Party:
    """Raises Forbidden, NotFound, or PartyMerged for one that is another record by now, which the viewer sees."""
    viewer.require(Permission.READ)
    return required_party(world, viewer, party_id, standing_party(world, party_id))


def required_party(world: World, viewer: Viewer, party_id: str, found: Party | None) -> Party:
    """The party that was `found` for an id, as it stands now. Raises as `visible_party` does."""
    if found is None or not sees_party(world, viewer, found.id):
        raise NotFound("There is no such party.")
    if found.id != party_id:
        raise PartyMerged(party_id, found.id)
    return found


def standing_party(world: World, party_id: str) -> Party | None:
    """The party of that id; of one that was merged, the record that remains."""
    party = world.parties.get(party_id)
    while party and party.merged_into:
        party = world.parties.get(party.merged_into)
    return party


def named_party(world: World, viewer: Viewer, party_id: str) -> Party | None:
    """The party that a request names, if the viewer sees it. Raises PartyMerged."""
    try:
        return required_party(world, viewer, party_id, standing_party(world, party_id))
    except NotFound:
        return None


def must_stand(world: World, viewer: Viewer, party_ids: Iterable[str | None]) -> None:
    """Asked where nothing was found of these parties, whoever they are. Raises PartyMerged where one is another record by now."""
    for party in world.parties.several({one for one in party_ids if one}):
        if party.merged_into:
            named_party(world, viewer, party.id)


def visible_case(world: World, viewer: Viewer, case_id: str) -> Case:
    """Raises Forbidden or NotFound."""
    viewer.require(Permission.READ)
    case = world.cases.get(case_id)
    if case is None or not sees_case(viewer, case):
        raise NotFound("There is no such case.")
    return case


NOT_YOURS = "You see this party through a case only: whoever was granted the party itself may change it."


def party_to_change(world: World, viewer: Viewer, party_id: str) -> Party:
    """Raises NotFound for one that is not seen, Forbidden for one that is seen through a case only."""
    viewer.require(Permission.RECORDS)
    party = visible_party(world, viewer, party_id)
    if not viewer.changes_party(party_id):
        raise Forbidden(NOT_YOURS)
    return party


def case_to_change(world: World, viewer: Viewer, case_id: str) -> Case:
    """Raises NotFound for one that is not seen, Forbidden for one that is seen through its client only."""
    viewer.require(Permission.RECORDS)
    case = visible_case(world, viewer, case_id)
    if not viewer.changes_case(case_id):
        raise Forbidden("You see this case through its client only: whoever was granted the case itself may change it.")
    return case
