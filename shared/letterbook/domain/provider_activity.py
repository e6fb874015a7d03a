"""How much goes by a provider, and how its word of it comes: by itself, or because we asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from letterbook.domain.channels import Channel
from letterbook.domain.circuit import Circuit

# So many say something; fewer may be chance.
_TELLING = 5


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


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderState:
    """A provider as it is now. `place` is its place among the routes of its channel, from 1; None where it is none of them."""

    name: str
    label: str
    channel: Channel
    is_set_up: bool
    askable: bool
    receipts: bool
    place: int | None
    circuit: Circuit
    totals: ProviderTotals
    webhook_urls: Sequence[str]

    @property
    def posts_too_little(self) -> bool:
        """Whether we learn what became of its messages by asking more often than it tells us, or not at all.

        Then the address of our webhook is probably not entered there.
        """
        totals = self.totals
        silent = totals.last_heard is None and totals.sent >= _TELLING
        return bool(self.webhook_urls) and (silent or totals.looked_up >= max(_TELLING, totals.heard + 1))
