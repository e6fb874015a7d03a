"""Amazon SNS as an SMS provider: publishes to a number, reads its delivery logs.

Sources: SNS API reference (Publish), SNS developer guide ("Viewing Amazon CloudWatch metrics and logs for SMS deliveries").
SNS carries no id of ours: a receipt is matched by the message id that Publish answered.
"""

import hashlib
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from letterbook.adapters import aws
from letterbook.adapters.providers.aws_errors import translated
from letterbook.adapters.providers.event_values import word, words
from letterbook.adapters.providers.sns_notification import posted
from letterbook.adapters.providers.spec import ProviderSpec
from letterbook.domain.channels import Channel
from letterbook.domain.errors import Ambiguous, Permanent, ProviderError, Throttled
from letterbook.domain.failures import FailureCode, FailureText
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

_CORRECT, _LATER = "Correct the number, then send again.", "Try again later, or use another channel."
_OTHERWISE, _SET_UP = "Use another channel.", "Tell your administrator: it is our set-up."
_D = DeliveryOutcome

# delivery.providerResponse of a FAILURE, by the words it begins with up to a stroke.
_FAILURES: dict[str, tuple[DeliveryOutcome, FailureCode, str, str]] = {
    "Invalid phone number": (_D.HARD_BOUNCE, _F.INVALID_ADDRESS, "The number does not exist.", _CORRECT),
    "Phone number is opted out": (
        _D.REFUSED,
        _F.OPTED_OUT,
        "The recipient answered STOP.",
        "Use another channel that they allow.",
    ),
    "Phone is currently unreachable/unavailable": (
        _D.SOFT_BOUNCE,
        _F.UNREACHABLE,
        "The phone was switched off or out of reach.",
        _LATER,
    ),
    "Phone carrier is currently unreachable/unavailable": (
        _D.SOFT_BOUNCE,
        _F.UNREACHABLE,
        "The recipient's carrier did not answer.",
        _LATER,
    ),
    "Unknown error attempting to reach phone": (
        _D.SOFT_BOUNCE,
        _F.UNREACHABLE,
        "The phone could not be reached, and the carrier does not say why.",
        _LATER,
    ),
    "Blocked as spam by phone carrier": (
        _D.HARD_BOUNCE,
        _F.CONTENT,
        "The carrier took it for spam.",
        "Say it in other words, without links.",
    ),
    "Phone carrier has blocked this message": (
        _D.HARD_BOUNCE,
        _F.CONTENT,
        "The carrier blocked this message.",
        "Say it in other words, or use another channel.",
    ),
    "Message body is invalid": (
        _D.HARD_BOUNCE,
        _F.CONTENT,
        "The text cannot be sent as it is.",
        "Change it, then send again.",
    ),
    "Destination is on a blocked list": (_D.HARD_BOUNCE, _F.BLOCKED, "The number is on a blocked list.", _OTHERWISE),
    "Destination is blocked": (_D.HARD_BOUNCE, _F.BLOCKED, "The number is blocked.", _OTHERWISE),
    "Phone has blocked SMS": (_D.HARD_BOUNCE, _F.BLOCKED, "The phone takes no text messages.", _OTHERWISE),
    "Phone is on a blocked list": (_D.HARD_BOUNCE, _F.BLOCKED, "The phone is on a blocked list.", _OTHERWISE),
    "This delivery would exceed max price": (
        _D.HARD_BOUNCE,
        _F.CONFIG,
        "It would have cost more than our limit for one message.",
        _SET_UP,
    ),
}
_BAD_REQUEST = FailureText("Amazon SNS does not take a message like this.", "See the number, then send again.")
_WORDS: dict[str, FailureText] = {
    "InvalidParameter": _BAD_REQUEST,
    "InvalidParameterValue": _BAD_REQUEST,
    "ValidationException": _BAD_REQUEST,
    "AuthorizationError": FailureText("Our AWS account may not send text messages.", _SET_UP),
    "NotFound": FailureText("Amazon SNS does not know what our set-up names.", _SET_UP),
    "OptedOut": FailureText("The recipient answered STOP.", "Use another channel that they allow."),
    "Throttled": FailureText("Amazon SNS asked us to send more slowly, for too long.", "Send again."),
    "InternalError": FailureText(
        "Amazon SNS failed, and nobody knows whether it sent this.", "See whether it arrived first."
    ),
    **{words: FailureText(reason, advice) for words, (_, _, reason, advice) in _FAILURES.items()},
}


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
    try:
        return _receipt(json.loads(raw), raw)
    except (KeyError, TypeError, AttributeError, RecursionError) as missing:
        raise ValueError("not an SNS SMS delivery record") from missing


def _receipt(record: dict[str, Any], raw: str) -> Receipt:
    delivery, reference = record["delivery"], word(record["notification"]["messageId"], 200)
    if not reference:
        raise ValueError("not an SNS SMS delivery record")
    fact, code, said = _told(word(record["status"]), words(delivery.get("providerResponse"), 200))
    return Receipt(
        provider=NAME,
        event=word(record["status"]) or "unknown",
        at=datetime.strptime(record["notification"]["timestamp"], "%Y-%m-%d %H:%M:%S.%f").replace(tzinfo=UTC),
        raw=raw,
        digest=hashlib.sha256(raw.encode()).hexdigest(),
        reference=reference,
        news=(RecipientUpdate(recipient=word(delivery["destination"]), fact=fact, code=code, provider_code=said),)
        if fact
        else (),
    )


def _told(status: str, response: str) -> tuple[DeliveryOutcome | None, FailureCode | None, str]:
    if status == "SUCCESS":
        return DeliveryOutcome.DELIVERED, None, ""
    if status != "FAILURE":
        return None, None, ""
    for known, (fact, code, *_) in _FAILURES.items():
        if response.startswith(known.partition("/")[0]):
            return fact, code, known
    return DeliveryOutcome.SOFT_BOUNCE, _F.UNKNOWN, response


SPEC = ProviderSpec(
    name=NAME,
    label="Amazon SNS",
    channel=Channel.SMS,
    reports_by=EventSource.LOGS,
    failures=_WORDS,
    webhooks={"": posted},
    make=lambda _: SnsSms(),
    read=read,
)
