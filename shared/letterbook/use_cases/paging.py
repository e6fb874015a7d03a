"""Pages of what is already at hand."""

from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar

from letterbook.ports import Page

T = TypeVar("T")


class _Identified(Protocol):
    @property
    def id(self) -> str: ...


Identified = TypeVar("Identified", bound=_Identified)


def newest_first(values: Iterable[Identified], *, limit: int, after: str | None) -> Page[Identified]:
    """The `limit` newest of those older than `after`; ids sort by time."""
    return paged(values, lambda one: one.id, limit=limit, after=after, descending=True)


def paged(
    values: Iterable[T], place: Callable[[T], str], *, limit: int, after: str | None, descending: bool = False
) -> Page[T]:
    """The first `limit` behind the place `after`, in the order of their places; each has a place of its own."""
    in_order = sorted(values, key=place, reverse=descending)
    behind = [one for one in in_order if not after or (place(one) < after if descending else place(one) > after)]
    return Page(items=behind[:limit], after=place(behind[limit - 1]) if len(behind) > limit else None)
