"""Finding whom or what a form is about by a name that somebody wrote into it."""

from dataclasses import dataclass

from console.app.routing import PageRequest
from console.presenters.people import beside_case, beside_party
from letterbook.domain.ids import Kind, is_id
from letterbook.domain.party import Case, Party
from letterbook.domain.words import fold
from letterbook.use_cases.directory.cases import list_cases
from letterbook.use_cases.directory.parties import list_parties

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
    return [party_choice(one) for one in exact or found]


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


def party_choice(party: Party) -> Choice:
    return Choice(party.id, party.name, beside_party(party))


def case_choice(case: Case) -> Choice:
    return Choice(case.id, case.reference, beside_case(case))
