"""Shows the pictures of a mail where they stand in it."""

import base64
from collections.abc import Iterator

from letterbook.domain.communication import Attachment, Entry
from letterbook.domain.pictures import with_pictures
from letterbook.ports import World

# What mail programs call the pictures that browsers show, and what they are; of no type at all, their names tell.
_OTHER_TYPES = {"image/jpg": "image/jpeg", "image/pjpeg": "image/jpeg", "image/x-png": "image/png"}
_NO_TYPE = "application/octet-stream"
_ENDINGS = {"png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "webp": "image/webp"}
# They run nothing, as an SVG can.
_PICTURES = frozenset(_ENDINGS.values())
# Each is fetched before the page is answered.
_MOST_FETCHED = 50


def show_pictures(world: World, entry: Entry, cleaned: str, room: int) -> str:
    """The HTML of an entry that was read before, with its own pictures written into it, as many as fit into `room` characters.

    Its frame is of no origin, and has no cookie to fetch them with. What does not fit is still a file of the entry.
    """
    known = {one.content_id: one for one in reversed(entry.attachments) if one.content_id and _media_type(one)}
    written: dict[str, str] = {}

    def address_of(content_id: str) -> str | None:
        nonlocal room
        picture = known.get(content_id)
        if picture is None or picture.bytes * 4 // 3 + 100 > room:
            return None
        if content_id not in written and len(written) < _MOST_FETCHED:
            written[content_id] = "".join(_pieces(world, picture))
        address = written.get(content_id)
        room -= len(address or "")
        return address

    return with_pictures(cleaned, address_of) if known else cleaned


def _pieces(world: World, picture: Attachment) -> Iterator[str]:
    yield f"data:{_media_type(picture)};base64,"
    yield base64.b64encode(world.content_store.attachment(picture)).decode()


def _media_type(picture: Attachment) -> str:
    """Empty for what is no picture that is shown."""
    kind = _OTHER_TYPES.get(picture.media_type, picture.media_type)
    if kind == _NO_TYPE:
        kind = _ENDINGS.get(picture.name.rpartition(".")[2].lower(), "")
    return kind if kind in _PICTURES else ""
