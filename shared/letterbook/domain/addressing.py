"""Whom a message goes to: who is named, else where an answer is wanted, else the address that its contact or its party has."""

import re
from collections.abc import Sequence
from dataclasses import replace

from letterbook.domain.addresses import address_for
from letterbook.domain.authorship import answered_at
from letterbook.domain.channels import AddressKind, ChannelSpec
from letterbook.domain.communication import Communication, Direction, Recipient, RecipientRole
from letterbook.domain.destination import destination_of
from letterbook.domain.errors import FieldError
from letterbook.domain.message import MessageRequest, RecordRequest
from letterbook.domain.organisation import Organisation
from letterbook.domain.party import Contact, Party
from letterbook.domain.recipients import MAX_RECIPIENTS, BadAddress, email_address, folded
from letterbook.domain.sms import SENDER_ID
from letterbook.domain.telephone import carrier_number, phone_number

# Numbers of a service in its own network (Ofcom: 5 to 8 digits), which no country code goes with.
_SHORT_CODE = re.compile(r"\d{3,8}", re.ASCII)


def recipients_of(
    message: MessageRequest,
    contact: Contact | None,
    party: Party | None,
    organisation: Organisation,
    answered: Communication | None = None,
) -> tuple[tuple[Recipient, ...], Sequence[FieldError]]:
    """The recipients, and what is wrong with the addresses. Nobody, where nobody is named and none is known.

    An answer by email goes where the sender of what is `answered` wants it, one by SMS where that came from. Telephone numbers are
    read in the country where the party is.
    """
    channel, country = message.channel.spec, organisation.country_of(party)
    default = address_for(channel.address, contact, party)
    if channel.is_letter:
        destination = destination_of(message, contact, party, organisation) if party else None
        return ((Recipient(address=destination.lines),) if destination else ()), ()
    if not channel.is_correspondence:
        receiver = message.receiver if channel.address is AddressKind.EINVOICE else None
        where = str(receiver) if receiver else message.address or default
        return ((Recipient(address=where),) if where else ()), ()
    asked = _asked(channel.address, answered) if answered else ()
    named = {
        RecipientRole.TO: message.to or asked or ((default,) if default else ()),
        RecipientRole.CC: message.cc,
        RecipientRole.BCC: message.bcc,
    }
    recipients: dict[str, Recipient] = {}
    faults: list[FieldError] = []
    for role, addresses in named.items():
        good, bad = validate_addresses(
            role, addresses, country=country if channel.address is AddressKind.MOBILE else None
        )
        faults += bad
        for address in good:
            # Whoever is named twice gets it once, in the first place where they are named.
            recipients.setdefault(folded(address), Recipient(address=address, role=role))
    if message.reply_to:
        bad = validate_addresses("reply_to", [message.reply_to])[1]
        faults += [replace(fault, field="reply_to") for fault in bad]
    if len(recipients) > MAX_RECIPIENTS:
        faults.append(FieldError("to", "too_many_recipients", f"A message has at most {MAX_RECIPIENTS} recipients."))
    return tuple(recipients.values()), faults


def sender_asked(channel: ChannelSpec, answered: Communication | None) -> tuple[str, ...]:
    """Of us whom a text message was sent to: an answer from there stands under it on their telephone."""
    if answered is None or channel.address is not AddressKind.MOBILE or not _came_by(channel.address, answered):
        return ()
    return answered.entry.addresses(RecipientRole.TO)


def _asked(kind: AddressKind | None, answered: Communication) -> tuple[str, ...]:
    """Where an answer is wanted: what came by telephone is answered where it came from, if that is a number."""
    if kind is AddressKind.EMAIL:
        return answered_at(answered)
    sender = answered.entry.sender
    return (sender,) if kind is AddressKind.MOBILE and _came_by(kind, answered) and carrier_number(sender) else ()


def _came_by(kind: AddressKind, answered: Communication) -> bool:
    return answered.entry.direction is Direction.INBOUND and answered.entry.channel.spec.address is kind


def validate_addresses(
    field: str, values: Sequence[str], country: str | None = None
) -> tuple[list[str], list[FieldError]]:
    """The normalised addresses, which are mobile numbers where a `country` is named, and a fault for each that is wrong.

    It is named by its place: `to.0`.
    """
    good: list[str] = []
    faults: list[FieldError] = []
    for place, value in enumerate(values):
        try:
            good.append(phone_number(value, mobile=True, country=country) if country else email_address(value))
        except BadAddress as wrong:
            faults.append(FieldError(f"{field}.{place}", wrong.code, str(wrong)))
    return good, faults


def record_with_numbers(record: RecordRequest, country: str) -> tuple[RecordRequest, list[FieldError]]:
    """A record with its telephone numbers as they are kept, read in its party's `country`, and what is wrong with them.

    A message may come from a name or a short number, which nobody can dial.
    """
    faults: list[FieldError] = []

    def read(field: str, value: str) -> str:
        try:
            return phone_number(value, mobile=False, country=country)
        except BadAddress as wrong:
            faults.append(FieldError(field, wrong.code, str(wrong)))
            return value

    if call := record.phone:
        from_phone, to_phone = (
            value and read(name, value)
            for name, value in (("from_phone", call.from_phone), ("to_phone", call.to_phone))
        )
        record = replace(record, phone=replace(call, from_phone=from_phone, to_phone=to_phone))
    if record.channel.spec.address is AddressKind.MOBILE:
        to = tuple(read(f"to.{place}", one) for place, one in enumerate(record.to))
        named = not record.sender or SENDER_ID.fullmatch(record.sender) or _SHORT_CODE.fullmatch(record.sender)
        record = replace(record, to=to, sender=record.sender if named else read("from", record.sender))
    return record, faults
