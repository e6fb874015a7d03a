"""Addresses that bounced: somebody who knows better lets them be written to again, from the work page or from the party's own."""

from console.app.routing import PageRequest, PageResponse, pages, redirect
from console.forms.parsing import parse
from letterbook.contracts.directory import AddressBody
from letterbook.domain.access import Permission
from letterbook.use_cases.directory.suppressions import unsuppress_address


@pages.post("/quarantine/release")
def release(visit: PageRequest) -> PageResponse:
    return _unsuppress(visit, "/work")


@pages.post("/parties/{party_id}/release")
def release_for_party(visit: PageRequest, party_id: str) -> PageResponse:
    return _unsuppress(visit, f"/parties/{party_id}")


def _unsuppress(visit: PageRequest, back: str) -> PageResponse:
    visit.viewer.require(Permission.RECORDS)
    address = parse(AddressBody, {"address": visit.field("address")}).address
    unsuppress_address(visit.world, visit.viewer, address)
    return redirect(back, f"{address} may be written to again.")
