"""Exports: entries that somebody takes away as a file. It is made behind a queue, kept for a week, and given to who ordered it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

# How long the file is kept: the bucket's lifecycle rule and the table's TTL remove what is older (template.yaml).
KEPT = timedelta(days=7)
MOST_ENTRIES, MOST_BYTES = 2_000, 1_000_000_000
# How long a worker may be silent before it counts as dead; while it lives it tells how far it is.
_LEASE = timedelta(minutes=3)
# When to look at what no worker has begun.
LOOK_AGAIN = timedelta(minutes=2)
_MOST_TRIES = 3
_GIVEN_UP_AFTER = timedelta(hours=6)


class ExportFormat(StrEnum):
    """What an export can be; all but those of `AVAILABLE` are refused."""

    ZIP = "zip"
    CSV = "csv"
    PDF = "pdf"
    EVIDENCE = "evidence"


AVAILABLE = frozenset({ExportFormat.ZIP})


class ExportStatus(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class ExportFailure(StrEnum):
    """Why none was made; the value is a stable code, `words` say it."""

    NOTHING_LEFT = "nothing_left"
    TOO_LARGE = "too_large"
    GIVEN_UP = "given_up"

    @property
    def words(self) -> str:
        return _FAILURES[self]


_FAILURES = {
    ExportFailure.NOTHING_LEFT: "None of the entries is there any more, or yours to see.",
    ExportFailure.TOO_LARGE: f"The documents came to more than {MOST_BYTES // 1_000_000_000} GB. Order fewer entries.",
    ExportFailure.GIVEN_UP: "It could not be made. Order it again; if that fails too, tell your administrator.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """An order for a file of so many `entries`, of which `made` were looked at so far; the file is of `bytes`, and lies at `file`.
    `left_out` are those that were not there any more, or not the orderer's to see, when their turn came.

    `user`, `name`, `role` and `rights` are of whoever ordered it, as they were then. `look_at` is when it stands still if nothing
    was heard of it until then; None once it is done or failed. `tries` counts the workers that began it.
    """

    id: str
    format: ExportFormat
    status: ExportStatus = ExportStatus.QUEUED
    user: str
    name: str
    role: str
    rights: tuple[str, ...]
    ordered_at: datetime
    entries: int
    made: int = 0
    left_out: tuple[str, ...] = ()
    bytes: int = 0
    file: str = ""
    failure: ExportFailure | None = None
    look_at: datetime | None = None
    tries: int = 0
    version: int = 1

    @property
    def expires_at(self) -> datetime:
        return self.ordered_at + KEPT

    @property
    def is_open(self) -> bool:
        return self.status in (ExportStatus.QUEUED, ExportStatus.RUNNING)

    @property
    def rows(self) -> int:
        """How many entries are in it, so far."""
        return self.made - len(self.left_out)

    @property
    def progress(self) -> int:
        """In per cent; a hundred is said of nothing but what is done."""
        return 100 if self.status is ExportStatus.DONE else min(99, self.made * 100 // max(1, self.entries))

    def queued_again(self, now: datetime) -> "Export":
        """As it waits for another worker, after it stood still; failed where that went on for hours."""
        if now - self.ordered_at >= _GIVEN_UP_AFTER:
            return self.failed(ExportFailure.GIVEN_UP)
        return replace(self._later, status=ExportStatus.QUEUED, look_at=now + LOOK_AGAIN)

    def claimed(self, now: datetime) -> "Export | None":
        """As a worker takes it; failed after so many that died over it. None where it has ended, or a worker has it."""
        if not self.is_open or (self.status is ExportStatus.RUNNING and self.look_at and self.look_at > now):
            return None
        if self.tries >= _MOST_TRIES:
            return self.failed(ExportFailure.GIVEN_UP)
        return replace(self._later, status=ExportStatus.RUNNING, made=0, tries=self.tries + 1, look_at=now + _LEASE)

    def advanced(self, made: int, now: datetime) -> "Export":
        """With so many entries looked at. Telling so keeps the worker's claim."""
        return replace(self._later, made=made, look_at=now + _LEASE)

    def done(self, file: str, size: int, left_out: tuple[str, ...]) -> "Export":
        return replace(
            self._later,
            status=ExportStatus.DONE,
            file=file,
            bytes=size,
            made=self.entries,
            left_out=left_out,
            look_at=None,
        )

    def failed(self, failure: ExportFailure) -> "Export":
        return replace(self._later, status=ExportStatus.FAILED, failure=failure, look_at=None)

    @property
    def _later(self) -> "Export":
        return replace(self, version=self.version + 1)
