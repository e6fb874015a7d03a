"""Records what a provider tells us of a message. Every step may be done twice: the queue delivers again until all are done."""

import logging

from letterbook.domain.communication import Actor, Communication, RecipientRole
from letterbook.domain.errors import AlreadyHeard, Moved, NotFound, Unmatched
from letterbook.domain.failures import FailureCode
from letterbook.domain.history import Deed, Outcome, said_before
from letterbook.domain.moves import Change, heard
from letterbook.domain.party import OptOut, OptOutSource
from letterbook.domain.receipts import Fact, News, Receipt, Signal
from letterbook.domain.recipients import Quarantine, same_address
from letterbook.ports import World
from letterbook.use_cases.change import change

logger = logging.getLogger(__name__)
_ROUNDS = 5


def take_event(world: World, provider: str, raw: str, *, waited: bool) -> None:
    """Reads an event and records it. One that matches no entry is set aside once it has `waited`; before, it raises Unmatched.

    Raises ValueError for what the provider never sends.
    """
    receipt = world.providers.read(provider, raw)
    if receipt is None:
        return
    try:
        record_receipt(world, receipt)
    except Unmatched:
        if not waited:
            raise
        logger.warning("unmatched receipt set aside", extra={"provider": provider, "event": receipt.event})
        world.log.set_aside(receipt, world.now())


def record_receipt(world: World, receipt: Receipt) -> Outcome:
    """What the receipt did to its entry.

    Raises Unmatched while no entry is known for it: it may have come before our own write.
    """
    communication_id = receipt.communication_id or world.log.find(receipt.provider, receipt.reference or "")
    if communication_id is None:
        raise Unmatched(receipt.event)
    told: list[Outcome] = []

    def hear(communication: Communication) -> Change:
        change = heard(communication, receipt, at=world.now())
        told.append(change.outcome)
        return change

    try:
        change(world, communication_id, hear)
    except NotFound:
        raise Unmatched(receipt.event) from None
    except AlreadyHeard:
        told.append(Outcome.DUPLICATE)
    _respect(world, communication_id, receipt)
    _remember_address(world, communication_id, receipt)
    logger.info(
        "receipt",
        extra={
            "communication_id": communication_id,
            "provider": receipt.provider,
            "event": receipt.event,
            "outcome": told[-1],
        },
    )
    return told[-1]


def _respect(world: World, communication_id: str, receipt: Receipt) -> None:
    """Who complains of a message that was written to them is not written to again on that channel."""
    complainers = [news.recipient for news in receipt.news if news.recipient and news.signal is Signal.COMPLAINT]
    communication = world.log.get(communication_id) if complainers else None
    if communication is None:
        return
    to = communication.entry.addresses(RecipientRole.TO)
    if not any(same_address(one, address) for one in complainers for address in to):
        return
    channel, party_id = communication.entry.channel, communication.entry.party.id
    for _ in range(_ROUNDS):
        preferences = world.directory.preferences(party_id)
        wish = OptOut(channel=channel, source=OptOutSource.COMPLAINT, at=receipt.at)
        if any(one.channel == channel and one.category is None for one in preferences.opt_outs):
            return
        after = preferences.with_opt_out(wish)
        deed = Deed(
            about=party_id,
            at=world.now(),
            actor=Actor(id=receipt.provider, name=receipt.provider, role="provider"),
            event="opted out",
            note=f"{channel} by {wish.source}",
            party_id=party_id,
            was=said_before(preferences, after),
        )
        try:
            world.directory.save_preferences(party_id, after, deed)
        except Moved:
            continue
        return
    raise Moved(party_id)


def _remember_address(world: World, communication_id: str, receipt: Receipt) -> None:
    """An address that does not exist is not written to again, whoever has it, until it is known to be right."""
    dead = [news for news in receipt.news if news.recipient and _is_dead(news)]
    alive = [news.recipient for news in receipt.news if news.recipient and news.fact is Fact.DELIVERED]
    if not dead and not alive:
        return
    known = world.directory.quarantined([*(one.recipient or "" for one in dead), *alive])
    communication = world.log.get(communication_id) if known or dead else None
    if communication is None:
        return
    party_id = communication.entry.party.id
    for news in dead:
        if news.recipient and news.recipient not in known:
            found = Quarantine(
                address=news.recipient,
                code=news.code or FailureCode.UNKNOWN,
                at=receipt.at,
                communication_id=communication_id,
                party_id=party_id,
            )
            world.directory.put_in_quarantine(found, _of_address(world, found, "address quarantined", receipt.provider))
    for address in alive:
        standing = known.get(address)
        if standing and standing.at < receipt.at:
            world.directory.release(standing, _of_address(world, standing, "address released", receipt.provider))


def _is_dead(news: News) -> bool:
    if news.fact is Fact.HARD_BOUNCE:
        return True
    return news.fact is Fact.REFUSED and news.code in (FailureCode.INVALID_ADDRESS, FailureCode.OPTED_OUT)


def _of_address(world: World, quarantine: Quarantine, event: str, provider: str) -> Deed:
    return Deed(
        about=quarantine.party_id,
        at=world.now(),
        actor=Actor(id=provider, name=provider, role="provider"),
        event=event,
        note=quarantine.code,
        party_id=quarantine.party_id,
    )
