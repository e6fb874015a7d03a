"""Takes in a text message: finds whose number it came from and what it follows, keeps it, does what its word orders.

The same message may be handed over any number of times: at once, again, by a process that died half-way. It is known by its
provider's reference, and enters once; all that follows is done on top of that, and done again changes nothing. Files are fetched
when the message stands in the log, each in a place of its own: what cannot be had now is said, and asked for again by the queue.
"""

import hashlib
import logging
from dataclasses import replace

from letterbook.domain.addresses import Holders
from letterbook.domain.channels import Channel
from letterbook.domain.communication import Communication, Recipient
from letterbook.domain.errors import IdempotencyKeyConflict
from letterbook.domain.ids import Kind, id_from
from letterbook.domain.inbound_text import InboundText, Keyword, is_layout
from letterbook.domain.keywords import is_yes, keyword_in
from letterbook.domain.party import NOBODY, Lifted, OptOut, OptOutSource
from letterbook.domain.receipts import Signal
from letterbook.domain.sms import measure
from letterbook.domain.telephone import carrier_number, is_landline, shown_numbers
from letterbook.domain.templates import Rendered
from letterbook.domain.visible import unturned
from letterbook.ports import IdempotencyKey, World
from letterbook.retry import retry_on_conflict
from letterbook.use_cases.inbound.answer_keyword import answer_keyword
from letterbook.use_cases.inbound.answers import (
    Answer,
    Correspondent,
    create_party,
    first_of,
    holders_of,
    nobody,
)
from letterbook.use_cases.inbound.enter import Arrival, enter
from letterbook.use_cases.inbound.last_texts import find_last_texts
from letterbook.use_cases.inbound.text_files import FILES_LEFT_OUT, fetch_files
from letterbook.use_cases.support.wishes import address_deed, lift_opt_out, record_opt_out

logger = logging.getLogger(__name__)

# What its history says of a word, beside that it came.
_NOTES = {
    Keyword.STOP: "Opts out by it",
    Keyword.START: "Takes back an opt-out by it",
    Keyword.HELP: "Asks what this is",
}

# What a sender may be called that is no number, and how it is cut.
_LONGEST_SENDER = 60
# A provider's own ids have some forty; an index takes no more than 2,048 bytes.
_LONGEST_REFERENCE = 255


def receive_text(world: World, provider: str, raw: str) -> Communication:
    """The entry that the message became.

    Raises ValueError for what is no message of that provider, ProviderError where a file of it cannot be had at the moment, and
    whatever keeps it from being entered: the queue then hands it over again.
    """
    message = _as_kept(world, world.providers.read_text(provider, raw))
    keyword = message.keyword or keyword_in(message.text) or _taken_back_by_yes(world, message)
    communication = _known(world, message) or _enter(world, message, keyword)
    if keyword:
        _obey(world, communication, message, keyword)
        if not (message.answered or is_yes(message.text)):
            answer_keyword(world, communication, keyword)
    fetch_files(world, communication, message)
    logger.info(
        "received",
        extra={
            "communication_id": communication.id,
            "answer": communication.in_reply_to is not None,
            "keyword": keyword,
        },
    )
    return communication


def _taken_back_by_yes(world: World, message: InboundText) -> Keyword | None:
    """Vendors let messages through again to who had stopped and says yes, and tell them so; to anybody else it is an answer."""
    if not is_yes(message.text):
        return None
    preferences = world.parties.preferences_of(holders_of(world, message.sender).parties)
    wishes = (one for of in preferences.values() for one in of.opt_outs if one.category is None)
    stopped = any((one.channel, one.source) == (Channel.SMS, OptOutSource.STOP_KEYWORD) for one in wishes)
    return Keyword.START if stopped else None


def _as_kept(world: World, message: InboundText) -> InboundText:
    """Its numbers in E.164, as far as they are numbers, and its text without what cannot be written down.

    What came has come, whatever its provider's clock says. Raises ValueError for what cannot be known again.
    """
    if not message.reference:
        raise ValueError("a message without a reference")
    long = len(message.reference) > _LONGEST_REFERENCE
    return replace(
        message,
        reference=hashlib.sha256(message.reference.encode(errors="replace")).hexdigest() if long else message.reference,
        at=min(message.at, world.now()),
        sender=_number(message.sender),
        recipient=_number(message.recipient),
        text=unturned(_writable(message.text)),
        media=tuple(one for one in message.media if not is_layout(one.media_type)),
    )


