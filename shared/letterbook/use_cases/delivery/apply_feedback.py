"""What a provider's word teaches of people: who wants no more messages, and which addresses there are not."""

from functools import partial

from letterbook.domain.communication import Actor, Entry, Recipient, RecipientRole
from letterbook.domain.failures import FailureCode
from letterbook.domain.history import AuditEvent, previous_values
from letterbook.domain.party import OptOut, OptOutSource
from letterbook.domain.receipts import DeliveryOutcome, Receipt, RecipientUpdate, Signal
from letterbook.domain.recipients import Suppression
from letterbook.ports import World
from letterbook.retry import retry_on_conflict
from letterbook.use_cases.support.access import standing_party


def apply_feedback(world: World, entry: Entry, receipt: Receipt) -> None:
    """May be done any number of times. Raises ConcurrentUpdate when others keep writing a party's preferences."""
    _record_opt_outs(world, entry, receipt)
    _remember_addresses(world, entry, receipt)


def _record_opt_outs(world: World, entry: Entry, receipt: Receipt) -> None:
    """Who complains of a message, or told the provider STOP, is not written to again on that channel."""
    wishes: dict[str, OptOutSource] = {}
    for news in receipt.news:
        source = _opt_out_source(news)
        for one in entry.concerned(news.recipient) if source and news.recipient else ():
            party_id = _whose(world, entry, one)
            if party_id and source:
                wishes.setdefault(party_id, source)
    for party_id, source in wishes.items():
        wish = OptOut(channel=entry.channel, source=source, at=receipt.at)
        retry_on_conflict(partial(_add_opt_out, world, party_id, wish, receipt.provider))


def _whose(world: World, entry: Entry, recipient: Recipient) -> str | None:
    """The party whose wish it is: who has the address. Whom we write to is the entry's party, unless others alone have it; whoever
    gets a copy is somebody else, if anybody.
    """
    parties = world.addresses.known([recipient.address])[recipient.address].holders.parties
    own = entry.party.id
    if recipient.role is RecipientRole.TO and (not parties or own in parties):
        return own
    return next((one for one in parties if one != own), own if parties else None)


def _add_opt_out(world: World, named: str, opt_out: OptOut, provider: str) -> None:
    party = standing_party(world, named)
    party_id = party.id if party else named
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


def _remember_addresses(world: World, entry: Entry, receipt: Receipt) -> None:
    """An address that does not exist is not written to again, whoever has it, until it is known to be right.

    What was heard of it last counts, by the provider's time, of whichever message. Of an address that we never wrote to nothing is
    remembered: where somebody's mail is forwarded is no address of ours.
    """
    for news in receipt.news:
        for one in entry.named(news.recipient) if news.recipient else ():
            if news.fact is DeliveryOutcome.DELIVERED:
                world.addresses.arrived(
                    one.address,
                    receipt.at,
                    lambda ended: _of_address(world, ended, "address released", receipt.provider),
                )
            elif _is_dead(news):
                found = Suppression(
                    address=one.address,
                    code=news.code or FailureCode.UNKNOWN,
                    at=receipt.at,
                    communication_id=entry.id,
                    party_id=entry.party.id,
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
