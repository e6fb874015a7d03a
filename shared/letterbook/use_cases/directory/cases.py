"""Cases and projects: matters run on behalf of parties, with creditors on the other side."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from letterbook.domain.access import Grant, Permission, Viewer
from letterbook.domain.directory_terms import has_words
from letterbook.domain.errors import FieldError, Forbidden, Invalid
from letterbook.domain.history import AuditEvent, previous_values
from letterbook.domain.ids import Kind, new_id
from letterbook.domain.merge import ids_after
from letterbook.domain.party import Case, Party
from letterbook.domain.search_terms import Query
from letterbook.ports import IdempotencyKey, Page, World
from letterbook.use_cases.reading.pages import newest_first
from letterbook.use_cases.support.access import (
    NOT_YOURS,
    actor_of,
    case_to_change,
    must_stand,
    sees_party,
    standing_party,
    visible_case,
    visible_cases,
)
from letterbook.use_cases.support.idempotency import idempotently
from letterbook.use_cases.support.optimistic_lock import update_versioned

# Whoever is exchanged for whom, it is one transaction of at most a hundred writes.
_MOST_PARTIES = 40


def create_case(world: World, viewer: Viewer, draft: Case, key: IdempotencyKey | None) -> tuple[Case, bool]:
    """Opens a case. Raises Invalid for parties that are not there, or not seen."""
    viewer.require(Permission.RECORDS)

    def make() -> Case:
        case = _with_client(world, viewer, replace(draft, id=new_id(Kind.CASE, draft.created_at)))
        grant = Grant(user=viewer.id, case_id=case.id) if viewer.sight is not None else None
        world.cases.save(case, None, _deed(world, viewer, case, "case opened"), key, grant)
        return case

    return idempotently(world, key, Case, make, lambda made: visible_case(world, viewer, made.id))


def amend_case(world: World, viewer: Viewer, case_id: str, version: int | None, change: Callable[[Case], Case]) -> Case:
    """Raises Forbidden, NotFound, PreconditionFailed, and Invalid for parties that are not there, or not seen."""

    def save(after: Case, before: Case) -> None:
        event = _deed(world, viewer, after, "case amended", previous_values(before, after))
        world.cases.save(after, before, event)

    return update_versioned(
        version,
        lambda: case_to_change(world, viewer, case_id),
        lambda before: _with_client(world, viewer, change(before), before),
        save,
    )


def list_cases(
    world: World,
    viewer: Viewer,
    party_id: str | None,
    *,
    limit: int,
    after: str | None,
    words: str = "",
    visible: Sequence[Case] | None = None,
    seen: Party | None = None,
) -> Page[Case]:
    """Newest first; those of one party only, on whichever side, where it is named. `seen` is that party, where it was looked at.

    `words` begin words of the reference, the title or the client's name; all must. `visible` are those that the viewer sees, where
    they were read before.
    """
    viewer.require(Permission.READ)
    page = _listed(world, viewer, party_id, limit=limit, after=after, words=words, visible=visible)
    if party_id and not page.items and after is None and seen is None:
        must_stand(world, viewer, [party_id])
    return page


def _listed(
    world: World,
    viewer: Viewer,
    party_id: str | None,
    *,
    limit: int,
    after: str | None,
    words: str,
    visible: Sequence[Case] | None,
) -> Page[Case]:
    if viewer.sight is None and not words.strip():
        return world.cases.page(party_id, below=after, limit=limit)
    query = Query.of(words, world.settings.current().country) if words.strip() else None
    if viewer.sight is None and party_id is None and query:
        return world.cases.found(query, below=after, limit=limit)
    if visible is None:
        visible = visible_cases(world, viewer) if viewer.sight is not None else world.cases.of_party(party_id or "")
    of = [case for case in visible if party_id is None or party_id in case.party_and_creditor_ids]
    return newest_first((case for case in of if query is None or has_words(case, query)), limit=limit, after=after)


def _with_client(world: World, viewer: Viewer, case: Case, before: Case | None = None) -> Case:
    """The case with its client's name as it is now, once every party on it is known to be there.

    Who stands on it decides who sees what: whoever comes, goes, or becomes its client must be the viewer's to change. Raises
    Invalid, Forbidden.
    """
    if len(case.party_and_creditor_ids) > _MOST_PARTIES:
        many = FieldError("party_ids", "too_long", f"A case has at most {_MOST_PARTIES} parties, creditors included.")
        raise Invalid("There are too many parties on the case.", many)
    parties = {party.id: party for party in world.parties.several(case.party_and_creditor_ids)}
    for party in parties.values():
        if party.merged_into:
            # Whoever names the old record means the one that remains.
            standing = standing_party(world, party.id)
            case = replace(
                case,
                party_ids=ids_after(case.party_ids, party.id, standing.id if standing else party.id),
                creditor_ids=ids_after(case.creditor_ids, party.id, standing.id if standing else party.id),
            )
    parties |= {one.id: one for one in world.parties.several(case.party_and_creditor_ids - parties.keys())}
    faults = [
        FieldError(f"{field}.{place}", "unknown_party", "There is no such party.")
        for field, ids in (("party_ids", case.party_ids), ("creditor_ids", case.creditor_ids))
        for place, party_id in enumerate(ids)
        if party_id not in parties or not sees_party(world, viewer, party_id)
    ]
    if faults:
        raise Invalid("The case names parties that are not there.", *faults)
    if foreign := _foreign(viewer, before, case):
        told = "Only who was granted a party itself puts it on a case, or takes it off."
        raise Forbidden(told, *(FieldError(field, "forbidden", NOT_YOURS) for field in foreign))
    return replace(case, client_name=parties[case.party_ids[0]].name if case.party_ids else "")


def _foreign(viewer: Viewer, before: Case | None, after: Case) -> list[str]:
    """The sides on which somebody's place changes who is not the viewer's to change."""
    client_changes = {before.client_id if before else None, after.client_id}
    moved = {
        "party_ids": set(before.party_ids if before else ()) ^ set(after.party_ids),
        "creditor_ids": set(before.creditor_ids if before else ()) ^ set(after.creditor_ids),
    }
    if len(client_changes) > 1:
        moved["party_ids"] |= {one for one in client_changes if one}
    return [side for side, ids in moved.items() if not all(viewer.changes_party(one) for one in ids)]


def _deed(world: World, viewer: Viewer, case: Case, event: str, was: dict[str, str] | None = None) -> AuditEvent:
    """It stands in the client's activity log, too."""
    return AuditEvent(
        about=case.id,
        at=world.now(),
        actor=actor_of(viewer),
        event=event,
        note=case.reference,
        party_id=case.client_id,
        case_id=case.id,
        was=was or {},
    )
