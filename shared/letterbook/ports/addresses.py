"""What the use cases ask of addresses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from letterbook.domain.addresses import KnownAddress
    from letterbook.domain.history import Deed
    from letterbook.domain.recipients import Quarantine
    from letterbook.ports.shapes import Page


class Addresses(Protocol):
    """Who has which address, and which of them bounced hard. Addresses are compared whole, without case."""

    def known_addresses(self, addresses: Iterable[str]) -> Mapping[str, KnownAddress]:
        """What is known of each, in one round trip; of nobody's address, that nobody has it."""

    def quarantined(self, addresses: Iterable[str]) -> Mapping[str, Quarantine]:
        """Those of the addresses that bounced hard."""

    def quarantine_page(self, *, after: str | None, limit: int) -> Page[Quarantine]: ...
    def put_in_quarantine(self, quarantine: Quarantine, deed: Deed) -> None:
        """Does nothing for an address that is in it already, or was released since that bounce."""

    def release(self, quarantine: Quarantine, deed: Deed) -> None: ...
