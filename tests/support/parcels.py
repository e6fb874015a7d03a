"""What a provider is handed, by the channel that it carries."""

import hashlib
from typing import Any

from letterbook.domain.channels import Channel
from letterbook.domain.communication import Attachment
from letterbook.domain.einvoice import EinvoiceKind, EinvoiceSyntax, Network
from letterbook.domain.party import EinvoiceAddress
from letterbook.domain.post import PostalAddress, PostOptions
from letterbook.domain.templates import Rendered
from letterbook.ports import OutboundEinvoice, OutboundMessage, OutboundPost
from tests.support import builders
from tests.support.pdfs import a_pdf

UBL = b'<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"/>'
ADDRESS = PostalAddress(
    name="Priya Raman", street="High Street", number="1", postal_code="KT6 4QH", town="Surbiton", country="GB"
)


def parcel_of(channel: Channel, network: Network | None = None, **changes: Any) -> OutboundMessage:
    """A message of that channel that is ready for its provider; of an e-invoice, of that network."""
    email = channel is Channel.EMAIL
    values: dict[str, Any] = {
        "sender_name": "Tolworthy Brandreth" if email else "",
        "rendered": Rendered(subject="Your case" if email else "", text="Your review is on Tuesday."),
    }
    if channel is Channel.POST:
        values |= {
            "post": OutboundPost(address=ADDRESS, options=PostOptions()),
            "attachments": (attached("Letter.pdf", "application/pdf", a_pdf()),),
        }
    if channel is Channel.EINVOICE:
        values |= {
            "einvoice": einvoice(network or Network.PEPPOL),
            "attachments": (attached("2026-0042.xml", "application/xml", UBL),),
        }
    return builders.parcel(**{**values, **changes})


def einvoice(network: Network, **changes: Any) -> OutboundEinvoice:
    values: dict[str, Any] = {
        "network": network,
        "receiver": EinvoiceAddress(scheme="0208", id="0123456749"),
        "kind": EinvoiceKind.INVOICE,
        "syntax": EinvoiceSyntax.UBL,
        "number": "2026-0042",
        "sender": {},
    }
    return OutboundEinvoice(**{**values, **changes})


def attached(name: str, media_type: str, content: bytes) -> tuple[Attachment, bytes]:
    return Attachment(
        id="doc_01JD4QK8V3M2N7R5T9W1X3Y5Z7",
        name=name,
        bytes=len(content),
        media_type=media_type,
        object_version="1",
        sha256=hashlib.sha256(content).hexdigest(),
    ), content
