"""Who sees what: grants of single parties and cases to users who do not see everything; and the users themselves."""

from dataclasses import replace

from letterbook.domain.access import Grant, Permission, Viewer
from letterbook.domain.errors import FieldError, Invalid, NotFound, PartyMerged
from letterbook.domain.history import GRANT_REMOVED, GRANTED, AuditEvent
from letterbook.ports import Page, User, World
from letterbook.use_cases.reading.pages import slice_page
from letterbook.use_cases.support.access import actor_of, standing_party


def put_grant(world: World, viewer: Viewer, grant: Grant) -> Grant:
    """Raises Invalid for a user, party or case that is not there. Nobody opens to anybody what they may not read themselves."""
    viewer.require(Permission.GRANTS)
    if grant.restricted:
        viewer.require(Permission.READ_RESTRICTED)
    faults = []
    if grant.user not in {user.id for user in world.users.all()}:
        faults.append(FieldError("user", "unknown_user", "There is no such user."))
    party = standing_party(world, grant.party_id) if grant.party_id else None
    if grant.party_id and party and party.id != grant.party_id:
        raise PartyMerged(grant.party_id, party.id)
    if grant.party_id and party is None:
        faults.append(FieldError("party_id", "unknown_party", "There is no such party."))
    if grant.case_id and world.cases.get(grant.case_id) is None:
        faults.append(FieldError("case_id", "unknown_case", "There is no such case."))
    if faults:
        raise Invalid("The grant names things that are not there.", *faults)
    world.grants.save(grant, _deed(world, viewer, grant, GRANTED))
    return grant


def list_grants(world: World, viewer: Viewer, user: str | None, *, limit: int, after: str | None) -> Page[Grant]:
    """By user. Read by who gives them, and by who looks after what others do."""
    viewer.require_any(Permission.GRANTS, Permission.READ_AUDIT)
    return slice_page(world.grants.of_user(user), lambda one: f"{one.user} {one.target}", limit=limit, after=after)


def remove_grant(world: World, viewer: Viewer, grant: Grant) -> None:
    """Raises NotFound when there is no such grant."""
    viewer.require(Permission.GRANTS)
    if grant.target not in {one.target for one in world.grants.of_user(grant.user)}:
        raise NotFound("There is no such grant.")
    world.grants.remove(grant, _deed(world, viewer, grant, GRANT_REMOVED))


def list_users(world: World, viewer: Viewer, *, limit: int, after: str | None) -> Page[User]:
    """By name, each with what they are on letters."""
    viewer.require_any(Permission.USERS, Permission.READ_AUDIT)
    titles = world.job_titles.all()
    users = [replace(one, job_title=titles.get(one.id, "")) for one in world.users.all()]
    return slice_page(users, lambda one: f"{one.name.casefold()} {one.id}", limit=limit, after=after)


def _deed(world: World, viewer: Viewer, grant: Grant, event: str) -> AuditEvent:
    note = f"{grant.user}, restricted entries too" if grant.restricted else grant.user
    return AuditEvent(
        about=grant.target,
        at=world.now(),
        actor=actor_of(viewer),
        event=event,
        note=note,
        party_id=grant.party_id,
        case_id=grant.case_id,
    )
