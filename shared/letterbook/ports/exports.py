"""Orders for files of entries, and where those files lie."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import IO, TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from letterbook.domain.exports import Export
    from letterbook.domain.history import AuditEvent
    from letterbook.ports.types import IdempotencyKey


class Exports(Protocol):
    """Orders, each with the ids of the entries that it is of; forgotten once they have expired."""

    def order(
        self, export: Export, entry_ids: Sequence[str], event: AuditEvent, key: IdempotencyKey | None = None
    ) -> None:
        """In one transaction with the audit event and the key. Raises IdempotencyKeyConflict."""

    def get(self, export_id: str) -> Export | None: ...
    def entry_ids(self, export_id: str) -> Sequence[str]:
        """What was ordered, in that order."""

    def save(self, export: Export) -> None:
        """On top of the version before it. Raises ConcurrentUpdate."""

    def of_user(self, user: str) -> Sequence[Export]:
        """Those that a user ordered, the newest first, two hundred at most."""

    def due(self, now: datetime, limit: int) -> Sequence[Export]:
        """Those that stand still, the longest first."""


class ExportFiles(Protocol):
    """Files of exports, each whole or not there; removed once they have expired."""

    def write(self, file: str) -> AbstractContextManager[IO[bytes]]:
        """Takes the bytes of a file as they come, in constant memory. The file is there once this ends, and not when it raises."""

    def url(self, file: str, name: str) -> str:
        """Good for minutes; it gives the file to be kept under that name."""
