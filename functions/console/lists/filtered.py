"""A list of communications of something, with its filter bar: in the tabs of a party, a contact, a case."""

from collections.abc import Callable, Collection
from dataclasses import fields, replace
from typing import Any

from console.app.routing import PageRequest, PageResponse, page, redirect
from console.lists.filters import caption, chips, is_canonical, list_filters, quick_pills, without
from console.presenters.columns import columns
from console.presenters.log_rows import by_day
from letterbook.contracts.queries import CommunicationsQuery
from letterbook.domain.errors import CallerError, Forbidden, PartyMerged
from letterbook.domain.filters import Filters
from letterbook.use_cases.directory.saved_views import columns_of
from letterbook.use_cases.reading.list_communications import list_communications


def filtered(
    visit: PageRequest,
    path: str,
    scope: Filters,
    what: str,
    show: Callable[[dict[str, Any]], PageResponse],
    *,
    fixed: Collection[str] = (),
) -> PageResponse:
    """What `show` makes of the entries in `scope` that the address asks for. `fixed` are the filters that the scope sets itself."""
    if visit.parameter("party"):
        # A name that somebody wrote into the panel: it is looked up there.
        return redirect(f"{path}/filter{visit.behind}")
    narrowed = without(visit, *fixed)
    try:
        asked = list_filters(narrowed, CommunicationsQuery, path)
        if not is_canonical(narrowed):
            return redirect(asked.address())
        filters = _within(scope, asked.query.filters())
        listed = list_communications(visit.world, visit.viewer, filters, limit=asked.query.limit, after=asked.after)
    except (Forbidden, PartyMerged):
        raise
    except CallerError as error:
        return not_a_filter(error, path)
    shown = chips(asked, visit.clock, listed.items, {})
    return show({
        "asked": asked,
        "pills": quick_pills(asked, {}),
        "chips": shown,
        "caption": caption(asked, shown, what),
        "days": by_day(listed.items, visit.clock),
        "columns": columns(columns_of(visit.world, visit.viewer)),
        "newer": asked.pager.newer,
        "older": asked.pager.older(listed.after),
    })  # fmt: skip


def not_a_filter(error: CallerError, path: str) -> PageResponse:
    """An address that somebody wrote or changed, or that is too old: what is wrong, and the way back."""
    told = [f"{fault.field}: {fault.message}" for fault in error.faults] or [error.detail]
    return page(
        "communications/invalid_filter.html", status=422, title="These filters cannot be used", told=told, reset=path
    )


def _within(scope: Filters, asked: Filters) -> Filters:
    """What is asked for, of what is in scope."""
    set_: dict[str, Any] = {one.name: getattr(scope, one.name) for one in fields(scope)}
    return replace(asked, **{name: value for name, value in set_.items() if value != getattr(_EVERYTHING, name)})


_EVERYTHING = Filters()
