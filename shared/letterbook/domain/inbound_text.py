"""Text messages that came in: what a provider hands over of an SMS or MMS, and what of its files is kept."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

# Networks carry no more in a message (Twilio, "MMS overview": 5 MB, ten files); a vendor may have pictures of another size.
MOST_FILES, MOST_FILE_BYTES = 10, 10 * 1024 * 1024
# What telephones send, and what a file of it is called by. Anything else stays at the provider.
_ENDINGS = MappingProxyType(
    {
        "image/jpeg": "jpg",
        "image/jpg": "jpg",
        "image/png": "png",
        "image/gif": "gif",
        "image/webp": "webp",
        "image/bmp": "bmp",
        "image/tiff": "tiff",
        "image/heic": "heic",
        "image/heif": "heif",
        "audio/mpeg": "mp3",
        "audio/mp3": "mp3",
        "audio/mp4": "m4a",
        "audio/aac": "aac",
        "audio/amr": "amr",
        "audio/3gpp": "3gp",
        "audio/ogg": "ogg",
        "audio/wav": "wav",
        "video/mp4": "mp4",
        "video/mpeg": "mpeg",
        "video/3gpp": "3gp",
        "video/3gpp2": "3g2",
        "video/quicktime": "mov",
        "video/webm": "webm",
        "text/plain": "txt",
        "text/csv": "csv",
        "text/vcard": "vcf",
        "text/x-vcard": "vcf",
        "text/calendar": "ics",
        "application/pdf": "pdf",
    }
)

# How its parts are laid out on a telephone (3GPP TS 26.140): no part of what it says.
_LAYOUT = "application/smil"


class Keyword(StrEnum):
    """What a single word asks of us, in whatever language: no more messages, messages again, what this is."""

    STOP = "stop"
    START = "start"
    HELP = "help"


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundMedia:
    """A file that came with a message, at the provider's."""

    url: str
    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundText:
    """A message as it came in. Everything in it was written by a stranger.

    `reference` is the provider's own, by which the same message is known again. `keyword` is what the provider took it for, where
    it says so; `answered` whether it answers that by itself.
    """

    provider: str
    reference: str
    sender: str
    recipient: str
    text: str
    at: datetime
    media: tuple[InboundMedia, ...] = ()
    keyword: Keyword | None = None
    answered: bool = False


def file_name(place: int, media_type: str) -> str | None:
    """What the file at that place of a message is called; None for what is not kept. They come without names."""
    ending = _ENDINGS.get(media_type)
    return f"file-{place + 1}.{ending}" if ending else None


def is_layout(media_type: str) -> bool:
    return plain_type(media_type) == _LAYOUT


def plain_type(media_type: str) -> str:
    """Without its parameters, in small letters."""
    return media_type.partition(";")[0].strip().lower()
