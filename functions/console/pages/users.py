"""Who works here, in which role, and what was granted to each who does not see everything."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from console.app.routing import PageRequest, PageResponse, page, pages, redirect
from console.forms.errors import NONE, Faults, faults_of, wrong
from console.forms.outcome import outcome
from console.forms.parsing import parse
from console.lists.lookup import Choice, chosen_id, find_cases, find_parties
from console.lists.pagination import WHOLE
from console.presenters.labels import capital, format_count
from letterbook.contracts.users import JobTitleBody
from letterbook.domain.access import ROLES, Grant, Permission
from letterbook.domain.errors import NotFound
from letterbook.domain.ids import Kind, is_id
from letterbook.domain.words import fold
from letterbook.ports import User
from letterbook.use_cases.accounts.job_titles import set_job_title
from letterbook.use_cases.directory.grants import list_grants, list_users, put_grant, remove_grant
from letterbook.use_cases.directory.related_records import granted_records

PATH = "/people"


@pages.get(PATH)
def index(visit: PageRequest) -> PageResponse:
    users = _users(visit)
    granted: dict[str, int] = {}
    for grant in _grants(visit, None) if _reads_grants(visit) else ():
        granted[grant.user] = granted.get(grant.user, 0) + 1
    people = [
        {
            "id": one.id,
            "name": one.name,
            "username": one.username,
            "role": capital(one.role),
            "job_title": one.job_title,
            "sees": _sees(one, granted.get(one.id, 0)),
            "me": one.id == visit.viewer.id,
        }
        for one in users
    ]
    return page("users/list.html", title="People", people=people, path=PATH)


@pages.get(f"{PATH}/{{user}}")
def show(visit: PageRequest, user: str) -> PageResponse:
    return _person(visit, _user(visit, user))


@pages.post(f"{PATH}/{{user}}/grant")
def grant(visit: PageRequest, user: str) -> PageResponse:
    """A party or a case by its name; which of several is asked."""
    person = _user(visit, user)
    name = visit.field("name")
    target = _chosen_target(visit)
    found = [] if target else _found(visit, name)
    if len(found) == 1:
        target = found[0].id

    def save() -> PageResponse:
        if not target:
            told = "Say which one it is." if found else "There is no party and no case of that name."
            raise wrong("name", told if name else "Enter a name or a reference.")
        put_grant(visit.world, visit.viewer, _made(person.id, target, restricted="restricted" in visit.form))
        return redirect(f"{PATH}/{person.id}", "Granted. It holds from the next page on.")

    return outcome(
        save,
        lambda error: _person(
            visit,
            person,
            name=name,
            found=found,
            faults=faults_of(error, places={"party_id": "name", "case_id": "name"}),
        ),
    )


@pages.post(f"{PATH}/{{user}}/job-title")
def job_title(visit: PageRequest, user: str) -> PageResponse:
    person, typed = _user(visit, user), visit.field("job_title")

    def save() -> PageResponse:
        set_job_title(visit.world, visit.viewer, parse(JobTitleBody, {"job_title": typed}).of(person.id))
        return redirect(f"{PATH}/{person.id}", "Saved. Letters from now on say so.")

    return outcome(save, lambda error: _person(visit, replace(person, job_title=typed), faults=faults_of(error)))


@pages.post(f"{PATH}/{{user}}/revoke")
def revoke(visit: PageRequest, user: str) -> PageResponse:
    target = visit.field("target")
    if not (is_id(Kind.PARTY, target) or is_id(Kind.CASE, target)):
        raise NotFound("There is no such grant.")
    remove_grant(visit.world, visit.viewer, _made(user, target))
    return redirect(f"{PATH}/{user}", "Revoked. It holds from the next page on.")


def _person(
    visit: PageRequest, person: User, *, name: str = "", found: Sequence[Choice] = (), faults: Faults = NONE
) -> PageResponse:
    visit.viewer.require_any(Permission.GRANTS, Permission.READ_AUDIT)
    held = _grants(visit, person.id)
    return page(
        "users/detail.html",
        status=422 if faults.summary else 200,
        title=person.name,
        person=person,
        role=capital(person.role),
        sees_all=_sees_all(person.role),
        restricted_all=Permission.READ_RESTRICTED in ROLES.get(person.role, frozenset()),
        grants=_grant_lines(visit, held),
        name=name,
        restricted="restricted" in visit.form,
        found=found if len(found) > 1 else (),
        faults=faults,
        path=f"{PATH}/{person.id}",
    )


def _users(visit: PageRequest) -> Sequence[User]:
    return list_users(visit.world, visit.viewer, limit=WHOLE, after=None).items


def _user(visit: PageRequest, user: str) -> User:
    """Raises Forbidden, NotFound."""
    found = next((one for one in _users(visit) if one.id == user), None)
    if found is None:
        raise NotFound("There is no such user.")
    return found


def _grants(visit: PageRequest, user: str | None) -> Sequence[Grant]:
    return list_grants(visit.world, visit.viewer, user, limit=WHOLE, after=None).items


def _reads_grants(visit: PageRequest) -> bool:
    return visit.viewer.may(Permission.GRANTS) or visit.viewer.may(Permission.READ_AUDIT)


def _sees_all(role: str) -> bool:
    return Permission.READ_ALL in ROLES.get(role, frozenset())


def _sees(user: User, grants: int) -> str:
    if _sees_all(user.role):
        more = f"; restricted ones of {grants}" if grants else ""
        return (
            f"Everything{more}" if Permission.READ_RESTRICTED not in ROLES[user.role] else "Everything, restricted too"
        )
    return format_count(grants, "grant") if grants else "Nothing yet"


def _grant_lines(visit: PageRequest, grants: Sequence[Grant]) -> list[dict[str, Any]]:
    """With the names of what is granted, in a request for the parties and one for the cases."""
    parties, cases = granted_records(visit.world, visit.viewer, grants)
    names = {one: (party.name, capital(party.kind)) for one, party in parties.items()}
    names |= {one: (f"{case.reference} {case.title}".strip(), "Case") for one, case in cases.items()}
    lines = [
        {
            "target": one.target,
            "name": names.get(one.target, ("One that is not there any more", ""))[0],
            "kind": names.get(one.target, ("", ""))[1],
            "href": f"/{'parties' if one.party_id else 'cases'}/{one.target}",
            "restricted": one.restricted,
        }
        for one in grants
    ]
    return sorted(lines, key=lambda line: (str(line["kind"]) == "Case", str(line["name"]).casefold()))


def _chosen_target(visit: PageRequest) -> str:
    return chosen_id(visit, "target", Kind.PARTY) or chosen_id(visit, "target", Kind.CASE)


def _found(visit: PageRequest, name: str) -> list[Choice]:
    """A case is found by its client's name, too: who is called exactly so is meant before it."""
    found = [*find_cases(visit, name), *find_parties(visit, name)]
    return [one for one in found if fold(one.name) == fold(name)] or found


def _made(user: str, target: str, *, restricted: bool = False) -> Grant:
    party = is_id(Kind.PARTY, target)
    return Grant(
        user=user, party_id=target if party else None, case_id=None if party else target, restricted=restricted
    )
