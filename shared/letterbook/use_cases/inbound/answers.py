"""What came in answers, and whom it is from, as far as either is beyond doubt."""

from collections.abc import Sequence
from dataclasses import dataclass

from letterbook.domain.addresses import Holder, Holders
from letterbook.domain.authorship import Author
from letterbook.domain.communication import SYSTEM, Communication, Entry
from letterbook.domain.history import AuditEvent
from letterbook.domain.ids import Kind, new_id
from letterbook.domain.inbound_email import InboundEmail, communication_id_in
from letterbook.domain.party import NOBODY, NOBODY_SINCE, Party, PartyKind
from letterbook.domain.receipts import Signal
from letterbook.domain.recipients import same_address
from letterbook.domain.status import Status
from letterbook.ports import World
from letterbook.retry import retry_on_conflict

# Who carried what came in by mail; its reference is the mail's own Message-ID.
MAIL = "mail"
_MOST_LOOKED_UP = 10
# Whose the mail of nobody is until a person files it: one party, the same in every firm, which is older than all others.
_NOBODY_NAME = "Unknown sender"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came in answers, as far as that is beyond doubt; `restricted` where what it may be an answer to is.

    `beside` is what it follows without answering it, in whose place it stands.
    """

    to: Communication | None = None
    beside: Communication | None = None
    restricted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Correspondent:
    """Whom it is from, as far as the directory knows; `candidates` are all that it may be from, where there are several."""

    party_id: str
    contact_id: str | None = None
    candidates: tuple[str, ...] = ()


def find_answered(world: World, mail: InboundEmail, by_token: Communication | None) -> Answer:
    """By the token, else by the Message-IDs it names, the nearest first.

    Who has the token has our message, whatever sender they write: it places a mail. Only what is restricted takes in nothing that
    is forged; and since it may be an answer all the same, that is restricted itself.
    """
    if by_token and by_token.entry.restricted and Signal.FORGED in mail.signals:
        return Answer(restricted=True)
    if by_token:
        return Answer(to=by_token)
    for message_id in may_be_answered(mail):
        found = find_by_message_id(world, message_id)
        if found and took_part(mail.sender, found.entry):
            return Answer(to=found)
    return Answer()


def may_be_answered(mail: InboundEmail) -> tuple[str, ...]:
    """The ids of messages that it may answer, the nearest first: not all that a long letter has gathered."""
    return mail.answers[:_MOST_LOOKED_UP] if not mail.doubtful else ()


def find_by_token(world: World, mail: InboundEmail) -> Communication | None:
    """The communication whose reply address it was sent to."""
    communication_id = world.reply_addresses.communication(mail.addressed)
    return existing(world, communication_id) if communication_id else None


def find_by_message_id(world: World, message_id: str) -> Communication | None:
    given = world.providers.reference(message_id)
    communication_id = communication_id_in(message_id) or (
        world.communications.find_by_provider_reference(*given) if given else None
    )
    communication_id = communication_id or world.communications.find_by_provider_reference(MAIL, message_id)
    return existing(world, communication_id) if communication_id else None


def find_correspondent(world: World, mail: InboundEmail, author: Author, answer: Answer) -> Correspondent:
    """The party that is answered for; else who had the address first, and who writes for the first time.

    What somebody does afterwards, as to write to another that has the address, or to give it to another, changes nothing. A mail
    server is nobody's customer; neither is who cannot be told.
    """

    def find() -> Correspondent:
        holders = holders_of(world, author.address)
        if answer.to:
            entry = answer.to.entry
            own = holders.contact_of(entry.party.id)
            return Correspondent(party_id=entry.party.id, contact_id=own, candidates=entry.candidates)
        reported = _reported_party(world, mail)
        if reported:
            return reported
        if holders.all:
            return first_of(holders)
        if mail.from_daemon or not author.address:
            return nobody(world)
        return create_party(world, holders, author.name or author.address, email=author.address)

    return retry_on_conflict(find)


def is_known(world: World, address: str) -> bool:
    return bool(holders_of(world, address).all)


def _reported_party(world: World, mail: InboundEmail) -> Correspondent | None:
    """Of a report that belongs to no message of ours: who could not be reached, if they are somebody's."""
    for one in mail.report.recipients[:_MOST_LOOKED_UP] if mail.report and not mail.doubtful else ():
        holders = holders_of(world, one.address)
        if holders.all:
            return first_of(holders)
    return None


def first_of(holders: Holders) -> Correspondent:
    first, *others = holders.parties
    candidates = holders.parties if others else ()
    return Correspondent(party_id=first, contact_id=holders.contact_of(first), candidates=candidates)


def took_part(sender: str, entry: Entry) -> bool:
    return any(same_address(sender, one) for one in (entry.sender, *(each.address for each in entry.recipients)))


def existing(world: World, communication_id: str) -> Communication | None:
    found = world.communications.get(communication_id)
    return found if found and not found.deleted and found.entry.status is not Status.DRAFT else None


def holders_of(world: World, address: str) -> Holders:
    return world.addresses.known([address])[address].holders if address else Holders(address="")


def nobody(world: World) -> Correspondent:
    if world.parties.get(NOBODY) is None:
        _save(world, Party(id=NOBODY, kind=PartyKind.CUSTOMER, name=_NOBODY_NAME, created_at=NOBODY_SINCE))
    return Correspondent(party_id=NOBODY)


def create_party(
    world: World,
    holders: Holders,
    name: str,
    *,
    email: str | None = None,
    mobile: str | None = None,
    phone: str | None = None,
) -> Correspondent:
    """Who writes for the first time becomes a party: somebody can tell us more about them, and nothing they wrote is lost.

    Raises HoldersChanged where somebody else got the address meanwhile.
    """
    party = Party(
        id=new_id(Kind.PARTY, world.now()),
        kind=PartyKind.CUSTOMER,
        name=name,
        email=email,
        mobile=mobile,
        phone=phone,
        created_at=world.now(),
    )
    first = Holder(party_id=party.id, since=party.created_at)
    _save(world, party, holders=[holders.kept(first, has=True)])
    return Correspondent(party_id=party.id)


def _save(world: World, party: Party, holders: Sequence[Holders] = ()) -> None:
    event = AuditEvent(about=party.id, at=world.now(), actor=SYSTEM, event="party entered", party_id=party.id)
    world.parties.save(party, None, event, holders=holders)
