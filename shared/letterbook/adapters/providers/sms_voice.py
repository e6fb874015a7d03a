"""AWS End User Messaging SMS: sends text messages, reads what EventBridge or SNS tells of them.

Sources: AWS End User Messaging SMS API reference (SendTextMessage, its errors) and user guide ("Event types for SMS, MMS, and
voice", "Amazon EventBridge events"). Unlike Amazon SNS it carries our id, in the message's context.
"""

import hashlib
import json
from datetime import timedelta
from typing import Any

from letterbook.adapters import aws
from letterbook.adapters.providers.account import Account, CredentialField
from letterbook.adapters.providers.aws_errors import translated
from letterbook.adapters.providers.event_values import moment, part, word
from letterbook.adapters.providers.spec import ProviderSpec
from letterbook.domain.channels import Channel
from letterbook.domain.errors import Ambiguous, Permanent, ProviderError, Throttled
from letterbook.domain.failures import FailureCode, FailureText
from letterbook.domain.ids import Kind, is_id
from letterbook.domain.receipts import DeliveryOutcome, Receipt, RecipientUpdate
from letterbook.ports import EventSource, OutboundMessage

NAME = "sms_voice"
# The entry of the context that carries our id; it comes back in every event.
CONTEXT = "communication_id"
_F, _D = FailureCode, DeliveryOutcome

# So long carriers try. What a firm writes today is not to ring on Saturday night.
_TRY_FOR = timedelta(hours=24)

_CORRECT = "Correct the number, then send again."
_LATER = "Try again later, or use another channel."
_SET_UP = "Tell your administrator: it is our set-up."
_LIMIT = "Tell your administrator: the account needs a higher limit."

# Errors of SendTextMessage: the error alone, or with the reason that it gives.
_ERRORS: dict[str, tuple[type[ProviderError], FailureCode]] = {
    "ThrottlingException": (Throttled, _F.PROVIDER_OUTAGE),
    "InternalServerException": (Ambiguous, _F.UNKNOWN),
    "ValidationException": (Permanent, _F.UNKNOWN),
    "ValidationException/DESTINATION_COUNTRY_BLOCKED": (Permanent, _F.BLOCKED),
    "ValidationException/INVALID_IDENTITY_FOR_DESTINATION_COUNTRY": (Permanent, _F.CONFIG),
    "ValidationException/SENDER_ID_NOT_REGISTERED": (Permanent, _F.CONFIG),
    "ValidationException/SENDER_ID_NOT_SUPPORTED": (Permanent, _F.CONFIG),
    "ResourceNotFoundException": (Permanent, _F.CONFIG),
    "ConflictException": (Permanent, _F.CONFIG),
    "ConflictException/DESTINATION_PHONE_NUMBER_OPTED_OUT": (Permanent, _F.OPTED_OUT),
    "ConflictException/DESTINATION_PHONE_NUMBER_NOT_VERIFIED": (Permanent, _F.CONFIG),
    "ConflictException/DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION": (Permanent, _F.BLOCKED),
    "ConflictException/DESTINATION_PHONE_NUMBER_BLOCKED_BY_PROTECT_NUMBER_OVERRIDE": (Permanent, _F.BLOCKED),
    "ConflictException/NO_ORIGINATION_IDENTITIES_FOUND": (Permanent, _F.CONFIG),
    "ServiceQuotaExceededException": (Permanent, _F.CONFIG),
    "ServiceQuotaExceededException/MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT": (Permanent, _F.CONFIG),
    "AccessDeniedException": (Permanent, _F.CONFIG),
    "AccessDeniedException/INSUFFICIENT_ACCOUNT_REPUTATION": (Permanent, _F.CONFIG),
    "AccessDeniedException/ACCOUNT_DISABLED": (Permanent, _F.CONFIG),
}

