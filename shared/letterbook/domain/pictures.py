"""Pictures that came with a mail and stand within its HTML, each called by its Content-ID (RFC 2392)."""

import html
import re
from collections.abc import Callable
from urllib.parse import unquote

# As HTML is written once it was cleaned: each value in quotation marks, and in a text no `<` of its own.
_PICTURE = re.compile(r'(<img(?: [a-z]+="[^"]*")*? src=")cid:([^"]{1,750})(?=")')
# More than any letter shows.
_MOST_PICTURES = 300


def content_ids(cleaned: str) -> frozenset[str]:
    """What the pictures of cleaned HTML are called by."""
    return frozenset(_content_id(found[2]) for found in _PICTURE.finditer(cleaned))


def with_pictures(cleaned: str, address_of: Callable[[str], str | None]) -> str:
    """Cleaned HTML with the address of each picture; one without an address stays as it is."""
    return _PICTURE.sub(lambda found: _placed(found, address_of), cleaned, count=_MOST_PICTURES)


def _placed(found: re.Match[str], address_of: Callable[[str], str | None]) -> str:
    address = address_of(_content_id(found[2]))
    return f"{found[1]}{html.escape(address)}" if address else found[0]


def _content_id(written: str) -> str:
    return unquote(html.unescape(written)).strip("<> ")
