"""What a list is narrowed to: read from an address, shown as chips, written into addresses again.

Names and values are the API's. Besides, a list of the console takes `when` (a range of lists/ranges.py, which moves on with the
calendar; `own` for `from` and `to`), and `back`, the cursors of the pages before.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Generic, TypeVar
from urllib.parse import parse_qs, urlencode

from pydantic import ValidationError

from console.app.paths import COMMUNICATIONS
from console.app.routing import PageRequest
from console.lists.pagination import Pager, address_of, pager
from console.lists.ranges import RANGES
from console.presenters.dates import Clock
from console.presenters.labels import DIRECTIONS, KINDS, humanize_code
from letterbook.contracts.queries import CommunicationsQuery, OverviewQuery
from letterbook.domain.channels import CHANNELS
from letterbook.domain.communication import Entry
from letterbook.domain.errors import FieldError, Invalid
from letterbook.domain.filters import CLIENT_LEVEL, NOTHING, Filters
from letterbook.domain.status import STATUSES, QuickFilter
from letterbook.http.problems import from_validation_error

_MOST_FIELDS = 100

Q = TypeVar("Q", CommunicationsQuery, OverviewQuery)

_OURS = {"when", "back", "cursor", "limit"}
# What says whose list it is: such a list is read whole, and not out of the lists of what needs somebody.
_NARROW = ("party_id", "client_id", "case_id", "contact_id", "thread_id", "regarding")
_QUICK = {QuickFilter.FAILED: "Failed", QuickFilter.NOT_SENT: "Not sent", QuickFilter.COMPLETED: "Completed"}


@dataclass(frozen=True, slots=True)
class Chip:
    text: str
    without: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFilters(Generic[Q]):
    """`params` are the filters as the address has them, `when` among them, without what turns pages."""

    params: Mapping[str, tuple[str, ...]]
    query: Q
    pager: Pager
    after: str | None

    def address(
        self, changes: Mapping[str, str | Iterable[str] | None] | None = None, *, path: str | None = None
    ) -> str:
        """The list with other filters, from its first page on; None takes a filter away."""
        given: dict[str, tuple[str, ...]] = {**self.params}
        for name, value in (changes or {}).items():
            if value is None:
                given.pop(name, None)
            else:
                given[name] = (value,) if isinstance(value, str) else tuple(value)
        return address_of(path or self.pager.path, given)

    def without(self, name: str, value: str) -> str:
        left = tuple(one for one in self.params.get(name, ()) if one != value)
        return self.address({name: left or None})

    @property
    def text(self) -> str:
        """The filters as a query, such as a saved view keeps."""
        return urlencode(self.params, doseq=True)

    @property
    def narrow(self) -> bool:
        return any(name in self.params for name in _NARROW)

    @property
    def alone(self) -> bool:
        """Whether nothing is asked for at all."""
        return not self.params


def list_filters(visit: PageRequest, kind: type[Q], path: str) -> ListFilters[Q]:
    """Raises Invalid for a filter that is none."""
    given = {name: tuple(one for one in values if one != "") for name, values in visit.query.items()}
    params = {
        name: _apart(values) if name not in ("q", "location") else values
        for name, values in given.items()
        if values and name not in _OURS
    }
    when = given.get("when", ("",))[0] if given.get("when") else ""
    if when in RANGES:
        params = {name: values for name, values in params.items() if name not in ("from", "to")} | {"when": (when,)}
    if params.get("group") == ("all",):
        del params["group"]
    asked = {name: list(values) for name, values in params.items() if name != "when"} | _days(visit.clock, when)
    try:
        query = kind.model_validate(asked)
    except ValidationError as error:
        raise from_validation_error(error) from error
    turning = pager(visit, path, params)
    return ListFilters(params=params, query=query, pager=turning, after=turning.after)


def without(visit: PageRequest, *names: str) -> PageRequest:
    """As though the address did not hold them."""
    return replace(visit, query={name: values for name, values in visit.query.items() if name not in names})


def is_canonical(visit: PageRequest) -> bool:
    """Whether the address holds nothing that means nothing: a form sends the fields nobody filled in, too."""
    empty = any(value == "" for values in visit.query.values() for value in values)
    return not empty and visit.query.get("when", ["7"])[0] in RANGES


def chips(asked: ListFilters[Q], clock: Clock, entries: Sequence[Entry], names: Mapping[str, str]) -> list[Chip]:
    """A chip for every filter, but those that have a pill or a field of their own. Ids are named as the entries name them."""
    known = {**names, **_names_in(entries)}
    found: list[Chip] = []
    for name, values in asked.params.items():
        if name in ("group", "q", "from", "to"):
            continue
        found.extend(Chip(_chip_text(name, value, known), asked.without(name, value)) for value in values)
    if "from" in asked.params or "to" in asked.params:
        found.append(Chip(_dates(asked.query, clock), asked.address({"from": None, "to": None})))
    return found


def quick_pills(asked: ListFilters[Q], counts: Mapping[QuickFilter, str]) -> list[dict[str, object]]:
    """The quick filters: what each is called, how many there are, where it leads."""
    groups: tuple[str, ...] = asked.params.get("group", ())
    every = {"words": "All", "count": "", "red": False, "current": not groups, "href": asked.address({"group": None})}
    return [
        every,
        *(
            {
                "words": words,
                "count": counts.get(quick, ""),
                "red": quick is QuickFilter.FAILED,
                "current": quick in groups,
                "href": asked.address({"group": quick}),
            }
            for quick, words in _QUICK.items()
        ),
    ]


def filters_within(visit: PageRequest, text: str) -> Filters:
    """Those of a log's address, which another address carries along as its `filter`. Raises Invalid."""
    try:
        query = parse_qs(text, keep_blank_values=False, max_num_fields=_MOST_FIELDS)
    except ValueError as error:
        raise Invalid(
            "These filters cannot be used.", FieldError("filter", "too_many", "They are too many.")
        ) from error
    return list_filters(replace(visit, query=query), CommunicationsQuery, COMMUNICATIONS).query.filters()


