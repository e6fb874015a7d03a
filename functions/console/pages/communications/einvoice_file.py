"""The file of an e-invoice, as it went: its XML as text, which nothing reads as anything else."""

from console.app.paths import COMMUNICATIONS
from console.app.routing import PageRequest, PageResponse, page, pages
from letterbook.domain.visible import unturned
from letterbook.use_cases.reading.read import read_einvoice_file

# What a page shows of it; the rest is in the file.
_MOST_BYTES = 400_000


@pages.get(f"{COMMUNICATIONS}/{{communication_id}}/xml")
def show_file(visit: PageRequest, communication_id: str) -> PageResponse:
    communication, file, content = read_einvoice_file(visit.world, visit.viewer, communication_id)
    is_pdf = content.startswith(b"%PDF")
    return page(
        "communications/einvoice_file.html",
        title=communication.entry.subject,
        path=f"{COMMUNICATIONS}/{communication_id}",
        file=file,
        xml="" if is_pdf else unturned(content[:_MOST_BYTES].decode("utf-8", errors="replace")),
        cut=not is_pdf and len(content) > _MOST_BYTES,
    )
