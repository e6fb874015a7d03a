"""Where the post says that somebody lives now whose letter came back: proposed, until somebody puts it to the party."""

from dataclasses import replace

from letterbook.domain.access import Viewer
from letterbook.domain.destination import own_destination, returned_from
from letterbook.domain.errors import Conflict
from letterbook.domain.party import Party
from letterbook.domain.post import PostalAddress
from letterbook.ports import World
from letterbook.use_cases.directory.parties import amend_party
from letterbook.use_cases.support.access import party_to_change


def proposed_address(world: World, viewer: Viewer, party_id: str) -> PostalAddress | None:
    """What the post named in the place of the party's present address, for who may see the party's own record.

    None once they have another address, or where it named none.
    """
    party = world.parties.get(party_id) if viewer.granted_party(party_id) else None
    return _proposed(world, party) if party and party.merged_into is None else None


def _proposed(world: World, party: Party) -> PostalAddress | None:
    destination = own_destination(party, None, world.settings.current())
    if destination is None:
        return None
    found = returned_from(party, destination, world.addresses.suppressed([destination.lines]))
    return found.corrected if found else None


def take_corrected_address(world: World, viewer: Viewer, party_id: str, version: int | None = None) -> Party:
    """The party's address is what the post named. Nothing else is released by that: the next letter goes there.

    Raises Forbidden, NotFound, Conflict `no_correction`, PreconditionFailed.
    """
    party = party_to_change(world, viewer, party_id)
    corrected = _proposed(world, party)
    if corrected is None:
        raise Conflict("The post named no other address for the one they have now.", code="no_correction")
    new = replace(corrected, name="" if corrected.name == party.name else corrected.name)
    return amend_party(
        world, viewer, party_id, version or party.version, lambda one: replace(one, address=None, postal_address=new)
    )
