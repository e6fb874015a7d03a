"""Everything that one must know of a party before writing to them, in few requests."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from letterbook.domain.access import Permission, Viewer
from letterbook.domain.errors import NotFound
from letterbook.domain.party import Contact, Party, Preferences
from letterbook.domain.recipients import Suppression
from letterbook.ports import ContextQuery, World
from letterbook.use_cases.support.access import sees_party


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """`quarantined` are those of the party's and its contacts' addresses that bounced."""

    party: Party
    preferences: Preferences
    contacts: Sequence[Contact]
    quarantined: Mapping[str, Suppression]


def read_profile(world: World, viewer: Viewer, party_id: str) -> Profile:
    """The contacts newest first, the primary one before them. Raises Forbidden, NotFound."""
    viewer.require(Permission.READ)
    context = world.load_context(ContextQuery(party_id=party_id))
    if context.party is None or not sees_party(world, viewer, party_id):
        raise NotFound("There is no such party.")
    contacts = sorted(world.parties.contacts(party_id), key=lambda one: (one.primary, one.id), reverse=True)
    addresses = {context.party.email, context.party.mobile, *(one for of in contacts for one in (of.email, of.mobile))}
    known = sorted(one for one in addresses if one)
    return Profile(
        party=context.party,
        preferences=context.preferences,
        contacts=contacts,
        quarantined=world.addresses.suppressed(known) if known else {},
    )
