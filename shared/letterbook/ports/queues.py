"""What is asked for, to be done soon or at its time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from letterbook.domain.channels import Channel
    from letterbook.ports.types import BulkOrder, RenderOrder


class Queues(Protocol):
    """Whatever is put on a queue may be delivered twice, late, and in any order."""

    def send(
        self,
        channel: Channel,
        communication_id: str,
        delay: int = 0,
        *,
        party_id: str | None = None,
        contact_id: str | None = None,
    ) -> None:
        """Asks for the message to be dispatched, in `delay` seconds (900 at most) or later. Whose it is may be told with it."""

    def send_many(self, messages: Sequence[tuple[Channel, str]]) -> None:
        """Asks for many to be dispatched, at most ten in a request. Raises OSError where some were not taken."""

    def enqueue_bulk(self, order: BulkOrder) -> None:
        """Asks for something to be done to many."""

    def enqueue_export(self, export_id: str) -> None:
        """Asks for a file of entries to be made."""

    def enqueue_look_ups(self, communication_ids: Sequence[str]) -> None:
        """Asks that the providers of these be asked what became of them. Raises OSError where some were not taken."""

    def enqueue_pulls(self, providers: Sequence[str]) -> None:
        """Asks that what these providers keep for us be fetched. Raises OSError where some were not taken."""

    def enqueue_renders(self, orders: Sequence[RenderOrder]) -> None:
        """Asks that the documents of these be made. Raises where some were not taken."""

    def enqueue_provider_events(self, provider: str, events: Sequence[str]) -> None:
        """Hands over what a provider told us, each event as it came, to be recorded. Raises OSError where some were not taken."""

    def enqueue_inbound_texts(self, provider: str, messages: Sequence[str]) -> None:
        """Hands over text messages that came in, each as it came, to be taken in. Raises OSError where some were not taken."""


class Schedules(Protocol):
    def put(self, communication_id: str, at: datetime) -> None:
        """The clock function is called with that id at that time, once; a later call replaces an earlier one."""

    def remove(self, communication_id: str) -> None: ...
