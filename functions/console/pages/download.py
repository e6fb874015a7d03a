"""Entries to take away as a ZIP: what will be in it and what not is said first; then it is made, and handed over by the store."""

from collections.abc import Sequence
from urllib.parse import urlencode

from console.app.paths import COMMUNICATIONS
from console.app.routing import PageRequest, PageResponse, page, pages, redirect
from console.lists.filters import filters_within
from console.presenters.labels import format_count, format_size
from letterbook.domain.communication import Entry
from letterbook.domain.errors import FieldError, Invalid
from letterbook.domain.ids import Kind, is_id
from letterbook.use_cases.messages.archive import MOST_ENTRIES, ArchivePlan, make_archive, plan_archive
from letterbook.use_cases.reading.current_entries import current_entries
from letterbook.use_cases.reading.list_communications import list_communications

PATH = "/download"
_MOST_IDS = 500
_SHOWN = 50


@pages.get(PATH)
def ask(visit: PageRequest) -> PageResponse:
    """For the entries of the address: `id`, or with `all` those of `filter`."""
    entries, more = _entries(visit)
    plan = plan_archive(visit.world, visit.viewer, entries)
    within = visit.parameter("filter")
    selected = not visit.parameter("all")
    every = f"{PATH}?{urlencode({'all': '1', 'filter': within})}" if within and selected else ""
    return page(
        "communications/download.html",
        title=f"Download {format_count(len(plan.entries), 'entry', 'entries')}",
        told=f"Each with its text{_files(plan)}, in one ZIP file.",
        more=f"Older ones match, too: an archive holds the newest {MOST_ENTRIES}." if more else "",
        missing=plan.missing[:_SHOWN],
        rest=max(0, len(plan.missing) - _SHOWN),
        link=f"{PATH}/zip{visit.behind}",
        every=every,
        back=f"{COMMUNICATIONS}?{within}" if within else COMMUNICATIONS,
    )


@pages.get(f"{PATH}/zip")
def fetch(visit: PageRequest) -> PageResponse:
    """Straight from the store, by an address that is good for minutes."""
    plan = plan_archive(visit.world, visit.viewer, _entries(visit)[0])
    return redirect(make_archive(visit.world, visit.viewer, plan))


def _entries(visit: PageRequest) -> tuple[Sequence[Entry], bool]:
    """Those that are asked for, and whether older ones match. Raises Invalid."""
    if not visit.parameter("all"):
        ids = [one for one in dict.fromkeys(visit.query.get("id", ())) if is_id(Kind.COMMUNICATION, one)]
        if not 0 < len(ids) <= _MOST_IDS:
            raise Invalid(
                "Nothing that can be downloaded is selected.", FieldError("id", "required", "Go back and select some.")
            )
        return current_entries(visit.world, visit.viewer, ids), False
    filters = filters_within(visit, visit.parameter("filter"))
    listed = list_communications(visit.world, visit.viewer, filters, limit=MOST_ENTRIES)
    return listed.items, listed.after is not None


def _files(plan: ArchivePlan) -> str:
    if not plan.documents:
        return ""
    return f", and {format_count(len(plan.documents), 'document')} of {format_size(plan.bytes)}"
