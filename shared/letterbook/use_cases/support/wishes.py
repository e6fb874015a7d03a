"""What a provider tells us that people want, no more messages on a channel or messages again, kept with what they are sent by."""

from collections.abc import Callable

from letterbook.domain.communication import Actor
from letterbook.domain.history import AuditEvent, previous_values
from letterbook.domain.party import OptOut, Preferences
from letterbook.domain.recipients import Suppression
from letterbook.ports import World
from letterbook.retry import retry_on_conflict


def record_opt_out(world: World, party_id: str, wish: OptOut, provider: str) -> None:
    """May be done any number of times, in any order. Raises ConcurrentUpdate when others keep writing the preferences."""
    _save(world, party_id, provider, "opted out", wish, lambda current: current.told(wish))


def lift_opt_out(world: World, party_id: str, wish: OptOut, provider: str) -> None:
    """Takes back what they said by the same source up to then; nothing else. Done again, in any order, as above."""
    _save(world, party_id, provider, "opted in", wish, lambda now: now.taken_back(wish.channel, wish.source, wish.at))


def address_deed(world: World, suppression: Suppression, event: str, provider: str) -> AuditEvent:
    """That an address is not written to from now on, or is again."""
    return AuditEvent(
        about=suppression.party_id,
        at=world.now(),
        actor=Actor(id=provider, name=provider, role="provider"),
        event=event,
        note=suppression.code,
        party_id=suppression.party_id,
    )


def _save(
    world: World, party_id: str, provider: str, deed: str, wish: OptOut, change: Callable[[Preferences], Preferences]
) -> None:
    def attempt() -> None:
        before = world.parties.preferences(party_id)
        after = change(before)
        if after == before:
            return
        event = AuditEvent(
            about=party_id,
            at=world.now(),
            actor=Actor(id=provider, name=provider, role="provider"),
            event=deed,
            note=f"{wish.channel} by {wish.source}",
            party_id=party_id,
            was=previous_values(before, after),
        )
        world.parties.save_preferences(party_id, after, event)

    retry_on_conflict(attempt)
