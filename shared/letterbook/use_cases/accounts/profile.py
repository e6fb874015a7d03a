"""Everything that one must know of a party before writing to them, in few requests."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from letterbook.domain.access import Permission, Viewer
from letterbook.domain.destination import own_destination, returned_from
from letterbook.domain.party import Contact, Party, Preferences
from letterbook.domain.recipients import Suppression
from letterbook.ports import ContextQuery, World
from letterbook.use_cases.support.access import required_party


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """`quarantined` are those of the party's and its contacts' addresses that bounced. `returned` is what is known of its postal
    one, where a letter came back from there.
    """

    party: Party
    preferences: Preferences
    contacts: Sequence[Contact]
    quarantined: Mapping[str, Suppression]
    returned: Suppression | None = None


def read_profile(world: World, viewer: Viewer, party_id: str) -> Profile:
    """The contacts newest first, the primary one before them. Raises Forbidden, NotFound, PartyMerged."""
    viewer.require(Permission.READ)
    context = world.load_context(ContextQuery(party_id=party_id))
    party = required_party(world, viewer, party_id, context.party)
    contacts = sorted(world.parties.contacts(party_id), key=lambda one: (one.primary, one.id), reverse=True)
    destination = own_destination(party, None, world.settings.current())
    addresses = {party.email, party.mobile, *(one for of in contacts for one in (of.email, of.mobile))}
    known = sorted(one for one in (*addresses, destination and destination.lines) if one)
    quarantined = world.addresses.suppressed(known) if known else {}
    return Profile(
        party=party,
        preferences=context.preferences,
        contacts=contacts,
        quarantined=quarantined,
        returned=returned_from(party, destination, quarantined),
    )
