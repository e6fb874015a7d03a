"""The secret in an address that we give out: short enough for what stands before an @, and unforgeable without the key."""

import base64
import hashlib
import hmac

_BYTES = 10
# What the token is written in, and how long it is: for the patterns of addresses.
PATTERN = "[a-z2-7]{16}"


def token_of(purpose: str, name: str, secret: bytes) -> str:
    """Good for one purpose and one name."""
    digest = hmac.digest(secret, f"{purpose} {name}".encode(), hashlib.sha256)[:_BYTES]
    return base64.b32encode(digest).decode().lower()


def is_token(token: str, purpose: str, name: str, secret: bytes) -> bool:
    return hmac.compare_digest(token_of(purpose, name, secret), token.lower())
