"""The raw events behind an entry's history, folded away until somebody asks."""

from console.app.paths import COMMUNICATIONS
from console.app.routing import PageRequest, PageResponse, page, pages
from letterbook.use_cases.reading.provider_events import raw_events


@pages.get(f"{COMMUNICATIONS}/{{communication_id}}/events")
def show(visit: PageRequest, communication_id: str) -> PageResponse:
    return page(
        "communications/provider_events.html",
        title="What the provider said",
        events=raw_events(visit.world, visit.viewer, communication_id),
        days=visit.organisation.provider_event_days,
        back=f"{COMMUNICATIONS}/{communication_id}",
    )
