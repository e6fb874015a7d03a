"""Whom a message is written to: what the compose page must know of them before anything is written."""

from dataclasses import dataclass

from letterbook.domain.access import Permission, Viewer
from letterbook.domain.party import Contact, Party, Preferences
from letterbook.ports import ContextQuery, World
from letterbook.use_cases.support.access import required_party


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressee:
    """`contact` is None where nobody at the party was named, or nobody of that id is there."""

    party: Party
    contact: Contact | None
    preferences: Preferences


def read_addressee(world: World, viewer: Viewer, party_id: str, contact_id: str | None = None) -> Addressee:
    """The party, its contact and its preferences, in one round trip. Raises Forbidden, NotFound, PartyMerged."""
    viewer.require(Permission.READ)
    context = world.load_context(ContextQuery(party_id=party_id, contact_id=contact_id))
    party = required_party(world, viewer, party_id, context.party)
    return Addressee(party=party, contact=context.contact, preferences=context.preferences)