def _number(written: str) -> str:
    return carrier_number(written) or " ".join(_writable(written).split())[:_LONGEST_SENDER]


def _writable(text: str) -> str:
    """Without halves of characters, which no UTF-8 has, and without signs that only machines read."""
    whole = text.encode(errors="replace").decode()
    return "".join(one for one in whole if one >= " " or one in "\n\r\t")


def _known(world: World, message: InboundText) -> Communication | None:
    record = world.idempotency.get(_key(message), Communication)
    if record and isinstance(record.result, Communication):
        return world.communications.get(record.result.id) or record.result
    communication_id = world.communications.find_by_provider_reference(message.provider, message.reference)
    return world.communications.get(communication_id) if communication_id else None


def _key(message: InboundText) -> IdempotencyKey:
    """What only one entry can have, whenever its message was posted to us."""
    said = f"{message.provider} {message.reference}"
    digest = hashlib.sha256(said.encode(errors="replace")).hexdigest()
    return IdempotencyKey(user=message.provider, route="inbound", key=digest, digest=digest)


def _enter(world: World, message: InboundText, keyword: Keyword | None) -> Communication:
    correspondent, answer = retry_on_conflict(lambda: _place(world, message))
    seed = f"{message.provider} {message.reference}".encode(errors="replace")
    arrival = Arrival(
        id=id_from(Kind.COMMUNICATION, message.at, seed),
        channel=Channel.SMS,
        sender=message.sender,
        recipients=(Recipient(address=message.recipient),) if message.recipient else (),
        rendered=Rendered(subject="", text=message.text),
        provider=message.provider,
        reference=message.reference,
        sms=measure(message.text),
        signals=frozenset({Signal.KEYWORD} if keyword else set())
        | ({Signal.FILES_MISSING} if message.media else set()),
        note=_NOTES[keyword] if keyword else "",
        metadata={FILES_LEFT_OUT: str(len(message.media))} if message.media else {},
    )
    try:
        return enter(world, arrival, correspondent, answer, _key(message))
    except IdempotencyKeyConflict:
        known = _known(world, message)
        if known is None:
            raise
        return known


def _place(world: World, message: InboundText) -> tuple[Correspondent, Answer]:
    """Whose it is, and what it follows: the last SMS with that number, of whoever has it alone.

    A number that nobody has is whose who was written to there last. Raises HoldersChanged.
    """
    number, holders = message.sender, holders_of(world, message.sender)
    if len(holders.parties) > 1:
        return first_of(holders), Answer()
    if holders.parties:
        return first_of(holders), find_last_texts(world, number, holders.parties[0])
    if carrier_number(number) is None:
        # A name or a short code: nobody can answer it, so a person files it.
        return nobody(world), find_last_texts(world, number, NOBODY)
    answer = find_last_texts(world, number)
    placed = answer.beside or answer.to
    return (Correspondent(party_id=placed.entry.party.id) if placed else _newcomer(world, number, holders)), answer


def _newcomer(world: World, number: str, holders: Holders) -> Correspondent:
    name = shown_numbers(number, world.settings.current().country)
    if is_landline(number):
        return create_party(world, holders, name, phone=number)
    return create_party(world, holders, name, mobile=number)


def _obey(world: World, communication: Communication, message: InboundText, keyword: Keyword) -> None:
    """A wish is a person's, so it is kept with all who have the number, as a message to any of them asks all (decision 16)."""
    entry = communication.entry
    if keyword is Keyword.HELP:
        return
    at, source = entry.occurred_at, OptOutSource.STOP_KEYWORD
    for party_id in holders_of(world, entry.sender).parties or (entry.party.id,):
        if party_id == NOBODY:
            continue
        if keyword is Keyword.STOP:
            record_opt_out(world, party_id, OptOut(channel=entry.channel, source=source, at=at), message.provider)
        else:
            lift_opt_out(world, party_id, Lifted(channel=entry.channel, source=source, at=at), message.provider)
    if keyword is Keyword.START:
        # Where the provider refused them a message since STOP, their number was no longer written to.
        world.addresses.arrived(
            entry.sender,
            at,
            lambda ended: address_deed(world, ended, "address released", message.provider),
        )
