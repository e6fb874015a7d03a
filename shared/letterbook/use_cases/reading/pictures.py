"""Shows the pictures of a mail where they stand in it."""

from letterbook.domain.communication import Attachment, Entry
from letterbook.domain.party import INLINE_MEDIA_TYPES, Document
from letterbook.domain.pictures import with_pictures
from letterbook.ports import World

# What mail programs call the pictures that browsers show, and what they are; of no type at all, their names tell.
_OTHER_TYPES = {"image/jpg": "image/jpeg", "image/pjpeg": "image/jpeg", "image/x-png": "image/png"}
_NO_TYPE = "application/octet-stream"
_ENDINGS = {"png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "webp": "image/webp"}
_PICTURES = frozenset(_ENDINGS.values()) & INLINE_MEDIA_TYPES


def show_pictures(world: World, entry: Entry, cleaned: str) -> str:
    """The HTML of an entry that was read before, with addresses of its own pictures, good for minutes, which need no cookie.

    Only of pictures that run nothing, whatever else an entry calls by a Content-ID.
    """
    known = {one.content_id: one for one in reversed(entry.attachments) if one.content_id}
    addresses: dict[str, str | None] = {}

    def address_of(content_id: str) -> str | None:
        if content_id not in addresses:
            addresses[content_id] = _address(world, entry, known.get(content_id))
        return addresses[content_id]

    return with_pictures(cleaned, address_of) if known else cleaned


def pictures_origin(world: World) -> str:
    """Where those addresses lead, as a browser's policy names it."""
    return world.content_store.origin


def _address(world: World, entry: Entry, picture: Attachment | None) -> str | None:
    media_type = _media_type(picture) if picture else ""
    if picture is None or media_type not in _PICTURES:
        return None
    document = Document(
        id=picture.id,
        name=picture.name,
        media_type=media_type,
        bytes=picture.bytes,
        communication_id=entry.id,
        created_by=entry.created_by.id,
        created_at=entry.created_at,
        object_version=picture.object_version,
        sha256=picture.sha256,
    )
    return world.content_store.download_url(document, inline=True)


def _media_type(picture: Attachment) -> str:
    if picture.media_type == _NO_TYPE:
        return _ENDINGS.get(picture.name.rpartition(".")[2].lower(), "")
    return _OTHER_TYPES.get(picture.media_type, picture.media_type)
