"""Storecove: carries e-invoices into Peppol, keeps its events in a queue, proves by evidence that the other side took one.

Sources: Storecove API v2 ("Document submissions", "Discovery", "Webhooks"). UBL is parsed there and written anew: what the buyer
gets is the same invoice in other bytes, so the copy in the evidence is kept, too.
"""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

from letterbook.adapters.providers.account import Account, CredentialField
from letterbook.adapters.providers.event_values import cut, part, word
from letterbook.adapters.providers.spec import ProviderSpec
from letterbook.adapters.providers.storecove_api import (
    ERROR_TEXTS,
    NO_INVOICE,
    NO_LEGAL_ENTITY,
    NOT_REGISTERED,
    SCHEMES,
    TOO_LARGE,
    UNKNOWN_SCHEME,
    UNPROCESSABLE,
    address_of,
    error_of,
    headers_of,
    refused,
)
from letterbook.adapters.providers.storecove_events import EVENT_TEXTS, SECRET, kept, receipt_of, take_event
from letterbook.adapters.providers.storecove_evidence import evidence_of, files_of
from letterbook.adapters.providers.vendor_http import call, only_asked
from letterbook.domain.channels import Channel
from letterbook.domain.einvoice import EinvoiceKind, EinvoiceSyntax, Network
from letterbook.domain.errors import Ambiguous, Malformed, Permanent, Transient
from letterbook.domain.ids import uuid_of
from letterbook.domain.receipts import DeliveryOutcome, Receipt, RecipientUpdate
from letterbook.ports import LookUp, OutboundEinvoice, OutboundMessage, Pulled

NAME = "storecove"
# What the firm is at Storecove: in the settings of the network, else in the secret.
LEGAL_ENTITY = "legal_entity"
_META_SCHEME = "iso6523-actorid-upis"
_DISCOVERED = {EinvoiceKind.INVOICE: "invoice", EinvoiceKind.CREDIT_NOTE: "creditnote"}
# "Up to 10 attachments": PDFs, of so many bytes once they are written in base64.
_MOST_ATTACHMENTS, _LARGEST_ATTACHMENT = 10, 10 * 1024 * 1024
# Whatever stands first in the queue must come out of it, else nothing that follows does.
_MOST_EVENT_BYTES = 16 * 1024 * 1024


