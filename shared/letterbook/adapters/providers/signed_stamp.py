"""A stamp beside what a vendor posts: a time, a token, and their HMAC. It covers nothing of what is posted with it.

So a stamp is good for a while only, and for one content: whoever saw one can post nothing else below it.
"""

import hashlib
import hmac
import time
from collections.abc import Mapping

from letterbook.adapters.providers.account import Account
from letterbook.domain.errors import Unauthenticated

# Vendors post again after 5, 10 and 15 minutes, perhaps with the stamp of the first time. Clocks differ a little.
_FRESH_SECONDS, _AHEAD_SECONDS = 30 * 60, 5 * 60
_LONGEST = 200
# As many stamps as this process remembers, the last ones.
_REMEMBERED = 10_000
_seen: dict[str, bytes] = {}


def prove(account: Account, key: str, stamp: Mapping[str, object], content: bytes) -> None:
    """`key` names the credential that signs; `content` is what counts of what was posted, the same when it is posted again.

    Raises Unauthenticated, Unavailable.
    """
    timestamp, token, signature = (_text(stamp.get(name)) for name in ("timestamp", "token", "signature"))
    if not (timestamp and token and signature):
        raise Unauthenticated("This is not signed.")
    if not _is_fresh(timestamp):
        raise Unauthenticated("This was signed too long ago.")
    if not account.prove(lambda held: is_signed(held.get(key, ""), timestamp, token, signature)):
        raise Unauthenticated("The signature is not right.")
    if _is_of_another(signature, content):
        raise Unauthenticated("This signature stood below something else.")


def is_signed(key: str, timestamp: str, token: str, signature: str) -> bool:
    """Whether the signature is the HMAC-SHA256 of time and token, in hex."""
    proper = hmac.new(key.encode(), f"{timestamp}{token}".encode(errors="replace"), hashlib.sha256).hexdigest()
    return bool(key) and hmac.compare_digest(proper.encode(), signature.encode(errors="replace"))


def _is_fresh(timestamp: str) -> bool:
    if not (timestamp.isascii() and timestamp.isdigit()):
        return False
    return -_AHEAD_SECONDS <= time.time() - int(timestamp) <= _FRESH_SECONDS


def _is_of_another(signature: str, content: bytes) -> bool:
    """Whether something else stood beside that stamp, as far as this process knows; the same may come any number of times."""
    digest = hashlib.sha256(content).digest()
    while len(_seen) >= _REMEMBERED:
        del _seen[next(iter(_seen))]
    return _seen.setdefault(signature, digest) != digest


def _text(value: object) -> str:
    """Empty for what cannot be one of the three. A time may be a number."""
    text = str(value) if type(value) is int and 0 <= value < 10**12 else value
    return text if isinstance(text, str) and len(text) <= _LONGEST else ""
