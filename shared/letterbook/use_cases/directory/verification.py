"""Verifies a party's email address by a link that only who reads it has. Nobody who uses it is signed in."""

from dataclasses import replace

from letterbook.domain.actors import SYSTEM
from letterbook.domain.history import AuditEvent
from letterbook.domain.party import Party, Verification
from letterbook.domain.verification import (
    PATH,
    LinkState,
    VerificationToken,
    read_verification_token,
    verification_token,
)
from letterbook.ports import World
from letterbook.retry import retry_on_conflict
from letterbook.use_cases.support.access import standing_party


def verification_link(world: World, party: Party) -> str | None:
    """A new link for the address that the party has now; None for one without an address. Those from before stay good."""
    if not party.email:
        return None
    return f"{world.console_url}{PATH}/{verification_token(party.id, party.email, world.now(), world.link_key)}"


def look_at_link(world: World, text: str) -> LinkState:
    """What the link is good for. It changes nothing: programs open links too, before anybody reads them."""
    token = read_verification_token(text)
    return _looked_up(world, token)[1] if token else LinkState.OVER


def verify_address(world: World, text: str) -> LinkState:
    """Marks the address as verified, once, and answers how the link stands then."""
    token = read_verification_token(text)
    return retry_on_conflict(lambda: _verify(world, token)) if token else LinkState.OVER


def _verify(world: World, token: VerificationToken) -> LinkState:
    party, state = _looked_up(world, token)
    if party is None or party.email is None or state is not LinkState.GOOD:
        return state
    now = world.now()
    verified = replace(party, verification=Verification(address=party.email, at=now), version=party.version + 1)
    event = AuditEvent(about=party.id, at=now, actor=SYSTEM, event="email address verified", party_id=party.id)
    world.parties.save(verified, party, event)
    return LinkState.VERIFIED


def _looked_up(world: World, token: VerificationToken) -> tuple[Party | None, LinkState]:
    party = standing_party(world, token.party_id)
    return party, token.state(party, world.now(), world.link_key)
