"""Amazon SES v2: sends raw MIME, reads SES event records.

Sources: SES API v2 reference (SendEmail), SES developer guide ("Contents of event data that Amazon SES publishes to Amazon SNS").
"""

import hashlib
import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from letterbook.adapters import aws
from letterbook.adapters.providers.account import Account
from letterbook.adapters.providers.aws_errors import translated
from letterbook.adapters.providers.event_values import address, message_id as id_in, part, word, words
from letterbook.adapters.providers.machine_opens import is_machine
from letterbook.adapters.providers.mime_message import mime
from letterbook.adapters.providers.spec import ProviderSpec
from letterbook.domain.channels import Channel
from letterbook.domain.errors import OverQuota, Permanent, ProviderError, Throttled
from letterbook.domain.failures import FailureCode, FailureText
from letterbook.domain.ids import Kind, is_id
from letterbook.domain.receipts import DeliveryOutcome, Receipt, RecipientUpdate, Signal
from letterbook.ports import EventSource, OutboundMessage

if TYPE_CHECKING:
    from mypy_boto3_sesv2.type_defs import DestinationTypeDef

# The tag that carries our id; it comes back in every event.
TAG = "communication_id"
# What SES publishes, as plain words, when it is first told of a topic.
_SET_UP = "Successfully validated SNS topic"

NAME = "ses"
_F = FailureCode

# Errors of SendEmail (Amazon SES API v2 reference). What is not here is judged by its HTTP status.
_ERRORS: dict[str, tuple[type[ProviderError], FailureCode]] = {
    "TooManyRequestsException": (Throttled, _F.PROVIDER_OUTAGE),
    "LimitExceededException": (OverQuota, _F.PROVIDER_OUTAGE),
    "MessageRejected": (Permanent, _F.CONTENT),
    "BadRequestException": (Permanent, _F.CONTENT),
    "MailFromDomainNotVerifiedException": (Permanent, _F.CONFIG),
    "NotFoundException": (Permanent, _F.CONFIG),
    "AccountSuspendedException": (Permanent, _F.CONFIG),
    "SendingPausedException": (Permanent, _F.CONFIG),
}

# bounceType and bounceSubType; a sub-type that is not here counts as its type's `*`.
_BOUNCES: dict[tuple[str, str], tuple[DeliveryOutcome, FailureCode]] = {
    ("Permanent", "*"): (DeliveryOutcome.HARD_BOUNCE, _F.INVALID_ADDRESS),
    # SES did not even try: the address is on a suppression list.
    ("Permanent", "Suppressed"): (DeliveryOutcome.REFUSED, _F.INVALID_ADDRESS),
    ("Permanent", "OnAccountSuppressionList"): (DeliveryOutcome.REFUSED, _F.INVALID_ADDRESS),
    ("Transient", "*"): (DeliveryOutcome.SOFT_BOUNCE, _F.UNREACHABLE),
    ("Transient", "MailboxFull"): (DeliveryOutcome.SOFT_BOUNCE, _F.MAILBOX_FULL),
    ("Transient", "MessageTooLarge"): (DeliveryOutcome.SOFT_BOUNCE, _F.TOO_LARGE),
    ("Transient", "ContentRejected"): (DeliveryOutcome.SOFT_BOUNCE, _F.CONTENT),
    ("Transient", "AttachmentRejected"): (DeliveryOutcome.SOFT_BOUNCE, _F.CONTENT),
    ("Undetermined", "*"): (DeliveryOutcome.SOFT_BOUNCE, _F.UNKNOWN),
}
_LATER = "Try again later, or use another channel."
_CORRECT, _OURS = "Correct the address, then send again.", "Tell your administrator: it is our set-up."
_SMALLER = "Change the text or the attachments, then send again."
_UNWANTED = "Ask the recipient by another channel whether the address is right."
# By the error, by bounceType/bounceSubType where the receiving server gave no code of its own, or by the reason of a rejection.
_WORDS: dict[str, tuple[str, str]] = {
    "TooManyRequestsException": ("Amazon SES asked us to send more slowly, for too long.", "Send again."),
    "LimitExceededException": ("The day's quota at Amazon SES was used up.", "Send again tomorrow, or ask for more."),
    "MessageRejected": ("Amazon SES refused the message for its content.", _SMALLER),
    "BadRequestException": ("Amazon SES does not take a message like this.", _SMALLER),
    "MailFromDomainNotVerifiedException": ("Our domain is not verified at Amazon SES.", _OURS),
    "NotFoundException": ("Amazon SES does not know what our set-up names.", _OURS),
    "AccountSuspendedException": ("Amazon SES suspended our account.", _OURS),
    "SendingPausedException": ("Sending is paused at Amazon SES.", _OURS),
    "Permanent/General": ("The recipient's server refused it for good.", _CORRECT),
    "Permanent/NoEmail": ("The address does not exist.", _CORRECT),
    "Permanent/Suppressed": ("Mail to this address came back before, so Amazon SES did not try.", _UNWANTED),
    "Permanent/OnAccountSuppressionList": (
        "The address is on our suppression list, so Amazon SES did not try.",
        _UNWANTED,
    ),
    "Transient/General": ("The recipient's server did not take it, or an automatic reply came back.", _LATER),
    "Transient/MailboxFull": ("The recipient's mailbox is full.", _LATER),
    "Transient/MessageTooLarge": (
        "It is larger than the recipient's server takes.",
        "Send smaller or fewer attachments.",
    ),
    "Transient/ContentRejected": ("The recipient's server refused the content.", _SMALLER),
    "Transient/AttachmentRejected": ("The recipient's server refused an attachment.", _SMALLER),
    "Undetermined/Undetermined": ("The recipient's server sent it back and did not say why.", _LATER),
    "Bad content": ("Amazon SES found a virus in it.", "Check the attachments, then send again."),
    "RenderingFailure": ("The text could not be made from its template.", _OURS),
}
# Out-of-office replies come as these; beside a delivery they are only that.
_MAYBE_REPLIES = {("Transient", "General"), ("Undetermined", "Undetermined")}
# Feedback that is nobody's wish: that it is no spam, or did not prove where it is from (RFC 5965, 7.3; RFC 6591, 3.1).
_NO_COMPLAINTS = frozenset({"not-spam", "auth-failure"})