class Storecove:
    """See ports.Provider."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def send(self, parcel: OutboundMessage) -> str:
        """The guid that Storecove gives it; empty where it was taken before: then that comes with its events.

        Only the first time it is asked whether the buyer is there: a "no" afterwards would not undo what was taken.
        """
        einvoice = parcel.einvoice
        if einvoice is None or einvoice.syntax is not EinvoiceSyntax.UBL or not parcel.attachments:
            raise refused(NO_INVOICE)
        scheme = SCHEMES.get(einvoice.receiver.scheme)
        if scheme is None:
            raise refused(UNKNOWN_SCHEME)
        return self._account.call(lambda held: _sent(held, parcel, einvoice, scheme))


def _sent(held: Mapping[str, str], parcel: OutboundMessage, einvoice: OutboundEinvoice, scheme: str) -> str:
    submission = json.dumps(_submission(held, parcel, einvoice, scheme)).encode()
    if not parcel.tried:
        _discover(held, einvoice, scheme)
    try:
        answer = call(
            "POST",
            address_of(held, "document_submissions"),
            headers=headers_of(held),
            body=submission,
            error_of=error_of,
        )
    except Permanent as failed:
        if parcel.tried and failed.provider_code == UNPROCESSABLE:
            # It says the same of a wrong invoice and of a key that it has. The first time it would have said so.
            return ""
        raise
    told = answer.json()
    given = word(told.get("guid"), 100) if isinstance(told, dict) else ""
    if not given:
        raise Ambiguous("no guid in the answer")
    return given


def _submission(
    held: Mapping[str, str], parcel: OutboundMessage, einvoice: OutboundEinvoice, scheme: str
) -> dict[str, Any]:
    """Raises Permanent. A credit note is a document of the type "invoice", too: what it is stands in it."""
    legal_entity = einvoice.sender.get(LEGAL_ENTITY) or held.get(LEGAL_ENTITY, "")
    if not (legal_entity.isascii() and legal_entity.isdigit() and len(legal_entity) <= 18):
        raise refused(NO_LEGAL_ENTITY)
    (_, document), *others = parcel.attachments
    if len(others) > _MOST_ATTACHMENTS:
        raise refused(TOO_LARGE)
    return {
        "legalEntityId": int(legal_entity),
        "idempotencyGuid": uuid_of(parcel.communication_id),
        "routing": {"eIdentifiers": [{"scheme": scheme, "id": einvoice.receiver.id}]},
        "attachments": [_attachment(one.name, one.media_type, content) for one, content in others],
        "document": {
            "documentType": "invoice",
            "rawDocumentData": {
                "document": base64.b64encode(document).decode(),
                "parse": True,
                "parseStrategy": "ubl",
            },
        },
    }


def _attachment(name: str, media_type: str, content: bytes) -> dict[str, Any]:
    encoded = base64.b64encode(content).decode()
    if media_type != "application/pdf":
        raise refused(NO_INVOICE)
    if len(encoded) > _LARGEST_ATTACHMENT:
        raise refused(TOO_LARGE)
    return {"filename": name, "mimeType": media_type, "document": encoded, "primaryImage": False}


def _discover(held: Mapping[str, str], einvoice: OutboundEinvoice, scheme: str) -> None:
    """Raises Permanent where nobody takes it there; Transient where that cannot be told: nothing was sent yet."""
    asked = {
        "documentTypes": [_DISCOVERED[einvoice.kind]],
        "network": "peppol",
        "metaScheme": _META_SCHEME,
        "scheme": scheme,
        "identifier": einvoice.receiver.id,
    }
    with only_asked():
        told = call(
            "POST",
            address_of(held, "discovery", "receives"),
            headers=headers_of(held),
            body=json.dumps(asked).encode(),
            error_of=lambda answer: (
                refused(NOT_REGISTERED) if answer.status == int(UNPROCESSABLE) else error_of(answer)
            ),
        ).json()
    code = told.get("code") if isinstance(told, dict) else None
    if code == NOT_REGISTERED:
        raise refused(NOT_REGISTERED)
    if code != "OK":
        raise Transient("discovery says nothing")


# ---- what it keeps for us


def pull(account: Account) -> Sequence[Pulled]:
    """The oldest event of its queue: it stays the oldest until it is acknowledged. Raises Transient, Permanent."""
    with only_asked():
        answer = account.call(
            lambda held: call(
                "GET",
                f"{address_of(held, 'webhook_instances')}/",
                headers=headers_of(held),
                at_most=_MOST_EVENT_BYTES,
            )
        )
        if answer.status == 204:
            return ()
        told = answer.json()
    name = word(told.get("guid"), 100) if isinstance(told, dict) else ""
    if not name:
        raise Transient("no guid in the answer")
    return (Pulled(name=name, raw=_kept(told.get("body"))),)


def _kept(body: object) -> str:
    """It is JSON in a text. What cannot be read, or be written again, is kept as it came: it must not stay the oldest."""
    text = body if isinstance(body, str) else None
    try:
        return kept(json.loads(text) if text is not None else body)
    except (ValueError, RecursionError, Malformed):
        return kept(text)


def acknowledge(account: Account, name: str) -> None:
    """What is not there any more is acknowledged. Raises Transient, Permanent."""
    with only_asked():
        try:
            account.call(
                lambda held: call("DELETE", address_of(held, "webhook_instances", name), headers=headers_of(held))
            )
        except Permanent as failed:
            if failed.provider_code != "404":
                raise


# ---- what proves that it arrived


def ask(account: Account, question: LookUp) -> Sequence[Receipt]:
    """There is evidence of what the other side took, and of nothing else. Raises Transient, Permanent."""
    if not question.reference:
        return ()
    with only_asked():
        found = account.call(lambda held: evidence_of(held, question.reference or ""))
    if found is None:
        return ()
    return (
        Receipt(
            provider=NAME,
            event="evidence",
            at=_moment(part(found, "evidence").get("timestamp")),
            # All of it is kept as a document. It may be larger than a row of a table.
            raw=json.dumps(cut(found, _EVIDENCE)),
            digest=hashlib.sha256(f"{question.reference} evidence".encode()).hexdigest(),
            communication_id=question.communication_id,
            reference=question.reference,
            news=(RecipientUpdate(fact=DeliveryOutcome.DELIVERED),),
        ),
    )


_EVIDENCE: Mapping[str, Any] = {"guid": None, "network": None, "evidence": {"timestamp": None, "transmission_id": None}}


def _moment(told: object) -> datetime:
    try:
        at = datetime.fromisoformat(word(told))
        at = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return datetime.now(UTC)
    return at if 2000 <= at.year < 2100 else datetime.now(UTC)


def evidence(account: Account, reference: str) -> Sequence[tuple[str, str, bytes]]:
    """What the other side signed, and what was handed over to it; empty while it has nothing. Raises Transient, Permanent."""
    with only_asked():
        return account.call(lambda held: files_of(held, reference))


SPEC = ProviderSpec(
    name=NAME,
    label="Storecove",
    channel=Channel.EINVOICE,
    network=Network.PEPPOL,
    idempotent=True,
    credentials=(
        CredentialField(
            name="api_key",
            label="API key",
            pattern=r"[!-~]{16,200}",
            hint="Storecove, API keys, Create new API key. It is shown once.",
            hidden=True,
        ),
        CredentialField(
            name=LEGAL_ENTITY,
            label="Legal entity",
            pattern=r"\d{1,18}",
            hint="Storecove, Legal entities: the number of the firm's own. One in the settings of the network comes first.",
            default="",
        ),
        CredentialField(
            name=SECRET,
            label="Secret of the webhook",
            pattern=r"[!-~]{24,200}",
            hint="One that you make up, where Storecove shall post: the value of its header X-Letterbook-Secret.",
            hidden=True,
            default="",
        ),
        CredentialField(
            name="base_url",
            label="Address of the API",
            pattern=r"https://api(?:-[a-z]+)?\.storecove\.com/api/v2",
            hint="As Storecove tells it: an account for tests and a live one have the same.",
            default="https://api.storecove.com/api/v2",
        ),
    ),
    make=Storecove,
    read=partial(receipt_of, NAME),
    webhooks={"": take_event},
    ask=ask,
    pull=pull,
    acknowledge=acknowledge,
    evidence=evidence,
    failures={**ERROR_TEXTS, **EVENT_TEXTS},
)
