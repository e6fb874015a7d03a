"""One case: who is on it, what was said in it, what happened to it."""

from collections.abc import Mapping
from typing import Any

from console.app.routing import PageRequest, PageResponse, page, pages
from console.lists.filter_panel import filter_panel
from console.lists.filtered import filtered
from console.pages import shared_tabs
from console.pages.cases.list import PATH
from console.pages.todos import duties
from console.presenters.log_rows import by_day
from console.presenters.people import CASE_KINDS
from letterbook.domain.filters import Filters
from letterbook.domain.party import Case, CaseStatus, Party
from letterbook.domain.todos import Todo, TodoStatus
from letterbook.ports import ActivityScope
from letterbook.use_cases.directory.capture_addresses import capture_address_to_use
from letterbook.use_cases.directory.related_records import parties_on_case
from letterbook.use_cases.directory.todos import list_todos
from letterbook.use_cases.reading.list_communications import list_communications
from letterbook.use_cases.support.access import visible_case

_ONE = f"{PATH}/{{case_id}}"
_NEWEST, _LOOKED_AT = 15, 50
# The filter that the case's own list sets itself.
_FIXED = ("case_id",)
_TABS = (
    ("", "Case"),
    ("/communications", "Communications"),
    ("/threads", "Threads"),
    ("/documents", "Documents"),
    ("/activity", "Activity"),
)


@pages.get(_ONE)
def show(visit: PageRequest, case_id: str) -> PageResponse:
    case = visible_case(visit.world, visit.viewer, case_id)
    found = parties_on_case(visit.world, visit.viewer, case)
    todos, more = _todos(visit, case)
    listed = list_communications(visit.world, visit.viewer, Filters(cases=(case_id,)), limit=_NEWEST)
    return page(
        "cases/detail.html",
        **_head(visit, case, ""),
        days=by_day(listed.items, visit.clock),
        caption=f"The newest communications of {case.reference}",
        more=listed.after is not None,
        clients=_people(case.party_ids, found),
        creditors=_people(case.creditor_ids, found),
        todos=duties(visit, todos),
        more_todos=more,
        grants=shared_tabs.granted(visit, case_id),
        capture_address=capture_address_to_use(visit.world, visit.viewer, case),
    )


@pages.get(f"{_ONE}/communications")
def communications(visit: PageRequest, case_id: str) -> PageResponse:
    case = visible_case(visit.world, visit.viewer, case_id)
    return filtered(
        visit,
        f"{PATH}/{case_id}/communications",
        Filters(cases=(case_id,)),
        f"Communications of {case.reference}",
        lambda listed: page("cases/communications.html", **_head(visit, case, "/communications"), **listed),
        fixed=_FIXED,
    )


@pages.get(f"{_ONE}/communications/filter")
def filter_(visit: PageRequest, case_id: str) -> PageResponse:
    visible_case(visit.world, visit.viewer, case_id)
    return filter_panel(visit, f"{PATH}/{case_id}/communications", fixed=_FIXED)


@pages.get(f"{_ONE}/threads")
def threads(visit: PageRequest, case_id: str) -> PageResponse:
    case = visible_case(visit.world, visit.viewer, case_id)
    listed = shared_tabs.threads(visit, f"{PATH}/{case_id}/threads", case_id=case_id)
    return page("cases/threads.html", **_head(visit, case, "/threads"), **listed)


@pages.get(f"{_ONE}/documents")
def documents(visit: PageRequest, case_id: str) -> PageResponse:
    case = visible_case(visit.world, visit.viewer, case_id)
    listed = shared_tabs.documents(visit, f"{PATH}/{case_id}/documents", case_id=case_id)
    return page("cases/documents.html", uploads=True, **_head(visit, case, "/documents"), **listed)


@pages.get(f"{_ONE}/activity")
def activity(visit: PageRequest, case_id: str) -> PageResponse:
    case = visible_case(visit.world, visit.viewer, case_id)
    listed = shared_tabs.activity_of(visit, f"{PATH}/{case_id}/activity", ActivityScope(case_id=case_id))
    return page("cases/activity.html", **_head(visit, case, "/activity"), **listed)


def _head(visit: PageRequest, case: Case, tab: str) -> dict[str, Any]:
    return {
        "title": case.reference,
        "case": case,
        "kind": CASE_KINDS[case.kind],
        "closed": case.status is CaseStatus.CLOSED,
        "path": f"{PATH}/{case.id}",
        "opened": visit.clock.relative(case.created_at),
        "tab": tab,
        "tabs": _TABS,
        "changes": visit.viewer.changes_case(case.id),
    }


def _people(ids: tuple[str, ...], found: Mapping[str, Party]) -> list[dict[str, Any]]:
    return [
        {
            "id": one,
            "name": found[one].name,
            "email": found[one].email,
            "told": found[one].email or found[one].mobile or found[one].phone or "No address is known",
        }
        for one in ids
        if one in found
    ]


def _todos(visit: PageRequest, case: Case) -> tuple[list[Todo], bool]:
    """What is to be done about what was said in it; and whether more was there than is looked at."""
    found: list[Todo] = []
    more = False
    for party_id in dict.fromkeys((*case.party_ids, *case.creditor_ids)):
        if len(found) >= _LOOKED_AT:
            return found, True
        of = list_todos(
            visit.world, visit.viewer, party_id=party_id, status=TodoStatus.OPEN, limit=_LOOKED_AT, after=None
        )
        more = more or of.after is not None
        found += [one for one in of.items if one.owned.case_id == case.id]
    return found, more