class Ses:
    """See ports.Provider."""

    def __init__(self, configuration_set: str) -> None:
        self._configuration_set = configuration_set

    def send(self, parcel: OutboundMessage) -> str:
        destination: DestinationTypeDef = {
            "ToAddresses": parcel.to,
            "CcAddresses": parcel.cc,
            "BccAddresses": parcel.bcc,
        }
        try:
            raw = mime(parcel)
        except Exception as defect:
            # Certainly not taken: nobody was called yet.
            raise Permanent(type(defect).__name__, _F.CONTENT) from defect
        with translated(_ERRORS):
            answer = aws.ses().send_email(
                FromEmailAddress=parcel.sender,
                Destination=destination,
                Content={"Raw": {"Data": raw}},
                EmailTags=[{"Name": TAG, "Value": parcel.communication_id}],
                ConfigurationSetName=self._configuration_set,
            )
            return answer["MessageId"]


def message_id(reference: str) -> str:
    """SES gives every mail a Message-ID of its own (developer guide, "Header fields in Amazon SES")."""
    region = aws.ses().meta.region_name
    return f"{reference}@{'email' if region == 'us-east-1' else region}.amazonses.com"


def reference(message_id: str) -> str | None:
    """What SES knows the message by, in the small letters that it writes; None for ids that are not of its making."""
    name, _, host = message_id.lower().rpartition("@")
    return name if name and host.endswith(".amazonses.com") else None


def read(raw: str) -> Receipt | None:
    """The receipt that an SES event record is; None for what SES publishes when a topic is set up.

    Raises ValueError for what is no such record.
    """
    if raw.startswith(_SET_UP):
        return None
    try:
        return _receipt(json.loads(raw), raw)
    except (KeyError, TypeError, AttributeError, RecursionError) as missing:
        raise ValueError("not an SES event record") from missing


