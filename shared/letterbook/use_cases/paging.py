"""Pages of what is already at hand."""

from collections.abc import Iterable
from typing import TypeVar

from letterbook.domain.party import Case, Party
from letterbook.ports import Page

Identified = TypeVar("Identified", Party, Case)


def newest_first(values: Iterable[Identified], *, limit: int, after: str | None) -> Page[Identified]:
    """The `limit` newest of those older than `after`; ids sort by time."""
    rest = sorted((one for one in values if not after or one.id < after), key=lambda one: one.id, reverse=True)
    return Page(items=rest[:limit], after=rest[limit - 1].id if len(rest) > limit else None)
