"""Amazon SNS as an SMS provider: publishes to a number, reads its delivery logs.

Sources: SNS API reference (Publish), SNS developer guide ("Viewing Amazon CloudWatch metrics and logs for SMS deliveries").
SNS carries no id of ours: a receipt is matched by the message id that Publish answered.
"""

import hashlib
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from letterbook.adapters import aws
from letterbook.adapters.providers.aws_errors import translated
from letterbook.adapters.providers.spec import ProviderSpec
from letterbook.domain.channels import Channel
from letterbook.domain.errors import Ambiguous, Permanent, ProviderError, Throttled
from letterbook.domain.failures import FailureCode
from letterbook.domain.receipts import DeliveryOutcome, Receipt, RecipientUpdate
from letterbook.domain.sms import SENDER_ID
from letterbook.ports import EventSource, OutboundMessage

if TYPE_CHECKING:
    from mypy_boto3_sns.type_defs import MessageAttributeValueTypeDef

NAME = "sns"
_F = FailureCode

_ERRORS: dict[str, tuple[type[ProviderError], FailureCode]] = {
    "InvalidParameter": (Permanent, _F.INVALID_ADDRESS),
    "InvalidParameterValue": (Permanent, _F.INVALID_ADDRESS),
    "ValidationException": (Permanent, _F.INVALID_ADDRESS),
    "AuthorizationError": (Permanent, _F.CONFIG),
    "NotFound": (Permanent, _F.CONFIG),
    "OptedOut": (Permanent, _F.OPTED_OUT),
    "Throttled": (Throttled, _F.PROVIDER_OUTAGE),
    "InternalError": (Ambiguous, _F.UNKNOWN),
}

# delivery.providerResponse of a FAILURE, by the words it begins with.
_FAILURES: tuple[tuple[str, DeliveryOutcome, FailureCode], ...] = (
    ("Invalid phone number", DeliveryOutcome.HARD_BOUNCE, _F.INVALID_ADDRESS),
    ("Phone number is opted out", DeliveryOutcome.REFUSED, _F.OPTED_OUT),
    ("Phone is currently unreachable", DeliveryOutcome.SOFT_BOUNCE, _F.UNREACHABLE),
    ("Phone carrier is currently unreachable", DeliveryOutcome.SOFT_BOUNCE, _F.UNREACHABLE),
    ("Unknown error attempting to reach phone", DeliveryOutcome.SOFT_BOUNCE, _F.UNREACHABLE),
    ("Blocked as spam by phone carrier", DeliveryOutcome.HARD_BOUNCE, _F.CONTENT),
    ("Phone carrier has blocked this message", DeliveryOutcome.HARD_BOUNCE, _F.CONTENT),
    ("Message body is invalid", DeliveryOutcome.HARD_BOUNCE, _F.CONTENT),
    ("Destination is on a blocked list", DeliveryOutcome.HARD_BOUNCE, _F.BLOCKED),
    ("Destination is blocked", DeliveryOutcome.HARD_BOUNCE, _F.BLOCKED),
    ("Phone has blocked SMS", DeliveryOutcome.HARD_BOUNCE, _F.BLOCKED),
    ("Phone is on a blocked list", DeliveryOutcome.HARD_BOUNCE, _F.BLOCKED),
    ("This delivery would exceed max price", DeliveryOutcome.HARD_BOUNCE, _F.CONFIG),
)


class SnsSms:
    """See ports.Provider."""

    def send(self, parcel: OutboundMessage) -> str:
        attributes: dict[str, MessageAttributeValueTypeDef] = {
            "AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"}
        }
        if SENDER_ID.fullmatch(parcel.sender):
            attributes["AWS.SNS.SMS.SenderID"] = {"DataType": "String", "StringValue": parcel.sender}
        with translated(_ERRORS):
            answer = aws.sns().publish(
                PhoneNumber=parcel.to[0], Message=parcel.rendered.text, MessageAttributes=attributes
            )
            return answer["MessageId"]


def read(raw: str) -> Receipt:
    """The receipt that a delivery log record is. Raises ValueError for what is no such record."""
    record = json.loads(raw)
    if not isinstance(record, dict) or "notification" not in record or "delivery" not in record:
        raise ValueError("not an SNS SMS delivery record")
    delivery = record["delivery"]
    fact, code, words = _told(str(record.get("status")), str(delivery.get("providerResponse", "")))
    return Receipt(
        provider=NAME,
        event=str(record.get("status")),
        at=datetime.strptime(record["notification"]["timestamp"], "%Y-%m-%d %H:%M:%S.%f").replace(tzinfo=UTC),
        raw=raw,
        digest=hashlib.sha256(raw.encode()).hexdigest(),
        reference=record["notification"]["messageId"],
        news=(RecipientUpdate(recipient=delivery["destination"], fact=fact, code=code, provider_code=words),),
    )


def _told(status: str, response: str) -> tuple[DeliveryOutcome, FailureCode | None, str]:
    if status == "SUCCESS":
        return DeliveryOutcome.DELIVERED, None, ""
    for words, fact, code in _FAILURES:
        if response.startswith(words):
            return fact, code, response
    return DeliveryOutcome.SOFT_BOUNCE, _F.UNKNOWN, response


SPEC = ProviderSpec(
    name=NAME,
    label="Amazon SNS",
    channel=Channel.SMS,
    reports_by=EventSource.LOGS,
    make=lambda _: SnsSms(),
    read=read,
)
