"""A message as MIME, for the providers that take it so."""

from email.message import EmailMessage
from email.policy import SMTP

from letterbook.adapters.providers.mime_headers import headers
from letterbook.domain.communication import Attachment
from letterbook.domain.visible import name_of
from letterbook.ports import OutboundMessage

# Their content is parts with an encoding each, never a file in base64 (RFC 2046, 5).
_MADE_OF_PARTS = frozenset({"multipart", "message"})


def mime(parcel: OutboundMessage) -> bytes:
    """The message as it is sent (RFC 5322): text and HTML as alternatives, then the attachments. Blind copies are not in it."""
    message = EmailMessage(policy=SMTP)
    for field in headers(parcel):
        message[field.name] = field
    message.set_content(parcel.rendered.text)
    if parcel.rendered.html is not None:
        message.add_alternative(parcel.rendered.html, subtype="html")
    for attachment, content in parcel.attachments:
        main, _, sub = media_type_of(attachment).partition("/")
        message.add_attachment(content, maintype=main, subtype=sub, filename=file_name_of(attachment))
    return message.as_bytes()


def media_type_of(attachment: Attachment) -> str:
    main = attachment.media_type.partition("/")[0]
    return "application/octet-stream" if main in _MADE_OF_PARTS else attachment.media_type


def file_name_of(attachment: Attachment) -> str:
    return (name_of(attachment.name) or "file").replace("=?", "=_")
