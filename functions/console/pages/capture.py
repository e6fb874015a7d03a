"""How the firm's own people log what they send from their mail program: by an address of theirs."""

from console.app.routing import PageRequest, PageResponse, page, pages
from letterbook.domain.access import Permission
from letterbook.use_cases.directory.capture_addresses import own_capture_address


@pages.get("/capture")
def show(visit: PageRequest) -> PageResponse:
    visit.viewer.require(Permission.RECORDS)
    return page(
        "capture/show.html",
        title="Log from a mail program",
        capture_address=own_capture_address(visit.world, visit.viewer),
    )
