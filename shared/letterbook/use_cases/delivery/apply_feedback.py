"""What a provider's word teaches of people: who wants no more messages, and which addresses there are not."""

from datetime import datetime
from functools import partial
from typing import NamedTuple

from letterbook.domain.channels import AddressKind
from letterbook.domain.communication import Actor, Entry, Recipient, RecipientRole
from letterbook.domain.failures import FailureCode
from letterbook.domain.history import AuditEvent, previous_values
from letterbook.domain.party import OptOut, OptOutSource
from letterbook.domain.receipts import DeliveryOutcome, Receipt, RecipientUpdate, Signal
from letterbook.domain.recipients import Suppression
from letterbook.ports import World
from letterbook.retry import retry_on_conflict


class TakenBack(NamedTuple):
    """They want messages again: what they said that way before counts no more."""

    channel: str
    source: OptOutSource
    at: datetime


def apply_feedback(world: World, entry: Entry, receipt: Receipt) -> None:
    """May be done any number of times. Raises ConcurrentUpdate when others keep writing a party's preferences."""
    _record_wishes(world, entry, receipt)
    _remember_addresses(world, entry, receipt)


def _record_wishes(world: World, entry: Entry, receipt: Receipt) -> None:
    """Who complains of a message, unsubscribed, or told the provider STOP, is not written to again on that channel; who subscribes
    again is, unless there is another reason.
    """
    wishes: dict[str, OptOut | TakenBack] = {}
    for news in receipt.news:
        wish = _wish(entry, receipt, news)
        for one in entry.concerned(news.recipient) if wish and news.recipient else ():
            party_id = _whose(world, entry, one)
            if party_id and wish:
                wishes.setdefault(party_id, wish)
    for party_id, wish in wishes.items():
        retry_on_conflict(partial(_record_wish, world, party_id, wish, receipt.provider))


def _whose(world: World, entry: Entry, recipient: Recipient) -> str | None:
    """The party whose wish it is: who has the address. Whom we write to is the entry's party, unless others alone have it; whoever
    gets a copy is somebody else, if anybody.
    """
    parties = world.addresses.known([recipient.address])[recipient.address].holders.parties
    own = entry.party.id
    if recipient.role is RecipientRole.TO and (not parties or own in parties):
        return own
    return next((one for one in parties if one != own), own if parties else None)


def _record_wish(world: World, party_id: str, wish: OptOut | TakenBack, provider: str) -> None:
    preferences = world.parties.preferences(party_id)
    out = isinstance(wish, OptOut)
    after = preferences.told(wish) if isinstance(wish, OptOut) else preferences.taken_back(*wish)
    if after == preferences:
        return
    event = AuditEvent(
        about=party_id,
        at=world.now(),
        actor=Actor(id=provider, name=provider, role="provider"),
        event="opted out" if out else "opted in",
        note=f"{wish.channel} by {wish.source if out else Signal.RESUBSCRIBE}",
        party_id=party_id,
        was=previous_values(preferences, after),
    )
    world.parties.save_preferences(party_id, after, event)


def _wish(entry: Entry, receipt: Receipt, news: RecipientUpdate) -> OptOut | TakenBack | None:
    if news.signal is Signal.RESUBSCRIBE:
        return TakenBack(entry.channel, _own_word(entry), receipt.at)
    source = _opt_out_source(entry, news)
    return OptOut(channel=entry.channel, source=source, at=receipt.at) if source else None


def _opt_out_source(entry: Entry, news: RecipientUpdate) -> OptOutSource | None:
    if news.signal is Signal.COMPLAINT:
        return OptOutSource.COMPLAINT
    said_so = news.signal is Signal.UNSUBSCRIBE or news.code is FailureCode.OPTED_OUT
    return _own_word(entry) if said_so else None


def _own_word(entry: Entry) -> OptOutSource:
    """How people tell a provider of that channel that they want no more."""
    mobile = entry.channel.spec.address is AddressKind.MOBILE
    return OptOutSource.STOP_KEYWORD if mobile else OptOutSource.UNSUBSCRIBE


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
            elif _is_dead(entry, news):
                found = Suppression(
                    address=one.address,
                    code=news.code or FailureCode.UNKNOWN,
                    at=receipt.at,
                    communication_id=entry.id,
                    party_id=entry.party.id,
                )
                world.addresses.suppress(found, _of_address(world, found, "address quarantined", receipt.provider))


def _is_dead(entry: Entry, news: RecipientUpdate) -> bool:
    if news.fact is DeliveryOutcome.HARD_BOUNCE:
        return True
    if news.fact is not DeliveryOutcome.REFUSED or news.code not in (
        FailureCode.INVALID_ADDRESS,
        FailureCode.OPTED_OUT,
    ):
        return False
    # Of who unsubscribed the address is good, and may be subscribed again.
    return _opt_out_source(entry, news) is not OptOutSource.UNSUBSCRIBE


def _of_address(world: World, suppression: Suppression, event: str, provider: str) -> AuditEvent:
    return AuditEvent(
        about=suppression.party_id,
        at=world.now(),
        actor=Actor(id=provider, name=provider, role="provider"),
        event=event,
        note=suppression.code,
        party_id=suppression.party_id,
    )
