"""Whom it shall be with: the page before a form that was opened without a party."""

from typing import Any
from urllib.parse import urlencode

from console.app.routing import PageRequest, PageResponse, page
from console.forms.values import link_of
from console.lists.lookup import Choice, party_choices
from console.lists.pagination import first_of
from letterbook.domain.errors import CallerError
from letterbook.use_cases.directory.parties import list_parties
from letterbook.use_cases.directory.related_records import parties_on_case
from letterbook.use_cases.support.access import visible_case

_MOST = 30


def choose_party(visit: PageRequest, title: str, error: CallerError | None = None) -> PageResponse:
    """Those on the case where one is named, its creditors first; else whoever is found by name."""
    kept = {name: values[0] for name, values in visit.query.items() if name not in ("party_id", "words")}
    link = link_of(visit)
    words, more = link.words, ""
    case = visible_case(visit.world, visit.viewer, link.case_id) if link.case_id else None
    if words:
        named = list_parties(visit.world, visit.viewer, words, (), limit=_MOST, after=None)
        found = named.items
        more = first_of(named, "parties of that name", "write more of it")
    elif case:
        on_it = parties_on_case(visit.world, visit.viewer, case)
        found = [on_it[one] for one in (*case.creditor_ids, *case.party_ids) if one in on_it]
    else:
        found = list_parties(visit.world, visit.viewer, "", (), limit=10, after=None).items
    return page(
        "compose/choose_party.html",
        title=title,
        path=visit.path,
        kept=kept,
        words=words,
        case=case,
        parties=[_line(visit.path, kept, one) for one in party_choices(visit, found)],
        more=more,
        trouble=error.detail if error else "",
    )


def _line(path: str, kept: dict[str, str], party: Choice) -> dict[str, Any]:
    return {
        "href": f"{path}?{urlencode({**kept, 'party_id': party.id})}",
        "name": party.name,
        "beside": party.beside,
    }
