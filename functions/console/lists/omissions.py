"""What the foot of a list says of those that it leaves out, and where they are shown."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from console.lists.filters import ListFilters
from letterbook.contracts.queries import CommunicationsQuery, OverviewQuery
from letterbook.domain.status import STATUSES, QuickFilter
from letterbook.use_cases.reading.search import LeftOut


@dataclass(frozen=True, slots=True)
class Omission:
    """`words` are a sentence, `href` the list with them."""

    words: str
    href: str


def omissions(asked: ListFilters[CommunicationsQuery] | ListFilters[OverviewQuery], left: LeftOut) -> list[Omission]:
    """Those that somebody ignored join the list; what was put right is shown among all of its statuses."""
    groups = set(asked.params.get("group", ()))
    statuses = [status for status, row in STATUSES.items() if row.quick in groups and row.quick is not None]
    told: list[tuple[int, str, Mapping[str, str | Iterable[str] | None]]] = [
        (left.ignored, "ignored", {"show_ignored": "true"}),
        (left.put_right, "sent again or seen to", {"group": None, "status": statuses}),
    ]
    if not groups & {QuickFilter.FAILED, QuickFilter.NOT_SENT}:
        # The overview leaves out what was ignored, whatever it is asked for.
        told = told[:1]
    return [
        Omission(f"{number}{'+' if left.more else ''} {words} {'is' if number == 1 else 'are'} not shown.", href)
        for number, words, changes in told
        if number
        for href in [asked.address(changes)]
    ]
