"""Files: each downloaded, or looked at where it can be."""

from console.app.routing import PageRequest, PageResponse, pages, redirect
from letterbook.use_cases.directory.documents import download_link


@pages.get("/documents/{document_id}")
def download(visit: PageRequest, document_id: str) -> PageResponse:
    """Straight from the content store, by an address that is good for minutes; with `look=1` to be looked at, where it can be."""
    return redirect(download_link(visit.world, visit.viewer, document_id, inline=visit.parameter("look") == "1"))