# eventType of what failed.
_FAILED: dict[str, tuple[DeliveryOutcome, FailureCode, str, str]] = {
    "TEXT_INVALID": (_D.HARD_BOUNCE, _F.INVALID_ADDRESS, "The number does not exist.", _CORRECT),
    "TEXT_INVALID_MESSAGE": (
        _D.HARD_BOUNCE,
        _F.CONTENT,
        "The text cannot be sent as it is.",
        "Change it, then send again.",
    ),
    "TEXT_SPAM": (_D.HARD_BOUNCE, _F.CONTENT, "The carrier took it for spam.", "Say it in other words, without links."),
    "TEXT_UNREACHABLE": (_D.SOFT_BOUNCE, _F.UNREACHABLE, "The phone was switched off or out of reach.", _LATER),
    "TEXT_CARRIER_UNREACHABLE": (_D.SOFT_BOUNCE, _F.UNREACHABLE, "The recipient's carrier did not answer.", _LATER),
    "TEXT_BLOCKED": (_D.HARD_BOUNCE, _F.BLOCKED, "The phone blocks our messages.", "Use another channel."),
    "TEXT_CARRIER_BLOCKED": (_D.HARD_BOUNCE, _F.BLOCKED, "The carrier blocks our messages.", "Use another channel."),
    "TEXT_PROTECT_BLOCKED": (_D.REFUSED, _F.BLOCKED, "Our own protection rules at AWS block this number.", _SET_UP),
    "TEXT_TTL_EXPIRED": (_D.SOFT_BOUNCE, _F.EXPIRED, "The carrier could not deliver it within a day.", _LATER),
}
_TAKEN = frozenset({"TEXT_QUEUED", "TEXT_PENDING", "TEXT_SENT"})
# The carrier has it; where no handset ever answers that is the last word.
_AT_THE_CARRIER, _ARRIVED = "TEXT_SUCCESSFUL", "TEXT_DELIVERED"

_WORDS: dict[str, tuple[str, str]] = {
    "ThrottlingException": ("AWS asked us to send more slowly, for too long.", "Send again."),
    "InternalServerException": ("AWS failed, and nobody knows whether it sent this.", "See whether it arrived first."),
    "ValidationException": (
        "AWS does not take a message like this.",
        "See the number and the sender, then send again.",
    ),
    "ValidationException/DESTINATION_COUNTRY_BLOCKED": ("AWS does not send to this country.", "Use another channel."),
    "ValidationException/INVALID_IDENTITY_FOR_DESTINATION_COUNTRY": (
        "Our sender may not write to this country.",
        _SET_UP,
    ),
    "ValidationException/SENDER_ID_NOT_REGISTERED": ("Our sender's name is not registered there.", _SET_UP),
    "ValidationException/SENDER_ID_NOT_SUPPORTED": ("This country allows no names as senders.", _SET_UP),
    "ResourceNotFoundException": ("AWS does not know our sender or configuration set.", _SET_UP),
    "ConflictException": ("Our sender is not ready for this message.", _SET_UP),
    "ConflictException/DESTINATION_PHONE_NUMBER_OPTED_OUT": (
        "The recipient answered STOP.",
        "Use another channel that they allow.",
    ),
    "ConflictException/DESTINATION_PHONE_NUMBER_NOT_VERIFIED": (
        "Our AWS account may only write to verified numbers.",
        "Tell your administrator: the account is still in the sandbox.",
    ),
    "ConflictException/DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION": (
        "Our own protection rules at AWS block this country.",
        _SET_UP,
    ),
    "ConflictException/DESTINATION_PHONE_NUMBER_BLOCKED_BY_PROTECT_NUMBER_OVERRIDE": (
        "Our own protection rules at AWS block this number.",
        _SET_UP,
    ),
    "ConflictException/NO_ORIGINATION_IDENTITIES_FOUND": ("AWS finds no sender of ours for this message.", _SET_UP),
    "ServiceQuotaExceededException": ("A limit of our AWS account is reached.", _LIMIT),
    "ServiceQuotaExceededException/MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT": ("This month's budget is used up.", _LIMIT),
    "AccessDeniedException": ("Our AWS account may not send text messages.", _SET_UP),
    "AccessDeniedException/INSUFFICIENT_ACCOUNT_REPUTATION": ("AWS stopped our account for its reputation.", _SET_UP),
    "AccessDeniedException/ACCOUNT_DISABLED": ("AWS disabled our account.", _SET_UP),
}


