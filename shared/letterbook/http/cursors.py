"""Cursors: where a list goes on, signed together with the filters it belongs to."""

import base64
import binascii
import hashlib
import hmac

from letterbook.domain.errors import Fault, Invalid

_MAC_BYTES = 16


def sealed(key: bytes, scope: str, after: str) -> str:
    """`scope` is the operation with its filters: a cursor of one list is none of another."""
    return base64.urlsafe_b64encode(_mac(key, scope, after) + after.encode()).decode().rstrip("=")


def opened(key: bytes, scope: str, cursor: str) -> str:
    """Raises Invalid for a cursor that we did not make, or made for other filters."""
    try:
        blob = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        after = blob[_MAC_BYTES:].decode()
    except (binascii.Error, ValueError):
        raise _invalid() from None
    if not hmac.compare_digest(blob[:_MAC_BYTES], _mac(key, scope, after)):
        raise _invalid()
    return after


def _mac(key: bytes, scope: str, after: str) -> bytes:
    return hmac.digest(key, f"{scope}\0{after}".encode(), hashlib.sha256)[:_MAC_BYTES]


def _invalid() -> Invalid:
    fault = Fault("cursor", "invalid_cursor", "This cursor was not given for these filters.")
    return Invalid("The cursor is not acceptable.", fault)
