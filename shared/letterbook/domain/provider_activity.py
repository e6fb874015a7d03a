"""How much goes by a provider, and how its word of it comes: by itself, or because we asked."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ProviderAct(StrEnum):
    """What a provider did: took a message, told us something, told us something when it was asked."""

    SENT = "sent"
    HEARD = "heard"
    LOOKED_UP = "looked_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderTotals:
    """How often, since it was set up, and when last. Receipts that were posted are `heard`, those that were fetched `looked_up`."""

    sent: int = 0
    heard: int = 0
    looked_up: int = 0
    last_sent: datetime | None = None
    last_heard: datetime | None = None
