"""Addresses that were set aside because they bounced: somebody who knows better lets them be used again."""

from console.app.routing import PageRequest, PageResponse, pages, redirect
from console.forms.parsing import parsed
from letterbook.contracts.directory import AddressBody
from letterbook.domain.access import Permission
from letterbook.use_cases.directory.suppressions import unsuppress_address


@pages.post("/quarantine/release")
def release(visit: PageRequest) -> PageResponse:
    visit.viewer.require(Permission.RECORDS)
    address = parsed(AddressBody, {"address": visit.field("address")}).address
    unsuppress_address(visit.world, visit.viewer, address)
    return redirect("/work", f"{address} may be written to again.")
