"""The addresses that mail is captured by: a colleague's own, and one of each case. What is sent with one of them in bcc is logged.

Whoever has the address can write to it; what it says is believed only of the firm's own people (see use_cases/inbound/capture.py).
An address names nobody: a user stands in it as a token made of their id, a case by its id.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from letterbook.domain.ids import Kind, is_id
from letterbook.domain.signed_address import PATTERN, is_token, token_of

_NAME = "capture"
# capture+<16 letters of a user, or 26 of a case>-<token>: 51 characters at most of the 64 that RFC 5321 (4.5.3.1.1) allows.
_ADDRESS = re.compile(rf"{_NAME}\+({PATTERN}|[0-9a-z]{{26}})-({PATTERN})@(.+)", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureTarget:
    """What an address was given out for: a case, or whoever sends (None)."""

    case_id: str | None = None


def address_of_user(user_id: str, domain: str, secret: bytes) -> str:
    return _address(token_of("user", user_id, secret), domain, secret)


def address_of_case(case_id: str, domain: str, secret: bytes) -> str:
    return _address(case_id.partition("_")[2].lower(), domain, secret)


def target_of(address: str, domain: str, secret: bytes) -> CaptureTarget | None:
    """None for any other address, and for one that somebody made up."""
    found = _ADDRESS.fullmatch(address)
    if found is None or not domain or found[3].lower() != domain.lower():
        return None
    owner = found[1].lower()
    if not is_token(found[2], _NAME, owner, secret):
        return None
    case_id = f"{Kind.CASE}_{owner.upper()}"
    return CaptureTarget(case_id=case_id if is_id(Kind.CASE, case_id) else None)


def without_captures(addresses: Iterable[str]) -> tuple[str, ...]:
    """As they may be shown: whom it was captured by is nobody whom it was written to."""
    return tuple(one for one in addresses if not _ADDRESS.fullmatch(one))


def _address(owner: str, domain: str, secret: bytes) -> str:
    return f"{_NAME}+{owner}-{token_of(_NAME, owner, secret)}@{domain}"
