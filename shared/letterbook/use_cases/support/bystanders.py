"""Whose wishes count besides the party's that is written to: those of everybody who has one of the addresses."""

from collections.abc import Mapping

from letterbook.domain.addresses import KnownAddress
from letterbook.domain.policy_rules import Bystander
from letterbook.ports import World


def bystanders(world: World, party_id: str, known: Mapping[str, KnownAddress]) -> tuple[Bystander, ...]:
    """The other parties that have one of the addresses, and set any wishes. Asked for only where there are others."""
    others = {address: found.holders.others_than(party_id) for address, found in known.items()}
    everybody = frozenset[str]().union(*others.values())
    if not everybody:
        return ()
    preferences = world.parties.preferences_of(sorted(everybody))
    return tuple(
        Bystander(address=address, preferences=preferences[one])
        for address, parties in others.items()
        for one in sorted(parties)
        if one in preferences
    )
