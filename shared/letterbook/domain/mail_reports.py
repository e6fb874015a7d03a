"""What a mail server or a mail program reports of a mail that we sent: that it failed, waits, arrived, or was opened."""

from dataclasses import dataclass
from enum import StrEnum

from letterbook.domain.failures import FailureCode
from letterbook.domain.receipts import DeliveryOutcome


class ReportedAction(StrEnum):
    """What became of it, in the words of RFC 3464 (2.3.3); and of RFC 8098 (3.2.6) for what its reader's program did."""

    FAILED = "failed"
    DELAYED = "delayed"
    DELIVERED = "delivered"
    RELAYED = "relayed"
    EXPANDED = "expanded"
    DISPLAYED = "displayed"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedRecipient:
    """What is reported of one recipient.

    `address` is whom we wrote to, as far as the report says (Original-Recipient, else Final-Recipient); `final_address` who it came
    to in the end. `status` is an enhanced code of RFC 3463 such as `5.1.1`, or an SMTP code such as `550`, or empty; `diagnostic`
    what the other server said, on one line.
    """

    address: str
    action: ReportedAction
    final_address: str = ""
    status: str = ""
    diagnostic: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailReport:
    """A report of one mail. What is known of that mail: its Message-ID without angle brackets, and its subject; empty if unknown.

    Without `recipients` it is a report that does not say of whom.
    """

    recipients: tuple[ReportedRecipient, ...] = ()
    message_id: str = ""
    subject: str = ""


def outcome_of(one: ReportedRecipient) -> tuple[DeliveryOutcome, FailureCode]:
    """What a failure means: hard where the address certainly does not exist."""
    hard = one.status.startswith("5.1.1")
    return (
        (DeliveryOutcome.HARD_BOUNCE, FailureCode.INVALID_ADDRESS)
        if hard
        else (DeliveryOutcome.SOFT_BOUNCE, FailureCode.UNKNOWN)
    )
