"""A signature beside what a vendor posts: ECDSA with SHA-256 over a time and the body, each as it came."""

import base64
import time
from collections.abc import Mapping

from letterbook.adapters.providers.account import Account
from letterbook.domain.errors import Unauthenticated

# What was signed longer ago, or by a clock that is so far ahead, is not believed.
_FRESH_SECONDS = 300


def prove(account: Account, keys: tuple[str, ...], signature: str, timestamp: str, body: bytes) -> None:
    """By the first of the credentials `keys` that there is. Raises Unauthenticated, Unavailable."""
    if not is_fresh(timestamp):
        raise Unauthenticated("This is not signed, or was signed too long ago.")

    def proves(held: Mapping[str, str]) -> bool:
        key = next((held[name] for name in keys if held.get(name)), "")
        return is_signed(key, signature, timestamp, body)

    if not account.prove(proves):
        raise Unauthenticated("The signature is not right.")


def is_fresh(timestamp: str) -> bool:
    """Of seconds since 1970."""
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 12):
        return False
    return abs(time.time() - int(timestamp)) <= _FRESH_SECONDS


def is_signed(public_key: str, signature: str, timestamp: str, body: bytes) -> bool:
    """`public_key` is base64 of DER (SubjectPublicKeyInfo), the signature of DER. False for a key or a signature that is none."""
    # It takes long to load, and only who is posted to needs it.
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    try:
        key = load_der_public_key(base64.b64decode(public_key, validate=True))
        if not isinstance(key, ec.EllipticCurvePublicKey):
            return False
        key.verify(base64.b64decode(signature, validate=True), timestamp.encode() + body, ec.ECDSA(SHA256()))
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError):
        return False
    return True
