"""The channels: one row each, from which every other module derives what it needs to know of one.

A new channel is a row here, a provider that carries it, and the rules that are its own alone. Nobody else asks which channel it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from letterbook.domain.calls_and_meetings import Meeting, PhoneCall


class Channel(StrEnum):
    EMAIL = "email"
    SMS = "sms"
    POST = "post"
    EINVOICE = "einvoice"
    MANUAL = "manual"
    PHONE = "phone"
    MEETING = "meeting"
    NOTE = "note"

    @property
    def spec(self) -> "ChannelSpec":
        return CHANNELS[self]


class Carrier(StrEnum):
    """Who takes a message where it goes."""

    PROVIDER = "provider"
    PERSON = "person"


class AddressKind(StrEnum):
    """What a channel must know of whoever it goes to, in words."""

    EMAIL = "email address"
    MOBILE = "mobile number"
    POSTAL = "postal address"
    EINVOICE = "e-invoice address"

    @property
    def is_electronic(self) -> bool:
        """Whether people write back from it, and it can turn out not to exist."""
        return self in (AddressKind.EMAIL, AddressKind.MOBILE)


class CostClass(StrEnum):
    """What a provider charges for: each message, each part of an SMS, or each letter by its pages and how it goes."""

    PER_MESSAGE = "per_message"
    PER_SEGMENT = "per_segment"
    PER_LETTER = "per_letter"


class ThreadKind(StrEnum):
    GENERAL = "general"
    EMAIL = "email"
    SMS = "sms"
    CHAT = "chat"
    MEETING = "meeting"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelSpec:
    """What is true of a channel.

    `label` names a kind of entry, `one` a single one ("an email"), `all_of_it` what somebody opts out of, `by` how it goes.
    `compose_title` is filled with the label, and the `name` and `kind` of the party. `inbound_label` is how it came in, for who
    logs that; None where only its own form or its provider says so. `preposition` stands before the party's name, where it is
    neither from nor to.
    """

    label: str
    one: str
    all_of_it: str
    by: str
    compose_title: str = "{label} to {name}"
    inbound_label: str | None = None
    preposition: str | None = None
    # Who carries it; None for what is only logged.
    carrier: Carrier | None = None
    address: AddressKind | None = None
    # Only people make entries of it: those can be amended, and taken away again.
    is_record_only: bool = False
    # It stays inside the firm: nobody is told anything, nobody answers.
    is_internal: bool = False
    has_subject: bool = True
    needs_subject: bool = False
    html: bool = True
    # A message takes attachments; a record always does.
    attachments: bool = True
    # Templates are written for it.
    templates: bool = False
    # What a record says besides, and the fields that one cannot be without; another need only say something.
    details: type[PhoneCall] | type[Meeting] | None = None
    record_needs: tuple[str, ...] = ()
    # Threads begin by themselves, of this kind; None where only a person begins one.
    thread_kind: ThreadKind | None = None
    # Nothing goes outside office hours, unless it is urgent or the firm sets other hours for it.
    keeps_office_hours: bool = False
    # What came in is answered, and by which channel whatever was said is.
    awaits_answer: bool = False
    answered_by: Channel = Channel.EMAIL
    cost_class: CostClass = CostClass.PER_MESSAGE

    @property
    def noun(self) -> str:
        """Without its article."""
        return self.one.partition(" ")[2]

    @property
    def message_needs(self) -> tuple[str, ...]:
        """What nobody can send without writing it, where no template does."""
        if not self.is_written:
            return ()
        return ("subject", "body") if self.has_subject else ("body",)

    @property
    def is_written(self) -> bool:
        """Whether people write what it says; an e-invoice is a file of another system."""
        return self.address is not AddressKind.EINVOICE

    @property
    def is_letter(self) -> bool:
        """Whether it goes on paper, to a postal address."""
        return self.address is AddressKind.POSTAL

    @property
    def is_posted(self) -> bool:
        """Whether a provider prints and posts it: then its address must be whole, and it has a delivery product."""
        return self.cost_class is CostClass.PER_LETTER

    @property
    def is_correspondence(self) -> bool:
        """Whether it goes from one electronic address to another, so that an answer comes to where it was written from."""
        return self.address is not None and self.address.is_electronic

    @property
    def tells_of_dead_addresses(self) -> bool:
        """Whether whoever carries it tells that an address is nobody's; then nothing more is sent there."""
        return self.is_correspondence or (self.is_letter and self.carrier is Carrier.PROVIDER)


