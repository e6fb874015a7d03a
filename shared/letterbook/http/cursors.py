"""Cursors: where a list goes on, sealed together with the filters it belongs to.

A place may be that of something the reader may not see, so nobody can read it: the text is hidden under a key stream that begins
with its own signature (synthetic initialisation vector, as in RFC 5297), which is checked when it comes back.
"""

import base64
import binascii
import hashlib
import hmac

from letterbook.domain.errors import FieldError, Invalid

_MAC_BYTES = 16


def encode(key: bytes, scope: str, after: str) -> str:
    """`scope` is the operation with its filters: a cursor of one list is none of another."""
    mac = _mac(key, scope, after)
    return base64.urlsafe_b64encode(mac + _hidden(key, mac, after.encode())).decode().rstrip("=")


def decode(key: bytes, scope: str, cursor: str) -> str:
    """Raises Invalid for a cursor that we did not make, or made for other filters."""
    try:
        blob = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        after = _hidden(key, blob[:_MAC_BYTES], blob[_MAC_BYTES:]).decode()
    except (binascii.Error, ValueError):
        raise _invalid() from None
    if not hmac.compare_digest(blob[:_MAC_BYTES], _mac(key, scope, after)):
        raise _invalid()
    return after


def _mac(key: bytes, scope: str, after: str) -> bytes:
    return hmac.digest(key, f"{scope}\0{after}".encode(), hashlib.sha256)[:_MAC_BYTES]


def _hidden(key: bytes, mac: bytes, text: bytes) -> bytes:
    """Done twice, it is undone. No signature is made of this kind of text, which begins with a zero."""
    stream = b"".join(
        hmac.digest(key, b"\0stream" + mac + bytes([block]), hashlib.sha256) for block in range(len(text) // 32 + 1)
    )
    return bytes(one ^ other for one, other in zip(text, stream, strict=False))


def _invalid() -> Invalid:
    fault = FieldError("cursor", "invalid_cursor", "This cursor was not given for these filters.")
    return Invalid("The cursor is not acceptable.", fault)
