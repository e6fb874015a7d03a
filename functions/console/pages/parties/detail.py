"""One party: how they may be reached, what was said with them, what is to do."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from console.app.routing import PageRequest, PageResponse, page, pages
from console.lists.filter_panel import filter_panel
from console.lists.filtered import filtered
from console.pages import shared_tabs
from console.pages.parties.head import PATH, party_head
from console.pages.todos import duties
from console.presenters.reachability import reachability_lines, rules, skipped_words
from console.presenters.response_chart import response_chart
from console.presenters.timeline import timeline_lines
from console.presenters.todos import TodoLine
from letterbook.domain.filters import Filters
from letterbook.domain.party import Contact
from letterbook.domain.recipients import Suppression
from letterbook.domain.status import Status
from letterbook.domain.todos import TodoStatus
from letterbook.domain.visible import isolated
from letterbook.ports import ActivityScope
from letterbook.use_cases.accounts.profile import read_profile
from letterbook.use_cases.directory.cases import list_cases
from letterbook.use_cases.directory.todos import list_todos
from letterbook.use_cases.reading.activity import timeline
from letterbook.use_cases.reading.list_communications import list_communications
from letterbook.use_cases.reading.statistics import response_times
from letterbook.use_cases.support.access import visible_party

_ONE = f"{PATH}/{{party_id}}"
_NEWEST, _MOST = 10, 99


@pages.get(_ONE)
def show(visit: PageRequest, party_id: str) -> PageResponse:
    world, viewer = visit.world, visit.viewer
    found = read_profile(world, viewer, party_id)
    party = found.party
    events = timeline(world, viewer, Filters(concerning=party_id), limit=_NEWEST, after=None)
    todos = list_todos(world, viewer, party_id=party_id, status=TodoStatus.OPEN, limit=_NEWEST, after=None, seen=party)
    cases = list_cases(world, viewer, party_id, limit=_NEWEST, after=None, seen=party)
    held = found.preferences.hold is not None
    return page(
        "parties/detail.html",
        **party_head(visit, party, found.preferences, ""),
        skipped=_skip_count(visit, party_id) if held else "",
        events=timeline_lines(events.items, visit.clock),
        pace=response_chart(response_times(world, viewer, party_id)),
        todos=[_here(one, party.name) for one in duties(visit, todos.items)],
        more_todos=todos.after is not None,
        ways=reachability_lines(party, found.preferences, found.quarantined, visit.clock, found.returned),
        rules=rules(party, found.preferences),
        contacts=[_contact(one, found.quarantined) for one in found.contacts],
        cases=cases.items,
        more_cases=f"These are the newest {_NEWEST} cases." if cases.after is not None else "",
        grants=shared_tabs.granted(visit, party_id),
    )


@pages.get(f"{_ONE}/communications")
def communications(visit: PageRequest, party_id: str) -> PageResponse:
    found = read_profile(visit.world, visit.viewer, party_id)
    return filtered(
        visit,
        f"{PATH}/{party_id}/communications",
        Filters(concerning=party_id),
        f"Communications with {isolated(found.party.name)} or on their behalf",
        lambda listed: page(
            "parties/communications.html",
            **party_head(visit, found.party, found.preferences, "/communications"),
            **listed,
        ),
    )


@pages.get(f"{_ONE}/communications/filter")
def filter_(visit: PageRequest, party_id: str) -> PageResponse:
    visible_party(visit.world, visit.viewer, party_id)
    return filter_panel(visit, f"{PATH}/{party_id}/communications", party_id=party_id)


@pages.get(f"{_ONE}/threads")
def threads(visit: PageRequest, party_id: str) -> PageResponse:
    found = read_profile(visit.world, visit.viewer, party_id)
    path = f"{PATH}/{party_id}"
    listed = shared_tabs.threads(visit, f"{path}/threads", party_id=party_id)
    return page("parties/threads.html", **party_head(visit, found.party, found.preferences, "/threads"), **listed)


@pages.get(f"{_ONE}/documents")
def documents(visit: PageRequest, party_id: str) -> PageResponse:
    found = read_profile(visit.world, visit.viewer, party_id)
    listed = shared_tabs.documents(visit, f"{PATH}/{party_id}/documents", party_id=party_id)
    return page(
        "parties/documents.html",
        uploads=True,
        **party_head(visit, found.party, found.preferences, "/documents"),
        **listed,
    )


@pages.get(f"{_ONE}/activity")
def activity(visit: PageRequest, party_id: str) -> PageResponse:
    found = read_profile(visit.world, visit.viewer, party_id)
    listed = shared_tabs.activity_of(visit, f"{PATH}/{party_id}/activity", ActivityScope(party_id=party_id))
    return page("parties/activity.html", **party_head(visit, found.party, found.preferences, "/activity"), **listed)


def _here(one: TodoLine, name: str) -> TodoLine:
    """On the party's own page nobody needs to be told whom it is about."""
    return replace(one, about=one.about.removeprefix(name).lstrip(". "))


def _skip_count(visit: PageRequest, party_id: str) -> str:
    filters = Filters(parties=(party_id,), statuses=(Status.SKIPPED,))
    listed = list_communications(visit.world, visit.viewer, filters, limit=_MOST)
    return skipped_words(len(listed.items), more=listed.after is not None)


def _contact(contact: Contact, quarantined: Mapping[str, Suppression]) -> dict[str, Any]:
    addresses: Sequence[str] = [one for one in (contact.email, contact.mobile, contact.phone) if one]
    told = [contact.role or "", "main contact" if contact.primary else "", *addresses]
    aside = [one for one in addresses if one in quarantined]
    return {"id": contact.id, "name": contact.name, "told": ", ".join(one for one in told if one), "aside": aside}
