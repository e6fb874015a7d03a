"""What use cases need where mail comes in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from letterbook.domain.inbound_email import InboundEmail


class InboundMailbox(Protocol):
    def fetch(self, key: str) -> InboundEmail | None:
        """The mail that came in under that key; None when it is there no longer."""

    def put(self, raw: bytes) -> None:
        """Leaves a mail where it is fetched from, and told of, as one that came in: the same mail under the same key."""


class ReplyAddresses(Protocol):
    """The addresses that answers come back to, each good for one communication. There are none where no domain takes mail in."""

    def address(self, communication_id: str) -> str | None: ...
    def communication(self, addresses: Iterable[str]) -> str | None:
        """The communication that the first of the addresses was given out for."""
