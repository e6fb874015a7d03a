"""Pages of what is already at hand."""

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol, TypeVar

from letterbook.ports import Page

T = TypeVar("T")


class _Identified(Protocol):
    @property
    def id(self) -> str: ...


Identified = TypeVar("Identified", bound=_Identified)


def newest_first(values: Iterable[Identified], *, limit: int, after: str | None) -> Page[Identified]:
    """The `limit` newest of those older than `after`; ids sort by time."""
    return slice_page(values, lambda one: one.id, limit=limit, after=after, descending=True)


def slice_page(
    values: Iterable[T], place: Callable[[T], str], *, limit: int, after: str | None, descending: bool = False
) -> Page[T]:
    """The first `limit` behind the place `after`, in the order of their places; each has a place of its own."""
    in_order = sorted(values, key=place, reverse=descending)
    behind = [one for one in in_order if not after or (place(one) < after if descending else place(one) > after)]
    return Page(items=behind[:limit], after=place(behind[limit - 1]) if len(behind) > limit else None)


# A page that holds little of what may be shown is read on from so many times.
_ROUNDS = 4


def read_until_full(
    read: Callable[[str | None], Page[T]],
    shown: Callable[[Sequence[T]], Sequence[T]],
    place: Callable[[T], str],
    *,
    limit: int,
    after: str | None,
) -> Page[T]:
    """The first `limit` of what may be shown, out of pages that hold other things too; short where those are most of them."""
    found: list[T] = []
    for _ in range(_ROUNDS):
        page = read(after)
        found += shown(page.items)
        after = page.after
        if len(found) > limit:
            return Page(items=found[:limit], after=place(found[limit - 1]))
        if after is None or len(found) == limit:
            break
    return Page(items=found, after=after)
