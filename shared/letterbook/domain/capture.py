"""The addresses that mail is captured by: a colleague's own, and one of each case. What is sent with one of them in bcc is logged.

Whoever has the address can write to it; what it says is believed only of the firm's own people (see use_cases/inbound/capture.py).
An address names nobody: a user stands in it as a digest of their id, a case by its id.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass

from letterbook.domain.ids import Kind, is_id

_NAME = "capture"
_TOKEN_BYTES = 10
# capture+<16 letters of a user, or 26 of a case>-<token>: 51 characters at most of the 64 that RFC 5321 (4.5.3.1.1) allows.
_ADDRESS = re.compile(r"capture\+([a-z2-7]{16}|[0-9a-z]{26})-([a-z2-7]{16})@(.+)", re.ASCII | re.IGNORECASE)
_USER_LETTERS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureTarget:
    """What an address was given out for: a case, or whoever sends (None)."""

    case_id: str | None = None


def address_of_user(user_id: str, domain: str, secret: bytes) -> str:
    digest = hashlib.sha256(user_id.encode()).digest()
    return _address(_base32(digest)[:_USER_LETTERS], domain, secret)


def address_of_case(case_id: str, domain: str, secret: bytes) -> str:
    return _address(case_id.partition("_")[2].lower(), domain, secret)


def target_of(address: str, domain: str, secret: bytes) -> CaptureTarget | None:
    """None for any other address, and for one that somebody made up."""
    found = _ADDRESS.fullmatch(address)
    if found is None or not domain or found[3].lower() != domain.lower():
        return None
    owner = found[1].lower()
    if not hmac.compare_digest(_token(owner, secret), found[2].lower()):
        return None
    if len(owner) == _USER_LETTERS:
        return CaptureTarget()
    case_id = f"{Kind.CASE}_{owner.upper()}"
    return CaptureTarget(case_id=case_id) if is_id(Kind.CASE, case_id) else None


def without_captures(addresses: Iterable[str]) -> tuple[str, ...]:
    """As they may be shown: whom it was captured by is nobody whom it was written to."""
    return tuple(one for one in addresses if not _ADDRESS.fullmatch(one))


def _address(owner: str, domain: str, secret: bytes) -> str:
    return f"{_NAME}+{owner}-{_token(owner, secret)}@{domain}"


def _token(owner: str, secret: bytes) -> str:
    return _base32(hmac.digest(secret, f"capture {owner}".encode(), hashlib.sha256)[:_TOKEN_BYTES])


def _base32(digest: bytes) -> str:
    return base64.b32encode(digest).decode().lower().rstrip("=")