CHANNELS: Mapping[Channel, ChannelSpec] = MappingProxyType(
    {
        Channel.EMAIL: ChannelSpec(
            label="Email",
            one="an email",
            all_of_it="email",
            by="by email",
            compose_title="Email a {kind}",
            inbound_label="Email",
            carrier=Carrier.PROVIDER,
            address=AddressKind.EMAIL,
            needs_subject=True,
            templates=True,
            record_needs=("subject", "body"),
            thread_kind=ThreadKind.EMAIL,
            awaits_answer=True,
        ),
        Channel.SMS: ChannelSpec(
            label="SMS",
            one="an SMS",
            all_of_it="SMS",
            by="by SMS",
            inbound_label="SMS",
            carrier=Carrier.PROVIDER,
            address=AddressKind.MOBILE,
            has_subject=False,
            html=False,
            attachments=False,
            templates=True,
            record_needs=("body",),
            thread_kind=ThreadKind.SMS,
            keeps_office_hours=True,
            awaits_answer=True,
            answered_by=Channel.SMS,
            cost_class=CostClass.PER_SEGMENT,
        ),
        Channel.POST: ChannelSpec(
            label="Letter",
            one="a letter",
            all_of_it="letters",
            by="as a letter",
            inbound_label="Letter",
            carrier=Carrier.PROVIDER,
            address=AddressKind.POSTAL,
            templates=True,
            awaits_answer=True,
            cost_class=CostClass.PER_LETTER,
        ),
        Channel.EINVOICE: ChannelSpec(
            label="E-invoice",
            one="an e-invoice",
            all_of_it="e-invoices",
            by="as an e-invoice",
            carrier=Carrier.PROVIDER,
            address=AddressKind.EINVOICE,
            html=False,
        ),
        Channel.MANUAL: ChannelSpec(
            label="By hand",
            one="a letter",
            all_of_it="letters",
            by="by hand",
            compose_title="Letter by hand to {name}",
            inbound_label="Handed in",
            carrier=Carrier.PERSON,
            address=AddressKind.POSTAL,
            templates=True,
        ),
        Channel.PHONE: ChannelSpec(
            label="Call",
            one="a call",
            all_of_it="calls",
            by="by telephone",
            is_record_only=True,
            details=PhoneCall,
            answered_by=Channel.SMS,
        ),
        Channel.MEETING: ChannelSpec(
            label="Meeting",
            one="a meeting",
            all_of_it="meetings",
            by="in a meeting",
            preposition="with",
            is_record_only=True,
            details=Meeting,
            record_needs=("subject", "meeting_date"),
        ),
        Channel.NOTE: ChannelSpec(
            label="Note",
            one="a note",
            all_of_it="notes",
            by="in a note",
            preposition="on",
            is_record_only=True,
            is_internal=True,
            has_subject=False,
            record_needs=("body",),
        ),
    }
)

# What can be sent, in the order that is fallen back to; of that what a provider carries, and what of it may keep hours; what is
# fallen back to unless the firm says otherwise (post costs, and an e-invoice is a file); and what templates are written for.
SENDABLE = tuple(channel for channel, spec in CHANNELS.items() if spec.carrier)
CARRIED = tuple(channel for channel in SENDABLE if channel.spec.carrier is Carrier.PROVIDER)
WITH_HOURS = tuple(channel for channel in CARRIED if channel.spec.is_correspondence)
FALLEN_BACK_TO = tuple(one for one in SENDABLE if one in WITH_HOURS or one.spec.carrier is Carrier.PERSON)
TEMPLATED = tuple(channel for channel, spec in CHANNELS.items() if spec.templates)
# What a message goes by where nobody says otherwise.
DEFAULT = SENDABLE[0]


def templates_for(channel: Channel) -> frozenset[Channel]:
    """The channels whose templates it takes: its own, and on paper whatever is written."""
    return frozenset(TEMPLATED if channel.spec.is_letter else (channel,))


def sendable_like(name: str) -> Channel:
    """The channel of that name where it can be sent, else one that goes to the same kind of address, else the default."""
    wanted = Channel(name) if name in CHANNELS else DEFAULT
    same = [one for one in SENDABLE if one.spec.address is wanted.spec.address]
    return wanted if wanted in same else next(iter(same), DEFAULT)
