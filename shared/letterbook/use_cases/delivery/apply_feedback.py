"""What a provider's word teaches of people: who wants no more messages, and which addresses there are not."""

from collections.abc import Iterable, Sequence

from letterbook.domain.channels import AddressKind
from letterbook.domain.communication import Entry, Recipient, RecipientRole
from letterbook.domain.failures import FailureCode
from letterbook.domain.party import STAND_INS, Lifted, OptOut, OptOutSource
from letterbook.domain.receipts import DeliveryOutcome, Receipt, RecipientUpdate, Signal
from letterbook.domain.recipients import ReachedAddress, Suppression
from letterbook.ports import World
from letterbook.use_cases.support.wishes import address_deed, lift_opt_out, record_opt_out

# A mail may come back for good, and late, for what says nothing of the address.
_OF_THE_MOMENT = (FailureCode.MAILBOX_FULL, FailureCode.TOO_LARGE, FailureCode.EXPIRED)
# Of a letter: whatever else it fails of is no fault of its address.
_RETURNED = (FailureCode.RETURNED, FailureCode.INVALID_ADDRESS)


def apply_feedback(world: World, entry: Entry, receipt: Receipt, written: ReachedAddress | None = None) -> None:
    """May be done any number of times. `written` is the one that is kept by now.

    Raises ConcurrentUpdate when others keep writing a party's preferences.
    """
    _record_wishes(world, entry, receipt)
    _remember_addresses(world, entry, receipt, written)


def only_reached(entry: Entry, receipts: Iterable[Receipt]) -> ReachedAddress | None:
    """What they tell of the one address where something arrived; None where they tell of none, or of more."""
    told = {one for receipt in receipts for news in receipt.news for one in _reached(entry, receipt, news)}
    return told.pop() if len(told) == 1 else None


def _reached(entry: Entry, receipt: Receipt, news: RecipientUpdate) -> Sequence[ReachedAddress]:
    delivered = news.fact is DeliveryOutcome.DELIVERED
    return [ReachedAddress(address=one.address, at=receipt.at) for one in _addressed(entry, news)] if delivered else []


def _record_wishes(world: World, entry: Entry, receipt: Receipt) -> None:
    """Who complains of a message, unsubscribed, or told the provider STOP, is not written to again on that channel; who subscribes
    again is, unless there is another reason.
    """
    wishes: dict[str, OptOut | Lifted] = {}
    for news in receipt.news:
        wish = _wish(entry, receipt, news)
        for one in entry.concerned(news.recipient) if wish and news.recipient else ():
            party_id = _whose(world, entry, one)
            if party_id and wish:
                wishes.setdefault(party_id, wish)
    for party_id, wish in wishes.items():
        if isinstance(wish, OptOut):
            record_opt_out(world, party_id, wish, receipt.provider)
        else:
            lift_opt_out(world, party_id, wish, receipt.provider)


def _whose(world: World, entry: Entry, recipient: Recipient) -> str | None:
    """The party whose wish it is: who has the address. Whom we write to is the entry's party, unless others alone have it; whoever
    gets a copy is somebody else, if anybody. A test, and what nobody is known to be behind, opts out nobody else.
    """
    parties = world.addresses.known([recipient.address])[recipient.address].holders.parties
    own = entry.party.id
    if own in STAND_INS:
        return parties[0] if parties else None
    if recipient.role is RecipientRole.TO and (not parties or own in parties):
        return own
    return next((one for one in parties if one != own), own if parties else None)


def _wish(entry: Entry, receipt: Receipt, news: RecipientUpdate) -> OptOut | Lifted | None:
    if news.signal is Signal.RESUBSCRIBE:
        return Lifted(channel=entry.channel, source=_own_word(entry), at=receipt.at)
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


def _remember_addresses(world: World, entry: Entry, receipt: Receipt, written: ReachedAddress | None) -> None:
    """An address that does not exist is not written to again, whoever has it, until it is known to be right.

    What was heard of it last counts, by the provider's time, of whichever message. Of an address that we never wrote to nothing is
    remembered: where somebody's mail is forwarded is no address of ours.
    """
    for news in receipt.news:
        for reached in _reached(entry, receipt, news):
            if reached != written:
                world.addresses.arrived(
                    reached.address,
                    reached.at,
                    lambda ended: address_deed(world, ended, "address released", receipt.provider),
                )
        for one in _addressed(entry, news):
            if _is_dead(entry, news):
                found = Suppression(
                    address=one.address,
                    code=news.code or FailureCode.UNKNOWN,
                    at=receipt.at,
                    communication_id=entry.id,
                    party_id=entry.party.id,
                    corrected=receipt.corrected_address,
                )
                world.addresses.suppress(found, address_deed(world, found, "address quarantined", receipt.provider))


def _addressed(entry: Entry, news: RecipientUpdate) -> tuple[Recipient, ...]:
    """Whose address it is about. A letter has one, and whoever carries it need not name it."""
    spec = entry.channel.spec
    if spec.is_correspondence:
        return entry.named(news.recipient) if news.recipient else ()
    return entry.recipients if spec.tells_of_dead_addresses else ()


def _is_dead(entry: Entry, news: RecipientUpdate) -> bool:
    if not entry.channel.spec.is_correspondence:
        return news.fact in (DeliveryOutcome.HARD_BOUNCE, DeliveryOutcome.REFUSED) and news.code in _RETURNED
    if news.fact is DeliveryOutcome.HARD_BOUNCE:
        return news.code not in _OF_THE_MOMENT
    if news.fact is not DeliveryOutcome.REFUSED or news.code not in (
        FailureCode.INVALID_ADDRESS,
        FailureCode.OPTED_OUT,
    ):
        return False
    # Of who unsubscribed the address is good, and may be subscribed again.
    return _opt_out_source(entry, news) is not OptOutSource.UNSUBSCRIBE
