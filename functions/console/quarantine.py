"""Addresses that were set aside because they bounced: somebody who knows better lets them be used again."""

from console.web import Reply, Visit, pages, redirect
from letterbook.use_cases.quarantine import release_address


@pages.post("/quarantine/release")
def release(visit: Visit) -> Reply:
    address = visit.field("address")[:320]
    release_address(visit.world, visit.viewer, address)
    return redirect("/work", f"{address} may be written to again.")