class SmsVoice:
    """See ports.Provider."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def send(self, parcel: OutboundMessage) -> str:
        held = self._account.credentials()
        with translated(_ERRORS):
            answer = aws.client("pinpoint-sms-voice-v2", aws.PROVIDER).send_text_message(
                DestinationPhoneNumber=parcel.to[0],
                OriginationIdentity=held["origination_identity"] or parcel.sender,
                MessageBody=parcel.rendered.text,
                MessageType="TRANSACTIONAL",
                ConfigurationSetName=held["configuration_set"],
                TimeToLive=int(_TRY_FOR.total_seconds()),
                Context={CONTEXT: parcel.communication_id},
            )
            return str(answer["MessageId"])


def read(raw: str) -> Receipt | None:
    """The receipt that an event is, bare or as EventBridge wraps it; None for what is not of a text message.

    Raises ValueError for what is no such event.
    """
    try:
        told = json.loads(raw)
        return _receipt(told.get("detail", told), raw)
    except (KeyError, TypeError, AttributeError, RecursionError) as missing:
        raise ValueError("not an event of AWS End User Messaging") from missing


def _receipt(event: dict[str, Any], raw: str) -> Receipt | None:
    name, reference, milliseconds = word(event["eventType"]), word(event["messageId"], 200), event["eventTimestamp"]
    if not (name and reference) or type(milliseconds) not in (int, float):
        raise ValueError("not an event of AWS End User Messaging")
    if not name.startswith("TEXT_"):
        return None
    final = event.get("isFinal") is True
    ours = word(part(event, "context").get(CONTEXT))
    update = _update(name, final)
    return Receipt(
        provider=NAME,
        event=name,
        at=moment(milliseconds / 1000),
        raw=raw,
        digest=hashlib.sha256(f"{reference} {name} {final}".encode()).hexdigest(),
        communication_id=ours if is_id(Kind.COMMUNICATION, ours) else None,
        reference=reference,
        news=(update,) if update else (),
    )


def _update(name: str, final: bool) -> RecipientUpdate | None:
    """A message is for one, so it is of whom it was for: EventBridge may leave the number out."""
    if name in _FAILED:
        fact, code, *_ = _FAILED[name]
        return RecipientUpdate(fact=fact, code=code, provider_code=name)
    if name == _ARRIVED or (name == _AT_THE_CARRIER and final):
        return RecipientUpdate(fact=_D.DELIVERED)
    return RecipientUpdate(fact=_D.ACCEPTED) if name in _TAKEN or name == _AT_THE_CARRIER else None


SPEC = ProviderSpec(
    name=NAME,
    label="AWS End User Messaging SMS",
    channel=Channel.SMS,
    credentials=(
        CredentialField(
            name="configuration_set",
            label="Configuration set",
            pattern=r"[A-Za-z0-9_-]{1,64}",
            hint="AWS End User Messaging, Configuration sets: its events are how we hear what became of a message.",
        ),
        CredentialField(
            name="origination_identity",
            label="Pool or number",
            pattern=r"[A-Za-z0-9_:/+-]{0,256}",
            hint="What all messages leave from: an id or ARN. Left out, each leaves from the sender that was chosen for it.",
            default="",
        ),
    ),
    reports_by=EventSource.BUS,
    failures={
        **{code: FailureText(*words) for code, words in _WORDS.items()},
        **{code: FailureText(reason, advice) for code, (_, _, reason, advice) in _FAILED.items()},
    },
    make=SmsVoice,
    read=read,
)
