"""Which fields of a `CommunicationBody` each channel takes, derived from its row in domain/channels.py."""

from dataclasses import fields

from letterbook.domain.calls_and_meetings import Meeting, PhoneCall
from letterbook.domain.channels import CHANNELS, AddressKind, Carrier, ChannelSpec

# What every entry may say, and what each channel takes besides: of a message that is to be sent, and of a record.
ALWAYS = frozenset(
    {"channel", "direction", "party_id", "contact_id", "case_id", "regarding", "thread_id", "in_reply_to"}
    | {"category", "restricted", "metadata", "audit"}
)
_ADDRESSED: dict[AddressKind | None, frozenset[str]] = {
    AddressKind.EMAIL: frozenset({"to", "cc", "bcc"}),
    AddressKind.MOBILE: frozenset({"to"}),
    AddressKind.POSTAL: frozenset({"address", "document_id"}),
    AddressKind.EINVOICE: frozenset({"network", "receiver", "document_id"}),
    None: frozenset(),
}
_MESSAGE = frozenset({"send_now", "override_hold", "resend_of"})
_WRITTEN = frozenset({"body", "template"})
_COLLECTED = frozenset({"collect", "attach_regarding"})
_URGENT = frozenset({"urgent", "urgent_reason"})


def message_fields(spec: ChannelSpec) -> frozenset[str]:
    """What a message of the channel takes, by the names that `CommunicationBody` has for it."""
    own = _MESSAGE | _ADDRESSED[spec.address]
    own |= {"send_at"} if spec.carrier is Carrier.PROVIDER else frozenset()
    own |= {"from_", *_URGENT} if spec.is_correspondence else frozenset()
    own |= {"reply_to"} if spec.address is AddressKind.EMAIL else frozenset()
    own |= {"copies"} if spec.is_letter else frozenset()
    own |= {"post"} if spec.is_posted else frozenset()
    own |= {"attachments"} if spec.attachments else frozenset()
    if not spec.is_written:
        return own
    own |= _WRITTEN | (_COLLECTED if spec.attachments else frozenset())
    return own | {"subject"} if spec.has_subject else own


def record_fields(spec: ChannelSpec) -> frozenset[str]:
    """What a record of the channel takes. A meeting says itself when it was."""
    own = _ADDRESSED[spec.address] | {"body", "attachments"} | names_of(spec.details)
    own |= {"occurred_at"} if spec.details is not Meeting else frozenset()
    own |= {"subject"} if spec.has_subject else frozenset()
    return own if spec.is_record_only else own | {"from_"}


def names_of(details: type[PhoneCall] | type[Meeting] | None) -> frozenset[str]:
    return frozenset(one.name for one in fields(details)) if details else frozenset()


SENT = {channel: message_fields(spec) for channel, spec in CHANNELS.items()}
LOGGED = {channel: record_fields(spec) for channel, spec in CHANNELS.items()}
