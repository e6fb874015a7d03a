"""What a provider's word teaches of people: who wants no more messages, and which addresses there are not."""

from letterbook.domain.communication import Actor, RecipientRole
from letterbook.domain.failures import FailureCode
from letterbook.domain.history import AuditEvent, previous_values
from letterbook.domain.party import OptOut, OptOutSource
from letterbook.domain.receipts import DeliveryOutcome, Receipt, RecipientUpdate, Signal
from letterbook.domain.recipients import Suppression, same_address
from letterbook.ports import World
from letterbook.retry import retry_on_conflict


def apply_feedback(world: World, communication_id: str, receipt: Receipt) -> None:
    """May be done any number of times. Raises ConcurrentUpdate when others keep writing the party's preferences."""
    _record_opt_out(world, communication_id, receipt)
    _remember_address(world, communication_id, receipt)


def _record_opt_out(world: World, communication_id: str, receipt: Receipt) -> None:
    """Who complains of a message that was written to them, or told the provider STOP, is not written to again on that channel."""
    wishes = {
        news.recipient: source
        for news in receipt.news
        for source in [_opt_out_source(news)]
        if news.recipient and source
    }
    communication = world.communications.get(communication_id) if wishes else None
    if communication is None:
        return
    to = communication.entry.addresses(RecipientRole.TO)
    said = (wishes[one] for one in wishes for address in to if same_address(one, address))
    source = next(said, None)
    if source is None:
        return
    channel, party_id = communication.entry.channel, communication.entry.party.id
    wish = OptOut(channel=channel, source=source, at=receipt.at)
    retry_on_conflict(lambda: _add_opt_out(world, party_id, wish, receipt.provider))


def _add_opt_out(world: World, party_id: str, opt_out: OptOut, provider: str) -> None:
    preferences = world.parties.preferences(party_id)
    after = preferences.told(opt_out)
    if after == preferences:
        return
    event = AuditEvent(
        about=party_id,
        at=world.now(),
        actor=Actor(id=provider, name=provider, role="provider"),
        event="opted out",
        note=f"{opt_out.channel} by {opt_out.source}",
        party_id=party_id,
        was=previous_values(preferences, after),
    )
    world.parties.save_preferences(party_id, after, event)


def _opt_out_source(news: RecipientUpdate) -> OptOutSource | None:
    if news.signal is Signal.COMPLAINT:
        return OptOutSource.COMPLAINT
    return OptOutSource.STOP_KEYWORD if news.code is FailureCode.OPTED_OUT else None


def _remember_address(world: World, communication_id: str, receipt: Receipt) -> None:
    """An address that does not exist is not written to again, whoever has it, until it is known to be right.

    What was heard of it last counts, by the provider's time, of whichever message.
    """
    for news in receipt.news:
        if news.recipient and news.fact is DeliveryOutcome.DELIVERED:
            world.addresses.arrived(
                news.recipient,
                receipt.at,
                lambda ended: _of_address(world, ended, "address released", receipt.provider),
            )
    dead = [news for news in receipt.news if news.recipient and _is_dead(news)]
    communication = world.communications.get(communication_id) if dead else None
    if communication is None:
        return
    for news in dead:
        found = Suppression(
            address=news.recipient or "",
            code=news.code or FailureCode.UNKNOWN,
            at=receipt.at,
            communication_id=communication_id,
            party_id=communication.entry.party.id,
        )
        world.addresses.suppress(found, _of_address(world, found, "address quarantined", receipt.provider))


def _is_dead(news: RecipientUpdate) -> bool:
    if news.fact is DeliveryOutcome.HARD_BOUNCE:
        return True
    return news.fact is DeliveryOutcome.REFUSED and news.code in (FailureCode.INVALID_ADDRESS, FailureCode.OPTED_OUT)


def _of_address(world: World, suppression: Suppression, event: str, provider: str) -> AuditEvent:
    return AuditEvent(
        about=suppression.party_id,
        at=world.now(),
        actor=Actor(id=provider, name=provider, role="provider"),
        event=event,
        note=suppression.code,
        party_id=suppression.party_id,
    )