def caption(asked: ListFilters[Q], chips: Sequence[Chip], what: str = "Communications") -> str:
    """What the list shows, for its caption."""
    groups: list[str] = [_QUICK[QuickFilter(one)].lower() for one in asked.params.get("group", ())]
    words: list[str] = [f"with the words {asked.params['q'][0]}"] if "q" in asked.params else []
    told = ", ".join([*groups, *(chip.text for chip in chips), *words])
    return f"{what}, newest first{f': {told}' if told else ''}"


def _apart(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part for value in values for part in value.split(",") if part))


def _days(clock: Clock, when: str) -> dict[str, list[str]]:
    if when not in RANGES:
        return {}
    first, last = RANGES[when].days(clock.today)
    return {"from": [first.isoformat()], "to": [last.isoformat()]}


def _names_in(entries: Iterable[Entry]) -> dict[str, str]:
    found: dict[str, str] = {}
    called: dict[str, set[str]] = {}
    for entry in entries:
        found |= {one.id: one.name for one in (entry.party, entry.client, entry.contact, entry.created_by) if one}
        if entry.case:
            found[entry.case.id] = entry.case.reference
        if entry.regarding:
            called.setdefault(entry.regarding.key, set()).add(entry.regarding.label)
    # What two parties call by one number has no name but the number.
    return found | {key: label for key, labels in called.items() if len(labels) == 1 for label in labels if label}


_PLAIN: dict[str, tuple[str, Mapping[str, str]]] = {
    "channel": ("", {channel.value: spec.label for channel, spec in CHANNELS.items()}),
    "direction": ("", {direction.value: words for direction, words in DIRECTIONS.items()}),
    "recipient": ("With", {kind.value: f"a {words.lower()}" for kind, words in KINDS.items()}),
    "status": ("Status", {status.value: row.label for status, row in STATUSES.items()}),
    "show_ignored": ("", {"true": "Ignored ones too"}),
    "settled": ("", {"true": "Settled by a later attempt", "false": "Not settled"}),
    "opened": ("", {"true": "Opened", "false": "Not opened"}),
    "when": ("", {name: one.words for name, one in RANGES.items()}),
}
_BEFORE = {
    "party_id": "With",
    "client_id": "For",
    "contact_id": "Contact",
    "case_id": "Case",
    "thread_id": "Thread",
    "regarding": "About",
    "created_by": "By",
    "location": "Office",
    "category": "Category",
    "subject_type": "About a kind",
    "template": "Template",
}
_CODES = {"category", "subject_type"}
_UNKNOWN = "one that is not here"


def _chip_text(name: str, value: str, known: Mapping[str, str]) -> str:
    if name in _PLAIN:
        before, words = _PLAIN[name]
        said = words.get(value, value)
    elif name == "case_id" and value == CLIENT_LEVEL:
        return "Client level only"
    elif name == "regarding" and value == NOTHING:
        return "About nothing in particular"
    else:
        before = _BEFORE.get(name, name)
        said = known.get(value) or (humanize_code(value) if name in _CODES else value)
        if said == value and name.endswith("_id"):
            said = _UNKNOWN
    return f"{before}: {said}" if before else said


def _dates(query: CommunicationsQuery | OverviewQuery, clock: Clock) -> str:
    first, last = (_day(one, clock) for one in (query.from_, query.to))
    if first and last:
        return first if first == last else f"{first} to {last}"
    return f"From {first}" if first else f"Until {last}"


def _day(value: date | datetime | None, clock: Clock) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return clock.told(value)
    return clock.short_date(value)
