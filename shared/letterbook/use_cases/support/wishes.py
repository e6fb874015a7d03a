"""What a provider tells us that people want, no more messages on a channel or messages again, kept with what they are sent by."""

from collections.abc import Callable

from letterbook.domain.communication import Actor
from letterbook.domain.history import AuditEvent, previous_values
from letterbook.domain.party import Lifted, OptOut, Preferences
from letterbook.domain.recipients import Suppression
from letterbook.ports import World
from letterbook.retry import retry_on_conflict
from letterbook.use_cases.support.access import standing_party


def record_opt_out(world: World, party_id: str, wish: OptOut, provider: str) -> None:
    """May be done any number of times, in any order. Raises ConcurrentUpdate when others keep writing the preferences."""
    told = f"{wish.channel} by {wish.source}"
    _save(world, party_id, provider, "opted out", told, lambda current: current.told(wish))


def lift_opt_out(world: World, party_id: str, back: Lifted, provider: str) -> None:
    """Takes back what they said by that source up to then, and nothing else. Done again, in any order, as above."""
    told = f"{back.channel}, {back.source} taken back"
    _save(world, party_id, provider, "opted in", told, lambda now: now.taken_back(back.channel, back.source, back.at))


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
    world: World, named: str, provider: str, deed: str, note: str, change: Callable[[Preferences], Preferences]
) -> None:
    """Of a party that was merged they are those of the record that remains."""

    def attempt() -> None:
        party = standing_party(world, named)
        party_id = party.id if party else named
        before = world.parties.preferences(party_id)
        after = change(before)
        if after == before:
            return
        event = AuditEvent(
            about=party_id,
            at=world.now(),
            actor=Actor(id=provider, name=provider, role="provider"),
            event=deed,
            note=note,
            party_id=party_id,
            was=previous_values(before, after),
        )
        world.parties.save_preferences(party_id, after, event)

    retry_on_conflict(attempt)
