"""A message as MIME, for the providers that take it so."""

import secrets
from email.headerregistry import HeaderRegistry
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

from letterbook.adapters.providers.mime_headers import Field, headers
from letterbook.domain.communication import Attachment
from letterbook.domain.visible import name_of
from letterbook.ports import OutboundMessage

# Their content is parts with an encoding each, never a file in base64 (RFC 2046, 5).
_MADE_OF_PARTS = frozenset({"multipart", "message"})
# RFC 5322, 2.1.1: what a line should have at most, with a field's name, a colon and a blank.
_LINE = 78


class _Fields(HeaderRegistry):
    """`email` writes the fields of a part three times, and parses each time what it wrote: what need not be folded stands as it is.

    Nor is a class made for each field anew.
    """

    def __init__(self) -> None:
        super().__init__()
        self._classes: dict[str, Any] = {}

    def __call__(self, name: str, value: str) -> Any:
        fits = len(name) + 2 + len(value) <= _LINE and value.isascii()
        return Field(name, value) if fits else super().__call__(name, value)

    def __getitem__(self, name: str) -> Any:
        if name not in self._classes:
            self._classes[name] = super().__getitem__(name)
        return self._classes[name]


_POLICY = SMTP.clone(header_factory=_Fields())


def mime(parcel: OutboundMessage) -> bytes:
    """The message as it is sent (RFC 5322): text and HTML as alternatives, then the attachments. Blind copies are not in it."""
    message = EmailMessage(policy=_POLICY)
    for field in headers(parcel):
        message[field.name] = field
    message.set_content(parcel.rendered.text)
    if parcel.rendered.html is not None:
        message.add_alternative(parcel.rendered.html, subtype="html")
    for attachment, content in parcel.attachments:
        main, _, sub = media_type_of(attachment).partition("/")
        message.add_attachment(content, maintype=main, subtype=sub, filename=file_name_of(attachment))
    _part_boundaries(message)
    return message.as_bytes()


def _part_boundaries(message: EmailMessage) -> None:
    """Nobody who wrote a part can have known them. `email` would look for one that no part has, each time."""
    for part in message.walk():
        if part.is_multipart():
            part.set_boundary(secrets.token_hex(12))


def media_type_of(attachment: Attachment) -> str:
    main = attachment.media_type.partition("/")[0]
    return "application/octet-stream" if main in _MADE_OF_PARTS else attachment.media_type


def file_name_of(attachment: Attachment) -> str:
    return (name_of(attachment.name) or "file").replace("=?", "=_")
