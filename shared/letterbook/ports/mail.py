"""What use cases need where mail comes in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from letterbook.domain.capture import CaptureTarget
    from letterbook.domain.inbound_email import InboundEmail


class InboundMailbox(Protocol):
    def fetch(self, key: str) -> InboundEmail | None:
        """The mail that came in under that key; None when it is there no longer."""

    def read(self, raw: bytes, at: datetime) -> InboundEmail:
        """A mail that came within another, at that time: nobody vouches for who wrote it."""

    def put(self, raw: bytes) -> None:
        """Leaves a mail where it is fetched from, and told of, as one that came in: the same mail under the same key."""


class ReplyAddresses(Protocol):
    """The addresses that answers come back to, each good for one communication. There are none where no domain takes mail in."""

    def address(self, communication_id: str) -> str | None: ...
    def communication(self, addresses: Iterable[str]) -> str | None:
        """The communication that the first of the addresses was given out for."""


class CaptureAddresses(Protocol):
    """The addresses that the firm's own people put into bcc, so that what they send is logged. There are none where no domain takes
    mail in.
    """

    def of_user(self, user_id: str) -> str | None: ...
    def of_case(self, case_id: str) -> str | None: ...
    def target(self, addresses: Iterable[str]) -> CaptureTarget | None:
        """What the addresses were given out for: a case before a person; None where none of them is one."""
