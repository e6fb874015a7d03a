"""Pictures that were written into HTML itself (`data:`, RFC 2397): taken out of it, and kept as files that it shows.

They may be longer than all that is read of the HTML, and would hide what comes behind them.
"""

import binascii
import re
from urllib.parse import unquote_to_bytes

from letterbook.domain.inbound_email import InboundFile

PICTURES = frozenset({"image/gif", "image/jpeg", "image/png", "image/webp"})
_MAX_PICTURES = 100
_PICTURE = re.compile(
    rb"(?P<quote>[\"'])\s{0,10}data:image/(?P<kind>png|jpe?g|gif|webp)(?:;[\w=.-]{1,60})?;base64,(?P<data>[A-Za-z0-9+/=%\s]++)(?P=quote)",
    re.IGNORECASE,
)
_DATA = re.compile(rb"data:[\w.+-]{1,60}/[\w.+-]{1,60};base64,[A-Za-z0-9+/=%]{500,}+", re.IGNORECASE)
_BREAKS = b" \t\r\n\f"


def without_data(content: bytes, known: int) -> tuple[bytes, list[InboundFile]]:
    """HTML, still encoded, and the pictures that were in it. `known` is how many the mail had before, by which they are named."""
    pictures: list[InboundFile] = []

    def place(found: re.Match[bytes]) -> bytes:
        quotation = found["quote"]
        number = known + len(pictures) + 1
        picture = _picture(found["kind"].lower(), found["data"], number) if number <= _MAX_PICTURES else None
        if picture is None:
            return quotation + b"data:," + quotation
        pictures.append(picture)
        return quotation + b"cid:" + picture.content_id.encode() + quotation

    return _DATA.sub(b"data:,", _PICTURE.sub(place, content)), pictures


def _picture(kind: bytes, data: bytes, number: int) -> InboundFile | None:
    ending = "jpg" if kind in (b"jpg", b"jpeg") else kind.decode()
    try:
        content = binascii.a2b_base64(unquote_to_bytes(data.translate(None, _BREAKS)))
    except binascii.Error:
        return None
    media_type = "image/jpeg" if ending == "jpg" else f"image/{ending}"
    name = f"picture-{number}.{ending}"
    return InboundFile(name=name, media_type=media_type, content=content, content_id=f"{name}@html.invalid")
