"""Addresses that bounced: somebody who knows better lets them be written to again, from the work page or from the party's own."""

from console.app.paths import COMMUNICATIONS
from console.app.routing import PageRequest, PageResponse, pages, redirect
from console.forms.parsing import parse
from letterbook.contracts.directory import AddressBody
from letterbook.domain.access import Permission
from letterbook.domain.ids import Kind, is_id
from letterbook.use_cases.directory.corrected_address import take_corrected_address
from letterbook.use_cases.directory.suppressions import unsuppress_address


@pages.post("/parties/{party_id}/take-address")
def take_address(visit: PageRequest, party_id: str) -> PageResponse:
    """By one press where letters go now, as the post says, in the place of the address that one came back from."""
    visit.viewer.require(Permission.RECORDS)
    party = take_corrected_address(visit.world, visit.viewer, party_id)
    back = visit.field("back")
    to = f"{COMMUNICATIONS}/{back}" if is_id(Kind.COMMUNICATION, back) else f"/parties/{party_id}"
    return redirect(to, f"The next letter to {party.name} goes to the new address. Nothing was sent by this.")


@pages.post("/quarantine/release")
def release(visit: PageRequest) -> PageResponse:
    return _unsuppress(visit, "/work")


@pages.post("/parties/{party_id}/release")
def release_for_party(visit: PageRequest, party_id: str) -> PageResponse:
    return _unsuppress(visit, f"/parties/{party_id}")


def _unsuppress(visit: PageRequest, back: str) -> PageResponse:
    visit.viewer.require(Permission.RECORDS)
    address = parse(AddressBody, {"address": visit.field("address").replace("\r\n", "\n")}).address
    unsuppress_address(visit.world, visit.viewer, address)
    return redirect(back, f"{', '.join(address.splitlines())} may be written to again.")
