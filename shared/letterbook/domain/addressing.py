"""Whom a message goes to: who is named, else where an answer is wanted, else the address that its contact or its party has."""

from collections.abc import Sequence
from dataclasses import replace

from letterbook.domain.addresses import address_for
from letterbook.domain.authorship import answered_at
from letterbook.domain.channels import AddressKind
from letterbook.domain.communication import Communication, Recipient, RecipientRole
from letterbook.domain.errors import FieldError
from letterbook.domain.message import MessageRequest
from letterbook.domain.party import Contact, Party
from letterbook.domain.recipients import MAX_RECIPIENTS, folded, validate_addresses


def recipients_of(
    message: MessageRequest, contact: Contact | None, party: Party | None, answered: Communication | None = None
) -> tuple[tuple[Recipient, ...], Sequence[FieldError]]:
    """The recipients, and what is wrong with the addresses. Nobody, where nobody is named and none is known.

    An answer by email goes where the sender of what is `answered` wants it.
    """
    channel = message.channel.spec
    default = address_for(channel.address, contact, party)
    if not channel.is_correspondence:
        where = message.address or default
        return ((Recipient(address=where),) if where else ()), ()
    asked = answered_at(answered) if answered and channel.address is AddressKind.EMAIL else ()
    named = {
        RecipientRole.TO: message.to or asked or ((default,) if default else ()),
        RecipientRole.CC: message.cc,
        RecipientRole.BCC: message.bcc,
    }
    recipients: dict[str, Recipient] = {}
    faults: list[FieldError] = []
    for role, addresses in named.items():
        good, bad = validate_addresses(role, addresses, sms=channel.address is AddressKind.MOBILE)
        faults += bad
        for address in good:
            # Whoever is named twice gets it once, in the first place where they are named.
            recipients.setdefault(folded(address), Recipient(address=address, role=role))
    if message.reply_to:
        bad = validate_addresses("reply_to", [message.reply_to], sms=False)[1]
        faults += [replace(fault, field="reply_to") for fault in bad]
    if len(recipients) > MAX_RECIPIENTS:
        faults.append(FieldError("to", "too_many_recipients", f"A message has at most {MAX_RECIPIENTS} recipients."))
    return tuple(recipients.values()), faults
