"""What the use cases ask of addresses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from letterbook.domain.addresses import KnownAddress
    from letterbook.domain.history import AuditEvent
    from letterbook.domain.recipients import Suppression
    from letterbook.ports.types import Page


class Addresses(Protocol):
    """Who has which address, and which of them bounced hard. Addresses are compared whole, without case."""

    def known(self, addresses: Iterable[str]) -> Mapping[str, KnownAddress]:
        """What is known of each, in one round trip; of nobody's address, that nobody has it."""

    def suppressed(self, addresses: Iterable[str]) -> Mapping[str, Suppression]:
        """Those of the addresses that bounced hard."""

    def page(self, *, after: str | None, limit: int) -> Page[Suppression]: ...
    def suppress(self, suppression: Suppression, event: AuditEvent) -> None:
        """Joins a bounce with what is known of the address; the deed is written where that puts it in quarantine.

        It does not where it is there already, or where something later is known: a delivery, or a person's word. Raises
        ConcurrentUpdate.
        """

    def arrived(self, address: str, at: datetime, event: Callable[[Suppression], AuditEvent]) -> None:
        """Joins a delivery with it; the deed is asked for, and written, where that ends a quarantine. Raises ConcurrentUpdate."""

    def hand_over(self, address: str, gone_id: str, into_id: str) -> None:
        """What bounced as the one party's is the other's from now on. Raises ConcurrentUpdate."""

    def unsuppress(self, suppression: Suppression, event: AuditEvent) -> None:
        """A person says that the address is right: no bounce of until now keeps anybody from writing there.

        Raises ConcurrentUpdate.
        """
