"""Why a message did not arrive: a code for programs, plain words for people, and what to do about it."""

from dataclasses import dataclass
from enum import StrEnum


class FailureCode(StrEnum):
    INVALID_ADDRESS = "invalid_address"
    UNREACHABLE = "unreachable"
    MAILBOX_FULL = "mailbox_full"
    BLOCKED = "blocked"
    CONTENT = "content"
    OPTED_OUT = "opted_out"
    EXPIRED = "expired"
    TOO_LARGE = "too_large"
    CONFIG = "config"
    NO_ROUTE = "no_route"
    RETURNED = "returned"
    RECIPIENT_REJECTED = "recipient_rejected"
    CANCELLED = "cancelled"
    MISSING_CONTACT = "missing_contact"
    PROVIDER_OUTAGE = "provider_outage"
    INVALID_DOCUMENT = "invalid_document"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class FailureText:
    reason: str
    advice: str


_F = FailureCode

FAILURE_TEXTS: dict[FailureCode, FailureText] = {
    _F.INVALID_ADDRESS: FailureText("The address does not exist.", "Correct the address, then send again."),
    _F.UNREACHABLE: FailureText("The recipient could not be reached.", "Try again later, or use another channel."),
    _F.MAILBOX_FULL: FailureText("The recipient's mailbox is full.", "Try again later, or use another channel."),
    _F.BLOCKED: FailureText(
        "The recipient's provider blocks our messages.", "Use another channel, and ask to be unblocked."
    ),
    _F.CONTENT: FailureText("The content was refused.", "Change the text or the attachments, then send again."),
    _F.OPTED_OUT: FailureText("The recipient has opted out of this channel.", "Use another channel that they allow."),
    _F.EXPIRED: FailureText("It could not be delivered in time.", "Send again, or use another channel."),
    _F.TOO_LARGE: FailureText("The message is too large for the recipient.", "Send smaller or fewer attachments."),
    _F.CONFIG: FailureText("Our account with the provider refused it.", "Tell your administrator: it is our set-up."),
    _F.NO_ROUTE: FailureText("There is no way to this recipient by this channel.", "Use another channel."),
    _F.RETURNED: FailureText("It came back undeliverable.", "Check the postal address, then send again."),
    _F.RECIPIENT_REJECTED: FailureText("The recipient refused it.", "Ask the recipient why before you send again."),
    _F.CANCELLED: FailureText("It was cancelled at the provider.", "Send again if it is still wanted."),
    _F.MISSING_CONTACT: FailureText("There is no address for this channel.", "Add the contact data, then send again."),
    _F.PROVIDER_OUTAGE: FailureText("The provider did not take it in time.", "Send again; the provider may be back."),
    _F.INVALID_DOCUMENT: FailureText("The document is not acceptable.", "Correct the document, then send again."),
    _F.UNKNOWN: FailureText("The provider gave no reason that we know.", "See the provider's code, then try again."),
}
