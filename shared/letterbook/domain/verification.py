"""The link by which a party says that an email address is theirs: signed, good for thirty days, and once."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from letterbook.domain import signed_address
from letterbook.domain.ids import Kind, pattern_of
from letterbook.domain.party import Party

PATH = "/verify"
GOOD_FOR = timedelta(days=30)
# Signed with what signs other links too: good for this alone.
_PURPOSE = "verify an address"
_MILLISECOND = timedelta(milliseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PARTY = f"{Kind.PARTY}_"
_TOKEN = re.compile(
    f"(?P<party>{pattern_of(Kind.PARTY).removeprefix(_PARTY)})-(?P<at>[0-9a-f]{{11}})-(?P<mac>{signed_address.PATTERN})",
    re.ASCII,
)


class LinkState(StrEnum):
    """What a link is good for: it may be used; its address is verified; or it is over, and nobody learns whether it ever was."""

    GOOD = "good"
    VERIFIED = "verified"
    OVER = "over"


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationToken:
    """What a link says of itself. Nothing of it is true until its signature was compared with the party's address."""

    party_id: str
    at: datetime
    mac: str

    def state(self, party: Party | None, now: datetime, key: bytes) -> LinkState:
        """`party` is the one of that id, as it stands now."""
        if party is None or not party.email:
            return LinkState.OVER
        if not signed_address.is_token(self.mac, _PURPOSE, _signed(self.party_id, self.at, party.email), key):
            return LinkState.OVER
        if party.email_verified_at:
            return LinkState.VERIFIED
        # Used before, and the address was changed to another and back.
        spent = party.verification is not None and self.at <= party.verification.at
        return LinkState.OVER if spent or now >= self.at + GOOD_FOR else LinkState.GOOD


def verification_token(party_id: str, email: str, at: datetime, key: bytes) -> str:
    """Names the party and the time, and is signed together with the address: another address makes it worthless."""
    milliseconds = (at - _EPOCH) // _MILLISECOND
    mac = signed_address.token_of(_PURPOSE, _signed(party_id, at, email), key)
    return f"{party_id.removeprefix(_PARTY)}-{milliseconds:011x}-{mac}"


def read_verification_token(text: str) -> VerificationToken | None:
    """None for what is none of ours."""
    found = _TOKEN.fullmatch(text)
    if found is None:
        return None
    at = _EPOCH + int(found["at"], 16) * _MILLISECOND
    return VerificationToken(party_id=_PARTY + found["party"], at=at, mac=found["mac"])


def _signed(party_id: str, at: datetime, email: str) -> str:
    return f"{party_id} {(at - _EPOCH) // _MILLISECOND} {email}"
