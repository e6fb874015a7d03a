"""Finding whom or what a form is about by a name that somebody wrote into it."""

from dataclasses import dataclass

from console.app.routing import PageRequest
from letterbook.domain.ids import Kind, is_id
from letterbook.domain.party import Case, Party
from letterbook.use_cases.directory.cases import list_cases
from letterbook.use_cases.directory.parties import list_parties

_MOST = 12
# Cases are looked through a page at a time, back to so many: older ones are chosen from their party's page.
_PAGE, _PAGES = 200, 10


@dataclass(frozen=True, slots=True)
class Choice:
    id: str
    name: str
    beside: str


def find_parties(visit: PageRequest, name: str) -> list[Choice]:
    """The parties in sight whose name or account number begins so."""
    if not name:
        return []
    found = list_parties(visit.world, visit.viewer, name[:200], (), limit=_MOST, after=None).items
    exact = [one for one in found if one.name.casefold() == name.casefold()]
    return [_party(one) for one in exact or found]


def find_cases(visit: PageRequest, name: str) -> list[Choice]:
    """The cases in sight, of the newest two thousand, whose reference or title holds what was written."""
    text = name.casefold()
    choices: list[Choice] = []
    after: str | None = None
    for _ in range(_PAGES if text else 0):
        cases = list_cases(visit.world, visit.viewer, None, limit=_PAGE, after=after)
        choices += [_case(one) for one in cases.items if text in f"{one.reference} {one.title}".casefold()]
        after = cases.after
        if after is None or len(choices) >= _MOST:
            break
    return choices[:_MOST]


def chosen_id(visit: PageRequest, name: str, kind: Kind) -> str:
    """The id that was chosen among several, where it is one."""
    given = visit.field(name)
    return given if is_id(kind, given) else ""


def _party(party: Party) -> Choice:
    return Choice(party.id, party.name, party.account_number or party.kind)


def _case(case: Case) -> Choice:
    return Choice(case.id, case.reference, case.title)
