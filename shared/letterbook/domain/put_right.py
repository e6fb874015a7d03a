"""By what a failure is put right: by a later attempt to say the same, which may say it otherwise, or by somebody who saw to it."""

from dataclasses import dataclass
from datetime import datetime

from letterbook.domain.actors import Actor
from letterbook.domain.status import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class LaterAttempt:
    """What an earlier attempt knows of a later one: `at` is when that arrived, was sent, or failed."""

    id: str
    number: int
    status: Status
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptDiff:
    """What is different about an attempt to say something again; empty or None where nothing is. `identical`: it says the same."""

    to_before: tuple[str, ...] = ()
    to_after: tuple[str, ...] = ()
    template_before: int | None = None
    template_after: int | None = None
    identical: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenTo:
    """Somebody says that a failure needs nobody any more, and why; it holds for what had failed up to `at`."""

    by: Actor
    at: datetime
    note: str
