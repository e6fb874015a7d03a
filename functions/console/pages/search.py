"""The header's search: parties, cases, numbers and messages that hold some words, a group of each.

Our script shows the beginning of each group below the field, while somebody types.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote, urlencode

from console.app.paths import COMMUNICATIONS
from console.app.routing import PageRequest, PageResponse, page, pages
from console.forms.values import first, query_of
from console.lists.lookup import party_choices
from console.presenters.correspondence import BADGES, correspondence_path, type_name
from console.presenters.labels import humanize_code
from console.presenters.log_rows import SEARCH_CUT, by_day, log_row
from console.presenters.people import beside_case
from letterbook.contracts.fields import MaybeEmptyLine
from letterbook.contracts.queries import Query
from letterbook.contracts.references import RegardingView
from letterbook.domain.communication import Entry
from letterbook.domain.correspondence import Correspondence
from letterbook.domain.subjects import RegardedRecord
from letterbook.use_cases.directory.find import Found, find

PATH = "/search"
_OF_EACH, _BELOW_THE_FIELD = 20, 5


class _Asked(Query):
    q: Annotated[MaybeEmptyLine, first] = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that was found: what it is called, and what tells it from others of that name."""

    href: str
    icon: str
    name: str
    beside: str


@dataclass(frozen=True, slots=True)
class Group:
    """`all` leads to the whole list, where there is more of it."""

    id: str
    name: str
    hits: Sequence[Hit]
    all: str = ""


@pages.get(PATH)
def results(visit: PageRequest) -> PageResponse:
    words = query_of(visit, _Asked).q
    if not words:
        return page("search/results.html", title="Search", words="", groups=[], days=[], entries_all="", cut="")
    found = find(visit.world, visit.viewer, words, limit=_BELOW_THE_FIELD if visit.fragment else _OF_EACH)
    return page(
        "search/results.html",
        title=f"Search: {words}",
        words=words,
        groups=_groups(visit, found, words),
        days=by_day(found.entries.items, visit.clock),
        entries_all=f"{COMMUNICATIONS}?{urlencode({'q': words})}",
        cut=SEARCH_CUT if found.entries.cut else "",
    )


def _groups(visit: PageRequest, found: Found, words: str) -> list[Group]:
    query = urlencode({"q": words})
    parties = [
        Hit(f"/parties/{one.id}", "c-meeting", one.name, one.beside)
        for one in party_choices(visit, found.parties.items)
    ]
    cases = [Hit(f"/cases/{one.id}", "s-logged", one.reference, beside_case(one)) for one in found.cases.items]
    groups = [
        Group("letters", "Correspondence", [_letter(one) for one in found.correspondence]),
        Group("parties", "Parties", parties, f"/parties?{query}" if found.parties.after else ""),
        Group("cases", "Cases", cases, f"/cases?{query}" if found.cases.after else ""),
        Group("numbers", "Numbers", [_subject(one, found.names) for one in found.subjects]),
    ]
    if visit.fragment:
        groups.append(Group("messages", "Messages", [_entry(visit, one) for one in found.entries.items]))
    return [one for one in groups if one.hits]


def _subject(subject: RegardedRecord, names: Mapping[str, str]) -> Hit:
    of = f"?{urlencode({'of': subject.party_id})}" if subject.party_id else ""
    beside = (humanize_code(subject.type), subject.id if subject.label else "", names.get(subject.party_id or "", ""))
    return Hit(
        f"/subjects/{subject.type}/{quote(subject.id, safe='')}{of}",
        "i-clip",
        RegardingView.of(subject.regarding).label or subject.id,
        ", ".join(one for one in beside if one),
    )


def _letter(one: Correspondence) -> Hit:
    beside = (type_name(one), one.party.name, BADGES[one.status].word)
    return Hit(correspondence_path(one), "c-post", one.number, ", ".join(beside))


def _entry(visit: PageRequest, entry: Entry) -> Hit:
    row = log_row(entry, visit.clock)
    beside = (f"{row.type} {row.direction} {row.who}", visit.clock.told(entry.occurred_at), row.status.word)
    return Hit(f"{COMMUNICATIONS}/{entry.id}", f"c-{row.channel}", row.subject, ", ".join(beside))
