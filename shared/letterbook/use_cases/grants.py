"""Who sees what: grants of single parties and cases to users who do not see everything; and the users themselves."""

from letterbook.domain.access import Grant, Right, Viewer
from letterbook.domain.errors import Fault, Invalid, NotFound
from letterbook.ports import Page, User, World
from letterbook.use_cases.paging import paged


def put_grant(world: World, viewer: Viewer, grant: Grant) -> Grant:
    """Raises Invalid for a user, party or case that is not there."""
    viewer.require(Right.GRANTS)
    faults = []
    if grant.user not in {user.id for user in world.users.all()}:
        faults.append(Fault("user", "unknown_user", "There is no such user."))
    if grant.party_id and world.directory.party(grant.party_id) is None:
        faults.append(Fault("party_id", "unknown_party", "There is no such party."))
    if grant.case_id and world.directory.case(grant.case_id) is None:
        faults.append(Fault("case_id", "unknown_case", "There is no such case."))
    if faults:
        raise Invalid("The grant names things that are not there.", *faults)
    world.directory.save_grant(grant)
    return grant


def list_grants(world: World, viewer: Viewer, user: str | None, *, limit: int, after: str | None) -> Page[Grant]:
    """By user."""
    viewer.require(Right.GRANTS)
    return paged(world.directory.grants(user), lambda one: f"{one.user} {one.target}", limit=limit, after=after)


def remove_grant(world: World, viewer: Viewer, grant: Grant) -> None:
    """Raises NotFound when there is no such grant."""
    viewer.require(Right.GRANTS)
    if grant.target not in {one.target for one in world.directory.grants(grant.user)}:
        raise NotFound("There is no such grant.")
    world.directory.remove_grant(grant)


def list_users(world: World, viewer: Viewer, *, limit: int, after: str | None) -> Page[User]:
    """By name."""
    viewer.require(Right.USERS)
    return paged(world.users.all(), lambda one: f"{one.name.casefold()} {one.id}", limit=limit, after=after)
