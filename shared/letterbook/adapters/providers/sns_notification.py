"""What Amazon SNS posts over HTTP: notifications of topics, and the question whether we want them.

Sources: SNS developer guide ("HTTP/HTTPS notification JSON format", "Verifying the signatures of Amazon SNS messages", "Message
delivery retries"). Only topics that the stack names are listened to, and before that is known nothing is fetched.
"""

import base64
import json
import re
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from letterbook.adapters import aws
from letterbook.adapters.providers import vendor_http
from letterbook.adapters.providers.account import Account
from letterbook.domain.errors import Malformed, Permanent, ProviderError, Unauthenticated, Unavailable
from letterbook.ports import EventSource, WebhookContent, WebhookRequest

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

_NOTIFICATION, _SUBSCRIPTION, _END = "Notification", "SubscriptionConfirmation", "UnsubscribeConfirmation"
_OF_SUBSCRIPTIONS = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
# What is signed of each, in this order; what is missing is left out.
_SIGNED = {
    _NOTIFICATION: ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    _SUBSCRIPTION: _OF_SUBSCRIPTIONS,
    _END: _OF_SUBSCRIPTIONS,
}
_TOPIC = re.compile(r"arn:(aws|aws-cn|aws-us-gov):sns:([a-z0-9-]{5,30}):\d{12}:[A-Za-z0-9_-]{1,256}", re.ASCII)
_CERTIFICATE_PATH = r"/SimpleNotificationService-[0-9a-f]{32}\.pem"
_SIGNER = "sns.amazonaws.com"
_MOST_CERTIFICATE_BYTES, _MOST_CERTIFICATES = 16 * 1024, 8
# No policy of retries is longer than an hour. Clocks differ a little.
_FRESH, _AHEAD = timedelta(hours=2), timedelta(minutes=5)
_certificates: dict[str, "Certificate"] = {}


def posted(account: Account, request: WebhookRequest) -> WebhookContent:
    """The event of a topic. Raises Malformed, Unauthenticated, Unavailable."""
    message = _message(request.body)
    topic = message.get("TopicArn", "")
    if topic not in account.settings.webhook_topics.split(","):
        raise Unauthenticated("This topic is none that we listen to.")
    if not is_certificate_url(message.get("SigningCertURL", ""), topic):
        raise Unauthenticated("The certificate is not where Amazon SNS has its own.")
    if not _is_fresh(message.get("Timestamp", "")):
        raise Unauthenticated("This was signed too long ago.")
    if not is_signed(message, _certificate(message["SigningCertURL"])):
        raise Unauthenticated("The signature is not right.")
    if message["Type"] == _SUBSCRIPTION:
        _confirm(topic, message.get("Token", ""))
    if message["Type"] != _NOTIFICATION:
        return WebhookContent()
    return WebhookContent(events=(message.get("Message", ""),), source=EventSource.TOPIC)


def _message(body: bytes) -> dict[str, str]:
    """Its texts; SNS gives Lambda functions two of the names with small letters at the end."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        raise Malformed("This is no JSON.") from None
    message = with_texts(told) if isinstance(told, dict) else {}
    if message.get("Type") not in _SIGNED:
        raise Malformed("This is no message of Amazon SNS.")
    return message


def with_texts(told: Mapping[str, Any]) -> dict[str, str]:
    return {
        "SigningCertURL" if name == "SigningCertUrl" else name: value
        for name, value in told.items()
        if isinstance(value, str)
    }


def is_certificate_url(url: str, topic: str) -> bool:
    """Whether Amazon SNS itself has a certificate for this topic there."""
    of = _TOPIC.fullmatch(topic)
    if of is None:
        return False
    host = f"sns.{of[2]}.amazonaws.com{'.cn' if of[1] == 'aws-cn' else ''}"
    return re.fullmatch(f"https://{re.escape(host)}{_CERTIFICATE_PATH}", url, re.ASCII) is not None


def is_signed(message: Mapping[str, str], certificate: "Certificate") -> bool:
    """Versions 1 (SHA-1) and 2 (SHA-256); False for any other, and for what is no signature."""
    # It takes long to load, and only who is posted to needs it.
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.hashes import SHA1, SHA256

    digests = {"1": SHA1, "2": SHA256}
    digest, key = digests.get(message.get("SignatureVersion", "")), certificate.public_key()
    if digest is None or not isinstance(key, RSAPublicKey):
        return False
    try:
        signature = base64.b64decode(message.get("Signature", ""), validate=True)
        key.verify(signature, signed_text(message), PKCS1v15(), digest())
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        return False
    return True


def signed_text(message: Mapping[str, str]) -> bytes:
    names = [name for name in _SIGNED[message["Type"]] if name in message]
    return "".join(f"{name}\n{message[name]}\n" for name in names).encode(errors="replace")


def _is_fresh(timestamp: str) -> bool:
    try:
        at = datetime.fromisoformat(timestamp)
    except ValueError:
        return False
    return at.tzinfo is not None and -_AHEAD <= _now() - at <= _FRESH


def _now() -> datetime:
    return datetime.fromtimestamp(time.time(), UTC)


def _certificate(url: str) -> "Certificate":
    """As it was fetched, once. Raises Unauthenticated for one that is none, or not valid now; Unavailable."""
    from cryptography.x509 import load_pem_x509_certificate

    if url not in _certificates:
        try:
            answer = vendor_http.call("GET", url, headers={}, at_most=_MOST_CERTIFICATE_BYTES)
            found = load_pem_x509_certificate(answer.body)
        except (Permanent, ValueError):
            raise Unauthenticated("There is no such certificate.") from None
        except ProviderError as failed:
            raise Unavailable("The certificate cannot be fetched at the moment.") from failed
        while len(_certificates) >= _MOST_CERTIFICATES:
            del _certificates[next(iter(_certificates))]
        _certificates[url] = found
    if not is_valid(_certificates[url], _now()):
        raise Unauthenticated("The certificate is not valid, or somebody else's.")
    return _certificates[url]


def is_valid(certificate: "Certificate", at: datetime) -> bool:
    """Whether it is of Amazon SNS, and good at that time."""
    from cryptography.x509 import NameOID

    names = [one.value for one in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    return names == [_SIGNER] and certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc


def _confirm(topic: str, token: str) -> None:
    """From now on the topic posts to us, until somebody of the account ends it. Raises Unavailable: they ask again."""
    try:
        aws.sns().confirm_subscription(TopicArn=topic, Token=token, AuthenticateOnUnsubscribe="true")
    except (BotoCoreError, ClientError) as failed:
        raise Unavailable("The subscription cannot be confirmed at the moment.") from failed
