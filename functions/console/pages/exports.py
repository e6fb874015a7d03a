"""Entries to take away as a ZIP: what it will hold is said first; then it is made, while its page says how far it is."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from console.app.paths import COMMUNICATIONS
from console.app.routing import PageRequest, PageResponse, page, pages, redirect
from console.lists.filters import filters_within
from console.presenters.exports import export_card, export_lines, what_it_holds
from letterbook.domain.errors import FieldError, Invalid
from letterbook.domain.exports import ExportFormat
from letterbook.domain.filters import Filters
from letterbook.domain.ids import Kind, is_id
from letterbook.use_cases.exports.order_export import entries_to_take, order_export
from letterbook.use_cases.exports.read_export import export_url, list_exports, read_export
from letterbook.use_cases.reading.current_entries import current_entries

PATH = "/exports"
_MOST_IDS = 500


@pages.get(f"{PATH}/new")
def ask(visit: PageRequest) -> PageResponse:
    """For the entries of the address: `id`, or with `all` those of `filter`."""
    return _confirmation(visit, visit.query)


@pages.post(PATH, personal=True)
def order(visit: PageRequest) -> PageResponse:
    """Without `once` it only asks: for more than fit into an address."""
    if not visit.field("once"):
        return _confirmation(visit, visit.form)
    asked = _asked(visit, visit.form)
    what = visit.field("filter") if isinstance(asked, Filters) else " ".join(asked)
    key = visit.key("exports", hashlib.sha256(what.encode()).hexdigest())
    export, _ = order_export(visit.world, visit.viewer, ExportFormat.ZIP, asked, key)
    return redirect(f"{PATH}/{export.id}")


@pages.get(PATH)
def index(visit: PageRequest) -> PageResponse:
    """One's own, of the last days."""
    exports = list_exports(visit.world, visit.viewer)
    return page(
        "exports/list.html",
        title="Your downloads",
        lines=export_lines(exports, visit.clock),
        moving=any(one.is_open for one in exports),
        log=COMMUNICATIONS,
    )


@pages.get(f"{PATH}/{{export_id}}")
def show(visit: PageRequest, export_id: str) -> PageResponse:
    card = export_card(read_export(visit.world, visit.viewer, export_id), visit.clock)
    return page(
        "exports/export.html", title=card.title, card=card, path=f"{PATH}/{export_id}", every=PATH, log=COMMUNICATIONS
    )


@pages.get(f"{PATH}/{{export_id}}/file")
def fetch(visit: PageRequest, export_id: str) -> PageResponse:
    """Straight from the store, by an address that is good for minutes."""
    return redirect(export_url(visit.world, visit.viewer, read_export(visit.world, visit.viewer, export_id)))


def _confirmation(visit: PageRequest, given: Mapping[str, list[str]]) -> PageResponse:
    asked = _asked(visit, given)
    entries = entries_to_take(visit.world, visit.viewer, ExportFormat.ZIP, asked)
    within = given.get("filter", [""])[0]
    by_filter = isinstance(asked, Filters)
    return page(
        "exports/new.html",
        title="Download as a ZIP",
        told=what_it_holds(entries),
        path=PATH,
        ids=[] if by_filter else asked,
        whole=by_filter,
        within=within,
        once=secrets.token_urlsafe(16),
        every="" if by_filter or not within else f"{PATH}/new?{urlencode({'all': '1', 'filter': within})}",
        back=f"{COMMUNICATIONS}?{within}" if within else COMMUNICATIONS,
        others=PATH,
    )


def _asked(visit: PageRequest, given: Mapping[str, list[str]]) -> Sequence[str] | Filters:
    """All of a filter, or those of the ids that there are. Raises Invalid."""
    if given.get("all"):
        return filters_within(visit, given.get("filter", [""])[0])
    ids = [one for one in dict.fromkeys(given.get("id", ())) if is_id(Kind.COMMUNICATION, one)]
    there = current_entries(visit.world, visit.viewer, ids) if 0 < len(ids) <= _MOST_IDS else ()
    if not there:
        words = f"Select some in the log, {_MOST_IDS} at most."
        raise Invalid("Nothing that can be downloaded is selected.", FieldError("id", "required", words))
    return [one.id for one in there]
