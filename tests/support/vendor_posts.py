"""Posts to the webhooks of the local cloud as each vendor makes them: with the credentials of endpoints.json anybody can sign."""

import base64
import hashlib
import hmac
import json
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from tests.support.firm import Firm


@dataclass(frozen=True, kw_only=True)
class Post:
    """A request that is signed right. `signature` is where that stands: the name of a header, or empty for the body."""

    url: str
    body: bytes
    headers: Mapping[str, str]
    signature: str = ""

    def send(self) -> int:
        return requests.post(self.url, data=self.body, headers=dict(self.headers), timeout=60).status_code

    def forged(self) -> "Post":
        """With one letter of the signature changed."""
        if self.signature:
            text = self.headers[self.signature]
            return Post(url=self.url, body=self.body, headers={**self.headers, self.signature: _other(text)})
        body = json.loads(self.body)
        body["signature"]["signature"] = _other(body["signature"]["signature"])
        return Post(url=self.url, body=json.dumps(body).encode(), headers=self.headers)


def _other(text: str) -> str:
    """Another one that looks alike: the tenth letter is another."""
    return text[:9] + ("a" if text[9] != "a" else "b") + text[10:]


def by_sendgrid(firm: Firm, page: Any, event: str, at: float | None = None) -> Post:
    told = {
        "email": page["to"][0],
        "timestamp": int(time.time()),
        "event": event,
        "sg_event_id": uuid.uuid4().hex,
        "sg_message_id": f"{page['provider_reference']}.recvd-1-2-3.0",
        "communication_id": page["id"],
    }
    body = json.dumps([told]).encode() + b"\r\n"
    moment = str(int(at or time.time()))
    own = firm.endpoints["simulators"]["sendgrid"]["credentials"]
    key = serialization.load_pem_private_key(own["signing_private_key"].encode(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    signature = base64.b64encode(key.sign(moment.encode() + body, ec.ECDSA(SHA256()))).decode()
    name = "X-Twilio-Email-Event-Webhook-Signature"
    headers = {name: signature, "X-Twilio-Email-Event-Webhook-Timestamp": moment, "Content-Type": "application/json"}
    return Post(url=f"{firm.endpoints['webhook_url']}/sendgrid", body=body, headers=headers, signature=name)


def by_mailgun(firm: Firm, page: Any, event: str, at: float | None = None) -> Post:
    own = firm.endpoints["simulators"]["mailgun"]["credentials"]
    moment, token = str(int(at or time.time())), uuid.uuid4().hex + uuid.uuid4().hex[:18]
    stamp = hmac.new(own["signing_key"].encode(), f"{moment}{token}".encode(), hashlib.sha256).hexdigest()
    told = {
        "id": uuid.uuid4().hex[:22],
        "timestamp": time.time(),
        "event": event,
        "recipient": page["to"][0],
        "message": {"headers": {"message-id": page["provider_reference"]}},
        "user-variables": {"communication_id": page["id"]},
    }
    body = {"signature": {"timestamp": moment, "token": token, "signature": stamp}, "event-data": told}
    headers = {"Content-Type": "application/json"}
    return Post(url=f"{firm.endpoints['webhook_url']}/mailgun", body=json.dumps(body).encode(), headers=headers)


def by_twilio(firm: Firm, page: Any, event: str, at: float | None = None) -> Post:
    """It has no moment: what is old is known again instead."""
    own = firm.endpoints["simulators"]["twilio"]["credentials"]
    form = {
        "MessageSid": page["provider_reference"],
        "SmsSid": page["provider_reference"],
        "MessageStatus": event,
        "SmsStatus": event,
        "AccountSid": own["account_sid"],
        "From": page["from"],
        "To": page["to"][0],
        "ApiVersion": "2010-04-01",
        "MessagingServiceSid": "",
    }
    url = f"{firm.endpoints['webhook_url']}/twilio?communication_id={page['id']}"
    said = url + "".join(f"{name}{form[name]}" for name in sorted(form))
    signature = base64.b64encode(hmac.new(own["auth_token"].encode(), said.encode(), hashlib.sha1).digest()).decode()
    name = "X-Twilio-Signature"
    headers = {name: signature, "Content-Type": "application/x-www-form-urlencoded"}
    return Post(url=url, body=urlencode(form).encode(), headers=headers, signature=name)


SIGNERS: dict[str, Callable[..., Post]] = {"sendgrid": by_sendgrid, "mailgun": by_mailgun, "twilio": by_twilio}
