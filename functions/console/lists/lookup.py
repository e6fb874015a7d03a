"""Finding whom or what a form is about by a name that somebody wrote into it."""

from collections.abc import Sequence
from dataclasses import dataclass

from console.app.routing import PageRequest
from console.presenters.people import beside_case, beside_party
from letterbook.domain.ids import Kind, is_id
from letterbook.domain.party import Case, Party
from letterbook.domain.words import fold
from letterbook.use_cases.directory.cases import list_cases
from letterbook.use_cases.directory.parties import list_parties
from letterbook.use_cases.directory.related_records import cases_of_equals

_MOST = 12


@dataclass(frozen=True, slots=True)
class Choice:
    """`beside` tells it from others of that name."""

    id: str
    name: str
    beside: str


def find_parties(visit: PageRequest, name: str) -> list[Choice]:
    """The parties in sight that the words lead to; where some are called exactly so, those."""
    if not name:
        return []
    found = list_parties(visit.world, visit.viewer, name[:200], (), limit=_MOST, after=None).items
    exact = [one for one in found if fold(name) in {fold(one.name), fold(one.account_number or "")}]
    return party_choices(visit, exact or found)


def find_cases(visit: PageRequest, name: str) -> list[Choice]:
    """The cases in sight that the words lead to; where some have exactly that reference, those."""
    if not name:
        return []
    found = list_cases(visit.world, visit.viewer, None, limit=_MOST, after=None, words=name[:200]).items
    exact = [one for one in found if fold(one.reference) == fold(name)]
    return [case_choice(one) for one in exact or found]


def chosen_id(visit: PageRequest, name: str, kind: Kind) -> str:
    """The id that was chosen among several, where it is one."""
    given = visit.field(name)
    return given if is_id(kind, given) else ""


def party_choices(visit: PageRequest, parties: Sequence[Party]) -> list[Choice]:
    cases = cases_of_equals(visit.world, visit.viewer, parties)
    return [Choice(one.id, one.name, beside_party(one, cases.get(one.id, ()))) for one in parties]


def case_choice(case: Case) -> Choice:
    return Choice(case.id, case.reference, beside_case(case))