def _receipt(record: dict[str, Any], raw: str) -> Receipt:
    event = word(record.get("eventType") or record["notificationType"])
    mail, given = record["mail"], id_in(record["mail"]["messageId"])
    told = _EVENTS.get(event)
    seen = record.get("open") or record.get("click") or {}
    machine = bool(seen) and is_machine(words(seen.get("userAgent")))
    said, news = told(record) if told else (mail["timestamp"], ())
    at = datetime.fromisoformat(said)
    ours = word(next(iter(part(mail, "tags").get(TAG) or []), None))
    if not event or not given or at.tzinfo is None:
        raise ValueError("not an SES event record")
    return Receipt(
        provider=NAME,
        event=event,
        at=at,
        raw=raw,
        digest=hashlib.sha256(raw.encode()).hexdigest(),
        communication_id=ours if is_id(Kind.COMMUNICATION, ours) else None,
        reference=given,
        news=(*news, RecipientUpdate(signal=Signal.MACHINE_OPEN)) if machine else news,
        opened=event in ("Open", "Click") and not machine,
    )


_Told = tuple[str, tuple[RecipientUpdate, ...]]


def _named(value: object) -> str:
    """Raises ValueError: what is told of nobody would be of all."""
    found = address(value)
    if found is None:
        raise ValueError("no address")
    return found


def _send(record: dict[str, Any]) -> _Told:
    return record["mail"]["timestamp"], (RecipientUpdate(fact=DeliveryOutcome.ACCEPTED),)


def _delivery(record: dict[str, Any]) -> _Told:
    body = record["delivery"]
    return body["timestamp"], tuple(
        RecipientUpdate(recipient=_named(one), fact=DeliveryOutcome.DELIVERED) for one in body["recipients"]
    )


def _bounce(record: dict[str, Any]) -> _Told:
    body = record["bounce"]
    kind = (word(body["bounceType"]), word(body["bounceSubType"]))
    fact, code = _BOUNCES.get(kind) or _BOUNCES.get((kind[0], "*")) or (DeliveryOutcome.SOFT_BOUNCE, _F.UNKNOWN)
    signal = Signal.AUTO_REPLY if kind in _MAYBE_REPLIES else None
    # An undetermined bounce may name nobody; then it is about everybody the message was for.
    bounced = body["bouncedRecipients"] or [{"emailAddress": one} for one in record["mail"]["destination"]]
    return body["timestamp"], tuple(
        RecipientUpdate(
            recipient=_named(one["emailAddress"]),
            fact=fact,
            code=code,
            provider_code=("" if fact is DeliveryOutcome.REFUSED else word(one.get("status"))) or "/".join(kind),
            signal=signal,
        )
        for one in bounced
    )


def _complaint(record: dict[str, Any]) -> _Told:
    body = record["complaint"]
    kind = word(body.get("complaintFeedbackType")).strip().lower()
    signal = None if kind in _NO_COMPLAINTS else Signal.COMPLAINT
    return body["timestamp"], tuple(
        RecipientUpdate(recipient=_named(one["emailAddress"]), signal=signal, provider_code="" if signal else kind)
        for one in body["complainedRecipients"]
    )


def _reject(record: dict[str, Any]) -> _Told:
    reason = word(record["reject"].get("reason"))
    return record["mail"]["timestamp"], (
        RecipientUpdate(fact=DeliveryOutcome.REFUSED, code=_F.CONTENT, provider_code=reason),
    )


def _rendering_failure(record: dict[str, Any]) -> _Told:
    return record["mail"]["timestamp"], (
        RecipientUpdate(fact=DeliveryOutcome.REFUSED, code=_F.CONFIG, provider_code="RenderingFailure"),
    )


def _delay(record: dict[str, Any]) -> _Told:
    body = record["deliveryDelay"]
    delay = word(body.get("delayType"))
    return body["timestamp"], tuple(
        RecipientUpdate(recipient=_named(one["emailAddress"]), signal=Signal.DELAYED, provider_code=delay)
        for one in body["delayedRecipients"]
    )


def _opened(record: dict[str, Any]) -> _Told:
    return (record.get("open") or record["click"])["timestamp"], ()


_EVENTS = {
    "Send": _send,
    "Delivery": _delivery,
    "Bounce": _bounce,
    "Complaint": _complaint,
    "Reject": _reject,
    "Rendering Failure": _rendering_failure,
    "DeliveryDelay": _delay,
    "Open": _opened,
    "Click": _opened,
}


def _make(account: Account) -> Ses:
    return Ses(account.settings.configuration_set)


SPEC = ProviderSpec(
    name=NAME,
    label="Amazon SES",
    channel=Channel.EMAIL,
    reports_by=EventSource.TOPIC,
    failures={code: FailureText(*words) for code, words in _WORDS.items()},
    message_id=message_id,
    reference=reference,
    make=_make,
    read=read,
)
