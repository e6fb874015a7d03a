"""Whether, when and where a message would reach its party: what the policy is asked before there is anything to say."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from letterbook.domain.access import Permission, Viewer
from letterbook.domain.addresses import KnownAddress
from letterbook.domain.addressing import recipients_of
from letterbook.domain.channels import Channel
from letterbook.domain.communication import Recipient, RecipientRole
from letterbook.domain.destination import Destination, destination_of
from letterbook.domain.errors import FieldError
from letterbook.domain.message import MessageRequest
from letterbook.domain.organisation import Organisation
from letterbook.domain.party import Party, Preferences
from letterbook.domain.policy import PolicyResult, decide_reach
from letterbook.domain.policy_rules import ReachInput
from letterbook.domain.post import PostOptions
from letterbook.domain.postal_addresses import postal_faults
from letterbook.ports import World
from letterbook.use_cases.messages.addressee import Addressee
from letterbook.use_cases.support.bystanders import bystanders


def reach_input(
    world: World,
    viewer: Viewer,
    message: MessageRequest,
    *,
    party: Party,
    preferences: Preferences,
    category: str | None,
    recipients: Sequence[Recipient],
    known: Mapping[str, KnownAddress],
    destination: Destination | None,
    now: datetime,
) -> ReachInput:
    """`known` is what is known of the recipients' addresses, of those that can turn out to be nobody's.

    `destination` is where a letter goes.
    """
    suppressed = {address: one.quarantine for address, one in known.items() if one.quarantine}
    return ReachInput(
        viewer=viewer,
        organisation=world.settings.current(),
        channel=message.channel,
        party=party,
        preferences=preferences,
        category=category,
        to=tuple(one.address for one in recipients if one.role is RecipientRole.TO),
        quarantined={
            "address" if message.channel.spec.is_letter else f"{role}.{place}": (address, suppressed[address].at)
            for role in RecipientRole
            for place, address in enumerate(one.address for one in recipients if one.role is role)
            if address in suppressed
        },
        bystanders=bystanders(world, party.id, known),
        override_hold=message.override_hold,
        urgent=message.urgent,
        urgent_reason=message.urgent_reason,
        now=now,
        wanted_at=message.send_at or now,
        address_faults=_address_faults(message, destination, world.settings.current()),
    )


def _address_faults(
    message: MessageRequest, destination: Destination | None, organisation: Organisation
) -> tuple[FieldError, ...]:
    if destination is None or not message.channel.spec.is_posted:
        return ()
    product = post_options(message, organisation).product
    return postal_faults(destination.lines, destination.parts, country=destination.country, product=product)


def post_options(message: MessageRequest, organisation: Organisation) -> PostOptions:
    """How a letter is printed and carried: as is wanted of this one, else as the firm's settings say."""
    return message.post.over(organisation.post) if message.post else organisation.post


def survey_channels(
    world: World,
    viewer: Viewer,
    addressee: Addressee,
    message: MessageRequest,
    channels: Iterable[Channel],
    category: str | None,
) -> Mapping[Channel, PolicyResult]:
    """What the policy says of each channel, whatever is said by it; what is known of all addresses is read in one round trip.

    By its own channel the message goes to whom it names, by another to the address that the contact or the party has for it. An
    address that is none is the sender's to correct: it is no reason not to write. Raises Forbidden.
    """
    viewer.require(Permission.SEND)
    now, organisation = world.now(), world.settings.current()
    asked = {one: _by(one, message) for one in channels}
    recipients = {one: _recipients(asked[one], addressee, organisation) for one in asked}
    bouncing = {
        one: [each.address for each in found] for one, found in recipients.items() if one.spec.tells_of_dead_addresses
    }
    every = sorted({address for addresses in bouncing.values() for address in addresses})
    known = world.addresses.known(every) if every else {}
    return {
        channel: decide_reach(
            reach_input(
                world,
                viewer,
                asked[channel],
                party=addressee.party,
                preferences=addressee.preferences,
                category=category,
                recipients=recipients[channel],
                destination=destination_of(asked[channel], addressee.contact, addressee.party, organisation),
                known={one: known[one] for one in bouncing.get(channel, ()) if one in known},
                now=now,
            )
        )
        for channel in asked
    }


def _by(channel: Channel, message: MessageRequest) -> MessageRequest:
    if channel is message.channel:
        return message
    urgent = message.urgent and channel.spec.keeps_office_hours
    nowhere: dict[str, Any] = {"to": (), "cc": (), "bcc": (), "address": None, "postal_address": None, "reply_to": None}
    return replace(message, channel=channel, **nowhere, post=None, urgent=urgent)


def _recipients(message: MessageRequest, addressee: Addressee, organisation: Organisation) -> Sequence[Recipient]:
    found, _ = recipients_of(message, addressee.contact, addressee.party, organisation)
    wrong = not any(one.role is RecipientRole.TO for one in found)
    return (*found, *(Recipient(address=one) for one in message.to)) if wrong else found
