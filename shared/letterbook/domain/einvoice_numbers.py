"""An invoice goes over its network once: which entry has a number, and when another may have it."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from letterbook.domain.communication import Communication, Entry
from letterbook.domain.einvoice import Einvoice
from letterbook.domain.failures import FailureCode
from letterbook.domain.party import Network
from letterbook.domain.status import Status

# Nothing of it ever came to a network.
_NEVER_TAKEN = frozenset({Status.DRAFT, Status.SKIPPED, Status.CANCELLED, Status.REJECTED})
# Chorus Pro has taken these under their number, which nobody can use there again.
_USED_UP = frozenset({FailureCode.RECIPIENT_REJECTED, FailureCode.INVALID_ADDRESS, FailureCode.CANCELLED})
# By then Chorus Pro finds by its number whatever was deposited.
_FOUND_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class EinvoiceNumber:
    """The number of one seller's invoice or credit note in one network, by its `key`, and the entry that has it."""

    key: str
    communication_id: str = ""
    version: int = 0

    def taken_by(self, communication_id: str) -> "EinvoiceNumber":
        return replace(self, communication_id=communication_id, version=self.version + 1)


def key_of(einvoice: Einvoice, network: Network) -> str:
    """A digest: a number may hold anything, and be of any length."""
    seller = einvoice.seller
    known_by = seller.endpoint or seller.vat_number or seller.registration or seller.name
    parts = (network, einvoice.kind, str(known_by).casefold(), einvoice.number)
    return hashlib.sha256("\0".join(parts).encode(errors="replace")).hexdigest()


def may_have_been_taken(entry: Entry, network: Network) -> bool:
    """Whether the network may have it: then no second one goes under its number, whatever is known of the first."""
    if entry.status in _NEVER_TAKEN:
        return False
    if entry.status is Status.FAILED and entry.failure:
        return network is Network.CHORUS_PRO and entry.failure.code in _USED_UP
    return True


def would_be_found(communication: Communication, network: Network, now: datetime) -> bool:
    """Whether it may be said again although nobody knows what became of it: Chorus Pro is first searched for it by its number,
    and would have it by now. Else what never came there could never be sent.
    """
    handed_over = communication.work.claimed_at
    if handed_over is None or communication.entry.status is not Status.UNCONFIRMED:
        return False
    return network is Network.CHORUS_PRO and now - handed_over >= _FOUND_AFTER
